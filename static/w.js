// The launcher. It fetches and stores nothing before somebody shows intent.
(() => {
  if (window.Parley?.version) return; // a second snippet
  const script = document.currentScript || document.querySelector("script[data-site]");
  const { dataset: data } = script, { origin } = new URL(script.src), key = "parley:" + data.site;
  const root = document.documentElement, lang = data.lang?.replace("auto", "") || root.lang || navigator.language;
  const words = {
    id: ["Buka obrolan", "Tutup obrolan", "belum dibaca", "Obrolan bantuan"],
    sv: ["Öppna chatten", "Stäng chatten", "olästa", "Supportchatt"],
  }[lang.slice(0, 2)] || ["Open chat", "Close chat", "unread", "Support chat"];
  const narrow = matchMedia("(max-width:480px),(max-height:480px)"), life = new AbortController(), listeners = {};
  const queue = window.Parley?.q || [];
  let frame, port, user, about, back, url, shown, real, calm, forgetting, isOpen = false, unread = 0;

  const make = (tag, fields, space = "http://www.w3.org/1999/xhtml") => {
    const element = document.createElementNS(space, tag);
    for (const name in fields) element.setAttribute(name, fields[name]);
    return element;
  };
  const host = make("parley-launcher"), shadow = host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
  // !important, because a page's `* { … !important }` would win otherwise
  sheet.replaceSync(`
:host{all:initial!important;position:fixed!important;z-index:2147483000!important;inset-block-end:calc(20px + var(--b))!important;inset-inline:var(--i)!important;color-scheme:light dark!important}
button{all:unset;box-sizing:border-box;position:relative;display:grid;place-items:center;inline-size:56px;block-size:56px;border:2px solid #0000;border-radius:50%;background:var(--c) border-box;color:var(--t);cursor:pointer;box-shadow:0 1px 3px #0003,0 6px 24px #0003}
button:focus-visible{outline:3px solid var(--c);outline-offset:3px}
svg{inline-size:26px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
b{position:absolute;inset-block-start:-6px;inset-inline-end:-6px;min-inline-size:20px;padding-inline:5px;box-sizing:border-box;border-radius:10px;background:#be1c1f;color:#fff;font:600 12px/20px system-ui;text-align:center}
iframe{position:fixed;inset-block-end:calc(88px + var(--b));inset-inline:var(--i);inline-size:min(400px,100vw - 40px);block-size:min(680px,100dvh - 108px - var(--b));border:0;border-radius:18px;outline:1px solid #0000;background:light-dark(#f9f8f4,#141210);box-shadow:0 2px 6px #0002,0 24px 64px #0004}
:host([data-full]) iframe{inset:0;inline-size:100vw;block-size:100dvh;border-radius:0}
:host([data-full]) button{display:none}
@media(prefers-reduced-motion:no-preference){iframe{animation:i .16s}@keyframes i{from{opacity:0;translate:0 8px}}}
@media print{:host{display:none!important}}`);
  shadow.adoptedStyleSheets = [sheet];
  const button = make("button", { type: "button", "aria-haspopup": "dialog" }), badge = make("b", { "aria-hidden": true });
  const svg = make("svg", { viewBox: "0 0 24 24", "aria-hidden": true }, "http://www.w3.org/2000/svg");
  const path = make("path", {}, svg.namespaceURI);
  svg.append(path);
  button.append(svg, badge);
  shadow.append(button);

  const colour = /^#[\da-f]{6}$/i.test(data.color) ? data.color : "#2955c0";
  const light = [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => sum + weight * (parseInt(colour.substr(1 + 2 * at, 2), 16) / 255) ** 2.2, 0);
  host.style.cssText = `--c:${colour};--t:${light > 0.179 ? "#000" : "#fff"};--i:${data.side === "start" ? "20px auto" : "auto 20px"};--b:calc(${parseInt(data.bottom) || 0}px + env(safe-area-inset-bottom,0px))`;

  const on = (type, handle, target = window) => target.addEventListener(type, handle, { signal: life.signal, passive: true });
  const post = (type, fields) => port?.postMessage({ type, ...fields });
  const emit = (name, value) => listeners[name]?.forEach((listen) => listen(value));
  const stored = (verb, value) => {
    try {
      return localStorage[verb](key, value);
    } catch {} // blocked
  };
  const draw = () => {
    path.setAttribute("d", isOpen ? "m6 9 6 6 6-6" : "M21 12a8 8 0 0 1-11.6 7.1L4 20.5l1.2-4.8A8 8 0 1 1 21 12Z");
    button.setAttribute("aria-label", (isOpen ? data.close || words[1] : data.open || words[0]) + (unread ? ` (${unread} ${words[2]})` : ""));
    button.setAttribute("aria-expanded", isOpen);
    badge.textContent = unread > 99 ? "99+" : unread;
    badge.hidden = !unread || isOpen;
    if (document.title === shown) document.title = real;
    real = document.title;
    shown = unread && (!isOpen || document.hidden) ? (document.title = `(${unread}) ${real}`) : null;
  };
  // never the query string: it may hold secrets
  const page = () =>
    post("page", { url: location.origin + location.pathname, title: about || (document.title === shown ? real : document.title) });
  const moved = () => {
    if (url === (url = location.href)) return;
    clearTimeout(calm);
    calm = setTimeout(page, 300); // until the router has set the title
  };
  const answers = {
    close: () => toggle(false),
    unread({ count }) {
      if (count === unread) return;
      unread = count;
      draw();
      emit("unread", count);
    },
    session: ({ known }) => stored(known ? "setItem" : "removeItem", 1),
    warning: ({ text }) => console.warn("Parley:", text),
  };
  const load = () => {
    if (frame) return;
    frame = make("iframe", {
      title: words[3],
      allow: "clipboard-write",
      src: `${origin}/messenger/${data.site}/?` + new URLSearchParams({ lang, theme: data.theme || "" }),
    });
    frame.hidden = true;
    on("load", () => {
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = ({ data }) => answers[data.type]?.(data);
      frame.contentWindow.postMessage("parley", origin, [channel.port2]);
      if (forgetting) post("forget");
      forgetting = false;
      if (user) post("identify", { jwt: user });
      page();
      if (isOpen) toggle(true);
    }, frame);
    shadow.prepend(frame);
  };
  // on a phone: cover the page, which rests, and leave room for the keyboard
  const fit = () => {
    const full = isOpen && narrow.matches, view = window.visualViewport;
    if (host.toggleAttribute("data-full", full) || host.full) document.body.inert = host.full = full;
    frame.style.cssText = full && view ? `block-size:${view.height}px;inset-block-start:${view.offsetTop}px` : "";
  };
  const toggle = (next) => {
    const inside = document.activeElement === host, changed = next !== isOpen;
    if (changed && next) back = inside || document.activeElement === document.body ? button : document.activeElement;
    isOpen = next;
    load();
    frame.hidden = !next;
    fit();
    draw();
    post(next ? "opened" : "closed", { full: narrow.matches });
    if (next) frame.focus();
    else if (inside) (back.isConnected ? back : button).focus();
    if (changed) emit(next ? "open" : "close");
  };

  on("click", () => toggle(!isOpen), button);
  on("keydown", (event) => event.key === "Escape" && isOpen && toggle(false), button);
  for (const type of ["pointerenter", "focus", "touchstart"]) on(type, load, button);
  for (const type of ["resize", "scroll"]) on(type, () => isOpen && fit(), window.visualViewport || window);
  on("visibilitychange", draw, document);
  if (window.navigation) on("currententrychange", moved, navigation);
  else {
    on("popstate", moved);
    const timer = setInterval(moved, 2000);
    life.signal.onabort = () => clearInterval(timer);
  }

  const api = (window.Parley = {
    version: 1,
    open: () => isOpen || toggle(true),
    close: () => isOpen && toggle(false),
    toggle: () => toggle(!isOpen),
    identify(jwt) {
      user = jwt;
      post("identify", { jwt });
    },
    forget() {
      user = null;
      if (port) post("forget");
      else if ((forgetting = stored("getItem"))) load();
      stored("removeItem");
    },
    context(more) {
      about = more?.title;
      page();
    },
    on(name, listen) {
      (listeners[name] ||= new Set()).add(listen);
      return () => listeners[name].delete(listen);
    },
    destroy() {
      api.close();
      unread = 0;
      draw();
      watcher.disconnect();
      life.abort();
      host.remove();
      delete window.Parley;
    },
    q: { push: ([name, ...values]) => api[name]?.(...values) },
  });
  // beside <body>: a chat stays open while pages swap their body; dropped all the same, it returns
  const attach = () => host.isConnected || root.append(host);
  const watcher = new MutationObserver(attach);
  const start = () => {
    attach();
    watcher.observe(root, { childList: true });
    const idle = () => (window.requestIdleCallback || setTimeout)(load);
    if (!stored("getItem") || navigator.connection?.saveData) return;
    document.readyState === "complete" ? idle() : on("load", idle);
  };
  draw();
  document.body ? start() : on("DOMContentLoaded", start, document);
  queue.forEach(api.q.push);
})();
