"""Reading many expressions that share their variables: shapes that suit all of them, then each by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.read.latex import Translator
from closedform.read.latex_lexer import Lexer
from closedform.read.latex_names import Known
from closedform.read.lexer import Token, Tokens, lex
from closedform.read.read import Reading, read_tokens
from closedform.read.spaces import space_text


@dataclass
class Shared:
    """Expressions read under one set of declarations.

    ``where`` declares all that is known; it grows as ``settle`` and ``declare`` learn more.
    """

    syntax: str
    where: str = ""
    declared: set[str] = field(default_factory=set)
    reading: Reading | None = None

    def tokens(self, text: str) -> Tokens:
        if self.syntax != "latex":
            return lex(text)
        signs = Lexer(text).read()
        known = Known(declared=set(self.declared))
        known.scan(signs)
        found = Translator(text, signs, known).run()
        if not found or found[-1].kind != "end":
            found.append(Token("end", "", len(text), len(text)))
        return Tokens(text, found)

    def settle(self, bound: dict[str, Tokens], others: Iterable[Tokens]) -> None:
        """Find shapes for all variables: of all expressions together, or of as many as fit, in order."""
        units = [*bound.items(), *((f"Q_{600 + k}", tokens) for k, tokens in enumerate(others))]
        found = self._joint(units)
        if found is None:
            kept = list[tuple[str, Tokens]]()
            for unit in units:
                tried = self._joint([*kept, unit])
                if tried is not None:
                    found, kept = tried, [*kept, unit]
        if found is not None:
            self.reading, self.where = found, _joined(self.where, found.where)
            self.where = found.where
            self.declared |= found.names.keys()

    def _joint(self, units: list[tuple[str, Tokens]]) -> Reading | None:
        try:
            return read_tokens(lex("0"), self._where_tokens(units))
        except ClosedformError:
            return None

    def _where_tokens(self, units: list[tuple[str, Tokens]]) -> Tokens:
        source, out = self.where, lex(self.where).tokens[:-1]
        for name, tokens in units:
            at = len(source)
            if out:
                out.append(Token("op", ",", at, at, 0))
            out += [Token("name", name, at, at, 1), Token("op", "=", at, at, 1)]
            out += [t._replace(start=t.start + at, end=t.end + at) for t in tokens.tokens if t.kind != "end"]
            source += tokens.source
        return Tokens(source, [*out, Token("end", "", len(source), len(source))])

    def declare(self, name: str, node: Node) -> None:
        """Make a name that of a variable of the shape of ``node``."""
        if name not in self.declared:
            self.declared.add(name)
            self.where = _joined(self.where, f"{name} in {space_text(node.shape)}")

    def node(self, text: str, like: Node | None = None) -> Node:
        """The expression; ``like`` is something of the shape that it should have, where that helps."""
        tokens = self.tokens(text)
        try:
            return self._read(tokens).node
        except ClosedformError as error:
            if like is None:
                raise
            try:
                return self._read_like(tokens, like)
            except ClosedformError:
                raise error from None

    def _read(self, tokens: Tokens) -> Reading:
        found = read_tokens(tokens, lex(self.where))
        new = [name for name in found.names if name not in self.declared]
        for name in new:
            if not name.startswith("d"):
                self.declare(name, found.names[name])
        return found

    def _read_like(self, tokens: Tokens, like: Node) -> Node:
        """``(expression) - Q`` for a Q of the shape."""
        end = len(tokens.source)
        around = [Token("op", ")", end, end), Token("op", "-", end, end), Token("name", "Q_599", end, end), tokens.tokens[-1]]
        framed = Tokens(tokens.source, [Token("op", "(", 0, 0), *tokens.tokens[:-1], *around])
        found = read_tokens(framed, lex(_joined(self.where, f"Q_599 in {space_text(like.shape)}")))
        return found.node.args[0]


def _joined(*parts: str) -> str:
    return ", ".join(p for p in parts if p)
