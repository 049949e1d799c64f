"""Names of variables as the formula language spells them, near to those of the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from closedform.errors import ClosedformError
from closedform.read.alphabet import SPELLED, base_letters, canonical
from closedform.read.lexer import KEYWORDS, lex
from closedform.read.vocabulary import CONSTANTS, is_function

WORDS = KEYWORDS | CONSTANTS | {"and", "T"}
LETTERS = ("m", "n", "k", "p", "q", "r", "s", "h", "l", "d")
LONGEST = 80
DIFFERENTIAL = re.compile(r"d(.+?)([0-9]?)")


class Names:
    """The names of one formula, each once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def of(self, wish: str) -> str:
        """A name that is free, as near to the wish as may be."""
        base = spelled(wish)
        name, k = base, 0 if is_word(base) else 1
        while not self._free(name):
            k += 1
            name = f"{base.rstrip('0123456789') or base}{k}" if base[-1:].isdigit() else f"{base}_{k}"
        self.taken.add(name)
        return name

    def _free(self, name: str) -> bool:
        """Whether it means nothing else, no other has it, nor is the differential of one; ``dx`` is that of ``x``."""
        if is_word(name) or name in self.taken:
            return False
        both = (own in self.taken for own in differentiated(name))
        return not any(both) and not any(name in differentiated(n) for n in self.taken)


def chosen(wishes: Sequence[str]) -> list[str]:
    """Names for all of these; what is named like the differential of another gives way to it."""
    names, out = Names(), [""] * len(wishes)
    every = {spelled(w) for w in wishes}
    order = sorted(range(len(wishes)), key=lambda k: any(n in every for n in differentiated(spelled(wishes[k]))))
    for k in order:
        out[k] = names.of(wishes[k])
    return out


def differentiated(name: str) -> tuple[str, ...]:
    """The variables whose differential a name would be."""
    found = DIFFERENTIAL.fullmatch(name)
    return () if found is None else (name[1:], found[1]) if found[2] else (name[1:],)


def is_word(name: str) -> bool:
    """Whether the language means something else by it: a constant, a function, a word of its own."""
    return name in WORDS or (is_function(name) and base_letters(name) not in SPELLED)


def spelled(wish: str) -> str:
    """A name as the language writes it: ``0.weight`` is ``weight_0``, ``W.1`` is ``W_1``, ``λ`` is ``lam``."""
    plain = re.sub(r"[\W_]+", "_", wish).strip("_")[:LONGEST].rstrip("_") or "v"
    lead = re.match(r"(\d+)_+(.*)", plain)
    if lead and lead[2]:
        plain = f"{lead[2]}_{lead[1]}"
    name = canonical(plain)
    return next(n for n in (name, f"v{name}", "v") if _is_read(n))


def _is_read(name: str) -> bool:
    """Whether the language reads it as the one name that it is."""
    if name in KEYWORDS:
        return True
    try:
        tokens = lex(name).tokens
    except ClosedformError:
        return False
    return len(tokens) == 2 and tokens[0].kind == "name" and tokens[0].text == name


def size_names(taken: Iterable[str]) -> list[str]:
    """Letters for sizes, in the order in which they are given."""
    used = set(taken)
    letters = [n for n in LETTERS if n not in used]
    return [*letters, *(f"n{k}" for k in range(1, 1000) if f"n{k}" not in used)]
