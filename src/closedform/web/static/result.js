// An answer: what was assumed, each derivative, where it holds, how far it is certified, the way there, code.

import { Fault, ask } from "./api.js";
import { editor } from "./declarations.js";
import { choice, copyButton, el, typeset } from "./dom.js";
import { laws } from "./explained.js";
import { filled, folding } from "./folding.js";
import { called, explained, side, whole } from "./labels.js";
import { named, namedCode } from "./naming.js";
import { saved } from "./pictures.js";

const TARGETS = ["numpy", "jax", "torch", "julia", "octave", "matlab"];
const LEVELS = {
  A: "exact, with a bound", B: "exact, with heuristics", C: "to 110 digits", D: "in floating point", X: "not certified",
};
const METHODS = ["differentials", "coordinates"];
const PARTS = ["certificate", "steps", "code"];
const opened = { certificate: false, steps: false, code: false, method: METHODS[0], target: TARGETS[0] };

let signal = null, told = () => {};

/** ``changed`` hears when a part is opened or folded, or a method or a language is chosen. */
export function start(changed) {
  told = changed;
}

/** What is open and chosen, for the address; what is so anyway is left out. */
export const state = () => ({
  parts: PARTS.filter((name) => opened[name]),
  method: opened.method === METHODS[0] ? "" : opened.method,
  target: opened.target === TARGETS[0] ? "" : opened.target,
});

export function restore({ parts, method, target }) {
  for (const name of PARTS) opened[name] = parts.includes(name);
  opened.method = METHODS.includes(method) ? method : METHODS[0];
  opened.target = TARGETS.includes(target) ? target : TARGETS[0];
}

function note(name, now) {
  if (opened[name] === now) return;
  opened[name] = now;
  told();
}

/** Put the answer into its place; ``declared`` has the declarations of now, which ``change`` changes; what is still asked about it ends when ``cancelled`` says so. */
export function show(place, found, asked, declared, change, cancelled) {
  signal = cancelled;
  const held = place.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
  place.replaceChildren(
    el("div", { class: "card" },
      el("div", { class: "heads" },
        typeset(`${whole(found).latex} = ${named(found.function.latex, found.function.variables)}`, `${whole(found).text} = ${found.function.text}`),
        el("div", { class: "bar noprint quiet" }, copyButton("link", () => location.href), page(found, asked),
          el("button", { type: "button", onclick: () => print() }, "Print"))),
      editor(found.where, declared, change)),
    ...found.derivatives.map((one) => derivative(one, found, asked)),
  );
  if (held) [...place.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === held)?.focus();
}

function derivative(one, found, asked) {
  const op = one.op ?? found.command;
  const [left, said] = called(op, one, found);
  const latex = `${left} = ${named(one.latex, found.function.variables)}`;
  const question = { ...asked, op, by: one.by, and_by: one.and_by };
  return el("article", { class: "card answer", "aria-label": said },
    typeset(latex, `${said} = ${one.text}`),
    notes(op, one, found),
    el("div", { class: "bar" },
      copyButton("LaTeX", () => one.latex), copyButton("text", () => one.text)),
    certificate(one.certificate),
    op in { gradient: 1, jacobian: 1, hessian: 1, derivative: 1 } ? steps(question, found) : null,
    code(question, found.function.variables),
  );
}

/** The whole answer with its derivation as one file that reads offline. */
function page(found, asked) {
  const button = el("button", { type: "button" }, "Save as a page");
  button.addEventListener("click", async () => {
    button.textContent = "making …";
    try {
      const made = await ask("export", { ...asked, form: "html", method: opened.method });
      saved("derivative.html", made.content, "text/html");
      button.textContent = "Saved";
    } catch (error) {
      button.textContent = error instanceof Fault ? error.message : "the server does not answer";
    }
    setTimeout(() => { button.textContent = "Save as a page"; }, 2500);
  });
  return ["jvp", "vjp", "hvp"].includes(found.command) ? null : button;
}

function notes(op, one, found) {
  const list = el("dl", {});
  const row = (label, text) => list.append(el("dt", {}, label), el("dd", {}, text));
  for (const [name, meaning] of explained(op, one, found)) row(name, meaning);
  row("holds", one.conditions.length ? one.conditions.join("; ") : "everywhere");
  row("size", one.shape.join(" × "));
  const agreed = (one.assumed ?? []).filter((each) => !found.assumed.includes(each));
  if (agreed.length) row("convention", agreed.join("; "));
  return list;
}

export function badge(level, decided) {
  const colour = level === "X" ? (decided ? "wrong" : "doubt") : level === "D" ? "doubt" : "right";
  return el("span", { class: `badge ${colour}` }, level);
}

