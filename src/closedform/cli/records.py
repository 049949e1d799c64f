"""Answers as JSON. The fields are documented in ``docs/cli.md``; they are added to, never changed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from closedform.answers.forms import as_read
from closedform.answers.verdict import Verdict
from closedform.check.certificate import Certificate
from closedform.cli.show import Answer
from closedform.derivations import Derivation
from closedform.formula import Formula
from closedform.taylor import Taylor

VERSION = 1


def dump(command: str, f: Formula, **fields: Any) -> str:
    """The record of an answer: what every command says of the function, then ``fields``."""
    record = {
        "version": VERSION,
        "command": command,
        "function": {"as_read": as_read(f, True), "name": f._context.whole, **forms(f)},
        "assumed": list(f.assumed),
        "where": f.where,
        **fields,
    }
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)


def forms(f: Formula) -> dict[str, Any]:
    return {
        "text": f.text,
        "unicode": f.unicode,
        "latex": f.latex,
        "shape": list(f.shape),
        "variables": f.variables,
    }


def derivative(answer: Answer) -> dict[str, Any]:
    asked, found = answer.asked, answer.found
    return {
        "by": asked.by,
        "and_by": asked.and_by,
        "op": asked.op,
        **forms(found),
        "where": found.where,
        "assumed": list(found.assumed),
        "conditions": list(found.conditions),
        "certificate": certificate(answer.certificate),
        "kron": None if answer.kron is None else forms(answer.kron),
        **({} if answer.derivation is None else {"steps": steps(answer.derivation, answer.certificate is not None)}),
    }


def steps(found: Derivation, check: bool) -> list[dict[str, Any]]:
    """The lines of a derivation."""
    return [
        {
            "left": step.left("unicode"),
            "text": step.after.text,
            "unicode": step.after.unicode,
            "latex": step.after.latex,
            "law": step.reason("unicode"),
            "uses": list(step.uses),
            "let": {name: part.text for name, part in step.let},
            "span": step.span,
            "certificate": certificate(step.certified if check else None),
        }
        for step in found.steps
    ]


def expansion(name: str, found: Taylor, checks: tuple[Certificate, ...]) -> dict[str, Any]:
    return {
        "by": name,
        "text": found.text,
        "unicode": found.unicode,
        "latex": found.latex,
        "conditions": list(found.conditions),
        "certificates": [certificate(c) for c in checks],
    }


def certificate(found: Certificate | None) -> dict[str, Any] | None:
    """The certificate's own fields, with ``ok`` and ``line``, which is for people."""
    if found is None:
        return None
    fields: dict[str, Any] = plain(found.as_dict())
    return {"level": found.level, "ok": found.ok, "line": found.line(), **fields}


def verdict(found: Verdict) -> dict[str, Any]:
    asked = found.asked
    return {
        "verdict": found.kind,
        "op": None if asked is None else asked.op,
        "by": None if asked is None else asked.by,
        "answer": forms(found.answer),
        "right": forms(found.truth),
        "difference": None if found.difference is None else forms(found.difference),
        "right_if": found.declaration,
        "remark": found.remark,
        "notes": list(found.notes),
        "conditions": list(found.conditions),
        "certificate": certificate(found.certificate),
    }


def plain(value: Any) -> Any:
    """Lists, numbers and strings alone: arrays as lists, numbers that JSON lacks as "nan", "inf", "-inf"."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value
