"""Compiled formulas: what they take, what they refuse, and that they are cheap to call."""

from __future__ import annotations

import re
import timeit
from typing import Any

import numpy as np
import pytest
import scipy.sparse
from backends import LIKE, TARGETS, called, relative

import closedform as cf
from closedform.errors import ClosedformError, ValueProblem
from closedform.program.compiled import Compiled
from closedform.program.ir import flat
from closedform.program.numpy import NUMPY
from closedform.program.source import Python
from closedform.program.strict import domain_check

RNG = np.random.default_rng(2)
M, N = 5, 3
A, B, X, Y = RNG.standard_normal((M, N)), RNG.standard_normal((M, M)), RNG.standard_normal(N), RNG.standard_normal(M)
SQUARE = cf.formula("x'*A*x").grad("x")
TALL = cf.formula("||A*x - y||^2").grad("x")
S = RNG.standard_normal((N, N))


def compiled(f: cf.Formula, target: str = "numpy", **more: Any) -> Compiled:
    return Compiled((f._raw,), target, f.text, **more)


def tall(**changed: Any) -> Any:
    return compiled(TALL)(**{"A": A, "x": X, "y": Y, **changed})


WANT = 2 * A.T @ (A @ X - Y)
GOOD: dict[str, dict[str, Any]] = {
    "lists": {"A": A.tolist(), "x": X.tolist(), "y": tuple(Y)},
    "not contiguous": {"A": np.repeat(np.repeat(A, 2, 0), 3, 1)[::2, ::3], "x": np.repeat(X, 2)[::2]},
    "Fortran order": {"A": np.asfortranarray(A)},
    "a column for a vector": {"x": X[:, None]},
    "another byte order": {"A": A.astype(">f8")},
    "a matrix": {"A": np.matrix(A)},
    "read only": {"A": np.broadcast_to(A, A.shape)},
    "long double": {"A": A.astype(np.longdouble)},
    "objects of floats in a list": {"x": [np.float64(v) for v in X]},
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_an_array_of_numbers(name: str) -> None:
    got = tall(**GOOD[name])
    assert type(got) is np.ndarray
    assert np.allclose(got, WANT, rtol=1e-12)


def test_whole_numbers_and_halves() -> None:
    ints = RNG.integers(-5, 5, (M, N))
    want = 2 * ints.T @ (ints @ X - Y)
    for dtype in (np.int8, np.int64, np.float16):
        assert np.allclose(tall(A=ints.astype(dtype)), want, rtol=1e-12)
    unsigned = np.array([1, 2, 3], np.uint8)
    assert np.allclose(tall(x=unsigned), 2 * A.T @ (A @ [1, 2, 3] - Y))
    assert np.allclose(tall(x=np.array([True, False, True])), 2 * A.T @ (A @ [1, 0, 1] - Y))


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a row for a vector": ({"x": X[None, :]}, r"x has shape \(1, 3\)"),
    "a matrix for a vector": ({"x": S}, r"x has shape \(3, 3\)"),
    "a number for a vector": ({"x": 2.0}, "x"),
    "0-d for a vector": ({"x": np.array(2.0)}, "x"),
    "a vector for a matrix": ({"A": X}, "A"),
    "three axes": ({"A": A[None]}, "A"),
    "transposed": ({"A": A.T}, "sizes do not match"),
    "too long": ({"y": np.ones(M + 1)}, "sizes do not match"),
    "of length one": ({"y": np.ones(1)}, "sizes do not match"),
    "empty": ({"x": np.ones(0)}, "x"),
    "empty matrix": ({"A": np.ones((M, 0))}, "A"),
    "complex": ({"A": A + 1j}, "complex"),
    "objects": ({"A": A.astype(object)}, "no numbers"),
    "text": ({"x": "abc"}, "x is str"),
    "None": ({"x": None}, "x is NoneType"),
    "ragged": ({"A": [[1.0], [1.0, 2.0]]}, "different lengths"),
    "masked": ({"x": np.ma.masked_array(X)}, "masked"),
    "sparse": ({"A": scipy.sparse.csr_array(A)}, "sparse"),
    "dates": ({"x": np.array(["2020-01-01"] * N, "M8[D]")}, "no numbers"),
    "an unknown keyword": ({"z": X}, "z is no argument"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused(name: str) -> None:
    values, said = BAD[name]
    tall()
    with pytest.raises(ValueProblem, match=said):
        tall(**values)


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_after_a_good_call(name: str) -> None:
    values, said = BAD[name]
    f = compiled(TALL)
    f(A=A, x=X, y=Y)
    with pytest.raises(ValueProblem, match=said):
        f(**{"A": A, "x": X, "y": Y, **values})


def test_the_number_of_arguments() -> None:
    f = compiled(SQUARE)
    for given in ((), (S,), (S, X, X)):
        with pytest.raises(ValueProblem, match="wanted"):
            f(*given)
    with pytest.raises(ValueProblem, match="is given twice"):
        f(S, X, A=S)
    assert np.allclose(f(x=X, A=S), (S + S.T) @ X)


def test_not_a_number_stays_one() -> None:
    x = X.copy()
    x[1] = np.nan
    assert np.isnan(tall(x=x)).all()


def test_a_matrix_without_inverse_is_named() -> None:
    f = compiled(cf.formula("x'*inv(A)*x").grad("x"))
    with pytest.raises(ValueProblem, match=r"[Ss]ingular"):
        f(x=X, A=np.ones((N, N)))


def test_what_a_variable_is_declared_to_be() -> None:
    f = compiled(cf.formula("x'*A*x", where="A in Sym(n)").grad("x"))
    with pytest.raises(ValueProblem, match="symmetric"):
        f(x=X, A=S)


def test_an_answer_is_nobody_elses() -> None:
    """Neither an argument nor a kept value may be reached through an answer."""
    f, b = compiled(cf.formula("b'*x").grad("x")), X.copy()
    f(b)[0] = 99
    assert np.array_equal(b, X)
    g = compiled(cf.formula("tr(A'*X)").grad("X"), fixed={"A": A})
    g()[0, 0] = 99
    assert np.array_equal(g(), A)
    h = Compiled((cf.formula("b'*x").grad("x")._raw, cf.formula("b'*x").grad("x")._raw), "numpy")
    first, second = h(X)
    first[0] = 99
    assert second[0] == X[0]


@pytest.mark.parametrize("text", ["||A*x - y||^2", "logdet(A'*A + eye(n))*(x'*x)", "sum(log(1 + exp(A*x)))", "||x||"])
def test_single_precision_stays(text: str) -> None:
    f = cf.formula(text)
    g = f.grad("x")
    values = {"A": A, "x": X, "y": Y}
    for target in TARGETS:
        c = Compiled((f._raw, g._raw), target)
        for dtype in (np.float32, np.float64):
            given = {n: values[n].astype(dtype) for n in c.arguments}
            value, slope = called(c, given)
            assert (value.dtype, slope.dtype) == (dtype, dtype)
            assert relative(slope, np.asarray(g(**{n: values[n] for n in g.variables}))) < 1e4 * np.finfo(dtype).eps


def test_several_formulas_share_their_work() -> None:
    f = cf.formula("sum(log(1 + exp(-y.*(A*x))))")
    nodes = (f._raw, f.grad("x")._raw)
    values = {"A": A, "x": X, "y": np.sign(Y)}
    sizes = {"m": N, "n": M}
    count = lambda *which: len(list(flat(Compiled(which, "numpy").program(values).steps)))  # noqa: E731
    assert count(*nodes) < count(nodes[0]) + count(nodes[1])
    products = [s.op for s in Compiled(nodes, "numpy").program(values).steps].count("matmul")
    assert products == 2, sizes
    value, slope = called(Compiled(nodes, "numpy"), values)
    assert np.allclose(value, f(**values), rtol=1e-13)
    assert np.allclose(slope, f.grad("x")(**values), rtol=1e-13)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_fixed_is_computed_once(target: str) -> None:
    f = cf.formula("x'*inv(A)*x")
    g, square = f.grad("x"), S + 4 * np.eye(N)
    c = Compiled((g._raw,), target, fixed={"A": LIKE[target](square)})
    assert c.arguments == ("x",)
    assert relative(called(c, {"x": X}), np.asarray(g(A=square, x=X))) < 1e-12
    with pytest.raises(ValueProblem, match="A is fixed"):
        c(LIKE[target](X), A=LIKE[target](square))
    with pytest.raises(ValueProblem, match="sizes do not match"):
        c(LIKE[target](Y))
    with pytest.raises(ValueProblem, match="q is fixed, but"):
        Compiled((g._raw,), target, fixed={"q": 1})


@pytest.mark.parametrize("text", ["b'*inv(A)*x", "x'*inv(A)*x", "sum(i=1..n, x[i]*(x'*inv(A)*b)^i)"])
def test_what_is_fixed_is_factored_once(text: str) -> None:
    """All that is done with the matrix alone stands before the function that is returned."""
    g = cf.formula(text).grad("x")
    c = compiled(g, fixed={"A": S + 4 * np.eye(N)})
    program = c.program({**c.fixed, **dict.fromkeys(c.arguments, X)})
    code = Python(NUMPY, program, c._all, "f", "", frozenset({"A"})).text()
    before, after = code.split("def prepare")[1].split("    def f(")
    assert re.search(r"\blu\(|inv\(", before)
    assert not re.search(r"\blu\(|inv\(|linalg.solve", after)
    given = dict.fromkeys(c.arguments, X)
    assert relative(c(**given), np.asarray(g(**c.fixed, **given))) < 1e-10


def test_new_shapes_are_planned_for() -> None:
    f = compiled(SQUARE)
    for n in (3, 4, 3, 2):
        a, x = RNG.standard_normal((n, n)), RNG.standard_normal(n)
        assert np.allclose(f(a, x), (a + a.T) @ x)
    for n in range(1, 300):
        f(np.ones((n, n)), np.ones(n))
    assert len(f._ready) <= 256


def test_a_strict_program_says_what_does_not_hold() -> None:
    f = cf.formula("sum(log(x))")
    check = domain_check(f._conditions, [f._raw], lambda c: c.kind)
    c = compiled(f, check=check)
    assert np.isclose(c([1.0, 2.0]), np.log(2))
    for _ in range(2):
        with pytest.raises(ValueProblem, match="positive"):
            c([1.0, -2.0])


def test_an_index_and_a_size() -> None:
    f = compiled(cf.formula("x[i]^2"))
    assert np.isclose(f(x=X, i=2), X[1] ** 2)
    for wrong in (0, -1, 1.5, True, "1", None):
        with pytest.raises(ValueProblem, match=r"i is|index "):
            f(x=X, i=wrong)
    with pytest.raises(ValueProblem, match="index 4"):
        f(x=X, i=4)


def test_no_such_target() -> None:
    with pytest.raises(ClosedformError, match="fortran"):
        compiled(SQUARE, "fortran")


def test_a_call_costs_little() -> None:
    """At n = 3 a positional call may cost 3 µs; the arithmetic alone is measured beside it, since machines differ."""
    f = compiled(SQUARE)
    a, x = S.copy(), X.copy()
    f(a, x)
    best = lambda run: min(timeit.repeat(run, number=1000, repeat=80)) / 1000  # noqa: E731
    alone, ours = best(lambda: a @ x + x @ a), best(lambda: f(a, x))
    assert ours < 1.67 * alone or ours < 3e-6


def test_what_is_fixed_is_not_written_over() -> None:
    f = cf.formula("2*A'*A + t*eye(n)", "A in R^(m×n), t in R")
    for fixed in ({"A": A}, {"A": A, "t": 0.5}):
        program = f.compile(fixed=fixed)
        rest = [0.5] if len(fixed) == 1 else []
        for _ in range(3):
            got = program(*rest)
            assert np.allclose(got, 2 * A.T @ A + 0.5 * np.eye(N), rtol=1e-13)
            got[:] = np.nan


def test_a_size_that_nothing_fixed_tells_is_read_later() -> None:
    program = cf.formula("t*ones(n) + x*s", "t in R, s in R, x in R^n").compile(fixed={"t": 2.0})
    assert np.allclose(program(s=3.0, x=X), 2 + 3 * X)


def test_arguments_are_never_written_into() -> None:
    f = cf.formula("sum(softplus(A*x)) - y'*A*x + x'*x")
    program = f.compile("numpy", f.grad("x"), f.hessian("x"))
    given = {"A": A.copy(), "x": X.copy(), "y": Y.copy()}
    first = program(**given)
    assert all(np.array_equal(given[name], kept) for name, kept in {"A": A, "x": X, "y": Y}.items())
    assert all(np.array_equal(a, b) for a, b in zip(first, program(**given), strict=True))


def test_arrays_of_both_precisions_keep_the_higher() -> None:
    low = A.astype(np.float32)
    got = tall(A=low)
    assert got.dtype == np.float64
    assert relative(got, 2 * low.astype(float).T @ (low.astype(float) @ X - Y)) < 1e-14


def test_a_softmax_of_rows_far_apart() -> None:
    Z = np.array([[0.0, 1.0], [-4000.0, -4001.0], [900.0, 900.5]])
    program = cf.formula("softmax_rows(Z)").compile()
    for values in (Z, Z / 100, np.vstack([Z, [[np.nan, 0.0]]])):
        e = np.exp(values - values.max(1, keepdims=True))
        assert np.allclose(program(values), e / e.sum(1, keepdims=True), rtol=1e-14, equal_nan=True)


def test_a_large_weighted_gram_matrix() -> None:
    m, n = 4200, 250
    data = RNG.standard_normal((m, n))
    weights = RNG.random(m)
    program = cf.formula("A'*diag(w.^2)*A", "A in R^(m×n), w in R^m").compile()
    assert relative(program(data, weights), (data * (weights * weights)[:, None]).T @ data) < 1e-13


NEARLY = np.array([[1.0, 2.0], [1.0, 2.0 + 4e-16]])
UNEVEN = np.array([[1.0, 1.0], [1e-20, -1e-20]])


@pytest.mark.parametrize("text", ["inv(S)*b", "inv(S)", "inv(S)*b + inv(S)'*b/2"])
def test_a_matrix_singular_to_rounding_is_refused_as_the_formula_refuses_it(text: str) -> None:
    f = cf.formula(text, "S in R^(n×n), b in R^n")
    b = {"b": np.array([1.0, 3.0])} if "b" in f.variables else {}
    for call in (f, f.compile()):
        with pytest.raises(ValueProblem, match="singular to rounding"):
            call(S=NEARLY, **b)
        assert np.isfinite(call(S=UNEVEN, **b)).all(), "scaled badly, and regular"


def test_a_system_that_has_solutions_is_refused_where_its_matrix_is_singular_to_rounding() -> None:
    rng = np.random.default_rng(5)
    A, b = rng.normal(size=(3, 6)), rng.normal(size=3)
    f = cf.formula("(A'*A)^-1*A'*b")
    for program in (f, f.compile("numpy")):
        with pytest.raises(ValueProblem, match="singular"):
            program(A=A, b=b)


def test_a_positive_definite_matrix_singular_to_rounding() -> None:
    v = np.array([1.0, 2.0, 3.0])
    for text in ("inv(S)", "inv(S)*b", "logdet(S)*b + inv(S)*b"):
        program = cf.formula(text, "S in PD(n), b in R^n").compile()
        given = (np.outer(v, v) + 1e-16 * np.eye(3), v)[: len(program.arguments)]
        with pytest.raises(ValueProblem, match=r"singular|positive definite"):
            program(*given)
    scaled = cf.formula("inv(S)", "S in PD(n)").compile()
    assert np.allclose(scaled(np.diag([1.0, 1e-30])), np.diag([1.0, 1e30]))


def test_a_logarithm_of_a_singular_matrix_is_not_a_number() -> None:
    S = np.array([[1.0, 2.0], [2.0, 4.0]])
    assert np.isnan(cf.formula("logm(S)").compile()(S)).all()
    assert np.isnan(cf.formula("sqrtm(S)").compile()(0 * S)).all()


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_fixed_stays_when_its_array_changes(target: str) -> None:
    """Both what is computed of it once (A'*A) and what each call reads (A)."""
    f = cf.formula("A'*A*x + A'*sin(A*x)")
    want = A.T @ A @ X + A.T @ np.sin(A @ X)
    mine = A.copy()
    given = mine if target == "jax" else LIKE[target](mine)  # torch.as_tensor shares the memory
    early, late = (f.compile(target, fixed={"A": given}) for _ in range(2))
    first = called(early, {"x": X})
    mine *= 3
    for found in (first, called(early, {"x": X}), called(late, {"x": X})):
        assert relative(found, want) < 1e-12


def test_a_strict_program_looks_at_declarations_each_time() -> None:
    f = cf.formula("x'*A*x", "A in Sym(n)").compile(strict=True)
    f(X, S + S.T)
    for _ in range(2):
        with pytest.raises(ValueProblem, match="A is declared symmetric"):
            f(X, S)
    f(X, S + S.T)
