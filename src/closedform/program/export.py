"""Closed forms as the derivatives of functions: ``jax.custom_vjp`` and ``torch.autograd.Function``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from closedform.errors import ClosedformError, MissingRule, ValueProblem
from closedform.expr.node import Node
from closedform.program.compiled import Compiled

Function = Callable[..., Any]


def exported(
    value: Node, gradients: Mapping[str, Node], target: str, doc: str = "", order: Mapping[str, int] | None = None
) -> Function:
    """A function of JAX arrays or tensors whose gradients are these formulas.

    ``value`` is a scalar formula, ``gradients`` its gradients by name. The arguments are those of the value, by
    position, in its order, or as ``order`` ranks them, or by name. Second derivatives come from differentiating the
    programs of the gradients. A derivative by an argument that has no gradient here is an error, never a zero.
    """
    if target not in EXPORTS:
        raise ClosedformError(f"a derivative is exported to {' or '.join(EXPORTS)}; {target} is neither")
    if not value.is_scalar:
        raise MissingRule("only a function whose value is a scalar is exported with its gradients")
    function = Compiled((value,), target, doc, order=order or {})
    strange = [n for n in gradients if n not in function.arguments]
    if strange:
        raise ValueProblem(f"{strange[0]} is no argument; the formula has {', '.join(function.arguments) or 'none'}")
    slopes = {n: Compiled((g,), target, f"the gradient by {n}") for n, g in gradients.items()}
    found = EXPORTS[target](function, slopes)
    found.__doc__ = f"{doc or 'a formula'}, its derivative in closed form; arguments: {', '.join(function.arguments)}."
    return found


def _slope(function: Compiled, slope: Compiled, given: tuple[Any, ...]) -> Any:
    by_name = dict(zip(function.arguments, given, strict=True))
    return slope(*(by_name[n] for n in slope.arguments))


def _missing(name: str) -> MissingRule:
    return MissingRule(f"the derivative by {name} was not exported with this function")


def _jax(function: Compiled, slopes: Mapping[str, Compiled]) -> Function:
    import jax
    import jax.numpy as jnp

    call = jax.custom_vjp(lambda *given: function(*given))

    def forward(*primals: Any) -> tuple[Any, Any]:
        for name, one in zip(function.arguments, primals, strict=True):
            if one.perturbed and name not in slopes:
                raise _missing(name)
        given = tuple(one.value for one in primals)
        return function(*given), given

    def backward(given: tuple[Any, ...], cotangent: Any) -> tuple[Any, ...]:
        return tuple(
            (cotangent * _slope(function, slopes[name], given)).astype(value.dtype) if name in slopes else None
            for name, value in zip(function.arguments, given, strict=True)
        )

    call.defvjp(forward, backward, symbolic_zeros=True)

    def checked(*given: Any, **named: Any) -> Any:
        every = function.ordered(given, named)
        return call(*(jnp.asarray(float(v)) if isinstance(v, int | float) else v for v in every))

    return checked


def _torch(function: Compiled, slopes: Mapping[str, Compiled]) -> Function:
    import torch

    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.save_for_backward(*(v for v in inputs if isinstance(v, torch.Tensor)))
        ctx.rest = tuple(None if isinstance(v, torch.Tensor) else v for v in inputs)

    def backward(ctx: Any, cotangent: Any) -> Any:
        tensors = iter(ctx.saved_tensors)
        given = tuple(next(tensors) if v is None else v for v in ctx.rest)
        found = []
        for name, wanted in zip(function.arguments, ctx.needs_input_grad, strict=True):
            if wanted and name not in slopes:
                raise _missing(name)
            found.append(cotangent * _slope(function, slopes[name], given) if wanted else None)
        return tuple(found)

    def forward(*given: Any) -> Any:
        return function(*given)

    methods: dict[str, Any] = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    methods["setup_context"] = staticmethod(setup_context)
    base: Any = torch.autograd.Function
    exported = type("Exported", (base,), {"generate_vmap_rule": True, **methods})

    def checked(*given: Any, **named: Any) -> Any:
        return exported.apply(*function.ordered(given, named))  # type: ignore[attr-defined]

    return checked


EXPORTS: dict[str, Callable[[Compiled, Mapping[str, Compiled]], Function]] = {"jax": _jax, "torch": _torch}
