// What a derivative is called: the left side of its equation, and in words.

import { letter } from "./dom.js";

/** The names in an answer that stand for a change or a direction: dX, dx1, v, u; the name of a size is none. */
export const directions = (one, found) =>
  one.variables.filter((name) => !found.function.variables.includes(name) && (/^[vu]$/.test(name) || name.startsWith(`d${one.by}`) || name.startsWith(`d${one.and_by}`)));

/** What the whole function is called: f, or where that is a name in it another that is none. */
export const whole = ({ function: { name } }) => ({ text: name, latex: letter(name) });

const isScalar = (found) => found.function.shape.every((n) => n === "1");

/** LaTeX and words; ``op`` is that of the answer. */
export function called(op, one, found) {
  const [x, y] = [letter(one.by), one.and_by && letter(one.and_by)];
  const { text: f, latex } = whole(found);
  switch (op) {
    case "gradient": return [`\\nabla_{${x}} ${latex}`, `gradient of ${f} by ${one.by}`];
    case "jacobian": return [`\\frac{\\partial ${latex}}{\\partial ${x}}`, `Jacobian of ${f} by ${one.by}`];
    case "hessian": return second(one, found, x, y);
    case "derivative": return [`\\mathrm{D} ${latex}(${x})[d${x}]`, `derivative of ${f} by ${one.by}`];
    case "jvp": return ["J v", `J v by ${one.by}`];
    case "vjp": return ["J^{\\top} u", `J' u by ${one.by}`];
    default: return [`\\nabla^{2} ${latex}\\, v`, `H v by ${one.by}`];
  }
}

/** A Hessian where it is a matrix; else how the first derivative moves along a change of the variable. */
function second(one, found, x, y) {
  const { text: f, latex } = whole(found);
  const names = y && one.and_by !== one.by ? `${one.by} and ${one.and_by}` : one.by;
  if (!directions(one, found).length && isScalar(found)) {
    return [y && y !== x ? `\\nabla_{${y}}\\nabla_{${x}} ${latex}` : `\\nabla^{2}_{${x}} ${latex}`, `Hessian of ${f} by ${names}`];
  }
  const [first, word] = isScalar(found) ? [`\\nabla_{${x}} ${latex}`, "gradient"] : [`\\frac{\\partial ${latex}}{\\partial ${x}}`, "Jacobian"];
  const along = directions(one, found).length ? `[d${y ?? x}_{1}]` : "";
  return [`\\mathrm{D}\\Bigl(${first}\\Bigr)${along}`, `second derivative of ${f}, how its ${word} moves, by ${names}`];
}

/** What each of these names stands for. */
export function explained(op, one, found) {
  const { text: f } = whole(found);
  return directions(one, found).map((name) => {
    if (name === "v") return [name, `a direction, of the size of ${one.by}`];
    if (name === "u") return [name, `a number for each entry of ${f}`];
    const [, moved] = /^d(.+?)\d*$/.exec(name) ?? [null, one.by];
    const variable = [one.and_by, one.by].find((each) => each && name.startsWith(`d${each}`)) ?? moved;
    const shown = { hessian: "the answer is how the first derivative changes with it" }[op] ?? `the answer is how ${f} changes with it`;
    return [name, `a small change of ${variable}, of the same size: ${shown}, to first order`];
  });
}

const LOW = { "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8", "₉": "9",
  "ᵢ": "i", "ⱼ": "j", "ₖ": "k", "ₗ": "l", "ₘ": "m", "ₙ": "n", "ₚ": "p", "ᵣ": "r", "ₛ": "s" };

/** The left side of a line of a derivation, as it is written in text: df, ∂f/∂x, ∂fᵢ/∂xₖ. */
export function side(text) {
  const [, inside, low] = /^\[(.+)\]([₀-₉ᵢⱼₖₗₘₙₚᵣₛ]+)$/u.exec(text) ?? [];
  if (inside) return `\\bigl[${side(inside)}\\bigr]_{${Array.from(low, (one) => LOW[one]).join("")}}`;
  const [, twice, f, at, moved] = /^D(²?) ?([\p{L}\d]+)\((.+)\)\[d(.+)\]$/u.exec(text) ?? [];
  if (f) return `\\mathrm{D}${twice && "^{2}"} ${letter(f)}(${marked(at)})[d${marked(moved)}]`;
  const [, above, below] = /^∂(.+)\/∂(.+)$/u.exec(text) ?? [];
  return above ? `\\frac{\\partial ${marked(above)}}{\\partial ${marked(below)}}` : marked(text);
}

function marked(text) {
  const [, moved, name, low] = /^((?:d|∇²?|d∇)*)([\p{L}][\p{L}\d_]*?)([₀-₉ᵢⱼₖₗₘₙₚᵣₛ]*)$/u.exec(text) ?? [];
  if (!name) return `\\text{${text.replace(/[\\{}$^_%#&~]/g, " ")}}`;
  const signs = moved.replace("∇²", "\\nabla^{2} ").replace("∇", "\\nabla ");
  return `${signs}${letter(name)}${low ? `_{${Array.from(low, (one) => LOW[one]).join("")}}` : ""}`;
}
