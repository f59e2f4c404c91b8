// Runs before a page's own scripts: notes what would show that a text was run.

(() => {
  const seen = [];
  Object.defineProperty(window, "alarms", { value: { seen, words, rows, strangers } });
  document.addEventListener("securitypolicyviolation", (event) => seen.push(`policy: ${event.violatedDirective}`));
  addEventListener("error", (event) => seen.push(`error: ${event.message}`));

  /** The reader's words again, each chip turned back into its character. */
  function read(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    const chip = /^U\+([0-9A-F]+)$/.exec(node.textContent);
    if (node.matches(".chip") && chip) return String.fromCodePoint(parseInt(chip[1], 16));
    return node.matches("mark, .slur") ? [...node.childNodes].map(read).join("") : `<${node.localName}>`;
  }

  function words(text) {
    return text && [...text.childNodes].map(read).join("");
  }

  /** Where everything in a row stands, seen from the row's corner; the words themselves are left out. */
  function shape(row, corner) {
    const inside = [...row.querySelectorAll("*")].filter((one) => one.getClientRects().length && !one.closest(".text"));
    return inside.map((one) => {
      const box = one.getBoundingClientRect();
      const numbers = [box.left - corner.left, box.top - corner.top, box.width, box.height];
      return `${one.localName} ${numbers.map((n) => n.toFixed(1)).join(" ")}`;
    });
  }

  /** Whether whatever is looked at inside a row is the row's own: nothing from elsewhere lies over it. */
  function isOwn(row, corner) {
    return [0.1, 0.5, 0.9].every((part) => {
      const top = document.elementFromPoint(corner.left + corner.width * part, corner.top + corner.height * part);
      return !top || row.contains(top);
    });
  }

  function rows() {
    return [...document.querySelectorAll("[data-row]")].map((row) => {
      const corner = row.getBoundingClientRect();
      return {
        address: new URL(row.querySelector("[data-open]").href).pathname,
        words: words(row.querySelector(".open .text")),
        names: [...row.querySelectorAll("bdi:not(.text)")].map((one) => one.textContent),
        shape: shape(row, corner),
        place: [corner.left, corner.top, corner.right, corner.bottom].map((n) => n + 0),
        own: isOwn(row, corner),
      };
    });
  }

  /** Elements inside somebody's words or name that are none of ours. */
  function strangers() {
    return [...document.querySelectorAll("bdi *")].filter((one) => !one.matches(".chip, mark, .slur")).map((one) => one.outerHTML.slice(0, 80));
  }
})();
