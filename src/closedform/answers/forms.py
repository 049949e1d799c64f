"""The printed forms of a formula with its named parts apart, and what stands left of the equals sign."""

from __future__ import annotations

from dataclasses import replace

from closedform.answers.asked import Asked, is_map
from closedform.formula import Formula, LinearMap
from closedform.read.named import variable_name
from closedform.rewrite.display import display
from closedform.rewrite.display.sharing import share
from closedform.write.marks import greek
from closedform.write.plain import text, unicode
from closedform.write.render import heading


def parts(f: Formula, signs: bool) -> tuple[str, list[str]]:
    """The formula, and the parts that it names, each as ``p = …``."""
    context = f._context
    shared = share(f._raw, context)
    known = frozenset(context.order) | context.taken | {name for name, _ in shared.bindings}

    def written(node: object) -> str:
        show = display(node, context)  # type: ignore[arg-type]
        return unicode(show, known) if signs else text(show)

    return written(shared.node), [f"{name} = {written(part)}" for name, part in shared.bindings]


def as_read(f: Formula, signs: bool) -> str:
    """The function as it was read, in the order and grouping in which it was typed."""
    show = display(f._raw, replace(f._context, as_written=True))
    return unicode(show, frozenset(f._context.order) | f._context.taken) if signs else text(show)


def left_side(asked: Asked, found: Formula, signs: bool) -> str:
    """``∇f(x)``."""
    spell = greek if signs else str
    f = spell(found._whole)
    x = spell(variable_name(asked.by))
    if asked.op == "hessian" and asked.and_by not in (None, asked.by):
        x += ", " + spell(variable_name(str(asked.and_by)))
    direction = f"[{spell(found.direction)}]" if isinstance(found, LinearMap) else ""
    if asked.op == "derivative" or (is_map(found) and asked.op == "jacobian"):
        return f"D {f}({x}){direction}"
    if found._origin is not None and found._origin.kind == "second-map":
        return f"{'D²' if signs else 'D2 '}{f}({x}){direction}"
    return heading(asked.op, x, "unicode" if signs else "text", f) + direction
