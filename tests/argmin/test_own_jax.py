"""``cf.argmin`` of JAX functions against closed forms that JAX differentiates itself."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import closedform as cf

jax.config.update("jax_enable_x64", True)
rng = np.random.default_rng(3)
A, b = jnp.asarray(rng.normal(size=(7, 4))), jnp.asarray(rng.normal(size=7))


def ridge(x: Any, A: Any, b: Any, lam: Any) -> Any:
    return jnp.sum((A @ x - b) ** 2) + lam * jnp.sum(x**2)


def direct(A: Any, b: Any, lam: Any) -> Any:
    return jnp.linalg.solve(A.T @ A + lam * jnp.eye(4), A.T @ b)


def descended(f: Callable[..., Any], start: Any) -> Any:
    return jax.lax.fori_loop(0, 2000, lambda _, x: x - 0.02 * jax.grad(f)(x), start)


best, by_descent = cf.argmin(ridge), cf.argmin(ridge, descended)


def mine(A: Any, b: Any, lam: Any) -> Any:
    return best(A, b, lam, start=jnp.zeros(4))


def cubes(x: Callable[..., Any]) -> Callable[..., Any]:
    return lambda A, b, lam: jnp.sum(x(A, b, lam) ** 3)


TRANSFORMS: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "value": lambda x: x, "forward": lambda x: jax.jacfwd(x, 1), "reverse": lambda x: jax.grad(cubes(x), 0),
    "jit of Hessian": lambda x: jax.jit(jax.hessian(cubes(x), 1)),
    "jit of third": lambda x: jax.jit(jax.grad(jax.grad(jax.grad(cubes(x), 2), 2), 2)),
    "jit of vmap of grad": lambda x: jax.jit(
        lambda A, b, lam: jax.vmap(jax.grad(cubes(x), 2), (None, None, 0))(A, b, jnp.asarray([0.1, 1.0, 2.0]) * lam)),
}  # fmt: skip


@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms(name: str) -> None:
    found, true = (TRANSFORMS[name](x)(A, b, 0.7) for x in (mine, direct))
    np.testing.assert_allclose(found, true, rtol=0, atol=1e-13)


def test_a_solver_of_yours() -> None:
    def f(lam: Any) -> Any:
        return cubes(lambda A, b, lam: by_descent(A, b, lam, start=jnp.zeros(4)))(A, b, lam)

    true = jax.grad(cubes(direct), 2)(A, b, 0.7)
    np.testing.assert_allclose([jax.grad(f)(0.7), jax.jit(jax.grad(f))(0.7)], true, rtol=1e-12)


def test_trees() -> None:
    @jax.jit
    def f(p: Any, t: Any) -> Any:
        bend = jnp.sum((p["W"] - 1) ** 2 * jnp.asarray([[1.0, 2, 3], [2, 5, 1]])) + (p["b"] - 1) ** 2
        return jnp.sum((p["a"] @ p["W"] - t) ** 2) + jnp.sum((p["b"] - p["a"] * t[:2]) ** 2) + bend

    star, start = cf.argmin(f, starts=1), {"W": jnp.ones((2, 3)), "a": jnp.ones(2), "b": jnp.asarray(0.0)}
    t, h, d = jnp.asarray([1.0, 2.0, -1.0]), 1e-5, jnp.asarray([0.3, -1.0, 0.2])
    p = star(t, start=start)
    assert max(float(jnp.abs(g).max()) for g in jax.tree.leaves(jax.jit(jax.grad(f))(p, t))) < 1e-12
    moved = jax.jit(lambda t, d: jax.jvp(lambda t: star(t, start=start), (t,), (d,))[1])(t, d)
    ends = [star(t + sign * h * d, start=p) for sign in (1, -1)]
    for one, up, down in zip(*(jax.tree.leaves(x) for x in (moved, *ends)), strict=True):
        np.testing.assert_allclose(one, (up - down) / (2 * h), rtol=0, atol=1e-8)


def test_no_minimum_is_raised_or_nan() -> None:
    away = cf.argmin(lambda x, t: jnp.exp(-x) * t)
    for f in (away, jax.grad(lambda t, start: away(t, start=start))):
        with pytest.raises(cf.NoDerivative) as caught:
            f(1.0, start=0.0)
        assert caught.value.verdict.kind == "no-minimum"
    x, status = jax.jit(lambda t: away.with_status(t, start=0.0))(1.0)
    assert jnp.isnan(x) and status.kind == "no-minimum" and not status.exists
    assert jnp.isnan(jax.jit(jax.grad(lambda t: away(t, start=0.0)))(1.0))
    assert jnp.isnan(cf.argmin(lambda x, t: jnp.exp(-x) * t, on_fail="nan")(1.0, start=0.0))


def test_kinks() -> None:
    soft = cf.argmin(lambda x, t: 0.5 * jnp.sum((x - t) ** 2) + jnp.sum(jnp.abs(x)))

    def f(t: Any) -> Any:
        return soft(t, start=jnp.zeros(3))

    t = jnp.asarray([0.4, 2.0, -3.0])
    for J in (jax.jacobian(f)(t), jax.jit(jax.jacobian(f))(t)):
        np.testing.assert_allclose(J, np.diag([0.0, 1, 1]), rtol=0, atol=1e-14)
    with pytest.raises(cf.MissingRule, match="second derivatives"):
        jax.hessian(f)(t)
    border = jnp.asarray([1.0, 2.0, -3.0])
    np.testing.assert_allclose(f(border), [0, 1, -2], rtol=0, atol=1e-14)
    with pytest.raises(cf.NoDerivative):
        jax.jacobian(f)(border)
    assert jnp.isnan(jax.jit(jax.jacobian(f))(border)).all()


def test_a_degenerate_minimum_by_its_closed_form() -> None:
    assert jax.grad(lambda t: cf.argmin(lambda x, t: (x - t) ** 4)(t, start=0.0))(1.0) == 1.0


def test_vmap_over_good_and_bad() -> None:
    star = cf.argmin(lambda x, t: t * x**2 + x)
    t = jnp.asarray([1.0, -1.0, 4.0])
    x, status = jax.vmap(lambda t: star.with_status(t, start=0.3))(t)
    np.testing.assert_allclose(x, [-0.5, jnp.nan, -0.125])
    slope = jax.vmap(jax.grad(lambda t: star(t, start=0.3)))(t)
    np.testing.assert_allclose(slope, [0.5, jnp.nan, 0.03125])
    assert status.exists.tolist() == [1, 0, 1]
