"""The where-string: what is declared of names, and sub-expressions bound to names.

This file says what each part declares; bound expressions are left as ranges of tokens, since reading them needs all
names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from closedform.errors import ClosedformError, DeclarationError
from closedform.expr.facts import WORDS, close
from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size, size
from closedform.read.lexer import Tokens
from closedform.read.parts import Part, parts_of
from closedform.read.said import equation_fact, nearest_fact, plain_fact, says_vector, tall_columns
from closedform.read.spaces import factors, parse_size, parse_space

MAX_ARGUMENTS = 9


@dataclass(frozen=True)
class Arrow:
    """An abstract function: the shapes it takes and the shape it gives."""

    domains: tuple[Shape, ...]
    codomain: Shape


@dataclass(frozen=True)
class Bound:
    """A bound part ``name = …`` and where its expression stands."""

    tokens: Tokens
    start: int
    span: tuple[int, int]


@dataclass(frozen=True)
class Formula:
    """A function given by a formula, ``f(x) = …``: its arguments, and where the formula stands."""

    parameters: tuple[str, ...]
    body: Bound


@dataclass
class Declarations:
    """All that the where-strings say."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    facts: dict[str, set[str]] = field(default_factory=dict)
    families: set[str] = field(default_factory=set)
    stacks: dict[str, Shape] = field(default_factory=dict)  # families of matrices, and the shape of their members
    columns: set[str] = field(default_factory=set)  # said to be vectors, of whatever length
    numbers: set[str] = field(default_factory=set)  # names in an inequality, which are scalars by habit
    functions: dict[str, Arrow] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)
    entries: dict[str, Formula] = field(default_factory=dict)  # p[k] = …, each entry by a formula
    bound: dict[str, Bound] = field(default_factory=dict)
    commuting: list[tuple[str, str]] = field(default_factory=list)
    sizes: dict[str, None] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ranges: Mapping[str, str] = field(default_factory=dict)  # how far the index of a sum runs

    @property
    def variables(self) -> set[str]:
        return self.shapes.keys() | self.facts.keys()

    def add_sizes(self, *sizes: Size) -> None:
        for s in sizes:
            self.sizes.update(dict.fromkeys(sorted(s.names)))


def declare_all(whole: Tokens, start: int, into: Declarations) -> None:
    """Read the parts of ``whole`` from token ``start`` on."""
    waiting: list[Part] = []
    for part in parts_of(whole, start):
        if part.tokens[0].kind == "name" and (len(part.texts) == 1 or "".join(part.texts[1::2]) == "[]"):
            waiting.append(part)
            continue
        try:
            _declare(part, into, ["".join(p.texts) for p in waiting])
        except ClosedformError as error:
            raise error.at(part.span, whole.source) from None
        waiting.clear()
    if waiting:
        raise waiting[0].fail(f"{waiting[0].texts[0]} is named but nothing is said of it", "Write x in R^n, or p = ….")
    _check(into)


NATURAL = ("N", "ℕ")
"""``n in N``: a size, which may stand as a number where no variable has it."""


def _declare(part: Part, into: Declarations, before: list[str]) -> None:
    texts = part.texts
    first, second = part.tokens[0], texts[1] if len(texts) > 1 else ""
    if "=" in texts and texts[1:2] == ["*"] and len(texts) == 7:
        _commute(part, into)
    elif first.kind != "name":
        raise part.fail(f"{part.text(0)} is no declaration", "Write x in R^n, lam > 0, f: R^n -> R or p = ….")
    elif (fact := plain_fact(texts[1:]) or equation_fact(texts)) is not None:
        _said(part, into, [*before, first.text], fact)
        before.clear()
    elif says_vector(texts[1:]):
        _vector(part, into, [*before, first.text])
        before.clear()
    elif second == "=":
        _bind(part, into)
    elif second == "(" and "=" in texts:
        _formula(part, into)
    elif second == ":" and "->" in texts:
        _functions(part, into, [*before, first.text])
        before.clear()
    elif second in ("in", ":") and part.text(2).strip() in NATURAL:
        into.add_sizes(*map(size, [*before, first.text]))
        before.clear()
    elif second in ("in", ":") or (second == "[" and "in" in texts):
        _spaces(part, into, before)
        before.clear()
    elif second == "[" and "=" in texts:
        _entries(part, into)
    elif second in (">", ">="):
        _inequality(part, into, [*before, first.text])
        before.clear()
    else:
        near = nearest_fact(texts[1:])
        entry = second == "[" and texts[3:4] == ["]"] and texts[4:5] in ([">"], [">="]) and texts[5:] == ["0"]
        if entry:
            mend = f"Write {first.text} {texts[4]} 0, which is said of every entry."
            raise part.fail(f"{part.text(0)} is no declaration", mend)
        mend = f"Did you mean {first.text} {near}?" if near else "Write x in R^n, lam > 0, f: R^n -> R or p = …."
        raise part.fail(f"{part.text(0)} is no declaration", mend)
    if before:
        raise part.fail(f"{before[0]} is named but nothing is said of it", "Write x in R^n, or p = ….")


