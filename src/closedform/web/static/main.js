// The page: fields, the question they make, the answer that follows typing. The state stands in the address.

import { Fault, ask } from "./api.js";
import { $, el } from "./dom.js";
import * as examples from "./examples.js";
import * as faults from "./faults.js";
import * as result from "./result.js";
import { functions, judging } from "./views.js";

const FIELDS = ["formula", "where", "op", "by", "layout"];
const VIEWS = ["derive", "judge", "functions", "examples"];
const DELAY = 150, SLOW = 400;
let timer = 0, running = null;

const question = () => Object.fromEntries(FIELDS.map((name) => [name, $(name).value.trim()]));

function write(state) {
  if ("by" in state) variables([state.by].filter(Boolean), state.by);
  for (const name of FIELDS) if (name in state) $(name).value = state[name];
}

/** The variables to choose from; the one that was chosen stays, even where a formula half typed lacks it. */
function variables(names, chosen = $("by").value) {
  const all = [...new Set([...names, ...(chosen ? [chosen] : [])])];
  $("by").replaceChildren(el("option", { value: "" }, "each variable"), ...all.map((name) => el("option", { value: name }, name)));
  $("by").value = chosen;
}

function apply(state) {
  write(state);
  update();
}

async function update() {
  running?.abort();
  clearTimeout(timer);
  const asked = question();
  remember(asked);
  $("layout-choice").hidden = asked.op !== "jacobian";
  if (!asked.formula) {
    faults.clear();
    $("result").replaceChildren();
    return;
  }
  const mine = (running = new AbortController());
  const slow = setTimeout(() => { $("progress").hidden = false; $("result").setAttribute("aria-busy", "true"); }, SLOW);
  try {
    const found = await ask("answer", { ...asked, layout: asked.op === "jacobian" ? asked.layout : "" }, mine.signal);
    if (mine !== running) return;
    faults.clear();
    variables(found.function.variables);
    $("result").classList.remove("old");
    result.show($("result"), found, asked, (where) => apply({ where }));
  } catch (error) {
    if (mine !== running || error.name === "AbortError") return;
    $("result").classList.add("old");
    const said = error instanceof Fault ? error.error : { message: "the server does not answer", span: null, source: null, hint: "" };
    faults.show(said, asked, apply);
    if (error instanceof Fault && asked.by) offerEvery(asked);
  } finally {
    clearTimeout(slow);
    if (mine === running) {
      $("progress").hidden = true;
      $("result").setAttribute("aria-busy", "false");
    }
  }
}

/** The variable that was chosen may be gone from the formula. */
async function offerEvery(asked) {
  try {
    const found = await ask("answer", { ...asked, by: "" });
    if (!found.function.variables.includes(asked.by) && $("by").value === asked.by && $("formula").value.trim() === asked.formula) apply({ by: "" });
  } catch {
    // the fault shown already is the one to mend
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(update, DELAY);
}

function remember(asked) {
  const kept = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  const view = VIEWS.find((name) => !$(`view-${name}`).hidden);
  if (view !== "derive") kept.set("view", view);
  history.replaceState(null, "", `#${kept}`);
}

function recall() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const state = Object.fromEntries(FIELDS.map((name) => [name, kept.get(name) ?? ""]));
  if (!state.formula) Object.assign(state, { formula: "1/2*||A*x - b||^2", by: "x" });
  write(state);
  view(VIEWS.includes(kept.get("view")) ? kept.get("view") : "derive");
}

function view(name) {
  for (const other of VIEWS) {
    const tab = $(`tab-${other}`);
    $(`view-${other}`).hidden = other !== name;
    tab.setAttribute("aria-selected", String(other === name));
    tab.tabIndex = other === name ? 0 : -1;
  }
  if (name === "functions") functions();
  remember(question());
}

function tabs() {
  for (const [k, name] of VIEWS.entries()) {
    $(`tab-${name}`).addEventListener("click", () => view(name));
    $(`tab-${name}`).addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!move) return;
      const next = VIEWS[(k + move + VIEWS.length) % VIEWS.length];
      view(next);
      $(`tab-${next}`).focus();
    });
  }
}

function start() {
  tabs();
  judging();
  examples.fill((state) => { view("derive"); apply(state); $("formula").focus(); });
  for (const name of ["formula", "where"]) $(name).addEventListener("input", soon);
  for (const name of ["op", "by", "layout"]) $(name).addEventListener("change", update);
  $("question").addEventListener("submit", (event) => { event.preventDefault(); update(); });
  $("stop").addEventListener("click", () => { running?.abort(); $("progress").hidden = true; $("result").setAttribute("aria-busy", "false"); });
  addEventListener("hashchange", () => { recall(); update(); });
  recall();
  update();
}

start();
