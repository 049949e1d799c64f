// The two inputs, text and mathematics: which one is open, and turning from one to the other with the same formula.

import { ask } from "./api.js";
import { $, choice } from "./dom.js";
import * as math from "./mathinput.js";

const WORDS = ["text", "math"];
let input = "text", turning = 0;
let page = null;

export const now = () => input;

/** What stands in mathematics takes the place of the text. */
export const typed = () => (input === "math" ? { formula: math.read(), syntax: "latex" } : {});

/** ``given`` has what is done when something is typed or turned, the question, and where to say what goes on. */
export function start(given) {
  page = given;
  $("inputs").append(choice("Input", WORDS, input, async (wish) => {
    await turn(wish);
    if (input === "math") math.focus();
    else $("formula").focus();
  }));
}

/** A formula from elsewhere: a mend of mathematics stays there, all else is text. */
export function write(formula, syntax) {
  turning++;
  if (input === "math" && syntax === "latex") return math.write(formula);
  $("formula").value = formula;
  math.close();
  use("text");
}

export async function restore(formula) {
  const mine = ++turning;
  await math.open(formula, page.changed);
  if (mine === turning) use("math");
}

function use(word) {
  input = word;
  $("formula").hidden = word === "math";
  $("math").hidden = word !== "math";
  $("formula-label").textContent = word === "math" ? "Formula, as mathematics" : "Formula, as text or LaTeX";
  for (const one of $("inputs").querySelectorAll("button")) one.setAttribute("aria-pressed", String(one.textContent === input));
}

/** Whether the server takes a text for LaTeX wherever it stands. */
const isLatex = (text) => /\\(?:[A-Za-z]{2}|[^A-Za-z\s])|^\s*\$/.test(text);

/** The formula as it is read, alone: a fault of the derivative is none of the formula. */
async function reading({ formula, where, syntax }) {
  try {
    return await ask("read", { formula, where, syntax });
  } catch {
    return {};
  }
}

/** The other input. A formula that cannot be read goes over as LaTeX, letter by letter, or not at all. */
async function turn(wish) {
  const mine = ++turning;
  if (wish === input) return;
  const before = page.question();
  const read = before.formula ? await reading(before) : null;
  const same = () => mine === turning && page.question().formula === before.formula;
  if (!same()) return use(input);
  if (wish === "text") toText(before.formula, read);
  else if (!await toMath(before.formula, read, same)) return use(input);
  use(wish);
  if (read?.function) await declare(read);
  page.turned();
}

function toText(formula, read) {
  $("formula").value = read?.function ? read.function.text : formula && !isLatex(formula) ? `$${formula}$` : formula;
}

async function toMath(formula, read, same) {
  const plain = formula.trim().replace(/^\$+|\$+$/g, "");
  if (formula && !read.function && !isLatex(formula)) {
    page.told("Mend the formula first: only what can be read is shown as mathematics.");
    return false;
  }
  await math.open(read?.function ? read.function.latex : plain, page.changed);
  return same();
}

/** Two ways of writing may be read by different habits: then what was assumed before is declared. */
async function declare(read) {
  const asked = page.question();
  const again = await reading(asked);
  const differs = again.function?.text !== read.function.text || again.where !== read.where;
  if (differs && page.question().formula === asked.formula && page.question().where === asked.where) $("where").value = read.where;
}
