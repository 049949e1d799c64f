"""What is printed of a node, in the three forms."""

import re
from fractions import Fraction

import pytest

from closedform.expr.node import Node
from closedform.formula import formula
from closedform.functions import elementwise
from closedform.functions.algebra import (
    add,
    diagv,
    eye,
    had,
    index,
    mpow,
    mul,
    num,
    ones,
    power,
    scale,
    size_number,
    sumover,
    sym,
    total,
    tr,
    transpose,
    unit,
    zeros,
)
from closedform.rewrite.display import Context, display
from closedform.write import latex, render_equation, text, unicode

HALF = Fraction(1, 2)
A, C = sym("A", "m", "n"), sym("C", "m", "n")
X, B = sym("X", "n", "n"), sym("B", "n", "n")
S = sym("S", "n", "n", ["sym"])
x, b, a = sym("x", "n"), sym("b", "m"), sym("a", "m", "n")
lam, t = sym("lam"), sym("t")
i, j, k = index("i"), index("j"), index("k")
NAMES = ["A", "x", "b", "C", "X", "B", "S", "lam", "t"]
ORDER = Context(order={name: rank for rank, name in enumerate(NAMES)})
residual = total([(-1, mul(A, x)), (1, b)])
all_ones = mul(ones("n"), transpose(ones("n")))
square = mul(transpose(x), transpose(A), A, x)

FORMS: list[tuple[Node, str]] = [
    # sums: number and sign in front, a positive term first, order of first appearance
    (total([(HALF, B), (HALF, transpose(B))]), "(B + B')/2"),
    (total([(1, X), (-HALF, B), (-HALF, transpose(B))]), "X - (B + B')/2"),
    (total([(2, scale(t, x)), (4, mul(B, x))]), "2*(2*B*x + t*x)"),
    (total([(-1, x), (1, mul(B, x))]), "B*x - x"),
    (total([(-1, x), (-1, mul(B, x))]), "-x - B*x"),
    (total([(-1, scale(total([(1, lam), (-1, t)]), x))]), "(t - lam)*x"),
    (total([(1, scale(lam, x)), (-1, mul(transpose(A), total([(1, b), (-1, mul(A, x))])))]),
     "A'*(A*x - b) + lam*x"),
    (total([(1, transpose(x)), (-1, transpose(mul(B, x)))]), "(x - B*x)'"),
    (total([(1, ones("n")), (-1, x), (3, scale(lam, ones("n")))]), "1 - x + 3*lam"),
    (total([(2, X), (-3, eye("n"))]), "2*X - 3*I"),
    (total([(1, num(1)), (-1, power(elementwise.tanh(t), 2))]), "1 - tanh(t)^2"),
    (total([(1, all_ones), (-1, power(elementwise.tanh(X), 2))]), "1 - tanh(X).^2"),
    (total([(1, all_ones), (-1, X)]), "ones(n,n) - X"),
    # products and quotients
    (total([(2, scale(power(mul(transpose(x), x), -2), x))]), "2*x/||x||^4"),
    (scale(power(square, -HALF), mul(transpose(A), A, x)), "A'*A*x/||A*x||"),
    (scale(mul(transpose(x), x), x), "(x'*x)*x"),
    (total([(HALF, scale(lam, x))]), "lam*x/2"),
    (scale(had(power(lam, -1), power(t, -1)), x), "x/(lam*t)"),
    (total([(2, scale(power(lam, -2), eye("n"))), (-1, mul(x, transpose(x)))]), "2/lam^2*I - x*x'"),
    (mul(transpose(X), transpose(B)), "(B*X)'"),
    (mul(transpose(x), transpose(B), transpose(A), b), "b'*A*B*x"),
    (mul(A, S, transpose(A)), "A*S*A'"),
    (mul(A, had(x, x)), "A*(x.*x)"),
    # powers and norms
    (power(mul(transpose(x), x), HALF), "||x||"),
    (mul(transpose(x), x), "x'*x"),
    (square, "||A*x||^2"),
    (power(tr(mul(transpose(A), A)), HALF), "||A||_F"),
    (tr(mul(transpose(A), C)), "<A, C>"),
    (tr(mul(X, B)), "tr(X*B)"),
    (transpose(mpow(X, -1)), "X^-T"),
    (mpow(X, -2), "X^-2"),
    (transpose(mpow(X, -2)), "(X^-2)'"),
    (mpow(X, sym("q")), "X^q"),
    (power(lam, HALF), "sqrt(lam)"),
    (power(lam, Fraction(3, 2)), "lam^(3/2)"),
    (power(lam, total([(1, t), (-2, num(1))])), "lam^(t - 2)"),
    (power(mul(transpose(x), x), total([(HALF, t), (-1, num(1))])), "||x||^(t - 2)"),
    (tr(mul(X, B, X, B)), "tr((X*B)^2)"),
    (power(lam, -1), "1/lam"),
    (power(x, 2), "x.^2"),
    (power(x, -1), "1./x"),
    (had(x, power(mul(B, x), -2)), "x./(B*x).^2"),
    (scale(lam, power(x, -1)), "lam./x"),
    # sums of entries, entries, rows, columns
    (mul(transpose(ones("n")), x), "sum(x)"),
    (had(power(size_number("n"), -1), mul(transpose(ones("n")), x)), "mean(x)"),
    (had(power(size_number("m"), -1), mul(transpose(ones("n")), x)), "sum(x)/m"),
    (mul(A, ones("n")), "rowsum(A)"),
    (mul(transpose(A), ones("m")), "colsum(A)"),
    (mul(transpose(ones("m")), A, ones("n")), "sum(A)"),
    (mul(ones("m"), transpose(ones("n")), X), "ones(m)*colsum(X)'"),
    (diagv(mul(A, transpose(C))), "rowsum(A.*C)"),
    (diagv(X), "diag(X)"),
    (mul(transpose(unit(k, "n")), x), "x[k]"),
    (mul(transpose(unit(j, "m")), A, unit(k, "n")), "A[j,k]"),
    (mul(transpose(A), unit(k, "m")), "A[k,:]"),
    (mul(transpose(a), unit(k, "m")), "a[k]"),
    (mul(A, unit(k, "n")), "A[:,k]"),
    (unit(k, "n"), "I[:,k]"),
    (sumover("i", 1, "m", mul(transpose(unit(i, "m")), A, x)), "sum(i, (A*x)[i])"),
    (sumover("i", 2, "m", power(i, 2)), "sum(i=2..m, i^2)"),
    (sumover("i", 1, "m", power(i, 2)), "sum(i=1..m, i^2)"),
    # constants
    (eye("n"), "eye(n)"),
    (total([(2, eye("n"))]), "2*eye(n)"),
    (zeros("m", "n"), "zeros(m,n)"),
    (num(0), "0"),
    (total([(-HALF, num(1))]), "-1/2"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "want"), FORMS, ids=[want for _, want in FORMS])
