"""The numbers of the tables against JAX: every value, every adjoint, every tangent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import closedform as cf

jax.config.update("jax_enable_x64", True)
RNG = np.random.default_rng(20260722)
Taps = Callable[[str, Any], Any]


def logistic(p, tap):
    v1 = tap("v_1", p["w"] * p["x"])
    v2 = tap("v_2", v1 + p["b"])
    v3 = tap("v_3", jax.nn.sigmoid(v2))
    v4 = tap("v_4", v3 - p["t"])
    v5 = tap("v_5", v4**2)
    v6 = tap("v_6", v5 / 2)
    v7 = tap("v_7", p["w"] ** 2)
    v8 = tap("v_8", p["lam"] / 2 * v7)
    return tap("f", v6 + v8)


def network(p, tap):
    v1 = tap("v_1", p["V"] @ p["x"])
    v2 = tap("v_2", v1 + p["c"])
    v3 = tap("v_3", jnp.tanh(v2))
    v4 = tap("v_4", p["W"] @ v3)
    v5 = tap("v_5", v4 + p["b"])
    v6 = tap("v_6", jax.nn.logsumexp(v5))
    v7 = tap("v_7", p["y"] @ v5)
    return tap("f", v6 - v7)


def gaussian(p, tap):
    S = tap("S", p["A"] @ p["A"].T + p["B"])
    r = tap("r", p["x"] - p["m"])
    return tap("f", r @ jnp.linalg.inv(S) @ r + jnp.linalg.slogdet(S)[1])


def ratio(p, tap):
    v1 = tap("v_1", jnp.linalg.inv(p["X"]))
    v2 = tap("v_2", p["x"] @ v1 @ p["y"])
    v3 = tap("v_3", p["x"] @ p["x"])
    return tap("f", v2 / v3)


def attention(p, tap):
    P = tap("P", jax.nn.softmax(p["Q"] @ p["K"].T, axis=1))
    Y = tap("Y", P @ p["V"])
    return tap("f", jnp.trace(p["C"].T @ Y))


PD = (lambda M: M @ M.T + np.eye(len(M)))(RNG.normal(size=(4, 4)))
CASES: dict[str, tuple[str, Any, tuple[str, ...], dict[str, Any]]] = {
    "logistic": (
        "1/2*(sigmoid(w*x + b) - t)^2 + lam/2*w^2", logistic, ("w", "b"),
        {"w": 0.5, "x": 2.0, "b": -0.3, "t": 1.0, "lam": 0.1},
    ),
    "network": (
        "logsumexp(z) - y'*z where z = W*tanh(V*x + c) + b", network, ("W", "V", "c", "b", "x"),
        {"W": RNG.normal(size=(3, 5)), "V": RNG.normal(size=(5, 4)), "x": RNG.normal(size=4),
         "c": RNG.normal(size=5), "b": RNG.normal(size=3), "y": np.array([0.0, 1.0, 0.0])},
    ),
    "gaussian": (
        "r'*inv(S)*r + logdet(S) where r = x - m, S = A*A' + B", gaussian, ("A", "B", "m"),
        {"A": RNG.normal(size=(4, 2)), "B": PD + np.triu(RNG.normal(size=(4, 4)), 1) / 9, "x": RNG.normal(size=4),
         "m": RNG.normal(size=4)},
    ),
    "ratio": (
        "x'*inv(X)*y/(x'*x)", ratio, ("x", "X", "y"),
        {"x": RNG.normal(size=3), "X": RNG.normal(size=(3, 3)) + 3 * np.eye(3), "y": RNG.normal(size=3)},
    ),
    "attention": (
        "tr(C'*Y) where Y = P*V, P = softmax_rows(Q*K')", attention, ("Q", "K", "V"),
        {"Q": RNG.normal(size=(3, 2)), "K": RNG.normal(size=(5, 2)), "V": RNG.normal(size=(5, 4)),
         "C": RNG.normal(size=(3, 4))},
    ),
}  # fmt: skip
OPERATIONS = {"network"}


def table(name: str, mode: str) -> tuple[Any, Any, tuple[str, ...], dict[str, Any]]:
    text, by_hand, by, data = CASES[name]
    grain = "operations" if name in OPERATIONS else ""
    return cf.formula(text).backprop(*by, grain=grain, mode=mode), by_hand, by, data


def renamed(name: str, typed: str) -> str:
    """The names of the network by hand, of which one row has a name of the person's."""
    return {"v_5": "z"}.get(typed, typed) if name == "network" else typed


