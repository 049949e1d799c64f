"""The cost of a node is the number of tokens printed, whatever the order."""

from fractions import Fraction
from random import Random

import pytest
from printed_tokens import count

from closedform.expr.node import Node
from closedform.functions import elementwise
from closedform.functions.algebra import (
    diagm,
    diagv,
    had,
    mpow,
    mul,
    num,
    ones,
    power,
    scale,
    size_number,
    sym,
    total,
    tr,
    transpose,
)
from closedform.rewrite.display import Context, cost, display
from closedform.rewrite.normal.normal import normal
from closedform.write import latex, text, unicode

NAMES = ["A", "x", "b", "s", "X", "t", "y", "P", "C", "S"]
SCALARS = [sym("s"), sym("t"), size_number("n")]
LEAVES = {
    ("n", "1"): [sym("x", "n"), sym("y", "n"), ones("n")],
    ("m", "1"): [sym("b", "m"), ones("m")],
    ("n", "n"): [sym("X", "n", "n"), sym("Y", "n", "n"), sym("S", "n", "n", ["sym"])],
    ("m", "n"): [sym("A", "m", "n"), sym("C", "m", "n")],
    ("m", "m"): [sym("P", "m", "m")],
    ("1", "1"): SCALARS,
}
EXPONENTS = [2, 3, -1, -2, Fraction(1, 2), Fraction(-3, 2)]
COEFFICIENTS = [1, -1, 2, Fraction(1, 2), -3]
Shape = tuple[str, str]


def some_scalar(r: Random, depth: int) -> Node:
    match r.randrange(8):
        case 0:
            return num(Fraction(r.choice([-4, -1, 1, 3]), r.choice([1, 1, 2, 3])))
        case 1:
            return total([(c, some(r, ("1", "1"), depth)) for c in (1, r.choice([-1, -2]))])
        case 2:
            return had(some(r, ("1", "1"), depth), some(r, ("1", "1"), depth))
        case 3:
            return power(some(r, ("1", "1"), depth), r.choice([*EXPONENTS, sym("s")]))
        case 4 | 5:
            n = r.choice("mn")
            return mul(transpose(some(r, (n, "1"), depth)), some(r, (n, "1"), depth))
        case 6:
            n = r.choice("mn")
            return tr(some(r, (n, n), depth))
        case _:
            return r.choice([elementwise.exp, elementwise.tanh])(some(r, ("1", "1"), depth))


def some(r: Random, shape: Shape, depth: int) -> Node:
    """A random raw node of a shape."""
    rows, cols = shape
    if depth == 0:
        return r.choice(LEAVES[shape]) if shape in LEAVES else transpose(r.choice(LEAVES[cols, rows]))
    if shape == ("1", "1"):
        return some_scalar(r, depth - 1)
    depth -= 1
    match r.randrange(9):
        case 0 | 1:
            return total([(r.choice(COEFFICIENTS), some(r, shape, depth)) for _ in range(3)])
        case 2 | 3:
            inner = r.choice("mn1")
            return mul(some(r, (rows, inner), depth), some(r, (inner, cols), depth))
        case 4:
            return scale(some(r, ("1", "1"), depth), some(r, shape, depth))
        case 5:
            return had(some(r, shape, depth), some(r, shape, depth))
        case 6:
            return power(some(r, shape, depth), r.choice(EXPONENTS[:5]))
        case 7:
            return transpose(some(r, (cols, rows), depth))
        case _:
            return _special(r, shape, depth)


def _special(r: Random, shape: Shape, depth: int) -> Node:
    rows, cols = shape
    if rows == cols:
        return r.choice([lambda: mpow(some(r, shape, depth), r.choice([-1, 2, -2])),
                         lambda: diagm(some(r, (rows, "1"), depth))])()  # fmt: skip
    return diagv(some(r, (rows, rows), depth)) if cols == "1" else elementwise.exp(some(r, shape, depth))


@pytest.mark.parametrize("seed", range(12))
def test_cost_is_the_length_of_the_text(seed: int) -> None:
    r = Random(seed)
    orders = [Context(), Context(order={n: k for k, n in enumerate(NAMES)}),
              Context(order={n: -k for k, n in enumerate(NAMES)})]  # fmt: skip
    for _ in range(60):
        raw = some(r, r.choice([*LEAVES, ("1", "n")]), r.randint(1, 4))
        for node in (normal(raw), raw):
            for order in orders:
                shown = display(node, order)
                assert count(text(shown)) == shown.tokens == cost(node), text(shown)
                assert latex(shown) and unicode(shown)


def test_cost_of_a_shared_graph_is_a_number_at_once() -> None:
    h = sym("x", "n")
    for k in range(2000):
        g = elementwise.tanh(mul(sym(f"W{k}", "n", "n"), h))
        h = total([(1, g), (1, had(g, h))])
    assert cost(h) > 2**500
