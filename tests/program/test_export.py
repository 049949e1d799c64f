"""Closed forms as the derivatives of functions of JAX and PyTorch, beside what these libraries derive themselves."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from backends import LIKE

import closedform as cf
from closedform.errors import MissingRule, ValueProblem
from closedform.program.export import exported

RNG = np.random.default_rng(4)
A, X, Y = RNG.standard_normal((5, 3)), RNG.standard_normal(3), RNG.choice([-1.0, 1.0], 5)
F = cf.formula("sum(log(1 + exp(-y.*(A*x))))")
G = {n: F.grad(n)._raw for n in ("x", "A")}


def made(target: str, gradients: dict | None = None):
    return exported(F._raw, G if gradients is None else gradients, target)


def in_order(target: str, **values):
    return [LIKE[target](values[n]) for n in F.variables]


def test_what_cannot_be_exported() -> None:
    with pytest.raises(cf.ClosedformError, match="neither"):
        made("numpy")
    with pytest.raises(MissingRule, match="scalar"):
        exported(G["x"], {}, "jax")


if find_spec("jax"):
    import jax
    import jax.numpy as jnp

    def plain_jax(*given):
        v = dict(zip(F.variables, given, strict=True))
        return jnp.logaddexp(0, -v["y"] * (v["A"] @ v["x"])).sum()

    PLACE = F.variables.index("x")

    def test_jax() -> None:
        f, at = made("jax"), in_order("jax", A=A, x=X, y=Y)
        both = tuple(F.variables.index(n) for n in ("x", "A"))
        assert np.allclose(f(*at), plain_jax(*at), rtol=1e-12)
        for got, want in zip(jax.grad(f, both)(*at), jax.grad(plain_jax, both)(*at), strict=True):
            assert np.allclose(got, want, rtol=1e-12)
        assert np.allclose(jax.jit(jax.grad(f, PLACE))(*at), jax.grad(plain_jax, PLACE)(*at), rtol=1e-12)

    def test_jax_twice() -> None:
        f, at = made("jax"), in_order("jax", A=A, x=X, y=Y)
        want = jax.hessian(plain_jax, PLACE)(*at)
        assert np.allclose(jax.jacrev(jax.grad(f, PLACE), PLACE)(*at), want, rtol=1e-10)
        assert np.allclose(jax.jacfwd(jax.grad(f, PLACE), PLACE)(*at), want, rtol=1e-10)

    def test_jax_mapped() -> None:
        f, many = made("jax"), RNG.standard_normal((4, 3))
        at = in_order("jax", A=A, x=X, y=Y)
        axes = [0 if n == "x" else None for n in F.variables]
        at[PLACE] = jnp.asarray(many)
        got = jax.vmap(jax.grad(f, PLACE), axes)(*at)
        assert np.allclose(got, jax.vmap(jax.grad(plain_jax, PLACE), axes)(*at), rtol=1e-12)

    def test_jax_never_says_zero() -> None:
        f, at = made("jax", {"x": G["x"]}), in_order("jax", A=A, x=X, y=Y)
        assert np.isfinite(jax.grad(f, PLACE)(*at)).all()
        with pytest.raises(MissingRule, match="by A"):
            jax.grad(f, F.variables.index("A"))(*at)
        with pytest.raises(ValueProblem, match="no value was given"):
            f(*at[:1])


if find_spec("torch"):
    import torch

    def plain_torch(*given):
        v = dict(zip(F.variables, given, strict=True))
        z = -v["y"] * (v["A"] @ v["x"])
        return torch.logaddexp(z, torch.zeros_like(z)).sum()

    WHERE = F.variables.index("x")

    def test_torch() -> None:
        f, at = made("torch"), in_order("torch", A=A, x=X, y=Y)
        moving = [v.clone().requires_grad_(n != "y") for n, v in zip(F.variables, at, strict=True)]
        same = [v.detach().clone().requires_grad_(n != "y") for n, v in zip(F.variables, at, strict=True)]
        f(*moving).backward()
        plain_torch(*same).backward()
        for got, want in zip(moving, same, strict=True):
            assert (got.grad is None) == (want.grad is None)
            assert got.grad is None or torch.allclose(got.grad, want.grad, rtol=1e-12)

    def test_torch_twice() -> None:
        f, at = made("torch"), in_order("torch", A=A, x=X, y=Y)

        def of(function, x):
            return function(*(x if k == WHERE else v for k, v in enumerate(at)))

        want = torch.autograd.functional.hessian(lambda x: of(plain_torch, x), at[WHERE])
        got = torch.autograd.functional.hessian(lambda x: of(f, x), at[WHERE])
        assert torch.allclose(got, want, rtol=1e-10)
        assert torch.autograd.gradgradcheck(lambda x: of(f, x), at[WHERE].clone().requires_grad_())

    def test_torch_func() -> None:
        f, at = made("torch"), in_order("torch", A=A, x=X, y=Y)
        many = torch.as_tensor(RNG.standard_normal((4, 3)))
        axes = tuple(0 if n == "x" else None for n in F.variables)
        at[WHERE] = many
        got = torch.func.vmap(torch.func.grad(f, WHERE), axes)(*at)
        want = torch.func.vmap(torch.func.grad(plain_torch, WHERE), axes)(*at)
        assert torch.allclose(got, want, rtol=1e-12)

    def test_torch_never_says_zero() -> None:
        f, at = made("torch", {"x": G["x"]}), in_order("torch", A=A, x=X, y=Y)
        at[F.variables.index("A")].requires_grad_()
        with pytest.raises(MissingRule, match="by A"):
            f(*at).backward()


if find_spec("jax"):

    def test_a_plain_number_is_an_argument_of_an_exported_function() -> None:
        import jax

        loss = cf.formula("lam^2*x'*x", "lam in R").export("jax")
        place = list(cf.formula("lam^2*x'*x", "lam in R").variables).index("lam")
        values = [3.0, X] if place == 0 else [X, 3.0]
        for slope in (jax.grad(loss, place), jax.jit(jax.grad(loss, place))):
            assert abs(float(slope(*values)) - 6 * X @ X) < 1e-5


    @pytest.mark.parametrize("target", ["jax", "torch"])
    def test_arguments_by_name(target: str) -> None:
        library = pytest.importorskip(target)
        array = library.numpy.asarray if target == "jax" else library.tensor
        f = cf.formula("1/2*||A*x - b||^2").export(target)
        A, x, b = ([[1.0, 2.0], [3.0, 4.0]], [1.0, -1.0], [0.5, 0.0])
        assert float(f(b=array(b), A=array(A), x=array(x))) == float(f(array(A), array(x), array(b))) == 1.625
        assert "A, x, b" in str(f.__doc__)
        with pytest.raises(cf.ClosedformError, match="Q is no argument"):
            f(array(A), array(x), Q=array(b))


    @pytest.mark.needs("jax")
    def test_the_gradient_has_the_dtype_of_what_it_is_by() -> None:
        f = cf.formula("sum(log(1 + exp(-y.*(A*x)))) + lam/2*x'*x").export("jax")
        y, a, x = (jnp.asarray(v, "float32") for v in (Y, A, X))
        assert f(y, a, x, 0.1).dtype == jnp.float32
        assert jax.grad(f, 2)(y, a, x, 0.1).dtype == jnp.float32
        assert jax.grad(f, 2)(y, jnp.asarray(A), x, 0.1).dtype == jnp.float32
