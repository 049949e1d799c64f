"""Each construct of the language, against what it means."""

from itertools import pairwise

import numpy as np
import pytest

from closedform.functions import algebra as a
from closedform.read.read import Reading, read
from closedform.run.numeric import evaluate

SAME = [
    ("x'*A*x", ["x'A x", "xᵀAx", "x^T*A*x", "x.T @ A @ x", "x⊤Ax", "x'Ax", "x' A x", "x^⊤ A x"]),
    ("||A*x - b||^2", ["‖Ax − b‖²", "‖Ax − b‖₂²", "||A*x - b||_2^2", "norm(A*x - b)^2", "norm2(A x - b)^2"]),
    ("<x, A*x>", ["⟨x, Ax⟩", "x : A*x", "<x, Ax>"]),
    ("A.*B", ["A ⊙ B", "A ∘ B"]),
    ("kron(A, B)", ["A ⊗ B"]),
    ("lam*x", ["λ*x", "lambda*x", "λx", "lam x"]),
    ("A^-1*b", ["A^{-1}*b", "A⁻¹b", "A^(-1)*b", "inv(A)*b"]),
    ("X^-T", ["(X^-1)'", "X^-1'", "X^{-T}", "X⁻ᵀ"]),
    ("sigmoid(w'*x)", ["σ(wᵀx)", "sigma(w'*x)"]),
    ("pinv(A)", ["A^{+}"]),
    ("x_1'*x_2", ["x₁ᵀx₂"]),
    ("||X||_*", ["norm_nuc(X)", "||X||_nuc"]),
    ("sum(i=1..m, x[i])", ["sum(i = 1..m, x[i])"]),
    ("log(x)", ["ln(x)"]),
    ("(A*x)[k]", ["(A x)_k", "(A*x)_{k}", "(A x)ₖ"]),
    ("exp(X)[i,j]", ["exp(X)_ij", "exp(X)_{ij}"]),
    ("B*dX", ["BdX", "B dX"]),
    ("X + A*dX*B", ["X + AdXB"]),
]


@pytest.mark.parametrize(("formula", "others"), SAME, ids=[s[0] for s in SAME])
def test_spellings(formula: str, others: list[str]) -> None:
    for other in others:
        assert read(other).node is read(formula).node, other


