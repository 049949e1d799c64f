"""A PyTorch function read: called with traced tensors, the parameters of its modules traced too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from closedform.tracing import torch_functions, torch_linear, torch_losses, torch_nn, torch_shapes
from closedform.tracing.closure import patched
from closedform.tracing.dims import Dim
from closedform.tracing.modules import READING, Filled
from closedform.tracing.place import refuse
from closedform.tracing.refused import no_array
from closedform.tracing.torch_array import Counting, Tensor, lift
from closedform.tracing.value import Trace, Value

TABLES = (torch_functions, torch_linear, torch_shapes, torch_nn, torch_losses)

def wrap(value: Value) -> Tensor:
    return Tensor(value, fresh=False)


def call(trace: Trace, fn: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What the function gives for traced arguments."""
    trace.wrap = wrap
    with ExitStack() as stack:
        stack.enter_context(patched(fn))
        stack.enter_context(torch.enable_grad())
        stack.enter_context(Counting())

        def module(x: Any) -> Any:
            return stack.enter_context(with_parameters(x.module, x.parameters)) if isinstance(x, Filled) else x

        try:
            return fn(*map(module, args), **{name: module(x) for name, x in kwargs.items()})
        except ValueError as error:
            if str(error).startswith("vmap("):
                refuse("torch.func.vmap is not read", "Write the function for the whole batch.")
            if "closedform.tracing" not in str(error):
                raise
            refuse("derivatives by torch.func inside a function are not read", "Write the derivative out.")


def result(trace: Trace, out: Any) -> Value:
    if isinstance(out, Tensor | Dim | int | float | torch.Tensor):
        return lift(trace, out)
    no_array(out)


@contextmanager
def with_parameters(module: Any, parameters: Mapping[str, Any]) -> Iterator[Any]:
    """The module with other parameters, put back afterwards."""
    places = []
    with READING:
        for name, new in parameters.items():
            path, _, last = name.rpartition(".")
            home = module.get_submodule(path)._parameters
            places.append((home, last, home[last]))
            home[last] = new
        try:
            yield module
        finally:
            for home, last, old in places:
                home[last] = old