def test_text(node: Node, want: str) -> None:
    assert text(display(node, ORDER)) == want


@pytest.mark.parametrize(
    ("node", "want"),
    [
        (mul(transpose(A), residual), "-Aᵀ(Ax − b)"),
        (transpose(mpow(X, -1)), "X⁻ᵀ"),
        (power(mul(transpose(x), x), HALF), "‖x‖"),
        (had(x, mul(B, x)), "x ⊙ (Bx)"),
        (scale(lam, x), "λ x"),
        (mul(total([(1, X), (1, transpose(X))]), x), "(X + Xᵀ)x"),
        (scale(sym("rate"), x), "rate x"),
        (scale(power(t, -1), elementwise.exp(x)), "exp(x)/t"),
        (had(t, sym("r")), "t r"),
    ],
)
def test_unicode(node: Node, want: str) -> None:
    flipped = total([(-1, node)]) if want.startswith("-") else node
    assert unicode(display(flipped, ORDER), {*ORDER.order, "r"}) == want.lstrip("-")


@pytest.mark.parametrize(
    ("node", "want"),
    [
        (mul(add(X, transpose(X)), x), r"(X + X^{\top}) x"),
        (power(mul(transpose(x), x), HALF), r"\lVert x \rVert"),
        (scale(power(square, -HALF), mul(transpose(A), A, x)), r"\frac{A^{\top} A x}{\lVert A x \rVert}"),
        (total([(HALF, add(X, transpose(X)))]), r"\frac{1}{2} (X + X^{\top})"),
        (had(x, power(x, 2)), r"x \odot x^{\odot 2}"),
        (transpose(mpow(X, -1)), r"X^{-\top}"),
        (scale(lam, ones("n")), r"\lambda \mathbf{1}_{n}"),
        (sym("W_1", "n", "n"), "W_{1}"),
        (sym("rate"), r"\mathrm{rate}"),
        (sym("dphi"), r"d\phi"),
        (eye("n"), "I_{n}"),
        (had(t, total([(1, num(1)), (-1, t)])), r"t (1 - t)"),
        (add(sumover("i", 1, "m", mul(transpose(unit(i, "m")), b)), t), r"t + \sum_{i} b_{i}"),
        (mul(transpose(unit(k, "n")), x), r"{x}_{k}"),
        (elementwise.exp(x), r"\exp(x)"),
        (mul(total([(1, X), (-HALF, eye("n"))]), sym("dx", "n")), r"\left(X - \frac{I}{2}\right)\,dx"),
        (mul(transpose(x), X, sym("dX", "n", "n"), x), r"x^{\top} X\,dX\,x"),
    ],
)
def test_latex(node: Node, want: str) -> None:
    order = Context(order={"t": 0, **{name: rank + 1 for name, rank in ORDER.order.items() if name != "t"}})
    assert latex(display(node, order)) == want


