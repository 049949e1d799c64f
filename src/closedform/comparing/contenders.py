"""Who takes part: the closed form compiled for three libraries, three automatic differentiations, differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import FunctionType
from typing import Any

import numpy as np

from closedform.comparing.measure import peak
from closedform.comparing.question import Call, Question
from closedform.program.load import load

Data = Mapping[str, Any]
Build = Callable[[Question, Data], Call]
Memory = Callable[[Question, Data, Call], int | None]
STEP = float(np.finfo(float).eps) ** (1 / 3)


@dataclass(frozen=True)
class Contender:
    """``build`` makes the call for given data; what it needs to be installed is ``module``."""

    name: str
    module: str
    build: Build
    memory: Memory

    @property
    def there(self) -> bool:
        return not self.module or find_spec(self.module) is not None


def function_itself(q: Question, data: Data) -> Call:
    f = q.function.compile("numpy")
    given = tuple(data[n] for n in f.arguments)
    return lambda: f(*given)


def closed_numpy(q: Question, data: Data) -> Call:
    f = q.derivative.compile("numpy")
    given = tuple(data[n] for n in f.arguments)
    return lambda: f(*given)


def closed_jax(q: Question, data: Data) -> Call:
    import jax

    f = q.derivative.compile("jax")
    arrays, sizes = _jax_arrays(data, f.arguments)
    run = jax.jit(lambda given: f(**given, **sizes))
    return lambda: run(arrays).block_until_ready()


def auto_jax(q: Question, data: Data) -> Call:
    import jax

    f = q.function.compile("jax")
    arrays, sizes = _jax_arrays(data, f.arguments)
    ask = {"gradient": jax.grad, "jacobian": jax.jacrev, "hessian": jax.hessian}[q.op]
    run = jax.jit(ask(lambda x, given: f(**{**given, q.by: x}, **sizes)))
    x, rest = arrays[q.by], {n: a for n, a in arrays.items() if n != q.by}
    return lambda: run(x, rest).block_until_ready()


def closed_torch(q: Question, data: Data) -> Call:
    f = q.derivative.compile("torch")
    given = tuple(_torch_array(data[n]) for n in f.arguments)
    return lambda: _plain(f(*given))


def auto_torch(q: Question, data: Data) -> Call:
    import torch

    f = q.function.compile("torch")
    given = {n: _torch_array(data[n]) for n in f.arguments}

    def value(x: Any) -> Any:
        return f(**{**given, q.by: x})

    if q.op != "gradient":
        ask = torch.func.jacrev(value) if q.op == "jacobian" else torch.func.hessian(value)
        return lambda: ask(torch.as_tensor(given[q.by], dtype=torch.float64))
    x = torch.as_tensor(given[q.by], dtype=torch.float64).clone().requires_grad_()
    return lambda: torch.autograd.grad(value(x), x)[0]


def auto_autograd(q: Question, data: Data) -> Call:
    """HIPS autograd on the NumPy program, which is given the NumPy of autograd for its own."""
    import autograd

    names = q.function.compile("numpy").arguments
    f = _with_numpy_of_autograd(load(q.function.code("numpy", name="value"), "value"))
    rest = {n: data[n] for n in names if n != q.by}
    ask = {"gradient": autograd.grad, "jacobian": autograd.jacobian, "hessian": autograd.hessian}[q.op]
    run, x = ask(lambda x: f(**{**rest, q.by: x})), np.asarray(data[q.by], float)
    return lambda: run(x)


def _with_numpy_of_autograd(program: Callable[..., Any]) -> Callable[..., Any]:
    import autograd.numpy
    import autograd.scipy

    assert isinstance(program, FunctionType)
    space = {**program.__globals__, "np": autograd.numpy, "scipy": autograd.scipy}
    own = {n: FunctionType(g.__code__, space, n, g.__defaults__) for n, g in space.items() if type(g) is FunctionType}
    space.update(own)
    made: Callable[..., Any] = own[program.__name__]
    return made


def differences(q: Question, data: Data) -> Call:
    """Central differences of the function; for a Hessian, of the gradient in closed form."""
    found = q.function if q.op != "hessian" else q.function.grad(q.by)
    f = found.compile("numpy")
    x = np.asarray(data[q.by], float)
    rest = {n: data[n] for n in f.arguments if n != q.by}
    steps = STEP * np.maximum(1.0, np.abs(x)).reshape(-1)

    def moved(k: int, by: float) -> Any:
        y = x.copy().reshape(-1)
        y[k] += by
        at = y.reshape(x.shape) if x.ndim else float(y[0])
        return np.asarray(f(**rest, **({q.by: at} if q.by in f.arguments else {})), float)

    def call() -> Any:
        columns = [(moved(k, h) - moved(k, -h)) / (2 * h) for k, h in enumerate(steps)]
        whole = np.stack(columns, axis=-1)
        return whole.reshape(x.shape) if q.op == "gradient" else whole.reshape(*whole.shape[:-1], *x.shape)

    return call


def _jax_arrays(data: Data, names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, int]]:
    import jax.numpy as jnp

    sizes = {n: data[n] for n in names if isinstance(data[n], int)}
    return {n: jnp.asarray(data[n]) for n in names if n not in sizes}, sizes


def _torch_array(value: Any) -> Any:
    import torch

    return torch.as_tensor(value, dtype=torch.float64) if not isinstance(value, int) else value


def _plain(value: Any) -> Any:
    return value.detach() if hasattr(value, "detach") else value


def _numpy_memory(q: Question, data: Data, call: Call) -> int | None:
    return peak(call)


def _no_memory(q: Question, data: Data, call: Call) -> int | None:
    return None


def _jax_memory(closed: bool) -> Memory:
    """What XLA plans to take: its result and its temporaries."""

    def found(q: Question, data: Data, call: Call) -> int | None:
        import jax

        f = (q.derivative if closed else q.function).compile("jax")
        arrays, sizes = _jax_arrays(data, f.arguments)
        ask = {"gradient": jax.grad, "jacobian": jax.jacrev, "hessian": jax.hessian}[q.op]
        if closed:
            plan = jax.jit(lambda given: f(**given, **sizes)).lower(arrays)
        else:
            x, rest = arrays[q.by], {n: a for n, a in arrays.items() if n != q.by}
            plan = jax.jit(ask(lambda x, given: f(**{**given, q.by: x}, **sizes))).lower(x, rest)
        analysis = plan.compile().memory_analysis()
        return None if analysis is None else int(analysis.temp_size_in_bytes + analysis.output_size_in_bytes)

    return found


FUNCTION = Contender("function itself (NumPy)", "", function_itself, _numpy_memory)
CONTENDERS = (
    Contender("closed form (NumPy)", "", closed_numpy, _numpy_memory),
    Contender("closed form (JAX)", "jax", closed_jax, _jax_memory(closed=True)),
    Contender("closed form (PyTorch)", "torch", closed_torch, _no_memory),
    Contender("JAX autodiff", "jax", auto_jax, _jax_memory(closed=False)),
    Contender("PyTorch autograd", "torch", auto_torch, _no_memory),
    Contender("autograd (HIPS)", "autograd", auto_autograd, _numpy_memory),
    Contender("finite differences", "", differences, _numpy_memory),
)