NAMES = {
    "x": (4,), "y": (4,), "b": (5,), "A": (5, 4), "B": (4, 4), "X": (4, 4), "s": (), "t": (), "lam": (),
    "a": (5, 4),
    "C": (5, 4), "Y": (4, 3), "w": (5,),
}  # fmt: skip
WHERE = (
    "x in R^n, y in R^n, b in R^m, A in R^(m×n), B in R^(n×n), X in R^(n×n), s in R, t in R, lam in R, "
    "a[i] in R^n for i = 1..m, C in R^(m×n), Y in R^(n×k), w in R^m"
)
VALUES = [
    ("x'*B*y", "x @ B @ y"), ("x*y'", "np.outer(x, y)"), ("x'*y*x", "(x @ y) * x"),
    ("-x'*B*x", "-(x @ B @ x)"),
    ("1/2*x'*B*x", "x @ B @ x / 2"), ("s*x/t", "s * x / t"), ("A*x.*b", "(A @ x) * b"), ("2 - 3 - 4", "-5"),
    ("s/t/2", "s / t / 2"), ("s/t*2", "s / t * 2"), ("-s^2", "-(s**2)"), ("s^-2", "s**-2"), ("2^3^2", "64"),
    ("X^-1'", "np.linalg.inv(X).T"), ("X^2'", "(X @ X).T"), ("x.^2", "x**2"), ("2.^x", "2**x"),
    ("x.^y", "np.abs(x)**y"),
    ("A[2,3]", "A[1, 2]"), ("A[2,:]", "A[1]"), ("A[:,3]", "A[:, 2]"), ("x[2]", "x[1]"), ("a[2]", "a[1]"),
    ("a[2]'*x", "a[1] @ x"),
    ("a[2][3]", "a[1, 2]"), ("sum(i, a[i]'*x)", "np.sum(a @ x)"),
    ("sum(i, x[i]^i)", "sum(x[i]**(i+1) for i in range(4))"),
    ("sum(i, sum(j, B[i,j]*x[i]*y[j]))", "x @ B @ y"), ("sum(i=2..n, x[i])", "x[1:].sum()"),
    ("sum(i=1..2, x[i])", "x[:2].sum()"),
    ("x - mean(x)", "x - x.mean()"), ("1 - x", "1 - x"), ("x + s", "x + s"),
    ("1 - tanh(X).^2", "1 - np.tanh(X)**2"),
    ("<A, C>", "np.sum(A * C)"), ("A : C", "np.sum(A * C)"), ("dot(x, y)", "x @ y"),
    ("1 + x : y", "1 + x @ y"),
    ("||x||", "np.linalg.norm(x)"), ("||x||_1", "np.abs(x).sum()"), ("||x||_inf", "np.abs(x).max()"),
    ("||A||", "np.linalg.norm(A, 2)"), ("||A||_F", "np.linalg.norm(A)"),
    ("||A||_*", "np.linalg.norm(A, 'nuc')"),
    ("||s| - 1|", "abs(abs(s) - 1)"), ("||x|| ||y||", "np.linalg.norm(x) * np.linalg.norm(y)"),
    ("|||x|| - 9|", "abs(np.linalg.norm(x) - 9)"),
    ("||x| - |y||", "np.abs(np.abs(x) - np.abs(y))"), ("|x|'*y", "np.abs(x) @ y"),
    ("2||x||", "2 * np.linalg.norm(x)"),
    ("diag(x)", "np.diag(x)"), ("diag(B)", "np.diag(B)"), ("max(x)", "x.max()"),
    ("max(0, x)", "np.maximum(0, x)"), ("min(x, y)", "np.minimum(x, y)"),
    ("vec(A)", "A.T.reshape(-1)"), ("unvec(vec(A), m, n)", "A"), ("tr(B)*s", "np.trace(B) * s"),
    ("I*x", "x"), ("B + s*I", "B + s * np.eye(4)"),
    ("[A, b]", "np.column_stack([A, b])"), ("[1, 2; 4, 7]", "np.array([[1, 2], [4, 7]])"),
    ("[x; b]", "np.concatenate([x, b])"),
    ("n*x", "4 * x"), ("1/m*sum(b)", "b.mean()"), ("ones(m)'*A", "A.sum(0)[None]"), ("eye(n)*x", "x"),
    ("zeros(m,n) + A", "A"),
    ("(A*x - b)'(A*x - b)", "np.sum((A @ x - b)**2)"), ("A(x - y)", "A @ (x - y)"), ("Ax", "A @ x"),
    ("x'By", "x @ B @ y"),
    ("0.1*x", "x / 10"), ("1e-2*x", "x / 100"),
    ("p'*x where p = softmax(x)", "np.exp(x) @ x / np.exp(x).sum()"),
    ("q*x where q = r^2, r = s + 1", "(s + 1)**2 * x"), ("g*s where g = <x, y>", "x @ y * s"),
    ("2*(x)", "2 * x"), ("exp(X)", "np.exp(X)"),
    ("A*-x", "-(A @ x)"), ("- -x", "x"), ("I[:,2]'*x", "x[1]"), ("cumsum(x)", "np.cumsum(x)"),
    ("kron(A, B)", "np.kron(A, B)"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "truth"), VALUES, ids=[v[0] for v in VALUES])
def test_values(formula: str, truth: str) -> None:
    rng = np.random.default_rng(7)
    env = {name: np.abs(rng.normal(size=shape)) + 0.1 for name, shape in NAMES.items()}
    node = read(formula, WHERE).node
    arrays = {k: v.reshape(-1, 1) if v.ndim < 2 else v for k, v in env.items()}
    have = evaluate(node, arrays, {"n": 4, "m": 5, "k": 3})
    want = python(truth, env)
    assert np.asarray(have).size == np.asarray(want).size
    np.testing.assert_allclose(np.asarray(have).ravel(), np.asarray(want, dtype=float).ravel(), rtol=1e-12)


def python(text: str, env: dict[str, np.ndarray]) -> object:
    """The value of a Python expression of this file (nothing typed by others)."""
    return eval(text, {"np": np, **env})  # noqa: S307


ASSUMED = [
    ("x'*A*x", ("x ∈ ℝⁿ", "A ∈ ℝ^(n×n)")),
    ("||X||", ("X ∈ ℝ^(m×n)", "||X|| is the spectral norm of the matrix X; the Frobenius norm is ||X||_F.")),
    ("x'Ax", ("x ∈ ℝⁿ", "A ∈ ℝ^(n×n)", "Ax is read as A*x.")),
    ("sum(i, a[i]'*x)", ("a[i] ∈ ℝⁿ for i = 1..m", "x ∈ ℝⁿ", "a is the matrix whose rows are a[i], in answers too")),
    ("1/2*x'*A*x - b'*x + c", ("x ∈ ℝⁿ", "A ∈ ℝ^(n×n)", "b ∈ ℝⁿ", "c ∈ ℝ")),
    ("1/n*sum(x)", ("x ∈ ℝⁿ", "n is the length of x")),
    ("theta'*x", ("theta ∈ ℝⁿ", "x ∈ ℝⁿ")),
    ("||x||^2 + c", ("x ∈ ℝⁿ", "c ∈ ℝ")),
    ("det(A - t*I)", ("A ∈ ℝ^(n×n)", "t ∈ ℝ")),
]


