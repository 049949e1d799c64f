"""Reading many expressions that share their variables: shapes that suit all of them, then each by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from closedform.errors import ClosedformError, LimitError
from closedform.expr.node import Node
from closedform.read.lexer import Token, Tokens, lex
from closedform.read.read import Reading, read_tokens
from closedform.read.spaces import space_text
from closedform.read.typeset import lex_latex

MAX_LENGTH, MAX_SIGNS = 3000, 600
Unit = tuple[str, Tokens]
_UNCLEAR = re.compile(r"(\w+) may be the (?:length|number|size)")
_OURS = re.compile(r"^dXi(\d{3,4})$")
"""The differential of a name of ours, as the LaTeX reader spells it."""


@dataclass
class Shared:
    """Expressions read under one set of declarations.

    ``where`` declares all that is known; it grows as ``settle`` and ``declare`` learn more.
    """

    syntax: str
    where: str = ""
    declared: set[str] = field(default_factory=set)
    reading: Reading | None = None
    reserved: frozenset[str] = frozenset()
    """Letters that are indices somewhere."""
    fixed: frozenset[str] = frozenset()
    """Indices that stand for one entry each: ``k`` of ``\\partial x_k``."""
    spaces: dict[str, str] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    """Names of sizes of which it is not said whose they are."""
    read: dict[tuple[str, str], Node] = field(default_factory=dict)

    def tokens(self, text: str) -> Tokens:
        if self.syntax != "latex":
            return lex(text)
        found = lex_latex(text, self.where, fixed=self.fixed)[0]
        return replace(found, tokens=[t._replace(text=_OURS.sub(r"dXi_\1", t.text)) for t in found.tokens])

    def settle(self, bound: dict[str, Tokens], others: Iterable[Tokens]) -> None:
        """Find shapes for all variables: of all expressions together, or of as many as fit, in order.

        What is defined comes first: another line may say of a variable how large it is, not that it is a scalar.
        """
        rest = [(f"Q_{600 + k}", tokens) for k, tokens in enumerate(others)]
        first, kept = self._most(None, [], list(bound.items()))
        found, kept = self._most(first, kept, rest)
        if found is not None:
            self.reading, self.where = found, found.where
            self.declared |= found.names.keys()

    def _most(self, found: Reading | None, kept: list[Unit], units: list[Unit]) -> tuple[Reading | None, list[Unit]]:
        """The reading of all units, or of as many as fit with what was found before."""
        whole = self.joint([*kept, *units]) if units else found
        if whole is not None and _same_kinds(found, whole):
            return whole, [*kept, *units]
        for unit in units:
            tried = self.joint([*kept, unit])
            if tried is not None and _same_kinds(found, tried):
                found, kept = tried, [*kept, unit]
        return found, kept

    def joint(self, units: list[Unit]) -> Reading | None:
        try:
            return read_tokens(lex("0"), self._where_tokens(units), self.syntax, self.reserved)
        except ClosedformError as error:
            self.unclear |= {m[1] for m in [_UNCLEAR.match(error.message)] if m is not None}
            return None

    def _where_tokens(self, units: list[Unit]) -> Tokens:
        source, out, upright = self.where, lex(self.where).tokens[:-1], frozenset[str]()
        for name, tokens in units:
            at = len(source)
            if out:
                out.append(Token("op", ",", at, at, 0))
            out += [Token("name", name, at, at, 1), Token("op", "=", at, at, 1)]
            out += [t._replace(start=t.start + at, end=t.end + at) for t in tokens.tokens if t.kind != "end"]
            source += tokens.source
            upright |= tokens.upright
        end = Token("end", "", len(source), len(source))
        return Tokens(source, [*out, end], (), upright, self.syntax == "latex")

    def declare(self, name: str, node: Node) -> None:
        """Make a name that of a variable of the shape of ``node``."""
        if name not in self.declared:
            self.declared.add(name)
            space = space_text(node.shape)
            before = f"{name} in {self.spaces.get(name)}"
            if before in self.where.split(", "):
                self.where = ", ".join(f"{name} in {space}" if w == before else w for w in self.where.split(", "))
                self.spaces[name] = space
            elif self.spaces.get(name) != space:
                self.where, self.spaces[name] = _joined(self.where, f"{name} in {space}"), space

    def node(self, text: str, like: Node | None = None) -> Node:
        """The expression; ``like`` is something of the shape that it should have, where that helps."""
        key = (text, self.where)
        if key in self.read:
            return self.read[key]
        tokens = self.tokens(text)
        try:
            found = self._read(tokens).node
            self.read[key] = found
            return found
        except ClosedformError as error:
            if "has no power" in error.message and (by_entry := self._by_entry(tokens)) is not None:
                return self._read(by_entry).node
            if like is None:
                raise
            try:
                return self._read_like(tokens, like)
            except ClosedformError:
                raise error from None

    def _by_entry(self, tokens: Tokens) -> Tokens | None:
        """``1 - h^2`` of a vector h, with the power of each entry."""
        every = tokens.tokens
        columns = {name for name, space in self._spaces().items() if re.fullmatch(r"R\^(?:\w+|\([^×]*\))", space)}
        out = [
            t._replace(text=".^") if t.text == "^" and k and every[k - 1].text in columns else t
            for k, t in enumerate(every)
        ]
        return replace(tokens, tokens=out) if out != every else None

    def _spaces(self) -> dict[str, str]:
        return dict(part.split(" in ", 1) for part in self.where.split(", ") if " in " in part)

    def _read(self, tokens: Tokens) -> Reading:
        found = read_tokens(tokens, lex(self.where), self.syntax, self.reserved)
        new = [name for name in found.names if name not in self.declared]
        for name in new:
            if not name.startswith("d"):
                self.declare(name, found.names[name])
        return found

    def _read_like(self, tokens: Tokens, like: Node) -> Node:
        """``(expression) - Q`` for a Q of the shape."""
        end = len(tokens.source)
        around = [Token("op", ")", end, end), Token("op", "-", end, end), Token("name", "Q_599", end, end)]
        framed = replace(tokens, tokens=[Token("op", "(", 0, 0), *tokens.tokens[:-1], *around, tokens.tokens[-1]])
        where = lex(_joined(self.where, f"Q_599 in {space_text(like.shape)}"))
        found = read_tokens(framed, where, self.syntax, self.reserved)
        return found.node.args[0]


def check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise LimitError(f"this line has {len(text)} characters (limit: {MAX_LENGTH} in a line)")


def limited(tokens: Tokens) -> Tokens:
    if len(tokens.tokens) > MAX_SIGNS:
        raise LimitError(f"this line has {len(tokens.tokens)} signs (limit: {MAX_SIGNS} in a line)")
    return tokens


def _same_kinds(before: Reading | None, after: Reading) -> bool:
    """Whether no scalar has become a vector, and so on."""
    known = before.names if before is not None else {}
    return all(name in after.names and _kind(x) == _kind(after.names[name]) for name, x in known.items())


def _kind(x: Node) -> tuple[bool, bool]:
    return x.rows.number == 1, x.cols.number == 1


def _joined(*parts: str) -> str:
    return ", ".join(p for p in parts if p)
