"""Ways to write that need more than one line to be understood: functions of functions, conditions, numbers."""

import pytest

from closedform.judging import judge
from closedform.judging.numbers import example
from closedform.read.read import read


def statuses(text: str) -> list[str]:
    return [s.status for s in judge(text).steps]


def test_functions_that_are_defined_may_be_applied_to_anything() -> None:
    text = "h(y) = y'*B*y\ng(x) = A*x - b\nf(x) = h(g(x))\n∇h(y) = (B + B')*y\n∇f(x) = A'*∇h(g(x))\n = "
    right = judge(text + "A'*(B + B')*(A*x - b)")
    assert right.verdict == "right", right.text
    assert not any("product" in said for said in right.assumed)
    wrong = judge(text + "A'*(B + B')*(A*x + b)").first_wrong
    assert wrong is not None and (wrong.line, wrong.slip) == (6, "sign")


def test_an_argument_of_another_size_is_no_right_line() -> None:
    found = judge("h(y) = y'*c where c in R^3\nf(x) = h(x)*x'*x, x in R^2\n∇f(x) = 2*h(x)*x")
    assert found.verdict == "undecided" and "sizes do not match" in found.text


def test_what_is_supposed_is_not_judged_and_may_be_used() -> None:
    start = "Let L = logsumexp(z) - y'*z with sum(y) = 1.\n∂L/∂z = softmax(z) - y\n"
    assert statuses(start + "∂L/∂z = sum(y)*softmax(z) - y") == ["given", "given", "right", "right"]
    step = judge(start + "∂L/∂z = 2*sum(y)*softmax(z) - y").first_wrong
    assert step is not None and step.example is not None
    assert sum(step.example.point["y"]) == 1


def test_a_condition_that_nothing_is_known_of_leaves_lines_undecided() -> None:
    found = judge("Let f = x'*A*x such that x'*x + sum(x) = 2.\n∇f = (A + A')*x\n∇f = (A + A')*x*x'*x\n∇f = A*x")
    assert [s.status for s in found.steps] == ["given", "given", "right", "undecided", "undecided"]


def test_facts_end_with_their_sentence() -> None:
    text = r"$\ell(S) = \operatorname{tr}(SC)$ where $S$ is symmetric. $d\ell = \operatorname{tr}(dS\,C)$"
    assert judge(text).verdict == "right"


@pytest.mark.parametrize("name", [r"\hat y", r"\hat{y}", r"\bar{\mathbf{y}}", r"\tilde y"])
def test_names_with_accents_are_defined(name: str) -> None:
    assert judge(rf"Let ${name} = Ax$ and $f = {name}^\top {name}$. $\nabla f = 2A^\top {name}$").verdict == "right"


def test_numbers_without_the_noise_of_floating_point() -> None:
    one = read("det(X'*X)*(X'*X)^-1*X'", "X in R^(m×n)").node
    two = read("2*det(X'*X)*(X'*X)^-1*X'", "X in R^(m×n)").node
    found = example(one, two)
    assert found is not None and "e-" not in found.text
    assert all(float(v).is_integer() for row in found.before for v in row)


def test_lines_of_another_size_are_shown_at_sizes_where_it_is_seen() -> None:
    step = judge("f = x'*x + b'*x\n∇f = 2*x'*x + b'*x").first_wrong
    assert step is not None and step.example is not None
    assert len(step.example.before) == 2 and isinstance(step.example.here, float | int)
