"""LaTeX that KaTeX and MathLive accept, from a fixed list of commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

from closedform.rewrite.show import Show, walk
from closedform.write.marks import GREEK
from closedform.write.precedence import ATOM, POSTFIX, PRODUCT, SUM, check_length, level, needs_brackets, open_product

Factor = tuple[str, Show | None]
"""What is printed, and what it was; None for a fraction."""
AFTER = {"transpose": r"^{\top}", "inverse": "^{-1}", "inverse-transpose": r"^{-\top}"}
NORMS = {"": "", "_F": "_{F}", "_1": "_{1}", "_inf": r"_{\infty}"}
WORD_BEHIND = re.compile(r"\\mathrm\{[^{}]*\}$")
TALL = re.compile(r"\\(frac|sum|begin)(?![A-Za-z])")
"""What brackets of the usual height do not cover."""
DIFFERENTIAL = re.compile(r"d([A-Za-z]|" + "|".join(GREEK) + r")\d*(_\w+)?")


def latex(show: Show, sized: bool = False, upright_names: Collection[str] = ()) -> str:
    """The formula in LaTeX, which reads back to the same formula; ``sized`` writes the size of every I.

    ``upright_names`` are written as words, where their letters would read otherwise.
    """
    check_length(show)
    summed = {i.items[1].word for i in walk(show) if i.kind == "sumover"}
    done: dict[int, str] = {}
    for part in walk(show):
        own = _sized(part, [done[id(i)] for i in part.items]) if sized and part.word else None
        if part.kind == "name" and part.word in upright_names:
            own = upright(part.word)
        done[id(part)] = own or _one(part, [done[id(i)] for i in part.items], summed)
    return done[id(show)]


def _sized(show: Show, parts: list[str]) -> str | None:
    """An identity or a unit vector with its size; None for anything else."""
    size = f"I_{{{show.word.replace('*', ' ')}}}"
    if show.kind == "eye":
        return size
    return rf"\left({size}\right)_{{:,{parts[0]}}}" if show.kind == "unit" else None


def brackets(text: str, left: str = "(", right: str = ")") -> str:
    r"""The text in brackets, which grow only where they must: ``\left`` and ``\right`` add space around them.

    >>> print(brackets("A + B"), brackets(r"\frac{1}{2}"))
    (A + B) \left(\frac{1}{2}\right)
    """
    return rf"\left{left}{text}\right{right}" if TALL.search(text) else f"{left}{text}{right}"


def is_differential(word: str) -> bool:
    """Whether a name is printed as a differential: ``dx``, ``dphi``, ``dX1``, ``dW_1``."""
    return word not in GREEK and DIFFERENTIAL.fullmatch(word) is not None


def letter(word: str) -> str:
    """A name: Greek by name, several letters upright, below what follows ``_`` and the number behind a letter.

    >>> letter("dphi"), letter("W_1"), letter("W1"), letter("lam"), letter("rate")
    ('d\\\\phi', 'W_{1}', 'W_{1}', '\\\\lambda', '\\\\mathrm{rate}')
    """
    stem, _, below = word.partition("_")
    if below:
        return f"{letter(stem)}_{{{below if len(below) == 1 or below.isdigit() else upright(below)}}}"
    if word in GREEK:
        return "\\" + ("lambda" if word == "lam" else word)
    if len(word) == 1:
        return word
    rest = word[1:].rstrip("0123456789")
    if word[0] == "d" and (len(rest) == 1 or rest in GREEK):
        number = word[1 + len(rest) :]
        return "d" + letter(rest) + (f"_{{{number}}}" if number else "")
    stem = word.rstrip("0123456789")
    if stem in GREEK or (len(stem) == 1 and stem not in "Ie"):
        return f"{letter(stem)}_{{{word[len(stem) :]}}}"
    return upright(word)


def upright(word: str) -> str:
    return rf"\mathrm{{{word.replace('_', chr(92) + '_')}}}"


def _one(show: Show, parts: list[str], summed: set[str]) -> str:
    def closed(at: int) -> str:
        return brackets(parts[at]) if _brackets(show, at) else parts[at]

    match show.kind:
        case "name":
            return show.word if show.word == ":" else letter(show.word)
        case "number":
            return show.word
        case "sum":
            out = ("-" if show.signs[0] < 0 else "") + closed(0)
            return out + "".join(
                f" {'+' if s > 0 else '-'} {closed(k)}" for k, s in enumerate(show.signs) if k
            )
        case "product":
            return _product(show, parts, closed)
        case "hadamard":
            front = "" if show.signs[0] > 0 else r"1 \oslash "
            marks = [r" \odot " if s > 0 else r" \oslash " for s in show.signs]
            return front + closed(0) + "".join(marks[k] + closed(k) for k in range(1, len(parts)))
        case "power":
            return f"{closed(0)}^{{{parts[1]}}}"
        case "epower":
            return rf"{closed(0)}^{{\odot {closed(1)}}}"
        case "transpose" | "inverse" | "inverse-transpose":
            return closed(0) + AFTER[show.kind]
        case "norm":
            return brackets(f" {parts[0]} ", r"\lVert", r"\rVert") + NORMS[show.word]
        case "inner":
            return brackets(f" {parts[0]}, {parts[1]} ", r"\langle", r"\rangle")
        case "index":
            return _index(show, parts, closed(0), summed)
        case "sumover":
            at = parts[1] if len(parts) == 2 else f"{parts[1]}={parts[2]}"
            to = "" if len(parts) == 2 else f"^{{{parts[3]}}}"
            return rf"\sum_{{{at}}}{to} {closed(0)}"
        case _:
            return _constant(show, parts)


def _brackets(show: Show, at: int) -> bool:
    child = show.items[at]
    binds = _level(child)
    if show.kind == "sumover":
        return at == 0 and binds <= SUM and child.kind != "sumover"
    if child.kind == "sumover":
        return not (show.kind == "sum" and at == len(show.items) - 1)
    if child.kind == "call" and binds < ATOM:
        return show.kind != "sum"
    if child.kind == "call" and show.kind == "power" and at == 0 and "\\det" in child.mark:
        return child.word != "det"  # \\log\\det(X)^2 may be either
    if show.kind == "product":
        return binds <= PRODUCT and not open_product(show, at)
    if show.kind == "hadamard" and child.kind == "product":
        return True  # x^{\\top} y \\odot z may be either
    return needs_brackets(show, at)


def _level(show: Show) -> int:
    if show.kind == "call" and show.mark.startswith("{0}"):
        return PRODUCT
    return POSTFIX if show.kind == "sumover" else level(show)


def _product(show: Show, parts: list[str], closed: Callable[[int], str]) -> str:
    out: list[Factor] = []
    for k, sign in enumerate(show.signs):
        if sign > 0:
            part = closed(k)
            out.append((rf"\cdot {part}" if out and part[:1].isdigit() else part, show.items[k]))
        elif show.items[k].kind == "number" and _several(show, k):
            number = out.pop(0)[0] if show.items[0].kind == "number" else "1"
            out.insert(0, (rf"\frac{{{number}}}{{{parts[k]}}}", None))
        else:
            top = parts[0] if len(out) == 1 else _spaced(out)
            out = [(rf"\frac{{{top}}}{{{parts[k]}}}", None)]
    return _spaced(out)


def _spaced(factors: Sequence[Factor]) -> str:
    """A product with a thin space around differentials and words: ``A\\,dx`` is not to be taken for four letters."""
    out = factors[0][0]
    for (left, before), (part, show) in pairwise(factors):
        moving = (show and _starts_moving(show)) or (before and _is_moving(before))
        word = part.startswith(r"\mathrm{") or WORD_BEHIND.search(left)
        out += (r"\," if moving or word else " ") + part
    return out


def _is_moving(show: Show) -> bool:
    return show.kind == "name" and is_differential(show.word)


def _starts_moving(show: Show) -> bool:
    while show.kind in ("transpose", "power", "epower", "index"):
        show = show.items[0]
    return _is_moving(show) or (show.kind == "call" and show.word == "d")


def _several(show: Show, at: int) -> bool:
    """Whether what is divided by a number is long enough to have the fraction in front of it."""
    first = show.items[0]
    if at == 1 and (first.kind == "number" or (level(first) > SUM and first.tokens < 3)):
        return False
    return at == len(show.items) - 1


def _index(show: Show, parts: list[str], base: str, summed: set[str]) -> str:
    at = show.items[1:]
    fixed = any(i.word != ":" and i.word not in summed for i in at)
    double = "_{" in parts[0]  # TeX refuses x_{1}_{i}
    if ((fixed or double) and show.items[0].kind == "name") or show.items[0].kind == "eye":
        base = f"{{{parts[0]}}}"  # the braces are not seen; x_{k} without them may be a name of its own
    return f"{base}_{{{','.join(parts[1:])}}}"


def _constant(show: Show, parts: list[str]) -> str:
    match show.kind:
        case "eye":
            return "I" if show.lead else f"I_{{{parts[0]}}}"
        case "ones" | "zeros":
            digit = "1" if show.kind == "ones" else "0"
            size = r" \times ".join(parts)
            return rf"\mathbf{{{digit}}}_{{{size}}}"
        case "unit":
            return f"I_{{:,{parts[0]}}}"
        case "abstract":
            name = letter(show.word)
            word = show.mark.rstrip("123456789") if len(parts) > 1 else show.mark
            below = f"_{{{show.mark[len(word) :]}}}" if len(word) < len(show.mark) else ""
            front = rf"\operatorname{{{word}}}{below}[{name}]" if word else name
            return front + brackets(", ".join(parts))
        case "block":
            rest = iter(parts)
            rows = [" & ".join([next(rest) for _ in range(int(n))]) for n in show.word.split(",")]
            return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"
        case _:
            return _call(show, parts)


def _call(show: Show, parts: list[str]) -> str:
    if "{0}" not in show.mark:
        return operator(show.word) + brackets(", ".join(parts))
    if show.mark.startswith("{0}"):
        parts = [
            brackets(p) if _level(i) < POSTFIX or i.kind == "sumover" else p
            for i, p in zip(show.items, parts, strict=True)
        ]
    return filled(show.mark, parts)


def filled(pattern: str, parts: Sequence[str]) -> str:
    """The pattern of a function with its arguments, the brackets as high as what stands in them."""
    if any(map(TALL.search, parts)):
        pattern = pattern.replace("(", r"\left(").replace(")", r"\right)").replace(r"\left\left", r"\left")
    return pattern.format(*parts)


def operator(word: str) -> str:
    return rf"\operatorname{{{word.replace('_', chr(92) + '_')}}}"
