"""Every slip is found at its line and named; no right line is blamed."""

import pytest
from planted import RIGHT, UNDECIDED, WRONG, Derivation

from closedform.errors import ClosedformError, LimitError, ReadError
from closedform.judging import judge


def named(d: Derivation) -> str:
    return f"{d.style}: {d.title}" + (f": {d.slip} in line {d.line}" if d.line else "")


def test_there_are_enough_of_each_style() -> None:
    assert min(len(RIGHT), len(WRONG)) >= 100
    assert {d.style for d in RIGHT} >= {"latex", "text", "notes"}
    assert {d.slip for d in WRONG} >= {
        "dropped transpose", "product rule with one term", "wrong factor order", "gradient given as a row",
        "mixed layouts", "symmetric-matrix convention", "sign", "factor", "lost chain-rule factor",
    }  # fmt: skip


@pytest.mark.parametrize("derivation", RIGHT, ids=named)
def test_no_right_line_is_blamed(derivation: Derivation) -> None:
    found = judge(derivation.text)
    assert found.verdict == "right", found.text


@pytest.mark.parametrize("derivation", WRONG, ids=named)
def test_every_slip_is_found_at_its_line(derivation: Derivation) -> None:
    found = judge(derivation.text)
    first = found.first_wrong
    assert first is not None, found.text
    assert (first.line, first.slip) == (derivation.line, derivation.slip), found.text
    assert first.example is not None or "size" in first.reason or "shape" in first.reason


def test_the_property_that_a_step_needs_is_named() -> None:
    step = judge("f = x'*A*x\n∇f = 2*A*x").first_wrong
    assert step is not None
    assert (step.right_if, step.right_line) == ("A is symmetric", "(A + A')*x")
    assert judge("f = x'*A*x with A symmetric\n∇f = 2*A*x").verdict == "right"


def test_numbers_for_pencil_and_paper() -> None:
    step = judge("f = x'*A*x\n∇f = A*x").first_wrong
    assert step is not None and step.example is not None
    point, example = step.example.point, step.example
    x, A = point["x"], point["A"]
    assert len(x) <= 2 and all(isinstance(v, int) for v in x)
    n = range(len(x))
    assert example.before == [sum((A[i][j] + A[j][i]) * x[j] for j in n) for i in n]
    assert example.here == [sum(A[i][j] * x[j] for j in n) for i in n]


def test_a_line_that_follows_from_a_wrong_one_is_said_to_follow() -> None:
    found = judge("f = x'*A*x\n∇f = A*x\n = (x'*A')'\n = 3*A*x")
    assert [s.status for s in found.steps] == ["given", "wrong", "follows", "wrong"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("f = frobnicate(x)\n∇f = x", "frobnicate"),
        ("f = x'*x\ndf = 2*x'*dx\n <= 3", "not judged"),
        ("y = A*x\ndz = A*dx", "z is not defined"),
        ("f = tr(X*X)\nH = 2*X", "linear map"),
    ],
)
def test_what_cannot_be_decided_is_named(text: str, reason: str) -> None:
    try:
        found = judge(text)
    except ClosedformError as error:
        assert reason in str(error)
        return
    assert found.verdict == "undecided"
    assert any(reason in s.reason for s in found.steps), found.text


def test_equations_are_solved() -> None:
    text = "f = 1/2*||A*x - b||^2\n∇f = A'*(A*x - b) = 0\nA'*A*x = A'*b\nx = (A'*A)^-1*A'*"
    assert judge(text + "b").verdict == "right"
    step = judge(text + "c").first_wrong
    assert step is not None and (step.line, step.right_line) == (4, "(A'*A)^-1*A'*b")


def test_gradients_by_a_symmetric_matrix_in_each_convention() -> None:
    for answer in ("X^-1", "2*X^-1 - I.*X^-1"):
        assert judge(f"f = logdet(X), X in PD(n)\n∇f = {answer}").verdict == "right"


def test_limits_and_errors() -> None:
    with pytest.raises(ReadError, match="no equation"):
        judge("There is nothing here.")
    with pytest.raises(LimitError):
        judge("f = x\n" * 50_000)
    with pytest.raises(ReadError, match="syntax"):
        judge("f = x", syntax="word")


def test_a_name_that_is_defined_by_itself() -> None:
    found = judge("a = b'*x\nb = a*c\nda = x'*db")
    assert found.verdict == "undecided"


@pytest.mark.parametrize("derivation", UNDECIDED, ids=lambda d: d.title)
def test_what_is_not_understood_is_not_blamed(derivation: Derivation) -> None:
    found = judge(derivation.text)
    assert found.verdict == "undecided", found.text
