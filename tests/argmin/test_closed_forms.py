"""Problems whose argmin has a closed form, and minima that must raise no alarm."""

from typing import Any

import numpy as np
import pytest

import closedform as cf

rng = np.random.default_rng(8)
M = rng.standard_normal((6, 4))
S = M.T @ M + np.eye(4)
C = rng.standard_normal(4)


def test_logdet() -> None:
    a = cf.formula("tr(S*X) - logdet(X)", "X in PD(n), S in PD(n)").argmin("X")
    s = a.solve(S=S)
    assert s.verdict.kind == "minimum" and s.minimality.startswith("proved")
    assert np.allclose(s.x, np.linalg.inv(S), rtol=0, atol=1e-12)
    E = rng.standard_normal((4, 4))
    E = E + E.T
    assert np.allclose(np.einsum("ijkl,kl->ij", s.jacobian("S"), E), -s.x @ E @ s.x, rtol=0, atol=1e-12)


def test_entropy_on_the_simplex() -> None:
    a = cf.formula("c'*x + sum(x.*log(x))", "x in R^4, c in R^4").argmin("x", subject_to="sum(x) = 1")
    s = a.solve(c=C)
    p = np.exp(-C) / np.exp(-C).sum()
    assert s.verdict.kind == "minimum" and s.minimality.startswith("proved")
    assert np.allclose(s.x, p, rtol=0, atol=1e-12)
    assert np.allclose(s.jacobian("c"), np.outer(p, p) - np.diag(p), rtol=0, atol=1e-12)


def test_trust_region() -> None:
    Q = S - 8 * np.eye(4)
    a = cf.formula("1/2*x'*Q*x + b'*x", "Q in Sym(4)").argmin("x", subject_to="x'*x = 1")
    s = a.solve(Q=Q, b=C)
    # (Q + μI)x = -b and x'x = 1, differentiated: K (dx, dμ) = -(db, 0)
    mu = -(s.x @ (Q @ s.x + C))
    K = np.block([[Q + mu * np.eye(4), s.x[:, None]], [s.x[None], np.zeros((1, 1))]])
    assert np.linalg.eigvalsh(Q)[0] + mu > 0  # which makes it the global one
    assert np.allclose(s.jacobian("b"), -np.linalg.inv(K)[:4, :4], rtol=0, atol=1e-10)


@pytest.mark.parametrize("n", [3, 40])
def test_hypergradients(n: int) -> None:
    A, b, V, w = (rng.standard_normal(shape) for shape in ((n + 7, n), (n + 7,), (n + 2, n), (n + 2,)))
    a = cf.formula("||A*x - b||^2 + lam*||x||^2", "lam > 0").argmin("x")
    s = a.solve(A=A, b=b, lam=0.7, starts=1)
    H = A.T @ A + 0.7 * np.eye(n)
    x = np.linalg.solve(H, A.T @ b)
    u = 2 * V.T @ (V @ x - w)
    assert np.allclose(s.x, x, rtol=0, atol=1e-11)
    truth = -u @ np.linalg.solve(H, x)
    assert s.vjp(u, "lam")["lam"] == pytest.approx(truth, rel=1e-10)
    assert a.vjp("lam")(A=A, x=x, u=u, lam=0.7) == pytest.approx(truth, rel=1e-10)
    assert np.allclose(s.jvp(b=b), x, rtol=0, atol=1e-10)  # x is linear in b


def test_logistic_against_a_solver_started_again() -> None:
    A, y = rng.standard_normal((30, 5)), np.sign(rng.standard_normal(30))
    a = cf.formula("sum(i, log(1 + exp(-y[i]*A[i,:]'*x))) + lam/2*||x||^2").argmin("x")
    s = a.solve(A=A, y=y, lam=0.7)
    h = 1e-4
    ends = [a.solve(A=A, y=y, lam=0.7 + sign * h, starts=1).x for sign in (1, -1)]
    assert s.verdict.kind == "minimum" and s.minimality.startswith("proved")
    assert np.allclose(s.jacobian("lam"), (ends[0] - ends[1]) / (2 * h), rtol=1e-6, atol=1e-8)


