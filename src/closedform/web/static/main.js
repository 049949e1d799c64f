// The page: fields, the question they make, the answer that follows typing.

import { Fault, ask } from "./api.js";
import * as argmin from "./argmin.js";
import { joined } from "./declarations.js";
import { $, el, pasting } from "./dom.js";
import * as examples from "./examples.js";
import * as faults from "./faults.js";
import * as fresh from "./fresh.js";
import * as further from "./further.js";
import * as inputs from "./inputs.js";
import * as math from "./mathinput.js";
import { follow } from "./naming.js";
import * as result from "./result.js";
import * as state from "./state.js";
import { functions, judged, judging } from "./views.js";

const FIELDS = ["formula", "where", "op", "by", "layout"];
const DELAY = 150, SLOW = 400;
let timer = 0, running = null, latest = null;

function question() {
  const asked = Object.fromEntries(FIELDS.map((name) => [name, $(name).value.trim()]));
  return { ...asked, layout: asked.op === "jacobian" ? asked.layout : "", ...inputs.typed() };
}

const key = (asked) => JSON.stringify(asked);

/** The whole page into its address: the question, and what is open and chosen below. */
function remember() {
  const [above, below] = [result.state(), further.state()];
  const parts = [...above.parts, ...below.parts].join(" ");
  state.remember({ ...question(), input: inputs.now() === "math" ? "math" : "", ...above, ...below, parts });
}

function write(given) {
  if ("by" in given) variables([given.by].filter(Boolean), given.by);
  for (const name of FIELDS) if (name in given) put($(name), given[name]);
  if ("formula" in given) inputs.write(given.formula, given.syntax);
}

/** An address may have lines where there is one, and ask for a choice that there is not: then it is the first. */
function put(field, value) {
  field.value = field.id === "where" ? joined(value) : value;
  if (field.selectedIndex < 0) field.selectedIndex = 0;
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

/** What is going on, with what may be done about it; and whose answer stands below where it is not that of the fields. */
function tell(now, button = "") {
  const old = latest && fresh.isOld($("answered"));
  $("state-text").textContent = [now, old ? `Below, in grey, stands the answer to ${latest.found.function.as_read} from before.` : ""].join(" ").trim();
  for (const id of ["stop", "again"]) $(id).hidden = id !== button;
}

async function update() {
  running?.abort();
  clearTimeout(timer);
  const asked = question();
  remember();
  fresh.look();
  $("layout-choice").hidden = asked.op !== "jacobian";
  if (!asked.formula) return empty();
  if (inputs.now() === "math" && !math.complete()) return incomplete();
  const mine = (running = new AbortController());
  const slow = setTimeout(() => { tell("computing …", "stop"); $("result").setAttribute("aria-busy", "true"); }, SLOW);
  try {
    const found = await ask("answer", asked, mine.signal);
    if (mine === running) answered(found, asked);
  } catch (error) {
    if (mine === running && error.name !== "AbortError") refused(error, asked);
  } finally {
    clearTimeout(slow);
    if (mine === running) $("result").setAttribute("aria-busy", "false");
  }
}

function clear() {
  faults.clear();
  fresh.made($("fault"), null);
}

function refused(error, asked) {
  const said = error instanceof Fault ? error.error : { message: "the server does not answer", span: null, source: null, hint: "" };
  faults.show(said, asked, (mend) => apply({ syntax: asked.syntax, ...mend }));
  fresh.made($("fault"), key(asked));
  tell("");
  if (error instanceof Fault && asked.by) offerEvery(asked);
}

function empty() {
  latest?.parts.abort();
  latest = null;
  clear();
  further.hide();
  $("result").replaceChildren(examples.invitation(chosen));
  $("result").setAttribute("aria-busy", "false");
  fresh.made($("answered"), null);
  tell("");
}

function incomplete() {
  clear();
  $("result").setAttribute("aria-busy", "false");
  tell("Fill the empty places of the formula.");
}

function stop() {
  running?.abort();
  $("result").setAttribute("aria-busy", "false");
  tell("Stopped.", "again");
}

function answered(found, asked) {
  latest?.parts.abort(); // what is still asked about the answer before
  const { signal } = (latest = { found, asked, parts: new AbortController() }).parts;
  clear();
  variables(found.function.variables);
  result.show($("result"), found, asked, () => $("where").value, (where) => apply({ where }), signal);
  further.show(found, asked, signal);
  fresh.made($("answered"), key(asked));
  tell("");
}

/** The variable that was chosen may be gone from the formula. */
async function offerEvery(asked) {
  try {
    const found = await ask("answer", { ...asked, by: "" });
    if (!found.function.variables.includes(asked.by) && key(question()) === key(asked)) apply({ by: "" });
  } catch {
    // the fault shown already is the one to mend
  }
}

function chosen(given) {
  state.view("derive");
  apply(given);
  $("formula").focus();
}

function soon() {
  clearTimeout(timer);
  fresh.look();
  timer = setTimeout(update, DELAY);
}

async function recall() {
  const kept = state.kept();
  const given = Object.fromEntries(FIELDS.map((name) => [name, kept[name] ?? ""]));
  if (!("formula" in kept)) Object.assign(given, { formula: "1/2*||A*x - b||^2", by: "x" });
  write(given);
  const below = { ...kept, parts: (kept.parts ?? "").split(" ") };
  result.restore(below);
  further.restore(below);
  if (kept.input === "math") await inputs.restore(given.formula);
}

function start() {
  fresh.belongs($("answered"), () => key(question()));
  fresh.belongs($("fault"), () => key(question()));
  fresh.start();
  inputs.start({ changed: soon, turned: update, question, told: tell });
  state.views({ functions, argmin: argmin.opened, judge: judged }, remember);
  result.start(remember);
  judging(remember);
  argmin.start(remember);
  further.start(remember);
  $("filter").addEventListener("input", remember);
  follow($("answered"));
  examples.fill(chosen);
  for (const name of ["formula", "where"]) $(name).addEventListener("input", soon);
  for (const name of ["where", "argmin-where", "argmin-subject", "judge-where"]) pasting($(name), joined);
  for (const name of ["op", "by", "layout"]) $(name).addEventListener("change", update);
  $("question").addEventListener("submit", (event) => { event.preventDefault(); update(); });
  $("stop").addEventListener("click", stop);
  $("again").addEventListener("click", update);
  addEventListener("hashchange", again);
  again();
}

async function again() {
  await recall();
  state.restore();
  update();
}

start();
