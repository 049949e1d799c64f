r"""What stands left of the formula in LaTeX, or is said behind it: chains of ``=``, ``\forall``, given data."""

import pytest

import closedform as cf
from closedform.errors import ClosedformError


@pytest.mark.parametrize(
    ("latex", "same"),
    [
        (r"J(w) = \|y - Xw\|^2 = (y - Xw)^\top (y - Xw)", "||y - X*w||^2"),
        (r"\sigma = \sqrt{w^\top \Sigma w} = (w^\top \Sigma w)^{1/2}", "sqrt(w'*Sigma*w)"),
        (r"y = f(x) = x^\top A x", "x'*A*x"),
        (r"= x^\top A x", "x'*A*x"),
        (r"&= x^\top A x", "x'*A*x"),
        (r"h' = x^\top A x", "x'*A*x"),
        (r"p(z_k | z_{1:k-1}) = x^\top A x", "x'*A*x"),
        (r"\text{Gaussian}(\mathbf{x}) = p(\mathbf{x} | \boldsymbol\mu) = \mathbf{x}^\top A \mathbf{x}", "x'*A*x"),
        (r"W_2(P_1, P_2)^2 = x^\top A x", "x'*A*x"),
        (r"x^\top A x, \quad \forall x \neq \mathbf{0}", "x'*A*x"),
        (r"\|A \odot (1 - M)\|_F^2", "||A.*(ones(m,n) - M)||_F^2"),
        (r"x^\top L_{X_s} x", "x'*L_X_s*x"),
        (r"\begin{cases} x^2 \text{ if } x > 1 \\ 0 \text{ otherwise} \end{cases}", "x^2*step(x - 1)"),
    ],
)
def test_is_read(latex: str, same: str) -> None:
    formula = cf.formula(latex, syntax="latex")
    assert formula == cf.formula(same, where=formula.where)


def test_what_is_left_out_is_said() -> None:
    said = cf.formula(r"x^\top A x, \quad \forall x \neq \mathbf{0}", syntax="latex").assumed
    assert r"What follows is left out: \forall x \neq \mathbf{0}." in said
    said = cf.formula(r"J(w) = \|y - Xw\|^2 = (y - Xw)^\top (y - Xw)", syntax="latex").assumed
    assert r"What stands right of the sign = is read: (y - Xw)^\top (y - Xw)." in said


@pytest.mark.parametrize("latex", [r"A x = b", r"f(x) = A x = b", r"f(x) = x^2 = 4", r"\nabla f(x) = A x - b = 0"])
def test_equations_are_refused(latex: str) -> None:
    with pytest.raises(ClosedformError, match="both sides of ="):
        cf.formula(latex, syntax="latex")