def _new(part: Part, into: Declarations, name: str) -> None:
    if name in into.functions or name in into.bound or name in into.formulas or name in into.entries:
        raise part.fail(f"{name} is declared twice")
    if name not in into.order:
        into.order.append(name)


def _shape(part: Part, into: Declarations, name: str, shape: Shape, facts: tuple[str, ...]) -> None:
    _new(part, into, name)
    known = into.shapes.get(name)
    if known is not None and known != shape and facts != ("square",):
        raise part.fail(f"{name} is declared with two shapes, {_words(known)} and {_words(shape)}")
    into.shapes[name] = shape
    into.facts.setdefault(name, set()).update(facts)
    into.add_sizes(*shape)
    if shape[1] is ONE and len(name) == 1 and name.isupper() and [len(names) for names, _ in shape[0].terms] == [2]:
        m, n = shape[0].terms[0][0]
        into.notes.append(f"{name} is a vector of {shape[0]} entries; a matrix is in R^({m}×{n}).")


def _words(shape: Shape) -> str:
    return "a scalar" if shape == (ONE, ONE) else f"{shape[0]}×{shape[1]}"


def _inequality(part: Part, into: Declarations, names: list[str]) -> None:
    bound = part.tokens[-1]
    if len(part.tokens) != 3 or bound.kind != "num":
        raise part.fail(f"{part.text(0)} is no declaration that is known", "Write lam > 0 or lam >= 0.")
    strict = part.texts[1] == ">" or Fraction(bound.text) > 0
    for name in names:
        _new(part, into, name)
        into.facts.setdefault(name, set()).add("pos" if strict else "nonneg")
        into.numbers.add(name)
        if Fraction(bound.text):
            into.notes.append(f"Of {name} {part.texts[1]} {bound.text}, only {name} > 0 is used.")


def _said(part: Part, into: Declarations, names: list[str], fact: str) -> None:
    """``Q is symmetric``: a matrix of whatever size; ``x positive`` says what ``x > 0`` does."""
    for name in names:
        if name in into.shapes and fact not in ("pos", "nonneg") and into.shapes[name][0] is not into.shapes[name][1]:
            if fact == "orth":
                raise tall_columns(name, *into.shapes[name])
            raise part.fail(f"{name} is {_words(into.shapes[name])}, not square")
        _new(part, into, name)
        into.facts.setdefault(name, set()).add(fact)
        if fact in ("pos", "nonneg"):
            into.numbers.add(name)


def _vector(part: Part, into: Declarations, names: list[str]) -> None:
    """``X is a vector``: of whatever length."""
    for name in names:
        if name in into.shapes and (into.shapes[name][1] is not ONE or into.shapes[name][0] is ONE):
            raise part.fail(f"{name} is {_words(into.shapes[name])}, not a vector")
        _new(part, into, name)
        into.facts.setdefault(name, set())
        into.columns.add(name)


def _bind(part: Part, into: Declarations) -> None:
    name = part.texts[0]
    if name in into.variables:
        raise part.fail(f"{name} is declared twice")
    _new(part, into, name)
    if len(part.tokens) < 3:
        raise part.fail(f"what {name} stands for is missing")
    into.bound[name] = Bound(part.whole, part.start + 2, part.span)


def _formula(part: Part, into: Declarations) -> None:
    """``f(x, A) = x'*A*x``."""
    name, equals = part.texts[0], part.texts.index("=")
    inside = part.tokens[2 : equals - 1]
    names = [t.text for t in inside[::2]]
    commas = all(t.text == "," for t in inside[1::2]) and len(inside) % 2 == 1
    if part.texts[equals - 1] != ")" or not commas or any(t.kind != "name" for t in inside[::2]):
        raise part.fail(f"{part.text(0)} is no declaration that is known", "Write f(x) = x'*A*x.")
    if len(set(names)) < len(names):
        raise part.fail(f"{name} has two arguments of one name")
    if name in into.variables:
        raise part.fail(f"{name} is declared twice")
    _new(part, into, name)
    if len(part.tokens) == equals + 1:
        raise part.fail(f"the formula of {name} is missing")
    into.order.remove(name)
    into.formulas[name] = Formula(tuple(names), Bound(part.whole, part.start + equals + 1, part.span))


def _entries(part: Part, into: Declarations) -> None:
    """``p[k] = exp(z[k])``, or of two indices."""
    name, equals = part.texts[0], part.texts.index("=")
    inside = part.tokens[2 : equals - 1]
    names = [t.text for t in inside[::2]]
    listed = all(t.text == "," for t in inside[1::2]) and all(t.kind == "name" for t in inside[::2])
    if part.texts[equals - 1] != "]" or not listed or len(inside) not in (1, 3) or len(set(names)) < len(names):
        raise part.fail(f"{part.text(0)} is no declaration that is known", "Write p[k] = exp(z[k]).")
    if name in into.variables or name in into.entries:
        raise part.fail(f"{name} is declared twice")
    _new(part, into, name)
    into.order.remove(name)
    if len(part.tokens) == equals + 1:
        raise part.fail(f"what {name} stands for is missing")
    into.entries[name] = Formula(tuple(names), Bound(part.whole, part.start + equals + 1, part.span))


