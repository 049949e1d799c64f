"""Putting expressions in the place of names, all at once: the text and the declarations of the result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set

from closedform.errors import DeclarationError
from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.read.declarations import Declarations
from closedform.read.outcome import where_text
from closedform.read.read import Reading
from closedform.read.spaces import parse_size

WORD = re.compile(r"[^\W\d]\w*")


def words(text: str) -> set[str]:
    return set(WORD.findall(text))


def apart(names: Iterable[str], taken: Set[str]) -> dict[str, str]:
    """A new name for each: while it is replaced, the old one is what it is replaced by.

    >>> apart(["x"], {"x", "x_1"})
    {'x': 'x_2'}
    """
    out: dict[str, str] = {}
    for name in names:
        fresh = (f"{name}_{k}" for k in range(1, 1000))
        out[name] = next(f for f in fresh if f not in taken and f not in out.values())
    return out


def renamed_words(text: str, names: Mapping[str, str]) -> str:
    return WORD.sub(lambda found: names.get(found.group(), found.group()), text)


def new_size(name: str, given: object) -> str:
    """What a size is replaced by, as it stands in a formula. Raises DeclarationError for what is no size."""
    text = str(given).strip()
    if re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?", text) and not (text.isdigit() and int(text) > 0):
        raise DeclarationError(f"{name} is a size, a whole number of at least 1; it was given {text}")
    found: Size = parse_size(text)
    return text if found.number is not None or found.name is not None else f"({text})"


def declarations(reading: Reading, names: Mapping[str, Node], families: frozenset[str]) -> str:
    """The declarations of these names, and of the functions of the reading."""
    pairs = [(x, y) for x, y in reading.commuting if x in names and y in names]
    said = Declarations(functions=dict(reading.functions), commuting=pairs)
    return where_text(names, families & names.keys(), said, {})


def kind(x: Node) -> str:
    return "scalar" if x.is_scalar else "vector" if x.is_column else "matrix"
