"""Shared parts get names, where that makes the print shorter."""

import pytest
from printed_tokens import count

from closedform import formula
from closedform.errors import LimitError
from closedform.expr.node import Node, make
from closedform.functions import elementwise
from closedform.functions.algebra import (
    add,
    diagm,
    had,
    index,
    mul,
    num,
    scale,
    sumover,
    sym,
    total,
    transpose,
    unit,
)
from closedform.functions.table import by_text
from closedform.rewrite.display import Context, display
from closedform.rewrite.normal.normal import normal
from closedform.write import latex, render, text

A, b, W = sym("A", "m", "n"), sym("b", "m"), sym("W", "n", "n")
x, y = sym("x", "n"), sym("y", "n")
ORDER = Context(order={name: rank for rank, name in enumerate(["A", "x", "b", "W", "y"])})
(SOFTMAX,) = by_text["softmax"]


def softmax(v: Node) -> Node:
    return make(SOFTMAX, (v,))


p = softmax(add(mul(A, x), b))
chain = mul(x, transpose(x), W, W)
s = elementwise.sigmoid(mul(transpose(y), x))

NAMED = [
    (mul(transpose(A), total([(1, diagm(p)), (-1, mul(p, transpose(p)))]), A),
     "A'*(diag(p) - p*p')*A where p = softmax(A*x + b)"),
    (total([(2, mul(chain, transpose(W))), (2, mul(transpose(W), chain))]),
     "2*(W'*M + M*W') where M = x*x'*W^2"),
    (scale(had(s, total([(1, num(1)), (-1, s)])), mul(y, transpose(y))),
     "s*(1 - s)*y*y' where s = sigmoid(x'*y)"),
    (had(mul(A, x), mul(A, x), b), "b.*(A*x).^2"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "want"), NAMED)
def test_named_parts(node: Node, want: str) -> None:
    assert render(normal(node), ORDER) == want


def test_a_name_that_is_taken_is_not_given() -> None:
    node = normal(NAMED[0][0])
    assert " where q = " in render(node, Context(taken=frozenset("p")))
    assert " where p = " not in render(add(node, mul(sym("p", "n"), transpose(sym("p", "n")))), ORDER)


def test_naming_can_be_turned_off() -> None:
    assert "where" not in render(normal(NAMED[0][0]), Context(naming=False))


def test_what_holds_a_summed_index_stays_in_its_sum() -> None:
    at = mul(transpose(unit(index("i"), "n")), elementwise.exp(add(mul(W, x), y)))
    u = had(at, add(num(1), at), elementwise.tanh(add(num(1), at)))
    out = render(normal(sumover("i", 1, "n", u)), ORDER)
    assert "[i]" not in out.partition(" where ")[2]


def residual_network(depth: int) -> Node:
    h = x
    for k in range(depth):
        g = elementwise.tanh(mul(sym(f"W{k}", "n", "n"), h))
        h = total([(1, g), (1, had(g, h))])
    return h


def test_a_deep_network_is_printed_in_near_linear_length() -> None:
    short, long = (count(render(residual_network(depth))) for depth in (150, 600))
    assert long < 5 * short


def test_a_tree_too_long_for_paper_is_refused() -> None:
    with pytest.raises(LimitError, match="printed tokens"):
        text(display(residual_network(200)))


def test_depth_ten_thousand() -> None:
    h = sym("x", "n")
    for _ in range(10_000):
        h = elementwise.tanh(h)
    assert render(h).count("tanh(") == 10_000
    assert latex(display(h)).count(r"\tanh") == 10_000


def test_no_part_has_the_name_of_a_size():
    """Also of a size that only the function has: the answer is read back under the function's declarations."""
    f = formula("sum(exp(tanh(A*x))) + tr(C*D)", "A in R^(m×n), C in R^(t×w), D in R^(w×t)")
    second = f.hessian("x")
    assert " where p = tanh" in second.text  # t by habit
    assert formula(second.text, second.where).shape == second.shape
