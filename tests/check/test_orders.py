"""Claims false at sizes that are the same, in one order, or small; at indices in one order; at few of many patterns; at
sizes divisible by two numbers; or where a structure makes entries 0. And what is said when the time is over."""

from __future__ import annotations

from random import Random

import pytest

import closedform as cf
from closedform.check import certify as module
from closedform.check.orders import chosen, weak_orders

CHAIN = "A in R^(a×b), B in R^(b×c), C in R^(c×d), K in Skew(a)"
STRICT = "(tril(ones(n,n)) - eye(n))"
INDICES = "*".join(f"{STRICT}[{a},{b}]" for a, b in ("ij", "jk", "kl", "lp"))


def turning(k: int) -> str:
    """A permutation matrix whose power by k is I."""
    return "[" + "; ".join(", ".join(str(int(j == (i + 1) % k)) for j in range(k)) for i in range(k)) + "]"


FALSE = [  # claimed to be 0
    ("det(X'*X)*det(X*X')*tr(K*K)", "X in R^(m×n), K in Skew(n)"),  # m = n
    ("det(A*B*C)*det(B*C*A)*det(C*A*B)*tr(K^2)", "A in R^(m×n), B in R^(n×k), C in R^(k×m), K in Skew(m)"),
    ("det(A*A')*det(B*B')*det(C*C')*tr(K^2)", CHAIN),  # a ≤ b ≤ c ≤ d
    ("det(x*y' - y*x')", "x,y in R^n"),  # n = 2
    ("(n - 1)*det(x*x' + y*y' + z*z')", "x,y,z in R^n"),
    ("det(X'*X)*(m - 1)", "X in R^(3×m)"),
    ("(n - 1)*lambda_min(x*x' + y*y')", "x,y in R^n"),
    ("(det(-eye(n)) + 1)*(det(-eye(m)) + 1)*(det(-eye(k)) + 1)*(det(-eye(p)) + 1)*x'*x*y'*y*z'*z*w'*w",
     "x in R^n, y in R^m, z in R^k, w in R^p"),
    ("det(J)*det(K)*det(M)*det(N)*det(O)",
     "J in Skew(n), K in Skew(m), M in Skew(k), N in Skew(p), O in Skew(q)"),
    ("(n - 1)*(n - 2)*(norm1(n*x - 4*x) - (n - 4)*norm1(x))", "x in R^n"),  # n = 3
    ("(n - 1)*(n - 2)*x'*inv(x*y' + u*v' + w*z')*x", "x,y,u,v,w,z in R^n"),
    (INDICES + "*sum(x)", "x in R^n"),  # i > j > k > l > p
    (f"tr({turning(7)}^n)*tr({turning(11)}^m)*x'*x*y'*y", "x in R^n, y in R^m"),
    (f"tr({turning(5)}^n)*tr({turning(13)}^m)*x'*x*y'*y", "x in R^n, y in R^m"),
    (f"tr({turning(6)}^(n*m + 1))*x'*x*y'*y", "x in R^n, y in R^m"),
    ("sign(sum(y))^2 - 1", "y in {0,1}^10"), ("prod(2*y - 1) - 1", "y in {0,1}^18"),
    ("sign(sum(y + z + u + v + w))^2 - 1", "y,z,u,v,w in {0,1}^m"),
]  # fmt: skip
TRUE = [
    ("det(X'*X)*det(X*X')*(m - n)", "X in R^(m×n)"), ("det(x*y' - y*x') - x'*x*y'*y + (x'*y)^2", "x,y in R^2"),
    ("(tril(A) - diag(diag(A)))[i,j]*(tril(A) - diag(diag(A)))[j,i]", "A in R^(n×n)"),
    (f"tr({turning(6)}^(n*m)) - tr({turning(6)}^(m*n))", "x in R^n, y in R^m"), ("tr(exp(K)) - n", "K in Skew(n)"),
    ("abs(sum(y)) - sum(y)", "y in {0,1}^10"), ("prod(y)^2 - 1", "y in {-1,1}^20"),
]  # fmt: skip
HIDING = [
    ("tr(exp(K))", "K in Skew(n)", (1, 5, 6, 7, 8)), ("sum(diag(cos(K)))", "K in Skew(n)", (1, 5, 6, 7, 8)),
    ("sum(exp(D)) - tr(exp(D))", "D in Diag(n)", (0, 90, 110, 132, 156)),
    ("2*sum(sigmoid(K))", "K in Skew(n)", (1, 100, 121, 144, 169)),
    ("sum(exp(K).*exp(K)')", "K in Skew(n)", (1, 100, 121, 144, 169)),
]  # fmt: skip
SELDOM = [
    ("max(x)*step(s - 10^9)*step(10^9 + 1 - s)*step(t - 10^(-9))*step(2*10^(-9) - t)", "x in R^n, s,t in R"),
    ("max(x)*(tanh(50*(s - 20)) + 1)*step(20.2 - s)*step(s - 20.1)", "x in R^n, s in R"),
    ("step(i-j)*step(j-k)*step(k-l)*step(l-p)*x[i]*x[j]*x[k]*x[l]*x[p]", "x in R^n"),
    ("relu(i - j - 3)*x[i]*y[j]", "x,y in R^n"),
]


@pytest.mark.parametrize(("claimed", "where"), FALSE)
def test_what_is_false_at_few_sizes_or_places_is_not_right(claimed: str, where: str) -> None:
    assert not any(cf.equal(claimed, "0", where).right for _ in range(3))


@pytest.mark.parametrize(("claimed", "where"), TRUE)
def test_what_is_true_at_all_is_right(claimed: str, where: str) -> None:
    assert cf.equal(claimed, "0", where).right


@pytest.mark.parametrize(("size", "where", "zeros"), HIDING)
def test_a_structure_hides_no_size(size: str, where: str, zeros: tuple[int, ...]) -> None:
    claimed = "*".join(f"({size} - {k})" for k in zeros)
    assert not any(cf.equal(claimed, "0", where).right for _ in range(3))


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.25])
@pytest.mark.parametrize(("claimed", "where"), SELDOM)
def test_what_there_is_no_time_for_is_not_right(
    claimed: str, where: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS", seconds)
    assert not cf.equal(claimed, "0", where).right


def test_orders_are_of_numbers_of_which_some_are_the_same() -> None:
    assert [len(weak_orders(k)) for k in (1, 2, 3, 4, 5)] == [1, 3, 13, 75, 541]
    assert chosen(2, Random(1), 4, 9) == list(weak_orders(2))
    assert chosen(6, Random(1), 4, 9)[0] == (0,) * 6
