// The pages' keys: modules bind theirs here, and a key that nobody takes presses the button that bears it. Everything
// only does what is on the page anyway: without this the forms still work. A Latin letter counts by what it writes, any
// other by where it lies, so that keys work under a Bangla layout too. They can be switched off (WCAG 2.1.4), and each
// act's key is the person's own: modules name the act, the legend of the page says by which keys it is done.

const OFF = "alochona.keys.off";
const NAMED = new Set(["Enter", "Escape", "ArrowDown", "ArrowUp"]);
const bound = new Map();
const offered = new Map();
const legend = document.getElementById("keys");
const map = JSON.parse(legend?.dataset.map ?? "{}");

/** The keys of these acts ("publish"); what is no act is a key itself ("Enter", "1"). */
function keysOf(names) {
  return names.split(" ").flatMap((name) => map[name] ?? [name]);
}

/** Calls `act(event)` for the keys of these acts, or for keys; where it returns false the key goes on to others. */
export function bind(names, act) {
  for (const key of keysOf(names)) bound.set(key, [act, ...(bound.get(key) ?? [])]);
  for (const name of names.split(" ")) if (name in map) offer(name, act);
}

/** Says that this page can do an act, whatever its key; the command palette lists it. */
export function offer(name, act) {
  offered.set(name, act);
}

/** Whether an event is of the key of an act. */
export function isKeyOf(name, event) {
  return keysOf(name).includes(named(event));
}

/** What can be done on this page now: the acts' names in the legend's order, each with what does it. */
export function available() {
  return Object.keys(map).flatMap((name) => {
    const button = pressed((names) => names.split(" ").includes(name));
    const act = button ? () => button.click() : offered.get(name);
    return act ? [{ name, act }] : [];
  });
}

function stored() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false; // a browser that keeps nothing has the keys on
  }
}

function store(off) {
  try {
    localStorage.setItem(OFF, off ? "1" : "");
  } catch {
    // it then holds for this page only
  }
}

let off = stored();

/** Whether this person has switched the keys off. */
export function areOff() {
  return off;
}

function placed(code, shift) {
  const place = /^(?:Key([A-Z])|Digit([0-9])|(Slash))$/.exec(code);
  if (!place) return "";
  if (place[3]) return shift ? "?" : "/";
  return (place[1] ?? place[2]).toLowerCase();
}

/** The key of an event as acts know it: "a", "Shift+x", "Enter"; empty for one that is none. */
export function named(event) {
  if (NAMED.has(event.key)) return event.key;
  if (event.key === "?" || event.key === "/") return event.key;
  const key = /^[a-z0-9]$/i.test(event.key) ? event.key.toLowerCase() : placed(event.code, event.shiftKey);
  return event.shiftKey && /^[a-z]$/.test(key) ? `Shift+${key}` : key;
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]), select, textarea"));
}

function pressed(fits) {
  return [...document.querySelectorAll("[data-key]")].find((one) => fits(one.dataset.key) && !one.closest("[hidden]"));
}

function press(key) {
  const found = pressed((names) => keysOf(names).includes(key));
  found?.click();
  return Boolean(found);
}

function take(key, event) {
  return (bound.get(key) ?? []).some((act) => act(event) !== false) || press(key);
}

document.addEventListener("keydown", (event) => {
  if (off || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const key = named(event);
  if (key && take(key, event)) event.preventDefault();
});

/** Whether Enter belongs to what has the focus: a link or a button is followed or pressed. */
export function hasItsOwnEnter(target) {
  return target instanceof HTMLElement && target.matches("a, button, summary");
}

// Rejecting on a page with one form for it: `d`, digits, Enter.
const reject = document.querySelector("[data-reject]");
let rejecting = false;

function tick(event) {
  if (!rejecting) return false;
  const box = reject.querySelector(`[data-digit="${named(event)}"]`);
  if (!box) return false;
  box.click();
  return true;
}

if (reject) {
  bind("reject", () => {
    rejecting = true;
    reject.querySelector("[data-digit]")?.focus();
  });
  bind("0 1 2 3 4 5 6 7 8 9", tick);
  bind("Enter", (event) => {
    if (!rejecting || hasItsOwnEnter(event.target)) return false;
    document.querySelector("[data-refuse]").click();
    return true;
  });
}

bind("search", () => {
  const field = document.querySelector("main input[type=search]");
  if (field) field.focus();
  else document.querySelector(".bar a[href$='/search']")?.click();
});

if (legend) {
  const choice = legend.querySelector("[data-keys-on]");
  choice.checked = !off;
  choice.addEventListener("change", () => {
    off = !choice.checked;
    store(off);
  });
  bind("help", () => legend.showModal());
  for (const opener of document.querySelectorAll("[data-keys-open]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => legend.showModal());
  }
}
