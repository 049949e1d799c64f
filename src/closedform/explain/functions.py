"""Pages of functions: from their declarations, with what a hand-written note adds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from closedform.calculus.derivation.laws import adjoint_of, derivative_of
from closedform.explain.example import Example
from closedform.explain.page import Page
from closedform.explain.source import Source, sources
from closedform.explain.statement import Statement, of_law, statement
from closedform.explain.table import Row, called, operations, row
from closedform.expr.op import Op
from closedform.formula import Formula, formula
from closedform.rewrite.laws.law import laws_of
from closedform.write.render import render


def function_page(name: str) -> Page:
    """The page of the functions typed so; ``diag`` is two of them."""
    ops = named_so(name)
    note = _note(ops[0].text)
    own = [_own(op, row(op)) for op in ops]
    first = own[0]
    joined = replace(
        first, title=name if len(ops) > 1 else first.title,
        statements=tuple(dict.fromkeys(s for page in own for s in page.statements)),
        words="\n\n".join(page.words for page in own), when="\n\n".join(dict.fromkeys(p.when for p in own)),
        why="\n\n".join(dict.fromkeys(p.why for p in own if p.why)), examples=tuple(e for p in own for e in p.examples),
    )  # fmt: skip
    return joined if note is None else _with_note(joined, note)


def named_so(name: str) -> list[Op]:
    """The operations of a typed name or an alias."""
    every = operations()
    exact = [op for op in every if op.text == name]
    return exact or [op for op in every if name == op.name or name in row(op).aliases]


def function_names() -> tuple[str, ...]:
    """The typed names of all functions.

    >>> "logdet" in function_names()
    True
    """
    return tuple(dict.fromkeys(op.text for op in operations()))


def _note(name: str) -> Source | None:
    return next((s for s in sources() if name in s.functions), None)


def _with_note(page: Page, note: Source) -> Page:
    alone = len(note.functions) == 1
    return replace(
        page, words="\n\n".join(filter(None, [page.words, note.words if alone else ""])), why=note.why or page.why,
        when="\n\n".join(filter(None, [page.when, note.when])), sources=note.sources, see=note.see, file=note.file,
        examples=(*page.examples, *map(Example, note.commands if alone else ())),
    )  # fmt: skip


def _own(op: Op, known: Row) -> Page:
    call, where = called(op)
    f = formula(call, where, "text")
    told = [f"`{f.unicode}`: {known.what}".replace("*", r"\*"), f"Shapes: `{_shapes(f)}`."]
    told += [f"Also typed {', '.join(f'`{alias}`' for alias in known.aliases)}."] if known.aliases else []
    told += [f"`d({f.unicode}) = {known.differential}`"] if not known.differential.startswith("none") else []
    told += [_value(op)] if op.known is not None else []
    when = "; ".join(known.conditions) if known.conditions else "everywhere"
    examples = tuple(_examples(op, f, call, where)) if not known.differential.startswith("none") else ()
    return Page(op.text, op.text, tuple(_statements(op, f)), "\n\n".join(told), when, _why(op, f), examples, ())


def _shapes(f: Formula) -> str:
    given = ", ".join(f"{name} ∈ {_shape(x.shape)}" for name, x in f._reading.names.items())
    return f"{given} → {_shape(f._raw.shape)}" if given else _shape(f._raw.shape)


def _shape(shape: tuple[Any, Any]) -> str:
    rows, cols = (str(size) for size in shape)
    if rows == cols == "1":
        return "ℝ"
    return f"ℝ^{rows}" if cols == "1" and rows.isalpha() else f"ℝ^({rows})" if cols == "1" else f"ℝ^({rows}×{cols})"


def _value(op: Op) -> str:
    assert op.known is not None
    arguments, value = op.known
    return f"For instance: {op.text} of `{', '.join(map(_number, arguments))}` is `{_number(value)}`."


def _number(value: Any) -> str:
    """A number to ten digits, an array in rows.

    >>> _number([[2, 1], [0, 3]]), _number(1.791759469228055)
    ('[2, 1; 0, 3]', '1.791759469')
    """
    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], (list, tuple)):
            return "[" + "; ".join(", ".join(map(_number, r)) for r in value) + "]"
        return "[" + ", ".join(map(_number, value)) + "]"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _statements(op: Op, f: Formula) -> Iterator[Statement]:
    if op.d is not None and not op.structural:
        yield replace(of_law(derivative_of(f._raw)), name=f"derivative of {op.text}")
    for k in op.adjoint if not op.structural else ():
        yield replace(of_law(adjoint_of(f._raw, k)), name=f"adjoint of {op.text}")
    for law in laws_of(op):
        yield statement(law.name)


def _why(op: Op, f: Formula) -> str:
    """A short argument from the kind of the declaration."""
    if op.means is not None and f._raw.op is op:
        meant = render(op.means(*f._raw.args), replace(f._context, as_written=True), "unicode")
        return f"By definition `{f.unicode} = {meant}`, and it is differentiated through that."
    if not op.signature and not f._raw.args:
        return "It is constant: there is nothing to differentiate by."
    if op.piecewise_constant:
        return "It is constant between its jumps, so that its derivative is zero where it has one."
    if op.elementwise:
        return "It acts on each entry by itself, so that its differential is the derivative of each entry times dx."
    if op.adjoint and op.d is None:
        return "It is linear, so that it is its own differential; its transpose is its adjoint."
    return ""


def _examples(op: Op, f: Formula, call: str, where: str) -> Iterator[Example]:
    """Its derivative by the first argument that has one, the gradient where it is a scalar."""
    moved = [name for name in f._differentiable() if name != "k"]
    if not moved or op.piecewise_constant or (op.adjoint and 0 not in op.adjoint and op.d is None):
        return
    verb = "grad" if f._raw.is_scalar else "derivative"
    declared = f' --where "{where}"' if where else ""
    yield Example(f'closedform {verb} "{call}" --by {moved[0]}{declared}')
