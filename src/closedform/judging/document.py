"""A derivation as a person writes it, taken apart: relations ``a = b = c`` with their places, and the words between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from closedform.errors import LimitError, ReadError
from closedform.judging.names import NAME
from closedform.judging.prose import has_words, is_word, membership, parted
from closedform.judging.relations import Member, Relation, increments, logarithms, plain_tex
from closedform.judging.updates import ARROW

MAX_CHARACTERS = 100_000


@dataclass
class Document:
    """The relations in order, and all that was said, formulas included, for the search of declarations."""

    source: str
    syntax: str
    relations: list[Relation] = field(default_factory=list)
    said: str = ""
    """The words and formulas, without the signs between lines."""
    families: list[str] = field(default_factory=list)

    def line(self, start: int) -> int:
        return self.source.count("\n", 0, start) + 1


@dataclass
class Piece:
    """``kind``: formula, word, row (a line ends), stop (a sentence or formula ends), aside (a remark begins)."""

    kind: str
    text: str
    start: int
    last: int = MAX_CHARACTERS
    """The last place of its line, where the text was made longer than it was typed."""


def document(source: str, syntax: str = "auto") -> Document:
    """Take a derivation apart. ``syntax`` is "text", "latex" or "auto"."""
    if len(source) > MAX_CHARACTERS:
        raise LimitError(f"the derivation has {len(source)} characters (limit: {MAX_CHARACTERS} characters)")
    if syntax == "auto":
        syntax = "latex" if is_latex(source) else "text"
    if syntax not in ("text", "latex"):
        raise ReadError(f"the syntax {syntax} is not known", hint="Known are auto, text and latex.")
    found = Document(source, syntax)
    for family in _FAMILY.finditer(source):
        found.families.append(_declared(family))
        source = source[: family.start()] + " " * len(family.group()) + source[family.end() :]
    if syntax == "latex":
        source = plain_tex(source)
    pieces = list(_latex(source) if syntax == "latex" else _text(source))
    ends = {"row": "\n", "stop": ".\n"}
    found.said = "".join(ends.get(p.kind) or p.text + " " for p in pieces)
    _Builder(found).build(pieces)
    logarithms(found.relations)
    increments(found.source, found.relations)
    if not found.relations:
        raise ReadError("there is no equation in this derivation", hint="Write f = …, df = … or ∇f = … on each line.")
    return found


_POWER = r"(?:\^(?:\w+|\([^()]*\)|\{[^{}]*\}))?"
_SPACE = rf"(?:\\(?:mathbb|mathbf|Bbb)\s*\{{?\s*R\s*\}}?|\\R\b|ℝ|R){_POWER}"
_FAMILY = re.compile(
    r"\b\w+\[(\w)\]\s+in\s+R(?:\^\S+?)?\s+for\s+\1\s*=\s*1\.\.\w+"
    rf"|(?<![\w\\])(?P<f>[A-Za-z])\w*\s*(?::|\\colon)\s*{_SPACE}\s*(?:->|→|\\(?:right|long|longright)?arrow\b|\\to\b)\s*{_SPACE}"
)
"""Declarations with colons, equals signs or words in them: of families, and of abstract functions."""


def _declared(family: re.Match[str]) -> str:
    r"""``f: \mathbb{R}^n \to \mathbb{R}`` as the language has it."""
    if family["f"] is None:
        return family.group()
    text = re.sub(r"\\(?:mathbb|mathbf|Bbb)\s*\{?\s*R\s*\}?|\\R\b|ℝ", " R", family.group())
    text = re.sub(r"→|\\(?:right|long|longright)?arrow\b|\\to\b", "->", text).replace("\\colon", ":")
    return re.sub(r"\{([^{}]*)\}", r"(\1)", text).replace("\\times", "*")


_LATEX = re.compile(r"\\[A-Za-z]{2,}|\\\\|\$")


def is_latex(source: str) -> bool:
    return _LATEX.search(source) is not None


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


def _words(source: str, start: int, end: int) -> Iterator[Piece]:
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
    return "=" in found.group() or found["note"] is not None or has_words(found["beside"])


def _remark(found: re.Match[str], place: int) -> Iterator[Piece]:
    """An equation beside a line is something that is used; other remarks are words."""
    group = "note" if found["beside"] is None else "beside"
    text = found[group]
    formula = "=" in text and not has_words(text)
    yield Piece("aside", "", place + found.start())
    yield Piece("word", "with" if formula else text, place + found.start())
    if formula:
        yield Piece("formula", text, place + found.start(group))
    yield Piece("stop", ".", place + found.end())


_SUCH_THAT = re.compile(r"(?<![\w.])s\.\s?t\.(?=\s)")
_MARKS = {"\u0302": "_hat", "\u0304": "_bar", "\u0303": "_tilde"}


def _accented(body: str) -> str:
    """``ŵ`` as ``w_hat``."""
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
_SCAN = re.compile(
    r"""(?P<row>\\\\(?:\[[^\]]*\])?)
    |(?P<open>\\begin\{[a-zA-Z]*(?:matrix|array|cases)\}|\\langle|\\\{|[({\[⟨])
    |(?P<close>\\end\{[a-zA-Z]*(?:matrix|array|cases)\}|\\rangle|\\\}|[)}\]⟩])
    |(?P<drop>\\h?phantom\s*\{[^{}]*\}|\\label\{[^{}]*\}|\\tag\*?\{[^{}]*\}|\\nonumber|\\notag|\\displaystyle|\\(?:begin|end)\{(?:aligned|split|gathered|align\*?)\}|&\s*&(?=\s*=)|&(?!\s*&)|\\therefore|∴|\\because)
    |(?P<then>\\implies\b|\\Rightarrow\b|\\Longrightarrow\b|\\iff\b|\\Leftrightarrow\b|\\Longleftrightarrow\b|\\leadsto\b|\\rightsquigarrow\b|&\s*&|<=>|=>|==>|⟹|⇒|⇔|⟺)
    |(?P<said>\\(?:text|textrm|textit|mbox|intertext|shortintertext|quad\\text)\s*\{(?P<words>(?:[^{}]|\$[^$]*\$)*)\})
    |(?P<space>\\q?quad\b)
    |(?P<rel>:=|\\coloneqq\b|\\triangleq\b|\\equiv\b|≡|≔|\\(?:overset|stackrel)\s*\{[^{}]*\}\s*\{=\}|=)
    |(?P<other>"""
    + ARROW
    + r"""|<=|>=|!=|≤|≥|≠|≈
    |\\(?:approx|leq?|geq?|neq?|sim|propto|lt|gt|simeq|preceq|succeq|prec|succ|leqslant|geqslant)\b|∝)
    |(?P<member>\\in\b|∈|(?<=\s)in(?=\s))
    |(?P<sep>[,;])|(?P<dot>\.(?=\s|$|\}))|(?P<bar>\|)|(?P<cmd>\\[A-Za-z]+|\\.)|(?P<any>.)""",
    re.VERBOSE | re.DOTALL,
)
_GOES_ON = re.compile(r"(?<![-+*/_^])(?<![-+*/]\s)(?:[-+*/·⋅⊙∘]|\\cdot|\\odot|\\times|\\circ)\s*$")
_ANNOUNCED = re.compile(r"=[^=]*(?<![\s:])\s*:\s*$|(?<!\s):\s*$")
"""A colon behind an equation, or that stands close: what follows is another statement."""
_STATED = re.compile(r"(?<=[^\s:]):\s(?=[^:=]*=)")
"""A colon that stands close, behind an equation and before one: ``A x = b: A A'v = b``."""
_LISTED = re.compile(rf"\s*{NAME}(?:\s*,\s*{NAME})+\s*(?:\\in\b|∈)")
_BESIDE = re.compile(r"(?<=\s)\((?P<beside>[^()=]*(?:=[^()=]*)?)\)|(?:(?<=\s)|^)(?:#|//)(?P<note>.*)")
"""An equation or words in brackets, and what stands behind ``#``: remarks."""
_ZERO = re.compile(r"\bto 0(?=\s*(?:[:,;.]|$|\s[a-z]))")
_OPERATORS = re.compile(r"[-+*/.\s]*")
_BEGINS = re.compile(
    rf"\s*&?\s*(?:d\s*{NAME}(?:\s*/\s*d\s*{NAME})?|(?:∇|\\nabla|∂|\\partial|\b[Gg]rad\b|\b[Hh]ess\b|\\frac\{{)[^=+]{{0,60}}"
    rf"|{NAME}(?:\s*\(\s*{NAME}\s*\))?)\s*&?\s*:?="
)
"""The start of a line that does not go on with the one before, whatever that ends with."""
_STARTS_ON = re.compile(r"\s*(?:[-+*/:]|\\cdot|\\odot)")


