"""Claims that are wrong at even sizes alone, at odd ones alone, or in one order of two sizes never pass."""

from __future__ import annotations

from random import Random

import pytest

from closedform.check import certify as module
from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.check.cover import Cover, drawn
from closedform.expr.walk import postorder
from closedform.read.read import read

TRIES = 200
WHERE = "A in R^(n×n), B in R^(n×n), C in R^(m×n), D in R^(n×m), E in R^(m×m), X in R^(n×m), x in R^n"
WRONG = {
    "a polynomial": ("x'*x", "2*x + ((-1)^n + 1)*x", "x"),
    "a polynomial, odd": ("x'*A*x", "(A + A')*x + ((-1)^n - 1)*x", "x"),
    "the sign of an adjugate": ("det(C*D*E)", "C'*adj(-(C*D*E)')*E'", "D"),
    "two adjugates": ("det(X'*A*X)", "A*X*adj(-(X'*A*X)) + A'*X*adj(-(X'*A*X)')", "X"),
    "a root": ("||x||", "x/||x|| + ((-1)^n + 1)*x", "x"),
    "an exponential": ("sum(exp(B*x))", "B'*exp(B*x) + ((-1)^n + 1)*x", "x"),
    "a tangent": ("sum(tanh(B*x))", "B'*(1 - tanh(B*x).^2) + ((-1)^n + 1)*x", "x"),
    "a sign": ("sum(relu(x))", "step(x) + ((-1)^n + 1)*x", "x"),
    "one size even, the other odd": ("sum(C*x)", "C'*ones(m) + ((-1)^n + 1)*((-1)^m - 1)*x", "x"),
}


def gradient(f: str, g: str, by: str) -> Claim:
    function = read(f, WHERE).node
    variable = next(n for n in postorder([function]) if n.op.name == "sym" and n.params[0] == by)
    return Claim("gradient", function, read(g, WHERE).node, variable)


@pytest.mark.parametrize("name", WRONG)
def test_a_claim_wrong_at_one_parity_never_passes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "counterexample", lambda *_: None)  # it comes after the verdict, and takes longer
    claim = gradient(*WRONG[name])
    assert {certify(claim).level for _ in range(TRIES)} == {"X"}


@pytest.mark.parametrize("names", ["n", "mn", "kmn", "jkmn"])
def test_the_sizes_drawn_are_of_every_parity_and_order(names: str) -> None:
    rng, cover, drawings = Random(3), Cover(names), 0
    while not cover.full():
        cover.meet(cover.best(lambda: drawn(rng, list(names), 4, 3)))
        drawings += 1
    assert drawings <= 10 and cover.enough()


def test_the_sizes_of_a_certificate_show_it() -> None:
    claim = gradient("sum(C*x)", "C'*ones(m)", "x")
    sizes = [s for s in certify(claim).sizes if max(s.values()) > 1]
    assert {(s["n"] % 2, s["m"] % 2) for s in sizes} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert {s["m"] < s["n"] for s in sizes} == {True, False}


def test_what_is_singular_in_one_order_is_judged_in_the_other() -> None:
    claim = gradient("logdet(X'*X)", "2*X*inv(X'*X)", "X")
    found = certify(claim)
    assert found.level == "A"
    assert all(s["m"] <= s["n"] for s in found.sizes)
