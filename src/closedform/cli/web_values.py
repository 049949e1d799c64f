"""The answers of the web page that have numbers in them: values, argmins, the passes of backpropagation, pictures."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from closedform.answers import Asked
from closedform.argmin.solution import Solution
from closedform.cli import records
from closedform.cli.argmin import as_json as argmin_json
from closedform.cli.backprop import _json as backprop_json
from closedform.cli.work import split_names
from closedform.comparing.data import arrays
from closedform.errors import ClosedformError, LimitError, MissingRule, ShapeError, ValueProblem
from closedform.formula import Formula, LinearMap
from closedform.formula.argmin import Argmin
from closedform.plotting import Picture
from closedform.read.alphabet import canonical

Given = dict[str, str]
Read = Callable[[Given], Formula]
MEND = 'Write {"x": [1, 2], "A": [[1, 2], [3, 4]], "lam": 0.1}.'
SIZES = (3, 4, 2, 5)
"""Sizes of random arrays, in the order in which the sizes stand in the formula: pairwise different while they last."""
LARGEST = 10**15
DRAWN = 120
"""Rows of a graph that is drawn: a larger one is no picture that one could read."""


def numbers(text: str, what: str = "the numbers") -> Any:
    """What a field of JSON holds; every number of it is finite. Raises ValueProblem.

    >>> numbers('{"x": [1, 2.5]}')
    {'x': [1, 2.5]}
    """
    try:
        return json.loads(
            text, parse_int=_whole, parse_float=_finite, parse_constant=_finite, object_pairs_hook=_named_once
        )
    except (ValueError, RecursionError):
        raise ValueProblem(f"{what} cannot be read: they are JSON, of finite numbers", hint=MEND) from None


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict[str, Any]()
    for name, value in pairs:
        if (name := canonical(name.strip())) in found:
            raise ValueProblem(f"{name[:40]} is given twice", hint="Give each name one value.")
        found[name] = value
    return found


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= len(str(LARGEST)) else _finite(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def by_name(given: Given) -> dict[str, Any]:
    """The values that a request gives. Raises ValueProblem."""
    text = given.get("values", "").strip()
    if not text:
        return {}
    found = numbers(text)
    if not isinstance(found, dict):
        raise ValueProblem("the numbers have no names", hint=MEND)
    return {name: _array(name, value) for name, value in found.items()}


def _array(name: str, value: Any) -> Any:
    """Lists as arrays: the sizes that only they show are read off them."""
    for entry in _entries(value):
        if isinstance(entry, bool) or not isinstance(entry, int | float):
            shown = json.dumps(entry, ensure_ascii=False)[:40]
            raise ValueProblem(f"{name[:40]} has {shown} where a number must stand", hint=MEND)
    if not isinstance(value, list):
        return value
    try:
        return np.array(value, float)
    except ValueError:
        raise ValueProblem(f"{name[:40]} is no array: its rows are not of one length", hint=MEND) from None


def _entries(value: Any) -> Iterator[Any]:
    """All that stands in lists within lists; what is given where it is no list."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        else:
            yield one


def evaluated(f: Formula, given: Given, asked: Asked | None) -> str:
    """The value of a formula, or of a derivative of it; at random numbers where none are given."""
    found = f if asked is None else asked.of(f)
    values = by_name(given) or drawn(f, found)
    try:
        value = found.array(values) if isinstance(found, LinearMap) else found(values)
    except OverflowError:
        raise ValueProblem("a number is too large for float64") from None
    return records.dump(
        "eval", f, evaluated=records.forms(found), value=records.plain(value), values=records.plain(values)
    )


def drawn(f: Formula, found: Formula) -> dict[str, Any]:
    """Random values at which a formula and its derivative are finite, to four digits where that keeps what they are."""
    names = dict.fromkeys(name for x in f._reading.names.values() for s in x.shape for name in s.names)
    sizes = {name: SIZES[k % len(SIZES)] for k, name in enumerate(names)}
    value = found.array if isinstance(found, LinearMap) else None
    return {name: _short(f, name, given) for name, given in arrays(f, found, 3, sizes, 0, value).items()}


