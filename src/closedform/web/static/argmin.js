// Argmins: how the minimiser moves with the parameters, and with numbers a verdict in words.

import { ask } from "./api.js";
import { $, el, letter, typeset } from "./dom.js";
import { filled } from "./folding.js";
import { belongs, isOld, made } from "./fresh.js";
import { equation, plain, shape, short } from "./numbers.js";
import { image } from "./pictures.js";
import { certificate } from "./result.js";

export const FIELDS = ["formula", "over", "by", "where", "subject", "values", "start", "point"].map((name) => `argmin-${name}`);
const EXAMPLES = [
  ["ridge", { formula: "||A*x - b||^2 + lam*||x||^2", over: "x", by: "lam", where: "lam > 0", values: '{"A": [[1, 2], [3, 4], [0, 1]], "b": [1, 0, 2], "lam": 0.5}' }],
  ["two minima", { formula: "(x^2 - a)^2", over: "x", by: "a", where: "x in R, a in R", values: '{"a": 4}', start: "1" }],
  ["on a simplex", { formula: "1/2*||x - t||^2", over: "x", by: "t", subject: "x >= 0, sum(x) = 1", values: '{"t": [0.9, 0.6, -0.3]}' }],
  ["none", { formula: "t*exp(-x)", over: "x", by: "t", where: "x in R, t in R", values: '{"t": 1}' }],
];
const COLOUR = { "minimum": "right", "several-minima": "doubt", "ill-conditioned-minimum": "doubt" };
const NUMBERS = {
  gradient: "length of the gradient", newton_step: "length of the Newton step", lambda_min: "smallest eigenvalue of the Hessian",
  lambda_max: "largest eigenvalue of the Hessian", inertia: "eigenvalues (+, −, 0)", rank: "rank of the Hessian", condition: "condition",
  predicted_error: "predicted error of the derivative", active: "active constraints", multipliers: "multipliers",
  weakly_active: "weakly active", reduced_inertia: "on the tangent space (+, −, 0)", arithmetic: "arithmetic",
};

const NEXT = { // where the hint of the library is about its own functions
  "not-converged": "Search from this point instead of judging it.",
  "singular-hessian": "Add a term that makes the minimiser the only one, such as lam*||x||^2.",
};

const given = () => Object.fromEntries(FIELDS.map((id) => [id.replace("argmin-", ""), $(id).value.trim()]));

function write(state) {
  for (const id of FIELDS) $(id).value = state[id.replace("argmin-", "")] ?? "";
}

export function start(changed) {
  write(EXAMPLES[0][1]);
  belongs($("minimum"), () => JSON.stringify(given()), (old) => {
    $("argmin-note").textContent = old ? "changed since: press Minimise" : "";
  });
  $("argmin-examples").append("for example", ...EXAMPLES.map(([title, state]) =>
    el("button", { type: "button", onclick: () => { write(state); changed(); minimise(); } }, title)));
  $("minimising").addEventListener("submit", (event) => { event.preventDefault(); changed(); minimise(); });
  $("minimising").addEventListener("input", changed);
  $("minimising").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); changed(); minimise(); }
  });
}

/** The first look at this view shows its answer. */
export function opened() {
  if (!$("minimum").childElementCount || isOld($("minimum"))) minimise();
}

async function minimise() {
  const asked = given();
  const { subject, ...rest } = asked;
  const question = { ...rest, subject_to: subject };
  const put = await filled($("minimum"), async () => {
    const found = await ask("argmin", question);
    return [said(found, question), ...found.derivatives.map((one) => derivative(one, found)),
      ...(found.solution ? [solution(found, question)] : [el("p", { class: "aside" }, "Give numbers for the point itself and a verdict on it.")])];
  });
  if (put) made($("minimum"), JSON.stringify(asked));
}

