"""A formula may have the name of a differential in it: its derivative is then taken along another."""

import numpy as np
import pytest

import closedform as cf

RNG = np.random.default_rng(3)


@pytest.mark.parametrize(("text", "by", "shown"), [
    ("dx'*x", "x", "dx"), ("(x - dx)'*(x - dx)", "x", "2*(x - dx)"), ("sum(dx1.*dx.*x.^2)", "x", "2*dx1.*dx.*x"),
])  # fmt: skip
def test_gradients(text: str, by: str, shown: str) -> None:
    g = cf.formula(text, "x in R^n").grad(by)
    assert g.text == shown and g.check().level == "A"


def test_of_matrices_and_twice() -> None:
    f = cf.formula("tr(dX'*X*X*X)")
    assert f.grad("X").check().level == f.hessian("X").check().level == "A"
    assert cf.formula("dx.*x.*x").jacobian("x").check().level == "A"
    assert cf.formula("dt*t^2", "t in R").grad("t").text == "2*dt*t"
    D, E = RNG.standard_normal((2, 3, 3))
    again = cf.formula("tr(X*A*X)").derivative("X").grad("X")
    assert np.allclose(again(A=D, dX=E), (E @ D + D @ E).T)
