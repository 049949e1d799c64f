"""JAX functions: each primitive and named computation against JAX; trees of arguments."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import nn

import closedform as cf
from closedform.errors import ClosedformError
from closedform.tracing.calling import Own
from tests.tracing.most_met.jax_calls import FUNCTIONS, JAX

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(17)
X, w, y, W = (jnp.asarray(rng.normal(size=s)) for s in ((7, 4), 4, 7, (3, 4)))
T, b, V = (jnp.asarray(rng.normal(size=s)) for s in ((7, 2), 3, (2, 3)))
layers = {"W1": W, "b1": b, "W2": V}


def met(jaxpr: Any) -> set[str]:
    """The primitives and the named computations of a jaxpr."""
    names, todo = set[str](), [jaxpr]
    while todo:
        one = todo.pop()
        names.add(str(one.debug_info.func_src_info or "").partition(" ")[0])
        for eqn in one.eqns:
            names |= {eqn.primitive.name, str(eqn.params.get("name"))}
            inside = [k for v in eqn.params.values() for k in (v if isinstance(v, list | tuple) else [v])]
            todo += [getattr(k, "jaxpr", k) for k in inside if hasattr(getattr(k, "jaxpr", k), "eqns")]
    return names


@pytest.mark.parametrize("name", [*JAX, *FUNCTIONS])
def test_value_and_derivative(name: str) -> None:
    fn, args = JAX[name] if name in JAX else FUNCTIONS[name]
    assert name in FUNCTIONS or name.partition(":")[0] in met(jax.make_jaxpr(fn)(*args).jaxpr)
    value, truth = jax.jit(lambda *given: (fn(*given), jax.jacobian(fn)(*given)))(*args)
    np.testing.assert_allclose(Own(fn, "value")(*args), value, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(cf.jacobian(fn)(*args), truth, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("loss", [
    lambda q, X, T: jnp.mean((jnp.tanh(X @ q["W1"].T + q["b1"]) @ q["W2"].T - T) ** 2),
    lambda q, X, T: jnp.mean((nn.relu(X @ q["W1"].T + q["b1"]) @ q["W2"].T - T) ** 2),
])  # fmt: skip
def test_dictionaries_of_arguments(loss: Callable[..., Any]) -> None:
    mine, truth = cf.grad(loss)(layers, X, T), jax.grad(loss)(layers, X, T)
    assert jax.tree.structure(mine) == jax.tree.structure(truth)
    for one, other in zip(jax.tree.leaves(mine), jax.tree.leaves(truth), strict=True):
        assert isinstance(one, jax.Array)
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-10)


class Pair(NamedTuple):
    slope: Any
    shift: Any


def test_trees_of_arguments() -> None:
    tree = {"first": [W, b], "second": Pair(V, jnp.asarray([0.1, -0.2]))}

    def loss(q: Any, X: Any) -> Any:
        hidden = jnp.tanh(X @ q["first"][0].T + q["first"][1])
        return jnp.sum((hidden @ q["second"].slope.T + q["second"].shift) ** 2)

    mine, truth = cf.grad(loss)(tree, X), jax.grad(loss)(tree, X)
    assert jax.tree.structure(mine) == jax.tree.structure(truth)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9), mine, truth)


@pytest.mark.parametrize(("fn", "said"), [
    (lambda x: jax.lax.while_loop(lambda c: c[0] < 3.0, lambda c: c * 2, x).sum(), "while_loop"),
    (lambda x: jnp.sort(x)[0], "sort"),
    (lambda x: jax.lax.stop_gradient(x) @ x, "stop_gradient"),
    (lambda x: jnp.sum(x[:, None, None, None] * x[None, :, None, None]), "four axes"),
])  # fmt: skip
def test_what_is_refused_is_named(fn: Callable[..., Any], said: str) -> None:
    with pytest.raises(ClosedformError, match=said):
        cf.grad(fn)(w)


def test_a_function_of_the_users_own_with_a_name_of_jax() -> None:
    @jax.jit
    def relu(x: Any) -> Any:
        return 3 * x

    np.testing.assert_allclose(cf.grad(lambda w: jnp.sum(relu(w) ** 2))(w), 18 * w)
    assert cf.formula(lambda w: jnp.sum(relu(w)), where="w in R^4") == cf.formula("3*sum(w)", "w in R^4")


def test_what_a_name_says_of_another_diagonal_holds_without_values() -> None:
    assert cf.formula(lambda M: jnp.triu(M), where="M in R^(4×4)") == cf.formula("triu(M)", "M in R^(4×4)")
    with_above = cf.formula(lambda M: jnp.triu(M, 1), where="M in R^(4×4)")
    assert "triu" not in with_above.text and "c1" in with_above.text


def test_other_labels_need_no_other_reading() -> None:
    calls: list[int] = []

    def loss(W: Any, X: Any, y: Any) -> Any:
        calls.append(1)
        return -jnp.mean(jnp.take_along_axis(nn.log_softmax(X @ W.T), y[:, None], axis=-1))

    slope = cf.grad(loss)
    slope(W, X, jnp.asarray([0, 2, 1, 1, 0, 2, 0]))
    read, others = len(calls), jnp.asarray([1, 1, 0, 2, 2, 0, 1])
    found = slope(W, X, others)
    assert len(calls) == read
    np.testing.assert_allclose(found, jax.grad(loss)(W, X, others), rtol=1e-8)


def test_sizes_are_named() -> None:
    slope = cf.grad(lambda w, X, y: jnp.mean((X @ w - y) ** 2))
    slope(w, X, y)
    assert slope.function.where == "w in R^n, X in R^(m×n), y in R^m"
    assert slope.formula == cf.formula("1/m*||X*w - y||^2", "X in R^(m×n)").grad("w")
    small = slope(w[:2], X[:5, :2], y[:5])
    np.testing.assert_allclose(small, jax.grad(lambda w, X, y: jnp.mean((X @ w - y) ** 2))(w[:2], X[:5, :2], y[:5]))
