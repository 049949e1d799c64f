"""What automatic differentiation says, computed in a process of its own: it may load JAX and PyTorch."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from closedform.cli import records
from closedform.cli.web_answers import answered
from closedform.cli.web_values import by_name
from closedform.comparing.contenders import CONTENDERS, Contender
from closedform.comparing.question import Question, question
from closedform.errors import ClosedformError
from closedform.formula import formula
from closedform.web.worker import run
from closedform.witness import ready

NAMES = ("JAX autodiff", "PyTorch autograd")
ADDRESSES = 64 * 2**30
"""Bytes of address space: JAX and PyTorch reserve much more than they use."""
MEMORY = 2 * 2**20
"""KiB of memory above which the process is replaced."""

FAILURES = (ClosedformError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""What the libraries raise where they do not take a formula."""


def _witness(given: dict[str, str]) -> str:
    f = formula(given["formula"], given.get("where"), given.get("syntax", "auto"))
    q = question(f, given["by"], given.get("op", ""))
    values = by_name(given)
    truth = np.asarray(q.derivative(values), float)
    data = f._with_sizes({n: np.asarray(v, float) if n in f._reading.names else v for n, v in values.items()})
    there = [one for one in CONTENDERS if one.name in NAMES and one.there]
    return records.dump("witness", f, by=q.by, op=q.op, witnesses=[_said(one, q, data, truth) for one in there])


def _said(one: Contender, q: Question, data: dict[str, Any], truth: Any) -> dict[str, Any]:
    try:
        found = np.asarray(ready(one).build(q, data)(), float)
    except FAILURES as error:
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        return {"name": one.name, "value": None, "difference": None, "refused": said}
    apart = float(np.abs(found - truth).max(initial=0.0)) if found.shape == truth.shape else None
    return {"name": one.name, "value": records.plain(found), "difference": records.plain(apart), "refused": ""}


respond = partial(answered, questions={"witness": _witness})

if __name__ == "__main__":
    run(respond, ADDRESSES, MEMORY)
