// An answer: what was assumed, each derivative, where it holds, how far it is certified, the way there, code.

import { Fault, ask } from "./api.js";
import { editor } from "./declarations.js";
import { choice, copyButton, el, letter, typeset } from "./dom.js";

const TARGETS = ["numpy", "jax", "torch", "julia", "octave", "matlab"];
const LEFT = {
  gradient: (x) => [`\\nabla_{${x}} f`, "gradient of f"],
  jacobian: (x) => [`\\frac{\\partial f}{\\partial ${x}}`, "Jacobian of f"],
  hessian: (x, y) => [y ? `\\nabla_{${x}}\\nabla_{${y}} f` : `\\nabla^{2}_{${x}} f`, "Hessian of f"],
  derivative: (x) => [`\\mathrm{D} f(${x})[d${x}]`, "derivative of f"],
  jvp: () => ["J v", "J v"], vjp: () => ["J^{\\top} u", "J' u"], hvp: () => ["\\nabla^{2} f\\, v", "H v"],
};
const LEVELS = {
  A: "exact, with a bound", B: "exact, with heuristics", C: "to 110 digits", D: "in floating point", X: "not certified",
};
const opened = { certificate: false, steps: false, code: false, method: "differentials", target: "numpy" };

export function show(place, found, asked, change) {
  const held = place.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
  place.replaceChildren(
    el("div", { class: "card" },
      typeset(`f = ${found.function.latex}`, `f = ${found.function.text}`),
      editor(found.where, () => asked.where, change)),
    ...found.derivatives.map((one) => derivative(one, found, asked)),
  );
  if (held) [...place.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === held)?.focus();
}

function derivative(one, found, asked) {
  const op = one.op ?? found.command;
  const [left, said] = LEFT[op](letter(one.by), one.and_by && letter(one.and_by));
  const latex = `${left} = ${one.latex}`;
  const question = { ...asked, op, by: one.by, and_by: one.and_by };
  return el("article", { class: "card answer", "aria-label": `${said} by ${one.by}` },
    typeset(latex, `${said} by ${one.by} = ${one.text}`),
    notes(one, found),
    el("div", { class: "bar" },
      copyButton("LaTeX", () => one.latex), copyButton("text", () => one.text)),
    certificate(one.certificate),
    op in { gradient: 1, jacobian: 1, hessian: 1, derivative: 1 } ? steps(question) : null,
    code(question),
  );
}

function notes(one, found) {
  const list = el("dl", {});
  const row = (label, text) => list.append(el("dt", {}, label), el("dd", {}, text));
  row("holds", one.conditions.length ? one.conditions.join("; ") : "everywhere");
  row("size", one.shape.join(" × "));
  const agreed = (one.assumed ?? []).filter((each) => !found.assumed.includes(each));
  if (agreed.length) row("convention", agreed.join("; "));
  return list;
}

function badge(level, decided) {
  const colour = level === "X" ? (decided ? "wrong" : "doubt") : level === "D" ? "doubt" : "right";
  return el("span", { class: `badge ${colour}` }, level);
}

function certificate(found) {
  const body = el("div", {});
  const details = el("details", { open: opened.certificate, ontoggle: () => { opened.certificate = details.open; } },
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

function steps(question) {
  const body = el("div", { role: "region", "aria-label": "Steps" });
  const fill = () => filled(body, async () => {
    const found = await ask("answer", { ...question, method: opened.method });
    const lines = found.derivatives[0].steps;
    const bad = lines.filter((line) => line.certificate && !line.certificate.ok);
    return [
      el("ol", { class: "steps" }, ...lines.map(step)),
      bad.length ? el("p", { class: "wrong" }, `${bad.length} of these lines are not certified.`)
        : el("p", { class: "right" }, "Each line is certified by itself."),
      el("div", { class: "bar" }, copyButton("steps as text", () => lines.map((line) => `${line.left} = ${line.text}    ${line.law}`).join("\n"))),
    ];
  });
  const methods = choice("Method", ["differentials", "coordinates"], opened.method, (word) => { opened.method = word; fill(); });
  return folding("how it is derived", "steps", el("div", {}, el("div", { class: "bar" }, methods), body), fill);
}

const SIDES = {
  "f": "f", "df": "df", "∇f": "\\nabla f", "d∇f": "d \\nabla f", "∇²f": "\\nabla^{2} f",
};

function step(line, k, lines) {
  const repeated = k > 0 && lines[k - 1].left === line.left;
  const left = repeated ? "\\quad" : SIDES[line.left] ?? `\\text{${line.left.replace(/[\\{}$^_%#&~]/g, " ")}}`;
  const named = Object.entries(line.let).map(([name, text]) => `${name} = ${text}`);
  return el("li", {}, typeset(`${left} = ${line.latex}`, `${line.left} = ${line.text}`),
    line.law || named.length ? el("div", { class: "law" }, [line.law, ...named].filter(Boolean).join("; with ")) : null,
    line.certificate && !line.certificate.ok ? el("div", { class: "wrong" }, line.certificate.line) : null);
}

function code(question) {
  const body = el("div", {});
  const fill = () => filled(body, async () => {
    const { formula, where, syntax, op, by } = question;
    const found = await ask("code", { formula, where, syntax, op, by, target: opened.target });
    return [el("pre", { tabindex: "0" }, el("code", {}, found.code)), el("div", { class: "bar" }, copyButton("code", () => found.code))];
  });
  const targets = choice("Language", TARGETS, opened.target, (word) => { opened.target = word; fill(); });
  return folding("code", "code", el("div", {}, el("div", { class: "bar" }, targets), body), fill);
}

function folding(label, name, body, fill) {
  const details = el("details", { open: opened[name] }, el("summary", {}, label), body);
  let done = false;
  const look = () => {
    if (details.open && !done) fill();
    done = done || details.open;
  };
  details.addEventListener("toggle", () => { opened[name] = details.open; look(); });
  look();
  return details;
}

/** Put what is asked for into its place, or why there is none; the last question wins. */
async function filled(place, work) {
  const turn = (place.turn = (place.turn ?? 0) + 1);
  let children;
  try {
    children = await work();
  } catch (error) {
    children = [el("p", { class: "wrong" }, error instanceof Fault ? error.message : "the server does not answer")];
  }
  if (turn === place.turn) place.replaceChildren(...children);
}
