"""How NumPy functions are read: sizes, loops, branches, constants, trees of arguments, and what is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.linalg import expm
from scipy.special import expit, logsumexp

import closedform as cf
from closedform.errors import ClosedformError, ValueProblem
from closedform.tracing.calling import Own

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(9)
X, w, y, A, M = (rng.normal(size=s) for s in ((7, 4), 4, 7, (4, 5), (4, 4)))
LAM = 0.25
GRAM = rng.normal(size=(4, 4))


def test_sizes_come_from_what_unifies() -> None:
    slope = cf.grad(lambda w, X, y: np.mean((X @ w - y) ** 2))
    slope(w, X, y)
    assert slope.function.where == "w in R^n, X in R^(m×n), y in R^m"
    assert slope.formula == cf.formula("1/m*||X*w - y||^2", "X in R^(m×n)").grad("w")


def test_sizes_that_only_happen_to_be_equal_stay_apart() -> None:
    value = Own(lambda a, b: np.sum(a**2) * np.sum(b), "value")
    value(w, np.ones(4))
    assert value.formula.where == "a in R^n, b in R^m"
    assert value(w, np.ones(3)) == pytest.approx(3 * np.sum(w**2))


def test_one_reading_serves_other_sizes() -> None:
    calls: list[int] = []

    def loss(w: Any, X: Any, y: Any) -> Any:
        if not isinstance(w, np.ndarray):
            calls.append(1)
        return ((X @ w - y) ** 2).sum() / len(y)

    slope = cf.grad(loss)
    slope(w, X, y)
    found = slope(w[:2], X[:5, :2], y[:5])
    np.testing.assert_allclose(found, 2 * X[:5, :2].T @ (X[:5, :2] @ w[:2] - y[:5]) / 5)
    assert len(calls) == 1


def test_a_loop_over_a_length_makes_the_length_a_number() -> None:
    def loss(w: Any) -> Any:
        return sum(w[k] ** 2 * (k + 1) for k in range(len(w)))

    slope = cf.grad(loss)
    np.testing.assert_allclose(slope(w), 2 * w * np.arange(1, 5))
    assert slope.function.where == "w in R^4"
    np.testing.assert_allclose(slope(w[:3]), 2 * w[:3] * np.arange(1, 4))


def test_identity_and_ones_of_a_length_keep_it_named() -> None:
    value = Own(lambda X: np.trace(X.T @ X + np.eye(X.shape[1])), "value")
    assert value(X) == pytest.approx(np.sum(X**2) + 4)
    assert value.formula.where == "X in R^(m×n)"


def test_branches_are_followed_and_checked_again() -> None:
    def loss(w: Any) -> Any:
        if w.sum() > 0:
            return np.sum(w**2)
        return np.sum(w**3)

    slope = cf.grad(loss)
    for v in (np.abs(w), -np.abs(w), np.abs(w) + 1):
        np.testing.assert_allclose(slope(v), 2 * v if v.sum() > 0 else 3 * v**2)
    with pytest.raises(ClosedformError, match="read without"):
        cf.formula(loss)


def test_a_loop_on_data() -> None:
    def root(a: float) -> Any:
        x = a
        while abs(x * x - a) > 1e-12:
            x = (x + a / x) / 2
        return x

    assert cf.grad(root)(2.0) == pytest.approx(1 / (2 * np.sqrt(2)), rel=1e-9)


def test_closed_over_arrays_are_named_and_numbers_read_anew() -> None:
    weight = {"scale": 2.0}
    scale = 3.0

    def loss(w: Any) -> Any:
        return scale * (w @ GRAM @ w) * weight["scale"]

    slope = cf.grad(loss)
    np.testing.assert_allclose(slope(w), 6 * (GRAM + GRAM.T) @ w)
    assert "GRAM" in slope.formula.text
    GRAM[0, 1] += 1
    np.testing.assert_allclose(slope(w), 6 * (GRAM + GRAM.T) @ w)
    scale = 5.0
    np.testing.assert_allclose(slope(w), 10 * (GRAM + GRAM.T) @ w)


@dataclass
class Layer:
    weight: Any
    shift: Any


def test_trees_of_arguments() -> None:
    weight, shift, out = rng.normal(size=(3, 4)), rng.normal(size=3), rng.normal(size=3)

    def loss(n: Any, weight: Any, shift: Any, out: Any, x: Any) -> Any:
        return (out[0] @ n.tanh(weight @ x + shift) + out[1]) ** 2

    mine = cf.grad(lambda q, x: loss(np, q["in"].weight, q["in"].shift, q["out"], x))
    found = mine({"in": Layer(weight, shift), "out": (out, 0.5)}, w)
    truth = jax.grad(lambda a, b, c: loss(jnp, a, b, c, w), (0, 1, 2))(weight, shift, (out, 0.5))
    assert isinstance(found["in"], Layer) and isinstance(found["out"], tuple)
    np.testing.assert_allclose(found["in"].weight, truth[0], rtol=1e-9)
    np.testing.assert_allclose(found["in"].shift, truth[1], rtol=1e-9)
    np.testing.assert_allclose(found["out"][0], truth[2][0], rtol=1e-9)
    assert found["out"][1] == pytest.approx(float(truth[2][1]))


def test_several_arguments_and_keywords() -> None:
    def loss(w: Any, X: Any, *, y: Any, power: int = 2) -> Any:
        return np.sum((X @ w - y) ** power)

    both = cf.grad(loss, (0, 1))
    one, two = both(w, X, y=y, power=4)
    truth = jax.grad(lambda w, X: jnp.sum((X @ w - y) ** 4), (0, 1))(w, X)
    np.testing.assert_allclose(one, truth[0], rtol=1e-9)
    np.testing.assert_allclose(two, truth[1], rtol=1e-9)
    np.testing.assert_allclose(both(w, X, y=y)[0], 2 * X.T @ (X @ w - y))


def test_labels_choose_one_entry_of_each_row() -> None:
    labels = np.array([0, 4, 2, 2])

    def loss(n: Any, A: Any, labels: Any) -> Any:
        logs = A - n.log(n.exp(A).sum(axis=1, keepdims=True))
        return -logs[n.arange(4), labels].mean()

    mine = cf.grad(lambda A, k: loss(np, A, k))
    np.testing.assert_allclose(mine(A, labels), jax.grad(lambda A: loss(jnp, A, labels))(A), rtol=1e-9)
    other = np.array([1, 1, 0, 3])
    np.testing.assert_allclose(mine(A, other), jax.grad(lambda A: loss(jnp, A, other))(A), rtol=1e-9)


def test_the_shift_by_the_largest_entry_goes() -> None:
    def loss(n: Any, Z: Any, Y: Any) -> Any:
        Z = Z - Z.max(axis=1, keepdims=True)
        return -n.sum(Y * (Z - n.log(n.sum(n.exp(Z), axis=1, keepdims=True))))

    Y = rng.uniform(size=(4, 5))
    mine = cf.grad(lambda Z, Y: loss(np, Z, Y))
    np.testing.assert_allclose(mine(A, Y), jax.grad(lambda Z: loss(jnp, Z, Y))(A), rtol=1e-9)
    assert "max" not in mine.function.text and mine.check().level in "AB"


def test_every_kind_of_derivative() -> None:
    def f(n: Any, x: Any, A: Any) -> Any:
        return n.tanh(A.T @ x) * n.sum(x)

    def g(n: Any, x: Any, A: Any) -> Any:
        return n.sum(f(n, x, A) ** 2)

    F, G = (lambda x, A: f(np, x, A)), (lambda x, A: g(np, x, A))
    jF, jG = (lambda x, A: f(jnp, x, A)), (lambda x, A: g(jnp, x, A))
    v, u, V = rng.normal(size=4), rng.normal(size=5), rng.normal(size=(4, 5))
    same = np.testing.assert_allclose
    same(cf.jacobian(F)(w, A), jax.jacobian(jF)(w, A), rtol=1e-8)
    same(cf.jacobian(F, 1)(w, A), jax.jacobian(jF, 1)(w, A), rtol=1e-8, atol=1e-12)
    same(cf.jvp(F)(w, A, v), jax.jvp(lambda x: jF(x, A), (w,), (v,))[1], rtol=1e-8)
    same(cf.vjp(F)(w, A, u), jax.vjp(lambda x: jF(x, A), w)[1](u)[0], rtol=1e-8)
    same(cf.hessian(G)(w, A), jax.hessian(jG)(w, A), rtol=1e-8)
    same(cf.hvp(G)(w, A, v), jax.jvp(jax.grad(lambda x: jG(x, A)), (w,), (v,))[1], rtol=1e-8)
    blocks, truth = cf.hessian(G, (0, 1))(w, A), jax.hessian(jG, (0, 1))(w, A)
    for one, other in zip(jax.tree.leaves(blocks), jax.tree.leaves(truth), strict=True):
        same(one, other, rtol=1e-7, atol=1e-10)
    along = jax.jvp(jax.grad(jG, (0, 1)), (w, A), (v, V))[1]
    for one, other in zip(cf.hvp(G, (0, 1))(w, A, (v, V)), along, strict=True):
        same(one, other, rtol=1e-8)
    value, slope = cf.value_and_grad(G)(w, A)
    same(value, jG(w, A), rtol=1e-9)
    same(slope, jax.grad(jG)(w, A), rtol=1e-8)


def test_float32_stays_and_columns_are_columns() -> None:
    found = cf.grad(lambda x: np.sum(np.exp(x)))(w.astype(np.float32))
    assert found.dtype == np.float32
    column = cf.grad(lambda x, X: np.sum((X @ x) ** 2))(w[:, None], X)
    assert column.shape == (4, 1)
    np.testing.assert_allclose(column, 2 * X.T @ X @ w[:, None])


def test_facts_are_declared() -> None:
    slope = cf.grad(lambda S: np.linalg.slogdet(S)[1], where="S in PD(n)")
    S = M @ M.T + np.eye(4)
    np.testing.assert_allclose(slope(S), np.linalg.inv(S), rtol=1e-9)
    assert slope.formula.text == "S^-1"


def written(x: Any) -> Any:
    x[0] = 1.0
    return x.sum()


def updated(x: Any) -> Any:
    x += 1
    return x.sum()


@pytest.mark.parametrize(("fn", "said"), [
    (written, "in place"),
    (updated, "in place"),
    (lambda x: np.sort(x)[0], "np.sort"),
    (lambda x: float(x[0]) * x.sum(), r"float\(\)"),
    (lambda x: np.array([x[0], x[1]]).sum(), "np.stack"),
    (lambda x: np.sum(x * np.asarray(x)), "traced"),
    (lambda x: np.fft.fft(x)[0], "np.fft.fft"),
    (lambda x: x[:, None, None, None].sum(), "four axes"),
    (lambda x: np.where(x > 0, np.log(x), 0).sum(), "not defined everywhere"),
    (lambda x: np.max(x[:, None] * x, axis=1).sum(), "largest entry along an axis"),
    (lambda x: np.linalg.norm(x, 3, keepdims=True, axis=0, dtype=float), "dtype"),
    (lambda x: [x.sum(), x.sum()], "several values"),
])  # fmt: skip
def test_what_is_refused_names_file_and_line(fn: Callable[..., Any], said: str) -> None:
    with pytest.raises((ClosedformError, TypeError), match=said):
        cf.grad(fn)(w.copy())


def test_a_refusal_has_a_caret() -> None:
    with pytest.raises(ClosedformError) as caught:
        cf.grad(written)(w.copy())
    assert "test_reading.py, line" in str(caught.value) and "x[0] = 1.0\n  ^" in str(caught.value)


def test_random_functions_are_found_out() -> None:
    noise = np.random.default_rng(1)
    with pytest.raises(ValueProblem, match="differ at these values"):
        cf.grad(lambda x: np.sum(x * noise.normal(size=4)))(w)


def test_an_update_of_what_was_made_here_is_an_update() -> None:
    def loss(x: Any) -> Any:
        r = 2 * x
        r -= 1
        s = r
        s *= x
        return r.sum()

    np.testing.assert_allclose(cf.grad(loss)(w), 4 * w - 1)


def test_read_without_values_by_habit_and_by_declaration() -> None:
    assert cf.formula(lambda x, A: x @ A @ x).grad("x").text == "(A + A')*x"
    f = cf.formula(lambda a, b: a @ b, where="a in R^(2×3), b in R^3")
    assert f.where == "a in R^(2×3), b in R^3"


def test_what_comes_with_the_answer() -> None:
    slope = cf.grad(lambda w, X, y: np.sum((X @ w - y) ** 2) / 2)
    slope(w, X, y)
    assert slope.formula.text == "X'*(X*w - y)"
    assert slope.check().level == "A"
    assert len(slope.derivation().steps) > 2
    assert "return X.T @ (X @ w - y)" in slope.code()


def test_functions_of_scipy() -> None:
    v = rng.normal(size=4)

    def loss(M: Any, v: Any) -> Any:
        return np.trace(expm(M)) + logsumexp(M @ v) + expit(v) @ M @ v

    def same(M: Any) -> Any:
        return jnp.trace(jax.scipy.linalg.expm(M)) + jax.scipy.special.logsumexp(M @ v) + jax.nn.sigmoid(v) @ M @ v

    np.testing.assert_allclose(cf.grad(loss)(M, v), jax.grad(same)(M), rtol=1e-8)
    assert logsumexp(v) == pytest.approx(np.log(np.sum(np.exp(v))))
