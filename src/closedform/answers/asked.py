"""What is asked: which derivative of a formula, by which variable, in which convention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from closedform.errors import ClosedformError
from closedform.formula import Formula, LinearMap

OPS = ("gradient", "jacobian", "hessian", "derivative")


@dataclass(frozen=True)
class Asked:
    """One derivative. ``op`` is one of ``OPS``; ``and_by`` is for mixed second derivatives."""

    op: str
    by: str
    and_by: str | None = None
    layout: str = "numerator"
    symmetric: str = "projected"

    def of(self, f: Formula) -> Formula:
        """The derivative of ``f`` that is asked for.

        >>> from closedform.formula import formula
        >>> Asked("gradient", "x").of(formula("x'*A*x")).text
        "(A + A')*x"
        """
        match self.op:
            case "gradient":
                found = f.grad(self.by, symmetric=self.symmetric)
            case "jacobian":
                found = f.jacobian(self.by, layout=self.layout)
            case "hessian":
                found = f.hessian(self.by, self.and_by)
            case "derivative":
                found = f.derivative(self.by)
            case _:
                raise ClosedformError(f"there is no derivative called {self.op}; there are {', '.join(OPS)}")
        assert isinstance(found, Formula)
        return found

    @property
    def words(self) -> str:
        """``the gradient by x``."""
        both = f"{self.by} and {self.and_by}" if self.and_by not in (None, self.by) else self.by
        name = self.op.capitalize() if self.op in ("hessian", "jacobian") else self.op
        return f"the {name} by {both}"


def is_scalar(f: Formula) -> bool:
    return f.shape == ("1", "1")


def is_vector(f: Formula) -> bool:
    return f.shape[1] == "1"


def plausible_ops(f: Formula, answer: Formula) -> Iterator[str]:
    """The derivatives that an answer may be meant as, likeliest first."""
    yield "gradient" if is_scalar(f) else "jacobian" if is_vector(f) else "derivative"
    if is_scalar(f):
        yield "hessian"
    if not is_scalar(f) or set(names(answer)) - set(names(f)):
        yield "derivative"


def names(f: Formula) -> list[str]:
    """The variables that stand in a formula."""
    return [n for n in f._reading.names if n in f.variables]


def candidates(f: Formula, answer: Formula, by: str | None, op: str | None, wish: Asked) -> Iterator[Asked]:
    """All that the answer may be meant as, likeliest first."""
    variables = [by] if by is not None else sorted(f._differentiable(), key=_habit)
    for one in dict.fromkeys([op] if op is not None else plausible_ops(f, answer)):
        for name in variables:
            yield Asked(one, name, wish.and_by, wish.layout, wish.symmetric)


def _habit(name: str) -> int:
    """People differentiate by x rather than by a."""
    habits = ("x", "X", "w", "W", "theta", "beta", "z", "t")
    return habits.index(name) if name in habits else len(habits)


def is_map(f: Formula) -> bool:
    return isinstance(f, LinearMap)
