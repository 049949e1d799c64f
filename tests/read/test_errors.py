"""What people are told, word for word."""

import pytest

from closedform.errors import ClosedformError
from closedform.read.read import read

TEXTS = [
    ("x'*A", "A in R^(m×n), x in R^n",
     "x'*A: sizes do not match\nx' is 1×n, A is m×n: inner sizes n and m differ\n  x'*A\n  ^^^^\nDid you mean x'*A' ?"),
    ("x' y", "x in R^n, y in R^m",
     "x'*y: sizes do not match\nx' is 1×n, y is m×1: inner sizes n and m differ\n  x' y\n  ^^^^"),
    ("A @ x + B", "A in R^(m×n), x in R^n, B in R^(m×n)",
     "A @ x + B: shapes differ\nA @ x is m×1, B is m×n\n  A @ x + B\n  ^^^^^^^^^"),
    ("A^2", "A in R^(m×n)",
     "A^2: A is not square\nA is m×n\n  A^2\n  ^^^\n"
     "Write A.^2 for the elementwise power, A'*A for the product with the transpose."),
    ("X + inv(Y)", "X in R^(n×n), Y in R^(m×n)",
     "inv(Y): inv takes a square matrix\nY is m×n\n  X + inv(Y)\n      ^^^^^^\nWrite pinv(Y) for the pseudo-inverse."),
    ("1/x", "x in R^n",
     "1/x: nothing is divided by a vector\nx is n×1\n  1/x\n  ^^^\nWrite 1./x for the elementwise quotient."),
    ("x^2", "x in R^n",
     "x^2: a vector has no power\nx is n×1\n  x^2\n  ^^^\n"
     "Write x.^2 for the elementwise power, x'*x for the square of the norm, or declare x in R."),
    ("x^T*A*x^-1", "x in R^n",
     "x^-1: a vector has no power\nx is n×1\n  x^T*A*x^-1\n        ^^^^\n"
     "Write x.^-1 for the elementwise power, or declare x in R."),
    ("w*x", "",
     "w*x: sizes do not match\nw is n×1, x is m×1: inner sizes 1 and m differ\n  w*x\n  ^^^\n"
     "Write w'*x for the inner product, w.*x for the elementwise one. Declare w in R or x in R."),
    ("|X|", "X in R^(n×n)",
     "|X| of a matrix may be the determinant or the absolute values\n  |X|\n  ^^^\nWrite det(X) or abs(X)."),
    ("softmax(X)", "",
     "softmax(X): softmax takes a vector\nX is m×n\n  softmax(X)\n  ^^^^^^^^^^\n"
     "Write softmax_rows(X) for that of each row, softmax_rows(X')' for that of each column."),
    ("norm2(X)", "",
     "norm2(X): norm2 takes a vector\nX is m×n\n  norm2(X)\n  ^^^^^^^^\n"
     "Write normF(X) for the Frobenius norm, norm_op(X) for the spectral norm."),
    ("exp x", "", "exp needs its parentheses\n  exp x\n  ^^^\nWrite exp(x)."),
    ("log det(X)^2", "", "log needs its parentheses\n  log det(X)^2\n  ^^^\nWrite log(det(X))."),
    ("1/n*||X*w - y||^2 + lam/n*||w||^2", "",
     "n may be the number of rows of X or the number of columns of X\n  1/n*||X*w - y||^2 + lam/n*||w||^2\n    ^\n"
     "Declare X in R^(n×m), or X in R^(m×n), or n in R."),
    ("1/n*||X*w - y||^2", "y in R^m",
     "n divides a sum over m terms\n  1/n*||X*w - y||^2\n    ^\nWrite m for n, or declare n in R."),
    ("sum_i x_i", "",
     "how far sum_i reaches is not clear\n  sum_i x_i\n  ^^^^^\n"
     "Write sum(i, …) with entries in brackets: sum(i, x[i]^2)."),
    ("e^-x'*x", "",
     "how far the exponent of e reaches is not clear\n  e^-x'*x\n  ^^^^^\nWrite exp(…) around all of the exponent."),
    ("A^T C (A*x-b) (C symmetric)", "",
     "symmetric says a property, which stands behind the word where\n  A^T C (A*x-b) (C symmetric)\n"
     "                   ^^^^^^^^^\nWrite … where A is symmetric."),
    ("sin^2(x)", "", "sin needs its parentheses before the power\n  sin^2(x)\n  ^^^\nWrite sin(…)^2."),
    ("sofmax(x)", "", "sofmax is no known function\n  sofmax(x)\n  ^^^^^^\nDid you mean softmax(…)?"),
    ("A(x - b)", "",
     "A is no known function\n  A(x - b)\n  ^\nFor a product write A*(…); for a function declare A: R^n -> R."),
    ("1/2x", "",
     "what / divides by is not clear: 2 or all that follows\n  1/2x\n  ^^^^\nWrite 1/(2*…) or (1/2)*…."),
    ("f'(x)", "",
     "f'(…) may be a product with the transpose or a derivative\n  f'(x)\n  ^^\n"
     "Write f'*(…) for a product, diff[f](…) for the derivative of a declared function."),
    ("X^-T2", "", "^-T2 is not clear\n  X^-T2\n    ^\nWrite (X^-T)^2, or declare T2."),
    ("X + s", "X in R^(m×n), s in R",
     "s is a scalar and X a matrix: they cannot be added\nX is m×n\n  X + s\n  ^^^^^\n"
     "Write s*ones(m,n) for every entry."),
    ("X + s", "X in R^(k×k), s in R",
     "s is a scalar and X a matrix: they cannot be added\nX is k×k\n  X + s\n  ^^^^^\n"
     "Write s*I for multiples of the identity, s*ones(k,k) for every entry."),
    ("x^T*x", "T in R",
     "x^T may be the transpose or the power of the number T\n  x^T*x\n  ^^^\n"
     "Write x' for the transpose; for the power declare x in R."),
    ("sum(i=1..n, sum(j=i+1..n, x[i]*x[j]))", "",
     "the range of j depends on the index i of another sum\n  sum(i=1..n, sum(j=i+1..n, x[i]*x[j]))\n"
     "              ^^^^^^^^^^^^^^^^^^^^^^^^\n"
     "Sums over a triangle are not supported: write it with triu or cumsum, or as half of all pairs."),
    ("x_1^2 + x_2^2", "x in R^2",
     "x_1 is a name of its own, and x, which is declared, stands nowhere\n  x_1^2 + x_2^2\n  ^^^\n"
     "Write x[1] for an entry, or declare x_1 too."),
    ("2^s^2", "s in R", "one power stands on another\n  2^s^2\n  ^^^^^\nWrite (2^s)^2 or 2^(s^2)."),
    ("I", "", "the size of I does not follow from the formula\n  I\n  ^\nWrite eye(n)."),
    ("x' A x)", "", ") closes nothing\n  x' A x)\n        ^"),
    ("x' A x +", "", "something is missing after +\n  x' A x +\n         ^"),
    ("eigvals(X)", "",
     "eigvals takes a matrix known to be symmetric; X is not\n  eigvals(X)\n  ^^^^^^^^^^\n"
     "Declare X in Sym(n), or write eigvals(sym(X))."),
    ("x'*x", "x in C^n", "complex numbers are not supported: C^n\n  x in C^n\n  ^^^^^^^^\nAll numbers are real."),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "where", "text"), TEXTS, ids=[t[0] for t in TEXTS])
