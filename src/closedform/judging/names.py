"""Names in the text of a derivation: what one looks like, and how it is called inside."""

from __future__ import annotations

import re

from closedform.judging.spans import close_of
from closedform.read.alphabet import GREEK, SPELLED, canonical
from closedform.read.latex_words import ACCENTS
from closedform.read.latex_words import LETTERS as OF_LATEX
from closedform.read.vocabulary import is_function

_SPELLED = "|".join(sorted((n for n in SPELLED if len(n) > 1), key=len, reverse=True))
_FONT = r"\\(?:math\w+|textbf|boldsymbol|bm|vec|pmb)"
_ACRONYM = r"\\(?:operatorname|text|textrm)\s*\{[A-Z]{2,}\}"
_ACCENT = r"\\(?:hat|widehat|tilde|widetilde|bar|overline|dot|check|breve)"
_FONTED = rf"{_FONT}\s*\{{\\?[A-Za-z]+\}}|{_FONT}\s+[A-Za-z]|{_FONT}\s*(?!{_ACCENT}|\\(?:nabla|partial))\\[A-Za-z]+"
_WITH_ACCENT = rf"{_ACCENT}\s*(?:\{{[^{{}}]*(?:\{{[^{{}}]*\}})?\}}|\\?[A-Za-z]+)"
LETTER = rf"(?:(?:{_SPELLED})(?![A-Za-z])|{_WITH_ACCENT}|{_FONTED}|{_ACRONYM}|\\[A-Za-z]+|[^\W\d_])"
NAME = rf"{LETTER}[0-9]*(?:_(?:\{{[^{{}}]*\}}|[A-Za-z0-9]+|\\[A-Za-z]+))?"
_SIZING = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?)\s*(?=[()\[\]]|\\[{}])|\\[lr]vert(?=\s*$)")
_UPRIGHT = re.compile(
    r"\\(?:mathrm|operatorname|text|textrm|mathsf|rm)\s*(?:\{\s*d\s*\}|d\b)|\{\\rm\s*d\}|\\dd\b|\\mathop\{\}\\!"
    r"|\\differential\b|\\diff\b|ⅆ"
)
OLD_FONT = re.compile(r"\{\s*\\(?:bf|it)\s*(?P<name>(?<=\s)[A-Za-z]|\\[A-Za-z]+)\s*\}")
"""``{\\bf X}``"""
_OLD_GROUP = re.compile(r"\{\s*\\bf(?P<names>(?:\s+[A-Za-z]){2,})\s*\}(?=\s*_)")
"""``{\\bf S v}_1``: braces are not seen, so that the index is one of the last letter"""
_SPACE = re.compile(r"\\[,;:!> ]|~|\\(?:quad|qquad|thinspace|medspace)\b")
LETTERS = {*SPELLED, *OF_LATEX.values()}
"""Names of several letters that are one."""


def cleaned(text: str) -> str:
    """Spacing and sizes of brackets taken away, an upright d made a plain one."""
    text = _OLD_GROUP.sub(lambda m: " ".join(rf"\mathbf{{{name}}}" for name in m["names"].split()), text)
    text = OLD_FONT.sub(r"\\mathbf{\g<name>}", text)
    text = _UPRIGHT.sub(lambda m: "" if "mathop" in m.group() else " d ", text)
    text = re.sub(r"(?<![A-Za-z\\])d\s+(?=[A-Za-z\\])", "d ", text)
    return _SPACE.sub(" ", _SIZING.sub("", text)).strip().rstrip(".,;").strip()


def bare(text: str) -> str:
    """A name as it is called inside, without fonts and braces; "" where the text is no name."""
    text = cleaned(text)
    return named(text) if re.fullmatch(NAME, text) else ""


def named(text: str) -> str:
    accent = re.match(_ACCENT, text.strip())
    if accent:
        inner = text.strip()[accent.end() :].strip()
        stop = close_of(inner, 0) if inner.startswith("{") else len(inner)
        kind = ACCENTS[accent.group()[1:]]
        return f"{named(inner[:stop])}_{kind}{named(inner[stop:])}"
    text = _DRESSED.sub(r"\1", text.strip())
    text = re.sub(r"[{}\s\\]", "", text).replace("+", "p").replace("-", "m")
    stem, mark, rest = "".join(GREEK.get(c, c) for c in text).partition("_")
    return canonical((OF_LATEX.get(stem, stem) if stem.startswith("var") else stem) + mark + rest)


_DRESSED = re.compile(r"\\(?:math\w+|textbf|boldsymbol|bm|vec|pmb|operatorname|text|textrm)\s*\{?(\\?[A-Za-z]+)\}?")


def squeezed(text: str) -> str:
    return re.sub(r"\\(?:math\w+|textbf|boldsymbol|bm|vec|pmb)|[\s{}\\]", "", text)


def is_differential(name: str) -> bool:
    """Whether letters are d and one name: ``dx``, ``dSigma``, ``dx_1``."""
    rest = name[1:]
    stem = rest.split("_")[0].rstrip("0123456789")
    return name[:1] == "d" and rest[:1].isalpha() and (len(stem) == 1 or stem in LETTERS) and not is_function(name)
