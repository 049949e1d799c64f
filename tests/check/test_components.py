"""What is drawn from several pieces: determinants of either sign, commuting matrices, places, exponents and sizes.

A point in one piece says nothing about another, and a number from few is no random number: a false claim must not
pass because the piece at which it is false was not drawn, or because it vanishes at all that could be drawn.
"""

from __future__ import annotations

from math import prod

import pytest

from closedform.check.bounds import polynomial_degree
from closedform.check.certificate import Certificate, Claim
from closedform.check.certify import certify
from closedform.expr.walk import postorder
from closedform.read.read import read

WHERE = (
    "Q,R,T in Orth(n), U,V in Orth(3), W in Orth(2), A,B,C,M in R^(n×n), S in Sym(n), P in PD(n), L in Lower(n), "
    "x,y in R^n, u,v in R^3, s in R, k in R"
)


def equal(f: str, g: str, more: str = "") -> Certificate:
    where = f"{WHERE}, {more}" if more else WHERE
    return certify(Claim("equal", read(f, where).node, read(g, where).node))


DETERMINANTS = [
    ("det(Q)", "1"), ("adj(Q)", "Q'"), ("W + W'", "tr(W)*eye(2)"), ("cross(U*u, U*v)", "U*cross(u, v)"),
    ("(1 - det(Q))*(1 - det(R))*(1 - det(T))*s", "0"), ("(1 - det(Q))*relu(s)*relu(k)", "0"),
    ("(1 - det(Q))*(1 - det(R))*tr(expm(A))", "0"), ("(1 + det(Q))*(1 - det(R))*max(x)", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "g"), DETERMINANTS)
def test_what_holds_for_rotations_alone_never_passes(f: str, g: str) -> None:
    assert {equal(f, g).ok for _ in range(12)} == {False}


@pytest.mark.parametrize(
    ("f", "g"),
    [("Q'*Q*x", "x"), ("det(Q)^2", "1"), ("adj(Q)", "det(Q)*Q'"), ("det(Q*R)*det(T)", "det(Q*R*T)"),
     ("cross(U*u, U*v)", "det(U)*U*cross(u, v)"), ("||Q*x||", "||x||")],
)  # fmt: skip
def test_what_holds_for_both_determinants_is_proved(f: str, g: str) -> None:
    found = equal(f, g)
    assert (found.level, found.decided) == ("A", True)


def gram(*words: str) -> str:
    """The determinant of all inner products: 0 where the matrices depend on each other linearly."""
    return f"det([{'; '.join(', '.join(f'tr(({a})*({b}))' for b in words) for a in words)}])"


def test_matrices_that_commute_are_drawn_as_general_ones() -> None:
    """Four polynomials of degree two in one matrix depend on each other."""
    commute = "A*B = B*A, A*C = C*A, B*C = C*B"
    assert equal(gram("eye(n)", "A", "B", "C"), "0", commute).level == "X"
    large = "A,B in R^(7×7), A*B = B*A"
    powers = read(gram("eye(7)", "A", "B", "A^2", "A*B", "B^2"), large).node
    assert certify(Claim("equal", powers, read("0", large).node)).level == "X"
    assert equal("A*B*C*x", "C*A*B*x", commute).level == "A"


@pytest.mark.parametrize(
    ("f", "g", "more"),
    [("tr(B)*A*C", "tr(B)*C*A", "A*B = B*A, B*C = C*B"), ("tr(S)*A", "tr(S)*A'", "S*A = A*S"),
     ("tr(L)*A", "tr(L)*tril(A)", "L*A = A*L"), ("det(P)*A", "det(P)*A'", "P*A = A*P")],
)  # fmt: skip
def test_what_holds_beside_a_general_commuting_matrix_alone_never_passes(f: str, g: str, more: str) -> None:
    """With B = I each of these commutes with any matrix."""
    found = equal(f, g, more)
    assert not found.ok
    assert not found.decided


def zero_at(word: str, *places: int) -> str:
    return "*".join(f"({word} - {k})" for k in places)


@pytest.mark.parametrize(
    "f",
    [f"softmax(x)[i]*{zero_at('i', *range(1, 6))}", f"x[i]*{zero_at('i', *range(1, 10))}",
     "eye(n)[i,j]*eye(n)[j,k]*eye(n)[k,l]*x[i]"],
)  # fmt: skip
def test_fixed_places_are_all_tried(f: str) -> None:
    where = "x in R^n"
    claim = Claim("equal", read(f, where).node, read("0", where).node)
    assert {certify(claim).ok for _ in range(6)} == {False}


