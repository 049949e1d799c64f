"""Derivations as people read them: each line with its law, printed in every form, and certified."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from closedform.calculus.derivation.derive import Asked as Asked
from closedform.calculus.derivation.derive import explained
from closedform.calculus.derivation.laws import Law
from closedform.calculus.derivation.line import Line
from closedform.calculus.derivation.naming import Binding, Naming, reached
from closedform.check.certificate import Certificate, Claim
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM, D, d
from closedform.rewrite.display import display
from closedform.rewrite.display.context import Context
from closedform.rewrite.display.sharing import Shared, share
from closedform.rewrite.normal.engine import negative
from closedform.write.marks import greek
from closedform.write.render import Form, render_shared
from closedform.write.tex import letter

LEFT: dict[str, tuple[str, str, str]] = {
    "f": ("f", "f", "f"),
    "df": ("df", "df", "df"),
    "grad": ("grad f", "∇f", r"\nabla f"),
    "dgrad": ("d grad f", "d∇f", r"d \nabla f"),
    "jac": ("jac f", "∂f/∂{x}", r"\frac{{\partial f}}{{\partial {x}}}"),
    "djac": ("d jac f", "d(∂f/∂{x})", r"d \frac{{\partial f}}{{\partial {x}}}"),
    "dmap": ("d df", "d(df)", r"d(df)"),
    "hess": ("hess f", "∇²f", r"\nabla^{{2}} f"),
    "map": ("D f({x})[{dx}]", "D f({x})[{dx}]", r"\mathrm{{D}} f\left({x}\right)\left[{dx}\right]"),
    "second": ("D2 f({x})[{dx}]", "D²f({x})[{dx}]", r"\mathrm{{D}}^{{2}} f\left({x}\right)\left[{dx}\right]"),
}
EMPTY = ("", "", "")
FORMS: tuple[Form, ...] = ("text", "unicode", "latex")


@dataclass(frozen=True)
class Expression:
    """A printed expression with the parts that have names in it; ``str()`` is Unicode."""

    node: Node
    context: Context
    bindings: tuple[Binding, ...] = ()

    def written(self, form: Form, bindings: bool = True) -> str:
        shared = Shared(self.node, self.bindings if bindings else ())
        return render_shared(shared, replace(self.context, taken=self.context.taken | self._names), form)

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.bindings)

    @property
    def text(self) -> str:
        return self.written("text")

    @property
    def unicode(self) -> str:
        return self.written("unicode")

    @property
    def latex(self) -> str:
        return self.written("latex")

    @property
    def tokens(self) -> int:
        """Printed tokens, named parts apart."""
        return display(self.node, self.context).tokens

    def __str__(self) -> str:
        return self.unicode


@dataclass(frozen=True)
class Step:
    """One line of a derivation: ``left = after``, from ``before`` by ``law``.

    ``let`` are the parts that get a name in this line, ``changed`` what was replaced in the line before and by
    what, ``notes`` remarks such as ``dA = 0``.
    """

    kind: str
    before: Expression | None
    after: Expression
    laws: tuple[Law, ...]
    notes: tuple[Law, ...]
    changed: tuple[tuple[Expression, Expression], ...]
    let: tuple[tuple[str, Expression], ...]
    variable: str
    differential: str
    claim: Callable[[], Claim]

    def left(self, form: Form = "unicode") -> str:
        """What stands left of the equals sign: ``df``."""
        at = FORMS.index(form)
        spell = (str, greek, letter)[at]
        return LEFT[self.kind][at].format(x=spell(self.variable), dx=spell(self.differential))

    @property
    def law(self) -> str:
        """The laws by name with their formulas, as text."""
        return self.reason("text")

    def reason(self, form: Form = "unicode") -> str:
        """The laws and remarks of this line."""
        laws = [law for law in (*self.laws, *self.notes) if law.spelled != EMPTY]
        said = [_statement(law, form) for law in laws if not _is_still(law)]
        still = [_statement(law, form) for law in laws if _is_still(law)]
        said += [(r",\ " if form == "latex" else ", ").join(still)] if still else []
        return (r",\ " if form == "latex" else "; ").join(said)

    @property
    def span(self) -> tuple[int, int] | None:
        """Where in ``before.text`` the part stands that changed; None where it is not one piece of the text."""
        if self.before is None or not self.changed:
            return None
        part = self.changed[0][0].text
        at = self.before.text.find(part)
        return (at, at + len(part)) if at >= 0 else None

    @cached_property
    def certified(self) -> Certificate:
        """The certificate of this line, from the independent checker."""
        from closedform.check.certify import certify

        return certify(self.claim())


def _statement(law: Law, form: Form) -> str:
    text = rf"\text{{{_in_text(law.words)}}}" if form == "latex" else law.words
    if law.spelled is not None:
        text = law.spelled[FORMS.index(form)]
    if law.left is not None and law.right is not None:
        text = f"{_formula(law.left, form)} = {_formula(law.right, form)}"
    if not law.name:
        return text
    name = rf"\text{{{_in_text(law.name)}}}" if form == "latex" else law.name
    if not text:
        return name
    return rf"\text{{{_in_text(law.name)}: }} {text}" if form == "latex" else f"{name}: {text}"


def _in_text(words: str) -> str:
    return words.replace("_", r"\_")


def _formula(node: Node, form: Form) -> str:
    names = frozenset(n.params[0] for n in postorder(node) if n.op is SYM)
    return render_shared(Shared(node), Context(as_written=True, taken=names), form)


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
        r"""LaTeX: ``align*``, the law of each line at its right."""
        rows = []
        for step, left in zip(self.steps, _lefts(self.steps, "latex"), strict=True):
            rows += [rf"& \text{{let }} {letter(name)} = {part.latex}" for name, part in step.let]
            rows.append(f"{left} &= {step.after.written('latex', False)} && {step.reason('latex')}")
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"

    @cached_property
    def markdown(self) -> str:
        """A table in Markdown: the formulas in LaTeX, the laws beside them."""
        rows = ["| line | law |", "| :-- | :-- |"]
        for step, left in zip(self.steps, _lefts(self.steps, "latex"), strict=True):
            rows += [rf"| $\text{{let }} {letter(name)} = {part.latex}$ | |" for name, part in step.let]
            said = [_in_markdown(law) for law in (*step.laws, *step.notes) if law.spelled != EMPTY]
            line = f"{left} = {step.after.written('latex', False)}".strip()
            rows.append(f"| $\\displaystyle {line}$ | {'; '.join(said)} |")
        return "\n".join(rows)

    def _repr_latex_(self) -> str:
        return self.latex

    def __str__(self) -> str:
        return self.unicode


def _in_markdown(law: Law) -> str:
    if law.left is None and law.spelled is None:
        return f"{law.name}: {law.words}" if law.words else law.name
    statement = f"${_statement(replace(law, name=''), 'latex')}$"
    return f"{law.name}: {statement}" if law.name else statement


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


def derive(asked: Asked, answer: Node, context: Context, typed: bool, claim: Callable[[], Claim]) -> Derivation:
    """The derivation of ``answer``; ``claim`` is that of the answer itself, as it is printed."""
    lines = explained(asked, answer)
    moved = {line.direction.params[0] for line in lines if line.direction is not None}
    plain, context = context, replace(context, late=frozenset(moved))
    naming = Naming.of([line.node for line in lines], answer, plain)
    steps: list[Step] = []
    for k, line in enumerate(lines):
        last = k == len(lines) - 1
        after, new = _shown(line, naming, plain if last else replace(context, as_written=typed and k == 0), last)
        if not new and not last and steps and _repeats(steps[-1], line, after):
            steps[-1] = replace(steps[-1], notes=_in_order(steps[-1].notes + line.notes, context))
            continue
        let = tuple((name, Expression(part, context)) for name, part in new)
        steps.append(Step(
            line.left, steps[-1].after if steps else None, after, line.laws, _in_order(line.notes, context),
            tuple((Expression(a, context), Expression(b, context)) for a, b in line.changed), let,
            str(line.variable.params[0]), _moved(line, answer), _claim(line, asked, claim),
        ))  # fmt: skip
    return Derivation(tuple(steps))


def _repeats(step: Step, line: Line, after: Expression) -> bool:
    return step.kind == line.left and step.after.written("text", False) == after.written("text", False)


def _in_order(notes: tuple[Law, ...], context: Context) -> tuple[Law, ...]:
    """Remarks with what they say of expressions first, then ``dA = 0, db = 0`` in the order of the names."""
    said = dict.fromkeys(_turned(note, context) for note in notes)
    return tuple(sorted(said, key=lambda note: _note_rank(note, context)))


def _is_still(law: Law) -> bool:
    """Whether it says that a variable does not move: ``dA = 0``."""
    return not law.name and law.left is not None and law.left.op is D and law.left.args[0].op is SYM


def _note_rank(note: Law, context: Context) -> tuple[bool, int]:
    if note.left is None or not _is_still(note):
        return False, 0
    return True, context.rank(note.left.args[0].params[0])


def _turned(note: Law, context: Context) -> Law:
    """``d(A*x - b) = A*dx`` rather than ``d(-A*x + b) = -A*dx``."""
    if note.left is None or note.right is None or note.left.op is not D:
        return note
    if display(note.left.args[0], context).mark != "negative":
        return note
    return replace(note, left=d(negative(note.left.args[0])), right=negative(note.right))


def _shown(line: Line, naming: Naming, context: Context, last: bool) -> tuple[Expression, list[Binding]]:
    if last:
        shared = share(line.node, naming.context)
        return Expression(shared.node, context, shared.bindings), naming.whole(line.node, shared.bindings)
    node, new = naming.shown(line.node, lambda n: display(n, context).tokens)
    used = {n.params[0] for n in postorder(node) if n.op is SYM}
    return Expression(node, context, tuple(reached(naming.given, used))), new


def _moved(line: Line, answer: Node) -> str:
    if line.direction is not None:
        return str(line.direction.params[0])
    x = str(line.variable.params[0])
    names = {n.params[0] for n in postorder(answer) if n.op is SYM}
    return next((f"d{x}{k}" for k in ("", "1", "2", "3", "4") if f"d{x}{k}" in names), f"d{x}")


def _claim(line: Line, asked: Asked, answer: Callable[[], Claim]) -> Callable[[], Claim]:
    if line.claim == "answer":
        return answer
    function = asked.raw if line.function is asked.node else line.function
    if line.claim == "equal":
        return lambda: Claim("equal", function, line.truth)
    names = (str(line.direction.params[0]),) if line.direction is not None else ()
    return lambda: Claim(line.claim, function, line.truth, line.variable, None, names)
