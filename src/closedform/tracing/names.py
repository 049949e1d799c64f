"""Names of variables as the formula language spells them, near to those of the code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from closedform.read.alphabet import canonical

NAME = re.compile(r"[^\W\d_]\w*")
WORDS = frozenset({"in", "where", "for", "and", "ones", "eye", "zeros", "I", "e", "pi"})
LETTERS = ("m", "n", "k", "p", "q", "r", "s", "h", "l", "d")


class Names:
    """The names of one formula, each once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def of(self, wish: str) -> str:
        """A name that is free, as near to the wish as may be."""
        base = spelled(wish)
        name, k = base, 1
        while name in self.taken:
            k += 1
            name = f"{base.rstrip('0123456789') or base}{k}" if base[-1:].isdigit() else f"{base}_{k}"
        self.taken.add(name)
        return name


def spelled(wish: str) -> str:
    """A name of the language: ``0.weight`` is ``weight_0``, ``params.W1`` is ``params_W1``, ``lambda`` is ``lam``."""
    plain = re.sub(r"\W+", "_", wish).strip("_") or "v"
    lead = re.match(r"(\d+)_+(.*)", plain)
    if lead and lead[2]:
        plain = f"{lead[2]}_{lead[1]}"
    if not NAME.fullmatch(plain):
        plain = f"v{plain.strip('_')}"
    if plain in WORDS:
        plain += "_"
    return canonical(plain)


def size_names(taken: Iterable[str]) -> list[str]:
    """Letters for sizes, in the order in which they are given."""
    used = set(taken)
    letters = [n for n in LETTERS if n not in used]
    return [*letters, *(f"n{k}" for k in range(1, 1000) if f"n{k}" not in used)]
