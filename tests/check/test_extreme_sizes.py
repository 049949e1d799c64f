"""Claims that hold where sizes are near each other, small, or below a number; and at kinks that few numbers meet."""

from __future__ import annotations

from random import Random

import pytest

from closedform.check.certificate import Certificate, Claim
from closedform.check.certify import certify
from closedform.check.cover import Cover
from closedform.check.extremes import degree, extremes, threshold
from closedform.check.scene import Scene
from closedform.expr.walk import postorder
from closedform.read.read import read

WHERE = "L in Lower(n), A,M,N in R^(n×n), x in R^n, i in R"
STRICT = "(L - L.*eye(n))"


def equal(f: str, g: str, where: str = WHERE) -> Certificate:
    return certify(Claim("equal", read(f, where).node, read(g, where).node))


def newton(k: int) -> str:
    """k! times the elementary symmetric polynomial of degree k, by power sums: 0 where n < k."""
    rows = (
        [f"sum(x.^{i - j + 1})" if j <= i else str(i) if j == i + 1 else "0" for j in range(1, k + 1)]
        for i in range(1, k + 1)
    )
    return f"det([{'; '.join(', '.join(row) for row in rows)}])"


FALSE = [
    ("det(X'*X)", "0", "X in R^(n×6)"), ("det(X'*X)", "0", "X in R^(n×20)"), ("X*pinv(X)", "eye(n)", "X in R^(n×30)"),
    ("[A,B]*pinv([A,B])", "eye(m)", "A in R^(m×n), B in R^(m×k)"), ("X*pinv(X)", "eye(k)", "X in R^(k×(m*n))"),
    ("det([A;B]*[A;B]')", "0", "A in R^(m×n), B in R^(k×n)"),
    ("(A*A' + B*B')*pinv(A*A' + B*B')", "eye(k)", "A in R^(k×m), B in R^(k×n)"),
    (f"{STRICT}^5", "zeros(n,n)", WHERE), (f"{STRICT}^20", "zeros(n,n)", WHERE),
    (f"tr({'*'.join([STRICT] * 9)}*A)", "0", WHERE),
    (f"expm({STRICT})", f"eye(n) + {STRICT} + {STRICT}^2/2 + {STRICT}^3/6 + {STRICT}^4/24", WHERE),
    (f"inv(eye(n) - {STRICT})", f"eye(n) + {STRICT} + {STRICT}^2 + {STRICT}^3 + {STRICT}^4", WHERE),
    (newton(7), "0", WHERE), (newton(12), "0", WHERE),
    ("prod(cumsum(ones(60)) - n*ones(60))*x", "0*x", WHERE),
    ("prod(cumsum(ones(60)) - i*ones(60))*x[i]", "0", "x in R^n"),
    ("prod(cumsum(ones(14)) - (1 + sum(y))*ones(14))*sum(y)", "0", "y in {0,1}^m"),
    ("*".join(f"(sum(y) - {k})" for k in range(10)), "0", "y in {0,1}^m"),
    ("sum(i=1..n-10, x[i]^2)", "0", "x in R^n"), ("sum(i=12..n, x[i]^2)", "0", "x in R^n"),
    ("(1 + (-1)^n)*(1 + (-1)^m)*(1 + (-1)^k)*sum(x)*sum(y)*sum(z)", "0", "x in R^n, y in R^m, z in R^k"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "g", "where"), FALSE)
def test_what_holds_at_ordinary_sizes_alone_never_passes(f: str, g: str, where: str) -> None:
    assert {equal(f, g, where).ok for _ in range(3)} == {False}


@pytest.mark.parametrize(
    ("f", "g", "where"),
    [("sign(y - z).^2", "ones(m)", "y,z in {0,1}^m"), ("sign(sum(y))^2", "1", "y in {-1,1}^m"),
     ("step(y)", "ones(m)", "y in {0,1}^m"), ("sign(i - j)^2*x[i]*x[j]", "x[i]*x[j]", "x in R^n")],
)  # fmt: skip
def test_a_kink_that_is_one_of_few_points_is_looked_at(f: str, g: str, where: str) -> None:
    assert {equal(f, g, where).ok for _ in range(2)} == {False}


@pytest.mark.parametrize(
    ("f", "g", "where", "level"),
    [("abs(y)", "y", "y in {0,1}^m", "C"), ("sum(relu(y.*x))", "sum(y.*relu(x))", "y in {0,1}^n, x in R^n", "C"),
     ("sqrt(y)", "y", "y in {0,1}^m", "C"), ("abs(i - j)^2*x[i]*x[j]", "(i - j)^2*x[i]*x[j]", "x in R^n", "B"),
     ("pinv(X)*X*pinv(X)", "pinv(X)", "X in R^(m×n)", "A"), ("tr(A^9*M)", "tr(M*A^9)", WHERE, "A"),
     ("[A,B]*[A,B]'", "A*A' + B*B'", "A in R^(m×n), B in R^(m×k)", "A"),
     ("det(eye(n) + x*x')", "1 + x'*x", "x in R^n", "A")],
)  # fmt: skip
def test_what_is_true_is_right(f: str, g: str, where: str, level: str) -> None:
    assert equal(f, g, where).level <= level


def test_each_size_is_larger_than_the_others_together_and_than_the_numbers() -> None:
    where = "A in R^(m×n), B in R^(m×k), C in R^(m×19)"
    scene = Scene([read("[A,B,C]", where).node])
    assert threshold(scene) == 19
    found = list(extremes(scene, Random(1), 11, 2_500, ()))
    assert sorted(max(sizes, key=lambda name: sizes[name]) for sizes in found) == ["k", "m", "n"]
    assert all(max(s.values()) > max(19, sum(s.values()) - max(s.values())) for s in found)


def test_a_product_that_is_too_large_is_looked_at_with_smaller_sizes() -> None:
    scene = Scene([read("kron(A, A)", "A in R^(n×n)").node, read("7*eye(n)", "").node])
    (sizes,) = extremes(scene, Random(1), 11, 2_500, ())
    assert sizes == {"n": 7}


@pytest.mark.parametrize(("f", "least"), [("A*M*N", 3), ("A^9*x", 10), ("x'*A*x + x'*x", 3), ("tr(A)^2*A^-3", 5)])
def test_the_degree_counts_symbols_with_their_powers(f: str, least: int) -> None:
    assert degree(list(postorder(read(f, WHERE).node))) == least


def test_all_parities_of_three_sizes_are_met_where_a_size_is_an_exponent() -> None:
    assert not Scene([read("n*x", WHERE).node]).raised
    assert Scene([read("(-1)^n*x", WHERE).node]).raised
    assert len(Cover("kmn", True).least) == len(Cover("kmn").least) + 8