@pytest.mark.parametrize(("formula", "assumed"), ASSUMED, ids=[c[0] for c in ASSUMED])
def test_assumed(formula: str, assumed: tuple[str, ...]) -> None:
    assert read(formula).assumed == assumed


WHERES = [
    ("x'*A*x", "A in Sym(n)", "x in R^n, A in Sym(n)"),
    ("lam*x", "lam > 0", "lam in R, lam > 0, x in R^n"),
    ("y'*x", "y in {-1,1}^m", "y in {-1,1}^m, x in R^m"),
    ("sum(i, a[i]'*x)", "a[j] in R^n for j = 1..p", "a[i] in R^n for i = 1..p, x in R^n"),
    ("f(A*x)", "f: R^n -> R", "A in R^(n×m), x in R^m, f: R^n -> R"),
    ("A*B*x", "A*B = B*A", "A in R^(n×n), B in R^(n×n), x in R^n, A*B = B*A"),
    ("A*x", "A in R^{m x n}", "A in R^(m×n), x in R^n"),
    ("A*x", "A in R^mxn\nX in R^(p×q)", "A in R^(m×n), x in R^n, X in R^(p×q)"),
    ("A*x", "A in R^(3x2)", "A in R^(3×2), x in R^2"),
    ("P*x", "P in PD(n), P > 0", "P in PD(n), P > 0, x in R^n"),
    ("v'*x", "v, x in R^(m*n + 1)", "v in R^(m*n + 1), x in R^(m*n + 1)"),
]


@pytest.mark.parametrize(("formula", "where", "canonical"), WHERES, ids=[w[1] for w in WHERES])
def test_where(formula: str, where: str, canonical: str) -> None:
    reading = read(formula, where)
    assert reading.where == canonical
    again = read(formula, canonical)
    assert again.node is reading.node
    assert again.names == reading.names


def test_differentials_have_the_shape_and_the_tangent_facts() -> None:
    reading = read("-X^-1*dX*X^-1", "X in PD(n)")
    assert reading.names["dX"].params == ("dX", ("sym",))
    second = read("tr(X^-1*dX1*X^-1*dX2)", "X in R^(n×n)")
    assert {n: s.shape for n, s in second.names.items()} == dict.fromkeys(("X", "dX1", "dX2"), second.names["X"].shape)
    assert read("A*dx", "A in R^(m×n), x in R^n").names["dx"] is a.sym("dx", "n")


def test_letters_that_look_alike_stay_two_names() -> None:
    reading = read("A*x + А*x")
    assert len(reading.names) == 3
    assert reading.assumed[-1] == "Cyrillic А and Latin A look the same and are two different names here."
    composed = read("e\u0301'*x + \u00e9'*x")
    assert list(composed.names) == ["é", "x"]


def test_a_matrix_called_t_leaves_the_transpose() -> None:
    assert read("x^T*T*x", "T in R^(n×n)").node is read("x'*T*x").node


def test_order_and_indices() -> None:
    reading = read("b'*p where p = softmax(W*x + b)", "z in R^n")
    assert list(reading.order) == ["b", "W", "x", "z"]
    assert read("-log(softmax(z)[k])").indices == ("k",)
    assert read("sum(i, a[i]'*x)").families == {"a"}


def test_matrixcalculus_syntax() -> None:
    reading: Reading = read("norm2(A*x - y)^2 + c*norm2(A)", syntax="matrixcalculus")
    assert reading.names["c"].is_scalar
    assert reading.node.args[1].args[1].op.name == "normF"
    assert read("vector(1)'*x", syntax="matrixcalculus").node is read("ones(n)'*x").node
    assert read("arcsin(x)").node is read("asin(x)").node


def test_abstract_functions() -> None:
    where = "f: R^n -> R, g: R^n -> R^m, z: R -> R^n, u in R^n, t in R"
    shapes = [read(f, where).node.shape for f in ("grad[f](u)", "jac[g](u)", "hess[f](u)", "diff[z](t)", "g(u)")]
    assert [(r.text, c.text) for r, c in shapes] == [("n", "1"), ("m", "n"), ("n", "n"), ("n", "1"), ("m", "1")]
    assert read("hess[f](u)", where).node.params == ("f", "hess")


def test_sums_stay_in_the_order_typed() -> None:
    node = read("b - A*x + c", "c in R^m").node
    assert [arg.op.name for arg in node.args] == ["sym", "mul", "sym"]
    assert node.params[0] == (1, -1, 1)


def test_lengths_are_distinct_letters() -> None:
    sizes = [s for node in read("A*X*B").names.values() for s in node.shape]
    assert [s.text for s in sizes] == ["m", "n", "n", "k", "k", "p"]
    assert all(x is not y for x, y in pairwise([sizes[0], sizes[1], sizes[3], sizes[5]]))