function said(found, question) {
  const x = letter(found.over);
  const under = question.subject_to ? `\\quad \\text{subject to } \\texttt{${escaped(question.subject_to)}}` : "";
  return el("div", { class: "card" },
    typeset(`${x}^{*} = \\operatorname*{arg\\,min}_{${x}}\\; ${found.function.latex}${under}`, `${found.over}* = argmin of ${found.function.text}`),
    found.assumed.length ? el("p", { class: "aside" }, `assumed: ${found.assumed.join(", ")}`) : null,
    ...found.facts.map((fact) => el("p", {}, `${fact[0].toUpperCase()}${fact.slice(1)}.`)),
    found.closed_form ? typeset(`${x}^{*} = ${found.closed_form.latex}`, `in closed form: ${found.closed_form.text}`) : null);
}

const escaped = (text) => text.replace(/[\\{}$^_%#&~]/g, (sign) => ({ "_": "\\_", "%": "\\%", "#": "\\#", "&": "\\&" }[sign] ?? " "));

function derivative(one, found) {
  const [x, by] = [letter(found.over), letter(one.by)];
  const map = one.variables.includes(`d${one.by}`);
  const left = map ? `\\mathrm{D}${x}^{*}(${by})[d${by}]` : `\\frac{\\partial ${x}^{*}}{\\partial ${by}}`;
  return el("article", { class: "card answer", "aria-label": `derivative of ${found.over}* by ${one.by}` },
    typeset(`${left} = ${one.latex}`, `derivative of ${found.over}* by ${one.by} = ${one.text}`),
    one.conditions.length ? el("p", { class: "aside" }, `holds where ${one.conditions.join("; ")}`) : null,
    one.certificate ? certificate(one.certificate) : null);
}

function solution(found, question) {
  const { solution: at, over, function: { name: f } } = found;
  const { verdict } = at;
  const list = el("dl", {});
  for (const [key, label] of Object.entries(NUMBERS)) {
    if (key in verdict.numbers) list.append(el("dt", {}, label), el("dd", {}, worded(verdict.numbers[key])));
  }
  const there = verdict.kind.includes("minim") && verdict.kind !== "no-minimum";
  const [x, word] = there ? [`${letter(over)}^{*}`, `${over}*`] : [letter(over), over];
  return el("article", { class: "card", id: "argmin-verdict", "aria-label": "Verdict" },
    el("h2", { class: COLOUR[verdict.kind] ?? "wrong" }, verdict.kind.replaceAll("-", " ")),
    el("p", {}, `At these numbers: ${verdict.sentence} ${/\w\(|=/.test(verdict.next) ? NEXT[verdict.kind] ?? "" : verdict.next}`.trim()),
    verdict.also.length ? el("p", {}, `Also: ${verdict.also.map((word) => word.replaceAll("-", " ")).join(", ")}.`) : null,
    there ? el("p", {}, `That no other point is lower: ${at.global}.`) : el("p", {}, "The point that was looked at:"),
    equation(x, word, at.x), equation(`${letter(f)}(${x})`, `${f} at ${word}`, at.value),
    ...at.others.map((other) => el("p", {}, `Another minimum: ${plain(other.x)} with ${f} = ${short(other.value)}.`)),
    ...Object.entries(at.jacobians).map(([by, value]) => equation(`\\frac{\\partial ${letter(over)}^{*}}{\\partial ${letter(by)}}`, `derivative by ${by}`, value)),
    ...at.notes.map((note) => el("p", { class: "aside" }, note)),
    el("details", {}, el("summary", {}, "the numbers that this rests on"), list),
    picture(question, at));
}

const worded = (value) => (Array.isArray(value) ? value.map(worded).join(", ") : short(value));

/** Contours over two numbers that nothing constrains; else the function along its steepest and flattest directions. */
function picture(question, at) {
  const place = el("div", {});
  if (typeof at.value !== "number") return place;
  const plane = !question.subject_to && shape(at.x).join() === "2";
  filled(place, async () => {
    const values = JSON.stringify({ ...JSON.parse(question.values || "{}"), [question.over]: at.x });
    const { formula, where, over } = question;
    const found = plane ? await ask("plot", { formula, where, by: over, kind: "contours", values })
      : (await ask("argmin", { ...question, picture: "yes" })).picture;
    return [image(found.svg, found.words.join(". ")), el("p", { class: "aside said" }, found.words.join("\n"))];
  });
  return place;
}
