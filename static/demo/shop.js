/** The sample shop: products change the address without loading a page, as in many shops of today. */

const home = document.querySelector(".mark").pathname;
const places = [...document.querySelectorAll("[data-place]")];
const cart = new Map();

function placeOf(path) {
  return path.slice(home.length).replace(/\/$/, "");
}

function show(place) {
  const chosen = places.find((each) => each.dataset.place === place) ?? places[0];
  for (const each of places) each.hidden = each !== chosen;
  document.title = chosen.dataset.title;
  return chosen;
}

function go(link) {
  if (link.pathname !== location.pathname) history.pushState(null, "", link.href);
  const swap = () => {
    const chosen = show(link.dataset.go);
    scrollTo(0, 0);
    chosen.querySelector("h1").focus({ preventScroll: true });
  };
  document.startViewTransition ? document.startViewTransition(swap) : swap();
}

function add({ dataset: { add: slug, name, price } }) {
  cart.set(slug, { name, price: Number(price), count: (cart.get(slug)?.count ?? 0) + 1 });
  draw();
}

function draw() {
  const all = [...cart.values()];
  const items = all.map(({ name, price, count }) => {
    const item = document.createElement("li"), cost = document.createElement("b");
    cost.className = "price";
    cost.textContent = `€${price * count}`;
    item.append(count > 1 ? `${count} × ${name}` : name, cost);
    return item;
  });
  document.querySelector("[data-items]").replaceChildren(...items);
  document.querySelector("[data-nothing]").hidden = all.length > 0;
  document.querySelector("[data-sum]").hidden = !all.length;
  document.querySelector("[data-sum] b").textContent = `€${all.reduce((sum, { price, count }) => sum + price * count, 0)}`;
  const badge = document.querySelector("[data-count]");
  badge.textContent = all.reduce((sum, { count }) => sum + count, 0);
  badge.hidden = !all.length;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    return go(link);
  }
  const button = event.target.closest("button");
  if (button?.dataset.add) add(button);
  // What every site can do with its own help buttons: docs/embedding.md.
  if (button?.matches("[data-ask]")) (window.Parley ??= { q: [] }).q.push(["open"]);
});
addEventListener("popstate", () => show(placeOf(location.pathname)));
show(placeOf(location.pathname));
