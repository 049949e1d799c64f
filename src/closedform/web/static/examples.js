// A gallery: each a title, a formula, and what goes with it.

import { $, el, typeset } from "./dom.js";

export const EXAMPLES = [
  ["Quadratic form", "x'*A*x", "x^{\\top} A x", { by: "x" }],
  ["Least squares", "1/2*||A*x - b||^2", "\\tfrac12 \\lVert Ax-b\\rVert^2", { by: "x" }],
  ["Ridge regression", "1/2*||A*x - b||^2 + lam/2*||x||^2", "\\tfrac12 \\lVert Ax-b\\rVert^2+\\tfrac{\\lambda}{2}\\lVert x\\rVert^2", { by: "x", where: "lam > 0" }],
  ["Log determinant", "logdet(X)", "\\log\\det X", { by: "X", where: "X in PD(n)" }],
  ["Gaussian likelihood", "-logdet(P) + tr(S*P)", "-\\log\\det P+\\operatorname{tr}(SP)", { by: "P", where: "P in PD(n), S in Sym(n)" }],
  ["Logistic regression", "sum(log(1 + exp(-y.*(X*w))))", "\\sum_i \\log(1+e^{-y_i x_i^{\\top} w})", { by: "w", where: "y in R^m, X in R^(m×n)" }],
  ["Softmax, its Jacobian", "softmax(A*x)", "\\operatorname{softmax}(Ax)", { by: "x" }],
  ["Log-sum-exp, its Hessian", "logsumexp(A*x)", "\\operatorname{logsumexp}(Ax)", { by: "x", op: "hessian" }],
  ["Attention", "tr(G'*softmax_rows(Q*K'/sqrt(d))*V)", "\\operatorname{tr}\\bigl(G^{\\top}\\operatorname{softmax}(QK^{\\top}/\\sqrt d)\\,V\\bigr)", { by: "Q", where: "d > 0" }],
  ["Two layers", "1/2*||W*tanh(V*x) - y||^2", "\\tfrac12\\lVert W\\tanh(Vx)-y\\rVert^2", { by: "V" }],
  ["Inverse, as a linear map", "inv(X)", "X^{-1}", { by: "X", op: "derivative" }],
  ["Determinant", "det(X)", "\\det X", { by: "X" }],
  ["Rayleigh quotient", "x'*A*x/(x'*x)", "\\frac{x^{\\top}Ax}{x^{\\top}x}", { by: "x", where: "A in Sym(n)" }],
  ["Largest eigenvalue", "lambda_max(S)", "\\lambda_{\\max}(S)", { by: "S", where: "S in Sym(n)" }],
  ["Norm of a residual", "||A*x - b||", "\\lVert Ax-b\\rVert_2", { by: "x" }],
  ["Matrix factorization", "1/2*||U*V' - M||_F^2", "\\tfrac12\\lVert UV^{\\top}-M\\rVert_F^2", { by: "U" }],
  ["Trace with a power", "tr(A*X^2*B)", "\\operatorname{tr}(AX^2B)", { by: "X" }],
  ["Gaussian kernel", "exp(-||x - y||^2/(2*s^2))", "e^{-\\lVert x-y\\rVert^2/2s^2}", { by: "x", where: "s > 0" }],
  ["Entropy", "-sum(p.*log(p))", "-\\sum_i p_i\\log p_i", { by: "p" }],
  ["From LaTeX", "\\frac{1}{2} \\|Ax - b\\|_2^2 + \\lambda \\|x\\|_1", "\\tfrac12\\lVert Ax-b\\rVert_2^2+\\lambda\\lVert x\\rVert_1", { by: "x" }],
];

/** What stands where nothing was typed yet. */
export function invitation(choose) {
  return el("div", { class: "card" }, el("p", {}, "Type a formula above: its derivative appears here. Or begin with one of these:"),
    el("div", { class: "bar" }, ...EXAMPLES.slice(0, 6).map(([title, formula, , more]) =>
      el("button", { type: "button", onclick: () => choose(stated(formula, more)) }, title))));
}

const stated = (formula, more) => ({ formula, where: "", op: "", by: "", layout: "", ...more });

export function fill(choose) {
  $("gallery").replaceChildren(...EXAMPLES.map(([title, formula, latex, more]) => {
    const shown = typeset(latex, formula);
    shown.removeAttribute("tabindex");
    return el("li", {}, el("button", { type: "button", onclick: () => choose(stated(formula, more)) }, title, shown, el("code", {}, formula)));
  }));
}
