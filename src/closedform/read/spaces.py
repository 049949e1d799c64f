"""The right sides of declarations: ``R^(m×n)``, ``PD(n)``, ``{-1,1}^m``, and sizes with sums and products."""

from __future__ import annotations

import re
from functools import lru_cache

from closedform.errors import DeclarationError, LimitError
from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size, size
from closedform.read.said import PLAIN

SPACES: dict[str, str] = {
    "Sym": "sym", "PSD": "psd", "PD": "pd", "Diag": "diag", "Orth": "orth", "Skew": "skew", "Lower": "lower",
    "Upper": "upper", "Inv": "inv", "Square": "square",
}  # fmt: skip
WRITTEN = {fact: space for space, fact in SPACES.items()}
COMPLEX = {"C", "ℂ", "Herm", "Hermitian", "Unitary", "U", "HPD"}
_NAMED = re.compile(r"(\w+)\s*\((.*)\)$", re.DOTALL)
_CUBE = re.compile(r"\{\s*(-1|0)\s*,\s*\+?1\s*\}\s*(?:\^\s*(.+))?$", re.DOTALL)
_REAL = re.compile(r"(?:R|ℝ)\s*(?:\^?\s*(.+))?$", re.DOTALL)
_BETWEEN = re.compile(r",|×\s*(?=[Rℝ{]|[A-Z]\w*\()|(?<=[\s)])x\s+(?=[Rℝ{]|[A-Z]\w*\()")
_ATOM = re.compile(r"\s*(?:([0-9]+)|([^\W\d_]\w*)|(.))", re.DOTALL)
MAX_SIZE_TEXT = 120
MAX_SIZE_DIGITS = 12
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵐᵏᵖ", "0123456789nmkp")


@lru_cache(1024)
def parse_space(text: str) -> tuple[Shape, tuple[str, ...]]:
    """The shape and facts that a space gives.

    >>> parse_space("R^(m×n)")
    ((size(m), size(n)), ())
    >>> parse_space("PD(n)")
    ((size(n), size(n)), ('pd',))
    """
    text = text.strip()
    cube = _CUBE.match(text)
    if cube:
        return _power(cube.group(2) or ""), ("pm1" if cube.group(1) == "-1" else "bit",)
    named = _NAMED.match(text)
    if named and named.group(1) in SPACES:
        n = at_least_one(parse_size(named.group(2)))
        return (n, n), (SPACES[named.group(1)],)
    if re.match(r"\w+|ℂ", text) and re.match(r"ℂ|\w+", text).group() in COMPLEX:  # type: ignore[union-attr]
        raise DeclarationError(f"complex numbers are not supported: {text}", hint="All numbers are real.")
    if not text.strip():
        raise DeclarationError("a space is missing after in", hint=_nearest_space(text, named))
    real = _REAL.match(text.translate(RAISED))
    if real is None:
        raise DeclarationError(f"{text} is no space that is known", hint=_nearest_space(text, named))
    return _power(real.group(1) or ""), ()


def _nearest_space(text: str, named: re.Match[str] | None) -> str:
    """The space that a misspelled one comes near; else all of them."""
    from difflib import get_close_matches

    name = named.group(1).lower() if named else ""
    if name in ("stiefel", "st", "grassmann", "gr"):
        return "Declare R^(n×k): the gradient is then the one in the ambient space."
    said = {s.lower(): s for s in SPACES} | {word: WRITTEN[f] for word, f in PLAIN.items() if f in WRITTEN}
    near = get_close_matches(name, said, 1, 0.75)
    if named and near:
        return f"Did you mean {said[near[0]]}({named.group(2)})?"
    return f"Write R, R^n, R^(m×n), {', '.join(f'{s}(n)' for s in SPACES)} or {{-1,1}}^n."


def factors(text: str) -> list[str]:
    """The spaces of a function of several arguments, with commas or ``×`` between them.

    >>> factors("R^n, R^(m×n) x R")
    ['R^n', 'R^(m×n)', 'R']
    """
    text = text.strip()
    if text.startswith("("):
        text = text.removeprefix("(").removesuffix(")")
    out, depth, begin = list[str](), 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        found = _BETWEEN.match(text, place) if depth == 0 and place > begin else None
        if found is not None:
            out.append(text[begin:place].strip())
            begin = found.end()
    return [*out, text[begin:].strip()]


