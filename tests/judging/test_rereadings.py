"""Lines that are wrong as a text stands first and right as it may be meant, and slips that are wrong in every way."""

import numpy as np
import pytest

from closedform import judge

RIGHT = [
    # f' after f, without its argument: a derivative, a row or a column
    "f = x'*A*x\nf' = x'*(A+A')",
    "f(x) = x'*A*x\nf' = (A+A')*x\nf'' = A + A'",
    r"$f(x) = x^TAx$" "\n" r"$f' = x^T(A+A^T)$ and $f'' = A+A^T$",
    "f = ||Ax-b||^2/2\nf' = (Ax-b)'A\nf'' = A'A",
    "E = 1/2 sum_n (t_n - w'x_n)^2\nE' = -sum_n (t_n - w'x_n) x_n",
    # a model with an error: y is observed, and the error moves
    "y = Xβ + ε\nS(β) = ε'ε = (y - Xβ)'(y - Xβ)\n∂S/∂β = -2X'y + 2X'Xβ = 0\nβ̂ = (X'X)^{-1}X'y",
    "y = X*b + e\nL = e'*e\n∂L/∂b = -2*X'*(y-X*b)",
    r"Let $y = X\beta + \varepsilon$. We minimize $S = \varepsilon^T\varepsilon$." "\n"
    r"$\frac{\partial S}{\partial\beta} = -2X^T(y-X\beta)$.",
    # a name that is declared anew is no longer what it was defined to be
    "Let y = Ax, where A is m×n.\nThen ∂y/∂x = A.\nLet the scalar α be defined by α = y^T A x, where y is m×1.\n"
    "Then ∂α/∂x = y^T A\nand ∂α/∂y = x^T A^T.",
    # f = g(y) = … defines both
    "f = g(y) = y^T y where y = A*x\n∂f/∂x = 2*A^T*y",
    # what stands there of functions stands there of their values
    r"Let $f(x) = \sigma(a^Tx)$ with $\sigma(t)=\frac{1}{1+e^{-t}}$. Since $\sigma' = \sigma(1-\sigma)$," "\n"
    r"$$\nabla f = \sigma(a^Tx)(1-\sigma(a^Tx))\,a$$" "\n"
    r"$$\nabla^2 f = \sigma(a^Tx)(1-\sigma(a^Tx))(1-2\sigma(a^Tx))\,aa^T$$",
    # a colon of the sentence
    "Gaussian: we maximise over Λ = Σ^{-1}, with S the sample covariance\nℓ(Λ) = log det Λ - tr(SΛ)\n"
    "dℓ = tr((Λ^{-1} - S) dΛ)\nSetting this to zero for all dΛ: Λ^{-1} = S, i.e. Σ = S.",
    # derivatives by stacked matrices
    "F(X) = A*X*B\nDF(X) = B' ⊗ A",
    r"$\phi(x) = x^TAx$" "\n" r"$\mathsf{D}\phi(x) = x^T(A+A^T)$",
    r"Let $\phi(X) = \log|X|$." "\n" r"$D\phi(X) = (\operatorname{vec} (X^{-1})')'$",
    "F = AXB\n∂vec F/∂(vec X)' = B' ⊗ A",
    r"$F = AXB$. $\frac{\partial \operatorname{vec}F}{\partial (\operatorname{vec} X)^T} = B^T \otimes A$",
    r"Let $\psi(A) = \operatorname{tr}(A^{-1}B)$. Then $\frac{\partial\psi}{\partial A'} = -A^{-1}BA^{-1}$.",
    # numerator layout, which the sizes tell
    "f = tr(A*X)\n∂f/∂X = A\ng = tr(X*B)\n∂g/∂X = B",
    # differentials of determinants in bars
    r"Let $\phi(X) = \log|X|$. Then $d\phi = |X|^{-1} d|X| = \operatorname{tr}(X^{-1}dX)$.",
    r"$f=\log|X|$" "\n" r"$df = \frac{d|X|}{|X|}$",
    # entries of a vector that was defined as a whole; a name that a chain gives at its end
    "p = exp(z)/sum(exp(z))\ndp_i/dz_j = p_i*(delta_ij - p_j)",
    "f(x) = log(sum_i exp(x_i))\n∇f = exp(x)/sum(exp(x)) = p\n∇²f = diag(p) - p p^T",
    # traces without brackets, a number behind a power
    "f = tr(X^T X)\ndf = 2 tr X^T dX",
    "r(x) = x'A x / x'x\ndr = (dx'A x + x'A dx)(x'x)^-1 - (x'Ax)(x'x)^-2 2x'dx",
    # the chain rule beside each other; what is said below all formulas
    "h(x) = Ax - b\nf = ||h||\n∂f/∂h = h'/||h||\n∂h/∂x = A\n∂f/∂x = ∂f/∂h ∂h/∂x = h'A/||h||",
    r"\begin{align}" "\n" r"\frac{\partial}{\partial x}(x-As)^TW(x-As) &= 2W(x-As)" "\n" r"\end{align}" "\n"
    "for symmetric $W$.",
    # letters of LaTeX with two spellings
    r"Let $\varphi(x) = x^TAx$ and $f = 2\varphi(x)$. Then $\nabla f = 2(A+A^T)x$.",
]  # fmt: skip

