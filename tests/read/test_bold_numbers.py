r"""Where LaTeX shows vectors in bold or by arrows, what multiplies them in plain type is a number; ``A \succ 0``."""

import pytest

import closedform as cf

NUMBERS = [
    (r"\log(1+\exp(-y\,\mathbf{w}^{\top}\mathbf{x}))", "y"), (r"\max(0,1-y(\mathbf w^T\mathbf x+b))", "yb"),
    (r"\sigma(y\mathbf w^T\mathbf x)", "y"), (r"c\,\mathbf x^T A\mathbf x", "c"),
    (r"\mathbf x^T A\mathbf x+b\,\mathbf c^T\mathbf x + d", "bd"), (r"t\log(\mathbf a^\top\mathbf x)", "t"),
    (r"a\cos(\vec k\cdot\vec x)", "a"), (r"\|\mathbf{x}-c\mathbf{y}\|^2", "c"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "names"), NUMBERS)
def test_plain_letters_before_bold_ones_are_numbers(source: str, names: str) -> None:
    f = cf.formula(source)
    assert f.shape == ("1", "1")
    assert {name for name in names if f"{name} ∈ ℝ" in f.assumed} == set(names)


@pytest.mark.parametrize("source", [
    r"\|A x-\mathbf b\|^2", r"\mathbf w^\top x", r"x^\top A \mathbf y", r"x \odot \mathbf v", r"x\,w^\top y",
    r"x \cdot \mathbf{y}", r"x \mathbf{y}^\top x + \|x\|^2 \mathbf{y}",
])  # fmt: skip
def test_others_are_what_habit_says(source: str) -> None:
    assert "x ∈ ℝⁿ" in cf.formula(source).assumed


ORDERED = [
    (r"x^\top A x,\quad A\succ 0", "x in R^n, A in PD(n)"),
    (r"x^\top A x, A \succeq 0, x>0", "x in R^n, x > 0, A in PSD(n)"),
    (r"x^\top \Sigma_1 x \text{ where } \Sigma_1 \succ 0", "x in R^n, Sigma_1 in PD(n)"),
    (r"\|X-WH\|_F^2,\; W\geq 0,\, H\geq 0", "X in R^(m×n), W in R^(m×k), W >= 0, H in R^(k×n), H >= 0"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "where"), ORDERED)
def test_what_is_positive_stands_behind_a_comma(source: str, where: str) -> None:
    assert cf.formula(source).where == where


@pytest.mark.parametrize("source", [
    r"X \succ 0", r"x^\top A x, A \succ B", r"\log\det X \succ 0", r"x^\top A x, A \succ 0 \succ B",
])  # fmt: skip
def test_other_orders_are_refused(source: str) -> None:
    with pytest.raises(cf.ReadError):
        cf.formula(source)
