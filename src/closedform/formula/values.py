"""The value of a formula at given arrays, and the conditions that fail there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from closedform.errors import ValueProblem
from closedform.expr.op import Condition
from closedform.formula.printed import IN_THE_FORM
from closedform.formula.replaced import Replaced
from closedform.read.alphabet import canonical
from closedform.write.conditions import condition_text

if TYPE_CHECKING:
    import numpy as np


class Values(Replaced):
    """Values at arrays."""

    def __call__(self, data: Mapping[str, Any] | None = None, /, *more: Any, **values: Any) -> np.ndarray | float:
        """The value for given arrays: a float, a 1-d array for a vector, a 2-d array for a matrix.

        Raises ValueProblem where an array does not fit, naming the variable and the shape it should have.
        Matrices of scipy.sparse are taken where they only multiply. Everything is computed in float64; where all
        arrays of floats are float32, an array out is float32. NaN in an array is NaN in what depends on it. With
        ``strict=True``, ValueProblem names the :attr:`conditions` that do not hold.

        >>> formula("A*x")({"A": [[1.0, 2.0], [3.0, 4.0]], "x": [1.0, 1.0]}).tolist()
        [3.0, 7.0]
        """
        from closedform.run.values import value

        if more:
            raise self._not_by_name()
        strict = "strict" not in self._reading.names and bool(values.pop("strict", False))
        given = self._with_sizes(by_name(data, values))
        if strict:
            self._refuse_violated(given)
        found: np.ndarray | float = value(self._raw, given, self._allowed())
        return found

    def _refuse_violated(self, given: Mapping[str, Any]) -> None:
        broken = [condition_text(c, self._context) for c in self._broken(given)]
        if broken:
            raise ValueProblem(f"at these values it does not hold that {', '.join(broken)}")

    def violated(self, data: Mapping[str, Any] | None = None, /, **values: Any) -> tuple[str, ...]:
        """Those of the :attr:`conditions` that do not hold at given arrays, ties and zeros up to rounding.

        Raises ValueProblem where a variable of a condition has no value.

        >>> g = formula("||A*x||").grad("x")
        >>> g.violated(A=[[1.0, 2.0], [2.0, 4.0]], x=[2.0, -1.0])
        ('Ax ≠ 0',)
        """
        found = self._broken(self._with_sizes(by_name(data, values)))
        limits = set(self._limits)
        texts = ((condition_text(c, self._context), c in limits) for c in found)
        return tuple(f"{text} {IN_THE_FORM}" if limit else text for text, limit in texts)

    def _broken(self, given: Mapping[str, Any]) -> tuple[Condition, ...]:
        from closedform.run.conditions import broken

        functions, origin = [self._raw], self._origin
        while origin is not None:
            functions.append(origin.function._raw)
            origin = origin.function._origin
        return broken([*self._conditions, *self._limits], functions, given, self._allowed())

    def _not_by_name(self) -> ValueProblem:
        names = ", ".join(f"{name}=…" for name in self.variables)
        return ValueProblem(f"values are given by name: ({names})", hint="In order, they are given to compile()(…).")

    def _with_sizes(self, given: dict[str, Any]) -> dict[str, Any]:
        """Sizes that only an array which the formula does not need would show."""
        sizes = {name for x in (*self._reading.names.values(), self._raw) for s in x.shape for name in s.names}
        for name in sizes.union(self.variables):
            if name in given or name in self._reading.names:
                continue
            for other, x in self._reading.names.items():
                axis = next((k for k, s in enumerate(x.shape) if s.name == name), None)
                shape = getattr(given.get(other), "shape", ())
                if axis is not None and len(shape) > axis:
                    given[name] = shape[axis]
        return given

    def _allowed(self) -> list[str]:
        """Names that may be given though the formula does not need them: variables, their differentials, sizes."""
        names = [*self._reading.names, *self._reading.indices]
        sizes = {name for x in self._reading.names.values() for s in x.shape for name in s.names}
        return [*names, *(f"d{name}{k}" for name in names for k in ("", "1", "2")), *sorted(sizes)]


def by_name(data: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    if data is not None and not isinstance(data, Mapping):
        raise ValueProblem(f"values are given by name, x=…, or as a mapping; this is of type {type(data).__name__}")
    return {canonical(name): array for name, array in {**(data or {}), **values}.items()}


def refuse_strangers(given: Mapping[str, Any], allowed: Collection[str], needed: Iterable[str]) -> None:
    """Raises ValueProblem where a value has a name that stands nowhere, as one that is misspelled."""
    for name in given:
        if name not in allowed:
            near = get_close_matches(name, ["start", "starts", *allowed], 1)
            hint = f"Did you mean {near[0]}?" if near else ""
            raise ValueProblem(f"{name} is no variable here; there are {', '.join(needed)}", hint=hint)