_REMARK = re.compile(r"\W*(?:since|because|as|using|where|by|for|with|if|when|recall\w*|note)\b", re.IGNORECASE)
_KIND = re.compile(r"\b(gradient|derivative|hessian|jacobian)\s*:?\s*$", re.IGNORECASE)
_KINDS = {"g": "∇ ?", "d": "∇ ?", "h": "∇^2 ?", "j": "J ?"}


class _Builder:
    """From pieces to relations."""

    def __init__(self, into: Document) -> None:
        self.into = into
        self.words: list[str] = []
        self.relation: Relation | None = None  # the present one, which may go on
        self.text, self.start = "", 0
        self.ahead = ""  # the formula that follows
        self.fresh = True  # nothing of the present statement has been read
        self.remarked: Relation | None = None  # the one that a remark in its row stands behind

    def build(self, pieces: list[Piece]) -> None:
        for k, piece in enumerate(pieces):
            self.ahead = next((p.text for p in pieces[k + 1 : k + 3] if p.kind == "formula"), "")
            if piece.kind == "formula":
                self._formula(piece)
                if self.into.syntax == "latex":
                    self._pause()
            elif piece.kind == "word":
                self._end()
                self.words.append(piece.text)
            elif piece.kind == "row":
                self._row("", piece.start)
            elif piece.kind == "aside":
                self._finish()
                self.remarked = self.relation
            else:
                self._end()
                self.words.append(".")
        self._end()

    # -- a formula, sign by sign
    def _formula(self, piece: Piece) -> None:
        depth, text = 0, piece.text
        for found in _SCAN.finditer(text):
            kind, sign, place = str(found.lastgroup), found.group(), min(piece.start + found.start(), piece.last)
            kind = "said" if kind == "words" else kind
            if kind == "open":
                depth += 1
            elif kind == "close":
                depth -= 1
                if depth < 0:
                    depth = 0
                    if sign == ")":  # of words in brackets
                        self._stop(sign, place)
                        continue
            if kind == "said" and _is_prose(found["words"]):
                self._said(found["words"])
            elif sign == ":" and depth == 0 and not self.fresh and _STATED.match(text, found.start()):
                self._stop(";", place)
            elif kind == "drop":
                self.text += " " * len(sign) if self.text else ""
            elif depth == 0 and kind in _ENDS and not self._inside(kind, found):
                self.ahead = text[found.end() : found.end() + 200] if kind == "row" else self.ahead
                _ENDS[kind](self, sign, place)
            else:
                self._add(sign, place)

    def _inside(self, kind: str, found: re.Match[str]) -> bool:
        """Whether a comma stands in ``<x, y>`` of text or in ``x, y ∈ R``."""
        if kind == "sep" and self.fresh and _LISTED.match(self.text + found.string[found.start() :]):
            return True
        if kind != "sep" or self.into.syntax == "latex":
            return False
        return self.text.count("<") > self.text.count(">") and ">" in found.string[found.end() :]

    def _said(self, words: str) -> None:
        if self.relation is not None and _REMARK.match(words):
            self.remarked = self.remarked or self.relation
        self._end()
        self.words += words.split()

    def _add(self, sign: str, place: int) -> None:
        if not self.text and not sign.strip():
            return
        if not self.text:
            self.start = place
        self.text += sign

    def _equals(self, sign: str, place: int) -> None:
        if self.relation is not None and self.fresh and _is_aside(self.relation):
            self.relation = None
        if self.relation is None or (self.text.strip() and self.fresh):
            self._begin()
        self._member()
        self.fresh = False

    def _begin(self) -> None:
        """A new relation, whose first member is what has been read."""
        kind = _KIND.search(" ".join(self.words)) if not self.text.strip() else None
        if kind is not None:  # the gradient = …
            self.relation = Relation([Member(_KINDS[kind[1][0].lower()], self.start, kind[1])], " ".join(self.words))
            self.words = []
            self.into.relations.append(self.relation)
            return
        if not self.text.strip() and self.into.relations and self.relation is None:
            last = next((r for r in reversed(self.into.relations[-4:]) if not _is_aside(r)), self.into.relations[-1])
            if last.sign == "=":
                self.relation = last
                return
        self.relation = Relation([], " ".join(self.words))
        self.words = []
        self.into.relations.append(self.relation)

    def _member(self) -> None:
        assert self.relation is not None
        text = self.text.strip()
        if text:
            self.relation.members.append(Member(text, self.start))
        self.text = ""

    def _other(self, sign: str, place: int) -> None:
        """Another sign than ``=``: what follows is not judged."""
        if self.relation is None or (self.fresh and self.text.strip()):
            self._begin()
        assert self.relation is not None
        self._member()
        self.fresh = False
        self.relation = Relation(self.relation.members[-1:], sign=sign, goes_on=len(self.relation.members) > 1)
        self.into.relations.append(self.relation)

    def _pause(self) -> None:
        """A line ends: it goes on in the next one if that begins, or this one ends, with a sign."""
        if _ANNOUNCED.search(self.text):
            self.text = self.text.rstrip(" :")
            self._end()
            self.words.append(".")
            return
        if _GOES_ON.search(self.text) and not _BEGINS.match(self.ahead):
            self.text += " "
            return
        self._finish()

    def _finish(self) -> None:
        if not self.fresh and self.relation is not None:
            self._member()
        elif self.text.strip():
            self._lone()
        self.text, self.fresh = "", True

    def _lone(self) -> None:
        """An expression without ``=``: it goes on with the next line, or with the one before."""
        text = self.text.strip(" ,.;:")
        if not text or _OPERATORS.fullmatch(text):
            return
        last = self.relation
        if last is not None and last.members and last.sign == "=" and _STARTS_ON.match(text):
            last.members[-1].text += " " + text
            return
        self.relation = Relation([Member(text, self.start)], " ".join(self.words))
        self.words = []
        self.into.relations.append(self.relation)

    def _stop(self, sign: str, place: int) -> None:
        if not self.text.strip() and self.fresh:
            return
        self._finish()
        if sign.strip(" ,;") or sign == ";":
            self.words.append(".")
        if sign.count("&") == 2:
            self.remarked = self.remarked or self.relation
        self.relation = None

    def _end(self) -> None:
        self._finish()
        self.relation = None

    def _row(self, sign: str, place: int) -> None:
        self._pause()
        if self.remarked is not None:
            self.relation, self.remarked = self.remarked, None


_PROPERTY = re.compile(rf"(?P<name>{NAME})\s*=\s*-?\s*(?P=name)\s*(?:'|ᵀ|\^\s*\{{?\s*(?:T|\\top|\\intercal)\s*\}}?)")


def _is_aside(relation: Relation) -> bool:
    """Whether a relation says something of a name, so that no line goes on with it: ``P = P^T``, ``x \\in R^n``."""
    texts = [m.text.strip() for m in relation.members]
    if not texts:
        return False
    return bool(membership(texts[0])) if len(texts) == 1 else _PROPERTY.fullmatch(" = ".join(texts)) is not None


_ENDS = {
    "row": _Builder._row, "then": _Builder._stop, "sep": _Builder._stop, "space": _Builder._stop,
    "rel": _Builder._equals, "other": _Builder._other, "dot": _Builder._stop,
}  # fmt: skip


def _is_prose(words: str | None) -> bool:
    found = re.findall(r"[A-Za-z]+(?:'[a-z]+)?", words or "")
    return not found or "$" in str(words) or any(is_word(w) for w in found) or len(found) > 1
