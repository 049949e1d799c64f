"""Text to tokens with places. A closed alphabet: whatever is not listed is refused where it stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from closedform.errors import LimitError, ReadError
from closedform.read.alphabet import GREEK, LOOKALIKES, SIGNS, SUBSCRIPTS, SUPERSCRIPTS, canonical, script
from closedform.read.notation import divides

MAX_CHARACTERS = 100_000
MAX_DIGITS = 1_000
MAX_NAME = 100


class Token(NamedTuple):
    """``kind``: num, name, op, mark (of a norm), end; ``gap`` before it: 0, 1 (space) or 2 (new line)."""

    kind: str
    text: str
    start: int
    end: int
    gap: int = 0


@dataclass(frozen=True)
class Tokens:
    """The tokens of one text. Any lexer that makes these can feed the parser."""

    source: str
    tokens: list[Token]
    notes: tuple[str, ...] = ()
    upright: frozenset[str] = frozenset()  # names of several letters that were marked as one
    typeset: bool = False  # LaTeX, of which pieces are spelled from the tokens
    bold: frozenset[str] = frozenset()  # names in the shape that vectors have
    arrows: frozenset[str] = frozenset()  # names with an arrow above
    rows: frozenset[str] = frozenset()  # names with an index in the shape that vectors have

    def text(self, first: int, last: int | None = None) -> str:
        """What stands between two tokens, as the text language writes it."""
        tokens = self.tokens[first:last]
        if not self.typeset:
            return self.source[tokens[0].start : tokens[-1].end] if tokens else ""
        return spell(tokens)


def spell(tokens: list[Token]) -> str:
    """Tokens as text, with spaces where two words would run together."""
    out = ""
    for token in tokens:
        close = out and (out[-1].isalnum() and token.text[:1].isalnum())
        out += " " + token.text if close else token.text
    return out


KEYWORDS = {"where", "in", "for"}
_UP, _DOWN, _GREEK = "".join(SUPERSCRIPTS), "".join(SUBSCRIPTS), "".join(GREEK)
FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅙": "1/6", "⅛": "1/8"}
_LETTER = rf"[^\W\d_{_UP}{_DOWN}{''.join(FRACTIONS)}ℝℂℕ]"
_SCAN = re.compile(
    rf"""(?P<gap>\s+)
    |(?P<num>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![A-Za-z]))?)
    |(?P<part>[{''.join(FRACTIONS)}])
    |(?P<name>{_LETTER}(?:{_LETTER}|[0-9])*(?:_[A-Za-z0-9]+|[{_DOWN}]+)*)
    |(?P<up>[{_UP}]+)
    |(?P<mark>_(?:\{{[^{{}}]*\}}|[A-Za-z∞]+|[0-9*])|[{_DOWN}]+)
    |(?P<bars>[|‖∥∣]+)
    |(?P<op>\.\*|\./|\.\^|\.T(?![A-Za-z0-9_])|\.\.\.?|->|>=|⊤|[-+*/^'()\[\]{{}}<>,;:=@]|[ℝℕ×∞{"".join(SIGNS)}])""",
    re.VERBOSE,
)
_GREEK_PIECE = re.compile(rf"[{_GREEK}](?:[0-9]+|[{_DOWN}]+)?(?:_[A-Za-z0-9]+)?|[^{_GREEK}]+")
_NOT_NUMBERS = re.compile(r"0[xXbBoO][0-9A-Fa-f]|[0-9.]+[eE](?![A-Za-z0-9_]|[+-][0-9])")
HINTS = {
    '"': "Formulas hold no text.", "#": "Formulas hold no comments.",
    "!": "Formulas hold no factorials: write prod.", "\\": 'For LaTeX say syntax="latex".',
    "$": 'For LaTeX say syntax="latex", without $.',
    "√": "Write sqrt( ).", "∑": "Write sum(i, …).",
    "_": "A name starts with a letter; for the positive part write relu( ).", "ℂ": "All numbers are real.",
    "%": "Write /100.", "&": "Stack blocks as [A, B; C, D].",
}  # fmt: skip


def lex(text: str) -> Tokens:
    """The tokens of a formula or of declarations, with an end token.

    >>> [t.text for t in lex("xᵀA²").tokens]
    ['x', '^', 'T', 'A', '^', '2', '']
    """
    source = unicodedata.normalize("NFC", text) if not text.isascii() else text
    if len(source) > MAX_CHARACTERS:
        raise LimitError(f"the text has {len(source)} characters (limit: {MAX_CHARACTERS} characters)")
    out: list[Token] = []
    place, gap = 0, 0
    scan = _SCAN.match
    while place < len(source):
        found = scan(source, place)
        if found is None:
            raise stranger(source, place)
        kind, word, end = str(found.lastgroup), found.group(), found.end()
        if kind == "gap":
            gap = 2 if "\n" in word else 1
        elif kind == "num":
            check_number(source, place, word)
            out.append(Token("num", word, place, end, gap))
        elif kind == "part":
            out.append(Token("num", FRACTIONS[word], place, end, gap))
        elif kind == "name":
            _add_names(out, source, word, place, gap)
        else:
            _add_sign(out, source, kind, word, place, gap)
        if kind != "gap":
            gap = 0
        place = end
    out.append(Token("end", "", len(source), len(source), gap))
    return Tokens(source, out, _notes(text, source, out))


def _add_names(out: list[Token], source: str, word: str, place: int, gap: int) -> None:
    if len(word) > MAX_NAME:
        raise LimitError(f"a name has {len(word)} characters (limit: {MAX_NAME})", source=source, span=(place, place))
    if word in KEYWORDS:
        out.append(Token("op", word, place, place + len(word), gap))
        return
    if word.isascii():
        out.append(Token("name", canonical(word), place, place + len(word), gap))
        return
    for offset, letter in enumerate(word):
        _check_letter(source, place + offset, letter)
    pieces = [word] if word[0] == "d" and word[1] in GREEK else _GREEK_PIECE.findall(word)
    for piece in pieces:
        out.append(Token("name", canonical(piece), place, place + len(piece), gap))
        place, gap = place + len(piece), 0


def _add_sign(out: list[Token], source: str, kind: str, word: str, place: int, gap: int) -> None:
    end = place + len(word)
    if kind == "up":
        out.append(Token("op", "^", place, end, gap))
        raised = "".join(SUPERSCRIPTS[c] for c in word)
        for part in re.findall(r"[0-9]+|.", raised):
            kind = "num" if part.isdigit() else "turn" if part == "T" else "name" if part.isalpha() else "op"
            out.append(Token(kind, part, place, end))
    elif kind == "mark" and word[:2] == "_{" and gap == 0 and out and out[-1].kind == "name" and out[-1].end == place:
        _add_index(out, source, word, place)
    elif kind == "mark":
        if place and source[place - 1].isalnum():
            raise after_a_name(source, place, end)
        if word == "_*" and (not place or source[place - 1] not in "|‖∥"):
            raise ReadError("_* belongs behind a norm", span=(place, end), source=source, hint="Write ||X||_*.")
        text = "".join(SUBSCRIPTS.get(c, c) for c in word).strip("_{} ")
        if place and source[place - 1] == ")" and _ENTRY.fullmatch(text):
            signs = ("op", "["), *(("op" if c == "," else "name", c) for c in ",".join(text)), ("op", "]")
            out += [Token(kind, part, place, end) for kind, part in signs]
            return
        out.append(Token("mark", text, place, end, gap))
    elif kind == "bars":
        single = "".join("||" if c in "‖∥" else "|" for c in word)
        out.append(Token("op", single, place, end, gap))
    elif word == "⊤" and not (out and out[-1].text == "^"):
        out += [Token("op", "^", place, end, gap), Token("turn", "T", place, end)]
    elif word == "⊤":
        out.append(Token("turn", "T", place, end, gap))
    elif word == "*" and out and out[-1].text == "*" and gap == 0 and source[place - 1] == "*":
        raise ReadError("** is no operation here", span=(place - 1, end), source=source, hint="Write ^ for a power.")
    else:
        out.append(Token("op", SIGNS.get(word, word), place, end, gap))


_INDICES = re.compile(r"\{\s*([A-Za-z0-9]+(?:\s*,\s*[A-Za-z0-9]+)*)\s*\}")
_ENTRY = re.compile("[ijkl]{1,2}")
"""``(A x)_k`` and ``(A X)_ij``, as on paper."""
_SHIFTED = re.compile(r"\{\s*([A-Za-z])\s*([-+])\s*([0-9]+)\s*\}")


def _add_index(out: list[Token], source: str, word: str, place: int) -> None:
    """``x_{i}`` is ``x_i``, ``A_{i,j}`` is ``A_ij``, ``x_{t-1}`` is ``x[t-1]``."""
    end, name = place + len(word), out[-1]
    if found := _INDICES.fullmatch(word[1:]):
        out[-1] = Token("name", f"{name.text}_{re.sub('[ ,]', '', found[1])}", name.start, end, name.gap)
    elif found := _SHIFTED.fullmatch(word[1:]):
        signs = ("op", "["), ("name", found[1]), ("op", found[2]), ("num", found[3]), ("op", "]")
        out += [Token(kind, text, place, end) for kind, text in signs]
    else:
        raise after_a_name(source, place, end)


def check_number(source: str, place: int, word: str) -> None:
    bad = _NOT_NUMBERS.match(source, place)
    if bad:
        raise ReadError(f"{bad.group()} is not a number", span=bad.span(), source=source, hint="Write 16 or 1e3.")
    mantissa, _, exponent = word.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_DIGITS:
        span = (place, place + min(len(word), 20))
        raise LimitError(f"a number has over {MAX_DIGITS} digits (limit: digits)", span=span, source=source)


def _check_letter(source: str, place: int, letter: str) -> None:
    if letter.isascii() or letter in GREEK or letter in SUBSCRIPTS:
        return
    if not unicodedata.category(letter).startswith("L") or unicodedata.normalize("NFKC", letter) != letter:
        raise stranger(source, place)


def after_a_name(source: str, place: int, end: int) -> ReadError:
    """``pi_``, ``1_000``."""
    number = re.search(r"(?:^|[^\w])[0-9]+$", source[:place])
    if number:
        return ReadError("numbers hold no _", span=(place, end), source=source, hint="Write 1000 or 1e3.")
    hint = "Write a letter or a number behind it, as in x_1."
    return ReadError("a name does not end with _", span=(place, place + 1), source=source, hint=hint)


def stranger(source: str, place: int) -> ReadError:
    letter = source[place]
    if letter == "\\" and divides(source):
        hint = "For the solution of A*x = b write A^-1*b."
        return ReadError("\\ is no operation here", span=(place, place + 1), source=source, hint=hint)
    if letter.isprintable() and letter.isascii():
        message = f"the character {letter} is not of the formula language"
    else:
        name = unicodedata.name(letter, "no character").lower()
        message = f"the character U+{ord(letter):04X} ({name}) is not of the formula language"
    if letter == "_" and place and source[place - 1].isalnum():
        return after_a_name(source, place, place + 1)
    plain = unicodedata.normalize("NFKC", letter)
    hint = HINTS.get(letter, f"Write {plain}." if plain != letter and plain.isascii() and plain.isprintable() else "")
    return ReadError(message, span=(place, place + 1), source=source, hint=hint)


def _notes(text: str, source: str, tokens: list[Token]) -> tuple[str, ...]:
    if source.isascii():
        return ()
    notes = []
    if source != text:
        notes.append("Letters typed with separate accents are read as the accented letters: one name, not two.")
    letters = {c for t in tokens if t.kind == "name" for c in t.text}
    for letter in sorted(letters & LOOKALIKES.keys()):
        latin = LOOKALIKES[letter]
        both = f"{script(letter)} {letter} and Latin {latin} look the same"
        notes.append(both + (" and are two different names here." if latin in letters else "."))
    return tuple(notes)
