r"""Batches of derivations written before any of them was judged: right ones in ``written_batch*.txt``, which
``test_judge.py`` judges, and here those with one slip, each found at its line.
"""

import pytest

from closedform import judge
from tests.judging.planted import DATA

BLOCKS = [b for path in sorted(DATA.glob("planted_batch*.txt")) for b in path.read_text("utf-8").split("=== ")[1:]]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.partition("\n")[0])
def test_the_slip_is_found_at_its_line(block: str) -> None:
    title, _, text = block.partition("\n")
    found = judge(text.rstrip("\n"))
    assert found.first_wrong is not None and found.first_wrong.line == int(title.split("@")[1]), found.text


RIGHT = [
    # sums over an index in text
    "f(x) = sum_i (a_i'*x - b_i)^2\ngrad f = 2*sum_i (a_i'*x - b_i)*a_i",
    "f(x) = Σ_i (a_iᵀx - b_i)²\n∇f = 2 Σ_i (a_iᵀx - b_i) a_i",
    "f(x) = sum_{i=1}^n (a_i^T x - b_i)^2\ngrad f(x) = 2 sum_{i=1}^n a_i (a_i^T x - b_i)",
    "f(x) = sum over i of r_i^2 where r_i = a_i'x - b_i\ngrad f = 2 * sum(r_i*a_i)",
    "f = sum(i, r[i]^2)\ngrad f = 2*sum(i, r[i]*a[i])\nwhere r[i] = a[i]'*x - b[i]",
    "f(z) = log sum_j exp(z_j)\ndf/dz_k = exp(z_k)/(sum_j exp(z_j))",
    "p_i = exp(z_i)/sum_j exp(z_j)\ndp_i/dz_k = p_i*(δ_ik - p_k)",
    "f(x) = sum_i ||x - x_i||^2\ngrad f = 2*sum_i (x - x_i)",
    # families beside a name, of matrices
    "S = sum(k, u_k*u_k')\nf = u'*S*u\ngrad_u f = 2*S*u",
    r"$f(u) = \sum_k (u^\top u_k)^2$, so $\nabla f(u) = 2\sum_k (u_k^\top u) u_k$.",
    r"$f(x) = \sum_k \|A_k x - b_k\|^2$. $\nabla f = 2\sum_k A_k^\top(A_k x - b_k)$",
    r"$f(w) = \sum_i \log(1+e^{-y_i w^\top x_i})$, $\nabla f(w) = -\sum_i (1-p_i) y_i x_i$"
    r" where $p_i = \sigma(y_i w^\top x_i)$.",
    # names
    "Let X be a vector and f = X'*A*X. Then grad f = (A + A')*X",
    r"Let the vector $V$ be given and $f(V) = \|AV - b\|^2$. Then $\nabla f = 2A^\top(AV-b)$.",
    "Let ab = A*x. f = ab'*ab. grad f = 2*A'*ab",
    "hp = W*x, L = 1/2*||hp - t||^2\ndL/dhp = hp - t\ndL/dW = (hp - t)*x'",
    "d(x) = sqrt((x-m)'*M*(x-m)), M symmetric\ngrad d = M*(x-m)/d",
    "phi = tr(X'*A*X)\ndphi/dX = (A + A')*X",
]


@pytest.mark.parametrize("text", RIGHT)
def test_is_right(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("f(x) = sum_i (a_i'*x - b_i)^2\ngrad f = sum_i (a_i'*x - b_i)*a_i", 2),
        ("p_i = exp(z_i)/sum_j exp(z_j)\ndp_i/dz_k = p_i*(δ_ik + p_k)", 2),
        ("f(x) = sum_i ||x - x_i||^2\ngrad f = 2*sum_i (x_i - x)", 2),
        (r"$f(x) = \sum_k \|A_k x - b_k\|^2$. $\nabla f = 2\sum_k A_k(A_k x - b_k)$", 1),
        ("Let X be a vector and f = X'*A*X.\nThen grad f = A*X", 2),
        ("d = ||x - y||\ngrad_x d = (y-x)/d", 2),
    ],
)
def test_is_wrong(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("f(z) = logsumexp(z)\ndf/dz_k = exp(z_k)/sum(j, exp(z_j))\n = p_k", "p"),
        (r"$f(z) = \log\sum_j e^{z_j}$, $\frac{\partial f}{\partial z_k} = p_k$", "p"),
        ("f = 1/2*||A*x - b||^2\ngrad f = A'*r", "r"),
        ("f = x'*A*x\ngrad f = 2*S*x", "S"),
    ],
)
def test_a_name_that_nothing_is_said_of_is_not_blamed(text: str, name: str) -> None:
    found = judge(text)
    assert found.verdict == "undecided" and f"{name} stands here for the first time" in found.text


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("f = x'*A*x\ngrad f = 2*A*x", "A is symmetric"),
        ("f = logdet(X)\ngrad f = X^-1", "X is symmetric"),
        ("f = x'*A*B*x, A, B square\ngrad f = 2*A*B*x", "A and B are symmetric and commute"),
        ("f = x'*A*B*x\ngrad f = (A*B + B*A)*x", "A and B are symmetric"),
        ("f = 1/2*x'*A*B*C*x\ngrad f = 1/2*(A*B*C + C*B*A)*x", "A, B and C are symmetric"),
        ("f = x'*Q'*Q*x\ngrad f = 2*x, Q square", "Q is orthogonal"),
        ("f = x'*K*x + b'*x\ngrad f = b", "K is skew-symmetric"),
        ("f = ||D*x||_1\n = sum(abs(diag(D).*x))", "D is diagonal"),
        ("f = sum(sqrtm(S*S))\n = sum(S)", "S is positive definite"),
        ("f = tr(A*X)\ndf = tr(A*dX)\n = tr(A'*dX)", "A is symmetric"),
        ("f = tr(A*B*X), A, B square\ngrad f = A'*B'", "A and B commute"),
    ],
)
def test_the_property_that_is_needed_is_said(text: str, needed: str) -> None:
    step = judge(text).first_wrong
    assert step is not None and step.right_if == needed
