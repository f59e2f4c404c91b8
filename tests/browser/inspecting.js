// What a script can see of a page's comfort. Each returns descriptions of what is wrong; an empty list is good.

const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
const LEAST_TARGET = 24;

function told(element) {
  const name = element.getAttribute("aria-label") || element.textContent.trim() || element.name || "";
  return `<${element.localName} class="${element.className}"> ${name.replaceAll(/\s+/g, " ").slice(0, 50)}`;
}

function isShown(element) {
  return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
}

function controls() {
  const modal = document.querySelector("dialog[open]");
  return [...(modal ?? document).querySelectorAll(CONTROLS)].filter((one) => !one.disabled && isShown(one));
}

/** What reaches over the page's edge, where the page can be scrolled sideways because of it. */
function overflow() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 1);
  return [`${document.documentElement.scrollWidth} px wide in ${width}`, ...wide.slice(0, 3).map(told)];
}

/** Targets under 24 px in one direction which stand in no running text (WCAG 2.5.8 excepts those). */
function smallTargets() {
  const inText = (one) => one.localName === "a" && getComputedStyle(one).display === "inline";
  return controls()
    .filter((one) => one.tabIndex >= 0 && !inText(one) && !one.matches(".skip, [tabindex='-1']"))
    .filter((one) => {
      const box = (one.closest("label") ?? one).getBoundingClientRect();
      return box.width < LEAST_TARGET || box.height < LEAST_TARGET;
    })
    .map(told);
}

/** Controls that a keyboard does not reach, or on which its focus cannot be seen. */
function unfocusable() {
  const found = [];
  for (const one of controls().filter((control) => control.getAttribute("tabindex") !== "-1")) {
    one.focus({ preventScroll: true });
    if (one.tabIndex !== 0) found.push(`out of the order: ${told(one)}`);
    else if (document.activeElement !== one) found.push(`takes no focus: ${told(one)}`);
    else {
      const style = getComputedStyle(one);
      if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) found.push(`focus unseen: ${told(one)}`);
    }
  }
  document.activeElement?.blur();
  return found;
}

const reached = new Set();

/** After Tab: what has the focus is noted; told when nothing of it can be seen behind what sticks to the window's edges. */
function step() {
  const one = document.activeElement;
  if (!one || one === document.body) return [];
  reached.add(one);
  const parts = [...one.getClientRects()].flatMap((box) =>
    [0.1, 0.5, 0.9].map((part) => [box.left + box.width * part, box.top + box.height * part]),
  );
  const isSeen = ([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return Boolean(top) && (one.contains(top) || top.contains(one));
  };
  return parts.some(isSeen) ? [] : [`focused behind something: ${told(one)}`];
}

/** Controls that Tab has not reached; of radio buttons it reaches the ticked one. */
function unreached() {
  return controls()
    .filter((one) => one.tabIndex >= 0 && !one.matches("[type=radio]:not(:checked)") && !reached.has(one))
    .map(told);
}

window.inspecting = { overflow, smallTargets, unfocusable, step, unreached };
