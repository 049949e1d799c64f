"""The graph as a picture: by Graphviz where that is installed, else laid out by networkx and drawn by matplotlib."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from closedform.backprop.pages import cell
from closedform.errors import ClosedformError

if TYPE_CHECKING:
    from closedform.backprop.backprop import Backprop

FORMATS = ("svg", "png", "dot")
SECONDS = 60
STYLES = {"variable": ", style=bold", "constant": ", style=dashed", "result": ", peripheries=2"}


@dataclass(frozen=True)
class Box:
    """A node of the picture: what it is, its value, its adjoint. ``kind``: variable, constant, step or result.
    In SVG its frame is in the group with the id "box" and its name."""

    name: str
    kind: str
    lines: tuple[str, ...]
    below: tuple[str, ...]


def boxes(table: Backprop) -> Iterator[Box]:
    """The variables, then the rows; the adjoint as a number where there is one, else in closed form."""
    lines = {line.of: line for line in table.values}
    adjoints = {line.of: line for line in table.adjoints}
    passes = table.passes
    wanted = {str(x.params[0]) for x in passes.wanted}
    for x in passes.graph.inputs:
        name = str(x.params[0])
        value = _number(table, name)
        kind = "variable" if name in wanted else "constant"
        yield Box(name, kind, (passes.names.written(name, "unicode"), *value), _below(table, adjoints.get(name)))
    for row in passes.graph.rows:
        typed = passes.names.written(row.name, "text")
        line = lines[typed]
        kind = "result" if row is passes.graph.rows[-1] else "step"
        above = (line.written("unicode"), *_number(table, typed))
        yield Box(typed, kind, above, _below(table, adjoints.get(typed)))


def _number(table: Backprop, name: str) -> tuple[str, ...]:
    from closedform.backprop.numbers import shown

    return (shown(table.numbers[name], 4),) if name in table.numbers else ()


def _below(table: Backprop, line: object) -> tuple[str, ...]:
    from closedform.backprop.lines import Line

    if not isinstance(line, Line):
        return ()
    number = cell(table, line)
    return (f"{line.left['unicode']} = {number}",) if number else (line.written("unicode"),)


def edges(table: Backprop) -> Iterator[tuple[str, str]]:
    """From what is used to what uses it."""
    written = table.passes.names.written
    for row in table.passes.graph.rows:
        yield from ((written(str(a.params[0]), "text"), written(row.name, "text")) for a in row.uses)


def source(table: Backprop) -> str:
    """The graph in the language of Graphviz."""
    out = ["digraph backprop {", "  rankdir=TB;", '  node [shape=record, fontname="DejaVu Sans", fontsize=11];']
    for box in boxes(table):
        parts = [r"\n".join(map(_escaped, lines)) for lines in (box.lines, box.below) if lines]
        out.append(f'  "{box.name}" [label="{{{" | ".join(parts)}}}", id="box {box.name}"{STYLES.get(box.kind, "")}];')
    out += [f'  "{a}" -> "{b}";' for a, b in edges(table)]
    return "\n".join([*out, "}"])


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in '\\{}|<>"' else c for c in text)


def drawn(table: Backprop, form: str) -> bytes:
    """The picture as SVG or PNG."""
    dot = shutil.which("dot")
    if dot is None:
        from closedform.backprop.drawing import draw

        return draw(list(boxes(table)), list(edges(table)), form)
    asked = [dot, f"-T{form}", *(["-Gdpi=150"] if form == "png" else [])]
    found = subprocess.run(asked, input=source(table).encode(), capture_output=True, check=False, timeout=SECONDS)
    if found.returncode:
        raise ClosedformError(f"Graphviz could not draw the graph: {found.stderr.decode('utf-8', 'replace').strip()}")
    return found.stdout


def save(table: Backprop, path: str) -> None:
    """Write the picture; the ending of the path tells the format."""
    form = Path(path).suffix.removeprefix(".").lower()
    if form not in FORMATS:
        raise ClosedformError(f"a picture of a graph is written to .svg, .png or .dot; this is {path}")
    Path(path).write_bytes(source(table).encode() if form == "dot" else drawn(table, form))
