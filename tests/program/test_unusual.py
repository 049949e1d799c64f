"""What programs are asked for in ways that fit nothing, and what they take at sizes of one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from backends import LIKE, TARGETS, called, relative

import closedform as cf
from closedform.errors import ClosedformError, DeclarationError, ValueProblem

RNG = np.random.default_rng(17)
F = cf.formula("sum(log(1 + exp(-y.*(A*x)))) + lam/2*x'*x")


@pytest.mark.parametrize("verb", ["hessian", "jacobian", "derivative", "jvp", "vjp", "hvp", "taylor", "batch"])
def test_a_derivative_by_nothing_names_the_variables(verb: str) -> None:
    with pytest.raises(DeclarationError, match="by which variable; this formula has A, lam, x, y"):
        getattr(F, verb)()


@pytest.mark.parametrize("ask", [F.compile, F.code])
@pytest.mark.parametrize("more", ["x'*x", [F], None])
def test_several_are_formulas(ask: Callable[..., Any], more: Any) -> None:
    with pytest.raises(ClosedformError, match=f"this is a {type(more).__name__}"):
        ask("numpy", more)


def test_a_plan_is_for_sizes_that_there_are() -> None:
    with pytest.raises(ValueProblem, match="q is no size of this formula; it has m, n"):
        F.plan(m=3, q=4)
    assert dict(F.plan(m=3, n=4).sizes) == {"m": 3, "n": 4}


ABSENT = {
    "lam*x'*x + mu*sum(abs(x))": {"lam": 1.5, "x": np.array([1.0, -2.0])},
    "sum(max(x, 0)) + lam*x'*x": {"lam": 1.5, "x": np.array([1.0, -2.0])},
}


@pytest.mark.parametrize("text", ABSENT)
def test_a_strict_program_takes_what_its_conditions_are_of(text: str) -> None:
    second = cf.formula(text, "lam in R, mu in R").hessian("x")
    given = ABSENT[text]
    program = second.compile(strict=True)
    assert "x" in program.arguments
    assert np.allclose(program(**given), 3.0 * np.eye(2))
    for values in ({**given, "x": np.array([1.0, 0.0])}, {"lam": 1.5, "x": np.zeros(2)}):
        with pytest.raises(ValueProblem, match="does not hold"):
            program(**values)
    assert np.allclose(second.compile(strict=True, fixed={"x": given["x"]})(lam=1.5), 3.0 * np.eye(2))


ONES = [
    ("x'*inv(A'*A + lam*I)*x", "A in R^(m,n), lam > 0", "A"),
    ("x'*inv(I + U*V')*x", "U in R^(n,k)", "U"),
    ("softmax(A*x)'*B*softmax(A*x)", "B in R^(m,m)", "x"),
    ("sum((kron(A, B)*C).^2)", "A in R^(m,m), B in R^(n,n), C in R^(m*n,k)", "A"),
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("text", "where", "by"), ONES)
@pytest.mark.parametrize("sizes", [*itertools.product((1, 2), repeat=3)])
def test_matrices_of_one_column_stay_matrices(
    text: str, where: str, by: str, sizes: tuple[int, ...], target: str
) -> None:
    """A sum times a matrix that has one column at these sizes, beside the formula's own values."""
    f = cf.formula(text, where)
    by_name = dict(zip("kmn", sizes, strict=True))
    for g in (f.grad(by), f.hvp(by), *([f.hessian(by)] if by == "x" else [])):
        program = g.compile(target)
        shapes = {a.name: tuple(s.value(by_name) for s in a.shape if s.text != "1") for a in program._all}
        values = {name: abs(RNG.standard_normal(shape)) for name, shape in shapes.items()}
        assert relative(called(program, values), np.asarray(g(**values))) < 1e-10


CORNERS = {"D": RNG.standard_normal((5, 5)), "n": 2}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("held", [("D",), ("n",), ("D", "n")])
def test_what_needs_a_size_that_comes_later_is_computed_later(target: str, held: tuple[str, ...]) -> None:
    where = "X in R^(n,n), A in R^(n,m), B in R^(m,n), C in R^(m,m)"
    g = cf.formula("tr([X, A; B, C]*D)", where).grad("X")
    given = {name: LIKE[target](v) for name, v in CORNERS.items()}
    program = g.compile(target, fixed={name: given[name] for name in held})
    got = program(**{name: v for name, v in given.items() if name not in held})
    assert np.array_equal(np.asarray(got), CORNERS["D"].T[:2, :2])


@pytest.mark.parametrize("target", TARGETS)
def test_a_sum_of_sizes_is_read_off_what_is_there(target: str) -> None:
    f = cf.formula("y'*(D*ones(n + m)) + sum(A*b)", "y in R^(n+m), D in R^(n+m,n+m), A in R^(n,m), b in R^m")
    values = {
        "y": RNG.standard_normal(5), "D": CORNERS["D"], "A": RNG.standard_normal((2, 3)), "b": RNG.standard_normal(3),
    }  # fmt: skip
    want = values["y"] @ values["D"].sum(1) + (values["A"] @ values["b"]).sum()
    given = {name: LIKE[target](v) for name, v in values.items()}
    for held in itertools.chain.from_iterable(itertools.combinations(given, r) for r in range(5)):
        program = f.compile(target, fixed={name: given[name] for name in held})
        assert abs(float(program(**{name: v for name, v in given.items() if name not in held})) - want) < 1e-10


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("n", [1, 2, 7])
def test_products_of_all_others(target: str, n: int) -> None:
    x = RNG.standard_normal(n)
    for zeros in range(min(n, 3)):
        x[:zeros] = 0.0
        want = np.array([np.prod(np.delete(x, k)) for k in range(n)])
        assert np.allclose(called(cf.formula("prod(x)").grad("x").compile(target), {"x": x}), want, rtol=1e-13)


def test_functions_of_symmetric_matrices() -> None:
    V = np.linalg.qr(RNG.standard_normal((6, 6)))[0]
    w = np.array([1e-3, 0.5, 1.0, 2.0, 2.0, 40.0])
    S = (V * w) @ V.T
    S = (S + S.T) / 2
    for text, values in (("sqrtm(S)", np.sqrt(w)), ("logm(S)", np.log(w))):
        program = cf.formula(text).compile()
        assert np.allclose(program(S), (V * values) @ V.T, rtol=1e-11, atol=1e-11)
        assert np.isnan(program(np.diag([1.0, -1.0, 2.0]))).all()
        assert np.isnan(program(np.zeros((2, 2)))).all()
