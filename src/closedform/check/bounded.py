"""Between which numbers the entries of a node lie, as far as its form tells: interval arithmetic on the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from math import inf

from closedform.expr.facts import close
from closedform.expr.node import Node
from closedform.expr.walk import postorder

Number = Fraction | float
Range = tuple[Number, Number]

ANY: Range = (-inf, inf)
NONNEGATIVE: Range = (Fraction(0), inf)
ONE = Fraction(1)
QUARTER_TURN = Fraction(8, 5)
KNOWN: dict[str, Range] = {
    **dict.fromkeys(("sin", "cos", "tanh", "erf", "sign"), (-ONE, ONE)),
    **dict.fromkeys(("sigmoid", "step", "softmax", "softmax_rows", "normcdf", "normpdf", "eye", "unit", "comm",
                     "argmax", "argmin"), (Fraction(0), ONE)),
    **dict.fromkeys(("exp", "softplus", "abs", "relu", "sqrt", "norm1", "norm2", "normF", "norm_inf", "norm_op",
                     "norm_nuc", "var", "trigamma", "gamma", "huber"), NONNEGATIVE),
    "cosh": (ONE, inf), "size": (ONE, inf), "index": (ONE, inf), "ones": (ONE, ONE), "zero": (Fraction(0),) * 2,
    "const": (Fraction(3), Fraction(4)), "atan": (-QUARTER_TURN, QUARTER_TURN), "asin": (-QUARTER_TURN, QUARTER_TURN),
    "acos": (Fraction(0), 2 * QUARTER_TURN),
}  # fmt: skip
PASSED_ON = {"transpose", "vec", "unvec", "diagv", "sub", "maxentry", "minentry", "mean"}
WITH_ZERO = {"diagm", "triu", "tril", "tril_half"}
RISING = {"sinh", "tanh", "atan", "asin", "erf", "expm1", "log1p", "sign"}
"""Functions that are not below zero where their argument is not."""
TOTALS = {"sum", "rowsum", "colsum", "cumsum", "revcumsum", "tr", "sumover", "prod", "prod_others", "det", "eigprod"}
PRODUCTS = {"mul", "had", "scale", "dot", "kron", "kron_left", "kron_right"}
DEFINITE = {"tr", "det", "lambda_min", "lambda_max", "eigprod", "eigvals", "diagv"}
DOMAIN = {"log", "sqrt", "loggamma", "gamma", "digamma"}


def ranges(roots: Iterable[Node], positive: Iterable[str]) -> dict[Node, Range]:
    """For each node. What stands in a logarithm or root, and the symbols in ``positive``, are not below zero."""
    nodes, names = list(postorder(roots)), set(positive)
    inside = {n.args[0] for n in nodes if n.op.name in DOMAIN}
    out: dict[Node, Range] = {}
    for node in nodes:
        low, high = own_range(node, [out[a] for a in node.args], names)
        out[node] = (max(low, Fraction(0)), high) if node in inside else (low, high)
    return out


def own_range(node: Node, args: list[Range], positive: set[str]) -> Range:
    name = node.op.name
    low, high = KNOWN.get(name, ANY)
    if (name in RISING and args[0][0] >= 0) or (name == "log" and args[0][0] >= 1):
        return Fraction(0), high
    if name in KNOWN:
        return low, high
    if name == "num":
        return node.params[0], node.params[0]
    if name == "sym":
        facts = close(f for f in node.params[1] if ":" not in f)
        if "pm1" in facts:
            return -ONE, ONE
        small = node.is_scalar and "psd" in facts
        return NONNEGATIVE if facts & {"nonneg", "bit"} or node.params[0] in positive or small else ANY
    if name == "add":
        return linear(zip(node.params[0], args, strict=True))
    if name == "pow":
        return powers(node, args[0])
    if name in ("max2", "min2"):
        pick = max if name == "max2" else min
        return pick(args[0][0], args[1][0]), pick(args[0][1], args[1][1])
    if name == "clip":
        return args[1][0], args[2][1]
    if name in PASSED_ON:
        return args[0]
    if name in WITH_ZERO:
        return min(args[0][0], Fraction(0)), max(args[0][1], Fraction(0))
    if (name in PRODUCTS and is_square(node)) or definite(node):
        return NONNEGATIVE
    if name in PRODUCTS and (name != "mul" or node.is_scalar) and all(a.is_scalar for a in node.args):
        return reduce(times, args)
    if name in ("had", "scale", "kron"):
        return reduce(times, args)
    if (name in PRODUCTS or (name in TOTALS and name not in ("det", "eigprod"))) and all(low >= 0 for low, _ in args):
        return NONNEGATIVE
    return ANY


def linear(terms: Iterable[tuple[Fraction | int, Range]]) -> Range:
    low: Number = Fraction(0)
    high: Number = Fraction(0)
    for factor, (a, b) in terms:
        first, second = product(Fraction(factor), a), product(Fraction(factor), b)
        low, high = plus(low, min(first, second)), plus(high, max(first, second))
    return low, high


def product(a: Number, b: Number) -> Number:
    """Floats are infinite: a fraction beyond them is not turned into one."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a * b
    return Fraction(0) if a == 0 or b == 0 else inf if (a > 0) == (b > 0) else -inf


