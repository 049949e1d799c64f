"""What people see, word for word."""

from collections.abc import Callable
from typing import Any

import pytest

GRAD = """\
function     f = xᵀAx
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×n)

∇f(x) = (A + Aᵀ)x
holds        everywhere
certificate  level A (exact, with a bound), wrong with probability below 2^-…,
               for every size

∇f(A) = x xᵀ
holds        everywhere
certificate  level A (exact, with a bound), wrong with probability below 2^-…,
               for every size
"""
NEGATIVE = """\
function     f = −xᵀAx
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×n)

∇f(x) = −(A + Aᵀ)x
holds        everywhere
certificate  none: not checked
"""
NAMED = """\
function     f = logsumexp(Ax)
assumed      A ∈ ℝ^(m×n), x ∈ ℝⁿ

∇²f(x) = Aᵀ(diag(p) − p pᵀ)A
where        p = softmax(Ax)
holds        everywhere
certificate  none: not checked
"""
SPACE = """\
function     f = tr(AX)
assumed      A ∈ ℝ^(n×n)

∇f(X) = (A + Aᵀ)/2
convention   the gradient is the one in the space of symmetric matrices
holds        everywhere
certificate  none: not checked
"""
KRON = """\
function     f = X⁻¹
assumed      X ∈ ℝ^(n×n)

D f(X)[dX] = −X⁻¹dX X⁻¹
matrix of vec = −kron(X⁻ᵀ, X⁻¹)
holds        where X is invertible
certificate  none: not checked
"""
MIXED = """\
function     f = xᵀAy
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×m), y ∈ ℝᵐ

∇²f(x, y) = A
holds        everywhere
certificate  none: not checked
"""
SIMPLIFIED = """\
function     f = xᵀAx + xᵀAᵀx
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×n)

f = 2 xᵀAx
holds        everywhere
certificate  none: not checked
"""
VALUE = """\
function     f = xᵀAx
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×n)

value        27.0
holds        everywhere
"""
SLOPE = """\
function     f = xᵀAx
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×n)

∇f(x) = (A + Aᵀ)x
value        [12., 21.]
holds        everywhere
"""
MATRIX = """\
function     f = X⁻¹
assumed      X ∈ ℝ^(n×n)

value        [[-5.,  2.],
              [ 3., -1.]]
holds        where X is invertible
"""
WRONG = """\
function     f = xᵀAx
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×n)
your answer  2 Ax

Wrong: this is not the gradient by x.
difference = (A − Aᵀ)x
right if     A in Sym(n)

∇f(x) = (A + Aᵀ)x
holds        everywhere
certificate  level A (exact, with a bound), wrong with probability below 2^-…,
               for every size
"""
RIGHT = """\
function     f = xᵀAx
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×n)
your answer  (A + Aᵀ)x

Right: this is the gradient by x.
holds        everywhere
certificate  level A (exact, with a bound), wrong with probability below 2^-…,
               for every size
"""
ROW = """\
function     f = xᵀAx
assumed      x ∈ ℝⁿ, A ∈ ℝ^(n×n)
your answer  xᵀ(A + Aᵀ)

Right in another convention; it is not the gradient by x as asked.
finding      it is the gradient as a row; here a gradient is a column, the shape
               of its variable

∇f(x) = (A + Aᵀ)x
holds        everywhere
certificate  level A (exact, with a bound), wrong with probability below 2^-…,
               for every size
"""
HALF = """\
function     f = xᵀx
assumed      x ∈ ℝⁿ
your answer  x

Wrong: this is not the gradient by x.
finding      a factor 2 is missing: the answer is 1/2 times what is right
difference = −x

∇f(x) = 2 x
holds        everywhere
certificate  level A (exact, with a bound), wrong with probability below 2^-…,
               for every size
"""
UNEQUAL = """\
function     f = AB
assumed      A ∈ ℝ^(n×n), B ∈ ℝ^(n×n)
compared     BA

Not equal.
difference = BA − AB
right if     A*B = B*A
"""
FUNCTION = """\
Determinants, inverses, symmetric and triangular parts, the equation A*X + X*A
= Q
logdet(X)    The logarithm of the determinant, which must be positive.
             d = tr(dX X⁻¹)
             where det(X) > 0
"""


