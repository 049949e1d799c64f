"""The table of functions for people: read from the declarations, each differential the library's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from difflib import get_close_matches

from closedform.calculus.conditions import conditions_of
from closedform.calculus.differential import differential
from closedform.calculus.spaces import direction
from closedform.cli.page import Page, signs
from closedform.errors import DeclarationError, MissingRule
from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.formula import Formula, formula
from closedform.functions import algebra
from closedform.functions.define import Function
from closedform.functions.table import FAMILIES, functions
from closedform.read.vocabulary import SYNONYMS
from closedform.rewrite.simplify import simplify
from closedform.write.conditions import condition_text

BUILT_IN = {
    "tr": ("tr(X)", "The trace: the sum of the diagonal."),
    "diagm": ("diag(x)", "The diagonal matrix of a vector."),
    "diagv": ("diag(X)", "The diagonal of a square matrix, as a vector."),
}
CALLS = {
    "clip": ("clip(x, lo, hi)", "x in R^n, lo in R, hi in R"),
    "huber": ("huber(x, delta)", "x in R^n, delta > 0"),
    "kron_left": ("kron_left(G, B)", "G in R^(m*p×n*q), B in R^(p×q)"),
    "kron_right": ("kron_right(G, A)", "G in R^(m*p×n*q), A in R^(m×n)"),
    "unvec": ("unvec(v, m, n)", "v in R^(m*n)"),
    "comm": ("comm(m, n)", ""),
    "block": ("[A, B; C, D]", "A in R^(m×n), B in R^(m×p), C in R^(q×n), D in R^(q×p)"),
    "sub": ("sub(X, 2, 3, m, n)", "X in R^(p×q)"),
    "norm2": ("norm2(x)", "x in R^n"),
    "norm1": ("norm1(x)", "x in R^n"),
    "norm_inf": ("norm_inf(x)", "x in R^n"),
}
"""Functions whose arguments no signature tells: how they are typed, and the declarations for that."""
SPACES = {"sym": "Sym", "pd": "PD"}
NAMES = {"scalar": "st", "vector": "xy", "matrix": "XY"}
_CALLED = re.compile(r"\w+\(([\w, ]*)\):")


@dataclass(frozen=True)
class Row:
    """One function: how it is called, what it is, its differential, and where that holds."""

    name: str
    call: str
    family: str
    what: str
    differential: str
    conditions: tuple[str, ...]
    aliases: tuple[str, ...]


def rows() -> Iterator[Row]:
    """Every function of the language, family by family."""
    families = _families()
    for name in BUILT_IN:
        op = {"tr": algebra.TR, "diagm": algebra.DIAGM, "diagv": algebra.DIAGV}[name]
        yield _row(op, "Built into the language", *BUILT_IN[name])
    for op in sorted(functions(), key=lambda op: list(families).index(op.name)):
        yield _row(op, families[op.name], "", op.doc)


def _families() -> dict[str, str]:
    out: dict[str, str] = {}
    for module in FAMILIES:
        head = (module.__doc__ or "").strip().partition("\n")[0].rstrip(".")
        for value in vars(module).values():
            op = value.op if isinstance(value, Function) else value
            if isinstance(op, Op) and not op.structural:
                out.setdefault(op.name, head)
    for op in functions():
        out.setdefault(op.name, "Others")
    return out


def _row(op: Op, family: str, call: str, what: str) -> Row:
    call, where = (call, _where_of(call)) if call else CALLS.get(op.name) or _call(op)
    f = formula(call, where, "text")
    aliases = dict.fromkeys((*op.aliases, *(k for k, v in SYNONYMS.items() if v == op.text)))
    return Row(op.text, call, family, _sentence(what), _differential(f), _conditions(f), tuple(aliases))


def _where_of(call: str) -> str:
    return "X in R^(n×n)" if "X" in call else "x in R^n"


def _call(op: Op) -> tuple[str, str]:
    """How a function is typed, with names of its own documentation or by habit, and their declarations."""
    assert op.signature is not None, f"{op.name} has no signature and stands not in CALLS"
    patterns, said = op.signature.args, _CALLED.match(op.doc)
    names = [n.strip() for n in said[1].split(",")] if said else []
    taken, declared = {kind: iter(letters) for kind, letters in NAMES.items()}, []
    for k, (rows, cols) in enumerate(patterns):
        vector = op.elementwise or str(cols) == "1"
        kind = "scalar" if (str(rows), str(cols)) == ("1", "1") else "vector" if vector else "matrix"
        name = names[k] if len(names) == len(patterns) else next(taken[kind])
        space = SPACES.get(op.sample[k] if k < len(op.sample) else "", "")
        spaces = {"scalar": "R", "vector": f"R^{rows}", "matrix": f"{space}({rows})" if space else f"R^({rows}×{cols})"}
        declared.append((name, f"{name} in {spaces[kind]}"))
        names = names or []
    return f"{op.text}({', '.join(n for n, _ in declared)})", ", ".join(d for _, d in declared)


def _sentence(doc: str) -> str:
    """The documentation without the call it may begin with."""
    said = _CALLED.match(doc) or re.match(r"\[[^\]]*\]:", doc)
    return doc[said.end() :].strip() if said else doc


def _differential(f: Formula) -> str:
    moves = _moves(f)
    if not moves:
        return "none"
    try:
        node = simplify(differential(f._node, moves))
    except MissingRule as error:
        return f"none: {error.message}"
    found = Formula(f._reading, node)
    return found.unicode if signs() else found.text


def _moves(f: Formula) -> dict[Node, Node]:
    return {x: direction(x) for x in (f._variable(name) for name in f._differentiable()) if x.params[0] != "k"}


def _conditions(f: Formula) -> tuple[str, ...]:
    found = conditions_of(f._raw, tuple(_moves(f)))
    return tuple(condition_text(c, f._context) for c in (*found.defined, *found.differentiable))


def chosen(names: Iterable[str]) -> list[Row]:
    """The rows of these names (aliases too); all of them where none is named."""
    table, wanted = list(rows()), list(names)
    for name in wanted:
        if not any(name == r.name or name in r.aliases for r in table):
            every = [n for r in table for n in (r.name, *r.aliases)]
            near = get_close_matches(name, every, 1)
            raise DeclarationError(f"there is no function {name}", hint=f"Did you mean {near[0]}?" if near else "")
    return [r for r in table if not wanted or any(n == r.name or n in r.aliases for n in wanted)]


def reference(names: Iterable[str]) -> str:
    """The table as a page."""
    page, family = Page(), ""
    for row in chosen(names):
        if row.family != family:
            page.gap()
            family = row.family
            page.lines += [page.style(family, bold=True)]
        page.gap()
        page.answer(row.call)
        page.field("  is", row.what)
        page.field("  d", row.differential)
        if row.conditions:
            page.fields("  holds", [f"where {c}" if k == 0 else f"and {c}" for k, c in enumerate(row.conditions)])
        if row.aliases:
            page.field("  also", ", ".join(row.aliases))
    return page.text


def table_json(names: Iterable[str]) -> str:
    record = {"version": 1, "command": "functions", "functions": [asdict(row) for row in chosen(names)]}
    return json.dumps(record, ensure_ascii=False, indent=2)


