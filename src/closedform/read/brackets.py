"""What stands between an opening bracket and its closing one, and the tree it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from closedform.errors import ReadError
from closedform.read.syntax import Call, Group, Inner, Norm, Number, Over, Product, Stack, Sum, Tree

if TYPE_CHECKING:
    from closedform.read.parser import Parser


@dataclass(slots=True)
class Frame:
    """An open bracket: ``kind`` is "" (the whole), ``( call block < { | ||``."""

    kind: str
    start: int
    power: tuple[Tree, str, bool] | None = None
    call: Call | None = None
    index: tuple[str, str, str] | None = None
    args: list[Tree] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    terms: list[tuple[int, Tree]] = field(default_factory=list)
    sign: int = 1
    left: Tree | None = None
    factors: list[tuple[str, Tree]] = field(default_factory=list)
    operator: str = ""
    negative: bool = False
    pending: bool = False

    def end_product(self, parser: Parser) -> Tree:
        parser._seal("")
        factors, self.factors, self.pending, self.operator = self.factors, [], False, ""
        if len(factors) == 1:
            return factors[0][1]
        span = (factors[0][1].span[0], factors[-1][1].span[1])
        return parser.keep(Product(span, tuple(factors)))

    def end_inner(self, parser: Parser) -> None:
        """A product ends at ``:`` or with its term; it is the right side of a ``:`` before it."""
        tree = self.end_product(parser)
        if self.left is not None:
            tree = parser.keep(Inner((self.left.span[0], tree.span[1]), self.left, tree))
        self.left = tree

    def end_term(self, parser: Parser) -> None:
        self.end_inner(parser)
        assert self.left is not None
        self.terms.append((self.sign, self.left))
        self.left, self.sign = None, 1

    def finish(self, parser: Parser) -> Tree:
        """The sum that has been read, made ready for the next argument."""
        self.end_term(parser)
        terms, self.terms = self.terms, []
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        start = terms[0][1].span[0]
        if terms[0][0] == -1:
            start = parser.source.rfind("-", 0, start) if "-" in parser.source[:start] else start
        return parser.keep(Sum((start, terms[-1][1].span[1]), tuple(terms)))


def close_frame(parser: Parser, frame: Frame, end: int, mark: str) -> Tree:
    """The tree of a bracket whose arguments are complete."""
    span, args = (frame.start, end), tuple(frame.args)
    if frame.kind == "call":
        return _call(parser, frame, span, args)
    if frame.kind == "block":
        bounds = [0, *frame.rows, len(args)]
        return Stack(span, tuple(args[a:b] for a, b in pairwise(bounds)))
    if frame.kind == "<":
        if len(args) != 2:
            raise _error(parser, "< > takes two arguments", span, "Write <x, y>; for a sum of matrices x'*(A + B)*x.")
        return Inner(span, *args)
    if frame.kind == "|":
        return Call(span, "|", args)
    if frame.kind == "||" and mark.isdigit() and mark not in MARKS and mark != "0":
        by = parser.keep(Number((end - len(mark), end), Fraction(mark)))
        return Call(span, "norm", (args[0], by))
    if frame.kind == "||":
        return Norm(span, args[0], _mark(parser, span, mark))
    return Group(span, args[0])


def _call(parser: Parser, frame: Frame, span: tuple[int, int], args: tuple[Tree, ...]) -> Tree:
    call = frame.call
    assert call is not None
    if frame.index is None:
        return Call(span, call.name, args, call.kind, call.abstract)
    parser.scope.indices.remove(frame.index[0])
    if len(args) != 1:
        hint = f"Nest them: {call.name}(i, {call.name}(j, …))."
        raise _error(parser, "a sum or product over an index takes one body", span, hint)
    return Over(span, *frame.index, args[0], call.name)


MARKS = {"": "", "2": "2", "F": "F", "fro": "F", "Fro": "F", "1": "1", "inf": "inf"} | {
    "∞": "inf", "infty": "inf", "*": "nuc", "nuc": "nuc", "op": "op", "11": "11", "max": "max",
}  # fmt: skip


def _mark(parser: Parser, span: tuple[int, int], mark: str) -> str:
    if mark == "2,1":
        hint = "Write sum(i, ||A[i,:]||) for that of the rows, sum(j, ||A[:,j]||) for that of the columns."
        raise _error(parser, "the norm _2,1 may be the sum of the norms of the rows or of the columns", span, hint)
    if mark not in MARKS:
        by = f" The p-norm is norm(x, {mark}), where {mark} in R." if len(mark) == 1 and mark.isalpha() else ""
        raise _error(parser, f"the norm _{mark} is not known", span, "Marks are _2, _1, _inf, _F, _* and _op." + by)
    return MARKS[mark]


def _error(parser: Parser, message: str, span: tuple[int, int], hint: str) -> ReadError:
    return ReadError(message, span=span, source=parser.source, hint=hint)
