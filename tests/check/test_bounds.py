"""Bounds on the probability that a false claim passes."""

from closedform import formula
from closedform.check.bounds import Bound
from closedform.check.core.claim import Claim
from closedform.expr.node import Node
from closedform.expr.walk import postorder


def nodes_of(claim: Claim) -> list[Node]:
    return list(postorder([claim.function, claim.answer]))


def network(layers: int) -> str:
    inside = "x"
    for k in range(1, layers + 1):
        inside = f"tanh(W{k}*{inside})"
    return f"sum({inside})"


def test_a_degree_beyond_floats_gives_no_bound() -> None:
    claim = formula(network(400), "x in R^n").grad("W1").claim()
    sizes = {name: 4 for node in (claim.function, claim.answer) for name in names(node)}
    assert Bound(sizes, claim, nodes_of(claim), roots=False).log2((1 << 61) - 1) == 0.0


def test_a_small_degree_gives_one() -> None:
    claim = formula("x'*A*x").grad("x").claim()
    assert Bound({"n": 5}, claim, nodes_of(claim), roots=False).log2((1 << 61) - 1) < -50


def names(node: Node) -> set[str]:
    return {name for n in postorder(node) for size in n.shape for name in size.names}
