// Names in formulas and code: where the pointer is on one, it is marked wherever else it stands, and so is the first
// line of the derivation that has it.

import { el, letter } from "./dom.js";

const FUNCTIONS = new Set("log exp det sin cos tan tanh sinh cosh".split(" "));
const GROUPS = "text|mathrm|mathbf|mathcal|mathbb|mathit|begin|end|operatorname\\*?";
const TOKENS = `\\\\(?:${GROUPS})\\{[^{}]*\\}|\\\\[A-Za-z]+|\\\\.|.`;
const OPERATOR = /^\\(?:operatorname\{([a-z]\w*)\}|([a-z]+))$/;

const known = [];
const number = (name) => (known.includes(name) ? known.indexOf(name) : known.push(name) - 1);

/** LaTeX in which these variables, and functions, carry the number of their name; see ``trusted`` in dom.js. */
export function named(tex, variables) {
  const spelled = new Map(variables.map((name) => [letter(name), name]));
  const longest = [...spelled.keys()].filter((one) => one !== "d").sort((a, b) => b.length - a.length);
  const own = longest.map((one) => one.replace(/[\\{}^$.*+?()[\]|]/g, "\\$&") + (/^\\[A-Za-z]+$/.test(one) ? "(?![A-Za-z])" : ""));
  return tex.replace(new RegExp([...own, TOKENS].join("|"), "gsu"), (token) => {
    if (spelled.has(token)) return `{\\htmlData{of=${number(spelled.get(token))}}{${token}}}`;
    const [, operator, word] = OPERATOR.exec(token) ?? [];
    const name = operator ?? (FUNCTIONS.has(word) ? word : null);
    return name ? `\\htmlData{of=${number(name)}}{${token}}` : token;
  });
}

/** Code with the same names marked, as nodes: A.T has no variable T, and np.exp the function exp. */
export function namedCode(text, variables) {
  return text.split(/(\.?[A-Za-z_]\w*)/u).flatMap((part, k) => {
    const word = part.replace(/^\./, "");
    if (k % 2 === 0 || !known.includes(word) || (word !== part && variables.includes(word))) return [part];
    return [word === part ? "" : ".", el("span", { "data-of": known.indexOf(word) }, word)];
  });
}

/** The numbers of the names in a text that is typed so. */
export const numbersOf = (text) => [...new Set(text.match(/\p{L}[\p{L}\d_]*/gu) ?? [])].filter((word) => known.includes(word)).map(number);

/** Follow the pointer within this place. */
export function follow(place) {
  place.addEventListener("pointerover", (event) => mark(place, event.target.closest?.("[data-of]")?.dataset.of));
  place.addEventListener("pointerleave", () => mark(place));
}

function mark(place, wanted) {
  for (const one of place.querySelectorAll(".lit, .origin")) one.classList.remove("lit", "origin");
  if (wanted === undefined) return;
  for (const one of place.querySelectorAll(`[data-of="${wanted}"], [data-has~="${wanted}"]`)) one.classList.add("lit");
  for (const steps of place.querySelectorAll("ol.steps")) steps.querySelector("li:has(.lit)")?.classList.add("origin");
}
