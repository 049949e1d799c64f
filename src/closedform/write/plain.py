"""The text form, in ASCII, and Unicode, which differs in its marks; both read back to the same formula."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from closedform.rewrite.show import Show, walk
from closedform.write import marks
from closedform.write.marks import Marks
from closedform.write.precedence import check_length, needs_brackets


def text(show: Show, sized: bool = False) -> str:
    """The formula in ASCII, as the language reads it; ``sized`` writes ``eye(n)`` for every I."""
    return _print(show, replace(marks.TEXT, sized=sized))


def unicode(show: Show, known: Iterable[str] = (), sized: bool = False) -> str:
    """The formula with mathematical signs; products without a mark where that reads back.

    ``known`` are the variables: only those may stand before a bracket without being taken for a function.
    """
    return _print(show, replace(marks.unicode(frozenset(known)), sized=sized))


def _print(root: Show, style: Marks) -> str:
    check_length(root)
    done: dict[int, str] = {}
    for show in walk(root):
        parts = [
            f"({done[id(item)]})" if needs_brackets(show, k) else done[id(item)]
            for k, item in enumerate(show.items)
        ]
        done[id(show)] = _one(show, parts, style)
    return done[id(root)]


def _one(show: Show, parts: list[str], style: Marks) -> str:
    match show.kind:
        case "name" | "number":
            return style.name(show.word)
        case "sum":
            return _sum(show, parts, style)
        case "product":
            return _product(show, parts, style)
        case "hadamard":
            front = "1" if show.signs[0] < 0 else ""
            marks = [style.times if s > 0 else style.over for s in show.signs]
            marked = [mark + p for mark, p in zip(marks, parts, strict=True)]
            return front + "".join(marked) if front else parts[0] + "".join(marked[1:])
        case "power":
            return style.power(*parts)
        case "epower":
            return f"{parts[0]}.^{parts[1]}"
        case "transpose" | "inverse" | "inverse-transpose":
            return parts[0] + style.after[show.kind]
        case "norm":
            return _norm(parts[0], show.word, style)
        case "inner":
            return f"{style.left}{parts[0]}, {parts[1]}{style.right}"
        case _:
            return _bracketed(show, parts, style)


def _bracketed(show: Show, parts: list[str], style: Marks) -> str:
    match show.kind:
        case "call" if show.word in style.barred and len(parts) == 1:
            return _norm(parts[0], style.barred[show.word], style)
        case "call":
            return f"{show.word}({', '.join(parts)})"
        case "abstract":
            kind = f"{show.mark}[{style.name(show.word)}]" if show.mark else style.name(show.word)
            return f"{kind}({', '.join(parts)})"
        case "index":
            return f"{parts[0]}[{','.join(parts[1:])}]"
        case "unit":
            return f"{f'eye({show.word})' if style.sized else 'I'}[:,{parts[0]}]"
        case "eye":
            if not show.lead:
                return f"eye({parts[0]})"
            return f"eye({show.word})" if style.sized and show.word else "I"
        case "sumover":
            at = parts[1] if len(parts) == 2 else f"{parts[1]}={parts[2]}..{parts[3]}"
            return f"sum({at}, {parts[0]})"
        case "block":
            return "[" + "; ".join(_rows(show, parts)) + "]"
        case kind:
            return f"{kind}({','.join(parts)})"


def _norm(inside: str, mark: str, style: Marks) -> str:
    whole = f"({inside})" if style.bar in inside else inside
    return style.bar + whole + style.bar + mark


def _rows(show: Show, parts: list[str]) -> list[str]:
    rows, rest = [], iter(parts)
    for length in map(int, show.word.split(",")):
        rows.append(", ".join([next(rest) for _ in range(length)]))
    return rows


def _sum(show: Show, parts: list[str], style: Marks) -> str:
    out = [(style.minus if show.signs[0] < 0 else "") + parts[0]]
    out += [f" {'+' if s > 0 else style.minus} {p}" for s, p in zip(show.signs[1:], parts[1:], strict=True)]
    return "".join(out)


def _product(show: Show, parts: list[str], style: Marks) -> str:
    out, divided = parts[0], False
    for k in range(1, len(parts)):
        before = show.items[k - 1]
        if show.signs[k] < 0:
            out, divided = f"{out}/{parts[k]}", True
        else:
            opens = k + 1 < len(parts) and show.signs[k + 1] > 0 and parts[k + 1][0] in "(["
            out += style.between(before, out, parts[k], divided, opens) + parts[k]
            divided = divided and before.kind != "number"
    return out
