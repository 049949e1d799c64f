"""What is wrong with a step: the slip, small numbers to see it by, the right line, the property it would need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any

from closedform.calculus.adjoint import adjoint
from closedform.calculus.derive import linear_map
from closedform.calculus.differential import differential
from closedform.calculus.spaces import direction
from closedform.check.certificate import Claim
from closedform.errors import ClosedformError
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import ADD, MUL, SYM, mul, num, scale, sym, transpose
from closedform.judging.atoms import Atom
from closedform.judging.book import Moving, certified, disproved, entry_of, same, short
from closedform.judging.chains import Chain
from closedform.judging.components import plain_deltas
from closedform.judging.numbers import example
from closedform.judging.properties import under
from closedform.judging.records import Example
from closedform.judging.section import Section
from closedform.judging.slips import WHOLE_SIGN, Slip, find, scalar_lost, there_of
from closedform.read.lexer import Token, Tokens, lex
from closedform.read.read import read_tokens
from closedform.rewrite.display.context import Context
from closedform.rewrite.normal.engine import UNITY
from closedform.rewrite.normal.normal import normal
from closedform.rewrite.simplify.expand import expanded
from closedform.write.render import render

MAX_SCALARS, MAX_PRODUCTS, MAX_BRACKETED = 8, 4, 60


@dataclass(frozen=True)
class Full:
    """A reading of an expression: as written, and with definitions and differentials put in."""

    layout: str
    own: Node
    node: Node


class Explainer:
    """Explains member ``k`` of a chain, which should equal one of ``truth``."""

    def __init__(self, section: Section, chain: Chain, k: int, truth: list[Full], moving: Moving) -> None:
        self.section, self.book = section, section.book
        self.chain, self.k, self.truth, self.moving = chain, k, truth, moving

    def full(self, own: Node) -> Node:
        return self.book.full(own, self.moving)

    # -- what it is the derivative of
    @property
    def atom(self) -> Atom | None:
        """The derivative that the chain begins with, if it is one."""
        return self.section.lone_atom(self.chain.members[1 if self.chain.defines else 0])

    def pieces(self) -> list[list[Node]]:
        """The terms of the product rule, in the ways in which there are some."""
        atom, truth = self.atom, self.truth[0].node
        if atom is None or atom.order != 1:
            return [_terms(truth), *self._by_variable(), *self._by_definition()]
        f, x, entry = self.book.function_and_variable(atom)
        if not f.is_scalar:
            return [_terms(truth)]
        dx = direction(x)
        terms = _terms(differential(normal(f), {x: dx}))
        return [[entry_of(adjoint(t, [dx], UNITY)[dx], entry) for t in terms]]

    def _by_variable(self) -> list[list[Node]]:
        """Of a differential: one term for each variable, and one for each factor of a product as written."""
        function = self._differentiated()
        if function is None:
            return []
        found = list[list[Node]]()
        if len(self.moving) > 1:
            found.append([self.book.moved(function, frozenset({v})) for v in sorted(self.moving)])
        if function.op is MUL:
            args = function.args
            found.append([mul(*args[:k], self.book.moved(a, self.moving), *args[k + 1 :]) for k, a in enumerate(args)])
        return found + self._within(self.full(function))

    def _within(self, function: Node) -> list[list[Node]]:
        """One term for each factor of a product inside, while the others stand: ``u u'`` of ``log det(A + u u')``."""
        own = {n: sym(f"{n.params[0]}_fixed", *n.shape, n.params[1]) for n in postorder(function) if self._moves(n)}
        back = there_of({fixed: n for n, fixed in own.items()})
        moving = {m: [k for k, a in enumerate(m.args) if any(map(self._moves, postorder(a)))]
                  for m in postorder(function) if m.op is MUL and m is not function}  # fmt: skip
        found = list[list[Node]]()
        for m in [m for m, places in moving.items() if len(places) > 1][:MAX_PRODUCTS]:
            fixed = [rebuild(a, there_of(own)) for a in m.args]
            one = [mul(*fixed[:k], m.args[k], *fixed[k + 1 :]) for k in moving[m]]
            with_one = [rebuild(function, there_of({**own, m: product})) for product in one]
            found.append([rebuild(self.book.moved(f, self.moving), back) for f in with_one])
        return found

    def _moves(self, n: Node) -> bool:
        return n.op is SYM and n.params[0] in self.moving

    def _by_definition(self) -> Iterator[list[Node]]:
        """Where the differential of a name stands in the line before: one expression for each of its terms."""
        own = self.truth[0].own
        for n in postorder(own):
            name = n.params[0][1:] if n.op is SYM and n.params[0][0] == "d" else ""
            if name in self.book.defined:
                moved = self.book.moved(self.full(self.book.defined[name]), self.moving)
                yield [self.full(rebuild(own, there_of({n: t}))) for t in _terms(moved)]

    def _scalars(self) -> list[Node]:
        """Scalars that stand in what is differentiated."""
        atom = self.atom
        function = self.book.function_and_variable(atom)[0] if atom is not None else self._differentiated()
        every = [n for n in postorder(function) if n.is_scalar] if function is not None else []
        return [n for n in every if any(a.op is SYM for a in postorder(n))][-MAX_SCALARS:]

    # -- conventions
    def convention(self, now: list[Full]) -> str | None:
        """Another convention for gradients by a symmetric matrix in which the step is right."""
        atom = self.atom
        if atom is None or atom.order != 1:
            return None
        f, x, entry = self.book.function_and_variable(atom)
        if entry or not f.is_scalar or not {"sym", "psd", "pd"} & set(x.params[1]):
            return None
        for n in now:
            if n.node.shape != x.shape:
                continue
            if certified(Claim("gradient", f, n.node, x, convention="free")).ok:
                return f"the entries of {x.params[0]} on and above the diagonal are the free variables"
            half = scale(num("1/2"), n.node + transpose(n.node))
            if certified(Claim("gradient", f, half, x)).ok:
                return f"the gradient in the space of all matrices: that {x.params[0]} is symmetric is not used"
        return None

    def layout_of(self, found: Full, truth: list[Full]) -> str:
        return next((t.layout for t in truth if t.node.shape == found.node.shape), "")

    # -- a step that is wrong
    def refutation(self, now: list[Full]) -> dict[str, Any] | None:
        """What is wrong; None where it could not be shown that anything is."""
        turned = self._turned(now)
        if turned is not None:
            return turned
        pairs = [(t, n) for t in self.truth for n in now if t.node.shape == n.node.shape]
        if not pairs:
            return self._other_shape(now[0])
        truth, n = pairs[0]
        certificate = certified(Claim("equal", truth.node, n.node))
        shown = example(truth.node, n.node, where=self.section.conditions.equations)
        if shown is None and not disproved(certificate):
            return None
        second = self.atom is not None and self.atom.order == 2
        slip = find(n.own, truth.node, self.pieces(), self._right(truth), self._equals, lost_first=second)
        right_if = self._property(truth.node, n.node)
        if slip is None:
            slip = scalar_lost(n.own, self._scalars(), self._right(truth))
        if "symmetric" in right_if and (slip is None or "taken as equal" in slip.reason):
            slip = Slip("symmetric-matrix convention", "it is used that a matrix is symmetric, which is not said")
        slip = slip or Slip("does not follow", "the two sides differ")
        written = slip.name != "factor" and slip.reason != WHOLE_SIGN
        return {"slip": slip.name, "reason": slip.reason, "example": shown, "right_if": right_if,
                "right_line": self._right_line(slip.mended, written)}  # fmt: skip

    def _other_shape(self, now: Full) -> dict[str, Any]:
        reason = f"its size is {_shape(now.node)}, it should be {_shape(self.truth[0].node)}"
        tokens = self.section.tokens[id(self.chain.members[self.k])]
        slip, right = self._repaired(tokens)
        slip = slip or self._lost(now) or "sizes do not fit"
        shown = example(self.truth[0].node, now.node, shapes=True)
        return {"slip": slip, "reason": reason, "right_line": right or self._right_line(None), "example": shown}

    def _right(self, truth: Full) -> Callable[[Node], bool]:
        conditions = self.section.conditions

        def right(own: Node) -> bool:
            try:
                full = self.full(own)
                return own.shape == truth.node.shape and (same(truth.node, full) or conditions.agree(truth.node, full))
            except ClosedformError:
                return False

        return right

    def _equals(self, full: Node, own: Node) -> bool:
        here = self.full(own)
        return same(full, here) or self.section.conditions.agree(full, here)

    def _turned(self, now: list[Full]) -> dict[str, Any] | None:
        for t in self.truth:
            for n in now:
                if n.node.is_square or (n.node.cols, n.node.rows) != t.node.shape:
                    continue
                if not same(transpose(n.node), t.node):
                    continue
                right = self.printed(normal(transpose(n.own)), written=False)
                if self.atom is not None and t.node.is_column:
                    reason = "a gradient is a column, the shape of its variable; this is a row"
                    shown = side_by_side(t.node, n.node)
                    return {"slip": "gradient given as a row", "reason": reason, "right_line": right, "example": shown}
                if self.atom is not None:
                    reason = f"the gradient is {_shape(t.node)}, the shape of its variable; this is its transpose"
                    shown = side_by_side(t.node, n.node)
                    return {"slip": "mixed layouts", "reason": reason, "right_line": right, "example": shown}
                return {"slip": "dropped transpose", "reason": "this is the transpose of the line before",
                        "right_line": right, "example": side_by_side(t.node, n.node)}  # fmt: skip
        return None

    def _lost(self, now: Full) -> str:
        found = find(now.own, self.truth[0].node, [], lambda _: False, self._equals)
        return found.name if found else ""

    # -- the property that would make it right
    def _property(self, truth: Node, node: Node) -> str:
        return under(truth, node, self.moving)

    # -- the right line
    def _right_line(self, mended: Node | None, written: bool = True) -> str:
        """The line with its slip undone; else our own derivative; else the line before."""
        try:
            if mended is not None:
                return self.printed(mended if written else normal(mended), written=written)
            return self.printed(self._derived(), written=False)
        except ClosedformError:
            return ""

    def _derived(self) -> Node:
        truth = self.truth[0].node
        function = self._differentiated() if self.atom is None and len(self.moving) == 1 else None
        if function is not None:
            for x in postorder(function):
                if x.op is SYM and x.params[0] in self.moving:
                    return linear_map(normal(function), x).node
        return short(self.section.conditions.put(truth))

    def _differentiated(self) -> Node | None:
        """What the differential at the start of the chain is of."""
        name = self.section.lexed.lone_name(self.chain.members[0])
        if name[1:] in self.book.defined:
            return self.full(self.book.defined[name[1:]])
        if name[1:] in self.section.atoms.found and self.section.atoms.found[name[1:]].order == 1:
            return self.full(self.section.shared.node(self.section.atoms.found[name[1:]].of))
        return None

    def unmoved(self, now: list[Full]) -> str:
        """A name that is not in the function of the chain and whose differential stands in the line; "" if none is."""
        function = self._differentiated()
        if function is None:
            return ""
        inside = {n.params[0] for n in postorder(function) if n.op is SYM}
        steps = {n.params[0] for f in now for n in postorder(f.node) if n.op is SYM and n.params[0][:1] == "d"}
        return next((v for v in sorted(self.moving) if v not in inside and f"d{v}" in steps), "")

    def printed(self, node: Node, written: bool = True) -> str:
        reading = self.section.shared.reading
        order = reading.order if reading is not None else {}
        late = frozenset(f"d{v}" for v in self.moving)
        context = Context(order=order, naming=False, as_written=written, late=late)
        text = render(node, context, "latex" if self.section.shared.syntax == "latex" else "text")
        return self._named(plain_deltas(text))

    def _named(self, text: str) -> str:
        """Names that stand for what was written as a derivative are written out again."""
        for name, atom in self.section.atoms.found.items():
            for spelling in (rf"\Xi_{{{name[3:]}}}", name):
                d = "d²" if atom.sign == "d" and atom.order == 2 else "d"
                text = text.replace(f"d{spelling}", f"{d}({atom.of})").replace(spelling, _atom_text(atom))
        return text

    # -- a line whose sizes do not fit
    def misfit(self, text: str, error: ClosedformError) -> tuple[str, str, Example | None]:
        """The slip, the right line and numbers, of an expression that cannot be computed at all."""
        name, right = self._repaired(self.section.shared.tokens(text))
        mixed = "shapes differ" in error.message and self.atom is not None
        name = name or ("mixed layouts" if mixed else "sizes do not fit")
        return name, right or self._right_line(None), None

    def fits_bracketed(self, text: str) -> bool:
        """Whether a line is right with brackets around products that are numbers: ``v'A v'v`` as ``v'A (v'v)``."""
        once = list(_bracketed(self.section.shared.tokens(text)))
        twice = (two for one in once for two in _bracketed(one))
        for changed in islice((*once, *twice), MAX_BRACKETED):
            with suppress(ClosedformError):
                own = read_tokens(changed, lex(self.section.shared.where), self.section.shared.syntax).node
                if any(t.node.shape == own.shape and same(t.node, self.full(own)) for t in self.truth):
                    return True
        return False

    def _repaired(self, tokens: Tokens) -> tuple[str, str]:
        """A small change of what was typed that makes it right: its name, and the line."""
        once = list(_repairs(tokens))
        twice = [(n, again) for n, t in once for m, again in _repairs(t) if n == m] if len(once) <= 8 else []
        for name, changed in (*once, *twice):
            try:
                own = read_tokens(changed, lex(self.section.shared.where), self.section.shared.syntax).node
                for t in self.truth:
                    if t.node.shape == own.shape and same(t.node, self.full(own)):
                        return name, self.printed(own)
            except ClosedformError:
                continue
        return "", ""


def _terms(node: Node) -> list[Node]:
    node = expanded(normal(node))
    if node.op is not ADD:
        return [node]
    return [a if c == 1 else normal(num(c) * a) for c, a in zip(node.params[0], node.args, strict=True)]


def side_by_side(column: Node, row: Node) -> Example | None:
    """Numbers at which a column and the same as a row are seen side by side."""
    return example(column, row, flat=False)


def _shape(node: Node) -> str:
    return "a scalar" if node.is_scalar else f"{node.rows}×{node.cols}"


def _atom_text(atom: Atom) -> str:
    if atom.sign == "nabla":
        return f"∇{atom.of}"
    return f"∂{atom.of}/∂{atom.by}"


def _repairs(tokens: Tokens) -> Iterator[tuple[str, Tokens]]:
    """The tokens with one transpose more or less, or two neighbouring factors in the other order."""
    have = tokens.tokens
    for k, token in enumerate(have):
        if token.text == "'":
            yield "dropped transpose", replace(tokens, tokens=have[:k] + have[k + 1 :])
        elif token.kind == "name" or token.text in (")", "]"):
            mark = Token("op", "'", token.end, token.end)
            yield "dropped transpose", replace(tokens, tokens=[*have[: k + 1], mark, *have[k + 1 :]])
    factors = list(_factors(have))
    for (a, b), (c, d) in pairwise(factors):
        if all(t.text in ("*",) for t in have[b:c]):
            swapped = [*have[:a], *have[c:d], *have[b:c], *have[a:b], *have[d:]]
            yield "wrong factor order", replace(tokens, tokens=_spaced(swapped))


def _bracketed(tokens: Tokens) -> Iterator[Tokens]:
    """The tokens with one product of two or three neighbouring factors in brackets, that begins with a row."""
    have = tokens.tokens
    for a in range(len(have)):
        ends, at = list[int](), a
        while len(ends) < 3 and (end := _factor_end(have, at)) and (ends or have[end - 1].text == "'"):
            ends.append(end)
            at = end
        for end in ends[1:]:
            opened = Token("op", "(", have[a].start, have[a].start, 1)
            closed = Token("op", ")", have[end - 1].end, have[end - 1].end)
            yield replace(tokens, tokens=[*have[:a], opened, *have[a:end], closed, *have[end:]])


def _factor_end(have: list[Token], start: int) -> int:
    """Where the factor ends that begins at a place; 0 where none does."""
    begin, end = next(_factors(have[start:]), (1, 0))
    return start + end if begin == 0 and (not start or have[start - 1].text not in ("^", "_")) else 0


def _factors(have: list[Token]) -> Iterator[tuple[int, int]]:
    """Where factors start and end: names and brackets with what follows them."""
    k = 0
    while k < len(have):
        start = k
        if have[k].kind == "name":
            k += 1
        elif have[k].text in ("(", "<"):
            depth = 0
            while k < len(have):
                depth += (have[k].text in ("(", "<", "[")) - (have[k].text in (")", ">", "]"))
                k += 1
                if depth == 0:
                    break
        else:
            k += 1
            continue
        while k < len(have) and have[k].text in ("'", "^"):
            k += 1 if have[k].text == "'" else (3 if have[k + 1].text == "-" else 2)
        yield start, k


def _spaced(tokens: list[Token]) -> list[Token]:
    return [t._replace(gap=1) if t.kind == "name" else t for t in tokens]


def agreeing(truth: list[Full], now: list[Full]) -> list[Full]:
    return [n for n in now if any(same(t.node, n.node) for t in truth)]
