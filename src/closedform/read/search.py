"""The search for kinds: the first reading that fits in order of distance from habit; a tie is asked about.

Where a reading does not fit, only names inside the part that clashes are tried otherwise, and the number of trials
is bounded: a formula with many undeclared names is asked about, not searched through.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from heapq import heappop, heappush

from closedform.errors import ClosedformError, DeclarationError, ShapeError
from closedform.expr.op import Shape
from closedform.expr.size import Size, size
from closedform.read.calls import call_shape, norm_shape
from closedform.read.habits import Kinds
from closedform.read.infer import RULES, Question, Trial
from closedform.read.misfit import Misfit, names_below, shape_text
from closedform.read.products import product_shape
from closedform.read.syntax import Call, Norm, Product, Tree

RULES.update({Call: call_shape, Norm: norm_shape, Product: product_shape})
Picks = tuple[tuple[str, str], ...]
MAX_TRIALS = 48
MAX_WORK = 20_000
MAX_SUSPECTS = 12
MAX_DISTANCE = 4.5
SIZE_NAMES = ("n", "m", "k", "p", "q", "r", "s", "t", "u", "v", "w")
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
        try:
            trial.run()
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
            if misfit.final:
                raise _refusal(first, []) from None
            guilty = [misfit.tree]
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
    words = {"S": "R", "V": "R^n", "M": "R^(m×n)", "F": "", "Z": "R"}
    offers: dict[str, None] = {}
    for fit in fits:
        changed = [n for n in fit.kinds if fit.kinds[n] != habit.kinds.get(n)]
        offers[" with ".join(f"{n} in {words[fit.kinds[n]]}" for n in changed)] = None
    return "Declare " + " or ".join(o for o in offers if o) + "."


def refused(trial: Trial, misfit: Misfit) -> ShapeError:
    """The error for people: the operation, its operands as typed with their shapes, the mend."""
    with suppress(Misfit):
        name_sizes(trial)
    lines = [misfit.head]
    why = misfit.why.format(*(_text(trial, s) for s in misfit.sizes))
    if misfit.head == "{why}":
        lines, why = [why], ""
    shown = ", ".join(f"{trial.typed(tree)} is {shape_text(_shape(trial, shape))}" for tree, shape in misfit.operands)
    if shown:
        lines.append(f"{shown}: {why}" if why else shown)
    return ShapeError("\n".join(lines), span=misfit.span, source=trial.source, hint=misfit.hint)


def _text(trial: Trial, what: object) -> str:
    return trial.sizes.resolve(what).text if isinstance(what, Size) else str(what)


def _shape(trial: Trial, shape: Shape) -> Shape:
    return trial.sizes.shape(shape)


def name_sizes(trial: Trial) -> None:
    """Give the sizes that are still unknown names: n, then m, k, p, q; of a matrix the columns first."""
    free: dict[str, None] = {}
    for name, (rows, cols) in trial.names.items():
        order = (cols, rows) if name not in trial.question.differentials else ()
        for s in order:
            free.update(dict.fromkeys(sorted(n for n in trial.sizes.resolve(s).names if n[0] == "?")))
    typed = [n for n, kind in trial.kinds.items() if kind == "Z"]
    taken = set(trial.question.sizes) | {n for n in trial.kinds if trial.kinds[n] != "Z"} | set(trial.question.shapes)
    taken |= trial.question.indices | trial.fixed.keys() | trial.question.bound.keys()
    pool = [n for n in SIZE_NAMES if n not in taken] + [f"n{i}" for i in range(1, len(free) + 2)]
    given = pool[: len(free)]
    for name in typed:
        if name not in given and name in ("n", "m") and given:
            given[-1] = name
    for unknown, name in zip(free, given, strict=False):
        trial.sizes.found[unknown] = size(name)
    known = {n for shape in trial.names.values() for s in trial.sizes.shape(shape) for n in s.names}
    for name in typed:
        if name not in known:
            head = f"{name} is a size of nothing here"
            raise Misfit(_place(trial, name), head, hint=f"Declare {name} in R, or x in R^{name}.")


def _place(trial: Trial, name: str) -> Tree:
    from_units = (tree for unit in trial.question.units for tree in unit.trees)
    return next((t for t in from_units if getattr(t, "name", None) == name), trial.question.units[-1].root)
