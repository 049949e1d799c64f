// The page: fields, the question they make, the answer that follows typing.

import { Fault, ask } from "./api.js";
import * as argmin from "./argmin.js";
import { $, choice, el } from "./dom.js";
import * as examples from "./examples.js";
import * as faults from "./faults.js";
import * as further from "./further.js";
import * as math from "./mathinput.js";
import { follow } from "./naming.js";
import * as result from "./result.js";
import * as state from "./state.js";
import { functions, judging } from "./views.js";

const FIELDS = ["formula", "where", "op", "by", "layout"];
const DELAY = 150, SLOW = 400;
const INPUTS = ["text", "math"];
let timer = 0, running = null, input = "text", latest = null;

const typed = () => (input === "math" ? { formula: math.read(), syntax: "latex" } : {});
const question = () => ({ ...Object.fromEntries(FIELDS.map((name) => [name, $(name).value.trim()])), ...typed() });
const remember = () => state.remember({ ...question(), input: input === "math" ? input : "", values: $("values").value.trim() });

function write(given) {
  if ("by" in given) variables([given.by].filter(Boolean), given.by);
  for (const name of FIELDS) if (name in given) $(name).value = given[name];
  if ("formula" in given && input === "math") turn("text");
}

/** The variables to choose from; the one that was chosen stays, even where a formula half typed lacks it. */
function variables(names, chosen = $("by").value) {
  const all = [...new Set([...names, ...(chosen ? [chosen] : [])])];
  $("by").replaceChildren(el("option", { value: "" }, "each variable"), ...all.map((name) => el("option", { value: name }, name)));
  $("by").value = chosen;
}

function apply(given) {
  write(given);
  update();
}

async function update() {
  running?.abort();
  clearTimeout(timer);
  const asked = question();
  remember();
  $("layout-choice").hidden = asked.op !== "jacobian";
  if (!asked.formula || (input === "math" && !math.complete())) return asked.formula ? null : empty();
  const mine = (running = new AbortController());
  const slow = setTimeout(() => { $("progress").hidden = false; $("result").setAttribute("aria-busy", "true"); }, SLOW);
  try {
    const found = await ask("answer", { ...asked, layout: asked.op === "jacobian" ? asked.layout : "" }, mine.signal);
    if (mine === running) answered(found, asked);
  } catch (error) {
    if (mine !== running || error.name === "AbortError") return;
    $("result").classList.add("old");
    const said = error instanceof Fault ? error.error : { message: "the server does not answer", span: null, source: null, hint: "" };
    faults.show(said, asked, apply);
    if (error instanceof Fault && asked.by) offerEvery(asked);
  } finally {
    clearTimeout(slow);
    if (mine === running) settle();
  }
}

function empty() {
  latest?.parts.abort();
  latest = null;
  faults.clear();
  further.hide();
  $("result").replaceChildren();
  settle();
}

function settle() {
  $("progress").hidden = true;
  $("result").setAttribute("aria-busy", "false");
}

function answered(found, asked) {
  latest?.parts.abort(); // what is still asked about the answer before
  const { signal } = (latest = { found, asked, parts: new AbortController() }).parts;
  faults.clear();
  variables(found.function.variables);
  $("result").classList.remove("old");
  result.show($("result"), found, asked, (where) => apply({ where }), signal);
  further.show(found, asked, signal);
}

/** The variable that was chosen may be gone from the formula. */
async function offerEvery(asked) {
  try {
    const found = await ask("answer", { ...asked, by: "" });
    if (!found.function.variables.includes(asked.by) && $("by").value === asked.by && question().formula === asked.formula) apply({ by: "" });
  } catch {
    // the fault shown already is the one to mend
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(update, DELAY);
}

/** The other input, with the same formula in it. */
async function turn(wish) {
  if (wish === input) return;
  const now = question().formula;
  const read = latest?.asked.formula === now ? latest : null;
  if (wish === "math") {
    await math.open(read?.found.function.latex ?? now, soon);
  } else {
    if (read && now) $("formula").value = read.found.function.text;
    math.close();
  }
  use(wish);
  if (read) await same(read.found);
}

function use(wish) {
  input = wish;
  $("formula").hidden = wish === "math";
  $("formula-label").textContent = wish === "math" ? "Formula, as mathematics" : "Formula, as text or LaTeX";
  for (const one of $("inputs").querySelectorAll("button")) one.setAttribute("aria-pressed", String(one.textContent === input));
}

/** Two ways of writing may be read by different habits: then what was assumed before is declared. */
async function same(before) {
  const asked = question();
  try {
    const { function: now, where } = await ask("answer", asked);
    if (now.text !== before.function.text || where !== before.where) $("where").value = before.where;
  } catch {
    $("where").value = before.where;
  }
  update();
}

async function recall() {
  const kept = state.kept();
  const given = Object.fromEntries(FIELDS.map((name) => [name, kept[name] ?? ""]));
  if (!given.formula) Object.assign(given, { formula: "1/2*||A*x - b||^2", by: "x" });
  write(given);
  $("values").value = kept.values ?? "";
  if (kept.input === "math") {
    await math.open(given.formula, soon);
    use("math");
  }
}

function start() {
  $("inputs").append(choice("Input", INPUTS, input, async (wish) => { await turn(wish); if (wish === "math") math.focus(); else $("formula").focus(); }));
  state.views({ functions, argmin: argmin.opened }, remember);
  judging(remember);
  argmin.start(remember);
  further.start(remember);
  follow($("result"));
  examples.fill((given) => { state.view("derive"); apply(given); $("formula").focus(); });
  for (const name of ["formula", "where"]) $(name).addEventListener("input", soon);
  for (const name of ["op", "by", "layout"]) $(name).addEventListener("change", update);
  $("question").addEventListener("submit", (event) => { event.preventDefault(); update(); });
  $("stop").addEventListener("click", () => { running?.abort(); settle(); });
  addEventListener("hashchange", again);
  again();
}

async function again() {
  await recall();
  state.restore();
  update();
}

start();
