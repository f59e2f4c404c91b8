// Fields for a person's own keys take the key that is pressed, also under a Bangla layout: by its place.

import { named } from "./keys.js";

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-own-key]") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = named(event).replace(/^Shift\+(.)$/, (_, letter) => letter.toUpperCase());
  if (!/^[a-z/?]$/i.test(key)) return; // Tab, Enter, Backspace and the like do what they do anywhere
  event.preventDefault();
  field.value = key;
});
