// A card's comforts: another label's words without a new page, panels in a drawer beside it, words masked until wanted.
// Each is a link or a form that works without this.

import { areOff, bind, isKeyOf, offer } from "./keys.js";

const card = document.querySelector("article.card");

async function pageAt(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function plainClick(event) {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

async function explain(link) {
  try {
    const found = await pageAt(link.href);
    for (const part of ["[data-words]", "[data-explained]"]) {
      document.querySelector(part).replaceChildren(...found.querySelector(part).childNodes);
    }
    applyMask();
    history.replaceState(null, "", link.href);
    document.querySelector("[data-explain][aria-current]").focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
}

// The drawer is no dialog: the card beside it stays in reach of the keys, so that a person decides while reading.
const drawer = document.querySelector("[data-drawer]");
let opener = null;

async function openPanel(link) {
  try {
    const panel = (await pageAt(link.href)).querySelector("[data-panel]");
    drawer.querySelector("[data-drawer-body]").replaceChildren(panel);
    drawer.dataset.open = link.dataset.panelLink;
    drawer.hidden = false;
    document.body.classList.add("with-drawer");
    opener = link;
    drawer.querySelector("h2")?.focus();
    document.dispatchEvent(new CustomEvent("drafts"));
  } catch {
    location.assign(link.href);
  }
}

// A note about the author has arrived: the panel is read anew, so that it stands in it.
drawer?.addEventListener("arrived", () => openPanel(opener));

function closePanel() {
  drawer.hidden = true;
  document.body.classList.remove("with-drawer");
  opener?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-explain], a[data-panel-link]");
  if (event.target.closest?.("[data-drawer-close]")) closePanel();
  if (!link || !plainClick(event)) return;
  event.preventDefault();
  if (link.matches("[data-explain]")) explain(link);
  else if (!drawer.hidden && drawer.dataset.open === link.dataset.panelLink) closePanel();
  else openPanel(link);
});

bind("Escape", () => {
  if (!drawer || drawer.hidden) return false;
  closePanel();
  return true;
});

// The note has the focus before the key is done with: what is typed at once must not be taken for keys.
function handOn() {
  const hand = document.querySelector("[data-hand]");
  if (!hand) return false;
  hand.open = true;
  hand.querySelector("textarea").focus();
  return true;
}

bind("hand_on", handOn);
document.querySelector("[data-hand]")?.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.querySelector("textarea").focus();
});

// A list of comments may lead straight to an act on this one.
const HASHES = {
  "#escalate": handOn,
  "#reject": () => document.querySelector("[data-digit]")?.focus(),
};
HASHES[location.hash]?.();

// Masking is this person's setting in this browser; the page comes masked from the server, so that nothing flashes up.
const mask = document.querySelector("[data-mask]");

function applyMask() {
  const masked = mask?.getAttribute("aria-pressed") === "true";
  card?.toggleAttribute("data-masked", masked);
  for (const word of document.querySelectorAll(".slur")) word.toggleAttribute("tabindex", false);
  if (masked) for (const word of document.querySelectorAll(".slur")) word.tabIndex = 0;
}

function typing(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox]), select, textarea");
}

if (mask) {
  const HELD_MILLISECONDS = 300;
  let pressed = null;
  mask.hidden = false;
  offer("mask", () => mask.click());
  mask.addEventListener("click", () => {
    const masked = mask.getAttribute("aria-pressed") !== "true";
    mask.setAttribute("aria-pressed", String(masked));
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `mask=${masked ? "on" : "off"}; path=/; max-age=31536000; SameSite=Lax${secure}`;
    applyMask();
  });
  document.addEventListener("keydown", (event) => {
    if (areOff() || !isKeyOf("mask", event) || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    pressed ??= event.timeStamp;
    card.toggleAttribute("data-reading", true);
  });
  document.addEventListener("keyup", (event) => {
    if (pressed === null || !isKeyOf("mask", event)) return;
    card.removeAttribute("data-reading");
    if (event.timeStamp - pressed < HELD_MILLISECONDS) mask.click();
    pressed = null;
  });
  window.addEventListener("blur", () => {
    pressed = null;
    card.removeAttribute("data-reading");
  });
}
