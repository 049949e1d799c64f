"""Answers wrong on one of the 2^k patterns of k signs; functions of matrices by eigenvalues in a field."""

from __future__ import annotations

import pytest

from closedform.check.certificate import Certificate, Claim
from closedform.check.certify import certify
from closedform.check.everysize import needed
from closedform.expr.walk import postorder
from closedform.read.read import read

NAMES = "stuvqr"
WHERE = "s,t,u,v,q,r in R, X in Sym(n), P in PD(n), A in R^(n×n), x in R^n, y in R^n"


def gradient(f: str, g: str, by: str) -> Claim:
    function = read(f, WHERE).node
    variable = next(n for n in postorder([function]) if n.op.name == "sym" and n.params[0] == by)
    return Claim("gradient", function, read(g, WHERE).node, variable)


def equal(f: str, g: str) -> Claim:
    return Claim("equal", read(f, WHERE).node, read(g, WHERE).node)


@pytest.mark.parametrize(("bump", "k"), [("step", 1), ("relu", 2), ("step", 3), ("relu", 4), ("step", 5), ("relu", 6)])
def test_an_answer_wrong_on_one_pattern_of_signs_never_passes(bump: str, k: int) -> None:
    names = NAMES[:k]
    f = " + ".join(f"|{name}|" for name in names)
    for pattern in {0, 2**k // 3}:
        signs = ["" if pattern >> j & 1 else "-" for j in range(k)]
        wrong = "*".join(f"{bump}({sign}{name})" for sign, name in zip(signs, names, strict=True))
        assert {certify(gradient(f, f"sign(s) + {wrong}", "s")).ok for _ in range(4)} == {False}


def test_six_signs_are_proved() -> None:
    f = " + ".join(f"|{name}|" for name in NAMES)
    assert {certify(gradient(f, "sign(s)", "s")).level for _ in range(20)} == {"A"}


def test_how_many_patterns_were_seen_is_said() -> None:
    found = certify(gradient("sum(|relu(A*x) - y|)", "A'*(step(A*x).*sign(relu(A*x) - y))", "x"))
    assert found.level == "B"
    assert any("patterns seen" in word for word in found.heuristics)


SPECTRAL = {
    "tr(expm(A))": ("expm(A)'", "A"),
    "tr(sqrtm(P))": ("inv(sqrtm(P))/2", "P"),
    "2*sum(log(diag(chol(P))))": ("inv(P)", "P"),
    "sum(eigvals(X).^2)": ("2*X", "X"),
}


@pytest.mark.parametrize("f", SPECTRAL)
def test_functions_of_matrices_reach_level_b_and_wrong_answers_nothing(f: str) -> None:
    answer, by = SPECTRAL[f]
    assert certify(gradient(f, answer, by)).level == "B"
    found = certify(gradient(f, f"2*({answer})", by))
    assert (found.ok, found.decided) == (False, True)


@pytest.mark.parametrize(
    ("f", "g"),
    [("lambda_max(s*X)", "s*lambda_max(X)"), ("sqrtm(X*X)", "X"), ("lambda_max(X)", "lambda_min(X)"),
     ("||X||_2", "lambda_max(X)"), ("expm(A*A')", "expm(A'*A)")],
)  # fmt: skip
def test_what_holds_for_one_choice_of_eigenvalues_alone_is_refused(f: str, g: str) -> None:
    found: list[Certificate] = [certify(equal(f, g)) for _ in range(10)]
    assert not any(c.ok for c in found)


@pytest.mark.parametrize(
    ("f", "g"),
    [("tr(eye(n))", "n"), ("sum(i=1..n, x'*x)", "n*x'*x"), ("ones(n)'*eye(n)*ones(n)", "n"),
     ("tr(A + eye(n))", "tr(A) + n")],
)  # fmt: skip
def test_sums_that_stand_on_no_symbol_are_not_proved_for_every_size(f: str, g: str) -> None:
    declared = "x in R^n, A in R^(n×n)"
    assert needed(Claim("equal", read(f, declared).node, read(g, declared).node), {"n"}) is None


@pytest.mark.parametrize(
    ("f", "g", "by"),
    [("x'*(A + eye(n))*x", "(A + A' + 2*eye(n))*x", "x"), ("sum(i=1..n, x[i]^2*y[i])", "2*x.*y", "x"),
     ("logsumexp(A*x)", "A'*softmax(A*x)", "x")],
)  # fmt: skip
def test_identities_and_sums_over_letters_are_proved_for_every_size(f: str, g: str, by: str) -> None:
    assert certify(gradient(f, g, by)).every_size
