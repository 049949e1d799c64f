"""What a reading says of itself: canonical declarations, and sentences for people about what was assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size
from closedform.read.alphabet import sentence_power
from closedform.read.declarations import Arrow, Declarations
from closedform.read.infer import Trial
from closedform.read.spaces import WRITTEN, space_text

CUBES = {"pm1": "{-1,1}", "bit": "{0,1}"}
SIGNS = {"pos": "> 0", "nonneg": ">= 0"}


def where_text(
    names: Mapping[str, Node],
    families: frozenset[str],
    said: Declarations,
    undeclared: Mapping[str, str | None],
    sizes: Iterable[str] = (),
    stacks: Mapping[str, Shape] | None = None,
) -> str:
    """Declarations of all variables and functions, from which formula and derivatives read back the same."""
    parts = []
    for name, node in names.items():
        if undeclared.get(name) is None:
            parts += _declared(name, node, name in families, (stacks or {}).get(name))
    parts += [_arrow(name, f) for name, f in said.functions.items()]
    parts += [f"{x}*{y} = {y}*{x}" for x, y in said.commuting]
    shapes = [*(s for x in names.values() for s in x.shape), *_sizes_of(said.functions)]
    parts += [f"{n} in N" for n in sorted({*sizes}.difference(*(s.names for s in shapes)))]
    return ", ".join(parts)


def _sizes_of(functions: Mapping[str, Arrow]) -> Iterator[Size]:
    for f in functions.values():
        for shape in (*f.domains, f.codomain):
            yield from shape


def _arrow(name: str, f: Arrow) -> str:
    return f"{name}: {' × '.join(map(space_text, f.domains))} -> {space_text(f.codomain)}"


def _declared(name: str, node: Node, family: bool, member: Shape | None) -> list[str]:
    facts = [f for f in node.params[1] if ":" not in f]
    if family or member:
        index = "i" if name != "i" else "j"
        return [f"{name}[{index}] in {space_text(member or (node.cols, ONE))} for {index} = 1..{node.rows}"] + [
            f"{name} {SIGNS[f]}" for f in facts if f in SIGNS
        ]
    spaces = [f"{name} in {WRITTEN[f]}({node.rows})" for f in facts if f in WRITTEN]
    for fact, cube in CUBES.items():
        if fact in facts:
            power = "" if node.is_scalar else "^" + space_text(node.shape).removeprefix("R^")
            spaces.append(f"{name} in {cube}{power}")
    signs = [f"{name} {SIGNS[f]}" for f in facts if f in SIGNS]
    return [*(spaces or [f"{name} in {space_text(node.shape)}"]), *signs]


def assumptions(
    names: Mapping[str, Node], families: frozenset[str], said: Declarations, trial: Trial, notes: list[str],
    undeclared: Mapping[str, str | None], stacks: Mapping[str, Shape],
) -> tuple[str, ...]:  # fmt: skip
    """Sentences: the shapes that were not declared, then how doubtful spellings were read."""
    out = []
    for name, node in names.items():
        if name in said.shapes or undeclared.get(name) is not None:
            continue
        if name in families:
            out.append(f"{name}[i] ∈ {real(node.cols, ONE)} for i = 1..{node.rows}")
        elif name in stacks:
            out.append(f"{name}[i] ∈ {real(*stacks[name])} for i = 1..{node.rows}")
        else:
            out.append(f"{name} ∈ {real(*node.shape)}")
    out += [f"{name} is the matrix whose rows are {name}[i], in answers too" for name in names if name in families]
    out += [f"{name} is the matrix whose rows are vec({name}[i]), in answers too" for name in names if name in stacks]
    out += [note for name, node in names.items() if (note := _entry_by_entry(name, node, said))]
    out += [_size_note(n, names) for n, kind in trial.kinds.items() if kind == "Z"]
    return tuple(dict.fromkeys([*out, *notes, *said.notes, *trial.notes]))


def _entry_by_entry(name: str, node: Node, said: Declarations) -> str:
    """``A > 0`` of a matrix says it of the entries, where many mean that A is positive definite."""
    sign = next((f for f in ("pos", "nonneg") if f in said.facts.get(name, ())), "")
    if not sign or node.rows is ONE or node.cols is ONE:
        return ""
    whole = f"{name} {SIGNS[sign]} is read of every entry"
    if node.rows is not node.cols and name in said.shapes:
        return whole
    definite, space = ("definite", "PD") if sign == "pos" else ("semidefinite", "PSD")
    return f"{whole}; that {name} is positive {definite} is written {name} in {space}({node.cols})"


def _size_note(size: str, names: Mapping[str, Node]) -> str:
    """What a size that stands as a number is: ``n is the number of columns of X``."""
    for name, x in names.items():
        if x.cols.name == size:
            return f"{size} is the number of columns of {name}"
        if x.rows.name == size:
            return f"{size} is the {'length' if x.is_column else 'number of rows'} of {name}"
    return f"{size} is the size {size}"


def real(rows: Size, cols: Size) -> str:
    """``ℝ``, ``ℝⁿ``, ``ℝ^(m×n)``."""
    if cols is ONE:
        return "ℝ" if rows is ONE else "ℝ" + sentence_power(rows.text)
    return f"ℝ^({rows}×{cols})"
