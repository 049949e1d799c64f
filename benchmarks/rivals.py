"""What is timed for a problem: the hand-written form, ours on each backend, and the best of each library's modes."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace as Data
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from problems import Problem
from rounds import in_turn, ratio

from closedform import Formula, formula
from closedform.expr.node import Node
from closedform.program.compiled import Compiled
from closedform.program.dense import dense
from closedform.program.jitted import Jitted

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
Thunk = Callable[[], Any]
__all__ = ["agrees", "best", "in_turn", "jax_modes", "ours", "ratio", "torch_modes"]
JAX_WORDS = Data(softplus=jax.nn.softplus, tanh=jnp.tanh, logsumexp=jax.nn.logsumexp,
                 logdet=lambda X: jnp.linalg.slogdet(X)[1])  # fmt: skip
TORCH_WORDS = Data(softplus=torch.nn.functional.softplus, tanh=torch.tanh, logsumexp=torch.logsumexp,
                   logdet=torch.logdet)  # fmt: skip


def answers(p: Problem) -> tuple[Formula, ...]:
    """The formulas that are compiled."""
    f = formula(p.typed, p.where or None)
    if p.kind == "gradient":
        return tuple(f.grad(name) for name in p.every or (p.by,))
    if p.kind == "HVP":
        return (f.grad(p.by).derivative(p.by),)
    if p.kind == "Jacobian":
        return (f.jacobian(p.by),)
    if p.array:
        return (f.hessian(p.by),)
    return (f.grad(p.by).derivative(p.by).kron,) if p.columns else (f.hessian(p.by),)


def nodes(p: Problem) -> tuple[Node, ...]:
    found = answers(p)
    return tuple(dense(g._raw, g._origin.directions[0]) if p.array and g._origin else g._raw for g in found)


def compiled(p: Problem, target: str) -> Compiled:
    return Compiled(nodes(p), target)


def ours(p: Problem, d: Data, target: str) -> Thunk:
    """Our program, called by position; a size that no array tells is given as a number."""
    program = compiled(p, target)
    convert = {"numpy": np.asarray, "jax": jnp.asarray, "torch": torch.as_tensor}[target]
    sizes = {a.name: len(d.U) for a in program._all if a.is_size}
    args = [sizes[n] if n in sizes else convert(getattr(d, n)) if np.ndim(getattr(d, n)) else getattr(d, n)
            for n in program.arguments]  # fmt: skip
    if target != "jax":
        return lambda: program(*args)
    quick = Jitted(program)
    return lambda: jax.block_until_ready(quick(*args))


def jax_modes(p: Problem, d: Data) -> dict[str, Thunk]:
    """JAX's ways to this derivative, jitted; arrays go in and out on its device."""
    names = [n for n in vars(d) if n != p.by and n not in p.every]
    rest = {n: jnp.asarray(getattr(d, n)) for n in names}
    x = tuple(jnp.asarray(getattr(d, n)) for n in p.every) if p.every else jnp.asarray(getattr(d, p.by))

    def f(x: Any, rest: Any) -> Any:
        return p.function(JAX_WORDS, x, Data(**rest))

    def along(x: Any, rest: Any) -> Any:
        return jax.jvp(lambda x: jax.grad(f)(x, rest), (x,), (rest["d" + p.by],))[1]

    def inner(x: Any, rest: Any) -> Any:
        return jax.grad(lambda x: (jax.grad(f)(x, rest) * rest["d" + p.by]).sum())(x)

    modes: dict[str, Any] = {
        "gradient": {"grad": jax.grad(f)},
        "HVP": {"jvp∘grad": along, "grad∘⟨grad, v⟩": inner},
        "Jacobian": {"jacfwd": jax.jacfwd(f), "jacrev": jax.jacrev(f)},
        "Hessian": {"hessian": jax.hessian(f), "jacrev∘grad": jax.jacrev(jax.grad(f))},
    }[p.kind]
    return {name: _called(jitted(p, mode), x, rest) for name, mode in modes.items()}


def written(like: Any, x: Any) -> Thunk:
    """What JAX takes to write one number as often as a result has entries, on one axis, which it does fastest."""
    quick = jax.jit(lambda v: jnp.full(np.size(like), v))
    number = jnp.asarray(x).ravel()[0]
    return lambda: jax.block_until_ready(quick(number))


def jitted(p: Problem, function: Any) -> Any:
    return jax.jit(function, compiler_options=p.level and {"xla_backend_optimization_level": p.level})


def _called(quick: Any, x: Any, rest: Any) -> Thunk:
    return lambda: jax.block_until_ready(quick(x, rest))


def torch_modes(p: Problem, d: Data) -> dict[str, Thunk]:
    rest = Data(**{n: torch.as_tensor(getattr(d, n)) for n in vars(d)})
    xs = tuple(torch.as_tensor(getattr(d, n)) for n in p.every or (p.by,))
    leaves = tuple(x.clone().requires_grad_() for x in xs)

    def f(x: Any) -> Any:
        return p.function(TORCH_WORDS, x, rest)

    x = xs if p.every else xs[0]
    own = leaves if p.every else leaves[0]
    grad = torch.func.grad(f)
    if p.kind == "gradient":
        return {"autograd.grad": lambda: torch.autograd.grad(f(own), leaves), "func.grad": lambda: grad(x)}
    if p.kind == "HVP":
        v = getattr(rest, "d" + p.by)
        return {"func.jvp∘grad": lambda: torch.func.jvp(grad, (x,), (v,))[1]}
    if p.kind == "Jacobian":
        forward, reverse = torch.func.jacfwd(f), torch.func.jacrev(f)
        return {"func.jacfwd": lambda: forward(x), "func.jacrev": lambda: reverse(x)}
    twice = torch.func.jacrev(grad)  # torch.func.hessian, eight times slower on a logistic Hessian, is not run
    return {"func.jacrev∘grad": lambda: twice(x)}


def best(modes: dict[str, Thunk]) -> tuple[str, Thunk]:
    """The fastest of a library's modes, each warm."""
    if len(modes) == 1:
        return next(iter(modes.items()))
    times = {}
    for name, mode in modes.items():
        mode()
        start = time.process_time()
        mode()
        times[name] = time.process_time() - start
        if times[name] < 0.02:
            times[name] = min(_once(mode) for _ in range(5))
    chosen = min(times, key=lambda name: times[name])
    return chosen, modes[chosen]


def _once(action: Thunk) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def agrees(p: Problem, d: Data, found: Any, want: Any) -> bool:
    """Whether two values are equal to 1e-10 of the largest entry; Hessians by a matrix may come with four axes."""
    found, want = (x if isinstance(x, (tuple, list)) else (x,) for x in (found, want))
    return len(found) == len(want) and all(_equal(p, a, b) for a, b in zip(found, want, strict=True))


def _equal(p: Problem, found: Any, want: Any) -> bool:
    found, want = np.asarray(found), np.asarray(want)
    laid = [found]
    if found.ndim == 4 and p.columns:  # by columns; of a symmetric variable the gradient is its own transpose
        laid = [found.transpose(1, 0, 3, 2), *([found.transpose(0, 1, 3, 2)] if "PD" in p.where else [])]
    scale = 1 + np.max(np.abs(want), initial=0.0)
    errors = [np.max(np.abs(x.reshape(-1) - want.reshape(-1)), initial=0.0) for x in laid]
    return found.size == want.size and bool(min(errors) <= 1e-10 * scale)