def test_texts(formula: str, where: str, text: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        read(formula, where)
    assert str(caught.value) == text


REFUSED = [
    "(lambda: 1)()", "**x", "@jit", "a._＿class_＿", "eval('1')", 'exec("print(1)")', "getattr(x,'T')",
    "globals()",
    "help()", "print('hi')", "raise SystemExit", "sympify('2')", "sys.exit()", "x if x else y",
    "x.__class__.__init__.__globals__", "x:=1", "yield x", "ｅxec(1)", "<script>alert(1)</script>", "{{7*7}}",
    "   ", '"str"', "++", "/*x*/", "0x10 x", "1e", "A[0][", "x ** ** 2", "x' A x # comment\nimport os",
    "x..y",
    "x;y", "x\u200b'Ax", "\ud7ff\ufdd0", "(", "()", "x[i+1]", "||x||_0", "x/0", "0^-1", "e^x + e",
    "e^x^2", "f (x + y)", "log det(X)'", "x + z = y",
    "5[1]",
    "sum(i, sum(i, x[i]))", "x[i] + sum(i, x[i])", "sum(i, x'*x)", "p + q where p = q, q = p", "conj(x)",
    "𝐱'*x",
]  # fmt: skip


@pytest.mark.parametrize("formula", REFUSED)
def test_refused_with_a_place(formula: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        read(formula)
    assert caught.value.span is not None
    assert caught.value.source is not None


@pytest.mark.parametrize(
    "where",
    ["x in foo(n)", "x =", "x in R^", "x >", "in", "x in R^n, x in R^m", "n in R, x in R^n", "x",
    "f: R ->", "A*B = A*B",
     "a[i] in R^n", "a[i] in R^n for j = 1..m", "x in R^(", "x in Herm(n)", "lam > z"],
)  # fmt: skip
def test_bad_declarations(where: str) -> None:
    with pytest.raises(ClosedformError):
        read("x'*x", where)
