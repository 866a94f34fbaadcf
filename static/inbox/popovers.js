/** Where popovers go: next to what opened them, and always on screen. */

const GAP = 6;
const EDGE = 8;

/** @param {HTMLElement} popover already open @param {?Element} anchor nothing, or something hidden: the middle of the screen */
export function place(popover, anchor, { above = false } = {}) {
  const { innerWidth: width, innerHeight: height } = window;
  const own = popover.getBoundingClientRect();
  const box = anchor?.getBoundingClientRect();
  if (!box?.width) return at(popover, (width - own.width) / 2, height * 0.18);
  const rtl = document.dir === "rtl";
  const left = rtl ? box.right - own.width : box.left;
  const over = box.top - GAP - own.height;
  const under = box.bottom + GAP;
  const top = above ? (over > EDGE ? over : under) : under + own.height < height - EDGE ? under : Math.max(EDGE, over);
  at(popover, Math.min(Math.max(EDGE, left), width - own.width - EDGE), Math.min(top, height - own.height - EDGE));
}

function at(popover, left, top) {
  popover.style.left = `${Math.round(left)}px`;
  popover.style.top = `${Math.round(Math.max(EDGE, top))}px`;
}

/** Open a popover at `anchor`, which says so (`aria-expanded`) until it closes. */
export function openAt(popover, anchor) {
  if (popover.matches(":popover-open")) popover.hidePopover();
  popover.showPopover({ source: anchor ?? undefined });
  place(popover, anchor);
  expand(popover, anchor);
}

const anchors = new WeakMap();

function expand(popover, anchor) {
  const before = anchors.get(popover);
  if (before) before.ariaExpanded = "false";
  if (anchor) anchor.ariaExpanded = "true";
  anchors.set(popover, anchor);
}

for (const popover of document.querySelectorAll("[popover]")) {
  popover.addEventListener("toggle", ({ newState }) => newState === "closed" && expand(popover, null));
}

for (const popover of document.querySelectorAll("[popover]:not(.pick)")) {
  popover.addEventListener("toggle", ({ newState }) => {
    const opener = document.querySelector(`[popovertarget="${popover.id}"]`);
    if (newState === "open" && opener) place(popover, opener);
  });
}
