"""What was done in a line, in the three forms: words, and formulas with letters of their own."""

from __future__ import annotations

from collections.abc import Iterable

from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.heads import quotient
from closedform.calculus.coordinates.paper import FORMS, Spelling, printed, subscripted
from closedform.calculus.coordinates.partial import slope
from closedform.calculus.coordinates.question import Question
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
from closedform.expr.facts import WORDS
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
    return f"{op.text}'(u) = {text}", f"{op.text}′(u) = {unicode}", rf"{name}'(u) = {latex}"


def unit_law(x: Node, at: Place, place: Place, spelling: Spelling) -> Law:
    """``dx[i]/dx[k] = eye(n)[i,k]``: what the partial derivative of an entry is."""
    sides = [s for s in x.shape if s is not ONE]
    deltas = [Delta(i, k, n) for i, k, n in zip(at, place, sides, strict=True)]
    out = []
    for form in FORMS:
        entry = subscripted(spelling.name(str(x.params[0]), form), at, form)
        out.append(f"{quotient(entry, [(x, place)], form, spelling)} = {printed(product(*deltas), form, spelling)}")
    return out[0], out[1], out[2]


def inner_law(e: Entry, derivative: Index, x: Node, place: Place, spelling: Spelling) -> Law:
    """``du[i]/dx[k] = A[i,k]``: the partial derivative of an entry of a part."""
    out = []
    for form in FORMS:
        left = quotient(printed(e, form, spelling), [(x, place)], form, spelling)
        out.append(f"{left} = {printed(derivative, form, spelling)}")
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


SPACES = {
    "sym": ("the symmetric part of these", ("(G + G')/2", "(G + Gᵀ)/2", r"(G + G^{\top})/2")),
    "skew": ("the skew-symmetric part of these", ("(G - G')/2", "(G − Gᵀ)/2", r"(G - G^{\top})/2")),
    "diag": ("the diagonal of these", ("diag(diag(G))",) * 2 + (r"\operatorname{diag}(\operatorname{diag}(G))",)),
    "lower": ("the lower triangle of these", ("tril(G)",) * 2 + (r"\operatorname{tril}(G)",)),
    "upper": ("the upper triangle of these", ("triu(G)",) * 2 + (r"\operatorname{triu}(G)",)),
}
FREE = (
    "an entry beside the diagonal stands twice",
    ("G + G' - G.*I", "G + Gᵀ − G ⊙ I", r"G + G^{\top} - G \odot I"),
)


def space_law(question: Question, spelling: Spelling) -> Law:
    """How the derivative in a space comes from the derivatives by entries that are free."""
    space, name = str(question.space), str(question.variable.params[0])
    if question.kind == "map":
        moved = str(question.directions[0].params[0])
        return words(f"{name} is {WORDS[space]}, and so is {moved}")
    what, formula = FREE if question.symmetric == "free" and space == "sym" else SPACES[space]
    spelled = words(f"{name} is {WORDS[space]}: {what}")
    text, unicode, latex = (f"{said}, {f}" for said, f in zip(spelled, formula, strict=True))
    return text, unicode, latex
