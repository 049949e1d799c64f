r"""LaTeX as questions on forums, papers, course notes and editors write it: read as what it says, or refused by name.

``style`` says where such a formula stands; ``text`` is the formula it is, ``refused`` what is said of one that is not
read.
"""

import json
from pathlib import Path

import pytest

from closedform.errors import ClosedformError
from closedform.read.read import read
from closedform.rewrite.normal.normal import normal

DATA = Path(__file__).parents[1] / "data"
FORMULAS, TRAPS = (
    [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]
    for name in ("wild_latex.jsonl", "wild_latex_refused.jsonl")
)
READ = [f for f in FORMULAS if "text" in f]
REFUSED = [*(f for f in FORMULAS if "text" not in f), *TRAPS]


@pytest.mark.parametrize("formula", READ, ids=lambda f: f["latex"])
def test_is_read_as_what_it_says(formula: dict[str, str]) -> None:
    reading = read(formula["latex"], formula.get("where"), "latex")
    assert normal(reading.node) is normal(read(formula["text"], reading.where).node)


@pytest.mark.parametrize("formula", REFUSED, ids=lambda f: f["latex"])
def test_what_is_not_read_is_named_at_its_place(formula: dict[str, str]) -> None:
    with pytest.raises(ClosedformError) as caught:
        read(formula["latex"], formula.get("where"), "latex")
    error = caught.value
    assert formula["refused"] in error.message
    assert error.span is not None and error.source == formula["latex"]


def test_most_are_read() -> None:
    assert len(READ) >= 0.87 * len(FORMULAS) and len(READ) >= 250


@pytest.mark.parametrize(
    ("latex", "note"),
    [
        (r"\nabla_x (x^\top A x)", r"A derivative is left out: (x^\top A x) is read, what is differentiated."),
        (r"\frac{\partial}{\partial x} x^\top A x",
         r"A derivative is left out: x^\top A x is read, what is differentiated."),
        (r"\frac{\partial \log\det X}{\partial X}",
         r"A derivative is left out: \log\det X is read, what is differentiated."),
        (r"\min_x \|x\|", r"\min_x is left out: what it is taken of is read."),
        (r"x \mapsto x^\top x", "What stands right of the sign = is read: x^\\top x."),
        (r"1^\top X 1", "1… is read as the vector of ones."),
        (r"\mathbf{c}^\top\mathbf{x} + \sum_i x_i^2", "x_… is read as an entry of the bold x."),
    ],
)  # fmt: skip
def test_what_is_left_out_is_said(latex: str, note: str) -> None:
    assert note in read(latex, None, "latex").assumed


def test_rows_of_data_are_assumed_where_they_stand_in_an_inner_product() -> None:
    for tex in (r"\sum_{i=1}^m \log(1 + e^{-y_i w^\top x_i})", r"\sum_{i=1}^m \sigma(\langle w, x_i \rangle - y_i)"):
        assert "x[i] ∈ ℝⁿ for i = 1..m" in read(tex, None, "latex").assumed


@pytest.mark.parametrize(
    ("latex", "where", "text"),
    [
        (r"a \cdot x", "a in R^n, x in R^n", "a'*x"),
        (r"a \cdot x", "a in R, x in R^n", "a*x"),
        (r"x \cdot A y", "x in R^m, A in R^(m×n)", "x'*A*y"),
        (r"\alpha A x \cdot B y", "A in R^(m×n), B in R^(m×k), alpha in R", "alpha*(A*x)'*(B*y)"),
        (r"A \cdot B x", "A in R^(m×n), B in R^(n×k)", "A*B*x"),
        (r"2 \cdot x", "x in R^n", "2*x"),
        (r"x \cdot y\, z", "x in R^n, y in R^n, z in R", "(x'*y)*z"),
    ],
)
def test_the_dot_of_vectors_is_their_inner_product(latex: str, where: str, text: str) -> None:
    reading = read(latex, where, "latex")
    assert normal(reading.node) is normal(read(text, reading.where).node)


def test_how_far_a_derivative_reaches_is_asked() -> None:
    with pytest.raises(ClosedformError, match="how far"):
        read(r"\nabla_x x^\top A x + b^\top x", None, "latex")
