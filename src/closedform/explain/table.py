"""The table of functions, read from the declarations; each differential is the library's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from closedform.calculus.conditions import conditions_of
from closedform.calculus.differential import differential
from closedform.calculus.spaces import direction
from closedform.errors import DeclarationError, MissingRule
from closedform.expr.node import Node
from closedform.expr.op import Op
from closedform.formula import Formula, formula
from closedform.functions import algebra
from closedform.functions.table import FAMILIES, functions
from closedform.read.vocabulary import SYNONYMS
from closedform.rewrite.simplify import simplify
from closedform.write.conditions import condition_text
from closedform.write.render import Form

BUILT_IN = {
    "tr": ("tr(X)", "The trace: the sum of the diagonal."),
    "diagm": ("diag(x)", "The diagonal matrix of a vector."),
    "diagv": ("diag(X)", "The diagonal of a square matrix, as a vector."),
}
BUILT_IN_OPS = (algebra.TR, algebra.DIAGM, algebra.DIAGV)
CALLS = {
    "clip": ("clip(x, lo, hi)", "x in R^n, lo in R, hi in R"),
    "leaky_relu": ("leaky_relu(x, s)", "x in R^n, s in R"),
    "huber": ("huber(x, delta)", "x in R^n, delta > 0"),
    "kron": ("kron(A, B)", "A in R^(m×n), B in R^(p×q)"),
    "inv_gaps": ("inv_gaps(w)", "w in R^n"),
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
NAMES = {"scalar": "st", "vector": "xy", "matrix": "XY", "symmetric": "ST"}
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


def rows(form: Form = "unicode") -> Iterator[Row]:
    """Every function of the language, family by family."""
    yield from (row(op, form) for op in operations())


def operations() -> list[Op]:
    """The operations that are functions of the language, family by family."""
    families = _families()
    order = list(dict.fromkeys(families.values()))
    return [*BUILT_IN_OPS, *sorted(functions(), key=lambda op: order.index(families[op.name]))]


def called(op: Op) -> tuple[str, str]:
    """How a function is typed, and the declarations for that."""
    if op in BUILT_IN_OPS:
        call = BUILT_IN[op.name][0]
        return call, _where_of(call)
    return CALLS.get(op.name) or _call(op)


@cache
def _families() -> dict[str, str]:
    """The heading of each function: the first sentence on the file that declares it."""
    heads = {m.__name__: (m.__doc__ or "").partition("\n")[0].partition(". ")[0].rstrip(".") for m in FAMILIES}
    out = {}
    for op in functions():
        rules = (op.d, op.means, *op.adjoint.values(), op.numeric, op.shape)
        out[op.name] = next(heads[r.__module__] for r in rules if r is not None and r.__module__ in heads)
    return out


def row(op: Op, form: Form = "unicode") -> Row:
    """All that is known of one function."""
    call, where = called(op)
    f = formula(call, where, "text")
    family, what = ("Built into the language", BUILT_IN.get(op.name, ("", ""))[1])
    if op not in BUILT_IN_OPS:
        family, what = _families()[op.name], op.doc
    aliases = dict.fromkeys((*op.aliases, *(k for k, v in SYNONYMS.items() if v == op.text)))
    return Row(op.text, call, family, _sentence(what), _differential(f, form), _conditions(f), tuple(aliases))


def _where_of(call: str) -> str:
    return "X in R^(n×n)" if "X" in call else "x in R^n"


def _call(op: Op) -> tuple[str, str]:
    """How a function is typed, with names of its own documentation or by habit, and their declarations."""
    assert op.signature is not None, f"{op.name} has no signature and stands not in CALLS"
    patterns, said = op.signature.args, _CALLED.match(op.doc)
    names = [n.strip() for n in said[1].split(",")] if said else []
    taken, declared = {kind: iter(letters) for kind, letters in NAMES.items()}, []
    for k, (rows, cols) in enumerate(patterns):
        space = SPACES.get(op.sample[k] if k < len(op.sample) else "", "")
        kind = _kind(op, str(rows), str(cols), space)
        name = names[k] if len(names) == len(patterns) else next(taken[kind])
        length = "n" if op.elementwise else rows
        spaces = {"scalar": "R", "vector": f"R^{length}", "matrix": f"R^({rows}×{cols})"}
        declared.append((name, f"{name} in {spaces.get(kind) or f'{space}({rows})'}"))
    return f"{op.text}({', '.join(n for n, _ in declared)})", ", ".join(d for _, d in declared)


def _kind(op: Op, rows: str, cols: str, space: str) -> str:
    if (rows, cols) == ("1", "1"):
        return "scalar"
    if op.elementwise or cols == "1":
        return "vector"
    return "symmetric" if space else "matrix"


def _sentence(doc: str) -> str:
    """The documentation without the call it may begin with."""
    said = _CALLED.match(doc) or re.match(r"\[[^\]]*\]:", doc)
    if said is None:
        return doc
    rest = doc[said.end() :].strip()
    return rest[0].upper() + rest[1:] if rest[1].isalpha() else rest


def _differential(f: Formula, form: Form) -> str:
    moves = _moves(f)
    if not moves:
        return "none"
    try:
        node = simplify(differential(f._node, moves))
    except MissingRule as error:
        return f"none: {error.message}"
    return Formula(f._reading, node)._printed(form)


def _moves(f: Formula) -> dict[Node, Node]:
    """The directions of all arguments but the order of polygamma."""
    return {x: direction(x) for x in map(f._variable, f._differentiable()) if x.params[0] != "k"}


def _conditions(f: Formula) -> tuple[str, ...]:
    found = conditions_of(f._raw, tuple(_moves(f)))
    return tuple(condition_text(c, f._context) for c in (*found.defined, *found.differentiable))


def chosen(names: Iterable[str], form: Form = "unicode") -> list[Row]:
    """The rows of these names (aliases too); all of them where none is named."""
    table, wanted = list(rows(form)), list(names)
    for name in wanted:
        if not any(name == r.name or name in r.aliases for r in table):
            every = [n for r in table for n in (r.name, *r.aliases)]
            near = get_close_matches(name, every, 1)
            mend = f"Did you mean {near[0]}?" if near else ""
            raise DeclarationError(f"there is no function {name}", hint=mend)
    return [r for r in table if not wanted or any(n == r.name or n in r.aliases for n in wanted)]
