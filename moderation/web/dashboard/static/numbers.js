// Numbers in the page's digits, which the server writes once as 1234567890.

const digits = [...(document.querySelector("[data-digits]")?.dataset.digits ?? "1234567890")];

export function inDigits(n) {
  return String(n).replaceAll(/\d/g, (one) => digits[(Number(one) + 9) % 10]);
}
