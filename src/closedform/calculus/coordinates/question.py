"""What is derived by coordinates, with the letters of its entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from closedform.calculus.coordinates.chain import Place
from closedform.calculus.coordinates.entries import INSTEAD
from closedform.calculus.derive import gradient, hessian, linear_map
from closedform.calculus.spaces import space_of
from closedform.errors import MissingRule
from closedform.expr.facts import WORDS
from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import INDEX, SUMOVER, SYM, index, sym
from closedform.rewrite.normal.normal import normal

PAIRS = ("kl", "pr", "st", "uv", "hx")
ROWS = ("ij", "hs", "uv")


@dataclass(frozen=True)
class Question:
    """Which derivative of the raw node ``function``, and the answer.

    ``kind`` is gradient, jacobian, hessian, map or second-map; ``directions`` are the differentials in the answer,
    those of the last variables.
    """

    kind: str
    function: Node
    variable: Node
    answer: Node
    second: Node | None = None
    directions: tuple[Node, ...] = ()
    layout: str = "numerator"
    symmetric: str = "projected"

    @property
    def variables(self) -> tuple[Node, ...]:
        twice = self.kind in ("hessian", "second-map")
        return (self.variable, self.second or self.variable) if twice else (self.variable,)

    @property
    def space(self) -> str | None:
        return space_of(self.variable)

    def freed(self) -> Question:
        """The same with the entries of the variable free, where it is declared in a space; itself elsewhere.

        Raises MissingRule where that is no gradient.
        """
        if not any(map(space_of, self.variables)):
            return self
        if self.kind not in ("gradient", "hessian", "map") or self.second not in (None, self.variable):
            x = next(x for x in self.variables if space_of(x))
            raise MissingRule(
                f"by coordinates: {x.params[0]} is {WORDS[str(space_of(x))]}, so its entries are not free and there "
                f"is no partial derivative by each of them; {INSTEAD}"
            )
        x = sym(str(self.variable.params[0]), self.variable.rows, self.variable.cols)
        f = rebuild(self.function, lambda n, _: x if n is self.variable else None)
        if self.kind == "gradient":
            found = gradient(normal(f), x)
        else:
            found = hessian(normal(f), x) if self.kind == "hessian" else linear_map(normal(f), x)
        return replace(self, function=f, variable=x, answer=found.node, directions=found.directions)


@dataclass(frozen=True)
class Letters:
    """``at`` are those of the entry of f, ``by`` those of each variable, ``taken`` all that mean something."""

    at: Place
    by: tuple[Place, ...]
    own: frozenset[Node]
    taken: frozenset[Node]

    @staticmethod
    def of(question: Question, named: Mapping[Node, str]) -> Letters:
        nodes = [*postorder(question.function), *question.variables]
        names = {str(n.params[0]) for n in nodes if n.op is SYM} | set(named.values())
        names |= {name for n in nodes for side in n.shape for name in side.names}
        bound = {str(n.params[0]) for n in nodes if n.op is SUMOVER}
        fixed = {str(n.params[0]) for n in nodes if n.op is INDEX} - bound
        used = names | bound | fixed
        by = _by([_count(x.shape) for x in question.variables], used)
        at = _first(_count(question.function.shape), ROWS, used | {c for place in by for c in place})
        places = [tuple(map(index, place)) for place in (at, *by)]
        taken = frozenset(map(index, sorted(names | fixed))) | frozenset(n for place in places for n in place)
        return Letters(places[0], tuple(places[1:]), frozenset(map(index, sorted(bound))), taken)

    @property
    def moved(self) -> frozenset[Node]:
        return frozenset(n for place in self.by for n in place)


def _count(shape: Shape) -> int:
    return sum(side is not ONE for side in shape)


def _by(counts: list[int], used: set[str]) -> list[str]:
    if counts == [1, 1]:
        return list(_first(2, PAIRS, used))
    out: list[str] = []
    for count in counts:
        out.append(_first(count, PAIRS, used | {c for place in out for c in place}))
    return out


def _first(count: int, choices: tuple[str, ...], used: set[str]) -> str:
    """The first ``count`` letters of a choice, or of its letters alone, that are free."""
    single = [c for pair in choices for c in pair[:1] if c not in used] if count == 1 else []
    found = next((c[:count] for c in choices if not set(c[:count]) & used), None)
    if single:
        return single[0]
    if found is None:
        raise MissingRule(f"by coordinates, no letters are left for the derivative; {INSTEAD}")
    return found
