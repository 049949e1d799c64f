"""What is compared: a function, a derivative of it in closed form, and how the derivative is asked of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from closedform.errors import ClosedformError, ShapeError

if TYPE_CHECKING:
    from closedform.formula import Formula

OPS = ("gradient", "jacobian", "hessian")
Call = Callable[[], Any]


@dataclass(frozen=True)
class Question:
    """``derivative`` is that of ``function`` by the variable ``by``."""

    function: Formula
    derivative: Formula
    by: str
    op: str

    def split(self, data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        """The data that a compiled formula takes."""
        return {name: data[name] for name in names}


def question(f: Formula, by: str, op: str = "") -> Question:
    """The derivative that is compared: by default the gradient of a scalar, the Jacobian of a vector."""
    op = op or ("gradient" if f._raw.is_scalar else "jacobian")
    if op not in OPS:
        raise ClosedformError(f"compared are {', '.join(OPS)}; {op} is none of them")
    if op == "hessian" and (not f._raw.is_scalar or not f._variable(by).is_column):
        raise ShapeError("compared are Hessians of a scalar by a scalar or a vector")
    ask: dict[str, Callable[[str], Formula]] = {"gradient": f.grad, "jacobian": f.jacobian, "hessian": f.hessian}
    found = ask[op](by)
    return Question(f, found, str(f._variable(by).params[0]), op)
