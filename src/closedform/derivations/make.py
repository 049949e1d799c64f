"""From the lines that the rules gave to the steps that people read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from closedform.calculus.derivation.derive import Asked, explained
from closedform.calculus.derivation.laws import Law
from closedform.calculus.derivation.line import Line
from closedform.calculus.derivation.naming import Binding, Naming, reached
from closedform.check.certificate import Claim
from closedform.derivations.derivation import Derivation
from closedform.derivations.expression import Expression
from closedform.derivations.line_reading import Terms, read_line
from closedform.derivations.statements import in_order
from closedform.derivations.step import Step
from closedform.derivations.used import facts_used
from closedform.expr.node import Node
from closedform.expr.walk import leaves, postorder
from closedform.functions.algebra import SYM
from closedform.rewrite.display import display
from closedform.rewrite.display.context import Context
from closedform.rewrite.display.sharing import share


def derive(
    asked: Asked, answer: Node, context: Context, typed: bool, claim: Callable[[], Claim], where: str
) -> Derivation:  # fmt: skip
    """The derivation of ``answer``; ``claim`` is that of the answer itself, as it is printed.

    ``where`` declares the names, so that every line reads back.
    """
    lines = explained(asked, answer)
    moved = {line.direction.params[0] for line in lines if line.direction is not None}
    plain, context = context, replace(context, late=frozenset(moved))
    naming = Naming.of([line.node for line in lines], answer, plain)
    steps: list[Step] = []
    before: Line | None = None
    for k, line in enumerate(lines):
        last = k == len(lines) - 1
        context = replace(context, as_written=typed and k == 0, traces=context.traces or any(map(_traces, line.laws)))
        after, new = _shown(line, naming, plain if last else context, last)
        if not new and not last and steps and _repeats(steps[-1], line, after):
            steps[-1] = replace(steps[-1], notes=in_order(steps[-1].notes + line.notes, context))
            continue
        let = tuple((name, Expression(part, context)) for name, part in new)
        reading = _reading(line, asked, after, where)
        steps.append(Step(
            line.left, steps[-1].after if steps else None, after, line.laws, in_order(line.notes, context),
            tuple((Expression(a, context), Expression(b, context)) for a, b in line.changed), let,
            str(line.variable.params[0]), _moved(line, answer),
            _claim(line, asked, claim, reading), (lambda: claim().answer) if line.claim == "answer" else reading,
            partial(facts_used, before, line, asked.raw, asked.node), plain.whole,
        ))  # fmt: skip
        before = line
    return Derivation(tuple(steps))


def _repeats(step: Step, line: Line, after: Expression) -> bool:
    return step.kind == line.left and step.after.written("text", False) == after.written("text", False)


def _traces(law: Law) -> bool:
    """Whether a law speaks of a trace, as that of log det does."""
    return law.right is not None and any(n.op.name == "tr" for n in postorder([law.right]))


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


def _reading(line: Line, asked: Asked, after: Expression, where: str) -> Callable[[], Node | None]:
    """The node of a line as its text is read, once."""
    symbols = {str(n.params[0]): n for root in (line.truth, asked.raw) for n in leaves(root) if n.op is SYM}
    directions = {line.variable: line.direction} if line.direction is not None else {}
    line_alone = after.written("text", False)
    return cache(lambda: read_line(Terms(where, symbols, directions), line_alone, after.text[len(line_alone) :]))


def _claim(
    line: Line, asked: Asked, answer: Callable[[], Claim], reading: Callable[[], Node | None]
) -> Callable[[], Claim]:  # fmt: skip
    """What is claimed of a line, as it reads back; of a line that the language cannot say, as it was printed."""
    if line.claim == "answer":
        return answer
    function = asked.raw if line.function is asked.node else line.function
    variable = None if line.claim == "equal" else line.variable
    names = (str(line.direction.params[0]),) if line.direction is not None else ()
    return lambda: Claim(line.claim, function, reading() or line.truth, variable, None, names)
