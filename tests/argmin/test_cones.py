"""Positive semidefinite constraints against eigenvalue formulas and solving again."""

from typing import Any

import numpy as np
import pytest

import closedform as cf

rng = np.random.default_rng(1)
C = rng.standard_normal((4, 4))
C = (C + C.T) / 2
E = rng.standard_normal((4, 4))
E = E + E.T
WHERE = "C in Sym(n), X in Sym(n)"


def argmin(text: str, subject_to: str = "", where: str = WHERE) -> Any:
    rest = f", {subject_to}" if subject_to else ""
    return cf.formula(text, where).argmin("X", subject_to=f"X in PSD(n){rest}")


def projected(C: np.ndarray) -> np.ndarray:
    values, Q = np.linalg.eigh(C)
    return (Q * np.maximum(values, 0)) @ Q.T


@pytest.mark.parametrize("where", [WHERE, "C in Sym(n), X in R^(n×n)"])
def test_projection(where: str) -> None:
    s = argmin("1/2*normF(X - C)^2", where=where).solve(C=C)
    assert s.verdict.kind == "minimum" and s.minimality.startswith("proved") and s.verdict.numbers["rank"] == 3
    assert np.allclose(s.x, projected(C), rtol=0, atol=1e-13)
    h = 1e-5
    moved = (projected(C + h * E) - projected(C - h * E)) / (2 * h)
    assert np.allclose(s.jvp(C=E), moved, rtol=0, atol=1e-8)


def test_weakly_active() -> None:
    s = argmin("1/2*normF(X - C)^2").solve(C=np.diag([1.0, 0.0, -1.0]))
    assert s.verdict.kind == "weakly-active"
    with pytest.raises(cf.NoDerivative):
        s.jacobian("C")


def test_nearest_correlation_matrix() -> None:
    a = argmin("1/2*normF(X - C)^2", "diag(X) = 1")
    K = np.array([[1, 0.9, -0.9, 0.3], [0.9, 1, 0.9, -0.2], [-0.9, 0.9, 1, 0.5], [0.3, -0.2, 0.5, 1]])
    s, h = a.solve(C=K), 1e-4
    assert np.allclose(np.diag(s.x), 1) and np.linalg.eigvalsh(s.x)[0] > -1e-12 and s.verdict.numbers["rank"] == 3
    moved = (a.solve(C=K + h * E, starts=2).x - a.solve(C=K - h * E, starts=2).x) / (2 * h)
    assert np.allclose(s.jvp(C=E), moved, rtol=0, atol=1e-6)


def test_smallest_eigenvector() -> None:
    def vv(C: np.ndarray) -> np.ndarray:
        v = np.linalg.eigh(C)[1][:, 0]
        return np.outer(v, v)

    s, h = argmin("tr(C*X)", "tr(X) = 1").solve(C=C), 1e-5
    assert s.verdict.numbers["rank"] == 1 and np.allclose(s.x, vv(C), rtol=0, atol=1e-13)
    assert np.allclose(s.jvp(C=E), (vv(C + h * E) - vv(C - h * E)) / (2 * h), rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    ("rest", "C", "kind"),
    [("", C, "no-minimum"), ("", C @ C + np.eye(4), "minimum"), ("tr(X) = -1", C, "infeasible"),
     ("tr(X) = 1", np.eye(4), "singular-hessian")],
)  # fmt: skip
def test_kinds(rest: str, C: np.ndarray, kind: str) -> None:
    s = argmin("tr(C*X)", rest).solve(C=C, starts=3)
    assert s.verdict.kind == kind
    assert s.verdict.exists == (kind == "minimum")


def test_the_cone_is_not_active() -> None:
    S = C @ C + np.eye(4)
    s = argmin("tr(S*X) - logdet(X)", where="X in Sym(n), S in PD(n)").solve(S=S)
    assert s.verdict.kind == "minimum" and np.allclose(s.x, np.linalg.inv(S), rtol=0, atol=1e-12)
    assert np.allclose(s.jvp(S=E), -s.x @ E @ s.x, rtol=0, atol=1e-11)


def test_what_is_refused() -> None:
    with pytest.raises(cf.MissingRule, match="no inequalities"):
        argmin("tr(C*X)", "tr(X) <= 1").solve(C=C)
    with pytest.raises(cf.DeclarationError, match="the cone is for X"):
        cf.formula("tr(C*X)", WHERE).argmin("X", subject_to="C in PSD(n)").solve(C=C)
