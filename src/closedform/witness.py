"""Witnesses of an answer: its generated code and others' automatic differentiation, at one random point in float64."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.check.certificate import Certificate
from closedform.comparing.contenders import CONTENDERS, Contender
from closedform.comparing.data import arrays
from closedform.comparing.question import OPS, Question
from closedform.errors import ClosedformError

if TYPE_CHECKING:
    from closedform.formula import Formula

LEAST = 3
CLOSE, ROUGH = 1e-8, 1e-4
"""How far from the value a witness may be, relative to the largest entry; ROUGH for finite differences."""
FAILURES = (ClosedformError, ArithmeticError, AttributeError, LookupError, NotImplementedError, RuntimeError, TypeError,
            ValueError)  # fmt: skip
"""What the libraries raise where they do not take a formula."""


def witnessed(answer: Formula, *, only: Sequence[str] = (), seed: int = 0) -> Certificate:
    """The certificate of a gradient, Jacobian or Hessian, with witnesses: comparisons in float64 at a random point.

    Compared with the value of the printed answer are the code for NumPy, JAX and PyTorch, the automatic derivatives
    of JAX, PyTorch and autograd, each where it is installed, and finite differences; ``only`` takes those whose name
    begins so. Every size is another number. A witness that differs is shown, and says DISAGREES; the level rests on
    none. Raises ClosedformError where the answer is no such derivative, or no point is found for the function.

    >>> from closedform.formula import formula
    >>> found = witnessed(formula("x'*A*x").grad("x"), only=["closed form (N", "finite"])
    >>> found.level, [one.split(":")[0] for one in found.witnesses]
    ('A', ['closed form (NumPy)', 'finite differences'])
    """
    origin = answer._origin
    if origin is None or origin.kind not in OPS or origin.directions:
        raise ClosedformError(f"witnesses are of a {', '.join(OPS[:-1])} or {OPS[-1]}")
    names = sorted({n for x in answer._reading.names.values() for s in x.shape for n in s.names})
    sizes = {name: LEAST + k for k, name in enumerate(names)}
    question = Question(origin.function, answer, str(origin.variable.params[0]), origin.kind)
    data = arrays(origin.function, answer, LEAST, sizes, seed)
    at = ", ".join(f"{name}={size}" for name, size in sizes.items())
    chosen = [c for c in CONTENDERS if c.there and (not only or any(c.name.startswith(start) for start in only))]
    return replace(answer.check(), witnesses=tuple(_said(question, chosen, data, f" at {at}" if at else "")))


def _said(q: Question, chosen: Sequence[Contender], data: dict[str, Any], at: str) -> Iterator[str]:
    truth = np.asarray(q.derivative({n: data[n] for n in q.derivative.variables}), float)
    scale = max(float(np.abs(truth).max(initial=0.0)), np.finfo(float).tiny)
    for one in chosen:
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(ready(one).build(q, data)(), float)
        except FAILURES as error:
            first = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
            yield f"{one.name}: does not take it ({first})"
            continue
        if found.size != truth.size:
            yield f"{one.name}: DISAGREES, its shape is {found.shape}"
            continue
        apart = float(np.abs(found.reshape(truth.shape) - truth).max(initial=0.0)) / scale
        word = "agrees" if apart <= (ROUGH if one.name == "finite differences" else CLOSE) else "DISAGREES"
        yield f"{one.name}: {word}, {apart:.1e} apart{at}"


def ready(one: Contender) -> Contender:
    """JAX computes in float32 unless told otherwise."""
    module = import_module(one.module) if one.module else None
    if module is not None and one.module == "jax":
        module.config.update("jax_enable_x64", True)
    return one
