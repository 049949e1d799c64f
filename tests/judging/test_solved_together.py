r"""Several gradients set to zero at once, names that an equation says the value of, squares that are names,
quotients of entries, and what holds for one size alone.
"""

import pytest

from closedform import judge

NORMAL = (
    r"Let $\ell(\mu,\sigma^2) = -\frac n2\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\sum_{i=1}^n(x_i-\mu)^2$, scalar data."
    "\n"
    r"$\frac{\partial\ell}{\partial\mu} = \frac{1}{\sigma^2}\sum_{i=1}^n(x_i-\mu)$,"
    r" $\frac{\partial\ell}{\partial\sigma^2} = -\frac{n}{2\sigma^2} + \frac{1}{2\sigma^4}\sum_{i=1}^n(x_i-\mu)^2$"
    "\n"
    r"Setting both to zero gives $\mu = \frac1n\sum_{i=1}^n x_i$ and $\sigma^2 = "
)
QUADRATIC = (
    r"$f(x) = \frac12 x^TAx - b^Tx$ with $A$ symmetric has $\nabla f(x) = Ax - b$ and $\nabla^2 f = A$."
    "\nThe Newton step $p$ solves "
)
DISTANCE = r"Let $d^2 = (x-\mu)^T S^{-1}(x-\mu)$ with $S$ symmetric." + "\n"
ENTROPY = r"$\psi(x) = \sum_i x_i\log x_i$ and "
PROGRAM = """L(x, ν) = ½ xᵀPx + qᵀx + νᵀ(Ax − b), with P symmetric
Stationarity: Px + q + Aᵀν = 0
so x = −P⁻¹(q + Aᵀν)
Substituting in Ax = b: −AP⁻¹(q + Aᵀν) = b
so ν = −(AP⁻¹Aᵀ)⁻¹(b + AP⁻¹q)"""

RIGHT = [
    NORMAL + r"\frac1n\sum_{i=1}^n(x_i-\mu)^2$.",
    QUADRATIC + "$Ap = b - Ax$, so $x + p = A^{-1}b$.",
    "Let f(x) = x'Ax with A symmetric. The vector u satisfies Au = b.\ngrad f = 2Ax",
    DISTANCE + r"Then $\frac{\partial d^2}{\partial x} = 2S^{-1}(x-\mu)$",
    "D² = (μ₁ − μ₂)ᵀ S⁻¹ (μ₁ − μ₂), S symmetric\n∂D²/∂μ₂ = 2S⁻¹(μ₂ − μ₁)",
    ENTROPY + r"$\nabla\nabla^T\psi = \mathrm{diag}(1/x)$",
    r"$\psi(x) = x^TAx$, $c = \psi(x) - \psi(y) - \nabla\psi(y)^T(x-y) = (x-y)^TA(x-y)$",
    "n(x) = x/||x||\nJ = (I - n n')/||x||",
    PROGRAM,
    "f(x,y) = x'Ax + x'By + y'Cy - a'x - b'y, A and C symmetric\ngrad_x f = 2Ax + By - a\ngrad_y f = B'x + 2Cy - b\n"
    "Setting both to zero gives x = 1/2 A^-1 (a - By) and y = 1/2 C^-1 (b - B'x).",
]


@pytest.mark.parametrize("text", RIGHT)
def test_is_right(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


WRONG = [
    (NORMAL + r"\frac1{n-1}\sum_{i=1}^n(x_i-\mu)^2$.", 3),
    (NORMAL + r"\frac1{2(n-1)}\sum_{i=1}^n(x_i-\mu)^2$.", 3),  # right for n = 2
    (DISTANCE + r"Then $\frac{\partial d^2}{\partial \mu} = 2S^{-1}(x-\mu)$", 2),
    (ENTROPY + "\n" + r"$\nabla^2\psi = \mathrm{diag}(1/x^2)$", 2),
    (PROGRAM.replace("(b + AP⁻¹q)", "(b − AP⁻¹q)"), 5),
    (
        r"$L(w,\lambda) = \|y - Xw\|^2 + \lambda\|w\|^2$ is the Lagrangian."  # a penalty, which is no constraint
        "\n"
        r"$\frac{\partial L}{\partial w} = -2X^T(y-Xw) + 2\lambda w = 0$"
        "\n"
        r"so $w = X^Ty$.",
        3,
    ),
]


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_is_wrong(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text


@pytest.mark.parametrize(
    "text",
    [
        QUADRATIC + "$Ap = b + Ax$.",
        "f(x) = 1/2 x'Ax - b'x, A symmetric\ngrad f = Ax - b\nThe minimiser satisfies Ax = c.\nSo x = A^-1 c.",
    ],
)
def test_another_equation_is_not_called_right(text: str) -> None:
    assert judge(text).verdict != "right"


@pytest.mark.parametrize(
    "text",
    [
        "ℓ(θ) = n log θ − θ sum(x)\nℓ'(θ) = n/θ − sum(x)\nℓ''(θ) = −n/θ²",
        "φ(x) = log σ(a'x)\n∇φ = (1 − σ(a'x)) a",
        "q(x) = 1/(1 + x'A x), A symmetric\n∇²q = -2 q^2 A - 4 q (A x) (∇q)'",
        r"$\ell(\beta) = y^\top X\beta - \mathbf{1}^\top\log(1+\exp(X\beta))$, "
        r"$\frac{\partial\ell}{\partial\beta} = X^\top y - X^\top\frac{e^{X\beta}}{1+e^{X\beta}}$",
    ],
)
def test_functions_without_brackets_and_functions_of_entries(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


def test_a_gradient_on_a_manifold_is_not_judged() -> None:
    said = r"$f(x) = x^TAx$, $A = A^T$; the Riemannian gradient on the sphere $x^Tx=1$ is "
    found = judge(said + r"$\operatorname{grad} f = (I - xx^T)\,2Ax = 2Ax - 2(x^TAx)x$.")
    assert found.verdict == "undecided" and found.steps[-1].status == "right", found.text
    assert judge(said + r"$\operatorname{grad} f = (I - xx^T)\,2Ax = 2Ax - (x^TAx)x$.").verdict == "wrong"
