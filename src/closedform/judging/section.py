"""One derivation made ready: shapes found for its variables, its definitions read, its derivatives named."""

from __future__ import annotations

import re

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.judging.atoms import Atom
from closedform.judging.book import Book, Moving
from closedform.judging.chains import Chain, Outline
from closedform.judging.conditions import Conditions
from closedform.judging.definitions import define
from closedform.judging.lexed import Lexed
from closedform.judging.members import Members, Said
from closedform.judging.movement import Movement
from closedform.judging.prose import named_variables
from closedform.judging.relations import Member
from closedform.judging.settling import settle


class Section:
    """A derivation: its chains, the texts and signs of their members, and the book of what names stand for."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.lexed = Lexed(outline)
        self.atoms, self.shared, self.tokens = self.lexed.atoms, self.lexed.shared, self.lexed.tokens
        self.book = Book(self.shared, self.atoms)
        self.book.respect = named_variables(outline.document.said)
        self.conditions = Conditions()
        self.assumed = settle(self.lexed)
        self.members = Members(self.lexed, self.book)
        define(self.members)
        self.movement = Movement(self.lexed, self.book)

    def read(self, member: Member, like: Node | None = None) -> list[Said]:
        """All ways to read an expression; ``like`` is something of the shape that it should have."""
        return self.members.read(member, like)

    def text(self, member: Member) -> str:
        return self.lexed.texts[id(member)]

    def lone_atom(self, member: Member) -> Atom | None:
        """The derivative that an expression is, if it is one."""
        return self.atoms.found.get(self.lexed.lone_name(member))

    def derived(self, member: Member) -> bool:
        """Whether a derivative or a differential stands in an expression."""
        return self.lexed.derived(member)

    def moving(self, chain: Chain) -> Moving:
        """The variables that move in a chain."""
        return self.movement.moving(chain)

    def gradients(self, by: str = "") -> list[tuple[Node, str]]:
        """The gradient of the function that the derivation is about, by what moves or by a variable."""
        name = self.outline.function
        try:
            variables = [by] if by else self.book.variables[:1]
            found = [(self.book.derivative(Atom("nabla", name, v)), v) for v in variables]
            return [(g, v) for g, v in found if not by or (x := self.book.symbol(by)) is None or g.shape == x.shape]
        except ClosedformError:
            return []

    def twice_meant(self) -> str:
        """A small letter that is a family of vectors and stands alone as well; "" where there is none."""
        document, reading = self.outline.document, self.shared.reading
        if document.syntax != "latex" or reading is None:
            return ""
        source = re.sub(r"\\[A-Za-z]+", " ", document.source)
        alone = (a for a in reading.families if re.search(rf"(?<![A-Za-z]){re.escape(a)}(?![A-Za-z_]|\s*\}}_)", source))
        return next((a for a in alone if len(a) == 1 and a.islower()), "")

    def notes(self) -> list[str]:
        """What was assumed of names, and what families are as wholes."""
        reading = self.shared.reading
        families = sorted(reading.families) if reading is not None else []
        said = [f"{a} is the matrix with the rows {a}[i]" for a in families if not a.startswith(("Xi_", "Q_"))]
        return [a for a in [*self.assumed, *said] if "Xi_" not in a and "Q_" not in a]
