"""Random general points: symbols by their declared facts, directions in the space of a variable."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from random import Random

from closedform.check.core.evaluate import Evaluator
from closedform.check.core.jet import Jet, Unfit, stack
from closedform.expr.facts import LINEAR_SPACES, close
from closedform.expr.node import Node

COMMON = " common"
PROJECTIONS = {"sym": "sym_part", "skew": "skew_part", "lower": "tril", "upper": "triu", "diag": "diagonal"}


@dataclass
class Cast:
    """What is to be drawn: symbols by name, with their facts; from where to where those are that are small integers,
    and indices; and what is given, entries row by row. An orthogonal matrix that is ``turned`` has determinant -1."""

    symbols: Mapping[str, Node] = field(default_factory=dict)
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    whole: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    ends: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    given: Mapping[str, Sequence[int]] = field(default_factory=dict)


def draw(cast: Cast, ev: Evaluator, rng: Random) -> None:
    """Give the symbols and indices of an evaluator general values."""
    ev.indices = {name: rng.randint(*span) for name, span in cast.ends.items()}
    groups = commuting(cast.facts)
    for name, node in sorted(cast.symbols.items(), key=lambda item: item[0]):
        if name in cast.given:
            ev.symbols[name] = stack([ev.one * v for v in cast.given[name]]).reshape(*ev.shape(node))
        elif name in cast.whole:
            ev.symbols[name] = ev.one * rng.randint(*cast.whole[name])
        elif name in groups:
            ev.symbols[name] = polynomial(ev, sorted(groups[name]), cast.facts, name, ev.shape(node)[0])
        else:
            ev.symbols[name] = symbol(ev, rng, plain(cast.facts[name]), *ev.shape(node))


def plain(facts: Iterable[str]) -> frozenset[str]:
    """The facts that are about one matrix alone, with all that they imply."""
    return close(f for f in facts if ":" not in f)


def commuting(facts: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The names that commute with each name, itself included, where there are others: with each other too."""
    pairs = {(n, f[9:]) for n, own in facts.items() for f in own if f.startswith("commutes:") and f[9:] in facts}
    out = {name: frozenset(n for pair in pairs if name in pair for n in pair) for pair in pairs for name in pair}
    if any(out[name] != out[other] for name, other in pairs):
        raise Unfit("matrices that commute with one, and not with each other")
    return out


def polynomial(ev: Evaluator, group: list[str], facts: Mapping[str, frozenset[str]], name: str, n: int) -> Jet:
    """A random polynomial in a matrix that is common to the group: of degree n - 1, which nearly all are.

    Not so where one is symmetric and another is not: what commutes with I may be any matrix.
    """
    own, (kind, *others) = plain(facts[name]), {plain(facts[g]) & frozenset(LINEAR_SPACES) for g in group}
    if others or own & {"orth", "skew"} or (kind & {"lower", "upper"} and "diag" not in kind):
        raise Unfit("commuting matrices with these facts")
    base = ev.symbols.setdefault(group[0] + COMMON, in_space(ev, ev.numbers.random(n, n), kind))
    out = reduce(lambda sofar, _: sofar @ base + base.eye(n) * ev.numbers.random(1, 1), range(n), base * 0)
    return out @ out if "psd" in own else out


def symbol(ev: Evaluator, rng: Random, facts: frozenset[str], rows: int, cols: int) -> Jet:
    """A general value with these facts; an orthogonal matrix by Cayley's formula, whose determinant counts as a sign.

    In a field, positive matrices are symmetric ones: formulas that agree there agree where some of them are positive.
    """
    if facts & {"pm1", "bit"}:
        return ev.one.fixed(rows, cols, lambda i, j: rng.choice((-1 if "pm1" in facts else 0, 1)))
    general: Jet = ev.numbers.random(rows, cols, bool(facts & {"pos", "nonneg"}) or {"diag", "psd"} <= facts)
    if "orth" in facts:
        det = ev.numbers.side(-1 if "turned" in facts else 1)
        return ev.f("cayley", general) @ general.fixed(rows, rows, lambda i, j: (i == j) * (1 if i else det))
    square = "psd" in facts and "diag" not in facts and ev.numbers.ordered
    return general @ general.T if square else in_space(ev, general, facts)


def in_space(ev: Evaluator, a: Jet, facts: Container[str]) -> Jet:
    """The nearest matrix in the linear space of the facts: the orthogonal projection."""
    return reduce(lambda b, fact: ev.f(PROJECTIONS[fact], b), (fact for fact in PROJECTIONS if fact in facts), a)


def space(x: Node) -> frozenset[str]:
    """The linear space that a variable varies in."""
    return plain(x.params[1]) & frozenset(LINEAR_SPACES)
