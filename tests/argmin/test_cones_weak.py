"""One-sided derivatives where a cone of matrices is only just active, against eigenvalue formulas and other solvers."""

from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.argmin.cone_qp import least, packed, unpacked

WHERE = "C in Sym(n), X in Sym(n), G in R^(n×n), d in R^n, t in R"


def argmin(text: str, rest: str = "") -> Any:
    return cf.formula(text, WHERE).argmin("X", subject_to="X in PSD(n)" + (f", {rest}" if rest else ""))


def symmetric(rng: np.random.Generator, n: int) -> np.ndarray:
    A = rng.standard_normal((n, n))
    return (A + A.T) / 2


def projected(C: np.ndarray) -> np.ndarray:
    values, Q = np.linalg.eigh(C)
    return (Q * np.maximum(values, 0)) @ Q.T


def pair(rng: np.random.Generator, n: int, up: int, down: int) -> tuple[np.ndarray, np.ndarray]:
    """X and Z of these ranks with XZ = 0: n - up - down eigenvalues are 0 in both."""
    Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    x, z = np.zeros(n), np.zeros(n)
    x[:up], z[n - down :] = rng.uniform(0.5, 2, up), rng.uniform(0.5, 2, down)
    return (Q * x) @ Q.T, (Q * z) @ Q.T


def one_sided_projection(values: np.ndarray, Q: np.ndarray, V: np.ndarray) -> np.ndarray:
    """The one-sided derivative of the projection on the cone (Sun 2006), entry by entry."""
    U, D, n = Q.T @ V @ Q, np.zeros_like(V), len(values)
    for i in range(n):
        for j in range(n):
            top, low = max(values[i], values[j]), min(values[i], values[j])
            if top > 0:
                D[i, j] = U[i, j] * (top / (top - low) if low < 0 else 1)
    both = values == 0
    D[np.ix_(both, both)] = projected(U[np.ix_(both, both)])
    return Q @ D @ Q.T


@pytest.mark.parametrize("values", [[2, 1, 0, -1], [1, 0, 0, -2, -0.5], [0, 0, 0], [3, 1, 0, 0, 0], [-2, -1, 0, 0]])
@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e7])
def test_projection(values: list[float], scale: float) -> None:
    rng, w = np.random.default_rng(len(values)), np.array(values, float)
    n = len(w)
    Q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    C = scale * (Q * w) @ Q.T
    s = argmin("1/2*normF(X - C)^2").solve(C=(C + C.T) / 2, starts=2)
    assert s.verdict.kind == "weakly-active" and s.verdict.numbers["rank"] == (w > 0).sum()
    assert s.minimality.startswith("proved")
    for _ in range(3):
        V = symmetric(rng, n)
        assert np.allclose(s.directional("C", V), one_sided_projection(w, Q, V), rtol=0, atol=1e-12)


def reached(W: np.ndarray, C: np.ndarray, X: np.ndarray) -> np.ndarray:
    """The minimum of ½‖G(X - C)G'‖² over the cone, W = G'G, by accelerated projected gradients."""
    values = np.linalg.eigvalsh(W)
    rate = (values[-1] - values[0]) / (values[-1] + values[0])  # of the condition (λmax/λmin)² of the Hessian
    Y = X
    for _ in range(6000):
        new = projected(Y - W @ (Y - C) @ W / values[-1] ** 2)
        Y, X = new + rate * (new - X), new
    return X


@pytest.mark.parametrize(("n", "up", "down"), [(3, 1, 1), (4, 0, 0), (5, 2, 0), (6, 1, 2)])
def test_any_quadratic(n: int, up: int, down: int) -> None:
    rng = np.random.default_rng(n)
    X, Z = pair(rng, n, up, down)
    G = np.eye(n) + 0.3 * rng.standard_normal((n, n))
    W = G.T @ G
    inverse = np.linalg.inv(W)
    C = X - inverse @ Z @ inverse
    s = argmin("1/2*normF(G*(X - C)*G')^2").solve(C=(C + C.T) / 2, G=G, starts=2)
    assert s.verdict.kind == "weakly-active" and np.allclose(s.x, X, rtol=0, atol=1e-12)
    V, h = symmetric(rng, n), 1e-4
    one, half = ((reached(W, C + k * V, X) - X) / k for k in (h, h / 2))
    assert np.allclose(s.directional("C", V), 2 * half - one, rtol=0, atol=1e-5)