def _power(text: str) -> Shape:
    text = text.strip()
    if not text:
        return ONE, ONE
    if text[0] in "({" and text[-1] in ")}":
        text = text[1:-1].strip()
    pair = _pair(text)
    rows, cols = (parse_size(pair[0]), parse_size(pair[1])) if pair else (parse_size(text), ONE)
    return at_least_one(rows), at_least_one(cols)


def at_least_one(n: Size) -> Size:
    if n.number is not None and n.number < 1:
        raise DeclarationError(f"a size is at least 1; this is {n.number}")
    return n


def _pair(text: str) -> tuple[str, str] | None:
    """Rows and columns: ``m×n``, ``m x n``, ``mxn``, ``3x2``."""
    rows, sign, cols = text.partition("×")
    if sign:
        return rows, cols
    found = re.fullmatch(r"(.+?)\s+x\s+(.+)|([a-wyzA-Z0-9_]+)x([a-wyzA-Z0-9_]+)|(.+),(.+)", text, re.DOTALL)
    if found is None:
        return None
    rows, cols = (part for part in found.groups() if part is not None)
    return rows, cols


def parse_size(text: str) -> Size:
    """A size from text: sums, differences and products of names and numbers.

    >>> parse_size("2*n + 1")
    size(2*n + 1)
    """
    if len(text) > MAX_SIZE_TEXT:
        raise LimitError(f"a size has {len(text)} characters (limit: {MAX_SIZE_TEXT} characters of a size)")
    found, place = _sum(text, 0)
    if text[place:].strip():
        raise DeclarationError(f"{text.strip()} is no size", hint="Sizes are sums and products of names and numbers.")
    return found


def _sum(text: str, place: int) -> tuple[Size, int]:
    total, sign = size(0), 1
    while True:
        term, place = _product(text, place)
        total = total + size(sign) * term
        found = re.compile(r"\s*([-+])").match(text, place)
        if found is None:
            return total, place
        sign, place = (1 if found.group(1) == "+" else -1), found.end()


def _product(text: str, place: int) -> tuple[Size, int]:
    whole, place = _atom(text, place)
    while True:
        found = re.compile(r"\s*([*·^]|(?=[(\w]))").match(text, place)
        if found is None:
            return whole, place
        factor, place = _atom(text, found.end())
        if found.group(1) == "^":
            factor = _repeat(whole, factor, text)
            whole = factor
        else:
            whole = whole * factor


def _repeat(base: Size, exponent: Size, text: str) -> Size:
    if exponent.number is None or not 1 <= exponent.number <= 8:
        raise DeclarationError(f"{text.strip()} is no size", hint="Powers of sizes are whole numbers up to 8.")
    out = ONE
    for _ in range(exponent.number):
        out = out * base
    return out


def _atom(text: str, place: int) -> tuple[Size, int]:
    found = _ATOM.match(text, place)
    if found is None:
        raise DeclarationError("a size is missing", hint="Write R^n or R^(m×n).")
    number, name, sign = found.groups()
    if number is not None:
        if len(number) > MAX_SIZE_DIGITS:
            raise LimitError(f"a size has over {MAX_SIZE_DIGITS} digits (limit: size)")
        return size(int(number)), found.end()
    if name is not None:
        return size(name), found.end()
    if sign == "(":
        inner, place = _sum(text, found.end())
        if text[place:].lstrip()[:1] == ")":
            return inner, text.index(")", place) + 1
    raise DeclarationError(f"{text.strip()} is no size", hint="Sizes are sums and products of names and numbers.")


def space_text(shape: Shape) -> str:
    """``R``, ``R^n`` or ``R^(m×n)``, as it reads back."""
    rows, cols = (s.text for s in shape)
    if cols == "1":
        return "R" if rows == "1" else f"R^{rows}" if rows.isalnum() else f"R^({rows})"
    return f"R^({rows}×{cols})"
