// A range of scores drawn on the plot with a pointer. The two sliders below are the same range, for the keyboard and
// for a page without scripts.

import { inDigits } from "./numbers.js";

const form = document.querySelector("[data-range]");
const plot = form?.querySelector("[data-plot]");
const edges = form ? [...form.querySelectorAll("[data-edge]")] : [];
const STEPS = 101; // the picture reaches a hundredth beyond the score 1.00
let begun = null;

const band = document.createElement("span");
band.className = "band";

function show() {
  for (const edge of edges) {
    const told = inDigits((edge.valueAsNumber / 100).toFixed(2));
    form.querySelector(`output[for="${edge.id}"]`).textContent = told;
    edge.setAttribute("aria-valuetext", told);
  }
  const [low, high] = edges.map((edge) => edge.valueAsNumber).sort((a, b) => a - b);
  band.style.insetInlineStart = `${(100 * low) / STEPS}%`;
  band.style.inlineSize = `${(100 * (high - low)) / STEPS}%`;
}

function place(event) {
  const box = plot.getBoundingClientRect();
  return Math.round(Math.min(Math.max(((event.clientX - box.left) / box.width) * STEPS, 0), 100));
}

function draw(event) {
  const here = place(event);
  edges[0].value = Math.min(begun, here);
  edges[1].value = Math.max(begun, here);
  show();
}

if (form) {
  plot.append(band);
  for (const edge of edges) edge.addEventListener("input", show);
  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    begun = place(event);
    plot.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  plot.addEventListener("pointermove", (event) => begun !== null && draw(event));
  plot.addEventListener("pointerup", (event) => {
    if (begun === null) return;
    draw(event);
    const drawn = edges[0].value !== edges[1].value;
    begun = null;
    if (drawn) form.requestSubmit();
  });
  plot.addEventListener("pointercancel", () => {
    begun = null;
  });
  show();
}
