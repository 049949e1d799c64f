"""Lines of derivations whose law speaks of a trace show one, until the inner product with dX is reached."""

import pytest

from closedform import formula
from closedform.formula.printed import IN_THE_FORM

DERIVED = [
    ("logdet(A*X*A' + B)", "X", ["tr(A'*(A*X*A' + B)^-1*A*dX)", "<A'*(A*X*A' + B)^-T*A, dX>"]),
    ("tr(A*inv(X)*B)", "X", ["-tr(X^-1*B*A*X^-1*dX)", "<-(B*A*X^-1)'*X^-T, dX>"]),
    ("tr(A*expm(X)*B)", "X", ["tr(B*A*expm_frechet(X, dX))", "<expm_frechet(X', (B*A)'), dX>"]),
    ("logdet(A*X*A') + logdet(B*X*B')", "X", ["tr(A'*(A*X*A')^-1*A*dX) + tr(B'*(B*X*B')^-1*B*dX)"]),
    ("sum(logsumexp_rows(X*T)) - <Y, X*T>", "T", ["<softmax_rows(X*T), X*dT> - <Y, X*dT>"]),
    ("1/2*||A*X - B||_F^2", "X", ["<A*X - B, A*dX>", "<A'*(A*X - B), dX>"]),
]


@pytest.mark.parametrize(("source", "by", "shown"), DERIVED)
def test_lines_with_traces(source: str, by: str, shown: list[str]) -> None:
    steps = formula(source).grad(by).derivation().steps
    texts = [step.after.text for step in steps]
    assert [text for text in texts if text in shown] == shown
    assert all(step.certified.level == "A" and step.read_back for step in steps if "expm" not in source)
    assert all(step.certified.ok for step in steps)


def test_of_two_conditions_on_one_place_the_stronger_stands() -> None:
    found = formula("||x||*(a'*x)").taylor("x")
    assert found.conditions == ("x ≠ 0",)
    assert formula("||x||*(a'*x)").taylor("x", order=1).conditions == (f"x ≠ 0 {IN_THE_FORM}",)
