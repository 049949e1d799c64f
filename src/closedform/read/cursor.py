"""The state of the parser: where it is, the brackets that are open, and what it says where it cannot go on."""

from __future__ import annotations

from typing import NoReturn

from closedform.errors import LimitError, ReadError
from closedform.read.brackets import Frame
from closedform.read.lexer import Token
from closedform.read.names import Scope
from closedform.read.syntax import Tree

MAX_TREES = 40_000


class Cursor:
    """A place in ``tokens``, with what was read so far; ``trees`` are the parts, inner ones first."""

    def __init__(self, source: str, tokens: list[Token], scope: Scope, place: int = 0) -> None:
        self.source, self.tokens, self.scope, self.place = source, tokens, scope, place
        self.trees: list[Tree] = []
        self.frames: list[Frame] = [Frame("", tokens[place].start)]
        self.current: Tree | None = None
        self.power: tuple[Tree, str, bool] | None = None
        self.tower = 0
        self.bars = 0  # those of the present bar token that are used up

    # -- helpers
    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    @property
    def top(self) -> Frame:
        return self.frames[-1]

    def fail(self, message: str, span: tuple[int, int] | None = None, hint: str = "") -> NoReturn:
        raise ReadError(message, span=span or (self.token.start, self.token.end), source=self.source, hint=hint)

    def typed(self, tree: Tree) -> str:
        return self.source[tree.span[0] : tree.span[1]]

    def keep(self, tree: Tree) -> Tree:
        self.trees.append(tree)
        if len(self.trees) > MAX_TREES:
            raise LimitError(f"the formula has over {MAX_TREES} parts (limit: parts)")
        return tree
