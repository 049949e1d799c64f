"""The door of the reader: a typed formula and its declarations in, a raw node and all that was assumed out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import NoReturn

from closedform.errors import ClosedformError, DeclarationError, ReadError, ShapeError
from closedform.expr.facts import LINEAR_SPACES, close, tangent
from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.functions import algebra as a
from closedform.read.applied import Formulas
from closedform.read.asked import as_asked
from closedform.read.bare import with_brackets
from closedform.read.declarations import Arrow, Bound, Declarations, declare_all
from closedform.read.elaborate import Elaborator
from closedform.read.ends import from_zero
from closedform.read.guards import with_guards
from closedform.read.habits import Kinds, Uses, gather, kinds_of
from closedform.read.infer import Question, Trial, Unit
from closedform.read.left_side import without_left_side
from closedform.read.lexer import Tokens, lex
from closedform.read.members import with_members
from closedform.read.names import Scope, differential
from closedform.read.notation import is_latex
from closedform.read.of_numbers import is_of_numbers
from closedform.read.outcome import assumptions, where_text
from closedform.read.parser import Parser
from closedform.read.said import tall_columns
from closedform.read.search import settle
from closedform.read.spaces import parse_size
from closedform.read.squares import doubtful_squares
from closedform.read.syntax import Name, Tree
from closedform.read.unify import is_scalar
from closedform.read.unsummed import check_summed
from closedform.read.vocabulary import CONSTANTS, INDEX_LETTERS
from closedform.read.weighing import with_weighing

SYNTAXES = ("text", "latex", "matrixcalculus")


@dataclass(frozen=True)
class Reading:
    """What a typed formula was read as.

    ``tree`` is the syntax tree, ``node`` the raw node with bound parts put in; ``names`` the symbols of all
    variables, those only declared included; ``families`` those whose rows are vectors ``a[i]``; ``indices`` the
    fixed indices; ``where`` declares all variables and functions, so that derivatives read back; ``assumed`` says in
    sentences what was not typed; ``order`` ranks names by first appearance; ``wanted`` are the variables that
    ``f(x) =`` names; ``bound`` has the nodes of the parts that were given names.
    """

    source: str
    tree: Tree
    node: Node
    names: dict[str, Node]
    families: frozenset[str]
    indices: tuple[str, ...]
    functions: dict[str, Arrow]
    where: str
    assumed: tuple[str, ...]
    order: dict[str, int]
    commuting: tuple[tuple[str, str], ...]
    wanted: tuple[str, ...] = ()
    bound: dict[str, Node] = field(default_factory=dict)


def read(source: str, where: str | None = None, syntax: str = "text") -> Reading:
    """Read a formula, with declarations after the word ``where`` or in ``where``.

    >>> reading = read("x'*A*x")
    >>> reading.where
    'x in R^n, A in R^(n×n)'
    >>> reading.assumed
    ('x ∈ ℝⁿ', 'A ∈ ℝ^(n×n)')
    """
    if syntax not in ("auto", *SYNTAXES):
        raise ReadError(f"the syntax {syntax} is not known", hint=f"Known are {', '.join(SYNTAXES)}.")
    if syntax == "auto":
        syntax = "latex" if is_latex(source) else "text"
    if syntax != "latex":
        return _read(lex(source), lex(where or ""), syntax)
    from closedform.read.typeset import has_primes, lex_latex, spoken

    try:
        return _read(*lex_latex(source, where or ""), syntax)
    except ClosedformError as error:
        if isinstance(error, ShapeError) and has_primes(source):
            with suppress(ClosedformError):
                return _read(*lex_latex(source, where or "", primed=True), syntax)
        raise spoken(error) from None


def _read(formula: Tokens, where: Tokens, syntax: str) -> Reading:
    texts, ranges = with_members([formula, where])
    return read_tokens(texts[0], texts[1], syntax, ranges=ranges)


def read_tokens(
    formula: Tokens, where: Tokens, syntax: str = "text", reserved: frozenset[str] = frozenset(),
    ranges: Mapping[str, str] | None = None,
) -> Reading:  # fmt: skip
    """Read a formula that a lexer has taken apart, and its declarations; no size is named by a ``reserved`` letter.

    ``ranges`` says how far indices run whose families are declared without it.
    """
    said = Declarations(ranges=ranges or {})
    inside = next((k for k, t in enumerate(formula.tokens) if t.text == "where"), None)
    if inside is not None:
        declare_all(formula, inside + 1, said)
    if len(where.tokens) > 1:
        declare_all(where, 0, said)
    known = said.variables | said.bound.keys() | said.functions.keys() | said.formulas.keys()
    formula, wanted = without_left_side(as_asked(formula, known), said.functions)
    texts = [formula, where]
    scope = _scope(said, texts)
    units = _units(formula, said, scope)
    found = _Reader(formula, said, scope, units, syntax, reserved).reading([n for t in texts for n in t.notes])
    return replace(found, wanted=wanted) if wanted else found


def _scope(said: Declarations, texts: list[Tokens]) -> Scope:
    counts: dict[str, int] = {}
    for tokens in texts:
        for token in tokens.tokens:
            if token.kind == "name":
                counts[token.text] = counts.get(token.text, 0) + 1
    declared = said.variables | said.sizes.keys() | said.bound.keys()
    scalars = {name for name, shape in said.shapes.items() if is_scalar(shape)}
    upright = {name for tokens in texts for name in tokens.upright}
    functions = said.functions.keys() | said.formulas.keys()
    scope = Scope(declared | said.entries.keys(), set(functions), counts, scalars=scalars, upright=upright)
    scope.counting.update((n, k) for n, bound in said.bound.items() if (k := _count(bound)))
    return replace(scope, typeset=texts[0].typeset, bold=texts[0].bold, arrows=texts[0].arrows, rows=texts[0].rows)


def _count(bound: Bound) -> int:
    """The number in ``c = 2``, which may stand as an index; 0 where it is something else."""
    first, behind = bound.tokens.tokens[bound.start : bound.start + 2]
    return int(first.text) if first.text.isdigit() and behind.text in ("", ",", ";", "where") else 0


def _units(formula: Tokens, said: Declarations, scope: Scope) -> list[Unit]:
    """The bound parts in an order in which each stands before its use, then the formula."""
    main = _parse(formula, 0, scope, "")
    parsed: dict[str, Unit] = {}
    for name, bound in said.bound.items():
        parsed[name] = _parse(bound.tokens, bound.start, scope, name)
    found = _formulas(said, scope).put_in({**parsed, "": main})
    main = found.pop("")
    return [*_sorted(found, said), main]


def _formulas(said: Declarations, scope: Scope) -> Formulas:
    """The functions that have a formula; in it their arguments are names, whatever they are elsewhere."""
    bodies = {}
    for name, formula in said.formulas.items():
        inside = replace(scope, declared=scope.declared | set(formula.parameters))
        bodies[name] = _parse(formula.body.tokens, formula.body.start, inside, name)
    entries = {}
    for name, formula in said.entries.items():
        inside = replace(scope, indices=list(formula.parameters))
        entries[name] = _parse(formula.body.tokens, formula.body.start, inside, name)
    given = {name: f.parameters for name, f in (said.formulas | said.entries).items()}
    return Formulas(bodies | entries, given, frozenset(entries))


def _parse(tokens: Tokens, start: int, scope: Scope, bound: str) -> Unit:
    tokens = with_brackets(tokens, start, scope)
    parser = Parser(tokens.source, tokens.tokens, scope, start)
    root = parser.expression()
    if not bound and parser.token.kind != "end" and parser.token.text != "where":
        _left_over(parser)
    unit = Unit(tokens.source, root, parser.trees, bound)
    return with_weighing(with_guards(unit)) if tokens.typeset else unit


def _left_over(parser: Parser) -> NoReturn:
    text = parser.token.text
    if text == "=":
        parser.fail("formulas stand on both sides of =", hint="Write the one that is meant, or a name left of the =.")
    if text == "," and parser.source.find("=", parser.token.end) >= 0:
        hint = "Read one formula at a time; what names in it stand for is written behind the word where."
        parser.fail("a second formula stands behind the comma", hint=hint)
    parser.fail(f"{text} is not expected here", hint="Declarations stand after the word where.")


def _sorted(parsed: dict[str, Unit], said: Declarations) -> list[Unit]:
    done: dict[str, Unit] = {}
    uses = {k: {t.name for t in u.trees if isinstance(t, Name) and t.name in parsed} for k, u in parsed.items()}
    while len(done) < len(parsed):
        ready = [k for k in parsed if k not in done and uses[k] <= done.keys()]
        if not ready:
            name = next(k for k in parsed if k not in done)
            bound = said.bound[name]
            raise DeclarationError(f"{name} is bound to itself", span=bound.span, source=bound.tokens.source)
        done.update((k, parsed[k]) for k in ready)
    return list(done.values())


class _Reader:
    """From parsed units to the reading."""

    def __init__(
        self, formula: Tokens, said: Declarations, scope: Scope, units: list[Unit], syntax: str,
        reserved: frozenset[str],
    ) -> None:  # fmt: skip
        self.reserved = reserved
        self.formula, self.said, self.scope, self.units, self.syntax = formula, said, scope, units, syntax
        self.uses = Uses()
        for unit in units:
            gather(unit.trees, self.uses)
        seen = scope.bold | scope.arrows | scope.rows or any(not is_scalar(shape) for shape in said.shapes.values())
        self.uses.of_numbers = syntax == "latex" and not seen and is_of_numbers(units, said.variables)
        self.names = self._names()

    def _names(self) -> dict[str, None]:
        """All names that stand in the formula, in order of first appearance, bound parts looked into."""
        found: dict[str, None] = {}
        roots = {unit.bound: unit.root for unit in self.units}
        todo: list[Tree] = [roots[""]]
        while todo:
            tree = todo.pop()
            if isinstance(tree, Name):
                if tree.name in roots and tree.name:
                    todo.append(roots.pop(tree.name))
                elif tree.name not in self.said.bound:
                    found[tree.name] = None
            todo.extend(reversed(tree.parts))
        for root in roots.values():
            found.update((t.name, None) for t in _below(root) if t.name not in self.said.bound)
        return found

    def _entries(self) -> None:
        """Refuse ``x_1^2 + x_2^2`` of a declared vector ``x`` that itself stands nowhere: no one means other names."""
        for name, shape in self.said.shapes.items():
            if is_scalar(shape) or shape[1] is not ONE or name in self.names:
                continue
            like = re.compile(re.escape(name) + r"(?:_(\w+)|(\d+))")
            for tree in (t for unit in self.units for t in unit.trees if isinstance(t, Name)):
                found = like.fullmatch(tree.name) if tree.name not in self.said.variables else None
                if found:
                    head = f"{tree.name} is a name of its own, and {name}, which is declared, stands nowhere"
                    at = next(filter(None, found.groups()))
                    hint = f"Write {name}[{at}] for an entry, or declare {tree.name} too."
                    raise DeclarationError(head, span=tree.span, source=self.formula.source, hint=hint)

    def _doubtful_entries(self, trial: Trial) -> None:
        """Ask about ``logsumexp(z) - z_k`` in text: a number that is called as an entry of a vector would be."""
        if self.formula.typeset:
            return
        columns = {n for n in self.names if (shape := trial.names.get(n)) and shape[1] is ONE and not is_scalar(shape)}
        for tree in (t for unit in self.units for t in unit.trees if isinstance(t, Name)):
            base, _, at = tree.name.rpartition("_")
            if base not in columns or at not in INDEX_LETTERS or tree.name in self.said.variables:
                continue
            if is_scalar(trial.names.get(tree.name, (ONE, ONE))) and tree.name in trial.names:
                head = f"{tree.name} may be the entry {at} of {base}, or a number of its own"
                hint = f"Write {base}[{at}] for the entry, or declare {tree.name} in R."
                raise DeclarationError(head, span=tree.span, source=self.formula.source, hint=hint)

    def reading(self, notes: list[str]) -> Reading:
        self._entries()
        if not self.formula.typeset:
            check_summed(self.units, self.said.variables | self.said.bound.keys())
        trial = settle(self._question(), self._choices)
        self._doubtful_entries(trial)
        symbols = self._symbols(trial)
        if not self.formula.typeset:
            notes = [*notes, *doubtful_squares(trial, self.units)]
        try:
            elaborator = Elaborator(trial, symbols)
            node = elaborator.build(self.units)
        except ClosedformError as error:
            raise error.at(None, self.formula.source) from None
        families = frozenset(n for n in symbols if trial.is_family(n))
        order = {name: rank for rank, name in enumerate(self._order(symbols))}
        stacks = {n: trial.sizes.shape(shape) for n, shape in trial.stacks.items()}
        names = dict(sorted(symbols.items(), key=lambda item: order[item[0]]))
        return Reading(
            self.formula.source, self.units[-1].root, node, names, families, tuple(trial.fixed),
            dict(self.said.functions),
            where_text(names, families, self.said, self._variables, self._counted(trial), stacks),
            assumptions(names, families, self.said, trial, [*notes, *self.scope.notes], self._variables, stacks),
            order, tuple(self.said.commuting), bound=elaborator.bound,
        )  # fmt: skip

    def _counted(self, trial: Trial) -> set[str]:
        """The names that stand for sizes in the formula."""
        numbers = {n for n, kind in trial.kinds.items() if kind == "Z"}
        return {n for n in (*self.names, *self.uses.sizes) if n in trial.question.sizes} | numbers | self._bounds

    def _question(self) -> Question:
        said, uses = self.said, self.uses
        indices = frozenset(self.scope.every_index)
        sizes = dict(said.sizes) | {n: None for n in uses.sizes if n not in said.variables}
        self._bounds = {n for bound in uses.bounds for n in parse_size(bound).names if n not in said.variables}
        sizes.update(dict.fromkeys(sorted(self._bounds)))
        plain = [n for n in self.names if n not in indices and n not in said.variables and n not in sizes]
        self._variables = {n: differential(n, self.scope) for n in plain}
        away = {n: d for n, d in self._variables.items() if d is not None}
        for base in away.values():
            if base not in self.names and base not in said.variables:
                self._variables.setdefault(base, None)
        style = self.syntax
        fixed = {n for n in uses.fixed if n not in indices}
        self._choices = {
            n: self._kinds(n)
            for n in [*self._variables, *sorted(said.facts.keys() - said.shapes.keys())]
            if n not in away and n not in fixed and n not in said.bound and self._is_variable(n)
        }
        roots = {u.bound: u.root for u in self.units if u.bound}
        return Question(
            self.units, said.shapes, said.functions, frozenset(said.families), said.stacks, away, frozenset(sizes),
            indices, frozenset(uses.shifted & indices), roots,
            tuple(said.commuting), frozenset(n for n, facts in said.facts.items() if SQUARE & facts),
            style == "matrixcalculus", self.reserved, style == "latex",
            from_zero([t for u in self.units for t in u.trees]) if style == "latex" else frozenset(),
        )  # fmt: skip

    def _kinds(self, name: str) -> Kinds:
        if SQUARE & self.said.facts.get(name, set()):
            return SQUARE_KINDS
        if name in self.said.columns:
            return COLUMN_KINDS
        scope = self.scope
        seen = {"arrows": scope.arrows, "rows": scope.rows, "bold": scope.bold}
        shape = next((s for s, names in seen.items() if name in names), "")
        shape = shape or ("plain" if any(n[0].islower() for n in scope.bold | scope.arrows) else "")
        return kinds_of(name, self.uses, name in self.said.numbers, self.syntax, shape)

    def _is_variable(self, name: str) -> bool:
        return name not in CONSTANTS or name in self.said.variables

    def _symbols(self, trial: Trial) -> dict[str, Node]:
        """The symbols of all variables that stand in the formula or are declared."""
        said, out = self.said, {}
        absent = [n for n in trial.question.differentials.values() if n in self._choices]
        for name in dict.fromkeys([*self.names, *absent, *said.order]):
            if name in said.functions or name in said.bound or name in trial.fixed:
                continue
            variable = name in said.variables or name in trial.question.differentials or name in self._choices
            if not variable or trial.kinds.get(name) == "Z":
                continue
            base = trial.question.differentials.get(name)
            facts = said.facts.get(name, ()) if base is None else _direction(said.facts.get(base, ()))
            out[name] = self._symbol(trial, name, facts)
        return out

    def _symbol(self, trial: Trial, name: str, facts: Iterable[str]) -> Node:
        rows, cols = self._known(trial, trial.name_shape(name), name)
        if (member := trial.member(name)) is not None:
            high, wide = self._known(trial, member, name)
            cols = high * wide
        if any(f in SQUARE for f in facts) and rows is not cols:
            if "orth" in facts:
                raise tall_columns(name, rows, cols)
            raise DeclarationError(f"{name} is {rows}×{cols}, not square, as its declaration demands")
        return a.sym(name, rows, cols, {f for f in facts if f != "square"})

    def _known(self, trial: Trial, shape: Shape, name: str) -> Shape:
        rows, cols = trial.sizes.shape(shape)
        if any(n[0] == "?" for n in rows.names | cols.names):
            raise DeclarationError(f"the shape of {name} is not known", hint=f"Declare {name} in R^n.")
        return rows, cols

    def _order(self, symbols: dict[str, Node]) -> list[str]:
        return [*(n for n in self.names if n in symbols), *(n for n in symbols if n not in self.names)]


SQUARE = {"sym", "psd", "pd", "diag", "orth", "skew", "lower", "upper", "inv", "square"}
SQUARE_KINDS: Kinds = (("M", 0.0),)
COLUMN_KINDS: Kinds = (("V", 0.0),)


def _direction(facts: Iterable[str]) -> list[str]:
    """The facts of ``dX``: the linear spaces that ``X`` moves in."""
    declared = tangent(close(f for f in facts if ":" not in f))
    return [f for f in declared if f in LINEAR_SPACES]


def _below(root: Tree) -> Iterable[Name]:
    todo = [root]
    while todo:
        tree = todo.pop()
        if isinstance(tree, Name):
            yield tree
        todo.extend(reversed(tree.parts))
