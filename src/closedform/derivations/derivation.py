"""A derivation line by line, as a page of text, Unicode, LaTeX or Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from closedform.calculus.derivation.laws import Law
from closedform.derivations.statements import statement
from closedform.derivations.step import Step
from closedform.write.marks import greek
from closedform.write.markup import escaped, typeset
from closedform.write.render import Form
from closedform.write.tex import letter


@dataclass(frozen=True)
class Derivation:
    """A derivation line by line; ``str()`` is Unicode.

    >>> from closedform.formula import formula
    >>> print(formula("x'*A*x").grad("x").derivation().text)  # doctest: +ELLIPSIS
         f = x'*A*x
    ...
    grad f = (A + A')*x...
    """

    steps: tuple[Step, ...]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def certified(self) -> bool:
        """Whether every line is certified."""
        return all(step.certified.ok for step in self.steps)

    @cached_property
    def text(self) -> str:
        return _page(self.steps, "text")

    @cached_property
    def unicode(self) -> str:
        return _page(self.steps, "unicode")

    def page(self, width: int, form: Form = "unicode") -> list[str]:
        """The lines with the laws at their right, or below each line where a row would be wider than ``width``."""
        beside = _page(self.steps, form).split("\n")
        return beside if max(map(len, beside)) <= width else _narrow(self.steps, form)

    @cached_property
    def latex(self) -> str:
        r"""LaTeX: ``align*``, the laws of each line at its right, below each other where the row would be too wide."""
        rows = []
        width = max(len(step.after.written("unicode", False)) for step in self.steps)
        for step, left in zip(self.steps, _lefts(self.steps, "latex"), strict=True):
            rows += [rf"& \text{{let }} {letter(name)} = {part.latex}" for name, part in step.let]
            first, *others = _reasons(step, WIDEST_ROW - width)
            rows.append(f"{left} &= {step.after.written('latex', False)} && {first}".rstrip("& "))
            rows += [f"&&& {reason}" for reason in others]
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"

    def lines(self, form: Form = "unicode") -> str:
        """The lines alone, without the laws; in LaTeX as ``align*``."""
        latex, lefts = form == "latex", _lefts(self.steps, form)
        margin = 0 if latex else max(map(len, lefts))
        spell = letter if latex else greek if form == "unicode" else str
        lead, sign = (r"& \text{let }", "&=") if latex else (" " * margin + "   let", "=")
        rows = []
        for step, left in zip(self.steps, lefts, strict=True):
            rows += [f"{lead} {spell(name)} = {part.written(form)}" for name, part in step.let]
            rows.append(f"{left:>{margin}} {sign} {step.after.written(form, False)}")
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}" if latex else "\n".join(rows)

    @cached_property
    def markdown(self) -> str:
        """A table in Markdown: the formulas in LaTeX, the laws beside them."""
        rows = ["| line | law |", "| :-- | :-- |"]
        for step, left in zip(self.steps, _lefts(self.steps, "latex"), strict=True):
            rows += [rf"| $\text{{let }} {letter(name)} = {part.latex}$ | |" for name, part in step.let]
            said = [_in_markdown(law) for law in step.said]
            line = f"{left} = {step.after.written('latex', False)}".strip()
            rows.append(f"| $\\displaystyle {line}$ | {'; '.join(said)} |")
        return "\n".join(rows)

    @cached_property
    def html(self) -> str:
        """A table in HTML, the formulas in LaTeX for the notebook to set; a mark says that a line is certified."""
        rows = []
        for step, left in zip(self.steps, _lefts(self.steps, "latex"), strict=True):
            lets = [rf"\text{{let }} {letter(name)} = {part.latex}" for name, part in step.let]
            rows += [_row(line, [], "") for line in lets]
            line = f"{left} = {step.after.written('latex', False)}".strip()
            mark = "✓" if step.certified.ok else "not certified"
            rows.append(_row(line, [_in_markdown(law) for law in step.said], f"{mark} {step.certified.level}"))
        return '<table class="closedform-derivation">\n' + "\n".join(rows) + "\n</table>"

    def _repr_latex_(self) -> str:
        return self.latex

    def _repr_html_(self) -> str:
        return f'<details open="open"><summary>{len(self.steps)} steps</summary>\n{self.html}\n</details>'

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __str__(self) -> str:
        return self.unicode


def _row(line: str, laws: list[str], mark: str) -> str:
    cells = [typeset(line), escaped("; ".join(laws)), mark]
    return "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells) + "</tr>"


WIDEST_ROW = 110
"""Printed characters of a row in LaTeX, up to which the laws of a line stand beside each other."""


def _reasons(step: Step, width: int) -> list[str]:
    wide = len(step.reason("unicode")) > width
    return step.reasons("latex") if wide and step.said else [step.reason("latex")]


def _in_markdown(law: Law) -> str:
    if law.left is None and law.spelled is None:
        return f"{law.name}: {law.words}" if law.words else law.name
    said = f"${statement(replace(law, name=''), 'latex')}$"
    return f"{law.name}: {said}" if law.name else said


def _lefts(steps: Sequence[Step], form: Form) -> list[str]:
    """The left sides, each only where it changes."""
    lefts = [step.left(form) for step in steps]
    return [left if k == 0 or left != lefts[k - 1] else "" for k, left in enumerate(lefts)]


WIDEST = 60


def _page(steps: Sequence[Step], form: Form) -> str:
    lefts = _lefts(steps, form)
    margin = max(map(len, lefts))
    lines = [step.after.written(form, False) for step in steps]
    width = max((len(line) for line in lines if len(line) <= WIDEST), default=0)
    out = []
    for step, left, line in zip(steps, lefts, lines, strict=True):
        spell = greek if form == "unicode" else str
        out += [f"{'':>{margin}}   let {spell(name)} = {part.written(form)}" for name, part in step.let]
        row = f"{left:>{margin}} = {line:<{width}}"
        if len(line) > width:
            out += [row.rstrip(), f"{'':>{margin}}   {'':<{width}}   {step.reason(form)}"]
        else:
            out.append(f"{row}   {step.reason(form)}".rstrip())
    return "\n".join(out)


def _narrow(steps: Sequence[Step], form: Form) -> list[str]:
    lefts = _lefts(steps, form)
    margin = max(map(len, lefts))
    out = []
    for step, left in zip(steps, lefts, strict=True):
        spell = greek if form == "unicode" else str
        out += [f"{'':>{margin}}   let {spell(name)} = {part.written(form)}" for name, part in step.let]
        out.append(f"{left:>{margin}} = {step.after.written(form, False)}")
        reason = step.reason(form)
        out += [f"{'':>{margin}}     {part}" for part in reason.split("; ") if part]
    return out
