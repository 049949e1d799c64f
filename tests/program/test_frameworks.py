"""Compiled formulas inside JAX and PyTorch: compiled again, mapped, differentiated; and what is refused there."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from backends import LIKE

import closedform as cf
from closedform.errors import ValueProblem
from closedform.program.compiled import Compiled

RNG = np.random.default_rng(3)
F = cf.formula("sum(log(1 + exp(A*x))) + x'*inv(S)*x")
G = F.grad("x")
VALUES = {"A": RNG.standard_normal((5, 3)), "x": RNG.standard_normal(3)}
VALUES["S"] = RNG.standard_normal((3, 3)) + 4 * np.eye(3)
TRUE_G = G(**VALUES)
TRUE_H = F.hessian("x")(**VALUES)
MANY = RNG.standard_normal((4, 3))
TRUE_MANY = np.stack([G(**{**VALUES, "x": x}) for x in MANY])


def made(target, f=F):
    c = Compiled((f._raw,), target, f.text)
    at = [LIKE[target](VALUES[n]) for n in c.arguments]
    return c, at, c.arguments.index("x"), tuple(0 if n == "x" else None for n in c.arguments)


def put(at, place, x):
    return [x if k == place else v for k, v in enumerate(at)]


def test_strangers_at_the_numpy_program() -> None:
    c, at, place, _ = made("numpy")
    for library, like in LIKE.items():
        if library != "numpy":
            with pytest.raises(ValueProblem, match="x is an array of"):
                c(*put(at, place, like(VALUES["x"])))


if find_spec("jax"):
    import jax
    import jax.numpy as jnp

    def test_jax_transforms() -> None:
        value, at, place, axes = made("jax")
        slope, _, where, _ = made("jax", G)
        ordered = [LIKE["jax"](VALUES[n]) for n in slope.arguments]
        assert np.allclose(jax.grad(value, place)(*at), TRUE_G, rtol=1e-10)
        assert np.allclose(jax.jit(slope)(*ordered), TRUE_G, rtol=1e-10)
        assert np.allclose(jax.jit(value)(*at), F(**VALUES), rtol=1e-12)
        assert np.allclose(jax.jacfwd(slope, where)(*ordered), TRUE_H, rtol=1e-10)
        assert np.allclose(jax.jacrev(slope, where)(*ordered), TRUE_H, rtol=1e-10)
        many = put(ordered, where, jnp.asarray(MANY))
        mapped = jax.vmap(slope, tuple(0 if n == "x" else None for n in slope.arguments))
        assert np.allclose(jax.jit(mapped)(*many), TRUE_MANY, rtol=1e-10)
        assert axes

    def test_jax_takes_numpy_and_lists() -> None:
        c, at, place, _ = made("jax", G)
        for x in (VALUES["x"], VALUES["x"].tolist()):
            got = c(*put([LIKE["jax"](VALUES[n]) for n in c.arguments], place, x))
            assert isinstance(got, jax.Array)
            assert np.allclose(got, TRUE_G, rtol=1e-10)
        whole = c(*put(at, place, jnp.arange(3)))
        assert np.allclose(whole, G(**{**VALUES, "x": np.arange(3)}), rtol=1e-10)

    def test_jax_single_precision() -> None:
        c, at, _, _ = made("jax", G)
        assert c(*(v.astype(jnp.float32) for v in at)).dtype == jnp.float32
        with jax.enable_x64(False):
            assert c(*(jnp.asarray(np.asarray(v)) for v in at)).dtype == jnp.float32

    @pytest.mark.parametrize(("x", "said"), [
        (VALUES["x"][:, None], "shape"), (VALUES["x"][None], "shape"), (np.ones(4), "sizes"),
        (np.ones(3) + 1j, "complex"), (np.ones(0), "empty"), (np.float64(2), "shape"),
    ])  # fmt: skip
    def test_jax_refuses(x: np.ndarray, said: str) -> None:
        c, at, place, _ = made("jax")
        with pytest.raises(ValueProblem, match=said):
            c(*put(at, place, jnp.asarray(x)))

    def test_a_traced_index() -> None:
        c = Compiled((cf.formula("x[i]^2")._raw,), "jax")
        given = {"x": jnp.asarray(VALUES["x"]), "i": 2}
        assert c.arguments == ("x", "i")
        assert np.isclose(c(**given), VALUES["x"][1] ** 2)
        assert np.allclose(jax.vmap(c, (None, 0))(given["x"], jnp.arange(1, 4)), VALUES["x"] ** 2)
        assert np.isnan(c(given["x"], 4))


if find_spec("torch"):
    import torch

    def test_torch_transforms() -> None:
        value, at, place, _ = made("torch")
        slope, own, where, axes = made("torch", G)
        x = at[place].clone().requires_grad_()
        value(*put(at, place, x)).backward()
        assert np.allclose(x.grad, TRUE_G, rtol=1e-10)
        assert np.allclose(torch.func.grad(value, place)(*at), TRUE_G, rtol=1e-10)
        assert np.allclose(torch.func.jacrev(slope, where)(*own), TRUE_H, rtol=1e-10)
        assert np.allclose(torch.func.jacfwd(slope, where)(*own), TRUE_H, rtol=1e-10)
        many = torch.func.vmap(slope, axes)(*put(own, where, torch.as_tensor(MANY)))
        assert np.allclose(many, TRUE_MANY, rtol=1e-10)

    def test_torch_keeps_dtype_and_gradient() -> None:
        c, at, place, _ = made("torch", G)
        assert c(*(v.float() for v in at)).dtype == torch.float32
        assert c(*put(at, place, at[place].clone().requires_grad_())).requires_grad
        b = torch.ones(3)
        out = Compiled((cf.formula("b'*x").grad("x")._raw,), "torch")(b)
        out[0] = 7
        assert b[0] == 1

    def test_torch_numbers() -> None:
        f = cf.formula("s*x'*x", where="s in R").grad("x")
        c = Compiled((f._raw,), "torch")
        given = {"s": 3, "x": torch.ones(2)}
        assert c(**given).dtype == torch.float32
        assert torch.allclose(c(**{**given, "s": torch.tensor(3.0)}), torch.full((2,), 6.0))

    X = torch.as_tensor(VALUES["x"])

    @pytest.mark.parametrize(("x", "said"), [
        (X[:, None], "shape"), (X[None], "shape"), (torch.ones(4, dtype=torch.float64), "sizes"),
        (X + 1j, "complex|floats"), (torch.ones(0), "empty"), (torch.tensor(2.0), "shape"),
        (torch.ones(3, dtype=torch.int64), "floats"),
        (X.bool(), "floats"), (X.float(), "of one kind"), (VALUES["x"], "NumPy"), (VALUES["x"].tolist(), "list"),
        (X.to_sparse(), "sparse"), (2.0, "float"),
    ])  # fmt: skip
    def test_torch_refuses(x, said: str) -> None:
        c, at, place, _ = made("torch")
        with pytest.raises(ValueProblem, match=said):
            c(*put(at, place, x))