def test_braces_and_delimiters_are_balanced() -> None:
    for node, _ in FORMS:
        shown = latex(display(node, ORDER))
        assert shown.count("{") == shown.count("}")
        assert shown.count(r"\left") == shown.count(r"\right")


COMMANDS = {
    "left", "right", "frac", "sqrt", "top", "odot", "oslash", "lVert", "rVert", "langle", "rangle",
    "operatorname", "mathrm", "mathbf", "sum", "cdot", "times", "exp", "tanh", "lambda",
}  # fmt: skip


def test_commands_are_from_a_fixed_list() -> None:
    for node, _ in FORMS:
        assert set(re.findall(r"\\([a-zA-Z]+)", latex(display(node, ORDER)))) <= COMMANDS


@pytest.mark.parametrize(
    ("node", "want"),
    [
        (total([(HALF, mul(transpose(x), B, x)), (-1, mul(transpose(b), b))]), "1/2*x'*B*x - b'*b"),
        (add(scale(lam, ones("n")), x), "lam + x"),
        (had(lam, power(t, -1)), "lam/t"),
        (had(num(-1), lam), "-lam"),
        (mpow(total([(-1, B)]), -1), "(-B)^-1"),
        (transpose(mul(B, X)), "(B*X)'"),
        (power(mul(transpose(x), x), HALF), "(x'*x)^(1/2)"),
    ],
)
def test_raw_nodes_print_as_written(node: Node, want: str) -> None:
    assert text(display(node, Context(as_written=True))) == want


def test_rows_of_families_and_of_matrices() -> None:
    row = mul(transpose(a), unit(k, "m"))
    assert text(display(row, Context(families=frozenset("a")))) == "a[k]"
    assert text(display(row, Context(families=frozenset()))) == "a[k,:]"


def test_summed_letters_avoid_variables() -> None:
    over = sumover("i", 1, "m", mul(transpose(unit(i, "m")), b))
    assert text(display(over)) == "sum(i, b[i])"
    assert text(display(over, Context(order={"i": 0}))) == "sum(j, b[j])"
    assert text(display(over, Context(taken=frozenset("i")))) == "sum(i, b[i])"


def test_a_differential_stands_before_its_variable() -> None:
    dX = sym("dX", "n", "n")
    both = add(mul(X, B, transpose(dX)), mul(dX, B, transpose(X)))
    assert text(display(both, ORDER)) == "dX*B*X' + X*B*dX'"


def test_equation() -> None:
    gradient = mul(add(X, transpose(X)), x)
    assert render_equation("gradient", "x", gradient, ORDER, "unicode") == "∇f(x) = (X + Xᵀ)x"
    assert render_equation("derivative", "X", sym("dX", "n", "n")) == "D f(X)[dX] = dX"


def test_a_power_named_like_the_mark_of_a_transpose_is_bracketed() -> None:
    where = "T in R, s in R, A in R^(n×n)"
    for typed in ("s^(T)*log(s)", "A^(T)", "s^(-T)", "A^(-T)"):
        f = formula(typed, where)
        assert formula(f.text, where) == f
        assert formula(f.unicode, where) == f


def test_in_a_condition_the_letters_of_sums_are_not_those_of_free_indices() -> None:
    f = formula(
        "sum(i, log(sum(k, p[k]*exp(-(x[i] - u[k])'*S[k]*(x[i] - u[k])))))",
        "p in R^K, x[i] in R^m for i = 1..n, u[k] in R^m for k = 1..K, S[k] in R^(m×m) for k = 1..K",
    )
    said = f.grad("u").conditions
    assert len(said) == 2
    for line in said:  # the member of the sum and the one of the sample have letters of their own
        summed, sample = re.search(r"sum\((\w)", line).group(1), re.search(r"x\[(\w)\]", line).group(1)  # type: ignore[union-attr]
        assert summed != sample and f"p[{summed}]" in line and f"S[{summed}" in line and f"u[{summed}]" in line