def plus(a: Number, b: Number) -> Number:
    return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else b if isinstance(a, Fraction) else a


def times(a: Range, b: Range) -> Range:
    ends = [product(x, y) for x in a for y in b]
    return min(ends), max(ends)


def powers(node: Node, base: Range) -> Range:
    exponent = node.args[1].params[0] if node.args[1].op.name == "num" else None
    if exponent is None or base[0] >= 0 or exponent.denominator > 1:
        if base[0] >= 1 and exponent is not None and exponent > 0:
            return ONE, inf
        return NONNEGATIVE
    return NONNEGATIVE if exponent.numerator % 2 == 0 else ANY


def is_square(node: Node) -> bool:
    """u·u entry by entry, or a word that reads the same from both ends with a square or a psd matrix amid."""
    args = list(node.args)
    if node.op.name in ("had", "dot") and len(args) == 2:
        return args[0] is args[1]
    return node.op.name == "mul" and node.is_scalar and palindrome(args)


def palindrome(args: list[Node]) -> bool:
    """Whether the product is X'X or X'PX, with P psd: positive semidefinite."""
    while len(args) > 1:
        if not turned(args[0], args[-1]):
            return False
        args = args[1:-1]
    return not args or psd(args[0])


def turned(a: Node, b: Node) -> bool:
    return (a.op.name == "transpose" and a.args[0] is b) or (b.op.name == "transpose" and b.args[0] is a)


def psd(node: Node) -> bool:
    name = node.op.name
    if name == "sym":
        return "psd" in close(f for f in node.params[1] if ":" not in f)
    if name in ("inv", "sqrtm", "pinv"):
        return psd(node.args[0])
    if name == "add":
        return all(c >= 0 and psd(a) for c, a in zip(node.params[0], node.args, strict=True))
    if name == "mpow":
        return psd(node.args[0])
    return name == "eye" or (name == "mul" and palindrome(list(node.args)))


def definite(node: Node) -> bool:
    """A number that is not negative for a psd matrix."""
    return node.op.name in DEFINITE and psd(node.args[0])


def difference(a: Node, b: Node, known: Mapping[Node, Range]) -> Range:
    """The range of a - b, what is in both taken away first."""
    form: dict[Node, Fraction] = {}
    for sign, node in ((1, a), (-1, b)):
        terms = zip(node.params[0], node.args, strict=True) if node.op.name == "add" else [(1, node)]
        for factor, term in terms:
            form[term] = form.get(term, Fraction(0)) + sign * Fraction(factor)
    return linear((factor, known[term]) for term, factor in form.items())
