"""Problems at which a wrong word was said once: escapes, inflections, far points, matrices, and what people mistype."""

import numpy as np
import pytest
import scipy.optimize

import closedform as cf

rng = np.random.default_rng(4)
PLANE = "x in R^2, t in R"


@pytest.mark.parametrize(
    ("f", "where", "subject_to", "along"),
    [
        ("x[2] - t*x[1]", PLANE, "x >= 0", [1, 0]),
        ("x[1]^2 - x[2]", PLANE, "x[1] + x[2] >= t", [0, 1]),  # the steepest way rises in the end
        ("x[1] - x[2]", PLANE, "x[1] + x[2] = t", [-(0.5**0.5), 0.5**0.5]),
        ("exp(-x[1]) + x[2]^2", PLANE, "x[1] >= t", [1, 0]),
        ("abs(x) - 2*x + 0*t", "x in R, t in R", None, [1]),
    ],
)
def test_f_falls_for_ever_among_the_points_allowed(
    f: str, where: str, subject_to: str | None, along: list[float]
) -> None:
    s = cf.formula(f, where).argmin("x", subject_to=subject_to).solve(t=1.0, starts=2)
    assert s.verdict.kind == "no-minimum" and np.allclose(s.verdict.direction, along, rtol=0, atol=1e-9)
    with pytest.raises(cf.NoDerivative):
        s.jacobian("t")


@pytest.mark.parametrize(
    ("f", "subject_to", "kind"),
    [
        ("x[1]^3 + x[2]^2", "x[2] = t", "saddle"),
        ("(x[1] - t)^4 + x[2]^2", "x[2] = t", "degenerate-minimum"),
        ("(x[1] - t)^4 + x[2]^2", "x[1] <= 5", "degenerate-minimum"),
        ("(x[1] + x[2] - t)^2", "x[1] - x[2] <= 9", "singular-hessian"),
    ],
)
def test_no_curvature_along_what_is_active(f: str, subject_to: str, kind: str) -> None:
    s = cf.formula(f, PLANE).argmin("x", subject_to=subject_to).solve(t=1.0, starts=2)
    assert s.verdict.kind == kind and not s.verdict.exists


@pytest.mark.parametrize("far", [1e4, 1e7, 1e10])
def test_a_point_far_away_of_a_convex_problem(far: float) -> None:
    X, y = rng.standard_normal((8, 3)), np.sign(rng.standard_normal(8))
    a = cf.formula("sum(softplus(-y.*(X*w))) + lam/2*||w||^2", "lam > 0, y in R^m").argmin("w")
    s = a.diagnose(np.full(3, far), X=X, y=y, lam=0.5)
    assert s.verdict.kind == "not-converged" and s.verdict.also == ("minimum",)
    assert s.verdict.numbers["predicted_error"] > 1


def test_the_error_far_away_is_that_of_the_minimum() -> None:
    s = cf.formula("log(1 + exp(x)) - t*x + x^2/1000", "x in R, t in R").argmin("x").diagnose(100.0, t=0.3)
    there = cf.formula("log(1 + exp(x)) - t*x + x^2/1000", "x in R, t in R").argmin("x").solve(t=0.3).jacobian("t")
    assert s.verdict.numbers["predicted_error"] == pytest.approx(500 / there - 1)  # 1/f'' is 500 out there


