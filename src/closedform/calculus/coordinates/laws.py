"""What was done in a line, in the three forms: words, and formulas with letters of their own."""

from __future__ import annotations

from collections.abc import Iterable

from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.paper import FORMS, Spelling, printed, subscripted
from closedform.calculus.coordinates.partial import slope
from closedform.calculus.coordinates.tree import (
    MINUS,
    UNIT,
    Delta,
    Entry,
    Function,
    Index,
    plus,
    power,
    product,
    summation,
)
from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.expr.size import ONE, size
from closedform.functions.algebra import index, sym
from closedform.functions.elementwise import exp, log, sigmoid

Law = tuple[str, str, str]
"""As text, Unicode and LaTeX."""
N = size("n")


def words(said: str) -> Law:
    return said, said, rf"\text{{{escaped(said)}}}"


def escaped(word: str) -> str:
    return word.replace("_", r"\_")


def together(laws: Iterable[Law]) -> Law:
    """Several laws of one line."""
    text, unicode, latex = zip(*laws, strict=True)
    return "; ".join(text), "; ".join(unicode), r",\ ".join(latex)


def equation(left: Index, right: Index, spelling: Spelling) -> Law:
    a, b, c = (f"{printed(left, form, spelling)} = {printed(right, form, spelling)}" for form in FORMS)
    return a, b, c


def named(name: str) -> Entry:
    return Entry(sym(name))


def slope_law(op: Op, arity: int, spelling: Spelling) -> Law:
    """``log'(u) = 1/u``."""
    names = "uvw"[:arity]
    f = Function(op, tuple(named(c) for c in names))
    text, unicode, latex = (printed(slope(f, 0), form, spelling) for form in FORMS)
    if len(names) > 1:
        of = f"{op.text}({', '.join(names)})"
        return (
            f"d{of}/du = {text}",
            f"∂{of}/∂u = {unicode}",
            rf"\partial_u \operatorname{{{escaped(op.text)}}} = {latex}",
        )
    name = rf"\{op.text}" if op.latex.startswith(rf"\{op.text}(") else rf"\operatorname{{{escaped(op.text)}}}"
    return f"{op.text}'(u) = {text}", f"{op.text}′(u) = {unicode}", rf"{name}'\left(u\right) = {latex}"


def unit_law(x: Node, at: Place, place: Place, spelling: Spelling) -> Law:
    """``dx[i]/dx[k] = eye(n)[i,k]``: what the partial derivative of an entry is."""
    sides = [s for s in x.shape if s is not ONE]
    deltas = [Delta(i, k, n) for i, k, n in zip(at, place, sides, strict=True)]
    lefts = {"text": "d{}/d{}", "unicode": "∂{}/∂{}", "latex": r"\frac{{\partial {}}}{{\partial {}}}"}
    out = []
    for form in FORMS:
        name = spelling.name(str(x.params[0]), form)
        left = lefts[form].format(subscripted(name, at, form), subscripted(name, place, form))
        out.append(f"{left} = {printed(product(*deltas), form, spelling)}")
    return out[0], out[1], out[2]


def delta_law(k: Node, spelling: Spelling) -> Law:
    i, a = index("i"), sym("a", N)
    left = summation(i, ONE, N, product(Entry(a, (i,)), Delta(i, k, N)))
    return equation(left, Entry(a, (k,)), spelling)


def log_law(spelling: Spelling) -> Law:
    u, v = named("u"), named("v")
    apart = plus(Function(log.op, (u,)), Function(log.op, (v,)))
    first = equation(Function(log.op, (product(u, v),)), apart, spelling)
    return together([first, equation(Function(log.op, (Function(exp.op, (u,)),)), u, spelling)])


def sigmoid_law(spelling: Spelling) -> Law:
    e = Function(exp.op, (named("u"),))
    return equation(product(e, power(plus(UNIT, e), MINUS)), Function(sigmoid.op, e.args), spelling)


def symmetry_law(name: str, spelling: Spelling) -> Law:
    text, unicode, latex = (spelling.name(name, form) for form in FORMS)
    return f"{text} = {text}'", f"{unicode} = {unicode}ᵀ", rf"{latex} = {latex}^{{\top}}"
