r"""What stands below a sum: ``i=1``, ``i,j``, ``i<j``, ``j \ne i``, ``1 \le i < j \le n``: ranges and pairs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from closedform.read.latex_signs import Sign
from closedform.read.vocabulary import INDEX_LETTERS

RELATIONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≠": "≠"}
TURNED = {">": "<", ">=": "<="}
BETWEEN = {",", ":", ";"}


class Range(NamedTuple):
    """An index with its bounds; empty ones follow from what it indexes."""

    name: str
    low: Sequence[Sign]
    high: Sequence[Sign]


class Pair(NamedTuple):
    """Two indices of which only some pairs are summed over; ``sign``: ``<``, ``<=`` or ``≠``."""

    first: str
    sign: str
    second: str


@dataclass
class Below:
    """The ranges and pairs that stand below a sum; ``clear`` where all of it was understood."""

    ranges: list[Range] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    clear: bool = True


def below(lower: Sequence[Sign], upper: Sequence[Sign], inside: Collection[str], active: Collection[str]) -> Below:
    """``inside``: letters that are indices in what is summed; ``active``: indices of sums that are open."""
    out, names = Below(), list[str]()
    if lower and lower[0].text == "(" and lower[-1].kind == "close" and sum(s.kind == "close" for s in lower) == 1:
        lower = lower[1:-1]  # (i, j)
    for clause in _clauses(lower):
        letters = [s.text for s in clause if s.kind == "letter"]
        if letters and len(letters) == len(clause):
            names += letters
        elif len(clause) > 2 and clause[0].kind == "letter" and clause[1].text == "=":
            for name in [*names, clause[0].text]:
                _ranged(out, name, clause[2:], upper, active)
            names = []
        elif any(s.text in RELATIONS for s in clause):
            _chain(out, list(clause), upper, {*inside, *active, *names, *(r.name for r in out.ranges)}, active)
            names = [n for n in names if all(r.name != n for r in out.ranges)]
        else:
            out.clear = False
    for name in names:
        _ranged(out, name, [], upper, active)
    out.clear = out.clear and bool(out.ranges)
    return out


def _clauses(lower: Sequence[Sign]) -> Iterator[list[Sign]]:
    clause = list[Sign]()
    for sign in lower:
        if sign.text in BETWEEN and sign.kind != "letter":
            yield clause
            clause = []
        else:
            clause.append(sign)
    if clause:
        yield clause


def _ranged(out: Below, name: str, low: Sequence[Sign], upper: Sequence[Sign], active: Collection[str]) -> None:
    """A range; a bound that is another index says which pairs there are: ``\\sum_{j=i+1}``, ``\\sum_{i=1}^{j-1}``."""
    known = {*active, *(r.name for r in out.ranges)}
    beneath, above = _bound(low), _bound(upper)
    if beneath[0] in known and beneath[1] in ("", "+1"):
        out.pairs.append(Pair(beneath[0], "<" if beneath[1] else "<=", name))
        low = []
    if above[0] in known and above[1] in ("", "-1"):
        out.pairs.append(Pair(name, "<" if above[1] else "<=", above[0]))
        upper = []
    out.ranges.append(Range(name, low, upper))


def _bound(signs: Sequence[Sign]) -> tuple[str, str]:
    letter = signs[0].text if signs and signs[0].kind == "letter" else ""
    return letter, "".join(s.text for s in signs[1:])


def _chain(
    out: Below, clause: list[Sign], upper: Sequence[Sign], indices: Collection[str], active: Collection[str]
) -> None:
    """``1 \\le i < j \\le n``."""
    parts, signs = [list[Sign]()], list[str]()
    for sign in clause:
        if sign.text in RELATIONS and sign.kind == "op":
            signs.append(RELATIONS[sign.text])
            parts.append([])
        else:
            parts[-1].append(sign)
    known = {*indices, *(INDEX_LETTERS if signs == ["≠"] else ())}
    own = [p[0].text if len(p) == 1 and p[0].kind == "letter" and p[0].text in known else "" for p in parts]
    if not all(parts) or not any(own):
        out.clear = False
        return
    low, high = dict[str, Sequence[Sign]](), dict[str, Sequence[Sign]]()
    for k, relation in enumerate(signs):
        _related(out, own[k : k + 2], parts[k : k + 2], relation, low, high)
    summed = {*active, *(r.name for r in out.ranges)}
    bound = next(iter(high.values()), upper)
    for name in dict.fromkeys(n for n in own if n in indices and n not in summed):
        out.ranges.append(Range(name, low.get(name, []), high.get(name, bound)))


def _related(
    out: Below, own: list[str], parts: list[list[Sign]], sign: str,
    low: dict[str, Sequence[Sign]], high: dict[str, Sequence[Sign]],
) -> None:  # fmt: skip
    if sign in TURNED:
        own, parts, sign = own[::-1], parts[::-1], TURNED[sign]
    if own[0] and own[1]:
        out.pairs.append(Pair(own[0], sign, own[1]))
    elif own[1] and [s.text for s in parts[0]] == ["1" if sign == "<=" else "0"]:
        pass
    elif own[1] and sign == "<=":
        low[own[1]] = parts[0]
    elif own[0] and sign == "<=":
        high[own[0]] = parts[1]
    else:
        out.clear = False


def mask(pair: Pair) -> list[tuple[str, str]]:
    """What a term is multiplied by, kinds and texts of tokens: 1 for the pairs that there are, 0 for the others."""

    def entry(*base: str) -> list[str]:
        return [*base, "[", pair.first, ",", pair.second, "]"]

    ordered = entry("triu", "(", "ones", "*", "ones", "'", ")")
    texts = {"≠": ["1", "-", *entry("I")], "<": [*ordered, "-", *entry("I")], "<=": ordered}[pair.sign]
    return [(_kind(text), text) for text in ["(", *texts, ")", "*", "("]]


def factor_mask(pair: Pair) -> list[tuple[str, str]]:
    """What stands before a factor of a product, up to its bracket: 1 + m*((factor) - 1), where m is 1 for the pairs."""
    return [("num", "1"), ("op", "+"), *mask(pair), ("op", "(")]


def _kind(text: str) -> str:
    return "num" if text == "1" else "name" if text.isalpha() else "op"
