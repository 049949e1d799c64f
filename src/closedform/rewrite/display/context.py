"""What a reader of the answer knows: which name came first, which names are taken, which are families."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, count

WHOLE = ("f", "h", "g", "F", "phi")
"""What a whole function is called, by preference."""


@dataclass(frozen=True)
class Context:
    """How to print.

    ``order`` gives each name its rank (first appearance in what the person wrote); ``differentials`` maps
    ``dX`` to ``X``; ``families`` names the matrices whose rows are written ``a[i]`` (None: all with a small
    letter); ``taken`` are names that nothing new may have; ``naming`` lets shared parts be named;
    ``as_written`` is for raw nodes: their order and grouping stay. ``late`` are names that stand last in a product
    where that reads as well: the differentials in a derivation; with ``traces`` these stand in traces rather than in
    inner products, but for those of their own, <G, dX>.
    """

    order: Mapping[str, int] = field(default_factory=dict)
    differentials: Mapping[str, str] = field(default_factory=dict)
    families: frozenset[str] | None = None
    taken: frozenset[str] = frozenset()
    naming: bool = True
    sized: bool = False
    as_written: bool = False
    late: frozenset[str] = frozenset()
    traces: bool = False

    @property
    def whole(self) -> str:
        """What the whole function is called: f, or where that is a name in it, the first that is none.

        >>> Context().whole, Context({"f": 0}, taken=frozenset("h")).whole
        ('f', 'g')
        """
        names = chain(WHOLE, (f"f{k}" for k in count(1)))
        return next(name for name in names if name not in self.taken and name not in self.order)

    def rank(self, name: str) -> int:
        """Small for what came first; a differential comes just before its variable."""
        variable = self.differentials.get(name)
        if variable is None and name not in self.order and name[:1] == "d":
            stem = name[1:] if name[1:] in self.order else name[1:].rstrip("0123456789")
            variable = stem if stem in self.order else None
        if variable is not None:
            return 2 * self.order.get(variable, UNKNOWN)
        return 2 * self.order.get(name, UNKNOWN) + 1


UNKNOWN = 1_000_000
PLAIN = Context()
