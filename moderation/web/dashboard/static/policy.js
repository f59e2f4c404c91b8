// The policy's sliders: their numbers and marks follow at once, and what they would have done as soon as it is known.
// Without this a button of the form shows the same.

import { inDigits } from "./numbers.js";

const form = document.querySelector("[data-policy]");
const steps = Number(form.dataset.steps);
let asking = null;
let again = false;

function words(step) {
  return step === steps ? form.dataset.never : inDigits((step / 100).toFixed(2));
}

function mark(slider) {
  const plot = slider.closest("[data-place]").querySelector("[data-plot]");
  const kind = slider.dataset.slider;
  let line = plot.querySelector(`.mark.${kind}`);
  if (!line) {
    line = document.createElement("span");
    line.className = `mark ${kind}`;
    plot.append(line);
  }
  line.style.insetInlineStart = `${(100 * slider.valueAsNumber) / steps}%`;
}

function follow(slider) {
  const told = words(slider.valueAsNumber);
  form.querySelector(`output[for="${slider.id}"]`).textContent = told;
  slider.setAttribute("aria-valuetext", told);
  mark(slider);
}

function places() {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (/^(hold|reject)_/.test(name) || name === "script") asked.set(name, value);
  }
  return asked;
}

function tell(found) {
  for (const [label, sentences] of Object.entries(found)) {
    const list = form.querySelector(`[data-place="${label}"] [data-told]`);
    const now = [...list.children].map((one) => one.textContent);
    list.removeAttribute("data-asking");
    if (now.join("\n") === sentences.join("\n")) continue;
    list.replaceChildren(...sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
  }
}

/** One question at a time; what is moved meanwhile is asked after it. */
async function ask() {
  if (asking) {
    again = true;
    return;
  }
  asking = fetch(`${form.dataset.policy}?${places()}`, { headers: { Accept: "application/json" } });
  try {
    const answer = await asking;
    const found = await answer.json();
    if (answer.ok) tell(found);
    else form.querySelector("[data-asking]")?.replaceChildren(Object.assign(document.createElement("li"), { textContent: found.detail }));
  } catch {
    // without a network the button still tells
  } finally {
    asking = null;
  }
  if (again) {
    again = false;
    ask();
  }
}

for (const slider of form.querySelectorAll("[data-slider]")) {
  mark(slider);
  slider.addEventListener("input", () => {
    follow(slider);
    slider.closest("[data-place]").querySelector("[data-told]").setAttribute("data-asking", "");
    ask();
  });
}
