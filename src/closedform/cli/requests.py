"""One request as plain values in, its answer as plain values out: what other programs ask of this library.

``python -m closedform.cli.requests`` reads a request as JSON from standard input and prints the answer: a service runs
each in a process of its own, so that the limits of time hold whatever a request does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from closedform.answers import check, equal
from closedform.answers.asked import OPS, Asked
from closedform.cli import records
from closedform.cli.outcome import error_json
from closedform.errors import ClosedformError, LimitError
from closedform.formula import Formula, formula
from closedform.judging import judge
from closedform.limits import OutOfTime, alarm

Record = dict[str, Any]
ALONG = ("jvp", "vjp", "hvp")
SECONDS = 20.0


def answer(tool: str, given: Mapping[str, Any]) -> Record:
    """The answer to a request. Raises ClosedformError as the library does.

    >>> found = answer("differentiate", {"formula": "x'*A*x", "by": "x"})
    >>> found["derivatives"][0]["text"], found["derivatives"][0]["certificate"]["level"]
    ("(A + A')*x", 'A')
    """
    if tool not in TOOLS:
        raise ClosedformError(f"there is no tool {tool}; there are {', '.join(TOOLS)}")
    return TOOLS[tool](**{name: value for name, value in given.items() if value is not None})


def _differentiate(formula: str, by: str = "", op: str = "", where: str = "", and_by: str = "") -> Record:
    f = _read(formula, where)
    names = [name.strip() for name in by.split(",") if name.strip()] or f._differentiable()
    return {**_function(f), "derivatives": [_derivative(f, name, op, and_by) for name in names]}


def _derivative(f: Formula, by: str, op: str, and_by: str) -> Record:
    found = _derived(f, by, op, and_by)
    origin = found._origin
    return {
        "op": op or (origin.kind if origin else ""), "by": by, **records.forms(found), "where": found.where,
        "assumed": list(found.assumed), "conditions": list(found.conditions),
        "certificate": records.certificate(found.check()),
    }  # fmt: skip


def _derived(f: Formula, by: str, op: str, and_by: str = "") -> Formula:
    along: dict[str, Callable[[str], Formula]] = {"jvp": f.jvp, "vjp": f.vjp, "hvp": f.hvp}
    if op in along:
        return along[op](by)
    scalar, columns = f._raw.is_scalar, f._raw.is_column and f._variable(by).is_column
    op = op or ("gradient" if scalar else "jacobian" if columns else "derivative")
    if op not in OPS:
        raise ClosedformError(f"op is one of {', '.join((*OPS, *ALONG))}; this is {op}")
    return Asked(op, by, and_by or None).of(f)


def _check(function: str, answer: str, by: str = "", op: str = "", where: str = "") -> Record:
    return records.verdict(check(function, answer, where or None, by=by or None, op=op or None))


def _derive(
    formula: str, by: str, op: str = "", where: str = "", method: str = "differentials", detail: str = "normal"
) -> Record:
    f = _read(formula, where)
    found = _derived(f, by, op)
    lines = found.derivation(method, detail)
    return {
        **_function(f), **records.forms(found), "derivation": lines.unicode, "derivation_latex": lines.latex,
        "steps": records.steps(lines, True), "certified": lines.certified,
        "certificate": records.certificate(found.check()),
    }  # fmt: skip


def _judge(derivation: str, where: str = "", syntax: str = "auto") -> Record:
    found = judge(derivation, where or None, syntax)
    first = found.first_wrong
    return {
        "verdict": found.verdict, "first_wrong": None if first is None else first.line,
        "right_line": None if first is None else first.right_line, "assumed": list(found.assumed),
        "steps": [asdict(step) for step in found.steps], "text": found.text,
    }  # fmt: skip


def _equal(first: str, second: str, where: str = "") -> Record:
    return records.verdict(equal(first, second, where or None))


def _code(
    formula: str, by: str = "", op: str = "", target: str = "numpy", where: str = "", name: str = "f"
) -> Record:
    f = _read(formula, where)
    found = _derived(f, by, op) if by else f
    if not (name.isidentifier() and name.isascii()):
        raise ClosedformError(f"{name} is no name for a function")
    certificate = records.certificate(found.check()) if by else None
    return {**_function(f), **records.forms(found), "code": found.code(target, name=name), "certificate": certificate}


def _argmin(formula: str, over: str, by: str, where: str = "") -> Record:
    f = _read(formula, where)
    found = f.argmin(over)
    derivative = found.derivative(by)
    closed = found.closed_form
    return {
        **_function(f), "over": over, "by": by, "facts": list(found.facts), **records.forms(derivative),
        "closed_form": None if closed is None else records.forms(closed), "conditions": list(derivative.conditions),
        "certificate": records.certificate(derivative.check()),
    }  # fmt: skip


def _read(text: str, where: str) -> Formula:
    return formula(text, where or None)


def _function(f: Formula) -> Record:
    return {"function": records.forms(f), "assumed": list(f.assumed), "where": f.where}


TOOLS: dict[str, Callable[..., Record]] = {
    "differentiate": _differentiate, "check": _check, "derive": _derive, "judge": _judge, "equal": _equal,
    "code": _code, "argmin": _argmin,
}  # fmt: skip


def respond(text: str) -> str:
    """The answer to a request that is JSON, as JSON: ``{"version": 1, …}`` or ``{"version": 1, "error": …}``."""
    try:
        asked = json.loads(text)
        with alarm(float(asked.get("seconds", SECONDS))):
            found = records.plain({"version": 1, **answer(asked["tool"], asked["arguments"])})
        return json.dumps(found, ensure_ascii=False, allow_nan=False)
    except ClosedformError as error:
        return error_json(error)
    except OutOfTime as stop:
        return error_json(stop.error())
    except MemoryError:
        return error_json(LimitError("no memory is left for this (limit: memory)"))


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print(respond(sys.stdin.read()))
