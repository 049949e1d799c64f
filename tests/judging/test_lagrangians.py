r"""What a derivation may use without saying it: the constraint of a Lagrangian, that a covariance is symmetric; and
derivatives written before a sum, twice along directions, and by entries.
"""

import pytest

from closedform import judge

LAGRANGIAN = r"The Lagrangian is $L(w,\lambda) = w^TSw - \lambda(w^Tw - 1)$, $S$ symmetric." + "\n"
STATIONARY = LAGRANGIAN + r"$\frac{\partial L}{\partial w} = 2Sw - 2\lambda w = 0$, so "
PORTFOLIO = """The Lagrangian is L(w, λ) = ½ w'Σw − λ(1'w − 1), Σ symmetric.
∇_w L = Σw − λ1
Setting it to zero gives w = λΣ⁻¹1
and from 1'w = 1 we get λ = 1/(1'Σ⁻¹1).
So w = Σ⁻¹1/(1'Σ⁻¹1)"""
SOFTMAX = "Let $s_i = \\frac{e^{x_i}}{\\sum_k e^{x_k}}$. Then\n"

RIGHT = [
    STATIONARY + "$w^TSw = \\lambda w^Tw = \\lambda$.",
    PORTFOLIO,
    r"The Gaussian $\log p(x) = -\frac12\log|\Sigma| - \frac12(x-\mu)^T\Sigma^{-1}(x-\mu)$ has"
    r" $\nabla_x\log p = -\Sigma^{-1}(x-\mu)$",
    "f(x) = x'*A*x\n∇_x x'Ax + b'x = (A + A')x + b",
    r"$\nabla_w \frac12\|Xw - y\|^2 + \lambda w = X^T(Xw-y) + \lambda w$",
    "f(X) = log(det(X))\nD^2f(X)[H,K] = -tr(X^-1*K*X^-1*H)",
    r"Let $F(X) = X^{-1}$. $D^2F(X)[H][K] = X^{-1}HX^{-1}KX^{-1} + X^{-1}KX^{-1}HX^{-1}$",
    SOFTMAX + r"$\frac{\partial s_i}{\partial x_j} = s_i(\delta_{ij} - s_j)$",
    "p_i = 1/(1 + exp(-x_i'*b))\nW = diag(p_i*(1-p_i))\nl(b) = sum_i (y_i*x_i'*b - log(1 + exp(x_i'*b)))\n"
    "hess l = -X'*W*X",
    "f(x) = log(sum_i exp(x_i))\np_i = exp(x_i)/sum_j exp(x_j)\n∂²f/∂x_i∂x_j = p_i δ_ij − p_i p_j",
    "Y = A X B\n∂vec(Y)/∂vec(X) = B' ⊗ A",
    r"$f = a^TX^{-1}b$, $df = a^Td(X^{-1})b$",
    "L(x) = ½xᵀAx\n∇ₓL = ½(A + Aᵀ)x",
]


@pytest.mark.parametrize("text", RIGHT)
def test_is_right(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


WRONG = [
    (STATIONARY + "\n$w^TSw = \\lambda^2$", 3),
    (LAGRANGIAN + r"$\frac{\partial L}{\partial w} = 2Sw - 2\lambda$", 2),
    (PORTFOLIO.replace("Σ⁻¹1/(1'Σ⁻¹1)", "Σ⁻¹1/(1'Σ1)"), 5),
    ("f = x'*Σ^-1*x\ngrad f = 2 Σ^-1 x", 2),
    ("f(x) = x'*A*x\n∇_x x'Ax + b'x = (A + A')x - b", 2),
    ("f(X) = tr(X^3)\nDf(X)[H] = 3*tr(X^2*H)\nD^2f(X)[H,H] = 3*tr(X*H*H)", 3),
    (SOFTMAX + r"$\frac{\partial s_i}{\partial x_j} = s_i(\delta_{ij} - s_i)$", 2),
    ("Y = A X B\n∂vec(Y)/∂vec(X) = A ⊗ B'", 2),
]


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_is_wrong(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text
    assert "1/{I}" not in (found.first_wrong.right_line or ""), found.text
