r"""Readings on which right lines hang: functions with a Greek letter, numbers and vectors, cases, families."""

import pytest

from closedform import judge

SIGMOID = r"Let $\sigma(t) = \frac{1}{1+e^{-t}}$."
SOFTMAX = "p_k = exp(z_k)/sum_j exp(z_j)"
TEX_SOFTMAX = r"Let $p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$."
RIGHT = [
    # a letter that is defined as a function is one where it is applied
    SIGMOID + "\n" + r"$f(w) = \log(1 + e^{-a^\top w})$, so $\nabla f(w) = -\sigma(-a^\top w) a$.",
    "Let sigma(t) = 1/(1+exp(-t)).\nf(w) = log(1 + exp(-a'w))\ngrad f = -sigma(-a'w) a",
    r"Let $\hat y = \sigma(w^\top x)$ with $\sigma(z) = \frac{1}{1+e^{-z}}$ and $L = \frac12 (\hat y - t)^2$. "
    r"Then $\frac{\partial L}{\partial w} = (\hat y - t)\hat y(1-\hat y) x$.",
    r"Let $\sigma(t) = t^3$ and $f(w) = \sigma(a^\top w)$. Then $\nabla f = 3 (a^\top w)^2 a$.",
    # what is differentiated is a number
    "L = -y log(p) - (1-y) log(1-p), where p = sigmoid(w'x)\ndL/dp = -y/p + (1-y)/(1-p)\ndL/dw = (p - y) x",
    r"Let $\hat{y} = \sigma(z)$ where $z = w^\top x$. $L = -y \log \hat y - (1-y)\log(1-\hat y)$. "
    r"$\frac{\partial L}{\partial w} = (\hat y - y) x$",
    "L = sum_i (y_i - m)^2\ndL/dm = -2 sum_i (y_i - m)",
    # cases of indices
    f"{SOFTMAX}\nFor j != k we have\ndp_k/dz_j = -p_k p_j",
    f"{SOFTMAX}\nFor j = k: dp_k/dz_j = p_k (1 - p_k)\ndp_k/dz_j = -p_k p_j  (j ≠ k)",
    f"{SOFTMAX}\ndp_k/dz_k = p_k (1 - p_k)\ndp_k/dz_j = -p_k p_j",
    TEX_SOFTMAX + r" For $j \neq k$, $\frac{\partial p_k}{\partial z_j} = "
    r"-\frac{e^{z_k} e^{z_j}}{(\sum_l e^{z_l})^2}$.",
    TEX_SOFTMAX + r" $$\frac{\partial p_k}{\partial z_j} = -p_k p_j \quad (j \neq k)$$",
    # others
    "V = sum_i m_i ||r_i - c||^2\ndV/dc = -2 sum_i m_i (r_i - c)\n = 0\nc = sum_i m_i r_i / sum_i m_i",
    "L = 1/2 (y - w'x)^2\nd2L/dw2 = x x'",
    "F(t) = (A + t*B)^-1, t is a scalar\n∂²F/∂t² = 2*F*B*F*B*F",
    "f(m) = sum_i 1/2 (x_i - m)' C^-1 (x_i - m), i = 1..n, with a covariance C (symmetric)\n"
    "grad f = n C^-1 m - C^-1 sum_i x_i",
]


@pytest.mark.parametrize("text", RIGHT)
def test_is_right(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SIGMOID + "\n" + r"$f(w) = \log(1 + e^{-a^\top w})$, so" + "\n" + r"$\nabla f(w) = \sigma(-a^\top w) a$.", 3),
        (r"Let $\sigma(t) = t^3$, $f(w) = \sigma(a^\top w)$." + "\n" + r"Then $\nabla f = 3 \sigma(a^\top w) a$.", 2),
        ("L = -y log(p) - (1-y) log(1-p), where p = sigmoid(w'x)\ndL/dw = (y - p) x", 2),
        (f"{SOFTMAX}\ndp_k/dz_j = -p_k p_j", 2),
        (f"{SOFTMAX}\nFor j = k: dp_k/dz_j = -p_k p_j", 2),
        (f"{SOFTMAX}\ndp_k/dz_j = p_k p_j (j != k)", 2),
        ("f(m) = sum_i 1/2 (x_i - m)'(x_i - m), i = 1..n\ngrad f = m - sum_i x_i", 2),
        ("V = sum_i m_i ||r_i - c||^2\ndV/dc = -2 sum_i m_i (r_i - c)\n = 0\nc = sum_i r_i / sum_i m_i", 4),
        ("Let 1'w = 1 and L = mu'w - lambda (1'w - 1)\ndL/dw = mu + lambda 1", 2),
    ],
)
def test_is_wrong(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text


def test_what_was_taken_for_a_number_is_said() -> None:
    found = judge("L = -y log(p) - (1-y) log(1-p), where p = sigmoid(w'x)\ndL/dw = (p - y) x")
    assert "y is a number, so that L is one" in found.assumed


def test_a_line_for_a_case_that_is_not_used_is_not_blamed() -> None:
    found = judge("f(w) = max(0, 1 - y w'x), y is a scalar\nIf y w'x < 1, grad f = -y x.")
    assert found.verdict == "undecided" and "it is said for y w'x < 1" in found.text
