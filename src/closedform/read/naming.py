"""The names of sizes that no declaration gives: one typed as a number is what it counts, the others get letters."""

from __future__ import annotations

from closedform.expr.size import Size, size
from closedform.read.infer import Trial
from closedform.read.means import counted
from closedform.read.misfit import Misfit
from closedform.read.spaces import space_text
from closedform.read.syntax import Name, Product, Tree

SIZE_NAMES = ("n", "m", "k", "p", "q", "r", "s", "t", "u", "v", "w")


def name_sizes(trial: Trial) -> None:
    """Give all sizes names. Raises Misfit where it is not clear which size a typed name stands for."""
    typed = [n for n, kind in trial.kinds.items() if kind == "Z"]
    _name_both(trial, typed)
    _name_design(trial, typed)
    for name in typed:
        _name_counted(trial, name)
    for name in typed:
        if name not in _names(trial):
            _name_only(trial, name, _unknown(trial))
    name_others(trial)


def name_others(trial: Trial) -> None:
    """Letters for the sizes that nothing names: n, then m, k, p, q; of a matrix the columns first."""
    free = _unknown(trial)
    taken = set(trial.question.sizes) | trial.kinds.keys() | set(trial.question.shapes)
    taken |= trial.question.reserved | trial.question.indices | trial.fixed.keys() | trial.question.bound.keys()
    pool = [n for n in SIZE_NAMES if n not in taken] + [f"n{i}" for i in range(1, len(free) + 2)]
    for unknown, name in zip(free, pool, strict=False):
        trial.sizes.found[unknown] = size(name)


def _unknown(trial: Trial) -> list[str]:
    free: dict[str, None] = {}
    for name, (rows, cols) in (*trial.names.items(), *trial.stacks.items()):
        order = (cols, rows) if name not in trial.question.differentials else ()
        for s in order:
            free.update(dict.fromkeys(sorted(n for n in trial.sizes.resolve(s).names if n[0] == "?")))
    return list(free)


def _names(trial: Trial) -> set[str]:
    shapes = (*trial.names.values(), *trial.stacks.values())
    return {n for shape in shapes for s in trial.sizes.shape(shape) for n in s.names}


def _name_both(trial: Trial, typed: list[str]) -> None:
    """``1/(m*n)`` before a sum over all entries: m rows and n columns, of which only the product matters."""
    trees = [t for unit in trial.question.units for t in unit.trees]
    places = [t for t in trees if isinstance(t, Name) and t.name in typed]
    together = any(isinstance(t, Product) and {*places} <= {part for _, part in t.factors} for t in trees)
    if len(places) != 2 or not together:
        return
    found = counted(trial, places[0].name)
    if found == counted(trial, places[1].name) and len(found) == 2 and all(s.name in _unknown(trial) for s in found):
        for s, place in zip(found, places, strict=True):
            trial.sizes.found[str(s.name)] = size(place.name)


def _name_design(trial: Trial, typed: list[str]) -> None:
    """``1/(n - p)`` beside the only matrix of unknown sizes: n observations of p variables."""
    free = _unknown(trial)
    if sorted(typed) not in (["n", "p"], ["k", "n"]) or len(free) != 2 or not trial.question.typeset:
        return
    shapes = [trial.sizes.shape(shape) for shape in trial.names.values()]
    designs = [(rows.name, cols.name) for rows, cols in shapes if {rows.name, cols.name} == {*free}]
    if len(set(designs)) == 1:
        for unknown, name in zip(designs[0], sorted(typed, key=lambda name: name != "n"), strict=True):
            trial.sizes.found[str(unknown)] = size(name)


def _name_counted(trial: Trial, name: str) -> None:
    """``1/n`` before a sum: n is the number of what is summed."""
    found = [s for s in counted(trial, name) if s.number is None and name not in s.names]
    if len(found) == 1 and found[0].name in _unknown(trial):
        trial.sizes.found[str(found[0].name)] = size(name)
    elif found and name not in _names(trial):
        raise _unclear(trial, name, found)


def _name_only(trial: Trial, name: str, free: list[str]) -> None:
    if len(free) == 1:
        trial.sizes.found[free[0]] = size(name)
    elif free:
        raise _unclear(trial, name, [size(unknown) for unknown in free])
    else:
        head = f"{name} is a size of nothing here"
        raise Misfit(_place(trial, name), head, hint=f"Declare {name} in R, or x in R^{name}.")


def _unclear(trial: Trial, name: str, sizes: list[Size]) -> Misfit:
    """Which size a name stands for is asked, with a declaration for each."""
    words, mends = [], []
    for s in sizes[:3]:
        for word, mend in _described(trial, name, s)[:1]:
            words.append(word)
            mends.append(mend)
    if len(words) < 2:
        head = f"{name} divides a sum over {sizes[0].text} terms"
        hint = f"Write {sizes[0].text} for {name}, or declare {name} in R."
        return Misfit(_place(trial, name), head, hint=hint, final=True)
    head = f"{name} may be {', '.join(words[:-1])} or {words[-1]}"
    mends.append(f"{name} in R")
    return Misfit(_place(trial, name), head, hint=f"Declare {', or '.join(mends)}.", final=True)


def _described(trial: Trial, name: str, s: Size) -> list[tuple[str, str]]:
    """The places where a size stands: in words, and as the declaration that gives it the name."""
    out = []
    for variable, shape in trial.names.items():
        if variable in trial.question.bound or variable in trial.question.differentials:
            continue
        rows, cols = trial.sizes.shape(shape)
        other = "m" if name != "m" else "k"
        if rows is s:
            new = (size(name), cols if cols.number else size(other))
            word = "length" if cols.number == 1 else "number of rows"
            out.append((f"the {word} of {variable}", f"{variable} in {space_text(new)}"))
        elif cols is s:
            new = (size(other), size(name))
            out.append((f"the number of columns of {variable}", f"{variable} in {space_text(new)}"))
    return out


def _place(trial: Trial, name: str) -> Tree:
    from_units = (tree for unit in trial.question.units for tree in unit.trees)
    return next((t for t in from_units if getattr(t, "name", None) == name), trial.question.units[-1].root)
