"""From the pieces of a derivation to its relations: what is one statement, and where one goes on."""

from __future__ import annotations

import re

from closedform.judging.names import NAME
from closedform.judging.pieces import Piece
from closedform.judging.prose import is_word, membership
from closedform.judging.relations import Member, Relation
from closedform.judging.updates import ARROW


def relations_of(pieces: list[Piece], syntax: str) -> list[Relation]:
    """The relations in order, each with the words before it."""
    builder = _Builder(syntax)
    builder.build(pieces)
    return builder.relations


_SCAN = re.compile(
    r"""(?P<row>\\\\(?:\[[^\]]*\])?)
    |(?P<open>\\begin\{[a-zA-Z]*(?:matrix|array|cases)\}|\\langle|\\\{|[({\[⟨])
    |(?P<close>\\end\{[a-zA-Z]*(?:matrix|array|cases)\}|\\rangle|\\\}|[)}\]⟩])
    |(?P<drop>\\h?phantom\s*\{[^{}]*\}|\\label\{[^{}]*\}|\\tag\*?\{[^{}]*\}|\\nonumber|\\notag|\\displaystyle|\\(?:begin|end)\{(?:aligned|split|gathered|align\*?)\}|&\s*&(?=\s*=)|&(?!\s*&)|\\therefore|∴|\\because)
    |(?P<then>\\implies\b|\\Rightarrow\b|\\Longrightarrow\b|\\iff\b|\\Leftrightarrow\b|\\Longleftrightarrow\b|\\leadsto\b|\\rightsquigarrow\b|&\s*&|<=>|=>|==>|⟹|⇒|⇔|⟺)
    |(?P<said>\\(?:text|textrm|textit|mbox|intertext|shortintertext|quad\\text)\s*\{(?P<words>(?:[^{}]|\$[^$]*\$)*)\})
    |(?P<space>\\q?quad\b)
    |(?P<rel>=:|:=|\\coloneqq\b|\\triangleq\b|\\equiv\b|≡|≔|\\(?:overset|stackrel)\s*\{[^{}]*\}\s*\{=\}|=)
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
_STATED = re.compile(r"(?<=[^\s:]):\s(?=(?:(?!\\\\)[^:=])*=)")
"""A colon that stands close, behind an equation and before one: ``A x = b: A A'v = b``."""
_BY = {"by", "for", "in", "to", "wrt"}
_LISTED = re.compile(rf"\s*{NAME}(?:\s*,\s*{NAME})+\s*(?:\\in\b|∈)")
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

    def __init__(self, syntax: str) -> None:
        self.syntax = syntax
        self.relations = list[Relation]()
        self.words: list[str] = []
        self.relation: Relation | None = None  # the present one, which may go on
        self.text, self.start = "", 0
        self.ahead = ""  # the formula that follows
        self.fresh = True  # nothing of the present statement has been read
        self.named: Relation | None = None  # the one that ends with ``=: c``
        self.remarked: Relation | None = None  # the one that a remark in its row stands behind

    def build(self, pieces: list[Piece]) -> None:
        for k, piece in enumerate(pieces):
            self.ahead = next((p.text for p in pieces[k + 1 : k + 3] if p.kind == "formula"), "")
            if piece.kind == "formula":
                self._formula(piece)
                if self.syntax == "latex":
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
            elif sign == ":" and depth == 0 and self._is_stated(text, found.start()):
                self._stop(";", place)
            elif kind == "drop":
                self.text += " " * len(sign) if self.text else ""
            elif depth == 0 and kind in _ENDS and not self._inside(kind, found):
                self.ahead = text[found.end() : found.end() + 200] if kind == "row" else self.ahead
                _ENDS[kind](self, sign, place)
            else:
                self._add(sign, place)

    def _is_stated(self, text: str, place: int) -> bool:
        """Whether a colon ends a statement, or what ``by S:`` says of the next one."""
        if not _STATED.match(text, place):
            return False
        last = self.words[-1].lower() if self.words else ""
        return not self.fresh or (last in _BY and re.fullmatch(NAME, self.text) is not None)

    def _inside(self, kind: str, found: re.Match[str]) -> bool:
        """Whether a comma stands in ``<x, y>`` of text or in ``x, y ∈ R``."""
        if kind == "sep" and self.fresh and _LISTED.match(self.text + found.string[found.start() :]):
            return True
        if kind != "sep" or self.syntax == "latex":
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
        if sign == "=:":
            self.named = self.relation

    def _begin(self) -> None:
        """A new relation, whose first member is what has been read."""
        kind = _KIND.search(" ".join(self.words)) if not self.text.strip() else None
        if kind is not None:  # the gradient = …
            self.relation = Relation([Member(_KINDS[kind[1][0].lower()], self.start, kind[1])], " ".join(self.words))
            self.words = []
            self.relations.append(self.relation)
            return
        if not self.text.strip() and self.relations and self.relation is None:
            last = next((r for r in reversed(self.relations[-4:]) if not _is_aside(r)), self.relations[-1])
            if last.sign == "=":
                self.relation = last
                return
        self.relation = Relation([], " ".join(self.words))
        self.words = []
        self.relations.append(self.relation)

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
        before = self.relation
        self.relation = Relation(before.members[-1:], before.words, sign, goes_on=len(before.members) > 1)
        self.relations.append(self.relation)

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
            self._name()
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
        self.relations.append(self.relation)

    def _name(self) -> None:
        """``… =: c`` is the definition of c by what stands before it."""
        if self.named is not None and len(self.named.members) > 1:
            name = self.named.members.pop()
            if len(self.named.members) == 1:
                self.named.members.insert(0, name)
                self.named.words += " let"
            else:
                self.relations.append(Relation([name, self.named.members[-1]], "let"))
        self.named = None

    def _stop(self, sign: str, place: int) -> None:
        if not self.text.strip() and self.fresh:
            return
        self._finish()
        if sign.strip(" ,;") or sign == ";":
            self.words.append("&" if sign.count("&") == 2 or "quad" in sign else ".")
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
