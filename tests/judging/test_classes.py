r"""Derivations as people write them, class by class: right ones, and the same with one slip, found where it stands."""

import pytest

from closedform import judge

RIGHT = [
    # Kronecker's δ, components
    "\\begin{align*}\n\\frac{\\partial}{\\partial x_k}\\sum_{i,j} x_i A_{ij} x_j &= "
    "\\sum_{i,j}(\\delta_{ik}A_{ij}x_j + x_iA_{ij}\\delta_{jk})\\\\\n"
    "&= \\sum_j A_{kj}x_j + \\sum_i x_iA_{ik}\n\\end{align*}",
    "Let $p_i = \\frac{e^{z_i}}{\\sum_j e^{z_j}}$. Then\n\\begin{align*}\n"
    "\\frac{\\partial \\log p_i}{\\partial z_k} &= "
    "\\delta_{ik} - \\frac{e^{z_k}}{\\sum_j e^{z_j}}\\\\\n&= \\delta_{ik} - p_k\n\\end{align*}",
    "\\begin{align*}\nD &= \\sum_i p_i\\log\\frac{p_i}{q_i}\\\\\n\\frac{\\partial D}{\\partial p_k} &= "
    "\\log\\frac{p_k}{q_k} + 1\n\\end{align*}",
    "For the Hessian, $\\frac{\\partial^2 f}{\\partial x_i\\partial x_j} = A_{ij}+A_{ji}$ where $f(x)=x^\\top Ax$.",
    # what a sign of differentiation reaches over
    "$$\\frac{\\partial}{\\partial x}(a^Tx)^2 = 2(a^Tx)\\frac{\\partial (a^Tx)}{\\partial x} = 2(a^Tx)a$$",
    "$\\nabla_x (x^\\top x)(b^\\top x) = 2x(b^\\top x) + (x^\\top x)b$",
    "\\begin{align*}\n\\nabla^2\\tfrac14\\|x\\|^4 &= \\nabla(\\|x\\|^2x)\\\\\n&= \\|x\\|^2I + 2xx^\\top\n\\end{align*}",
    "\\begin{align*}\n\\nabla_{\\mathbf{w}}L &= \\nabla_{\\mathbf{w}}\\|\\mathbf{t}-\\mathbf{P}\\mathbf{w}\\|^2\\\\\n"
    "&= -2\\mathbf{P}^\\top(\\mathbf{t}-\\mathbf{P}\\mathbf{w})\n\\end{align*}",
    "\\begin{align*}\ndf &= d(a^\\top X b)\\\\\n&= a^\\top dX\\,b\\\\\n\\frac{df}{dX} &= ab^\\top\n\\end{align*}",
    # derivatives along a direction, at a point
    "$f(x) = x^\\top Ax$ has $Df(x)[h] = h^\\top Ax + x^\\top Ah = \\langle (A+A^\\top)x,h\\rangle$",
    "$$\\left.\\frac{d}{dt}\\log\\det(X+tH)\\right|_{t=0} = \\operatorname{tr}(X^{-1}H)$$",
    "$$\\left.\\frac{d}{dt}\\right|_{t=0}\\log\\det(X+tH) = \\operatorname{tr}(X^{-1}H)$$",
    "\\begin{align*}\nY &= AXB\\\\\n\\frac{\\partial\\operatorname{vec}(Y)}{\\partial\\operatorname{vec}(X)} &= "
    "B^T\\otimes A\n\\end{align*}",
    "\\begin{align*}\n\\ell(\\sigma^2) &= -\\frac n2\\log\\sigma^2 - \\frac{1}{2\\sigma^2}s\\\\\n"
    "\\frac{\\partial\\ell}{\\partial\\sigma^2} &= -\\frac{n}{2\\sigma^2} + \\frac{s}{2\\sigma^4}\n\\end{align*}\n"
    "with scalars $n$, $s$.",
    # networks
    "Let $z = Wx+b$, $L = \\frac12\\|z-y\\|^2$ and $\\delta = \\frac{\\partial L}{\\partial z} = z - y$.\n"
    "$$\\frac{\\partial L}{\\partial W} = \\delta x^\\top,\\quad \\frac{\\partial L}{\\partial x} = W^\\top\\delta$$",
    "\\begin{align*}\nz &= Wx\\\\\nL &= \\tfrac12\\|\\sigma(z)-y\\|^2\\\\\n\\frac{\\partial L}{\\partial z} &= "
    "(\\sigma(z)-y)\\odot\\sigma'(z)\n\\end{align*}",
    "$$f(x) = \\frac{1}{1+e^{-x}} \\implies f'(x) = \\frac{e^{-x}}{(1+e^{-x})^2} = f(x)(1-f(x))$$",
    # solving
    "Let $u = Ax-b$ and $f = u^\\top u$, so $df = 2u^\\top A\\,dx$. Setting this to zero gives\n"
    "\\[ A^\\top A x = A^\\top b \\implies x = (A^\\top A)^{-1}A^\\top b. \\]",
    "$$\\nabla_x\\left(\\frac12\\|x-z\\|_2^2 + \\lambda^\\top(Ax - b)\\right) = x - z + A^\\top\\lambda = 0$$\n"
    "so $x = z - A^\\top\\lambda$. Plugging into $Ax=b$: $Az - AA^\\top\\lambda = b$, "
    "so $\\lambda = (AA^\\top)^{-1}(Az-b)$.",
    "$f(x)=\\frac{x^TAx}{x^Tx}$ where $A=A^T$.\n$$\\nabla f(x) = \\frac{2}{x^Tx}\\left(Ax - f(x)x\\right)$$\n"
    "At a stationary point, $Ax = f(x)x$.",
    # remarks, arrays, lines without an environment
    "\\begin{align*}\n\\nabla f(x) &= \\nabla(\\tfrac12 x^\\top Qx - b^\\top x) && Q = Q^\\top\\\\\n"
    "&= Qx - b\n\\end{align*}",
    "$$\\begin{array}{rcl}\nf(x) &=& \\ln(1+e^{w^Tx})\\\\\n\\nabla f(x) &=& \\sigma(w^Tx)\\,w\n\\end{array}$$",
    "f(w) = (y - Xw)^T(y - Xw)\n= y^Ty - 2w^TX^Ty + w^TX^TXw\n\\nabla f(w) = -2X^Ty + 2X^TXw",
    "\\begin{align*}\n0 = d(I) = d(XX^{-1}) &= dX\\,X^{-1} + X\\,d(X^{-1})\\\\\n\\Rightarrow d(X^{-1}) &= "
    "-X^{-1}\\,dX\\,X^{-1}\n\\end{align*}",
    "\\begin{align*}\n\\log p(x) &= -\\frac12(x-\\mu)^T\\Sigma^{-1}(x-\\mu)\\\\\n\\nabla_x\\log p(x) &= "
    "-\\Sigma^{-1}(x-\\mu)\n\\end{align*}\nsince $\\Sigma$ is symmetric.",
    "Let $f(x)=\\log(a^\\top x)$. Then $\\nabla^2 f(x) = -\\frac{aa^\\top}{(a^\\top x)^2} \\preceq 0$.",
    "By symmetry of $A$, $\\nabla(x^\\top Ax) = 2Ax$.",
    "Using index notation, $y_i = A_{ij}x_j$, so $\\frac{\\partial y_i}{\\partial x_k} = A_{ij}\\delta_{jk} = A_{ik}$.",
]
WRONG = [
    ("\\begin{align*}\n\\frac{\\partial}{\\partial x_k}\\sum_{i,j} x_i A_{ij} x_j &= "
     "\\sum_j A_{kj}x_j + \\sum_i x_iA_{ik}\\\\\n&= 2\\sum_j A_{kj}x_j\n\\end{align*}", 3),
    ("\\begin{align*}\nH &= -\\sum_i p_i\\log p_i\\\\\n"
     "\\frac{\\partial H}{\\partial p_k} &= -\\log p_k\n\\end{align*}", 3),
    ("$$\\frac{\\partial}{\\partial x}(a^Tx)^2 = 2(a^Tx)x$$", 1),
    ("$f(x) = x^\\top Ax$ has\n$Df(x)[h] = 2h^\\top Ax$", 2),
    ("$$\\left.\\frac{d}{dt}\\log\\det(X+tH)\\right|_{t=0} = \\operatorname{tr}(XH)$$", 1),
    ("Let $z = Wx+b$, $L = \\frac12\\|z-y\\|^2$ and $\\delta = \\frac{\\partial L}{\\partial z} = z - y$.\n"
     "$$\\frac{\\partial L}{\\partial W} = x\\delta^\\top$$", 2),
    ("\\begin{align*}\nz &= Wx\\\\\nL &= \\tfrac12\\|\\sigma(z)-y\\|^2\\\\\n\\frac{\\partial L}{\\partial z} &= "
     "(\\sigma(z)-y)\\odot\\sigma(z)\n\\end{align*}", 4),
    ("f(w) = (y - Xw)^T(y - Xw)\n= y^Ty - w^TX^Ty + w^TX^TXw", 2),
    ("\\begin{align*}\n\\ell(\\sigma^2) &= -\\frac n2\\log\\sigma^2 - \\frac{1}{2\\sigma^2}s\\\\\n"
     "\\frac{\\partial\\ell}{\\partial\\sigma^2} &= -\\frac{n}{2\\sigma^2} + \\frac{s}{\\sigma^4}\n\\end{align*}\n"
     "with scalars $n$, $s$.", 3),
    ("Then $\\nabla(x^\\top Ax) = 2Ax$.", 1),
    ("\\begin{align*}\nY &= AXB\\\\\n\\frac{\\partial\\operatorname{vec}(Y)}{\\partial\\operatorname{vec}(X)} &= "
     "A\\otimes B^T\n\\end{align*}", 3),
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_is_right(text: str) -> None:
    found = judge(text)
    assert found.verdict == "right", found.text


@pytest.mark.parametrize(("text", "line"), WRONG)
def test_the_slip_is_found_at_its_line(text: str, line: int) -> None:
    found = judge(text)
    assert found.first_wrong is not None and found.first_wrong.line == line, found.text


def test_what_is_not_known_is_not_blamed() -> None:
    for text, said in [
        ("\\begin{align*}\nf(x) &= \\sum_i x_i^2\\\\\n&= \\|Dx\\|^2\n\\end{align*}",
         "D stands here for the first time"),
        ("$f(x) = \\sum_{i=1}^{n-1} (x_{i+1}-x_i)^2$. For $1<k<n$,\n$$\\frac{\\partial f}{\\partial x_k} = "
         "2(x_k-x_{k-1}) - 2(x_{k+1}-x_k).$$", "x_km1 stands here for the first time"),
    ]:  # fmt: skip
        found = judge(text)
        assert found.verdict == "undecided" and said in found.text
