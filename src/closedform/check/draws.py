"""What was met at the points drawn: signs and squares, and whether their patterns have all been seen."""

from __future__ import annotations

from collections.abc import Mapping

from closedform.check.field import Field

Key = tuple[tuple[str, int], ...]
LIMIT, PATIENCE, DOUBTFUL, FIELDS, WANTED = 5, 200, 24, 6, -60


class Draws:
    """The points of one check, and for each choice of sizes the patterns of signs and squares met.

    Square roots whose arguments are independent modulo squares are roots of irreducible equations, so that
    agreement at a random point is agreement of formulas; they are independent where the patterns met
    span. With signs there is one formula for each pattern: all patterns must have been accepted.
    """

    def __init__(self) -> None:
        self.field: Field | None = None
        self.accepted: dict[Key, int] = {}
        self.refused, self.related = 0, False
        self.patterns: dict[Key, dict[tuple[tuple[str, ...], tuple[int, ...]], bool]] = {}
        self.bounds: list[tuple[Key, float]] = []

    def note(self, sizes: Mapping[str, int], seen: Mapping[tuple[str, int], int], accepted: bool) -> None:
        at = tuple(sorted(sizes.items()))
        self.accepted[at] = self.accepted.get(at, 0) + accepted
        pattern = tuple(kind for kind, _ in seen), tuple(seen.values())
        known = self.patterns.setdefault(at, {})
        known[pattern] = known.get(pattern, False) or accepted

    def note_bound(self, sizes: Mapping[str, int], bound: float) -> None:
        self.bounds.append((tuple(sorted(sizes.items())), bound))

    def weak(self) -> bool:
        """Whether one more field would make the bound stronger, and is wanted."""
        return len(self.bounds) < FIELDS and sum(b for _, b in self.bounds) > WANTED

    def wants(self, sizes: Mapping[str, int]) -> bool:
        """Whether more points of these sizes would tell more."""
        at = tuple(sorted(sizes.items()))
        if self.complete(at):
            return False
        patient = self.width(at) <= LIMIT and self.independent(at)
        return self.accepted[at] < (PATIENCE if patient else DOUBTFUL) and self.refused < PATIENCE

    def width_at(self, sizes: Mapping[str, int]) -> int:
        return self.width(tuple(sorted(sizes.items())))

    def width(self, at: Key) -> int:
        return max(len(kinds) for kinds, _ in self.patterns[at])

    def independent(self, at: Key) -> bool:
        """Whether the patterns met span: no product of arguments is a square."""
        if len({kinds for kinds, _ in self.patterns[at]}) != 1:
            return False
        basis: list[int] = []
        for _, signs in self.patterns[at]:
            bits = sum(1 << k for k, s in enumerate(signs) if s < 0)
            for b in basis:
                bits = min(bits, bits ^ b)
            if bits:
                basis.append(bits)
        return len(basis) == self.width(at)

    def complete(self, at: Key) -> bool:
        """Whether agreement at these sizes is agreement of formulas."""
        if not self.independent(at):
            return False
        signs = {
            tuple(s for kind, s in zip(*pattern, strict=True) if kind == "sign")
            for pattern, good in self.patterns[at].items()
            if good
        }
        return len(signs) == 1 << len(next(iter(signs), ()))

    def proven(self) -> list[dict[str, int]]:
        """The sizes, all 1 left out, at which the points met are enough for a bound."""
        return [dict(at) for at in self.accepted if not at or max(v for _, v in at) > 1 if self.complete(at)]

    def sizes(self) -> tuple[dict[str, int], ...]:
        return tuple(dict(at) for at, count in self.accepted.items() if count)

    def bound(self, proven: list[dict[str, int]] | None) -> float:
        """log2 of the probability bound, at the sizes proven: every sign or square halves the points."""
        keys = None if proven is None else {tuple(sorted(s.items())) for s in proven}
        used = [(at, b) for at, b in self.bounds if keys is None or at in keys]
        single = [min(0.0, b + self.width(at)) for at, b in used]
        signs = any("sign" in kinds for at, _ in used for kinds, _ in self.patterns[at])
        return max(single, default=0.0) if signs else sum(single)
