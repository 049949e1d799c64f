"""What stays at its kink is smooth; what never has a value is said so; indices have letters."""

import pytest

import closedform as cf


@pytest.mark.parametrize(("text", "where", "holds"), [
    ("max(s, s)", "s in R", ()), ("max(0, s - s)*s", "s in R", ()), ("||0*x||*s", "s in R", ()),
    ("log(0*s)", "s in R", ("0 > 0, which never holds",)), ("1/(s - s)", "s in R", ("0 ≠ 0, which never holds",)),
    ("sum(max(0, A*x - b).^2)", "", ()), ("sum(max(A*x - b, 0).^2)", "", ()),
    ("sum(max(0, A*x - b))", "", ("Ax ≠ b in every entry",)),
    ("abs(x'*x)", "", ()), ("relu(-x'*A'*A*x)", "", ()), ("max(0, x'*x) + min(x'*x, 0)", "", ()),
    ("abs(x'*A*x)", "", ("xᵀAx ≠ 0",)), ("sign(x'*x)*b'*x", "", ("x ≠ 0",)),
])  # fmt: skip
def test_where_the_gradient_holds(text: str, where: str, holds: tuple[str, ...]) -> None:
    f = cf.formula(text, where)
    assert f.grad("s" if "s in R" in where else "x").conditions == holds


def test_no_name_of_an_index_is_made_up() -> None:
    g = cf.formula("sum(i, sum(j, max(0, 1 - ||x[i] - x[j]||)^2))").grad("x")
    assert g.conditions == ("x[j] ≠ x[i]",)