WRONG = [
    ("f = x'*A*x\nf' = 2*x'*A", 2),
    ("f = x'*A*x\nf' = x'*(A-A')", 2),
    ("f(x) = x'*A*x\nf' = (A+A')*x\nf'' = A", 3),
    ("f(w) = ||X w - y||^2 + λ w'w\nf' = 2X'(Xw - y) + λ w\nf'' = 2X'X + 2λI", 2),
    ("y = Xβ + ε\nS = ε'ε\n∂S/∂β = 2X'(y - Xβ)", 3),
    ("y = X*b + e\nf = e'*e\n∂f/∂b = -X'*e", 3),
    ("y = A*x\na = y'*A*x\n∂a/∂x = y'*A", 3),
    ("Let y = A*x.\n∂y/∂x = A\nα = y'*A*x where y is m×1\n∂α/∂x = y'*A'", 4),
    ("f = g(y) = y'y, y = A*x\n∂f/∂x = 2*A*y", 2),
    ("$f(x) = \\sigma(a^Tx)$ with $\\sigma(t)=\\frac{1}{1+e^{-t}}$.\n$\\sigma' = \\sigma(1+\\sigma)$", 2),
    ("$f(x) = \\sigma(a^Tx)$ with $\\sigma(t)=\\frac{1}{1+e^{-t}}$.\n"
     "$\\nabla^2 f = \\sigma(a^Tx)(1-\\sigma(a^Tx))(1-\\sigma(a^Tx))aa^T$", 2),
    ("f = log det(X)\nfor all dX: df = tr(X dX)", 2),
    ("F(X) = A*X*B\nDF(X) = A ⊗ B'", 2),
    ("F = A*X*B\n∂vec F/∂(vec X)' = A ⊗ B'", 2),
    ("f = tr(A*X)\n∂f/∂X = A\ng = tr(X*B)\n∂g/∂X = B'", 2),
    ("$f=\\log|X|$\n$df = |X| d|X|$", 2),
    ("p = exp(z)/sum(exp(z))\ndp_i/dz_j = p_i*(1 - p_j)", 2),
    ("f(x) = log(sum(exp(x)))\n∇f = exp(x)/sum(exp(x)) = p\n∇²f = diag(p) + p*p'", 3),
    ("f = tr(X^T X)\ndf = tr X^T dX", 2),
    ("u = Ax; f = u'u\n∂f/∂u = 2u'\n∂f/∂x = ∂f/∂u ∂u/∂x = 2u'A'", 3),
    ("Let $f = \\operatorname{tr}(AB)$.\n$\\frac{\\partial f}{\\partial A'} = 2B$", 2),
    ("Let $\\varphi(x) = x^TAx$ and $f = 2\\varphi(x)$.\n$\\nabla f = (A+A^T)x$.", 2),
]  # fmt: skip

UNDECIDED = [
    "f = tr(A*X)\n∂f/∂X = A\ng = log det(X)\n∂g/∂X = X^-1",
    "E(w) = sum_{n=1}^N (t_n - w'φ_n)^2\n∇E = -2*sum_{n=1}^N (t_n - w'φ_n) φ_n = 0\nw = (Φ'Φ)^-1 Φ' t",
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_line_is_read_again_before_it_is_blamed(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_a_slip_is_wrong_in_every_way(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text


@pytest.mark.parametrize("text", UNDECIDED)
def test_what_may_be_meant_so_is_not_blamed(text: str) -> None:
    found = judge(text)
    assert found.verdict == "undecided", found.text


def test_the_way_that_was_taken_is_told_and_the_lines_are_those_typed() -> None:
    found = judge("y = X*b + e\nL = e'*e\n∂L/∂b = -2*X'*(y-X*b)")
    assert found.assumed[-1] == "y is given, e is defined by it"
    assert found.steps[0].text == "y = X*b + e"
    assert judge("f = x'*A*x\nf' = x'*(A+A')").assumed[-1] == "f' is the derivative by x"


def test_words_at_the_end_of_a_line_say_nothing_of_the_next_formula() -> None:
    """``covariance`` is no property of the C that the next line begins with."""
    found = judge("with S the sample covariance\nC = A*B\nf = tr(C'C)\n∂f/∂A = 2*C*B'")
    assert found.verdict == "right", found.text


def test_the_lines_called_right_are_right_in_numbers() -> None:
    """``-2X'(y - Xβ)`` and ``(B' ⊗ A)`` by complex steps and by stacking."""
    rng = np.random.default_rng(1)
    x, y, b = rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)
    slope = np.empty(3)
    for k in range(3):
        moved = b.astype(complex)
        moved[k] += 1e-30j
        e = y - x @ moved
        slope[k] = (e @ e).imag / 1e-30
    assert np.allclose(slope, -2 * x.T @ (y - x @ b), rtol=1e-12)
    left, middle, right = rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), rng.normal(size=(4, 5))
    stacked = np.kron(right.T, left) @ middle.ravel(order="F")
    assert np.allclose(stacked, (left @ middle @ right).ravel(order="F"), rtol=1e-12)


def verdicts(text: str) -> list[str]:
    return [step.status for step in judge(text).steps]


def test_a_chain_from_a_differential_that_nothing_tells_is_judged_from_there() -> None:
    assert verdicts("df = tr(A*dX*B)\n= tr(B*A*dX)\n= tr(A*B*dX)") == ["undecided", "right", "wrong"]
    assert verdicts("df = 2*x'*dx = 0\nso x = 0") == ["undecided"] * 3
