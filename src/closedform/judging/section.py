"""One derivation made ready: shapes found for its variables, its definitions read, its derivatives named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from closedform.errors import ClosedformError, ReadError, ShapeError
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM, transpose
from closedform.judging.applied import put_in
from closedform.judging.atoms import Atom, Atoms, turned
from closedform.judging.book import Book, Moving
from closedform.judging.chains import FUNCTIONS, Chain, Outline
from closedform.judging.components import (
    defined_entries,
    free_letters,
    index_letters,
    sized_deltas,
    sums_by_convention,
    with_definitions,
    with_entries,
    with_sums,
)
from closedform.judging.conditions import Conditions
from closedform.judging.names import NAME, bare, cleaned, is_differential
from closedform.judging.outline import abstract, hessian_or_gradient
from closedform.judging.prose import WRITTEN, named_variables
from closedform.judging.reading import Shared, check_length, limited
from closedform.judging.relations import Member
from closedform.judging.rows import rows_of, with_rows
from closedform.judging.solutions import plain_stars
from closedform.judging.typed import apart, typed
from closedform.read.lexer import Tokens, lex
from closedform.read.read import read_tokens
from closedform.read.spaces import space_text
from closedform.read.vocabulary import APPLIED

_APART = re.compile(
    r"\b(?:similarly|analogously|likewise|same way|fixed|fixing|hold|holding|constant|symmetry"
    r"|also|only|alone|varies|vary|varying)\b",
    re.IGNORECASE,
)
"""Words that say that one variable moves while others stay."""


_VARIATION = re.compile(r"(?:\\delta(?![A-Za-z])|δ)\s*\\?[A-Za-z]+(?:\([^()]*\))?\s*&?=")


@dataclass(frozen=True)
class Said:
    """A way to read a member: its layout, and the expression as written."""

    layout: str
    own: Node


class Section:
    """A derivation: its chains, with texts in which derivatives have names, and the book of what names stand for."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        source = outline.document.source
        self.atoms = Atoms(outline.document.syntax, dict(outline.functions))
        self.atoms.bodies = self._bodies()
        self.atoms.variations = _VARIATION.search(source) is not None
        self.rows = rows_of(source)
        self.free = free_letters(source, outline.document.syntax)
        self.summing = sums_by_convention(source)
        texts = {n: c.members[1].text for n, c in outline.defined.items() if c.defines == n}
        entries = defined_entries(texts) if outline.document.syntax == "latex" else {}
        self.entries = {n: (at, with_rows(body, self.rows, "latex")) for n, (at, body) in entries.items()}
        self._wholes = list[Member]()
        self._whole_vectors()
        self.shared = Shared(outline.document.syntax, ", ".join(dict.fromkeys(outline.where)))
        self.shared.reserved = frozenset(self.free | index_letters(source))
        self.shared.fixed = frozenset(self.free | {at for at, _ in self.entries.values()})
        self.book = Book(self.shared, self.atoms)
        self.book.respect = named_variables(outline.document.said)
        self.conditions = Conditions()
        self.assumed: tuple[str, ...] = ()
        self.texts: dict[int, str] = {}
        self.tokens: dict[int, Tokens] = {}
        self.problems: dict[int, ClosedformError] = {}
        self._likes: dict[int, Node] = {}  # of definitions: something of their size
        self._unread: list[str] = []  # names whose definitions could not be read
        self.shared.declared |= outline.defined.keys()
        for chain in outline.chains:
            if chain.judged:
                for k, member in enumerate(chain.members):
                    self._lex(member, first=k == 0 and bool(chain.defines))
        for whole in self._wholes:
            self._lex(whole, first=False)
        self._implied()
        self._settle()
        self._definitions()
        self._moving()

    def _whole_vectors(self) -> None:
        """A name that stands alone is the vector of the entries that were defined: ``p_i = …``, then ``p``."""
        texts = [m.text for chain in self.outline.chains for m in chain.members]
        for name, (index, body) in self.entries.items():
            alone = re.compile(rf"(?<![A-Za-z\\])(?:{NAME})(?!\s*[_({{])")
            names = {bare(m.group()) for t in texts for m in alone.finditer(t)}
            if name in names - self.outline.defined.keys():
                start = self.outline.defined[f"{name}_{index}"].members[1].start
                whole = Member(rf"\sum_{{{index}}} \left({body}\right) I_{{:,{index}}}", start)
                self.outline.defined[name] = Chain([Member(name, start), whole], defines=name)
                self._wholes.append(whole)

    def _bodies(self) -> dict[str, str]:
        """The text of each function of one argument that the derivation defines."""
        out = {}
        for spelled, argument in self.outline.functions.items():
            chain, name = self.outline.defined.get(bare(spelled)), bare(spelled)
            if chain is not None and name not in APPLIED and re.fullmatch(NAME, argument):
                out[spelled] = cleaned(chain.members[1].text)
        return out

    def _lex(self, member: Member, first: bool) -> None:
        if first:
            return
        try:
            check_length(member.text)
            syntax = self.outline.document.syntax
            text = typed(plain_stars(member.text, set(self.outline.defined), syntax), syntax)
            for name in abstract(self.outline):
                argument = self.outline.functions.get(f"{name}_0", "")
                text = apart(text, name, f"{name}_0" in self.outline.defined, argument)
            text = self._own_argument(member, with_rows(text, self.rows, syntax))
            text = with_sums(text) if self.summing else text
            text = with_definitions(text, self.entries, self.outline.defined.keys())
            text = with_entries(text, self.free, self.outline.defined.keys(), syntax)
            text = hessian_or_gradient(text, self._function(), self.atoms)
            self.texts[id(member)] = self.atoms.replaced(text)
            self.tokens[id(member)] = limited(self.shared.tokens(self.texts[id(member)]))
        except ClosedformError as error:
            self.problems[id(member)] = error

    def _implied(self) -> None:
        r"""``\partial J/\partial x = \frac{\partial}{\partial x}(…)`` says what J is, where nothing else does."""
        for chain in self.outline.chains:
            sides = [self._lone_atom(m) for m in chain.members[:2]] if chain.judged and not chain.defines else []
            if len(sides) < 2 or sides[1] is None:
                continue
            if sides[0] is None and sides[1].sign == "d":
                sides[0] = self._differential(chain.members[0])
            if sides[0] is None or sides[0].by != sides[1].by or (sides[0].sign == "d") != (sides[1].sign == "d"):
                continue
            name, body = bare(sides[0].of), Member(sides[1].of, chain.members[1].start)
            if name and name not in self.outline.defined and not bare(body.text) and sides[0].order == sides[1].order:
                self.outline.defined[name] = Chain([chain.members[0], body], defines=name)
                self.shared.declared.add(name)
                self._lex(body, first=False)

    def _lone_atom(self, member: Member) -> Atom | None:
        tokens = self.tokens.get(id(member))
        name = tokens.tokens[0].text if tokens and len(tokens.tokens) == 2 else ""
        return self.atoms.found.get(name) or self.atoms.found.get(name.removeprefix("d"))

    def _differential(self, member: Member) -> Atom | None:
        """``df`` of a name that nothing is said of."""
        tokens = self.tokens.get(id(member))
        name = tokens.tokens[0].text if tokens and len(tokens.tokens) == 2 else ""
        return Atom("d", name[1:]) if is_differential(name) and name[1:] in FUNCTIONS else None

    def _own_argument(self, member: Member, text: str) -> str:
        """The body of ``h(x) = …`` with a name of its own for x, where h is taken of members of a family x."""
        for typed_name, argument in self.outline.functions.items():
            chain = self.outline.defined.get(bare(typed_name))
            if chain is None or chain.members[1] is not member or not re.fullmatch(NAME, argument):
                continue
            member_of = rf"{re.escape(typed_name)}\s*\(\s*{re.escape(argument)}(?:\s*\^\s*\{{\(|_\{{?i\b|\[i\])"
            if re.search(member_of, self.outline.document.source):
                own = f"{argument}_{{arg}}" if self.outline.document.syntax == "latex" else f"{bare(argument)}_arg"
                return put_in(text, argument, own, self.outline.document.syntax)
        return text

    def _function(self) -> str:
        """The function that the derivation is about."""
        own = [n for n, chain in self.outline.defined.items() if chain.defines == n and not chain.solves]
        return next((n for n in own if n in FUNCTIONS), own[0] if own else "f")

    def derived(self, member: Member) -> bool:
        """Whether a derivative or a differential stands in an expression."""
        tokens = self.tokens.get(id(member))
        names = [t.text for t in tokens.tokens if t.kind == "name"] if tokens else []
        return any(
            n in self.atoms.found or n.removeprefix("d") in self.atoms.found or is_differential(n) for n in names
        )

    def gradients(self, by: str = "") -> list[tuple[Node, str]]:
        """The gradient of the function that the derivation is about, by what moves or by a variable."""
        name = self._function()
        try:
            variables = [by] if by else self.book.variables[:1]
            found = [(self.book.derivative(Atom("nabla", name, v)), v) for v in variables]
            return [(g, v) for g, v in found if not by or (x := self.book.symbol(by)) is None or g.shape == x.shape]
        except ClosedformError:
            return []

    def _settle(self) -> None:
        bound: dict[str, Tokens] = {}
        for name, chain in self.outline.defined.items():
            tokens = self.tokens.get(id(chain.members[1]))
            if tokens is not None and not self._derivatives(tokens):
                bound[name] = tokens
        self._scalar_arguments(bound)
        for name, atom in self.atoms.found.items():
            if atom.sign == "d":
                with suppress(ClosedformError):
                    tokens = self.shared.tokens(atom.of)
                    if not self._derivatives(tokens):
                        bound[name] = tokens
        for k, (name, found) in enumerate(self.outline.facts.items()):
            if found and name not in bound:
                bound[f"Q_{700 + k}"] = lex(f"{name} - {name}'")
        for k, (argument, value) in enumerate(dict.fromkeys(self.atoms.points)):
            with suppress(ClosedformError):
                bound[f"Q_{800 + k}"] = self.shared.tokens(f"{argument} - ({self.atoms.replaced(value)})")
        later = {n for n, c in self.outline.defined.items() if n not in bound and id(c.members[1]) in self.tokens}
        for atom in self.atoms.found.values():
            if atom.sign != "d" and not bare(atom.of):
                with suppress(ClosedformError):
                    self.tokens.setdefault(id(atom), self.shared.tokens(atom.of))
        others = [t for t in self.tokens.values() if t not in bound.values() and not self._derivatives(t)]
        others = [t for t in others if not any(o.kind == "name" and o.text in later for o in t.tokens)]
        self.shared.declared -= bound.keys()
        self.shared.settle(bound, others)
        self.shared.declared -= bound.keys()
        self._facts()

    def _scalar_arguments(self, bound: dict[str, Tokens]) -> None:
        """``f'(x)`` of a function with as many values as x has entries is the derivative by a number."""
        for typed_name, argument in self.outline.functions.items():
            name, tokens = bare(typed_name), bound.get(bare(typed_name))
            primed = re.search(rf"{re.escape(typed_name)}\s*(?:'|\^\s*\{{?\\prime)", self.outline.document.source)
            found = self.shared.joint([(name, tokens)]) if primed and tokens is not None else None
            own = found.bound.get(name) if found is not None else None
            unfit = primed and tokens is not None and found is None
            many = own is not None and own.is_column and not own.is_scalar
            if (unfit or many) and re.fullmatch(NAME, argument):
                self.shared.where = ", ".join(w for w in (self.shared.where, f"{bare(argument)} in R") if w)

    def _derivatives(self, tokens: Tokens) -> list[str]:
        """The names of gradients and Jacobians in an expression."""
        return [t.text for t in tokens.tokens if t.text in self.atoms.found and self.atoms.found[t.text].sign != "d"]

    def _facts(self) -> None:
        shared, reading = self.shared, self.shared.reading
        if reading is None:
            return
        before, self.assumed = shared.where, reading.assumed
        for name, found in self.outline.facts.items():
            symbol = reading.names.get(name)
            if symbol is None or not symbol.is_square or symbol.is_scalar:
                continue
            plain = f"{name} in {space_text(symbol.shape)}"
            spaces = [f"{name} in {WRITTEN[f]}({symbol.rows})" for f in found if f in WRITTEN]
            shared.where = re.sub(rf"(?<!\w){re.escape(plain)}", ", ".join(spaces) or plain, shared.where)
        if shared.where != before:
            shared.reading = read_tokens(lex("0"), lex(shared.where), shared.syntax)

    def twice_meant(self) -> str:
        """A small letter that is a family of vectors and stands alone as well; "" where there is none."""
        document, reading = self.outline.document, self.shared.reading
        if document.syntax != "latex" or reading is None:
            return ""
        source = re.sub(r"\\[A-Za-z]+", " ", document.source)
        alone = (a for a in reading.families if re.search(rf"(?<![A-Za-z]){a}(?![A-Za-z_]|\s*\}}_)", source))
        return next((a for a in alone if len(a) == 1 and a.islower()), "")

    def notes(self) -> list[str]:
        """What was assumed of names, and what families are as wholes."""
        reading = self.shared.reading
        families = sorted(reading.families) if reading is not None else []
        said = [f"{a} is the matrix with the rows {a}[i]" for a in families if not a.startswith(("Xi_", "Q_"))]
        return [a for a in [*self.assumed, *said] if "Xi_" not in a and "Q_" not in a]

    def _definitions(self) -> None:
        waiting = dict(self.outline.defined)
        self._inner()
        while waiting:
            ready = [n for n, c in waiting.items() if not self._uses(c) & waiting.keys() - {n}] or list(waiting)
            for name in ready:
                chain = waiting.pop(name)
                member = chain.members[1]
                try:
                    if id(member) in self.problems:
                        raise self.problems[id(member)]
                    like = self._known(name) if chain.defines else self.read(chain.members[0])[0].own  # H = 2*I
                    if like is not None:
                        self._likes[id(member)] = like
                    own = self.read(member, like)[0].own
                    self.book.defined[name] = own
                    self.shared.declared.discard(name)
                    self.shared.declare(name, own)
                except ClosedformError as error:
                    if chain.defines:
                        self.problems[id(member)] = error
                    self._unread.append(name)
                self._inner()

    def _known(self, name: str) -> Node | None:
        """What a definition was found to be, of its size, where all expressions were read together."""
        return self.shared.reading.bound.get(name) if self.shared.reading is not None else None

    def _inner(self) -> None:
        """Declare the names of what ``d(…)`` is taken of, as far as it can be read by now."""
        for name, atom in self.atoms.found.items():
            if atom.sign == "d" and name not in self.shared.declared:
                try:
                    inside = {t.text for t in self.shared.tokens(atom.of).tokens if t.kind == "name"}
                    if inside & (self.outline.defined.keys() - self.book.defined.keys()):
                        continue
                    for derivative in self._derivatives(self.shared.tokens(atom.of)):
                        self._declare(derivative)
                    self.shared.declare(name, self.shared.node(atom.of))
                except ClosedformError:
                    continue

    def _uses(self, chain: Chain) -> set[str]:
        tokens = self.tokens.get(id(chain.members[1]))
        found = {t.text for t in tokens.tokens if t.kind == "name"} if tokens else set()
        for name in found & self.atoms.found.keys():
            found |= {n for n in self.outline.defined if n in self.atoms.found[name].of}
        found |= set() if chain.defines else {self._function()}
        return found | {n[1:] for n in found if is_differential(n)}

    # -- what moves
    def _moving(self) -> None:
        self.groups: list[set[str]] = []
        self.own: dict[int, set[str]] = {}
        for chain in self.outline.chains:
            for member in chain.members:
                found = self._bases(member)
                self.own[id(member)] = found
                if found:
                    self.groups.append(found)
        self.book.constant = set(self.outline.constant)
        every = [v for group in self.groups for v in sorted(group)]
        self.book.variables = list(dict.fromkeys(every))
        self.book.variables = list(dict.fromkeys([*every, *self._named_variables()]))

    def _named_variables(self) -> Iterator[str]:
        """What derivatives are taken by."""
        for atom in self.atoms.found.values():
            if atom.sign != "d":
                try:
                    yield self.book.function_and_variable(atom)[1].params[0]
                except ClosedformError:
                    continue

    def _bases(self, member: Member) -> set[str]:
        tokens = self.tokens.get(id(member))
        names = [t.text for t in tokens.tokens if t.kind == "name"] if tokens else []
        found = {n[1:] for n in names if is_differential(n)}
        return {v for v in found if self._is_variable(v)}

    def _is_variable(self, name: str) -> bool:
        known = self.shared.reading is not None and name in self.shared.reading.names
        return known and not any(name in k for k in (self.book.defined, self.atoms.found, self.outline.constant))

    def moving(self, chain: Chain) -> Moving:
        """The variables that move in a chain: those whose differentials stand in it, or in all of the derivation."""
        own = set().union(*(self.own[id(m)] for m in chain.members))
        if own:
            for group in self.groups:
                if group & own:
                    own |= group
            if not _APART.search(self.outline.document.said):
                apart = set().union(*self.groups)
                own |= {v for v in self._named_variables() if self._is_variable(v) and v not in apart}
            return frozenset(own)
        every = [v for v in self.book.variables if self._is_variable(v)]
        through = self._through(chain)
        if through:
            grouped = set().union(*self.groups)
            every = [v for v in every if v in grouped or v in through]
        if not every and self.shared.reading is not None:
            every = [n for n in self.shared.reading.names if self._is_variable(n)]
        return frozenset(every)

    def _through(self, chain: Chain) -> set[str]:
        """The variables of what is defined and moves on the right sides: ``dh`` of ``dL = e'*V*dh``."""
        names = {t.text for m in chain.members[1:] if (found := self.tokens.get(id(m))) for t in found.tokens}
        moved = [self.book.defined[n[1:]] for n in names if is_differential(n) and n[1:] in self.book.defined]
        with suppress(ClosedformError):
            return {n.params[0] for node in moved for n in postorder(self.book.full(node)) if n.op is SYM}
        return set()

    # -- reading
    def read(self, member: Member, like: Node | None = None) -> list[Said]:
        """All ways to read an expression: one, but for the layouts of derivatives that stand in it."""
        try:
            return self._read(member, like)
        except ShapeError as error:
            text = self.texts.get(id(member), "")
            sized = sized_deltas(text, self.outline.document.source) if "\\delta" in error.message else text
            if sized == text:
                raise
            self.texts[id(member)], self.tokens[id(member)] = sized, self.shared.tokens(sized)
            return self._read(member, like)

    def _read(self, member: Member, like: Node | None) -> list[Said]:
        if id(member) in self.problems:
            raise self.problems[id(member)]
        tokens, text = self.tokens[id(member)], self.texts[id(member)]
        like = like or self._likes.get(id(member))
        self._check(tokens)
        names = list(dict.fromkeys(self._derivatives(tokens)))
        if not names:
            return [Said("", self.shared.node(text, like))]
        found = {name: self.atoms.found[name] for name in names}
        for name in names:
            self._declare(name)
        if len(tokens.tokens) == 2:
            return self._alone(names[0], found[names[0]])
        return self._with_layouts(text, found, like)

    def _check(self, tokens: Tokens) -> None:
        """Refuse what is said of a name whose definition could not be read."""
        names = {t.text for t in tokens.tokens if t.kind == "name"}
        texts = [self.atoms.found[n.removeprefix("d")].of for n in names if n.removeprefix("d") in self.atoms.found]
        for name in self._unread:
            if {name, "d" + name} & names or any(re.search(rf"(?<![\w\\]){name}(?!\w)", t) for t in texts):
                raise ReadError(f"the definition of {name} could not be read")

    def _declare(self, name: str) -> None:
        own = self.book.derivative(self.atoms.found[name])
        self.shared.declared.discard(name)
        self.shared.declare(name, own)
        self.shared.declare(turned(name), transpose(own))

    def _alone(self, name: str, atom: Atom) -> list[Said]:
        own = self.shared.node(self.atoms.spelled(name))
        row = Said("row", transpose(own))
        f, x, entry = self.book.function_and_variable(atom)
        if not f.is_scalar and not x.is_scalar and atom.order == 1:
            ways = [Said("numerator", own), Said("denominator", row.own)]
            return ways[:1] if atom.sign == "jacobian" else ways
        if atom.sign != "nabla" and own.is_column and not own.is_scalar and not entry:
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
