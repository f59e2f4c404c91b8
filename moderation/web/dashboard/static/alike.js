// One card for comments that are alike: the first of them is the current one, as in the list.

import { choose, list } from "./rows.js";

choose(list.querySelector("[data-row]"), { focus: false });
