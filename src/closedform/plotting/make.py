"""Which picture is drawn of a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.errors import ClosedformError, ShapeError
from closedform.expr.facts import WORDS
from closedform.functions.known_facts import facts_of
from closedform.plotting.contours import REACH, Span, contours, curve
from closedform.plotting.heatmap import heat_map, hessian_map
from closedform.plotting.picture import Picture
from closedform.plotting.plane import plane
from closedform.write.marks import greek

if TYPE_CHECKING:
    from closedform.formula import Formula

KINDS = ("contours", "curve", "jacobian", "hessian")
AXES = {"contours": 2, "curve": 1}
"""Ranges that a picture may be given."""
TAKEN = ("no range", "one range", "at most two ranges")
SAID = ("diag", "pd", "psd", "orth", "skew", "lower", "upper", "sym")


def plot(
    f: Formula, by: Sequence[str], given: Mapping[str, Any], kind: str = "", spans: Sequence[Span] = (),
    start: Sequence[float] | None = None,
) -> Picture:  # fmt: skip
    """The picture of a kind, or the one that fits: contours, a curve, or the heat map of the Jacobian."""
    if kind not in ("", *KINDS):
        raise ClosedformError(f"pictures are {', '.join(KINDS)}; {kind} is none of them")
    names = list(by) or f._differentiable()
    if not names:
        raise ClosedformError("there is no variable in this formula to draw it over")
    kind = kind or _fitting(f, names)
    if len(spans) > (most := AXES.get(kind, 0)):
        raise ClosedformError(f"a picture of the kind {kind} takes {TAKEN[most]}; here are {len(spans)}")
    if kind == "contours":
        return contours(plane(f, names, given), _title(f), spans, start)
    if kind == "curve":
        return _curve(f, names, given, spans)
    return _derivative(f, names[0], given, kind)


def _fitting(f: Formula, names: Sequence[str]) -> str:
    if not f._raw.is_scalar:
        return "jacobian"
    alone = len(names) == 1 and f._variable(names[0]).is_scalar
    return "curve" if alone else "contours"


def _title(f: Formula) -> str:
    name, text = greek(f._context.whole), f.unicode
    return f"{name} = {text}" if len(text) <= 70 else name


def _curve(f: Formula, names: Sequence[str], given: Mapping[str, Any], spans: Sequence[Span]) -> Picture:
    name = names[0]
    if len(names) != 1 or not f._raw.is_scalar or not f._variable(name).is_scalar:
        raise ShapeError("a curve is of a scalar over one scalar: name it")
    g, at = f.grad(name), float(given.get(name, 0.0))
    rest = {n: v for n, v in given.items() if n != name}
    span = spans[0] if spans else (at - REACH, at + REACH)
    return curve(
        lambda t: float(f({**rest, name: t})), lambda t: float(g({**rest, name: t})), greek(name), _title(f), span, at
    )


def _derivative(f: Formula, name: str, given: Mapping[str, Any], kind: str) -> Picture:
    """The heat map of a Jacobian, or of a Hessian with its eigenvalues."""
    if name not in given:
        raise ClosedformError(f"a {kind} is drawn at a point: no value was given for {name}")
    if kind == "jacobian":
        found = f.jacobian(name) if f._raw.is_column and f._variable(name).is_column else f.derivative(name)
        return heat_map(_matrix(found, given), f"∂f/∂{greek(name)}", _facts(found))
    if not f._raw.is_scalar:
        raise ShapeError("the Hessian that is drawn is that of a scalar function")
    found = f.hessian(name)
    matrix = _matrix(found, given)
    slope = np.asarray(f.grad(name)(given), float)
    scale = float(np.abs(matrix).max(initial=0.0))
    return hessian_map(matrix, f"Hessian of f by {greek(name)}", _facts(found), float(np.linalg.norm(slope)), scale)


def _matrix(found: Formula, given: Mapping[str, Any]) -> Any:
    """The derivative as a matrix; that of a map on entries row by row."""
    evaluate = getattr(found, "array", None)
    if evaluate is None:
        return np.atleast_2d(np.asarray(found(given), float))
    array = np.asarray(evaluate(given), float)
    moved = [s.number != 1 for s in found._origin.directions[-1].shape] if found._origin else []
    inner = int(np.prod(array.shape[array.ndim - sum(moved) :])) if sum(moved) else 1
    return array.reshape(-1, inner)


def _facts(found: Formula) -> tuple[str, ...]:
    """What is known of the matrix whatever its values, the strongest word."""
    known = facts_of(found._node) if not hasattr(found, "array") else frozenset[str]()
    return tuple(WORDS[f] for f in SAID if f in known)[:1]