def _spaces(part: Part, into: Declarations, before: list[str]) -> None:
    """``x, y in R^n``, ``a[i] in R^n for i = 1..m``; where a sum over i has the range, it need not be said."""
    texts = part.texts
    where = next(k for k, text in enumerate(texts) if text in ("in", ":"))
    last = texts.index("for") if "for" in texts else len(texts)
    shape, facts = parse_space(part.text(where + 1, last))
    for head in [*before, "".join(texts[:where])]:
        name, bracket, index = head.rstrip("]").partition("[")
        if bracket:
            _family(part, into, name, (shape, facts), _count(part, into, index, last))
        elif last < len(texts):
            raise part.fail(f"{name} has no index to run", f"Write {name}[i] in R^n for i = 1..m.")
        else:
            _shape(part, into, name, shape, facts)


def _family(
    part: Part, into: Declarations, name: str, space: tuple[Shape, tuple[str, ...]], count: Size
) -> None:
    (length, cols), facts = space
    if cols is not ONE:
        if facts:
            raise part.fail("of a family of matrices nothing but its size is declared", "Write A[i] in R^(n×n).")
        _shape(part, into, name, (count, length * cols), ())
        into.add_sizes(length, cols)
        into.stacks[name] = (length, cols)
        return
    _shape(part, into, name, (count, length), facts)
    if length is not ONE:
        into.families.add(name)


def _count(part: Part, into: Declarations, index: str, last: int) -> Size:
    """How many members a family has: ``for i = 1..m``."""
    texts = part.texts
    letter = index if index.isidentifier() else "i"
    mend = f"Write {texts[0]}[{letter}] in R^n for {letter} = 1..m."
    if last == len(texts) and index in into.ranges:
        return parse_size(into.ranges[index])
    if not index.isidentifier() or texts[last + 1 : last + 3] != [index, "="] or ".." not in texts[last:]:
        raise part.fail(f"{part.text(0)} is no family", mend)
    dots = texts.index("..", last)
    if texts[last + 3 : dots] != ["1"]:
        raise part.fail("the members of a family are counted from 1", mend)
    return parse_size(part.text(dots + 1))


def _functions(part: Part, into: Declarations, names: list[str]) -> None:
    """``f, g: R^n -> R``."""
    arrow = part.texts.index("->")
    spaces = [*factors(part.text(2, arrow)), part.text(arrow + 1)]
    *domains, codomain = (_whole_space(part, space) for space in spaces)
    if len(domains) > MAX_ARGUMENTS:
        raise part.fail(f"{names[-1]} takes {len(domains)} arguments (limit: {MAX_ARGUMENTS} of an abstract function)")
    found = Arrow(tuple(domains), codomain)
    for name in names:
        if name in into.variables:
            raise part.fail(f"{name} is declared twice")
        if "[" in name:
            raise part.fail(f"{name} is no name of a function", "Write f, g: R^n -> R.")
        if name not in into.functions:
            _new(part, into, name)
        if into.functions.setdefault(name, found) != found:
            raise part.fail(f"{name} is declared twice, as two functions")
    into.add_sizes(*(s for shape in (*domains, codomain) for s in shape))


def _whole_space(part: Part, text: str) -> Shape:
    shape, facts = parse_space(text)
    if facts:
        raise part.fail(f"abstract functions are on whole spaces, not on {text.strip()}", "Write R^n or R^(n×n).")
    return shape


def _commute(part: Part, into: Declarations) -> None:
    a, _, b, equals, c, star, d = part.texts
    if (equals, star, c, d) != ("=", "*", b, a):
        raise part.fail(f"{part.text(0)} is no declaration that is known", "Commuting matrices: A*B = B*A.")
    for name, other in ((a, b), (b, a)):
        _new(part, into, name)
        into.facts.setdefault(name, set()).add(f"commutes:{other}")
    into.commuting.append((a, b))


def _check(into: Declarations) -> None:
    for name in into.sizes:
        if name in into.variables | into.functions.keys() | into.bound.keys():
            both = f"{name} is a size and also declared as something else"
            raise DeclarationError(both, hint="Give the size another name.")
    for name, facts in into.facts.items():
        _no_contradiction(name, facts)
        rows, cols = into.shapes.get(name, (None, None))
        if rows is not None and rows is not cols and any(f.startswith("commutes") for f in facts):
            raise DeclarationError(f"{name} is not square and commutes with nothing")


CONTRADICTIONS = (
    ("skew", ("sym",), "only the zero matrix is"),
    ("pos", ("skew", "diag", "lower", "upper"), "some of its entries are zero"),
    ("pm1", ("bit",), "1 alone is in both"),
)


def _no_contradiction(name: str, facts: set[str]) -> None:
    """Refuse properties that no matrix worth speaking of has together."""
    known = close(f for f in facts if ":" not in f)
    for one, others, why in CONTRADICTIONS:
        other = next((f for f in others if f in known), None)
        if one in known and other is not None:
            words = f"{WORDS[one]} and {WORDS[other]}"
            raise DeclarationError(f"{name} is declared {words}: {why}", hint="Keep one of the two.")
