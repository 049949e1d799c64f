"""Forms of a derivation on the command line, refusals that are wrapped, options given twice."""

from closedform.cli.outcome import error_page
from closedform.errors import MissingRule
from tests.cli.conftest import Run


def test_lines_without_laws(run: Run) -> None:
    found = run("grad", "||A*x-b||^2", "--by", "x", "--steps", "--latex", "--no-laws").out
    assert "&&" not in found and r"\nabla f &= 2 A^{\top} (A x - b)" in found
    assert "squared norm" not in run("grad", "||A*x-b||^2", "--by", "x", "--steps", "--no-laws").out


def test_steps_in_markdown(run: Run) -> None:
    assert run("grad", "||A*x-b||^2", "--by", "x", "--markdown").out.startswith("| line | law |\n")


def test_an_option_given_twice(run: Run) -> None:
    found = run("code", "x'*A*x", "--by", "x", "--by", "A")
    assert found.code == 2 and "--by is given twice, x and A" in found.err


def test_two_forms_to_print_in(run: Run) -> None:
    found = run("grad", "x'*A*x", "--json", "--text")
    assert found.code == 2 and "--json and --text are two forms" in found.err and not found.out


def test_torch_by_its_long_name(run: Run) -> None:
    assert "torch" in run("code", "sum(exp(x))", "--target", "pytorch").out


def test_errors_are_narrow_and_say_something(run: Run) -> None:
    assert all(len(line) <= 80 for line in run("grad", "-sum(y_i log(p_i))").err.split("\n"))
    assert "MissingRule" in error_page(MissingRule(""))
