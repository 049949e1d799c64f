"""The expressions of a derivation read: what they say, in the layouts that derivatives in them may have."""

from __future__ import annotations

import re
from dataclasses import dataclass

from closedform.errors import ClosedformError, ReadError, ShapeError
from closedform.expr.node import Node
from closedform.functions.algebra import transpose
from closedform.judging.atoms import Atom, turned
from closedform.judging.book import Book
from closedform.judging.components import sized_deltas
from closedform.judging.lexed import Lexed
from closedform.judging.relations import Member
from closedform.judging.typed import entrywise
from closedform.read.lexer import Tokens

_NUMERATOR = re.compile(r"\b(?:numerator|Jacobian)[- ](?:layout|convention)", re.IGNORECASE)
"""Words by which a gradient by a matrix is the transpose of what it is else."""


@dataclass(frozen=True)
class Said:
    """A way to read a member: its layout, and the expression as written."""

    layout: str
    own: Node


class Members:
    """Reads the expressions of a derivation, by names of which the book says what they stand for."""

    def __init__(self, lexed: Lexed, book: Book) -> None:
        self.lexed, self.book = lexed, book
        self.atoms, self.shared = lexed.atoms, lexed.shared
        self.likes: dict[int, Node] = {}  # of definitions: something of their size
        self.unread: list[str] = []  # names whose definitions could not be read

    def read(self, member: Member, like: Node | None = None) -> list[Said]:
        """All ways to read an expression: one, but for the layouts of derivatives that stand in it."""
        if id(member) in self.lexed.wholes:
            return self._as_typed_or_of_all(member, like)
        try:
            return self._read(member, like)
        except ShapeError as error:
            text = self.lexed.texts.get(id(member), "")
            other = self._otherwise(text, error.message)
            if other == text:
                raise
            return self._read_as(member, other, like)

    def _as_typed_or_of_all(self, member: Member, like: Node | None) -> list[Said]:
        """``∇_x x'Ax + b'x``: the derivative of the first term, and that of all."""
        text, tokens = self.lexed.wholes.pop(id(member)), self.lexed.tokens[id(member)]
        found, problem = list[Said](), None
        for of_all in (False, True):
            try:
                found += self._read_tokens(self.shared.tokens(text), text, like) if of_all else self.read(member, like)
            except ClosedformError as error:
                problem = problem or error
        self.lexed.wholes[id(member)], self.lexed.tokens[id(member)] = text, tokens
        if not found and problem is not None:
            raise problem
        return found

    def _otherwise(self, text: str, problem: str) -> str:
        """Another way to read a text that does not fit: its deltas with a size, its quotients by entries."""
        document = self.lexed.outline.document
        if "\\delta" in problem:
            return sized_deltas(text, document.source)
        if "diag takes a vector" in problem:
            return self.lexed.with_diagonals(text)
        if "nothing is divided by" in problem:
            return entrywise(text, document.syntax)
        return text

    def _read_as(self, member: Member, text: str, like: Node | None) -> list[Said]:
        self.lexed.texts[id(member)], self.lexed.tokens[id(member)] = text, self.shared.tokens(text)
        return self._read(member, like)

    def _read(self, member: Member, like: Node | None) -> list[Said]:
        if id(member) in self.lexed.problems:
            raise self.lexed.problems[id(member)]
        like = like or self.likes.get(id(member))
        return self._read_tokens(self.lexed.tokens[id(member)], self.lexed.texts[id(member)], like)

    def _read_tokens(self, tokens: Tokens, text: str, like: Node | None) -> list[Said]:
        self._check(tokens)
        names = list(dict.fromkeys(self.lexed.derivatives(tokens)))
        if not names:
            return [Said("", self.shared.node(text, like))]
        found = {name: self.atoms.found[name] for name in names}
        for name in names:
            self.declare(name)
        if len(tokens.tokens) == 2:
            return self._alone(names[0], found[names[0]])
        return self._with_layouts(text, found, like)

    def _check(self, tokens: Tokens) -> None:
        """Refuse what is said of a name whose definition could not be read."""
        names = {t.text for t in tokens.tokens if t.kind == "name"}
        texts = [self.atoms.found[n.removeprefix("d")].of for n in names if n.removeprefix("d") in self.atoms.found]
        for name in self.unread:
            if {name, "d" + name} & names or any(re.search(rf"(?<![\w\\]){re.escape(name)}(?!\w)", t) for t in texts):
                raise ReadError(f"the definition of {name} could not be read")

    def declare(self, name: str) -> None:
        """Make a derivative, and its transpose, a variable of its shape."""
        own = self.book.derivative(self.atoms.found[name])
        self.shared.declared.discard(name)
        self.shared.declare(name, own)
        self.shared.declare(turned(name), transpose(own))

    def _alone(self, name: str, atom: Atom) -> list[Said]:
        own = self.shared.node(self.atoms.spelled(name))
        row = Said("row", transpose(own))
        f, x, _ = self.book.function_and_variable(atom)
        if not f.is_scalar and not x.is_scalar and atom.order == 1:
            ways = [Said("numerator", own), Said("denominator", row.own)]
            return ways[:1] if atom.sign == "jacobian" else ways
        by_matrix = atom.sign == "partial" and atom.order == 1 and f.is_scalar and not x.is_column
        turned_by_words = by_matrix and _NUMERATOR.search(self.lexed.outline.document.said) is not None
        if turned_by_words or (atom.sign != "nabla" and own.is_column and not own.is_scalar):
            return [Said("column", own), row]
        return [Said("", own)]

    def _with_layouts(self, text: str, found: dict[str, Atom], like: Node | None) -> list[Said]:
        out, problem = list[Said](), None
        rows = {n for n, a in found.items() if a.sign == "partial" and self.book.derivative(a).is_column}
        jacobians = {n for n, a in found.items() if not self.book.derivative(a).is_column and a.order == 1}
        for layout, chosen in (("", set[str]()), ("row", rows), ("denominator", jacobians), ("both", rows | jacobians)):
            if layout and not chosen:
                continue
            try:
                out.append(Said(layout, self.shared.node(self._turned(text, chosen), like)))
            except ShapeError as error:
                problem = problem or error
        if not out and problem is not None:
            raise problem
        return out

    def _turned(self, text: str, names: set[str]) -> str:
        for name in names:
            text = text.replace(self.atoms.spelled(name), self.atoms.spelled(turned(name)))
        return text
