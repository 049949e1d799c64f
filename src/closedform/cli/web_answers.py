"""The answers of the web page: what the command line prints with ``--json``, computed in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from closedform import answers as judged
from closedform.answers import Asked
from closedform.check.certify import replay
from closedform.claim_texts import claim_of_texts
from closedform.cli import records, standalone, web_values
from closedform.cli.derivation import _json as judged_json
from closedform.cli.explained import _json as explained_json
from closedform.cli.outcome import error_json
from closedform.cli.reference import table_json
from closedform.cli.show import Answer
from closedform.cli.work import answers, questions, split_names
from closedform.errors import ClosedformError, LimitError
from closedform.formula import Formula, formula
from closedform.judging import judge
from closedform.limits import OutOfTime, alarm
from closedform.web.worker import run

Given = dict[str, str]
COMMANDS = {"gradient": "grad"}
TABLE_SECONDS = 30.0
"""The table of functions is the same for everybody and asked for once."""


def _answer(given: Given) -> str:
    f, by = _read(given), split_names([given.get("by", "")])
    op = given.get("op") or _fitting(f, by)
    if op in ("jvp", "vjp", "hvp"):
        return records.dump(op, f, derivatives=[_along(f, op, name) for name in by or f._differentiable()])
    found = _derived(f, op, by, given, steps="method" in given or "detail" in given)
    return records.dump(COMMANDS.get(op, op), f, derivatives=[records.derivative(one) for one in found])


def _derived(f: Formula, op: str, by: list[str], given: Given, *, steps: bool) -> list[Answer]:
    for name, meant, plain in (("layout", "jacobian", "numerator"), ("symmetric", "gradient", "projected")):
        if op != meant and given.get(name, plain) != plain:
            raise ClosedformError(f"{name} is for the op {meant}; this is {op}")
    wish = Asked(op, "", given.get("and_by"), given.get("layout", "numerator"), given.get("symmetric", "projected"))
    how = (given.get("method", "differentials"), given.get("detail", "normal")) if steps else None
    return answers(f, questions(f, by, wish), named=bool(by), check=True, steps=how)


def _export(given: Given) -> str:
    """The whole answer with its derivation: LaTeX, Markdown, or a page in HTML that reads offline."""
    f, by, form = _read(given), split_names([given.get("by", "")]), given["form"]
    found = _derived(f, given.get("op") or _fitting(f, by), by, given, steps=True)
    if form == "html":
        content = standalone.page(f, found)
    else:
        ways = [one.derivation for one in found if one.derivation is not None]
        content = "\n\n".join(way.latex if form == "latex" else way.markdown for way in ways)
    return records.dump("export", f, form=form, content=content)


def _fitting(f: Formula, by: list[str]) -> str:
    """What one would ask for first: a gradient, a Jacobian, or the linear map of anything by anything."""
    if f._raw.is_scalar:
        return "gradient"
    names = by or f._differentiable()
    return "jacobian" if f._raw.is_column and all(f._variable(x).is_column for x in names) else "derivative"


def _read_alone(given: Given) -> str:
    return records.dump("read", _read(given))


def _along(f: Formula, op: str, by: str) -> dict[str, Any]:
    found = _derivative(f, op, by)
    return {
        "by": by, **records.forms(found), "where": found.where, "conditions": list(found.conditions),
        "certificate": records.certificate(found.check()),
    }  # fmt: skip


def _derivative(f: Formula, op: str, by: str) -> Formula:
    along: dict[str, Callable[[str], Formula]] = {"jvp": f.jvp, "vjp": f.vjp, "hvp": f.hvp}
    return along[op](by) if op in along else Asked(op, by).of(f)


def _check(given: Given) -> str:
    options = {name: given.get(name) for name in ("by", "and_by", "op")}
    conventions = {name: given[name] for name in ("syntax", "layout", "symmetric") if name in given}
    found = judged.check(given["formula"], given["answer"], given.get("where"), **options, **conventions)  # type: ignore[arg-type]
    return records.dump("check", found.function, **records.verdict(found))


def _judge(given: Given) -> str:
    return judged_json(judge(given["derivation"], given.get("where"), given.get("syntax", "auto")))


def _code(given: Given) -> str:
    f, by, target = _read(given), given.get("by"), given.get("target", "numpy")
    name = given.get("name", "f")
    if not (name.isidentifier() and name.isascii()):
        raise ClosedformError(f"{name} is no name for a function")
    found = _derivative(f, given.get("op") or _fitting(f, [by]), by) if by else f
    code, plan = found.code(target, name=name).rstrip(), found.plan(target)
    cost = {"sizes": dict(plan.sizes), "flops": plan.total.flops, "bytes": plan.total.bytes}
    return records.dump("code", f, target=target, by=by, code=code, cost=cost)


def _replay(given: Given) -> str:
    found, before = replay(given["certificate"], claim_of_texts)
    said = {"certificate": records.certificate(found), "before": None if before is None else before.level}
    return json.dumps({"version": records.VERSION, "command": "replay", **said}, ensure_ascii=False)


def _numbers(given: Given) -> str:
    f, by = _read(given), given.get("by")
    asked = Asked(given.get("op") or _fitting(f, [by]), by) if by else None
    return web_values.evaluated(f, given, asked)


def _argmin(given: Given) -> str:
    return web_values.argmin(_read(given), given)


def _backprop(given: Given) -> str:
    return web_values.backprop(_read(given), given)


def _plot(given: Given) -> str:
    return web_values.plot(_read(given), given)


def _explain(given: Given) -> str:
    return explained_json(given["name"].strip())


def _functions(given: Given) -> str:
    return table_json(())


def _read(given: Given) -> Formula:
    return formula(given["formula"], given.get("where"), given.get("syntax", "auto"))


QUESTIONS: dict[str, Callable[[Given], str]] = {
    "read": _read_alone,
    "answer": _answer, "check": _check, "judge": _judge, "code": _code, "replay": _replay, "functions": _functions,
    "export": _export, "eval": _numbers, "argmin": _argmin, "backprop": _backprop, "plot": _plot,
    "explain": _explain,
}  # fmt: skip


def respond(text: str) -> tuple[str, bool]:
    """The answer to a request as JSON, and whether this process may answer another.

    >>> found, stays = respond('{"question": "answer", "seconds": 3, "given": {"formula": "x\\'*A*x", "by": "x"}}')
    >>> json.loads(found)["derivatives"][0]["text"], stays
    ("(A + A')*x", True)
    """
    return answered(text, QUESTIONS)


def answered(text: str, questions: Mapping[str, Callable[[Given], str]]) -> tuple[str, bool]:
    """The answer to one of these questions."""
    asked = json.loads(text)
    question = asked["question"]
    try:
        with alarm(TABLE_SECONDS if question == "functions" else asked["seconds"]):
            return _short(questions[question](asked["given"])), True
    except ClosedformError as error:
        return _short(error_json(error)), True
    except OutOfTime as stop:
        return _short(error_json(stop.error())), True
    except RecursionError:
        return _short(error_json(LimitError("this is nested too deeply (limit: depth)"))), True
    except MemoryError:
        return _short(error_json(LimitError("no memory is left for this (limit: memory)"))), False


def _short(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    respond('{"question": "answer", "seconds": 0, "given": {"formula": "logdet(X)"}}')  # loads what is loaded late
    run(respond)
