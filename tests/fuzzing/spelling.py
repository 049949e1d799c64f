"""A formula as a person might type it, every operation in brackets. It shares nothing with the printer.

Parts may be bound after ``where``; sums over an index are spelled with entries and members of families.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from closedform.expr.node import Node
from closedform.expr.walk import postorder
from fuzzing.variables import FAMILY, declared


def spell(node: Node, bound: Mapping[Node, str] | None = None) -> str:
    """The text of a formula; ``bound`` gives names to parts of it."""
    known = bound or {}
    return known[node] if node in known else _spell(node, known)


def declarations(node: Node) -> str:
    return ", ".join(declared(x) for x in symbols(node))


def symbols(node: Node) -> list[Node]:
    return [n for n in postorder(node) if n.op.name == "sym"]


def typed(node: Node, rng: Random) -> tuple[str, str]:
    """A formula and its declarations; sometimes a part of it is bound after ``where``."""
    parts = [n for n in postorder(node) if n.args and not _indexed(n) and n.op.name not in ("unit", "transpose")]
    where = declarations(node)
    inner = [n for n in parts if n is not node and len(list(postorder(n))) > 2]
    if inner and rng.random() < 0.25:
        part = rng.choice(inner)
        return f"{spell(node, {part: 'q1'})} where q1 = {spell(part)}", where
    return spell(node), where


def _indexed(node: Node) -> bool:
    return any(n.op.name == "index" for n in postorder(node))


def _spell(node: Node, bound: Mapping[Node, str]) -> str:
    def of(a: Node) -> str:
        return spell(a, bound)

    name, args = node.op.name, node.args
    match name:
        case "num":
            (value,) = node.params
            return f"({value})" if value < 0 or value.denominator > 1 else str(value)
        case "sym" | "index" | "const":
            return str(node.params[0])
        case "size":
            return f"({node.params[0]})"
        case "eye":
            return f"eye({node.rows})"
        case "ones" | "zero":
            return f"{'ones' if name == 'ones' else 'zeros'}({node.rows},{node.cols})".replace(",1)", ")")
        case "unit":
            return f"eye({node.rows})[:,{of(args[0])}]"
        case "add":
            return _sum(node, bound)
        case "mul":
            return _entry(node, bound) or "(" + "*".join(map(of, args)) + ")"
        case "scale":
            return f"({of(args[0])}*{of(args[1])})"
        case "had":
            return "(" + ("*" if node.is_scalar else ".*").join(map(of, args)) + ")"
        case "pow":
            return f"(({of(args[0])}){'^' if node.is_scalar else '.^'}({of(args[1])}))"
        case "mpow":
            return f"(({of(args[0])})^({of(args[1])}))"
        case "transpose":
            return f"({of(args[0])})'"
        case "sumover":
            index, low, high = node.params
            return f"sum({index}={low}..{high}, {of(args[0])})"
        case "block":
            return _block(node, bound)
        case "unvec":
            return f"unvec({of(args[0])}, {node.rows}, {node.cols})"
        case "comm":
            return f"comm({node.params[0]}, {node.params[1]})"
        case "sub":
            return f"sub({', '.join(map(of, args))}, {node.rows}, {node.cols})"
    return f"{node.op.text}({', '.join(map(of, args))})"


def _sum(node: Node, bound: Mapping[Node, str]) -> str:
    parts = []
    for c, a in zip(node.params[0], node.args, strict=True):
        sign = "-" if c < 0 else "+"
        size = abs(c)
        parts.append(f" {sign} " + (spell(a, bound) if size == 1 else f"({size})*{spell(a, bound)}"))
    return "(" + "".join(parts).removeprefix(" + ").removeprefix(" ") + ")"


def _entry(node: Node, bound: Mapping[Node, str]) -> str | None:
    """``x[i]``, ``a[i]``, ``A[i,:]``, ``A[1,2]`` where a product is one."""
    ops = [a.op.name for a in node.args]
    if ops == ["transpose", "unit"] and node.args[0].args[0].op.name == "sym":
        (x,), at = node.args[0].args, spell(node.args[1].args[0], bound)
        name = x.params[0]
        return f"{name}[{at}]" if x.is_column or name == FAMILY else f"{name}[{at},:]"
    if ops == ["transpose", "sym", "unit"] and node.args[0].args[0].op.name == "unit":
        first, second = node.args[0].args[0].args[0], node.args[2].args[0]
        return f"{node.args[1].params[0]}[{spell(first, bound)},{spell(second, bound)}]"
    return None


def _block(node: Node, bound: Mapping[Node, str]) -> str:
    rest = iter(node.args)
    rows = [", ".join(spell(next(rest), bound) for _ in range(k)) for k in node.params[0]]
    return "[" + "; ".join(rows) + "]"
