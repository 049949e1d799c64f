"""Names in code: as near to the typed ones as the language permits, never one that means something there."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

from closedform.errors import ClosedformError

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
SPELLED = {"lamda": "lam", "final sigma": "sigma"}
"""Greek letters that Unicode names otherwise than people do."""
TYPED = {"lambda": "lam"}
"""Words that people type and most languages keep for themselves."""


class Names:
    """The names of one piece of code."""

    def __init__(self, reserved: Iterable[str]) -> None:
        self.taken = set(reserved)
        self.given: dict[str, str] = {}

    def of(self, typed: str) -> str:
        """The name for a variable."""
        if typed not in self.given:
            self.given[typed] = self.fresh(plain(typed))
        return self.given[typed]

    def fresh(self, wish: str) -> str:
        name, k = wish, 1
        while name in self.taken or is_word(name):
            name, k = (f"{wish}_", k) if k == 1 else (f"{wish}_{k}", k + 1) if name != f"{wish}_" else (f"{wish}_2", 3)
            k = max(k, 2)
        self.taken.add(name)
        return name


def is_word(name: str) -> bool:
    return keyword.iskeyword(name) or keyword.issoftkeyword(name)


def plain(typed: str) -> str:
    """A name of ASCII letters, digits and low lines: Greek is spelled, other signs become a low line."""
    whole = TYPED.get(typed, "".join(map(_spelled, unicodedata.normalize("NFKC", typed))))
    kept = re.sub(r"_{2,}", "_", re.sub(r"[^A-Za-z0-9_]", "_", whole)).strip("_") or "v"
    return kept if kept[0].isalpha() else f"v{kept}"


def _spelled(letter: str) -> str:
    if letter.isascii():
        return letter
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z ]+)", unicodedata.name(letter, ""))
    if found is None:
        return "_"
    word = SPELLED.get(found[2].lower(), found[2].lower())
    return word if found[1] == "SMALL" else {"lam": "lambda"}.get(word, word).capitalize()


def checked(name: str, reserved: Iterable[str]) -> str:
    """The name that a person wants for the function; ClosedformError where it is none."""
    if not PLAIN.fullmatch(name) or is_word(name) or name in set(reserved):
        raise ClosedformError(f"{name!r} is no name for a function; letters, digits and _ make one, such as gradient")
    return name