@pytest.mark.parametrize("name", CASES)
def test_values_and_adjoints_are_those_of_jax(name):
    found, by_hand, by, data = table(name, "reverse")
    numbers = found.at(data).numbers
    values: dict[str, Any] = {}

    def record(tapped: str, value: Any) -> Any:
        values[tapped] = value
        return value

    by_hand({k: jnp.asarray(v) for k, v in data.items()}, record)
    assert {renamed(name, k) for k in values} == {line.name for line in found.values}

    def moved(parameters, extra):
        return by_hand({**data, **parameters}, lambda tapped, value: value + extra[tapped])

    nothing = {k: jnp.zeros_like(v) for k, v in values.items()}
    back, adjoints = jax.grad(moved, argnums=(0, 1))({k: jnp.asarray(data[k]) for k in by}, nothing)
    bars = {line.of: line.name for line in found.adjoints}
    for tapped, value in values.items():
        np.testing.assert_allclose(numbers[renamed(name, tapped)], value, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(numbers[bars[renamed(name, tapped)]], adjoints[tapped], rtol=1e-9, atol=1e-11)
    for variable in by:
        np.testing.assert_allclose(numbers[bars[variable]], back[variable], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", CASES)
def test_tangents_are_those_of_jax(name):
    found, by_hand, by, data = table(name, "forward")
    directions = {k: RNG.normal(size=np.shape(data[k])) for k in by}
    dots = {line.of: line.name for line in found.tangents}
    numbers = found.at({**data, **{dots[k]: v for k, v in directions.items()}}).numbers
    names: list[str] = []

    def every(parameters):
        out: dict[str, Any] = {}
        by_hand({**data, **parameters}, lambda tapped, value: out.setdefault(tapped, value))
        names[:] = out
        return out

    start = {k: jnp.asarray(data[k], float) for k in by}
    _, tangents = jax.jvp(every, (start,), ({k: jnp.asarray(v) for k, v in directions.items()},))
    checked = 0
    for tapped, tangent in tangents.items():
        if renamed(name, tapped) in dots:
            got = numbers[dots[renamed(name, tapped)]]
            np.testing.assert_allclose(got, tangent, rtol=1e-9, atol=1e-11)
            checked += 1
    assert checked >= 3


FORMULAS = [
    ("logdet(A*S*A') + tr(S*B)", "S in PD(n)", ("S", "A")),
    ("tr(D*A*D) + sum(D*x)", "D in Diag(n)", ("D", "x")),
    ("tr(exp(S)'*B) + x'*S*x", "S in Sym(n)", ("S", "x")),
    ("sum(i=1..n, log(1 + exp(-y[i]*a[i]'*x))) + lam*x'*x", None, ("x", "lam")),
    ("x[2]^2*X[1,2] + X[2,1]*exp(x[1])", "x in R^3, X in R^(4×2)", ("x", "X")),
    ("sum(abs(A*x).^p)", None, ("A", "x")),
    ("tr(kron(A, B)*C)", "A in R^(2×2), B in R^(3×3)", ("A", "B", "C")),
    ("sum((x.*y)./(1 + z))*s^2", None, ("x", "y", "z", "s")),
    ("1/n*sum(softplus(A*x + b)) - 3", None, ("A", "b")),
    ("det(X)*||X||_F^2/s", None, ("X", "s")),
    ("tr(X^3*A)", None, ("X",)),
    ("norm(A*x - b)*max(s, t)", "s in R, t in R", ("x", "s", "t")),
    ("vec(A*X*B)'*c + x'*x", None, ("X", "A")),
]
SIZES = {"m": 3, "n": 4, "k": 5, "p": 2, "q": 6}


def data_for(f: cf.Formula) -> dict[str, Any]:
    sizes: dict[str, int] = {}
    out: dict[str, Any] = {}
    for k, (name, x) in enumerate(f._reading.names.items()):
        for s in x.shape:
            for n in sorted(s.names):
                sizes.setdefault(n, SIZES.get(n, 3 + k))
        shape = tuple(s.value(sizes) for s in x.shape)
        array = RNG.normal(size=shape) + (2 * np.eye(*shape) if shape[0] == shape[1] > 1 else 0)
        facts = x.params[1]
        if "pd" in facts:
            array = array @ array.T + np.eye(shape[0])
        elif "sym" in facts:
            array = (array + array.T) / 2
        elif "diag" in facts:
            array = np.diag(np.diag(array))
        out[name] = float(abs(array[0, 0]) + 0.5) if shape == (1, 1) else array[:, 0] if shape[1] == 1 else array
    return out


@pytest.mark.parametrize(("text", "where", "by"), FORMULAS, ids=[f[0] for f in FORMULAS])
def test_the_table_ends_in_the_gradient(text, where, by):
    """The adjoint of a variable, summed row by row, is the value of the closed form."""
    f = cf.formula(text, where)
    data = data_for(f)
    found = f.backprop(*by).at(data)
    bars = {line.of: line.name for line in found.adjoints}
    for name in by:
        np.testing.assert_allclose(found.numbers[bars[name]], f.grad(name)(data), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("text", "where", "by"), FORMULAS[:9], ids=[f[0] for f in FORMULAS[:9]])
def test_typed_lines_read_back(text, where, by):
    """What a line prints is a formula of the language, with the value that the line has."""
    f = cf.formula(text, where)
    found = f.backprop(*by).at(data_for(f))
    shapes = {line.of: row.symbol.shape for line, row in zip(found.values, found.passes.graph.rows, strict=True)}
    shapes |= {x.params[0]: x.shape for x in found.passes.graph.inputs}
    sizes = {n: s for x in found.passes.graph.inputs for n, s in _lengths(x, found.numbers[x.params[0]])}
    named = {line.name: shapes[line.of] for line in (*found.values, *found.adjoints)}
    space = [f"{n} in R^({r}×{c})" for n, (r, c) in named.items() if n not in f._reading.names]
    declared = ", ".join([f.where, *space])
    for line in (*found.values, *found.adjoints[1:]):
        read = cf.formula(line.right["text"], declared)
        given = {n: found.numbers[n] for n in read.variables if n in found.numbers}
        given |= {n: sizes[n] for n in read.variables if n not in given}
        np.testing.assert_allclose(read(given), found.numbers[line.name], rtol=1e-9, atol=1e-11)


def _lengths(x: Any, array: Any) -> list[tuple[str, int]]:
    return [(s.text, n) for s, n in zip(x.shape, np.shape(array), strict=False)]


def test_seeds_of_a_vector():
    A, x, u = RNG.normal(size=(3, 4)), RNG.normal(size=4), RNG.normal(size=3)
    found = cf.formula("softmax(A*x)").backprop("x").at(A=A, x=x, fbar=u)
    expected = jax.vjp(lambda x: jax.nn.softmax(A @ x), jnp.asarray(x))[1](jnp.asarray(u))[0]
    np.testing.assert_allclose(found.numbers["xbar"], expected, rtol=1e-10)
    assert "xbar" not in cf.formula("softmax(A*x)").backprop("x").at(A=A, x=x).numbers
    with pytest.raises(cf.ValueProblem, match="fbar has shape"):
        cf.formula("softmax(A*x)").backprop("x").at(A=A, x=x, fbar=u[:2])


def test_an_abstract_function_takes_callables():
    found = cf.formula("g(A*x)", "g: R^m -> R").backprop("x")
    A, x = RNG.normal(size=(3, 4)), RNG.normal(size=4)
    numbers = found.at({"A": A, "x": x, "g": lambda u: u @ u, "grad[g]": lambda u: 2 * u}).numbers
    np.testing.assert_allclose(numbers["xbar"], 2 * A.T @ A @ x, rtol=1e-12)
