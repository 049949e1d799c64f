"""The tables as text, Unicode, LaTeX, Markdown and HTML."""

from __future__ import annotations

import unicodedata
from html import escape
from typing import TYPE_CHECKING

from closedform.write.marks import greek
from closedform.write.render import Form
from closedform.write.tex import letter

if TYPE_CHECKING:
    from closedform.backprop.backprop import Backprop
    from closedform.backprop.lines import Line

CLOSED = "in closed form"


def plain(table: Backprop, form: Form) -> str:
    out = list[str]()
    for title, lines in table.sections:
        out.append(title)
        margin = max(width(line.left[form]) for line in lines)
        equations = [f"  {padded(line.left[form], margin)} = {line.right[form]}" for line in lines]
        room = max((width(e) for e in equations if width(e) <= WIDEST), default=0)
        for line, equation in zip(lines, equations, strict=True):
            number = cell(table, line)
            out.append(f"{padded(equation, room)}   {number}" if number else equation)
    if table.mode != "forward" and table.gradients:
        out.append(CLOSED)
        out += [f"  {left} = {right}" for left, right in closed(table, form)]
    if table.mode != "forward":
        out += [f"no closed form by {name}: {why}" for name, why in table.unwritten.items()]
    return "\n".join(out)


WIDEST = 60


def width(text: str) -> int:
    """Printed width: marks above a letter have none."""
    return sum(not unicodedata.combining(c) for c in text)


def padded(text: str, room: int) -> str:
    return text + " " * max(0, room - width(text))


def cell(table: Backprop, line: Line) -> str:
    """The number of a line, where there are numbers."""
    if line.name not in table.numbers:
        return ""
    from closedform.backprop.numbers import shown

    return shown(table.numbers[line.name])


def closed(table: Backprop, form: Form) -> list[tuple[str, str]]:
    """``∂f/∂w`` and the gradient in closed form."""
    root = table.passes.names.written(table.passes.graph.rows[-1].name, form)
    out = []
    for name, found in table.gradients.items():
        right = {"text": found.text, "unicode": found.unicode, "latex": found.latex}[form]
        left = {
            "text": f"d{root}/d{name}",
            "unicode": f"∂{root}/∂{greek(name)}",
            "latex": rf"\frac{{\partial {root}}}{{\partial {letter(name)}}}",
        }[form]
        out.append((left, right))
    return out


def latex(table: Backprop) -> str:
    rows = []
    for title, lines in table.sections:
        rows.append(rf"& \text{{{title}}}")
        for line in lines:
            number = cell(table, line)
            rows.append(f"{line.left['latex']} &= {line.right['latex']}" + (f" && {_tex(number)}" if number else ""))
    if table.mode != "forward" and table.gradients:
        rows.append(rf"& \text{{{CLOSED}}}")
        rows += [f"{left} &= {right}" for left, right in closed(table, "latex")]
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _tex(number: str) -> str:
    shape, comma, norm = number.partition(", norm ")
    return rf"{shape.replace('×', chr(92) + 'times ')},\ \text{{norm }} {norm}" if comma else number


def markdown(table: Backprop) -> str:
    out = list[str]()
    for title, lines in table.sections:
        numbers = any(cell(table, line) for line in lines)
        out += [f"**{title}**", "", "| | | shape |" + (" value |" if numbers else "")]
        out.append("| --: | :-- | :-- |" + (" :-- |" if numbers else ""))
        for line in lines:
            row = f"| ${line.left['latex']}$ | $= {_bars(line.right['latex'])}$ | {line.shape} |"
            out.append(row + (f" {cell(table, line)} |" if numbers else ""))
        out.append("")
    if table.mode != "forward" and table.gradients:
        out += [f"**{CLOSED}**", ""]
        out += [f"$\\displaystyle {left} = {right}$\n" for left, right in closed(table, "latex")]
    return "\n".join(out).rstrip() + "\n"


def _bars(text: str) -> str:
    return text.replace("|", r"\vert ")


def html(table: Backprop) -> str:
    out = ['<div class="closedform-backprop">']
    for title, lines in table.sections:
        out.append(f"<table><caption>{escape(title)}</caption>")
        for line in lines:
            cells = [line.left["unicode"], "=", line.right["unicode"], line.shape, cell(table, line)]
            out.append("<tr>" + "".join(f'<td style="text-align:left">{escape(c)}</td>' for c in cells) + "</tr>")
        out.append("</table>")
    if table.mode != "forward" and table.gradients:
        out.append(f"<p>{CLOSED}</p>")
        out += [f"<p>{escape(left)} = {escape(right)}</p>" for left, right in closed(table, "unicode")]
    return "\n".join([*out, "</div>"])
