r"""Letters that run together and spell a word, as people type them without a backslash: ``tr(AB)``, ``ln p``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedform.read.latex_signs import Sign
from closedform.read.vocabulary import is_function

if TYPE_CHECKING:
    from closedform.read.latex import Translator

LONGEST = 40
WITHOUT_BRACKETS = {"log", "ln", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "det", "tr", "Tr"}
"""Functions whose names no one means as a product, so that they need no bracket."""
WITH_SCRIPTS = {"log": "_", "sin": "^", "cos": "^", "tan": "^", "tanh": "^"}
OPERANDS = {"letter", "word", "num", "cmd", "const", "bar"}


def typed_word(t: Translator, sign: Sign) -> str:
    """The letters from ``sign`` on, typed without a gap, where they spell a function before what it takes, or a
    declared name; else ``""``.
    """
    signs, place, run = t.signs, t.place, ""
    if not _is_plain(sign) or (place and _joins(signs[place - 1], sign)):
        return ""
    while signs[place].kind == "letter" and len(signs[place].text) == 1 and not (run and signs[place].gap):
        run += signs[place].text
        place += 1
        if len(run) > LONGEST:
            return ""
    if len(run) < 2 or run in t.known.declared:
        return run if len(run) > 1 else ""
    follower = signs[place]
    letters = set(run) <= t.known.declared
    brackets = ("(",) if letters else ("(", "[", "{")
    opens = follower.kind == "open" and follower.text in brackets
    if is_function(run) and (opens or (not letters and _takes(run, follower))):
        said = f"{run}(…)" if follower.kind == "open" else run
        t.note(f"{said}, typed as letters, is read as the function {run}.")
        return run
    if opens:
        _check_end(t, run, sign, follower)
    return ""


def _takes(run: str, follower: Sign) -> bool:
    """Whether a function stands before something without a bracket."""
    return run in WITHOUT_BRACKETS and (follower.kind in OPERANDS or follower.kind == WITH_SCRIPTS.get(run, "no"))


def _check_end(t: Translator, run: str, sign: Sign, follower: Sign) -> None:
    """``ylog(p)``: the letters end in a function."""
    for length in range(len(run) - 1, 1, -1):
        ending = run[-length:]
        if ending in WITHOUT_BRACKETS and not set(ending) <= t.known.declared:
            hint = f"Write {run[:-length]} \\{ending.lower()}(…), or {' '.join(run)} (…) for a product of letters."
            t.fail(f"{run}(…) may end in the function {ending}", (sign.start, follower.end), hint)


def _is_plain(sign: Sign) -> bool:
    return sign.text.isascii() and len(sign.text) == 1 and not sign.font


def _joins(before: Sign, sign: Sign) -> bool:
    return before.kind == "letter" and len(before.text) == 1 and not sign.gap and before.end == sign.start
