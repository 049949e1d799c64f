// What goes with the function itself: numbers, the passes of backpropagation, a picture.

import { Fault, ask } from "./api.js";
import { variables } from "./declarations.js";
import { $, choice, copyButton, el, press, typeset } from "./dom.js";
import { filled } from "./folding.js";
import { belongs, look, made } from "./fresh.js";
import { called, whole } from "./labels.js";
import { named, numbersOf } from "./naming.js";
import { equation, latex, plain, shape, short } from "./numbers.js";
import { image, inline, saved } from "./pictures.js";

const SHOWN = ["gradient", "jacobian", "hessian", "derivative"];
const PARTS = { numbers: [numbers, "computed"], backprop: [backprop, "passes"], plot: [plot, "picture"] };
const RANGES = "A range is two numbers, the lower one first, as -2 to 2; for two axes -2 to 2, 0 to 1.";
const KINDS = ["what fits", "contours", "curve", "jacobian", "hessian"];
const MODES = ["reverse", "forward", "both"];
const of = {}; // the answer that each part was made for
let current = null, wanted = null, signal = null, mode = MODES[0], kind = "", drawn = "";

/** The answer that stands above; open parts are asked for anew. */
export function show(found, asked, cancelled) {
  const other = current && (current.function.text !== found.function.text || current.where !== found.where);
  if (other && $("values").value === drawn) $("values").value = ""; // random numbers belong to one formula
  [current, wanted, signal] = [found, asked, cancelled];
  $("further").hidden = false;
  for (const name of Object.keys(PARTS)) renew(name);
  look();
}

/** A part that is open is made anew; one that is folded is empty until it is opened. */
function renew(name) {
  const [fill, place] = PARTS[name];
  of[name] = null;
  if ($(`further-${name}`).open) {
    of[name] = current;
    fill();
  } else {
    $(place).replaceChildren();
    made($(place), null);
  }
}

const typed = () => $("values").value.trim();

/** Put into its place what these numbers lead to; numbers that are drawn meanwhile are those. */
async function filledAt(place, work) {
  const at = { values: typed() };
  if (await filled($(place), (last) => work(at, last))) made($(place), at.values);
}

export function hide() {
  current = null;
  $("further").hidden = true;
}

export function start(changed) {
  const note = (old) => { $("values-note").textContent = old ? "changed since: press Compute" : ""; };
  for (const [name, [, place]] of Object.entries(PARTS)) {
    $(`further-${name}`).addEventListener("toggle", (event) => { if (event.target.open && current && of[name] !== current) renew(name); changed(); });
    belongs($(place), typed, name === "numbers" ? note : undefined);
  }
  $("compute").addEventListener("click", () => { changed(); refresh(); });
  $("random").addEventListener("click", () => { $("values").value = ""; changed(); refresh(); });
  $("values").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("compute").click(); });
  $("values").addEventListener("input", changed);
  $("modes").append(choice("Mode", MODES, mode, (word) => { mode = word; changed(); backprop(); }));
  $("kinds").append(choice("Picture", KINDS, KINDS[0], (word) => {
    kind = word === KINDS[0] ? "" : word;
    changed();
    plot();
  }));
  $("span").addEventListener("change", () => { changed(); plot(); });
}

/** What is open, chosen and typed here, for the address; what is so anyway is left out. */
export const state = () => ({
  parts: Object.keys(PARTS).filter((name) => $(`further-${name}`).open),
  values: typed(), mode: mode === MODES[0] ? "" : mode, kind, span: $("span").value.trim(),
});

export function restore(kept) {
  for (const name of Object.keys(PARTS)) $(`further-${name}`).open = kept.parts.includes(name);
  mode = MODES.includes(kept.mode) ? kept.mode : MODES[0];
  kind = KINDS.indexOf(kept.kind) > 0 ? kept.kind : "";
  press($("modes").firstChild, mode);
  press($("kinds").firstChild, kind || KINDS[0]);
  $("span").value = kept.span ?? "";
  $("values").value = kept.values ?? "";
}

function refresh() {
  for (const name of Object.keys(PARTS)) renew(name);
}

const base = () => ({ formula: wanted.formula, where: wanted.where, syntax: wanted.syntax });

/** The value of the function, and of each derivative above at the same numbers. */
function numbers() {
  const [found, question] = [current, base()];
  filledAt("computed", async (used, last) => {
    const first = found.derivatives.find((one) => SHOWN.includes(one.op ?? found.command));
    const at = used.values ? used : await ask("eval", { ...question, ...(first ? { by: first.by, op: first.op } : {}) }, signal);
    const values = typeof at.values === "string" ? at.values : JSON.stringify(at.values);
    const value = await ask("eval", { ...question, values }, signal);
    const lines = [equation(whole(found).latex, whole(found).text, value.value)];
    for (const one of found.derivatives.filter((each) => SHOWN.includes(each.op) && !each.and_by)) {
      const [left, said] = valued(one, found);
      const derived = await ask("eval", { ...question, by: one.by, op: one.op, values }, signal);
      lines.push(equation(left, said, derived.value));
      if (one.op !== "derivative") lines.push(witness({ ...question, by: one.by, op: one.op, values }));
    }
    if (!used.values && !typed() && last()) {
      $("values").value = drawn = spaced(at.values);
      used.values = typed();
      for (const name of ["backprop", "plot"]) if ($(`further-${name}`).open) PARTS[name][0]();
    }
    return [...lines, el("div", { class: "bar" }, copyButton("numbers", () => values))];
  });
}

