"""Operators that use structure agree with the dense matrix they stand for, and are what they should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from closedform import ShapeError, ValueProblem, formula
from closedform.structured.operators import Dense, DenseMap, Diagonal, DiagonalPlusLowRank, Kronecker, TwoSided

RNG = np.random.default_rng(20261122)


def normal(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape)


MATRICES: dict[str, tuple[str, str, dict[str, Any], type]] = {
    "logistic regression with a ridge": (
        "sum(log(1 + exp(A*x))) + lam/2*x'*x", "x", {"A": normal(3, 8), "x": normal(8), "lam": 0.7}, DiagonalPlusLowRank
    ),
    "log-sum-exp with weights": (
        "log(sum(exp(A*x))) + 1/2*x'*diag(d)*x", "x",
        {"A": normal(2, 9), "x": normal(9), "d": np.abs(normal(9)) + 0.1}, DiagonalPlusLowRank,
    ),
    "separable": ("sum(exp(x).*c)", "x", {"x": normal(6), "c": normal(6)}, Diagonal),
    "no structure": ("x'*A*x", "x", {"A": normal(5, 5), "x": normal(5)}, Dense),
    "too many columns": ("sum(log(1 + exp(A*x))) + x'*x", "x", {"A": normal(7, 5), "x": normal(5)}, Dense),
}  # fmt: skip


@pytest.mark.parametrize("name", MATRICES)
def test_a_hessian_by_a_vector(name: str) -> None:
    text, by, values, kind = MATRICES[name]
    hessian = formula(text).hessian(by)
    operator, dense = hessian.structured(values), hessian(values)
    assert type(operator) is kind
    agree(operator, np.asarray(dense))


def agree(operator: Any, dense: np.ndarray) -> None:
    n = len(dense)
    b, B = normal(n), normal(n, 3)
    np.testing.assert_allclose(operator.todense(), dense, atol=1e-12)
    np.testing.assert_allclose(operator @ b, dense @ b, atol=1e-11)
    np.testing.assert_allclose(operator @ B, dense @ B, atol=1e-11)
    np.testing.assert_allclose(operator.rmatvec(b), dense.T @ b, atol=1e-11)
    np.testing.assert_allclose(operator.diag(), np.diagonal(dense), atol=1e-12)
    np.testing.assert_allclose(dense @ operator.solve(b), b, atol=1e-9)
    np.testing.assert_allclose(dense @ operator.solve(B), B, atol=1e-9)
    sign, log = np.linalg.slogdet(dense)
    if sign > 0:
        assert operator.logdet() == pytest.approx(log, abs=1e-10)
    else:
        with pytest.raises(ValueProblem, match="determinant"):
            operator.logdet()


MAPS: dict[str, tuple[str, str | None, str, dict[str, Any], int]] = {
    "matrix factorisation": (
        "1/2*||T - U*V'||_F^2", "T in R^(m,n), U in R^(m,k)", "U",
        {"T": normal(4, 5), "U": normal(4, 3), "V": normal(5, 3)}, 1,
    ),
    "two sides": (
        "tr(X'*A*X) + tr(X*B*X')", None, "X", {"X": normal(4, 3), "A": normal(4, 4), "B": normal(3, 3)}, 2
    ),
    "general": (
        "tr(X'*A*X*B) + tr(X'*X)", None, "X", {"X": normal(4, 3), "A": normal(4, 4), "B": normal(3, 3)}, 3
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MAPS)
def test_a_hessian_by_a_matrix(name: str) -> None:
    text, where, by, values, count = MAPS[name]
    hessian = formula(text, where).hessian(by)
    operator = hessian.structured(values)
    entries = hessian.array(values)  # type: ignore[attr-defined]
    m, n = values[by].shape
    dense = entries.transpose(1, 0, 3, 2).reshape(m * n, m * n)
    assert type(operator) is TwoSided
    assert len(operator.terms) == count
    agree(operator, dense)
    X = normal(m, n)
    np.testing.assert_allclose(operator.apply(X), np.einsum("ijkl,kl->ij", entries, X), atol=1e-11)
    np.testing.assert_allclose(operator.apply(operator.solve_matrix(X)), X, atol=1e-9)


def test_a_map_that_is_no_sum_of_two_sided_products_has_its_entries() -> None:
    hessian = formula("sum(logsumexp_rows(X*W)) + 3*tr(W'*W)").hessian("W")
    values = {"X": normal(7, 4), "W": normal(4, 3)}
    operator = hessian.structured(values)
    entries = hessian.array(values)  # type: ignore[attr-defined]
    assert type(operator) is DenseMap
    agree(operator, entries.transpose(1, 0, 3, 2).reshape(12, 12))
    with pytest.raises(ShapeError, match="takes n×k to m×k"):
        formula("softmax_rows(X*W)").derivative("W").structured({**values, "dW": normal(4, 3)})


def test_a_kronecker_product_is_not_formed() -> None:
    product = formula("kron(A, B)", "A in R^(n,n), B in R^(k,k)")
    values = {"A": normal(4, 4), "B": normal(3, 3)}
    operator = product.structured(values)
    assert type(operator) is Kronecker
    agree(operator, np.kron(values["A"], values["B"]))


def test_what_has_no_structure_says_so() -> None:
    with pytest.raises(ShapeError, match="square"):
        formula("A*x").structured(A=normal(3, 4), x=normal(4))
    with pytest.raises(ValueProblem, match="singular"):
        formula("diag(d)").structured(d=[1.0, 0.0, 2.0]).solve(np.ones(3))
    with pytest.raises(ValueProblem, match="singular"):
        formula("A", "A in R^(n,n)").structured(A=[[1.0, 2.0], [2.0, 4.0]]).solve(np.ones(2))


def operators() -> list[Any]:
    """One of each kind."""
    kron = formula("kron(A, B)", "A in R^(n,n), B in R^(k,k)").structured(A=normal(3, 3), B=normal(4, 4))
    two = formula("tr(A*X*B*X')").hessian("X").structured(A=normal(3, 3), B=normal(4, 4), X=normal(3, 4))
    low = formula("diag(d) + u*v'", "u in R^n").structured(d=np.arange(1.0, 13), u=normal(12), v=normal(12))
    dense = formula("A", "A in R^(n,n)").structured(A=normal(12, 12))
    return [kron, two, low, dense, formula("diag(d)").structured(d=np.arange(1.0, 13))]


@pytest.mark.parametrize("operator", operators(), ids=lambda o: type(o).__name__)
def test_a_right_hand_side_is_any_array_of_numbers_of_its_size(operator: Any) -> None:
    b = [float(k) for k in range(12)]
    np.testing.assert_allclose(operator.todense() @ operator.solve(b), b, atol=1e-9)
    for wrong in (normal(11), normal(11, 12), 1.0, normal(12, 2, 2), normal(1)):
        with pytest.raises(ValueProblem, match="12 rows are wanted"):
            operator.solve(wrong)
    with pytest.raises(ValueProblem, match="numbers"):
        operator.solve(["a"] * 12)


def test_a_matrix_for_a_map_is_any_array_of_numbers_of_its_shape() -> None:
    operator = operators()[1]
    G = normal(3, 4)
    np.testing.assert_allclose(operator.apply(operator.solve_matrix(G.tolist()).tolist()), G, atol=1e-9)
    for call in (operator.apply, operator.solve_matrix):
        with pytest.raises(ValueProblem, match=r"shape \(4, 3\)"):
            call(G.T)


def test_what_is_singular_to_rounding_is_refused() -> None:
    rng = np.random.default_rng(3)
    B, C, b, v = rng.normal(size=(12, 11)), rng.normal(size=(11, 12)), rng.normal(size=12), rng.normal(size=12)
    with pytest.raises(ValueProblem, match="singular"):
        formula("M", "M in R^(n×n)").structured(M=B @ C).solve(b)
    for U in (v[:, None] / np.linalg.norm(v), np.linalg.qr(B[:, :3])[0]):
        nearly = DiagonalPlusLowRank(np.ones(12), U, -np.eye(U.shape[1]), U)
        with pytest.raises(ValueProblem, match="singular"):
            nearly.solve(b)
    scaled = np.diag(10.0 ** np.arange(-6, 6)) @ rng.normal(size=(12, 12)) @ np.diag(10.0 ** np.arange(6, -6, -1))
    found = formula("M", "M in R^(n×n)").structured(M=scaled).solve(b)  # no scaling makes a regular one singular
    assert np.allclose(found, np.linalg.solve(scaled, b), rtol=1e-6)


def test_a_map_without_structure_is_applied_and_solved() -> None:
    """Softmax regression with a ridge: a map of matrices whose entries are all needed."""
    f = formula("sum(logsumexp_rows(X*W)) + mu/2*||W||_F^2")
    X, W, D = normal(6, 3), normal(3, 4), normal(3, 4)
    operator = f.hessian("W").structured(X=X, W=W, mu=0.3)
    step = 1e-5
    slope = f.grad("W")
    moved = (slope(X=X, W=W + step * D, mu=0.3) - slope(X=X, W=W - step * D, mu=0.3)) / (2 * step)
    assert np.allclose(operator.apply(D), moved, rtol=1e-7, atol=1e-9)
    assert np.allclose(operator.solve_matrix(operator.apply(D)), D, rtol=1e-9)
    assert np.allclose(operator @ D.T.reshape(-1), moved.T.reshape(-1), rtol=1e-7, atol=1e-9)
    with pytest.raises(ValueProblem, match=r"\(3, 4\) is wanted"):
        operator.apply(D.T)
