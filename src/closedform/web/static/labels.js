// What a derivative is called: the left side of its equation, and in words.

import { letter } from "./dom.js";

/** The names in an answer that the function does not have: dX, dx1, v, u. */
export const directions = (one, found) => one.variables.filter((name) => !found.function.variables.includes(name));

const isScalar = (found) => found.function.shape.every((n) => n === "1");

/** LaTeX and words; ``op`` is that of the answer. */
export function called(op, one, found) {
  const [x, y] = [letter(one.by), one.and_by && letter(one.and_by)];
  switch (op) {
    case "gradient": return [`\\nabla_{${x}} f`, `gradient of f by ${one.by}`];
    case "jacobian": return [`\\frac{\\partial f}{\\partial ${x}}`, `Jacobian of f by ${one.by}`];
    case "hessian": return second(one, found, x, y);
    case "derivative": return [`\\mathrm{D} f(${x})[d${x}]`, `derivative of f by ${one.by}`];
    case "jvp": return ["J v", `J v by ${one.by}`];
    case "vjp": return ["J^{\\top} u", `J' u by ${one.by}`];
    default: return ["\\nabla^{2} f\\, v", `H v by ${one.by}`];
  }
}

/** A Hessian where it is a matrix; else how the first derivative moves along a change of the variable. */
function second(one, found, x, y) {
  const names = y && one.and_by !== one.by ? `${one.by} and ${one.and_by}` : one.by;
  if (!directions(one, found).length && isScalar(found)) {
    return [y && y !== x ? `\\nabla_{${y}}\\nabla_{${x}} f` : `\\nabla^{2}_{${x}} f`, `Hessian of f by ${names}`];
  }
  const [first, word] = isScalar(found) ? [`\\nabla_{${x}} f`, "gradient"] : [`\\frac{\\partial f}{\\partial ${x}}`, "Jacobian"];
  const along = directions(one, found).length ? `[d${y ?? x}_{1}]` : "";
  return [`\\mathrm{D}\\Bigl(${first}\\Bigr)${along}`, `second derivative of f, how its ${word} moves, by ${names}`];
}

/** What each of these names stands for. */
export function explained(op, one, found) {
  return directions(one, found).map((name) => {
    if (name === "v") return [name, `a direction, of the size of ${one.by}`];
    if (name === "u") return [name, "a number for each entry of f"];
    const [, moved] = /^d(.+?)\d*$/.exec(name) ?? [null, one.by];
    const variable = [one.and_by, one.by].find((each) => each && name.startsWith(`d${each}`)) ?? moved;
    const shown = { hessian: "the answer is how the first derivative changes with it" }[op] ?? "the answer is how f changes with it";
    return [name, `a small change of ${variable}, of the same size: ${shown}, to first order`];
  });
}
