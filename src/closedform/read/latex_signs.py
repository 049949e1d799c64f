"""The signs that LaTeX is made of, with their places."""

from __future__ import annotations

from typing import NamedTuple


class Sign(NamedTuple):
    """``kind``: letter, num, word, cmd, open, close, bar, op, prime, ``{ } ^ _ & \\``, begin, finish, const, end.

    ``gap`` says that there is space before it; ``font`` the shape of a letter; ``side`` of a bar: 1 opens, -1 closes.
    """

    kind: str
    text: str
    start: int
    end: int
    gap: bool = False
    font: str = ""
    side: int = 0


class Signs(list[Sign]):
    """All signs of one text; ``mates`` are the places of the closing braces."""

    def __init__(self) -> None:
        super().__init__()
        self.mates: dict[int, int] = {}

    def pair(self) -> None:
        stack: list[int] = []
        for place, sign in enumerate(self):
            if sign.kind == "{":
                stack.append(place)
            elif sign.kind == "}" and stack:
                self.mates[stack.pop()] = place