def scaled_to(C: np.ndarray, d: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The matrix of the cone nearest to C with diagonal d: Newton's steps on the dual (Qi and Sun 2006)."""
    for _ in range(40):
        values, Q = np.linalg.eigh(C + np.diag(y))
        up, size = np.maximum(values, 0), np.abs(values)
        share = (up[:, None] + up) / np.maximum(size[:, None] + size, 1e-300)
        slope = [np.diag(Q @ (share * np.outer(row, row)) @ Q.T) for row in Q]
        y = y - np.linalg.solve(np.array(slope).T, np.diag(projected(C + np.diag(y))) - d)
    return projected(C + np.diag(y))


@pytest.mark.parametrize(("n", "up", "down"), [(3, 1, 1), (4, 2, 1), (6, 3, 1)])
def test_with_equations(n: int, up: int, down: int) -> None:
    rng = np.random.default_rng(10 + n)
    X, Z = pair(rng, n, up, down)
    y, d = rng.standard_normal(n), np.diag(X).copy()
    C = X - Z - np.diag(y)
    C = (C + C.T) / 2
    s = argmin("1/2*normF(X - C)^2", "diag(X) = d").solve(C=C, d=d, starts=2)
    assert s.verdict.kind == "weakly-active" and np.allclose(s.x, X, rtol=0, atol=1e-11)
    V, v, h = symmetric(rng, n), rng.standard_normal(n), 1e-4
    one, half = ((scaled_to(C + k * V, d, y) - X) / k for k in (h, h / 2))
    assert np.allclose(s.directional("C", V), 2 * half - one, rtol=0, atol=1e-5)
    one, half = ((scaled_to(C, d + k * v, y) - X) / k for k in (h, h / 2))
    assert np.allclose(s.directional("d", v), 2 * half - one, rtol=0, atol=1e-5)


@pytest.mark.parametrize("condition", [1.0, 1e3, 1e6])
def test_the_small_program(condition: float) -> None:
    rng = np.random.default_rng(3)
    for k in range(1, 7):
        size = k * (k + 1) // 2
        U = np.linalg.qr(rng.standard_normal((size, size)))[0]
        M = (U * np.geomspace(1, condition, size)) @ U.T
        S, W = pair(rng, k, k // 2, k // 3)
        found = unpacked(least(M, packed(W) - M @ packed(S), k), k)
        assert np.allclose(found, S, rtol=0, atol=1e-9)


ZERO = np.zeros((2, 2))


@pytest.mark.parametrize(
    ("text", "rest", "C", "kind", "said"),
    [
        ("tr(C*X) - 1/2*normF(X)^2", "", np.diag([1.0, 0.0]), "saddle", "second order"),
        ("tr(C*X) + X[1,1]^2 - 3*X[1,1]*X[2,2] + X[2,2]^2", "", ZERO, "saddle", "second order"),
        ("tr(C*X) + 1/2*X[1,1]^2", "", ZERO, "singular-hessian", "not isolated"),
        ("tr(C*X) + 1/2*tr(X)^2 - 1/10*normF(X)^2", "", ZERO, "weakly-active", "not positive definite"),
        ("1/2*normF(X - C)^2", "tr(X) = t", np.eye(2), "not-converged", "qualification"),
        ("tr(C*X)", "tr(X) = t", np.diag([1.0, 2.0]), "weakly-active", "not unique"),
    ],
)  # fmt: skip
def test_what_is_not_proved(text: str, rest: str, C: np.ndarray, kind: str, said: str) -> None:
    s = argmin(text, rest).diagnose(ZERO, C=C, t=0.0)
    assert s.verdict.kind == kind and said in s.verdict.sentence
    with pytest.raises(cf.NoDerivative):
        s.directional("C", np.eye(2))


def test_an_eigenvalue_that_is_small_and_not_0() -> None:
    s = argmin("1/2*normF(X - C)^2").solve(C=np.diag([1.0, 2e-8, -2.0]))
    assert s.verdict.kind == "weakly-active" and "neither 0 nor clear" in s.verdict.sentence
    with pytest.raises(cf.NoDerivative):
        s.directional("C", np.eye(3))


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e8])
def test_units_do_not_matter(scale: float) -> None:
    C = np.array([[1.0, 0.2, -0.3], [0.2, 0.5, 0.4], [-0.3, 0.4, -2.0]])
    one, other = (argmin("1/2*normF(X - C)^2").solve(C=k * C, starts=2) for k in (1.0, scale))
    assert other.verdict.kind == "minimum" and np.allclose(other.x / scale, one.x, rtol=0, atol=1e-12)
    assert np.allclose(other.jacobian("C"), one.jacobian("C"), rtol=0, atol=1e-11)


def test_equations_that_say_the_same_twice() -> None:
    a = argmin("1/2*normF(X - C)^2", "tr(X) = 1, 2*tr(X) = t")
    s = a.solve(C=np.diag([1.0, 0.5, -2.0]), t=2.0, starts=2)
    assert s.verdict.kind == "minimum" and np.allclose(s.x, np.diag([0.75, 0.25, 0]))
    assert np.allclose(s.jvp(C=np.diag([1.0, 0, 0])), np.diag([0.5, -0.5, 0]))
    with pytest.raises(cf.ClosedformError, match="cannot all hold"):
        s.jacobian("t")
