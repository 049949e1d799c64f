"""The pieces that a derivation is cut into: formulas, words, and where lines, sentences and remarks end."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from closedform.judging.names import NAME
from closedform.judging.prose import has_words, parted
from closedform.read.alphabet import SPELLED

MAX_CHARACTERS = 100_000


@dataclass
class Piece:
    """``kind``: formula, word, row (a line ends), stop (a sentence or formula ends), aside (a remark begins)."""

    kind: str
    text: str
    start: int
    last: int = MAX_CHARACTERS
    """The last place of its line, where the text was made longer than it was typed."""


def pieces(source: str, syntax: str) -> list[Piece]:
    return list(_latex(source) if syntax == "latex" else _text(source))


_MATH = re.compile(
    r"""\$\$(?P<a>.*?)\$\$|\$(?P<b>(?:\\.|[^$\\])*)\$|\\\((?P<c>.*?)\\\)|\\\[(?P<d>.*?)\\\]
    |\\begin\{(?P<env>align|alignat|flalign|equation|gather|multline|eqnarray|displaymath|math|aligned|split)(?P<star>\*?)\}
    (?P<e>.*?)\\end\{(?P=env)(?P=star)\}""",
    re.VERBOSE | re.DOTALL,
)
_OUTSIDE = re.compile(r"\\[A-Za-z]+\*?|[A-Za-z]+(?:['’][a-z]+)?|\n|[^A-Za-z\\\n]+|\\.")


def _latex(source: str) -> Iterator[Piece]:
    source = re.sub(r"(?<!\\)%[^\n]*", lambda m: " " * len(m.group()), source)
    place, any_math = 0, False
    for found in _MATH.finditer(source):
        any_math = True
        yield from _words(source, place, found.start())
        group = next(g for g in "abcde" if found[g] is not None)
        yield Piece("formula", found[group], found.start(group))
        if group != "b" and group != "c":
            yield Piece("stop", "", found.end())
        place = found.end()
    if any_math:
        yield from _words(source, place, len(source))
    else:
        yield from _rows(source)


def _rows(source: str) -> Iterator[Piece]:
    """LaTeX without anything around it: each line that closes what it opens is a row."""
    begun, depth = 0, 0
    for found in re.finditer(r"\\begin\{|\\end\{|\\left\b|\\right\b|\\.|[{}\n]", source):
        sign = found.group()
        depth += (sign in ("{", "\\begin{", "\\left")) - (sign in ("}", "\\right"))
        depth -= 2 * (sign == "\\end{") - (sign == "\\end{")
        if sign in ("\\begin{", "\\end{"):
            depth += 1  # its own brace
        if sign == "\n" and depth <= 0:
            yield Piece("formula", source[begun : found.start()], begun)
            yield Piece("row", "", found.start())
            begun = found.end()
    yield Piece("formula", source[begun:], begun)


_EQUATION = re.compile(r"^[^\n=]*=[^\n]*$", re.MULTILINE)


def _words(source: str, start: int, end: int) -> Iterator[Piece]:
    """What stands outside of formulas: words, and equations on a line of their own, with no dollars."""
    for line in _EQUATION.finditer(source, start, end):
        if not has_words(line.group()) and source[line.end() : line.end() + 1] in ("\n", ""):
            yield from _spoken(source, start, line.start())
            yield from (Piece("formula", line.group(), line.start()), Piece("stop", "", line.end()))
            start = line.end()
    yield from _spoken(source, start, end)


def _spoken(source: str, start: int, end: int) -> Iterator[Piece]:
    for found in _OUTSIDE.finditer(source, start, end):
        text = found.group()
        if text[0].isalpha():
            yield Piece("word", text, found.start())
        elif "." in text or (text == "\n" and source[found.end() : found.end() + 1] == "\n"):
            yield Piece("stop", text, found.start())
        elif text.strip():
            yield Piece("word", text, found.start())


def _text(source: str) -> Iterator[Piece]:
    place = 0
    for line in source.split("\n"):
        body = _ZERO.sub("to zero", line)
        body = _BY_WORDS.sub(_by_words, _SUCH_THAT.sub("such that", _accented(body)))
        if "=" in body:
            body = _NAMED.sub(lambda m: " " * len(m.group()), body)
        else:
            body = _COLON.sub(lambda m: f"{m[1]}=" if m[2] is None else m.group(), body)
        remarks = [m for m in _BESIDE.finditer(body) if _is_remark(m)]
        for found in remarks:
            body = body[: found.start()] + " " * len(found.group()) + body[found.end() :]
        for text, at, formula in parted(body):
            yield Piece("formula" if formula else "word", text, place + at, place + len(line))
        for found in remarks:
            yield from _remark(found, place)
        yield Piece("row", "", place + len(line))
        if not line.strip():
            yield Piece("stop", "", place)
        place += len(line) + 1


_BY_WORDS = re.compile(
    rf"^(?P<space>\s*)(?P<kind>[Gg]rad(?:ient)?|[Dd]eriv(?:ative)?|[Hh]ess(?:ian)?)(?:\s+of\s+(?P<of>{NAME}))?"
    rf"\s+(?:wrt|w\.r\.t\.?|with respect to|by|for|in)\s+(?P<by>{NAME})\s*(?::=?|=)(?!=)"
)


def _is_remark(found: re.Match[str]) -> bool:
    beside = found["beside"] or ""
    return "=" in beside or found["note"] is not None or has_words(beside) or _COMPARED.fullmatch(beside) is not None


_COMPARED = re.compile(r"\s*\w+\s*[≠<>≤≥]\s*\w+\s*")
"""``(i ≠ j)``"""


def _remark(found: re.Match[str], place: int) -> Iterator[Piece]:
    """An equation beside a line is something that is used; other remarks are words."""
    group = "note" if found["beside"] is None else "beside"
    text = found[group]
    formula = ("=" in text or _COMPARED.fullmatch(text) is not None) and not has_words(text)
    yield Piece("aside", "", place + found.start())
    yield Piece("word", "with" if formula else text, place + found.start())
    if formula:
        yield Piece("formula", text, place + found.start(group))
    yield Piece("stop", ".", place + found.end())


_SUCH_THAT = re.compile(r"(?<![\w.])s\.\s?t\.(?=\s)")
_MARKS = {"\u0302": "_hat", "\u0304": "_bar", "\u0303": "_tilde"}


_HATTED = re.compile(
    rf"(?<![A-Za-z\\])(?!d?[wtc]hat\b)(?P<d>d?)(?P<name>{'|'.join(SPELLED)}|[A-Za-z])(?P<mark>hat|bar|tilde)(?![A-Za-z])"
)


def _accented(body: str) -> str:
    """``ŵ`` and ``yhat`` as ``w_hat`` and ``y_hat``, but for words such as what and that."""
    body = _HATTED.sub(r"\g<d>\g<name>_\g<mark>", body)
    apart = unicodedata.normalize("NFD", body)
    if not any(mark in apart for mark in _MARKS):
        return body
    for mark, said in _MARKS.items():
        apart = re.sub(rf"(?<=[^\W\d_]){mark}", said, apart)
    return unicodedata.normalize("NFC", apart)


def _by_words(found: re.Match[str]) -> str:
    """``gradient wrt U: …`` with a sign."""
    two = "^2" if found["kind"][0] in "hH" else ""
    of = f"({found['of']})" if found["of"] else "?"
    return f"{found['space']}∇{two}_{{{found['by']}}} {of} ="


_COLON = re.compile(r"^(\s*(?:grad|hess|Hess|∇|∂|d\w+/d|H|J)[^:]{0,20}):(\s*d[A-Z])?")
"""``grad f: 2Ax``, but not the inner product ``∇f : dX``."""
_NAMED = re.compile(r"^\s*(?:[Gg]rad|[Hh]ess|H|J)\s*:(?!=)")
"""``grad: ∇f = 2Ax``."""
_BESIDE = re.compile(r"(?<=\s)\((?P<beside>[^()=]*(?:=[^()=]*)?)\)|(?:(?<=\s)|^)(?:#|//)(?P<note>.*)")
"""An equation or words in brackets, and what stands behind ``#``: remarks."""
_ZERO = re.compile(r"\bto 0(?=\s*(?:[:,;.]|$|\s[a-z]))")