/** The derivative as an array has no direction in it. */
function valued(one, found) {
  const [left, said] = called(one.op, one, found);
  return [left.replace(/\[d[^\]]*\]$/, ""), said.replace(/ of \w+(?= by)/, "")];
}

/** What automatic differentiation gives at the same numbers, for those who ask. */
function witness(question) {
  const place = el("div", { class: "bar" });
  place.append(el("button", { type: "button", onclick: () => filled(place, async () => {
    const { witnesses } = await ask("witness", question, signal);
    return witnesses.length ? witnesses.map(compared) : [el("p", { class: "aside" }, "Neither JAX nor PyTorch is installed on the machine that serves this page.")];
  }) }, "Compare with automatic differentiation"));
  return place;
}

function compared(one) {
  const far = one.refused || (one.difference === null ? "an array of another shape" : `${plain(one.value)}, at most ${short(one.difference)} away`);
  return el("p", { class: "aside" }, `${one.name}: ${far}`);
}

/** JSON with a line for each name. */
const spaced = (values) => `{${Object.entries(values).map(([name, value]) => `${JSON.stringify(name)}: ${plainly(value)}`).join(",\n ")}}`;
const plainly = (value) => JSON.stringify(value).replace(/,/g, ", ");

function backprop() {
  const [question, values] = [base(), $("values").value];
  filledAt("passes", async () => {
    const found = await ask("backprop", { ...question, by: wanted.by, mode, values }, signal);
    const tables = ["forward_pass", "tangents", "backward_pass"].filter((name) => found[name]).map((name) => table(name, found[name]));
    const graph = found.graph
      ? [inline(found.graph, `The graph of ${found.function.text}: the same as the tables beside it.`, boxes(found)),
        el("div", { class: "bar" }, el("button", { type: "button", onclick: () => saved("graph.svg", found.graph, "image/svg+xml") }, "Save the graph"))]
      : [el("p", { class: "aside" }, found.no_graph)];
    return [el("div", { class: "passes" }, ...tables), ...graph];
  });
}

/** The names in each box of the graph: of a variable its own, of a step those of its line. */
const boxes = (found) => new Map([...found.function.variables.map((name) => [name, name]), ...(found.forward_pass ?? []).map((line) => [line.name, line.text])]
  .map(([name, text]) => [name, numbersOf(text)]));

const TITLES = { forward_pass: "forward pass", tangents: "tangents", backward_pass: "backward pass" };

function table(name, lines) {
  const variables_ = current.function.variables;
  const numbers = lines.some((line) => line.value !== null);
  const value = (found) => (found === null ? "" : shape(found).length && latex(found) === null ? shape(found).join("×") : plain(found));
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": TITLES[name] }, el("table", { class: "lines" },
    el("caption", {}, TITLES[name]),
    el("thead", {}, el("tr", {}, ...["line", "is", ...(numbers ? ["value"] : [])].map((word) => el("th", { scope: "col" }, word)))),
    el("tbody", {}, ...lines.map((line) => el("tr", {},
      el("td", {}, typeset(named(`${line.left_latex} = ${line.latex}`, variables_), `${line.name} = ${line.text}`)),
      el("td", { class: "aside" }, line.shape), numbers ? el("td", {}, el("code", {}, value(line.value))) : null)))));
}

function plot() {
  const span = $("span").value.trim();
  filledAt("picture", async () => {
    const ranges = span && JSON.stringify(spans(span));
    const found = await ask("plot", { ...base(), ...await pictured(), span: ranges }, signal);
    return [image(found.svg, found.words.join(". ")), el("p", { class: "aside said" }, found.words.join("\n")),
      el("div", { class: "bar" }, el("button", { type: "button", onclick: () => saved("picture.svg", found.svg, "image/svg+xml") }, "Save the picture"))];
  });
}

/** Over what is drawn, and which picture: contours over two numbers, a curve over one, else a matrix at a point. */
async function pictured() {
  const { function: f, where } = current;
  const scalar = f.shape.every((n) => n === "1");
  const found = variables(where);
  const numbers_ = f.variables.filter((name) => found.get(name)?.kind.startsWith("scalar"));
  const values_ = typed();
  if (scalar && numbers_.length === 2 && f.variables.length === 2 && !["curve", "hessian", "jacobian"].includes(kind)) return { kind, values: values_ };
  const by = wanted.by || numbers_[0] || f.variables[0];
  if (scalar && f.variables.length === 1 && numbers_.length === 1 && !kind) return { by, values: values_ };
  const values = values_ || JSON.stringify((await ask("eval", { ...base(), by }, signal)).values);
  const at = JSON.parse(values)[by];
  const fits = !scalar ? "jacobian" : !Array.isArray(at) ? "curve" : at.length === 2 && !Array.isArray(at[0]) ? "contours" : "hessian";
  return { by, kind: kind || fits, values };
}

/** What stands in the field of ranges, as the server wants it. */
export function spans(text) {
  const found = text.split(",").map((one) => one.trim().split(/\s*(?:to|–|:)\s*/).map((each) => (each ? Number(each) : NaN)));
  const right = found.length <= 2 && found.every(([low, high, ...more]) => !more.length && low < high && Number.isFinite(high - low));
  if (!right) throw new Fault({ message: RANGES, hint: "" });
  return found;
}
