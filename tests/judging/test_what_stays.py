r"""What moves where a function says what it is of; names in bold without braces; functions that nothing defines."""

import pytest

from closedform import judge
from closedform.judging.prose import facts

RIGHT = [
    r"$D(x) = (x-\mu)'S(x-\mu)$, $S$ symmetric. Put $u = x-\mu$, so $du = dx$. Then $dD = 2u'S\,dx$."
    r" So $\partial D/\partial \mu = -2S(x-\mu)$.",
    "f(x) = x'*A*y\ndf = dx'*A*y\ndf/dy = A'*x",
    r"\begin{align*} z &= Wx\\ L &= \tfrac12\|z - y\|^2\\ \boldsymbol\delta = \frac{\partial L}{\partial z} &= z - y\\"
    r" \frac{\partial L}{\partial W} &= \boldsymbol\delta x^\top \end{align*}",
    "f(x) = \\log \\sum_i \\exp(x_i)\n\nThen $\\nabla f(x) = \\mathrm{softmax}(x)$.",
    r"For symmetric $A$, $B$: $f(x) = x^TAx + x^TBx$ and $\nabla f(x) = 2Ax + 2Bx$.",
    r"Let $f(x) = x^TSx$, where $S$ is the (symmetric) covariance. Then $\nabla f(x) = 2Sx$.",
]
WRONG = [
    ("f(x, y) = x'*A*y\ndf = dx'*A*y\ndf/dy = A'*x", 2), ("f(x) = x'*A*x + b'*x\ndf = dx'*A*x + b'*dx", 2),
    (r"For symmetric $A$ and general $B$: $f(x) = x^TAx + x^TBx$ and $\nabla f(x) = 2Ax + 2Bx$.", 1),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    assert judge(text).verdict == "right", judge(text).text


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_wrong(text: str, line: int) -> None:
    found = judge(text).first_wrong
    assert found is not None and found.line == line


@pytest.mark.parametrize("text", ["Let p = softmax(A*x)\n∇f = A'*p", r"Let $p = Ax$. Then $\nabla f(x) = A^\top p$."])
def test_of_a_function_that_nothing_defines_nothing_is_known(text: str) -> None:
    found = judge(text)
    assert found.first_wrong is None and "f is not defined" in found.text


def test_words_that_list_matrices() -> None:
    assert list(facts("for symmetric $S_B$, $S_W$")) == [("S_B", "sym"), ("S_W", "sym")]
    assert list(facts("symmetric A, X = B")) == [("A", "sym")]
    assert list(facts("d is the diagonal of A, P the symmetric part")) == []
