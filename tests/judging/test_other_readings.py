"""Lines that are wrong in one reading and right in another that the text allows; and the slips found all the same."""

import numpy as np
import pytest

from closedform import judge

RIGHT = [
    # a variable called d beside differentials
    "f = c: Y^{-1} d\ndf = -c: Y^{-1} dY Y^{-1} d\n   = -Y^{-T} c d' Y^{-T} : dY",
    "f = d' X b\ndf = d' dX b\n∂f/∂X = d b'",
    "f = a'*X*d + d'*d\ndf = a'*dX*d\n∂f/∂X = a*d'",
    "d = y - X*b\nf = d:d\ndf = 2*d:dd\n   = -2*d:X*db\n   = -2*X'*d:db",
    "Let $f = c : Y^{-1} d$. Then\n\\begin{align*}\ndf &= c : dY^{-1} d \\\\\n&= -c : Y^{-1}\\,dY\\,Y^{-1}d \\\\\n"
    "&= -Y^{-T}cd^TY^{-T} : dY\n\\end{align*}",
    r"Let $f = \|Xd-b\|^2$. Then $df = 2(Xd-b)^T dX\,d$ and $\frac{\partial f}{\partial X} = 2(Xd-b)d^T$.",
    r"Let $f(x) = x^TAx + d^Tx$. Then $df = x^T(A+A^T)dx + d^Tdx$, so $\nabla f = (A+A^T)x + d$.",
    r"Let $D = \operatorname{diag}(d)$ and $f = \operatorname{tr}(D X)$. Then $df = \operatorname{tr}(D\,dX)$.",
    r"Let $\alpha = c^TX^{-1}d$. Then $d\alpha = -c^TX^{-1}\,dX\,X^{-1}d$.",
    # a size called d
    r"Let $x \in \mathbb{R}^d$ and $f(x) = -\frac{d}{2}\log(2\pi) - \frac12 x^Tx$. Then $df = -x^T dx$.",
    # gradients by matrices in numerator layout, which is said
    r"Let $f = \operatorname{tr}(AXB)$. In numerator layout $\frac{\partial f}{\partial X} = BA$.",
    r"Let $g(X)=\det X$. Then $\frac{\partial g}{\partial X} = \det(X) X^{-1}$ (numerator layout).",
    # shorthand
    r"Let $p_i = \frac{\exp(z_i)}{\sum_k \exp(z_k)}$. Then $\frac{\partial p_i}{\partial z_j} = p_i(1\{i=j\} - p_j)$.",
    r"Let $f(x) = \sqrt{x_1^2 + x_2^2 + \cdots + x_n^2}$. Then $\frac{\partial f}{\partial x_i} = \frac{x_i}{\|x\|}$.",
    r"Let $\Sigma = \Sigma(\rho)$ be a covariance matrix, and $f = \log\det\Sigma$. Then"
    "\n" r"$$\frac{df}{d\rho} = \operatorname{tr}\left(\Sigma^{-1}\frac{d\Sigma}{d\rho}\right).$$",
    r"Let $A = (a_{ij})$ and $f(x) = \sum_{i,j} a_{ij} x_i x_j$. Then"
    "\n" r"$$\frac{\partial f}{\partial x_k} = \sum_j a_{kj}x_j + \sum_i a_{ik}x_i = (Ax)_k + (A^Tx)_k.$$",
    # a gradient that is given, of a function that is not defined
    r"Let $G = \frac{\partial \lambda}{\partial Y}$ and $Y = XX^T$. Then $d\lambda = G : dY = (G + G^T)X : dX$.",
    "Y = A*X*B\nG = ∂L/∂Y\ndL = G:dY\n = G:A*dX*B\n∂L/∂X = A'*G*B'",
]  # fmt: skip

WRONG = [
    ("y = A*x\ng = ∂L/∂y\n∂L/∂x = A*g", 3),
    ("f = c: Y^{-1} d\ndf = c: Y^{-1} dY Y^{-1} d", 2),
    ("f = d' X b\ndf = d' dX b\n∂f/∂X = b d'", 3),
    ("f = (A x - d)'(A x - d)\ndf = 2 (A x - d)' A dx\n∇f = A'(A x - d)", 3),
    ("f = a'*X*d + d'*d\ndf = 2*a'*dX*d", 2),
    ("d = y - X*b\nf = d:d\ndf = 2*d:dd\n   = 2*d:X*db", 4),
    ("Let $\\alpha = c^TX^{-1}d$. Then\n$d\\alpha = c^TX^{-1}\\,dX\\,X^{-1}d$.", 2),
    ("Let $x \\in \\mathbb{R}^d$ and $f(x) = -\\frac{d}{2}\\log(2\\pi) - \\frac12 x^Tx$. Then\n$df = x^T dx$.", 2),
    ("Let $f = \\operatorname{tr}(AXB)$. In numerator layout\n$\\frac{\\partial f}{\\partial X} = AB$.", 2),
    ("Let $f = \\operatorname{tr}(AXB)$. Then\n$\\frac{\\partial f}{\\partial X} = BA$.", 2),
    ("Let $p_i = \\frac{\\exp(z_i)}{\\sum_k \\exp(z_k)}$.\n"
     "$\\frac{\\partial p_i}{\\partial z_j} = p_i(1\\{i=j\\} - p_i)$.", 2),
    ("Let $f(x) = \\sqrt{x_1^2 + \\cdots + x_n^2}$. Then\n"
     "$\\frac{\\partial f}{\\partial x_i} = \\frac{2x_i}{\\|x\\|}$.", 2),
    ("Let $\\Sigma = \\Sigma(\\rho)$ and $f = \\log\\det\\Sigma$.\n"
     "$\\frac{df}{d\\rho} = \\operatorname{tr}\\left(\\Sigma\\frac{d\\Sigma}{d\\rho}\\right)$.", 2),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_a_line_that_is_right_in_a_reading_is_not_blamed(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_a_slip_is_found_at_its_line_in_every_reading(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text


def test_the_reading_that_was_taken_is_told_in_the_letters_that_were_typed() -> None:
    found = judge("f = c: Y^{-1} d\ndf = c: Y^{-1} dY Y^{-1} d")
    assert found.assumed == ("c ∈ ℝⁿ", "Y ∈ ℝ^(n×n)", "d ∈ ℝⁿ", "d is a variable, dX a differential")
    step = found.first_wrong
    assert step is not None and step.right_line == "-c'*Y^-1*dY*Y^-1*d" and step.example is not None
    assert set(step.example.point) == {"c", "Y", "d", "dY"}


def test_what_does_not_stand_in_the_function_refutes_no_line() -> None:
    found = judge("z = W*x + b\nL = norm(a - y)^2\ndL = 2*(a-y)'*da\n   = 2*(a-y)'*W*dx")
    assert found.verdict == "undecided" and "x does not stand in what is differentiated" in found.text


def test_the_lines_called_right_are_right_in_numbers() -> None:
    """``-Y^{-T} c d' Y^{-T}`` by complex steps in every entry."""
    rng = np.random.default_rng(0)
    y, c, d = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    slope = np.empty((3, 3))
    for at in np.ndindex(3, 3):
        moved = y.astype(complex)
        moved[at] += 1e-30j
        slope[at] = (c @ np.linalg.solve(moved, d)).imag / 1e-30
    inverse = np.linalg.inv(y).T
    assert np.allclose(slope, -inverse @ np.outer(c, d) @ inverse, rtol=1e-12)