def _short(f: Formula, name: str, value: Any) -> Any:
    x = f._reading.names.get(name)
    exact = isinstance(value, int) or (x is not None and "orth" in x.params[1])
    return value if exact else round(value, 4) if isinstance(value, float) else value.round(4)


def argmin(f: Formula, given: Given) -> str:
    """The derivative of an argmin, and with values the numbers and a verdict."""
    over, by = given["over"], split_names([given.get("by", "")])
    found = f.argmin(over, subject_to=given.get("subject_to") or None)
    values = by_name(given)
    solution = _solved(found, values, given) if values else None
    parameters = by or [name for name in f._differentiable() if name != canonical(over)]
    derivatives = [] if found.subject_to else _derivatives(found, parameters, bool(by))
    if not derivatives and solution is None and found.subject_to:
        raise MissingRule("with constraints the derivative depends on what is active: give numbers")
    checks = {name: d.check() for name, d in derivatives}
    options = {"over": over, "by": parameters, "on_fail": "raise"}
    record = json.loads(argmin_json(f, found, derivatives, checks, solution, options))
    if solution is not None and given.get("picture") == "yes":
        record["picture"] = _shown(lambda: found.plot(solution))
    return json.dumps(record, ensure_ascii=False)


def _derivatives(found: Argmin, by: list[str], named: bool) -> list[tuple[str, Formula]]:
    """Those by parameters that nobody named are left out where they have no closed form."""
    out = []
    for name in by:
        try:
            out.append((name, found.derivative(name)))
        except (MissingRule, ShapeError):
            if named:
                raise
    return out


def _solved(found: Argmin, values: dict[str, Any], given: Given) -> Solution:
    if point := given.get("point", "").strip():
        return found.diagnose(_point(point, "the point"), values)
    start = given.get("start", "").strip()
    try:
        return found.solve(values, start=_point(start, "the start") if start else None)
    except np.linalg.LinAlgError as error:
        raise ValueProblem(f"at these numbers linear algebra fails: {error}") from None


def _point(text: str, what: str) -> Any:
    return _array(what, numbers(text, what))


def backprop(f: Formula, given: Given) -> str:
    """The tables of backpropagation and the picture of the graph, where something can draw it."""
    table = f.backprop(*split_names([given.get("by", "")]), mode=given.get("mode") or "reverse")
    values = by_name(given)
    table = table.at(values) if values else table
    record = json.loads(backprop_json(f, table, {name: g.check() for name, g in table.gradients.items()}))
    rows = len(table.passes.graph.rows)
    try:
        if rows > DRAWN:
            raise LimitError(f"the graph has {rows} rows: it is drawn up to {DRAWN} (limit: size)")
        svg = table.svg()
        record["graph"], record["no_graph"] = svg[svg.index("<svg") :], ""
    except ClosedformError as error:
        record["graph"], record["no_graph"] = None, " ".join([error.message, error.hint]).strip()
    return json.dumps(record, ensure_ascii=False)


def plot(f: Formula, given: Given) -> str:
    """A picture in SVG with its words."""
    spans = numbers(given["span"], "the ranges") if given.get("span", "").strip() else []
    if not isinstance(spans, list) or not all(_is_pair(span) for span in spans):
        raise ValueProblem("a range is two numbers, the lower one first", hint="Write [[-2, 2]] or [[-2, 2], [0, 1]].")
    by, kind, values = split_names([given.get("by", "")]), given.get("kind", ""), by_name(given)
    ranges = [(float(low), float(high)) for low, high in spans]
    return records.dump("plot", f, **_shown(lambda: f.plot(*by, kind=kind, data=values, span=ranges)))


def _shown(draw: Callable[[], Picture]) -> dict[str, Any]:
    """A picture and its words. Raises ValueProblem where its numbers are too large or too near for axes."""
    try:
        picture = draw()
        svg = picture.encoded("svg").decode()
    except (ValueError, OverflowError) as error:
        raise ValueProblem(f"these numbers cannot be drawn: {error}", hint="Give another range.") from None
    return {"svg": svg[svg.index("<svg") :], "words": list(picture.words)}


def _is_pair(span: Any) -> bool:
    return (
        isinstance(span, list) and len(span) == 2
        and all(isinstance(x, int | float) and not isinstance(x, bool) for x in span) and span[0] < span[1]
    )  # fmt: skip