FAMILIES = [
    "1/2*(x - t)'*Q*(x - t)",
    "1/2*(x - t)'*Q*(x - t) + sum(exp(B*(x - t))) - sum(B*(x - t))",
    "1/2*(x - t)'*Q*(x - t) + sum((B*(x - t)).^4)",
    "1/2*(x - t)'*Q*(x - t) + sum(log(1 + (B*(x - t)).^2))",
]


def strict_minimum(k: int) -> tuple[str, dict[str, Any]]:
    draw = np.random.default_rng(k)
    n, condition = int(draw.integers(1, 9)), 10 ** draw.uniform(0, 6)
    turn, _ = np.linalg.qr(draw.standard_normal((n, n)))
    Q = (turn * np.logspace(0, np.log10(condition), n)) @ turn.T
    values = {"Q": (Q + Q.T) / 2, "t": draw.standard_normal(n) * 10 ** draw.uniform(-2, 2)}
    text = FAMILIES[k % len(FAMILIES)]
    return text, values | ({"B": draw.standard_normal((n + 1, n))} if "B" in text else {})


def test_no_false_alarms() -> None:
    for k in range(200):
        text, values = strict_minimum(k)
        s = cf.formula(text, "Q in Sym(n)").argmin("x").diagnose(values["t"], values)
        assert s.verdict.kind == "minimum", (k, s.report)
        eye = np.eye(len(values["t"]))
        assert np.allclose(s.jacobian("t"), eye, rtol=0, atol=1e-12)
        if k % 5 == 0:
            low, high = s.enclosure("t")
            assert (low <= eye).all() and (eye <= high).all()


def test_rosenbrock() -> None:
    a = cf.formula("(1 - x[1])^2 + b*(x[2] - x[1]^2)^2", "x in R^2, b in R").argmin("x")
    assert a.diagnose([1.0, 1.0], b=100.0).verdict.kind == "minimum"
    s = a.solve(b=100.0, start=[-1.2, 1.0])
    assert s.verdict.kind == "minimum" and np.allclose(s.x, 1, rtol=0, atol=1e-14)
    assert np.allclose(s.jacobian("b"), 0, rtol=0, atol=1e-14)


@pytest.mark.parametrize("n", [400, 5000])
def test_many_variables(n: int) -> None:
    """Directly, then with conjugate gradients alone; against the Woodbury identity."""
    A, b, u = rng.standard_normal((7, n)), rng.standard_normal(7), rng.standard_normal(n)
    s = cf.formula("||A*x - b||^2 + lam*||x||^2", "lam > 0").argmin("x").solve(A=A, b=b, lam=30.0)

    def inverse(v: np.ndarray) -> np.ndarray:
        return (v - A.T @ np.linalg.solve(30.0 * np.eye(7) + A @ A.T, A @ v)) / 30.0

    x = inverse(A.T @ b)
    assert s.verdict.kind == "minimum" and s.verdict.numbers["residual"] < 1e-10
    assert np.allclose(s.x, x, rtol=0, atol=1e-12)
    assert s.vjp(u, "lam")["lam"] == pytest.approx(-u @ inverse(x), rel=1e-9)
    assert np.allclose(s.jvp(lam=1.0), -inverse(x), rtol=0, atol=1e-12)
    assert s.condition == pytest.approx(1 + np.linalg.eigvalsh(A @ A.T)[-1] / 30.0, rel=1e-4)


def test_many_variables_without_curvature_in_some() -> None:
    A, b = rng.standard_normal((7, 400)), rng.standard_normal(7)
    s = cf.formula("||A*x - b||^2").argmin("x").diagnose(np.linalg.lstsq(A, b, rcond=None)[0], A=A, b=b)
    assert s.verdict.kind == "singular-hessian" and not s.verdict.exists
