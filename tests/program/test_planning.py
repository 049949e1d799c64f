"""What the planner decides, read off the steps: which products, how many, of which size; no times."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from closedform import Formula, formula
from closedform.program.compiled import Compiled
from closedform.program.fused import fused
from closedform.program.ir import Program, Step, dims, flat
from closedform.program.lowered import lowered
from closedform.program.numpy import NUMPY
from closedform.program.plan import plan


def planned(*formulas: Formula, fixed: frozenset[str] = frozenset(), **sizes: int) -> Program:
    return plan(tuple(f._raw for f in formulas), sizes, fixed)


def in_numpy(program: Program) -> Program:
    return lowered(fused(program), {*NUMPY.templates, *NUMPY.functions})


def ops(program: Program) -> list[str]:
    return [s.op if s.op != "fn" else s.attrs[0] for s in flat(program.steps)]


def large(program: Program, sizes: Mapping[str, int], entries: int) -> list[Step]:
    return [s for s in program.steps if s.op != "T" and np.prod(dims(s.shape, sizes)) >= entries]


def test_a_product_with_a_vector_at_its_end_never_multiplies_matrices() -> None:
    program = planned(formula("x'*W^2*(W^2)'*x").grad("W"), n=1000)
    assert [s.op for s in large(program, program.sizes, 1000 * 1000)] == ["outer", "outer", "add"]
    assert ops(program).count("matmul") == 3


def test_two_outer_products_of_large_vectors_become_one_product_of_two_columns() -> None:
    program = in_numpy(planned(formula("x'*W^2*(W^2)'*x").grad("W"), n=1000))
    assert [s.op for s in large(program, program.sizes, 1000 * 1000)] == ["outers"]
    few = in_numpy(planned(formula("x'*W^2*(W^2)'*x").grad("W"), n=9))
    assert ops(few).count("outer") == 2


def test_a_chain_of_matrices_is_multiplied_in_its_cheapest_order() -> None:
    program = planned(formula("A*B*C", "A in R^(a×b), B in R^(b×c), C in R^(c×d)"), a=500, b=3, c=400, d=2)
    assert [dims(s.shape, program.sizes) for s in program.steps if s.op == "matmul"] == [(3, 2), (500, 2)]
    program = planned(formula("A*B*C", "A in R^(a×b), B in R^(b×c), C in R^(c×d)"), a=2, b=400, c=3, d=500)
    assert [dims(s.shape, program.sizes) for s in program.steps if s.op == "matmul"] == [(2, 3), (2, 500)]


@pytest.mark.parametrize("typed", ["||A*x - b||^2", "sum(softplus(A*x)) - y'*A*x"])
def test_a_symmetric_product_is_a_gram_product(typed: str) -> None:
    found = ops(planned(formula(typed).hessian("x"), m=2000, n=1000))
    assert found.count("gram") == 1
    assert "diag" not in found
    assert found.count("matmul") <= 1, "only A*x"


def test_weights_of_unknown_sign_are_no_gram_product() -> None:
    found = ops(planned(formula("sum(w.*(A*x).^2)").hessian("x"), m=300, n=200))
    assert "gram" not in found
    assert "diag" not in found


def test_a_rank_one_correction_of_a_diagonal_is_distributed() -> None:
    program = planned(formula("logsumexp(A*x)").hessian("x"), m=2000, n=1000)
    assert ops(program).count("gram") == 1
    assert not [s for s in program.steps if dims(s.shape, program.sizes) == (2000, 2000)]


def test_a_sum_of_diagonal_matrices_scales_rows() -> None:
    program = in_numpy(planned(formula("tanh(A*x)").jacobian("x"), m=900, n=700))
    assert [s.op for s in large(program, program.sizes, 900 * 700)] == ["rows"]


def test_one_factorisation_serves_solve_determinant_and_inverse() -> None:
    f = formula("b'*inv(S)*b + logdet(S)", "S in PD(n), b in R^n")
    found = ops(planned(f, f.grad("S"), n=300))
    assert found.count("chol") == 1
    assert found.count("lu") == 0
    assert found.count("solve_chol") == 1


def test_a_matrix_not_known_to_be_definite_is_factored_once_by_lu() -> None:
    f = formula("b'*inv(M)*c")
    found = ops(planned(f, f.grad("M"), n=300))
    assert found.count("lu") == 1
    assert "chol" not in found
    assert "inv" not in found


def test_the_inverse_of_a_definite_matrix_is_formed_where_many_columns_meet_it() -> None:
    D = formula("logdet(S)", "S in PD(n)").grad("S").derivative("S")
    assert ops(planned(D, n=400)).count("inv_chol") == 1
    few = ops(planned(formula("inv(S)*B", "S in PD(n), B in R^(n×k)"), n=400, k=3))
    assert "inv_chol" not in few
    assert few.count("solve_chol") == 1


def test_a_matrix_and_its_transpose_are_computed_once() -> None:
    f = formula("sum((tanh(X*W' + ones(m)*b')*v - y).^2)", "X in R^(m×d), W in R^(h×d), b in R^h, v in R^h, y in R^m")
    found = ops(planned(*(f.grad(name) for name in "Wbv"), m=500, d=10, h=20))
    assert found.count("tanh") == 1


def test_a_vector_of_ones_broadcasts() -> None:
    f = formula("tanh(X*W + ones(m)*b')", "X in R^(m×d), W in R^(d×h), b in R^h")
    found = ops(in_numpy(planned(f, m=500, d=10, h=20)))
    assert "plus_cols" in found
    assert "outer" not in found
    assert "ones" not in found


def test_a_kronecker_product_with_the_identity_writes_blocks() -> None:
    H = formula("sum((U*V' - T).^2)").grad("U").derivative("U").kron
    found = ops(in_numpy(planned(H, m=40, n=50, k=3)))
    assert "kron_eye" in found
    assert "kron" not in found


def test_the_number_before_a_kronecker_product_goes_onto_a_factor() -> None:
    program = planned(formula("logdet(X)", "X in PD(n)").grad("X").derivative("X").kron, n=20)
    assert not [s for s in program.steps if s.op == "mul" and dims(s.shape, program.sizes) == (400, 400)]


def test_sigmoid_times_its_complement_is_one_function() -> None:
    assert ops(in_numpy(planned(formula("sum(softplus(A*x))").hessian("x"), m=70, n=50))).count("sigmoid_slope") == 1
    D = formula("sum(softplus(A*x))").grad("x").derivative("x")
    found = ops(in_numpy(planned(D, m=70, n=50)))
    assert "sigmoid_slope" in found
    assert "sigmoid" not in found


def test_what_is_fixed_costs_nothing() -> None:
    typed = formula("A*B*x", "A in R^(n×n), B in R^(n×n), x in R^n")
    assert [dims(s.shape, {"n": 500}) for s in planned(typed, n=500).steps if s.op == "matmul"] == [(500, 1)] * 2
    kept = planned(typed, fixed=frozenset({"A", "B"}), n=500)
    assert [dims(s.shape, {"n": 500}) for s in kept.steps if s.op == "matmul"] == [(500, 500), (500, 1)]


CASES = {
    "x'*W^2*(W^2)'*x": ("W", {"W": (150, 150), "x": (150,)}),
    "sum((tanh(X*W' + ones(m)*b')*v - y).^2)": ("W", {"X": (13, 4), "W": (5, 4), "b": (5,), "v": (5,), "y": (13,)}),
    "sum(softplus(A*x)) - y'*A*x": ("x", {"A": (11, 6), "x": (6,), "y": (11,)}),
}


@pytest.mark.parametrize("typed", CASES)
def test_planned_programs_have_the_value_of_the_formula(typed: str) -> None:
    by, shapes = CASES[typed]
    r = np.random.default_rng(5)
    data = {name: r.normal(size=shape) for name, shape in shapes.items()}
    g = formula(typed, "X in R^(m×d), W in R^(h×d), b in R^h, v in R^h, y in R^m" if "tanh" in typed else None).grad(by)
    program = Compiled((g._raw,), "numpy")
    want = g({name: data[name] for name in g.variables})
    assert np.allclose(program(*(data[name] for name in program.arguments)), want, rtol=1e-11, atol=1e-11)


def test_kron_with_the_identity_has_the_value_of_kron() -> None:
    r = np.random.default_rng(6)
    for typed in ("kron(A, eye(3))", "kron(eye(4), A)", "-2*kron(A, eye(3))"):
        f = formula(typed, "A in R^(2×5)")
        A = r.normal(size=(2, 5))
        want = {"kron(A, eye(3))": np.kron(A, np.eye(3)), "kron(eye(4), A)": np.kron(np.eye(4), A)}.get(typed)
        want = -2 * np.kron(A, np.eye(3)) if want is None else want
        assert np.array_equal(Compiled((f._raw,), "numpy")(A), want)


def test_a_matrix_of_blocks_times_a_column_is_not_put_together() -> None:
    where = "A in R^(n,n), B in R^(n,m), C in R^(m,m), x in R^(n+m)"
    program = planned(formula("x'*[A, B; B', C]*x", where).grad("x"), n=300, m=200)
    assert all(np.prod(dims(s.shape, program.sizes)) < 1000 for s in program.steps if s.op != "T")


@pytest.mark.parametrize("n", [1, 2, 60])
@pytest.mark.parametrize("m", [1, 3, 40])
def test_the_values_of_blocks_times_a_column(m: int, n: int) -> None:
    rng = np.random.default_rng(m + n)
    A, b, c = rng.standard_normal((m, n)), rng.standard_normal(m), rng.standard_normal(n)
    y, x = rng.standard_normal(m + 1), rng.standard_normal(n + 1)
    f = formula("y'*[A, b; c', d]*x", "A in R^(m,n), b in R^m, c in R^n, d in R, x in R^(n+1), y in R^(m+1)")
    M = np.block([[A, b[:, None]], [c[None], np.full((1, 1), 2.5)]])
    given = {"A": A, "b": b, "c": c, "d": 2.5, "x": x, "y": y}
    slopes = {"x": y @ M, "y": M @ x, "A": np.outer(y, x)[:-1, :-1]}
    for g, want in ((f, y @ M @ x), *((f.grad(name), slope) for name, slope in slopes.items())):
        program = g.compile()
        assert np.allclose(program(*(given[name] for name in program.arguments)), want, rtol=1e-11, atol=1e-11)
    part = formula("[I, zeros(n,m)]*x", "x in R^(n+m)").compile()
    given = {"x": x, "n": 1, "m": n}
    assert not np.shares_memory(part(*(given[name] for name in part.arguments)), x)