def test_matrices_that_are_not_square() -> None:
    Y, A, B = rng.standard_normal((2, 3)), rng.standard_normal((4, 2)), rng.standard_normal((4, 3))
    s = cf.formula("normF(A*X - B)^2 + lam*normF(X)^2", "X in R^(n×k), lam > 0").argmin("X").solve(A=A, B=B, lam=0.3)
    H = A.T @ A + 0.3 * np.eye(2)
    assert np.allclose(s.x, np.linalg.solve(H, A.T @ B)) and np.allclose(s.jacobian("lam"), -np.linalg.solve(H, s.x))
    f = cf.formula("1/2*normF(X - Y)^2", "X in R^(n×m), Y in R^(n×m)")
    for text, low in (("X >= 0", 0.0), ("0.25 <= X", 0.25), ("X >= -1", -1.0)):
        found = f.argmin("X", subject_to=text).solve(Y=Y)
        assert np.allclose(found.x, np.maximum(Y, low))
        free = np.maximum(Y, low) == Y
        assert np.allclose(found.jacobian("Y").reshape(6, 6), np.diag(free.reshape(-1).astype(float)))
    upper = f.argmin("X", subject_to="X <= 0.25").solve(Y=Y)
    assert np.allclose(upper.x, np.minimum(Y, 0.25))
    U = cf.formula("normF(U*U' - M)^2", "U in R^(n×k), M in Sym(n)").argmin("U")
    values, Q = np.linalg.eigh(A.T @ A)
    one = U.solve(M=A.T @ A, start=A[:1].T, starts=1)
    assert np.allclose(one.x @ one.x.T, values[-1] * np.outer(Q[:, -1], Q[:, -1]))


def test_transport() -> None:
    C, a, b = rng.random((2, 3)), np.array([0.4, 0.6]), np.array([0.2, 0.5, 0.3])
    where, sides = "X in R^(n×m), C in R^(n×m), a in R^n, b in R^m, e > 0", "rowsum(X) = a, colsum(X) = b"
    f = cf.formula("sum(C.*X) + e*sum(X.*log(X))", where).argmin("X", subject_to=sides)
    s, h, E = f.solve(C=C, a=a, b=b, e=0.3), 1e-5, rng.standard_normal((2, 3))
    moved = (f.solve(C=C + h * E, a=a, b=b, e=0.3).x - f.solve(C=C - h * E, a=a, b=b, e=0.3).x) / (2 * h)
    assert s.verdict.kind == "minimum" and np.allclose(s.jvp(C=E), moved, rtol=0, atol=1e-8)
    with pytest.raises(cf.NoDerivative):  # the sums of a and b have to stay the same
        s.jacobian("a")
    assert np.allclose(s.directional("a", [1.0, -1.0]).sum(1), [1, -1])
    linear = cf.formula("sum(C.*X)", where).argmin("X", subject_to=f"X >= 0, {sides}").solve(C=C, a=a, b=b)
    sums = np.array([np.kron([1, 0], np.ones(3)), np.kron([0, 1], np.ones(3)), *np.kron(np.ones(2), np.eye(3))])
    truth = scipy.optimize.linprog(C.reshape(-1), A_eq=sums, b_eq=[*a, *b]).x
    assert np.allclose(linear.x.reshape(-1), truth) and not linear.jacobian("C").round(12).any()


def test_what_people_mistype() -> None:
    a = cf.formula("||x - t||^2").argmin("x")
    with pytest.raises(cf.ValueProblem, match="entry 2 of the point given for x is nan"):
        a.diagnose([1.0, np.nan], t=np.ones(2))
    with pytest.raises(cf.ValueProblem, match="t has an entry that is NaN"):
        a.solve(t=np.array([np.nan, 1.0]))
    s = a.solve(t=np.ones(2))
    for ask in (lambda: s.directional("t", [1, 2, 3]), lambda: s.jvp(t=[1, 2, 3]), lambda: s.vjp([1, 2, 3])):
        with pytest.raises(cf.ValueProblem, match="has shape"):
            ask()


def test_a_name_of_the_constraints_without_a_value_is_said() -> None:
    with pytest.raises(cf.ValueProblem, match="no value was given for s, of the constraints") as found:
        cf.formula("(x-t)^2", "x in R, t in R").argmin("x", subject_to="x >= s").solve(t=-1.0)
    assert "Declare" not in found.value.hint  # beside a number s is one
    with pytest.raises(cf.ValueProblem, match="no value was given for s, of the constraints") as found:
        cf.formula("||x-t||^2", "x in R^n, t in R^n").argmin("x", subject_to="x >= s").solve(t=[-1.0, 2.0])
    assert "Declare s in R" in found.value.hint
