"""Argmin problems with known answers, of which most tools answer some with a wrong finite number."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import closedform as cf
from closedform.argmin.large import Large
from closedform.argmin.solution import Solution
from closedform.argmin.verdict import NoDerivative

DATA = json.loads((Path(__file__).parents[1] / "data" / "argmin_problems.json").read_text("utf-8"))
NETWORKS = {p["id"]: p for p in DATA["problems"]}
SCALARS, PLANE = "x in R, t in R", "x in R^2, t in R"


def argmin(text: str, where: str | None = None, by: str = "x", subject_to: str | None = None) -> Any:
    return cf.formula(text, where).argmin(by, subject_to=subject_to)


def network(name: str, more: str = "") -> tuple[Any, dict[str, Any]]:
    p = NETWORKS[name]
    return argmin(p["formula"] + more, p["where"]), p["values"]


def refused(s: Solution, by: str = "t") -> str:
    """The kind of a verdict that gives no derivative."""
    with pytest.raises(NoDerivative) as caught:
        s.jacobian(by)
    return caught.value.verdict.kind


def test_01_network_2023() -> None:
    a, values = network("network-2023")
    s = a.solve(values, start=[0.0])
    assert s.verdict.kind == "minimum"
    assert np.allclose(s.jacobian("W").ravel(), [2.82059668, -8.89390331, -0.07908434], atol=1e-8, rtol=0)


def test_02_not_converged() -> None:
    a, values = network("network-2023")
    s, exact = a.diagnose([4.2799], values), a.solve(values, start=[0.0]).jacobian("W")
    assert s.verdict.kind == "not-converged" and refused(s, "W") == "not-converged"
    assert abs(s.jacobian_error("W") - 0.055) < 0.3 * 0.055
    assert np.linalg.norm(s.jacobian("W", corrected=True) - exact) < 0.01 * np.linalg.norm(exact)


@pytest.mark.parametrize("x", [-12.197, -14.38, -33.98, -50.58])
def test_03_escaping(x: float) -> None:
    a, values = network("network-456")
    s = a.diagnose([x], values)
    assert s.verdict.kind == "no-minimum" and "-0.740073" in s.verdict.sentence
    assert s.verdict.direction[0] == -1 and refused(s, "W") == "no-minimum"


def test_04_saturated() -> None:
    a, values = network("network-456")
    s = a.diagnose([54.35], values)
    assert s.verdict.kind == "saturated" and "no-minimum" in s.verdict.also and refused(s, "W") == "saturated"


def test_05_stabilised() -> None:
    a, values = network("network-456-stabilised")
    J = a.solve(values, start=[0.0]).jacobian("W").ravel()
    assert np.allclose(J, [-2.10143113, -0.44981843, 0.99415154], atol=1e-8, rtol=0)


def test_06_singular_and_escaping() -> None:
    a, values = network("network-123-three-inputs")
    s = a.solve(values, start=[0.0, 0.0, 0.0])
    assert s.verdict.kind == "no-minimum" and "singular Hessian, rank 2" in s.verdict.also
    null = NETWORKS["network-123-three-inputs"]["null_space"][0]
    assert np.allclose(abs(s.judged.end.null_space[:, 0] @ null), 1, atol=1e-8)
    assert a.facts == ("the Hessian has rank 2 at most, of 3: no minimum is strict",)
    assert refused(s, "W") == "no-minimum"


def test_07_three_inputs_stabilised() -> None:
    a, values = network("network-123-three-inputs", " + x'*x/16")
    s = a.solve(values)
    first = [-1.90066407, 0.47868549, -0.14286265, 0.819382, 1.29655832, -0.10807651]
    assert s.verdict.kind == "minimum"
    assert np.allclose(s.jacobian("W")[0].ravel(), first, atol=1e-7, rtol=0)


@pytest.mark.parametrize("x", [1.0, 1.001])
def test_08_quartic(x: float) -> None:
    s = argmin("(x - t)^4", SCALARS).diagnose(x, t=1.0)
    assert s.verdict.kind == "degenerate-minimum" and s.jacobian("t") == 1.0
    tilted = argmin("x^4 + x^6 - t*x", SCALARS).diagnose(x - 1, t=0.0)
    assert tilted.verdict.kind == "degenerate-minimum" and refused(tilted) == "degenerate-minimum"


def test_08_degenerate_in_one_direction() -> None:
    a = argmin("(x[1] + x[2] - t)^4 + (x[1] - 2*x[2])^2", PLANE)
    assert a.solve(t=3.0).verdict.kind == "degenerate-minimum"


def test_09_maximum_saddle_monkey() -> None:
    assert refused(argmin("-(x - t)^2/2", SCALARS).diagnose(1.0, t=1.0)) == "maximum"
    saddle = argmin("(x[1] - t)^2 - (x[2] - 2*t)^2", PLANE).diagnose([1.0, 2.0], t=1.0)
    assert refused(saddle) == "saddle" and np.allclose(np.abs(saddle.verdict.direction), [0, 1])
    monkey = argmin("(x[1] - t)^3 - 3*(x[1] - t)*(x[2] - t)^2", PLANE).diagnose([1.0, 1.0], t=1.0)
    assert refused(monkey) == "saddle" and "no-minimum" in monkey.verdict.also


def test_10_flat_direction() -> None:
    s = argmin("(x[1] + x[2] - t)^2", PLANE).solve(t=1.0)
    assert refused(s) == "singular-hessian"
    assert np.allclose(s.jacobian("t", on_fail="least-norm"), [0.5, 0.5])


def test_10_a_circle_of_minima_is_not_isolated() -> None:
    s = argmin("(x'*x - t)^2", PLANE).solve(t=4.0, start=[1.0, 0.5])
    assert refused(s) == "singular-hessian" and np.isclose(np.linalg.norm(s.x), 2)


@pytest.mark.parametrize(("text", "x"), [("exp(-x)*t", 30.0), ("1/(1 + (x - t)^2)", 40.0), ("t*x", 2.0)])
def test_11_tails(text: str, x: float) -> None:
    a = argmin(text, SCALARS)
    assert refused(a.diagnose(x, t=1.0)) == "no-minimum"
    assert refused(a.solve(t=1.0, start=x)) == "no-minimum"


def test_11_a_far_point_with_a_minimum() -> None:
    s = argmin("log(1 + (x - t)^2)", SCALARS).diagnose(40.0, t=1.0)
    assert s.verdict.kind == "not-converged" and abs(s.verdict.numbers["distance"] - 39) < 1e-9


@pytest.mark.parametrize("c", [1e-6, 1.0, 1e6])
def test_12_scales(c: float) -> None:
    s = argmin("c*1e-12*(x - t)^2", "x in R, t in R, c in R").solve(t=1.0, c=c)
    assert s.verdict.kind == "minimum" and s.jacobian("t") == 1
    a = argmin("(c*x[1] - t)^2 + (x[2]/c - t)^2 + exp(c*x[1] - x[2]/c)", f"{PLANE}, c in R")
    s = a.solve(t=1.0, c=c)
    assert s.verdict.kind == "minimum" and np.allclose(s.jacobian("t"), [1 / c, c], rtol=1e-10, atol=0)


@pytest.mark.parametrize("condition", [1e2, 1e4, 1e6, 1e8, 1e10])
def test_13_condition(condition: float) -> None:
    rng, n = np.random.default_rng(1), 50
    Q, _ = np.linalg.qr(rng.standard_normal((n, n)))
    eigen = np.logspace(0, np.log10(condition), n)
    H = (Q * eigen) @ Q.T
    a = argmin("1/2*x'*H*x - b'*x", "H in Sym(n)")
    s = a.solve(H=(H + H.T) / 2, b=rng.standard_normal(n), starts=1)
    true = (Q / eigen) @ Q.T
    error = np.linalg.norm(s.jacobian("b") - true) / np.linalg.norm(true)
    assert error <= 10 * condition * 2.2e-16
    assert s.verdict.kind == ("minimum" if condition < 1e7 else "ill-conditioned-minimum")


@pytest.mark.parametrize("condition", [1e2, 1e6, 1e12])
def test_13_conjugate_gradients_meet_the_tolerance_or_say_so(condition: float) -> None:
    rng, n = np.random.default_rng(2), 60
    Q, _ = np.linalg.qr(rng.standard_normal((n, n)))
    H, b = (Q * np.logspace(0, np.log10(condition), n)) @ Q.T, rng.standard_normal(n)
    p = argmin("1/2*x'*H*x - b'*x", "H in Sym(n)")._problem({"H": (H + H.T) / 2, "b": b}, {}, np.zeros(n))
    here = Large(p.system, np.zeros(n), dense=False)
    try:
        x = here.solve(b)
    except cf.ClosedformError as error:
        assert condition > 1e4 and "leaves a relative residual" in str(error)
    else:
        assert np.linalg.norm(H @ x - b) <= 2e-8 * np.linalg.norm(b) and condition < 1e10


@pytest.mark.parametrize(("t", "up", "down"), [(0.4, 0, 0), (1.0, 1, 0), (2.0, 1, 1)])
def test_14_soft_threshold(t: float, up: float, down: float) -> None:
    s = argmin("1/2*(x - t)^2 + abs(x)", SCALARS).solve(t=t)
    assert s.verdict.kind == ("minimum" if t > 1 else "nonsmooth-minimum")
    assert (s.directional("t", 1.0), s.directional("t", -1.0)) == pytest.approx((up, -down), abs=1e-12)
    if up == down:
        assert s.jacobian("t") == pytest.approx(up, abs=1e-12)
    else:
        assert refused(s) == "nonsmooth-minimum" and "weakly-active" in s.verdict.also


@pytest.mark.parametrize(("t", "up", "down"), [(-1, 0, 0), (-1e-6, 0, 0), (0.0, 1, 0), (1e-6, 1, 1), (1.0, 1, 1)])
def test_15_box(t: float, up: float, down: float) -> None:
    s = argmin("1/2*(x - t)^2", SCALARS, subject_to="x >= 0").solve(t=t)
    assert s.x == pytest.approx(max(t, 0), abs=1e-15)
    assert (s.directional("t", 1.0), s.directional("t", -1.0)) == pytest.approx((up, -down), abs=1e-12)
    if up == down:
        assert s.jacobian("t") == pytest.approx(up, abs=1e-12)
    else:
        assert refused(s) == "weakly-active"


def test_16_linear_program() -> None:
    a = argmin("c'*x", "x in R^3", subject_to="x >= 0, sum(x) = 1")
    unique = a.solve(c=np.array([3.0, 1.0, 2.0]))
    assert np.allclose(unique.x, [0, 1, 0]) and not unique.jacobian("c").any()
    assert refused(a.solve(c=np.array([1.0, 1.0, 3.0])), "c") == "singular-hessian"


def test_17_redundant_equation() -> None:
    a = argmin("1/2*||x - t||^2", "x in R^3, t in R^3", subject_to="sum(x) = 1, 2*sum(x) = 2")
    s = a.solve(t=np.array([1.0, 2.0, 3.0]))
    assert s.verdict.numbers["licq"] == (1, 2) and any("LICQ fails" in note for note in s.notes)
    assert np.allclose(s.jacobian("t"), np.eye(3) - 1 / 3)


def test_18_second_derivative() -> None:
    a = argmin("1/2*(x - t)^2 + log(1 + exp(x))", SCALARS)
    s = a.solve(t=0.3)
    assert s.jacobian("t") == pytest.approx(0.80102182, abs=1e-8)
    assert a.derivative("t", order=2)(x=s.x, t=0.3) == pytest.approx(-0.01019632, abs=1e-8)
    assert a.derivative("t").check().ok and a.derivative("t", order=2).check().ok


def test_19_no_axes() -> None:
    a = argmin("(x - t)^2 + exp(x)", SCALARS)
    flat, one = a.solve(t=0.5), a.solve(t=np.array([0.5]), start=[0.0])
    assert isinstance(flat.x, float) and isinstance(flat.jacobian("t"), float)
    assert one.x.shape == (1,) and one.jacobian("t").shape == (1, 1)
    assert one.jacobian("t")[0, 0] == flat.jacobian("t")


def test_21_bifurcations() -> None:
    fold, fork = argmin("x^3/3 - t*x", SCALARS), argmin("x^4/4 - t*x^2/2", SCALARS)
    for t in (1e-2, 1e-4, 1e-6):
        assert fold.solve(t=t, start=1.0).jacobian("t") == pytest.approx(0.5 * t**-0.5, rel=1e-9)
        assert fork.solve(t=t, start=1.0).jacobian("t") == pytest.approx(0.5 * t**-0.5, rel=1e-9)
    assert refused(fold.solve(t=0.0)) == "bifurcation" and refused(fork.solve(t=0.0)) == "bifurcation"


def test_22_equal_minima() -> None:
    s = argmin("(x^2 - 1)^2 + t*x", SCALARS).solve(t=0.0, start=0.5)
    assert s.verdict.kind == "several-minima" and s.jacobian("t") == pytest.approx(-0.125, abs=1e-12)
    assert "jumps" in s.verdict.sentence and [o.x for o in s.others] == [-1.0]


def test_other_minima_are_named_as_a_person_writes_them() -> None:
    one = argmin("(x^2 - 4)^2 + t*x", SCALARS).solve(t=0.0, start=0.5)
    assert "an equal one at x = -2. The global" in one.verdict.sentence
    two = cf.formula("sum((z.^2 - a).^2)", "z in R^n, a in R^n").argmin("z").solve(a=[4.0, 1.0], start=[1.0, 1.0])
    other = ", ".join(f"{x:.6g}" for x in two.others[0].x)
    assert f"at z = ({other})." in two.verdict.sentence


def test_23_single_precision() -> None:
    a, values = network("network-456")
    narrow = {k: np.asarray(v, np.float32) for k, v in values.items()}
    s = a.diagnose(np.float32([-12.196703910827637]), narrow)
    assert "saturated" in s.verdict.also and "tanh is 1 in entry 2" in s.notes[0]
    assert "saturated" not in a.diagnose([-12.196703910827637], values).verdict.also


def test_25_cross_terms() -> None:
    f = cf.formula("x'*A*x").grad("x").batch("x")
    assert f.text == "X*(A + A')"
    whole = cf.formula("sum(X*A*X')").grad("X")
    assert whole == cf.formula("ones(m,m)*X*(A + A')", "X in R^(m×n), A in R^(n×n)")
