"""The normal form is a form: idempotent, the same object for equal things, the same in every run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from exact import equal
from random_formulas import KINDS, formula

import closedform as cf
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions import elementwise as e
from closedform.functions.algebra import (
    diagm,
    had,
    inner,
    inv,
    mpow,
    mul,
    num,
    ones,
    power,
    scale,
    sym,
    tr,
    transpose,
)
from closedform.functions.known_facts import facts_of
from closedform.functions.matrix import adj, det, logdet
from closedform.rewrite.display.build import cost
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify

FORMULAS = [(seed, kind) for seed in range(60) for kind in KINDS]
x, y, z, b = sym("x", "n"), sym("y", "n"), sym("z", "n"), sym("b", "m")
A, B, C = sym("A", "m", "n"), sym("B", "n", "n"), sym("C", "n", "m")
S, T = sym("S", "n", "n", ["sym"]), sym("T", "n", "n", ["sym"])
P, K = sym("P", "n", "n", ["pd"]), sym("K", "n", "n", ["skew"])
Q, D = sym("Q", "n", "n", ["orth"]), sym("D", "n", "n", ["diag"])
s, t = sym("s"), sym("t")


@pytest.mark.parametrize(("seed", "kind"), FORMULAS)
def test_normal_and_simplify_are_idempotent_and_never_lengthen(seed: int, kind: str) -> None:
    once = normal(formula(seed, kind, 3))
    assert normal(once) is once
    short = simplify(once)
    assert simplify(short) is short
    assert normal(short) is short
    assert cost(short) <= cost(once)


@pytest.mark.parametrize(("seed", "kind"), FORMULAS[::9])
def test_every_part_of_a_normal_node_is_normal(seed: int, kind: str) -> None:
    for node in postorder(simplify(normal(formula(seed, kind, 3)))):
        assert normal(node) is node


SAME = {
    "residual turned": (mul(A, x) - b, -(b - mul(A, x))),
    "residual squared": (inner(mul(A, x) - b, mul(A, x) - b), inner(b - mul(A, x), b - mul(A, x))),
    "residual as factor": (mul(A.T, mul(A, x) - b), -mul(A.T, b - mul(A, x))),
    "residual under an even function": (e.cos(x - y), e.cos(y - x)),
    "residual under an odd function": (e.tanh(x - y), -e.tanh(y - x)),
    "order of a sum": (x + y + z, z + (y + x)),
    "trace rotated": (tr(mul(A, B, C)), tr(mul(B, C, A))),
    "trace rotated and transposed": (tr(mul(A, B, C)), tr(mul(B.T, A.T, C.T))),
    "trace of a transposed sum": (tr(mul(B, S + B)), tr(mul((B + S).T, B.T))),
    "scalar chain transposed": (mul(b.T, A, x), mul(x.T, A.T, b)),
    "long scalar chain transposed": (mul(x.T, B, B, S, y), mul(y.T, S, B.T, B.T, x)),
    "quadratic form of a transpose": (mul(x.T, B, x), mul(x.T, B.T, x)),
    "trace of an outer product": (tr(mul(x, b.T, A)), mul(b.T, A, x)),
    "inner product of matrices": (tr(mul(A.T, C.T)), tr(mul(C, A))),
    "scalar out of a chain": (mul(A, x, inner(y, z)), scale(inner(z, y), mul(A, x))),
    "scalar from outer products": (mul(mul(x, y.T), mul(z, b.T)), scale(inner(y, z), mul(x, b.T))),
    "parentheses of products": (mul(mul(x.T, B), mul(B, y)), mul(x.T, mul(mul(B, B), y))),
    "diagonal times vector": (mul(diagm(x), y), mul(diagm(y), x)),
    "inverse and transpose": (transpose(inv(B)), inv(transpose(B))),
    "inverse of an inverse": (inv(inv(B)), B),
    "powers of inverses": (mpow(inv(B), 3), mpow(B, -3)),
    "quotient of scalars": (had(s, power(t, -1)), power(had(t, power(s, -1)), -1)),
    "symmetric form": (mul(x.T, S, y), mul(y.T, S, x)),
    "symmetric transposed": (mul(x.T, S.T, x), mul(x.T, S, x)),
    "symmetric inverse": (mul(x.T, inv(S), y), mul(y.T, inv(S).T, x)),
    "product of two symmetric": (transpose(mul(S, T)), mul(T, S)),
    "trace of two symmetric": (tr(mul(S, B)), tr(mul(S, B.T))),
    "sum of symmetric": (transpose(S + T), T + S),
    "skew": (K + K.T, B - B),
    "skew form": (mul(x.T, K, y), -mul(y.T, K, x)),
    "skew, same vector": (mul(x.T, K, x), s - s),
    "orthogonal": (mul(x.T, Q.T, Q, y), inner(x, y)),
    "orthogonal norm": (inner(mul(Q, x), mul(Q, x)), inner(x, x)),
    "diagonal": (mul(x.T, D, y), mul(y.T, D, x)),
    "determinant of a transpose": (det(B.T), det(B)),
    "determinant of a product": (det(mul(B, S)), det(mul(S, B))),
    "log det of an inverse": (logdet(inv(P)), -logdet(P)),
    "adjugate of a symmetric": (transpose(adj(S)), adj(S)),
    "logistic": (power(num(1) + e.exp(-s), -1), e.sigmoid(s)),
    "softmax, two spellings": (had(inner(y, e.exp(x)), power(inner(ones("n"), e.exp(x)), -1)),
                               mul(y.T, scale(power(inner(e.exp(x), ones("n")), -1), e.exp(x)))),
}  # fmt: skip


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME.keys())
def test_equal_things_are_the_same_node(pair: tuple[Node, Node]) -> None:
    assert equal(*pair).ok
    assert normal(pair[0]) is normal(pair[1])


DIFFERENT = {
    "form of a general matrix": (mul(x.T, B, y), mul(y.T, B, x)),
    "product of two matrices": (mul(S, B), mul(B, S)),
    "root of a square": (power(power(s, 2), num("1/2")), s),
    "trace of three symmetric": (tr(mul(S, T, B)), tr(mul(T, S, B))),
    "a transpose": (B.T, B),
    "log of a square": (e.log(power(s, 2)), num(2) * e.log(s)),
}


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_different_things_are_not(pair: tuple[Node, Node]) -> None:
    assert normal(pair[0]) is not normal(pair[1])


def test_names_alone_do_not_make_a_node() -> None:
    assert sym("S", "n", "n") is not S
    assert normal(transpose(sym("S", "n", "n"))) is not normal(transpose(S))


FACTS = {
    "symmetric product": (mul(A.T, A), "psd"), "congruence": (mul(A, S, A.T), "sym"),
    "inverse of a symmetric": (inv(S), "sym"), "inverse of a definite": (inv(P), "pd"),
    "sum of symmetric": (S + T, "sym"), "multiple": (num(3) * S, "sym"), "exponential": (e.exp(x), "pos"),
    "square": (power(x, 2), "nonneg"), "diagonal": (diagm(x), "diag"), "outer": (mul(x, x.T), "psd"),
}  # fmt: skip


@pytest.mark.parametrize(("node", "fact"), FACTS.values(), ids=FACTS.keys())
def test_facts_are_passed_on(node: Node, fact: str) -> None:
    assert fact in facts_of(normal(node))


@pytest.mark.parametrize("node", [mul(S, T), mul(A, C), S - B, x - y, mul(x, y.T)], ids=str)
def test_facts_are_not_invented(node: Node) -> None:
    assert not {"sym", "psd", "pos", "nonneg"} & facts_of(normal(node))


SHARED = """
import closedform as cf
from random_formulas import KINDS, formula
from closedform.rewrite.display.context import Context
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify import simplify
from closedform.write.render import render
for text, by in (
    ("1/2*||A*x - b||^2 + lam/2*||x||^2", "x"), ("logdet(A*X*A')", "X"), ("x'*A*x/(x'*x)", "x"),
    ("sum(i, log(1 + exp(-y[i]*a[i]'*w)))", "w"), ("sum(softmax(W*tanh(V*x + c)).*b)", "V"),
    ("tr(X'*A*X*B*X'*C)", "X"), ("||x*y' - M||_F^2 + mu*||x||_1", "x"), ("logsumexp(A*x + b)/t", "A"),
):
    f = cf.formula(text)
    print(f.text, f.unicode, f.latex, f.where, f.assumed, f.conditions)
    g = f.grad(by)
    print(g.text, g.unicode, g.latex, g.where, g.assumed, g.conditions)
    print(f.hessian(by).text, f.derivative(by).text)
