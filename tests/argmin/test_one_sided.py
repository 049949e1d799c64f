"""Corners at which constraints depend on each other, and weakly active ones: exact answers, linear programs solved."""

from itertools import combinations

import numpy as np
import pytest
import scipy.optimize

import closedform as cf

CORNER = "x >= 0, x[1] + x[2] >= t"
PLANE = "x in R^2, t in R"


@pytest.mark.parametrize("f", ["x[1] + 2*x[2]", "3*x[1] + 4*x[2]", "(x[1] + 3)^2 + (x[2] + 4)^2", "x[1] + 10*x[2]"])
def test_a_corner_of_three_lines(f: str) -> None:
    a = cf.formula(f, PLANE).argmin("x", subject_to=CORNER)
    s = a.solve(t=0.0)
    assert s.verdict.kind == "weakly-active" and np.allclose(s.x, 0, rtol=0, atol=1e-12)
    with pytest.raises(cf.NoDerivative):
        s.jacobian("t")
    assert np.allclose(s.directional("t", 1.0), [1, 0], rtol=0, atol=1e-12)
    assert np.allclose(s.directional("t", -1.0), 0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("t", [1e-5, -1e-5, 3e-7])
@pytest.mark.parametrize("f", ["x[1] + 2*x[2]", "(x[1] + 3)^2 + (x[2] + 4)^2"])
def test_lines_that_nearly_meet(f: str, t: float) -> None:
    s = cf.formula(f, PLANE).argmin("x", subject_to=CORNER).solve(t=t, starts=2)
    assert s.verdict.kind == "minimum" and np.allclose(s.x, [max(t, 0), 0], rtol=0, atol=1e-13)
    assert np.allclose(s.jacobian("t"), [float(t > 0), 0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_linear_programs_with_a_degenerate_corner(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((5, 3))
    A = A * np.sign(A @ [1, 2, 3])[:, None]  # (1, 2, 3) is an inner point
    c = rng.uniform(0.5, 2, 5) @ A  # 0 is the minimum over Ax >= 0, with five multipliers in three dimensions
    a = cf.formula("c'*x", "x in R^3, c in R^3, b in R^5").argmin("x", subject_to="A*x >= b")
    s = a.solve(A=A, b=np.zeros(5), c=c)
    assert s.verdict.kind in ("minimum", "weakly-active") and np.allclose(s.directional("c", np.ones(3)), 0)
    with pytest.raises(cf.NoDerivative):
        s.jacobian("b")
    for v in rng.standard_normal((4, 5)):
        truth = scipy.optimize.linprog(c, A_ub=-A, b_ub=-v, bounds=(None, None)).x  # homogeneous: x*(hv) = h x*(v)
        assert np.allclose(s.directional("b", v), truth, rtol=0, atol=1e-9)


def test_the_same_constraint_twice_moves_with_one_parameter_or_not() -> None:
    f = cf.formula("(x[1] - 1)^2 + x[2]^2", PLANE)
    both = f.argmin("x", subject_to="x[1] + x[2] <= t, 2*x[1] + 2*x[2] <= 2*t").solve(t=0.5)
    assert both.verdict.kind == "minimum" and np.allclose(both.jacobian("t"), 0.5)
    one = f.argmin("x", subject_to="x[1] + x[2] <= t, 2*x[1] + 2*x[2] <= 1").solve(t=0.5)
    assert one.verdict.kind == "weakly-active" and any("LICQ fails" in note for note in one.notes)
    assert np.allclose(one.directional("t", 1.0), 0) and np.allclose(one.directional("t", -1.0), -0.5)
    equations = f.argmin("x", subject_to="x[1] + x[2] = t, 2*x[1] + 2*x[2] = 1").solve(t=0.5)
    with pytest.raises(cf.NoDerivative):
        equations.jacobian("t")
    with pytest.raises(cf.ClosedformError, match="cannot all be kept"):
        equations.directional("t", 1.0)


def test_medians() -> None:
    a = cf.formula("abs(a - x) + abs(b - x) + abs(c - x)", "x in R, a in R, b in R, c in R").argmin("x")
    s = a.solve(a=1.0, b=1.0, c=3.0)
    found = [s.directional(name, v) for name, v in (("a", 1.0), ("a", -1.0), ("b", 1.0), ("c", -1.0))]
    assert s.x == pytest.approx(1.0) and found == pytest.approx([1, 0, 1, 0])
    heavy = cf.formula("2*abs(a - x) + abs(b - x)", "x in R, a in R, b in R").argmin("x")
    for A, B in ((1.00001, 1.0), (0.99999, 1.0), (1.0, 1.0001)):
        s = heavy.solve(a=A, b=B, starts=2)
        assert s.x == pytest.approx(A, abs=1e-13) and s.jacobian("a") == pytest.approx(1) and not s.jacobian("b")


@pytest.mark.parametrize(
    ("f", "subject_to", "kind", "said"),
    [
        ("x[1]^2 + x[2]^2 - 3*x[1]*x[2] + 0*t", "x >= 0", "saddle", "let go"),  # along (1, 1), along no axis
        ("x[1]^2 + x[2]^2 + 3*x[1]*x[2] - t*sum(x)", "x >= 0", "weakly-active", "none is proved"),
        ("(x[1] - t)^2 + x[2]", "x[2] >= x[1]^2, x[2] <= 0", "weakly-active", "depend on each other"),
        ("(x[1] - x[2])^2 + 0*t", "x >= 0", "singular-hessian", "not isolated"),
    ],
)
def test_what_is_not_proved(f: str, subject_to: str, kind: str, said: str) -> None:
    s = cf.formula(f, PLANE).argmin("x", subject_to=subject_to).diagnose(np.zeros(2), t=0.0)
    assert s.verdict.kind == kind and said in s.verdict.sentence
    with pytest.raises(cf.NoDerivative):
        s.directional("t", 1.0)


def test_a_hessian_that_cancels_is_0() -> None:
    s = cf.formula("x'*S*x", "S in Sym(n)").argmin("x", subject_to="x'*x = 1").solve(S=np.eye(3), starts=2)
    assert s.verdict.kind == "singular-hessian"


def test_a_start_at_which_the_slope_is_0() -> None:
    c = np.array([0.6, 0.8])
    s = cf.formula("||x - c||^2", "q in R").argmin("x", subject_to="x'*x <= q").solve(c=c, q=0.81, start=c, starts=1)
    assert s.verdict.kind == "minimum" and np.allclose(s.x, 0.9 * c, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("length", "height"), [(1e-12, 1.0), (1e-6, 1e-12), (1e8, 1e9)])
def test_units_do_not_matter(length: float, height: float) -> None:
    where = "k in R, q in R, t in R^n"
    a = cf.formula("k*||x - t||^2", where).argmin("x", subject_to="x >= 0, sum(x) = q")
    s = a.solve(k=height / length**2, q=length, t=length * np.array([0.5, 0.9, -2.0]), starts=2)
    assert s.verdict.kind == "minimum" and np.allclose(s.x / length, [0.3, 0.7, 0], rtol=0, atol=1e-12)
    assert np.allclose(s.jacobian("t"), [[0.5, -0.5, 0], [-0.5, 0.5, 0], [0, 0, 0]], rtol=0, atol=1e-12)
    weak = a.solve(k=height / length**2, q=length, t=length * np.array([1.0, 2.0]), starts=2)
    assert weak.verdict.kind == "weakly-active" and np.allclose(weak.directional("t", [1.0, 0.0]), [0.5, -0.5])
    kink = cf.formula("k*((x - t)^2 + q*abs(x))", "x in R, k in R, q in R, t in R").argmin("x")
    inside = kink.solve(k=height, q=0.2 * length, t=0.3 * length, starts=2)
    assert inside.verdict.kind == "minimum" and inside.x / length == pytest.approx(0.2, abs=1e-12)


def quadratic_program(H: np.ndarray, g: np.ndarray, A: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The minimum of ½x'Hx + g'x with Ax >= b, by all sets of active rows."""
    n = len(g)
    for size in range(n + 1):
        for rows in map(list, combinations(range(len(b)), size)):
            K = np.block([[H, -A[rows].T], [A[rows], np.zeros((size, size))]])
            if np.linalg.matrix_rank(K) < n + size:
                continue
            z = np.linalg.solve(K, np.concatenate([-g, b[rows]]))
            if (A @ z[:n] >= b - 1e-11).all() and (z[n:] >= -1e-9).all():
                return z[:n]
    raise AssertionError("no active set fits")


@pytest.mark.parametrize("seed", range(12))
def test_quadratic_programs_whatever_is_active(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    m, inner = int(rng.integers(n, n + 4)), np.array([1.0, 2.0, -1.0, 0.5])[:n]
    L, A, x = rng.standard_normal((n, n)), rng.standard_normal((m, n)), rng.standard_normal(n).round(2)
    H, A = L @ L.T + np.eye(n), A * np.sign(A @ inner)[:, None]
    k, b = int(rng.integers(0, m + 1)), A @ x
    b[k:] -= rng.random(m - k)
    g = A[:k].T @ np.where(rng.random(k) < 0.4, 0.0, rng.random(k)) - H @ x
    a = cf.formula("1/2*x'*H*x + g'*x", "H in PD(n), x in R^n, g in R^n").argmin("x", subject_to="A*x >= b")
    s = a.solve(H=H, g=g, A=A, b=b, starts=2)
    assert s.verdict.kind in ("minimum", "weakly-active") and np.allclose(s.x, x, rtol=0, atol=1e-9)
    v, w, h = rng.standard_normal(n), rng.standard_normal(m), 1e-5  # x* is piecewise linear in g and b
    assert np.allclose(s.directional("g", v), (quadratic_program(H, g + h * v, A, b) - x) / h, rtol=0, atol=1e-6)
    assert np.allclose(s.directional("b", w), (quadratic_program(H, g, A, b + h * w) - x) / h, rtol=0, atol=1e-6)
