"""Random general points: symbols by their declared facts, directions in the space of a variable."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from random import Random

from closedform.check.core.evaluate import Evaluator
from closedform.check.core.jet import Jet, Unfit, stack
from closedform.expr.facts import LINEAR_SPACES, close
from closedform.expr.node import Node

LARGEST_WHOLE, COMMON = 23, " common"
PROJECTIONS = {"sym": "sym_part", "skew": "skew_part", "lower": "tril", "upper": "triu", "diag": "diagonal"}


@dataclass
class Cast:
    """What is to be drawn: symbols by name, with their facts; those that are small integers; the ends of indices;
    and what is given, entries row by row."""

    symbols: Mapping[str, Node] = field(default_factory=dict)
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    ends: dict[str, int] = field(default_factory=dict)
    given: Mapping[str, Sequence[int]] = field(default_factory=dict)


def draw(cast: Cast, ev: Evaluator, rng: Random) -> None:
    """Give the symbols and indices of an evaluator general values."""
    ev.indices = {name: rng.randint(1, end) for name, end in cast.ends.items()}
    groups = commuting(cast.facts)
    for name, node in sorted(cast.symbols.items(), key=lambda item: item[0]):
        if name in cast.given:
            ev.symbols[name] = stack([ev.one * v for v in cast.given[name]]).reshape(*ev.shape(node))
        elif name in cast.whole:
            ev.symbols[name] = ev.one * rng.randint(2, LARGEST_WHOLE)
        elif name in groups:
            ev.symbols[name] = polynomial(ev, sorted(groups[name]), cast.facts, name, ev.shape(node)[0])
        else:
            ev.symbols[name] = symbol(ev, rng, plain(cast.facts[name]), *ev.shape(node))


def plain(facts: Iterable[str]) -> frozenset[str]:
    """The facts that are about one matrix alone, with all that they imply."""
    return close(f for f in facts if ":" not in f)


def commuting(facts: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The names that commute with each name, itself included, where there are others."""
    out: dict[str, frozenset[str]] = {}
    for name, other in ((n, f[9:]) for n, own in facts.items() for f in own if f.startswith("commutes:")):
        if other in facts:
            joined = out.get(name, frozenset([name])) | out.get(other, frozenset([other]))
            out.update(dict.fromkeys(joined, joined))
    return out


def polynomial(ev: Evaluator, group: list[str], facts: Mapping[str, frozenset[str]], name: str, n: int) -> Jet:
    """A random polynomial in a matrix that is common to the group."""
    own, union = plain(facts[name]), plain(f for g in group for f in facts[g])
    if own & {"orth", "skew"}:
        raise Unfit("commuting matrices with this fact")
    if group[0] + COMMON not in ev.symbols:
        ev.symbols[group[0] + COMMON] = in_space(ev, ev.numbers.random(n, n), union & {"diag", "sym"})
    a, b, c = (ev.numbers.random(1, 1) for _ in range(3))
    out = ev.f("parabola", ev.symbols[group[0] + COMMON], a, b, c)
    return out @ out if "psd" in own else out


def symbol(ev: Evaluator, rng: Random, facts: frozenset[str], rows: int, cols: int) -> Jet:
    """A general value with these facts; an orthogonal matrix by Cayley's formula, of either determinant.

    In a field, positive matrices are symmetric ones: formulas that agree there agree where some of them are positive.
    """
    if facts & {"pm1", "bit"}:
        return ev.one.fixed(rows, cols, lambda i, j: rng.choice((-1 if "pm1" in facts else 0, 1)))
    general: Jet = ev.numbers.random(rows, cols, bool(facts & {"pos", "nonneg"}) or {"diag", "psd"} <= facts)
    if "orth" in facts:
        return ev.f("cayley", general) @ general.fixed(rows, rows, lambda i, j: (i == j) * rng.choice((1, -1)))
    square = "psd" in facts and "diag" not in facts and ev.numbers.ordered
    return general @ general.T if square else in_space(ev, general, facts)


def in_space(ev: Evaluator, a: Jet, facts: Container[str]) -> Jet:
    """The nearest matrix in the linear space of the facts: the orthogonal projection."""
    return reduce(lambda b, fact: ev.f(PROJECTIONS[fact], b), (fact for fact in PROJECTIONS if fact in facts), a)


def space(x: Node) -> frozenset[str]:
    """The linear space that a variable varies in."""
    return plain(x.params[1]) & frozenset(LINEAR_SPACES)