def test_the_size_at_which_all_places_were_tried_is_named() -> None:
    where = "x in R^n, y in R^m"
    f = read("x[i]*x[j]*y[k]", where).node
    variable = next(n for n in postorder([f]) if n.op.name == "sym" and n.params[0] == "x")
    found = certify(Claim("gradient", f, read("y[k]*(x[j]*eye(n)[:,i] + x[i]*eye(n)[:,j])", where).node, variable))
    assert (found.level, len(found.sizes), found.every_size) == ("A", 1, False)
    assert found.bound is not None
    assert found.bound > -60  # of one point: each place was seen once


def test_a_whole_exponent_is_no_random_number() -> None:
    assert equal(f"tr(A^k)*{zero_at('k', *range(2, 24))}", "0").level == "X"
    found = equal("A^k*A", "A^(k + 1)")
    assert found.level == "B"
    assert "whole exponents drawn at random" in found.heuristics


SIZES = ["dot(eye(n), eye(n))", "sum(ones(n))", "ones(n)'*ones(n)", "tr(eye(n))"]


@pytest.mark.parametrize("size", SIZES)
def test_a_size_that_stands_as_a_sum_of_ones_is_a_size(size: str) -> None:
    assert not equal(f"x'*x*{zero_at(size, *range(1, 17))}", "0").ok
    assert not equal(f"x'*x*step({size} - 20)", "0").ok


def test_a_polynomial_in_a_size_that_is_multiplied_out_is_one() -> None:
    terms = [1]
    for k in range(1, 17):
        terms = [a - k * b for a, b in zip([*terms, 0], [0, *terms], strict=True)]
    assert sum(c * 3 ** (16 - k) for k, c in enumerate(terms)) == prod(3 - k for k in range(1, 17))
    f = " + ".join(f"{c}*n^{16 - k}" for k, c in enumerate(terms)).replace("+ -", "- ")
    assert not equal(f"x'*x*({f})", "0").ok


def test_an_identity_of_degree_two_between_matrices_needs_size_three() -> None:
    """A² - tr(A)A + det(A)I is 0 at size 2, for a trace of degree two size 2 will do."""
    for f, least in (("A*A", 3), ("A*x", 2), ("tr(A*A)", 2)):
        node = read(f, WHERE).node
        assert polynomial_degree(list(postorder([node])), [node, node], "equal") == least
    assert equal("A^2", "tr(A)*A - 1/2*(tr(A)^2 - tr(A^2))*eye(n)").level == "X"


@pytest.mark.parametrize("f", ["relu(n)*x", "relu(ones(n)).*x", "||ones(n)||*x", "max(ones(n))*x", "|n|*x"])
def test_kinks_in_sizes_that_are_met_from_one_side_by_nature_stand(f: str) -> None:
    answers = {"relu(n)*x": "n*x", "||ones(n)||*x": "sqrt(n)*x", "|n|*x": "n*x"}
    assert equal(f, answers.get(f, "x")).ok


@pytest.mark.parametrize(
    "f",
    ["step(x-50)*step(50.001-x)*step(y-70)*step(70.01-y)", "step(x-50)*step(y-70)*step(z-90)", "relu(x-50)*relu(y-70)"],
)  # fmt: skip
def test_a_box_far_out_is_entered(f: str) -> None:
    """Each kink is met from both sides; the claim is false only where several are on one of theirs together."""
    where = "x,y,z in R"
    assert not certify(Claim("equal", read(f, where).node, read("0", where).node)).ok


def test_sizes_at_which_a_matrix_is_singular_are_drawn_anew() -> None:
    """A*X*A' has an inverse for n >= m alone, B*X*B' for n >= k: a third of the orders of three sizes."""
    where = "A in R^(m×n), B in R^(k×n), X in R^(n×n)"
    f, X = read("logdet(A*X*A') + logdet(B*X*B')", where).node, read("X", "X in R^(n×n)").node
    answer = read("A'*inv(A*X*A')'*A + B'*inv(B*X*B')'*B", where).node
    assert {certify(Claim("gradient", f, answer, X)).level for _ in range(12)} == {"A"}


def test_the_line_for_people_names_few_sizes() -> None:
    sizes = tuple({"n": n} for n in range(2, 9))
    assert Certificate("A", "", -99.0, sizes).line().endswith("at sizes n=2 | n=3 | n=4 | n=5 | 3 more")
    assert Certificate("A", "", -99.0, sizes[:5]).line().endswith("n=5 | n=6")
