"""How a derivation is taken apart."""

import pytest

from closedform.judging.atoms import Atoms
from closedform.judging.document import document
from closedform.judging.prose import facts, membership


def members(text: str) -> list[list[str]]:
    return [[m.text for m in r.members] for r in document(text).relations if len(r.members) > 1]


def test_lines_that_go_on() -> None:
    assert members("f = a'*x\n  + b'*x\n = c'*x") == [["f", "a'*x + b'*x", "c'*x"]]
    assert members("f = a'*x +\n b'*x") == [["f", "a'*x + b'*x"]]


def test_words_between() -> None:
    text = "Let y = A*x, so f = y'*y. Hence (using y) df = 2*y'*dy."
    assert members(text) == [["y", "A*x"], ["f", "y'*y"], ["df", "2*y'*dy"]]


def test_latex() -> None:
    text = r"Let $y = Ax$. \begin{align} f &= y^Ty, \\ &= 1 \text{ where } z = 2 \implies g = 3 \end{align}"
    assert members(text) == [["y", "Ax"], ["f", "y^Ty", "1"], ["z", "2"], ["g", "3"]]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("with A symmetric", ("A", "sym")),
        (r"where $\Sigma$ is positive definite", ("Sigma", "pd")),
        ("a symmetric matrix A", ("A", "sym")),
        ("b is a scalar", ("b", "R")),
    ],
)
def test_facts_in_words(said: str, found: tuple[str, str]) -> None:
    assert found in list(facts(said))


def test_spaces() -> None:
    assert membership(r"A \in \mathbb{R}^{m \times n}") == "A in R^(m×n)"
    assert membership(r"x, y \in \mathbb{R}^n") == "x in R^n, y in R^n"
    assert membership(r"S \in \mathbb{S}^n_{++}") == "S in PD(n)"


@pytest.mark.parametrize("text", [r"\frac{\partial f}{\partial x}", "∂f/∂x", "df/dx", "f'(x)", r"\frac{d}{dx} f(x)"])
def test_derivatives_have_names(text: str) -> None:
    atoms = Atoms("text", {"f": "x"})
    assert atoms.replaced(text).strip() == "Xi_901"
    assert (atoms.found["Xi_901"].of, atoms.found["Xi_901"].by) == ("f", "x")