export function certificate(found) {
  const body = el("div", {});
  const details = el("details", { class: "certificate", open: opened.certificate, ontoggle: () => note("certificate", details.open) },
    el("summary", {}, badge(found.level, found.decided), ` certificate: ${LEVELS[found.level]}`), body);
  const list = el("dl", {});
  const sizes = found.sizes.map((each) => Object.entries(each).map(([name, n]) => `${name}=${n}`).join(", "));
  for (const [label, text] of [
    ["in words", found.line], ["claim", found.claim], ["read as", found.reading], ["why", found.reason],
    ["points", `${found.trials} at sizes ${sizes.join(" | ") || "as given"}${found.every_size ? ", which prove it for every size" : ""}`],
    ["heuristics", found.heuristics.join("; ")], ["witnesses", found.witnesses.join("; ")],
    ["time", `${found.milliseconds} ms`],
  ]) if (text) list.append(el("dt", {}, label), el("dd", {}, text));
  const again = el("p", { role: "status" });
  body.append(list, el("div", { class: "bar" },
    el("button", { type: "button", onclick: () => replay(found, again) }, "Check again at fresh points"),
    copyButton("certificate", () => JSON.stringify(found))), again);
  return details;
}

async function replay(found, place) {
  place.textContent = "checking …";
  try {
    const { certificate: now } = await ask("replay", { certificate: JSON.stringify(found) });
    place.replaceChildren(badge(now.level, now.decided), ` ${now.line}`);
  } catch (error) {
    place.textContent = error instanceof Fault ? error.message : "the server does not answer";
  }
}

function steps(question, of) {
  const body = el("div", { role: "region", "aria-label": "Steps" });
  const fill = () => filled(body, async () => {
    const found = await ask("answer", { ...question, method: opened.method }, signal);
    const lines = found.derivatives[0].steps;
    const bad = lines.filter((line) => line.certificate && !line.certificate.ok);
    return [
      el("ol", { class: "steps" }, ...lines.map(step(of))),
      bad.length ? el("p", { class: "wrong" }, `${bad.length} of these lines are not certified.`)
        : el("p", { class: "right" }, "Each line is certified by itself."),
      el("div", { class: "bar noprint" },
        copyButton("steps as text", () => lines.map((line) => `${line.left} = ${line.text}    ${line.law}`).join("\n")),
        copyButton("steps as LaTeX", () => exported(question, "latex")),
        copyButton("steps as Markdown", () => exported(question, "markdown"))),
    ];
  });
  const methods = choice("Method", METHODS, opened.method, (word) => { note("method", word); fill(); });
  return folding(opened.steps, "how it is derived", (open) => note("steps", open), el("div", {}, el("div", { class: "bar" }, methods), body), fill);
}

const exported = async (question, form) => (await ask("export", { ...question, form, method: opened.method })).content;

const step = (of) => (line, k, lines) => {
  const { variables } = of.function;
  const repeated = k > 0 && lines[k - 1].left === line.left;
  const left = repeated ? "\\quad" : side(line.left);
  const lets = Object.entries(line.let).map(([name, text]) => `${name} = ${text}`);
  return el("li", {}, typeset(`${left} = ${named(line.latex, variables)}`, `${line.left} = ${line.text}`),
    line.law ? laws(line.law) : null, lets.length ? el("div", { class: "law" }, ...namedCode(`with ${lets.join(", ")}`, variables)) : null,
    line.certificate && !line.certificate.ok ? el("div", { class: "wrong" }, line.certificate.line) : null);
};

function cost({ sizes, flops }) {
  const [count, unit] = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]].map(([size, word]) => [flops / size, word]).find(([n]) => n >= 1) ?? [0, ""];
  const at = Object.entries(sizes).map(([name, n]) => `${name} = ${n}`).join(", ");
  return `about ${Number(count.toPrecision(3))} ${unit}flop${at ? ` where ${at}` : ""}`;
}

/** The function itself with its names marked; helpers above it have names of their own. */
function coded(text, variables) {
  const own = Math.max(0, text.search(/^(def|function)\b.*\bf\(/m));
  return [text.slice(0, own), ...namedCode(text.slice(own), variables)];
}

function code(question, variables) {
  const body = el("div", {});
  const fill = () => filled(body, async () => {
    const { formula, where, syntax, op, by } = question;
    const found = await ask("code", { formula, where, syntax, op, by, target: opened.target }, signal);
    return [el("pre", { tabindex: "0" }, el("code", {}, ...coded(found.code, variables))),
      el("div", { class: "bar" }, copyButton("code", () => found.code), el("span", { class: "aside" }, cost(found.cost)))];
  });
  const targets = choice("Language", TARGETS, opened.target, (word) => { note("target", word); fill(); });
  return folding(opened.code, "code", (open) => note("code", open), el("div", {}, el("div", { class: "bar" }, targets), body), fill);
}
