"""Answers grow with their formula: layers, residual blocks and deep nesting give graphs, never trees."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from timing import seconds

import closedform as cf
from closedform.calculus.derive import gradients
from closedform.errors import LimitError
from closedform.expr.node import Node
from closedform.expr.walk import count, postorder
from closedform.functions.algebra import add, inner, mul, ones, sym
from closedform.functions.elementwise import tanh
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.rewrite.simplify.simplify import _Search

x, y = sym("x", "n"), sym("y", "n")


def layered(layers: int) -> tuple[Node, list[Node]]:
    """``sum(tanh(W_L*…tanh(W_1*x)))`` and its weights."""
    weights = [sym(f"W_{k}", "n", "n") for k in range(1, layers + 1)]
    out = x
    for w in weights:
        out = tanh(mul(w, out))
    return inner(ones("n"), out), weights


def residual(blocks: int) -> Node:
    """``y'*h`` where h is ``h + W*tanh(V*h)`` repeated."""
    W, V = sym("W", "n", "n"), sym("V", "n", "n")
    out = x
    for _ in range(blocks):
        out = add(out, mul(W, tanh(mul(V, out))))
    return inner(y, out)


def size_of_all(answers: list[Node]) -> int:
    return sum(1 for _ in postorder(answers))


def test_all_weights_of_a_network_in_one_pass() -> None:
    counts = {}
    for layers in (10, 50, 100, 200, 400):
        f, weights = layered(layers)
        answers = [d.node for d in gradients(normal(f), weights)]
        assert [g.shape for g in answers] == [w.shape for w in weights]
        counts[layers] = size_of_all(answers)
    per_layer = {layers: nodes / layers for layers, nodes in counts.items()}
    assert max(per_layer.values()) < 30, per_layer
    assert per_layer[400] < 1.5 * per_layer[50], per_layer


def test_the_text_of_a_deep_gradient_is_shared() -> None:
    lengths = {}
    for layers in (4, 8, 16, 32):
        text = "x"
        for k in range(1, layers + 1):
            text = f"tanh(W_{k}*{text})"
        g = cf.formula(f"sum({text})").grad("W_1")
        assert " where " in g.text
        lengths[layers] = len(g.text)
        assert cf.formula(g.text, where=g.where)._node is g._node
    assert lengths[32] < 2.6 * lengths[16] < 2.6**2 * lengths[8], lengths


def test_a_residual_network() -> None:
    counts = {}
    for blocks in (4, 8, 16):
        f = normal(residual(blocks))
        found = [d.node for d in gradients(f, [x, sym("W", "n", "n"), sym("V", "n", "n")])]
        counts[blocks] = size_of_all(found)
    assert counts[16] < 2.5 * counts[8] < 2.5**2 * counts[4], counts
    assert counts[16] < 60 * 16


def test_a_residual_network_is_certified() -> None:
    text = "x"
    for _ in range(3):
        text = f"({text} + W*tanh(V*({text})))"
    g = cf.formula(f"y'*{text}").grad("V")
    assert g.check().ok


def test_the_normal_form_of_deep_nodes() -> None:
    out: Node = x
    for _ in range(3000):
        out = tanh(out + y)
    assert count(normal(out)) < 10_000
    assert simplify(normal(out)) is not None


DEPTH = 10_000
DEEP: dict[str, str] = {
    "parentheses": "(" * DEPTH + "x'*x" + ")" * DEPTH,
    "signs": "-" * DEPTH + "s*t",
    "signs with parentheses": "-(" * DEPTH + "x'*x" + ")" * DEPTH,
    "a long sum": "x'*x" + "+x'*x" * DEPTH,
    "a long sum of names": "+".join(f"x_{k}'*x_{k}" for k in range(DEPTH // 10)),
    "nested sums": "(s+" * DEPTH + "1" + ")" * DEPTH,
    "exponentials": "exp(" * DEPTH + "s" + ")" * DEPTH,
    "sines of sums": "sin(s+" * DEPTH + "1" + ")" * DEPTH,
    "transposes": "(x" + ".T" * (DEPTH + 1) + "*x)",
    "primes": "sum(x" + "'" * DEPTH + ")",
    "a long product": "s*" * DEPTH + "s",
    "a long product of matrices": "x'*" + "A*" * DEPTH + "x",
    "tower": "^".join(["2"] * DEPTH) + "*s",
    "quotients": "1/(1+" * (DEPTH // 2) + "s" + ")" * (DEPTH // 2),
    "norms": "norm(" * DEPTH + "x" + ")" * DEPTH,
    "traces": "tr(" * DEPTH + "X" + ")" * DEPTH,
    "layers": "sum(" + "tanh(W*" * DEPTH + "x" + ")" * DEPTH + ")",
}
ASKED: dict[str, Callable[[cf.Formula], str]] = {
    "text": lambda f: f.text,
    "grad": lambda f: f.grad(_first(f)).text,
    "hessian": lambda f: f.hessian(_first(f)).text,
}


def _first(f: cf.Formula) -> str:
    return next(v for v in f.variables if v != "n")


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_deep_formulas_work_or_are_refused_in_time(text: str, ask: Callable[[cf.Formula], str]) -> None:
    def answer() -> None:
        try:
            ask(cf.formula(text, where="s in R, t in R"))
        except LimitError as error:
            assert "limit" in str(error)

    assert seconds(answer, 2) < 2


def test_what_the_answers_share_is_simplified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = {}
    improved = _Search.improved
    for layers in (50, 200):
        looks = itertools.count()

        def counted(self: _Search, node: Node, looks: itertools.count[int] = looks) -> Node:
            next(looks)
            return improved(self, node)

        monkeypatch.setattr(_Search, "improved", counted)
        f, weights = layered(layers)
        together = [d.node for d in gradients(normal(f), weights)]
        counts[layers] = next(looks) / layers
        monkeypatch.undo()
        if layers == 50:
            assert together == [gradients(normal(f), [w])[0].node for w in weights]
    assert counts[200] < 1.2 * counts[50], counts