@pytest.mark.parametrize(
    ("args", "code", "page"),
    [
        (["grad", "x'*A*x"], 0, GRAD),
        (["grad", "-x'*A*x", "x", "--no-check"], 0, NEGATIVE),
        (["hessian", "logsumexp(A*x)", "--by", "x", "--no-check"], 0, NAMED),
        (["grad", "tr(A*X)", "--by", "X", "--where", "X in Sym(n)", "--no-check"], 0, SPACE),
        (["derivative", "inv(X)", "--kron", "--no-check"], 0, KRON),
        (["hessian", "x'*A*y", "--by", "x", "--and-by=y", "--no-check"], 0, MIXED),
        (["simplify", "x'*A*x + x'*A'*x", "--no-check"], 0, SIMPLIFIED),
        (["eval", "x'*A*x", "A=[[1,2],[3,4]]", "x=[1,2]"], 0, VALUE),
        (["eval", "x'*A*x", "A=[[1,2],[3,4]]", "x=[1,2]", "--by", "x"], 0, SLOPE),
        (["eval", "inv(X)", "X=[[1,2],[3,5]]"], 0, MATRIX),
        (["check", "x'*A*x", "2*A*x"], 1, WRONG),
        (["check", "x'*A*x", "(A + A')*x"], 0, RIGHT),
        (["check", "x'*A*x", "x'*(A + A')"], 1, ROW),
        (["check", "x'*x", "x"], 1, HALF),
        (["equal", "A*B", "B*A"], 1, UNEQUAL),
        (["functions", "logdet"], 0, FUNCTION),
    ],
)
def test_a_page(run: Callable[..., Any], args: list[str], code: int, page: str) -> None:
    found = run(*args)
    assert (found.page, found.err, found.code) == (page, "", code)


@pytest.mark.parametrize(
    "args",
    [
        ["grad", "1/2*||A*x - b||^2 + lam/2*||x||^2 + c'*x + logsumexp(A*x - b)"],
        ["hessian", "softmax(A*x + b)", "x"],
        ["check", "logsumexp(A*x)", "A'*softmax(A*x)*2"],
        ["functions"],
    ],
)
def test_pages_are_80_columns_wide_at_most(run: Callable[..., Any], args: list[str]) -> None:
    assert max(map(len, run(*args).out.splitlines())) <= 80


def test_a_narrow_terminal(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, run("grad", "x'*A*x").out.splitlines())) <= 50


@pytest.mark.parametrize(
    ("args", "out"),
    [
        (["grad", "x'*A*x", "--text"], "(A + A')*x\nx*x'\n"),
        (["grad", "--by=x", "--latex", "x'*A*x"], "(A + A^{\\top}) x\n"),
        (["grad", "logsumexp(A*x)", "--text", "--by", "x"], "A'*softmax(A*x)\n"),
        (["jacobian", "A*x", "x", "--layout", "denominator", "--text"], "A'\n"),
        (["grad", "tr(A*X)", "X", "--symmetric=free", "--where", "X in Sym(n)", "--text"], "A + A' - diag(diag(A))\n"),
        (["hessian", "x'*A*y", "--by", "x,y", "--text"], "zeros(n,n)\nA\nA'\nzeros(m,m)\n"),
        (["derivative", "A*X*B", "--by", "X", "--kron", "--text"], "kron(B', A)\n"),
        (["simplify", "tr(A*B) - tr(B*A)", "--text"], "0\n"),
        (["eval", "x", "x=[1,2]", "--text"], "[1.0, 2.0]\n"),
        (["eval", "-λ^2", "lambda=3", "--text"], "-9.0\n"),
        (["check", "x'*A*x", "2*A*x", "--text"], "wrong: (A + A')*x\n"),
        (["equal", "tr(A*B)", "tr(B*A)", "--text"], "right\n"),
        (["grad", "norm2(A*x)^2", "x", "--syntax", "matrixcalculus", "--text"], "2*A'*A*x\n"),
    ],
)
def test_the_answer_alone(run: Callable[..., Any], args: list[str], out: str) -> None:
    found = run(*args)
    assert (found.out, found.err) == (out, "")
