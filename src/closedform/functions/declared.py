"""Functions that users declare while Python runs: which there are now, and what a word stands for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from closedform.expr.op import Op, registered
from closedform.expr.signature import Pattern
from closedform.expr.size import ONE
from closedform.functions.table import by_text

LIBRARIES = {"NumPy": "numpy", "JAX": "jax", "PyTorch": "torch"}
"""The libraries in which a declared function may have a value, and the word for each in ``declare``."""
_lock = threading.RLock()
_calls: dict[str, tuple[Op, Callable[..., Any], frozenset[str]]] = {}


def enter(op: Op, call: Callable[..., Any], libraries: frozenset[str]) -> None:
    """Let a typed name mean this function from now on, in place of the one that was declared by that name before.

    ``call`` is what programs call; it has a value in these ``libraries``.
    """
    with _lock:
        leave(op.text)
        registered()[op.name] = op
        by_text[op.text] = (op,)
        _calls[op.text] = op, call, libraries


def leave(word: str) -> None:
    """Forget a declared function. Formulas that were read before keep it."""
    with _lock:
        found = _calls.pop(word, None)
        if found is not None:
            registered().pop(found[0].name, None)
            by_text.pop(word, None)


def held(word: str) -> tuple[Op, Callable[..., Any], frozenset[str]] | None:
    """What ``enter`` was given for a word."""
    return _calls.get(word)


def is_declared(word: str) -> bool:
    """Whether a word is the name of a declared function."""
    return word in _calls


def operation(word: str) -> Op | None:
    """The operation that a word stands for now, where it was declared."""
    found = _calls.get(word)
    return found[0] if found else None


def has_value(word: str, library: str) -> bool:
    """Whether a declared function has a value in a library."""
    found = _calls.get(word)
    return found is not None and library in found[2]


def rank_of_pattern(pattern: Pattern) -> int:
    """How many axes an array of a pattern has: none, one for a column, two for a matrix of any sizes."""
    return 0 if pattern == (ONE, ONE) else 1 if pattern[1] is ONE else 2


def called_in(text: str) -> tuple[tuple[str, Callable[..., Any]], ...]:
    """The declared functions whose names stand in a program, with what they call."""
    with _lock:
        return tuple((word, call) for word, (_, call, _) in _calls.items() if word in text)
