r"""Primes that are no transposes: of indices, ``\sum_{c'}``, and of names, ``\|x - x'\|`` with x standing beside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from closedform.read.latex_signs import Sign

if TYPE_CHECKING:
    from closedform.read.latex import Translator

_PRIME = r"(?:'|\^\s*\{?\s*\\prime\b\s*\}?)"
_BELOW = re.compile(r"\\(?:sum|prod|max|min)\s*(?:\\(?:no)?limits)?\s*_\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_STACKED = re.compile(r"\\substack\s*\{([^{}]*)\}")
_SCRIPT = re.compile(r"_\s*\{(?:[^{}]|\{[^{}]*\})*\}")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_NAME = re.compile(r"(?<![A-Za-z\\])[a-z]\}?'")


def without_primes(source: str) -> str:
    r"""The source with other letters for indices that have a prime, and no stacks below sums; all places stay.

    >>> without_primes(r"\sum_{c'} e^{z_{ic'}} + x'")
    "\\sum_{a } e^{z_{ia }} + x'"
    """
    source = _STACKED.sub(lambda m: m[1].replace("\\\\", ", ").rjust(len(m.group())), source)
    found = dict.fromkeys(m[1] for below in _BELOW.finditer(source) for m in re.finditer(rf"([a-z]){_PRIME}", below[1]))
    taken = set(_COMMAND.sub(" ", source))
    for letter in found:
        other = next((c for c in "abcdefghijklmnopqrstuvwxyz" if c not in taken), None)
        if other is None:
            return source
        taken.add(other)
        primed = re.compile(rf"(?<![A-Za-z\\]){letter}{_PRIME}|(?<=[a-z]){letter}{_PRIME}")
        source = _SCRIPT.sub(lambda s, p=primed, o=other: p.sub(lambda m: o.ljust(len(m.group())), s.group()), source)  # type: ignore[misc]
    return source


def has_primes(source: str) -> bool:
    """Whether a small letter has a prime."""
    return _NAME.search(source) is not None


def another_name(t: Translator, sign: Sign) -> None:
    """``x'`` as a name of its own, ``x_prime``."""
    last = t.out[-1]
    name = f"{last.text}_prime"
    t.out[-1] = last._replace(text=name)
    t.upright.add(name)
    for kind in (t.bold, t.arrows, t.rows):
        if last.text in kind:
            kind.add(name)
    typed = t.typed(last.start, last.end)
    t.note(f"{typed}' is read as a name of its own, {name}; {typed}^\\top is the transpose.")
