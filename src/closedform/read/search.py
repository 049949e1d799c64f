"""The search for kinds: the first reading that fits in order of distance from habit; a tie is asked about.

Where a reading does not fit, only names inside the part that clashes are tried otherwise, and the number of trials
is bounded: a formula with many undeclared names is asked about, not searched through.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from closedform.errors import ClosedformError, DeclarationError, ShapeError
from closedform.expr.op import Shape
from closedform.expr.size import Size
from closedform.read.calls import call_shape
from closedform.read.ends import settle_ends
from closedform.read.habits import Kinds
from closedform.read.indices import index_shape, over_shape
from closedform.read.infer import RULES, Question, Trial
from closedform.read.leanings import lean
from closedform.read.misfit import Misfit, names_below, shape_text
from closedform.read.naming import name_others, name_sizes
from closedform.read.norms import norm_shape
from closedform.read.products import product_shape
from closedform.read.squares import sum_of_squares
from closedform.read.stacks import stack_shape
from closedform.read.syntax import Call, Index, Norm, Over, Product, Stack, Tree

RULES.update({
    Call: call_shape, Norm: norm_shape, Product: product_shape, Over: over_shape, Index: index_shape,
    Stack: stack_shape,
})  # fmt: skip
Picks = tuple[tuple[str, str], ...]
MAX_TRIALS = 48
MAX_WORK = 20_000
MAX_SUSPECTS = 12
MAX_DISTANCE = 4.5
EPSILON = 1e-9


def settle(question: Question, choices: dict[str, Kinds]) -> Trial:
    """The trial that fits and is nearest to habit. Raises ShapeError where none fits or two are as near."""
    queue: list[tuple[float, Picks]] = [(0.0, ())]
    seen: set[Picks] = {()}
    most = max(3, min(MAX_TRIALS, MAX_WORK // sum(len(u.trees) for u in question.units)))
    best: Trial | None = None
    rivals: list[Trial] = []
    least, first, trials = MAX_DISTANCE, None, 0
    while queue and queue[0][0] <= least + EPSILON and trials < most:
        distance, picks = heappop(queue)
        trial = _trial(question, choices, picks)
        trials += 1
        fits = False
        try:
            settle_ends(trial)
            trial.run()
            fits = True
            if question.typeset:
                lean(trial)
            name_sizes(trial)
            guilty: Sequence[Tree] = trial.doubts
            total = distance + trial.cost
            if (best is None and (first is None or total <= MAX_DISTANCE)) or total < least - EPSILON:
                best, least, rivals = trial, total, []
            elif abs(total - least) <= EPSILON:
                rivals.append(trial)
            if total < 0.5:
                return trial
        except Misfit as misfit:
            if first is None:
                first = (trial, misfit)
            final = misfit.final and all(trial.kinds.get(n) != "G" for n in names_below([misfit.tree]))
            if final and not trial.doubts:
                raise _refusal((trial, misfit) if fits else first, []) from None
            guilty = [misfit.tree]
            if final:  # asked about, unless what is doubtful in it may be read otherwise, and nearer
                guilty, least = trial.doubts, min(least, distance + trial.cost - 2 * EPSILON)
        for name in _suspects(question, guilty, choices):
            if any(name == changed for changed, _ in picks):
                continue
            for kind, cost in choices[name][1:]:
                other = tuple(sorted((*picks, (name, kind))))
                if other not in seen:
                    seen.add(other)
                    heappush(queue, (distance + cost, other))
    if best is None or rivals:
        assert first is not None or best is not None
        raise _refusal(first, [best, *rivals] if best else [])
    return best


def _trial(question: Question, choices: dict[str, Kinds], picks: Picks) -> Trial:
    kinds = {name: options[0][0] for name, options in choices.items()} | dict(picks)
    greek = frozenset(name for name, options in choices.items() if options[0][0] == "S")
    return Trial(question, kinds, greek)


def _suspects(question: Question, guilty: Sequence[Tree], choices: dict[str, Kinds]) -> list[str]:
    found: dict[str, None] = {}
    todo = list(dict.fromkeys(names_below(guilty)))[: 10 * MAX_SUSPECTS]
    expanded = set()
    while todo and len(found) < MAX_SUSPECTS:
        name = todo.pop(0)
        name = question.differentials.get(name, name)
        if name in question.bound and name not in expanded:
            expanded.add(name)
            todo += names_below([question.bound[name]])
        elif len(choices.get(name, ())) > 1:
            found[name] = None
    return list(found)


def _refusal(first: tuple[Trial, Misfit] | None, fits: list[Trial]) -> ClosedformError:
    if first is None:
        trial = fits[0]
        return DeclarationError("two readings are as likely", hint=_offers(trial, fits))
    trial, misfit = first
    error = refused(trial, misfit)
    if fits:
        error.hint = (error.hint.split(", or declare")[0].rstrip(".") + ". " if error.hint else "") + _offers(
            trial, fits
        )
    return error


def _offers(habit: Trial, fits: list[Trial]) -> str:
    words = {"S": " in R", "V": " in R^n", "M": " in R^(m×n)", "F": "[i] in R^n for i = 1..m",
             "G": "[i] in R^(m×n) for i = 1..k", "Z": " in R"}
    offers: dict[str, None] = {}
    for fit in fits:
        changed = [n for n in fit.kinds if fit.kinds[n] != habit.kinds.get(n)]
        offers[" with ".join(f"{n}{words[fit.kinds[n]]}" for n in changed)] = None
    return "Declare " + " or ".join(o for o in offers if o) + "."


def refused(trial: Trial, misfit: Misfit) -> ShapeError:
    """The error for people: the operation, its operands as typed with their shapes, the mend."""
    name_others(trial)
    lines = [misfit.head]
    why = misfit.why.format(*(_text(trial, s) for s in misfit.sizes))
    if misfit.head == "{why}":
        lines, why = [why], ""
    shown = ", ".join(f"{trial.typed(tree)} is {shape_text(_shape(trial, shape))}" for tree, shape in misfit.operands)
    if shown:
        lines.append(f"{shown}: {why}" if why else shown)
    hint = misfit.hint or sum_of_squares(trial, misfit.span)
    return ShapeError("\n".join(lines), span=misfit.span, source=trial.source, hint=hint)


def _text(trial: Trial, what: object) -> str:
    return trial.sizes.resolve(what).text if isinstance(what, Size) else str(what)


def _shape(trial: Trial, shape: Shape) -> Shape:
    return trial.sizes.shape(shape)