for seed in range(20):
    for kind in KINDS:
        node = simplify(normal(formula(seed, kind, 3)))
        print(node.key.hex(), render(node, Context(), "text"))
"""


def answers(hash_seed: str) -> bytes:
    tests = Path(__file__).parents[1]
    env = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join([str(tests), *sys.path])}
    run = subprocess.run([sys.executable, "-c", SHARED], env=env, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


def test_answers_do_not_depend_on_the_run() -> None:
    first = answers("1")
    assert first.count(b"\n") > 70
    assert answers("2718") == first


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    fresh = cf.formula("x'*A*x + tr(A*B)").grad("A").text
    for text in ("tr(B*A)", "x'*A'*x", "tr(A*B)*x'*A*x"):
        cf.formula(text).grad("A")
    assert cf.formula("x'*A*x + tr(A*B)").grad("A").text == fresh


def test_like_powers_of_a_long_product_are_like_terms() -> None:
    """However many of its factors stand apart, and whatever was a power before."""
    A, B = sym("A", "m", "n"), sym("B", "n", "m")
    C = sym("C", "m", "m")
    one = mul(A, B, C)
    several = [mul(*[one] * k, mpow(one, 9 - k)) for k in range(9)]
    several += [mul(*[A, B, C] * 9), mpow(mpow(one, 3), 3), mpow(mul(one, one, one), 3)]
    assert len({normal(p) for p in several}) == 1
    assert normal(mul(*[A, B, C] * 8, A, B)) is not normal(mpow(one, 9))
