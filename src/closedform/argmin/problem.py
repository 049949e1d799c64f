"""An argmin at arrays: solved from several starts, or a point of the user's judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from closedform.argmin import enclose
from closedform.argmin.cone import cone_solution
from closedform.argmin.constrained import active_solution, near_kinks
from closedform.argmin.convex import is_convex
from closedform.argmin.judge import Judged, Question, judge, stands_at
from closedform.argmin.large import FROM, Large, newton, verdict
from closedform.argmin.newton import spot, walk
from closedform.argmin.search import descend, inside, starts
from closedform.argmin.solution import Other, Solution, unknown_parameter
from closedform.argmin.space import basis_of, shape_at, sizes_of, start_of
from closedform.argmin.switches import Constraint, Switch, norms, switched, unknown_kink
from closedform.argmin.system import Block, System, function
from closedform.argmin.verdict import Verdict
from closedform.argmin.views import Exact, Plain, View, best_view
from closedform.errors import ClosedformError, ValueProblem
from closedform.expr.node import Node
from closedform.expr.walk import postorder
from closedform.functions.algebra import SYM
from closedform.rewrite.normal.normal import normal
from closedform.run.values import parts_of

Array = Any
STATIONARY = ("saddle", "maximum", "bifurcation", "singular-hessian", "degenerate-minimum")
LIMITS = {"tanh": (-1, 1), "sigmoid": (0, 1), "erf": (-1, 1), "normcdf": (0, 1)}
MINIMA = ("minimum", "ill-conditioned-minimum", "several-minima", "degenerate-minimum")


@dataclass
class Problem:
    """f, its variable and its parameters, with values. ``exact`` has dx*/dθ of a closed form of x*, by name."""

    f: Node
    x: Node
    parameters: dict[str, Node]
    values: dict[str, Any]
    constraints: Sequence[Constraint] = ()
    exact: dict[str, Callable[[dict[str, Any]], Any]] = field(default_factory=dict)
    start: Any = None
    shape: tuple[int, ...] = ()
    cone: bool = False
    """Whether x is held in the cone of positive semidefinite matrices."""

    def __post_init__(self) -> None:
        _only_numbers(self.values, str(self.x.params[0]), self.start)
        strange = unknown_kink(self.f, self.x)
        if strange is not None:
            raise ClosedformError(f"the argmin of a function with {strange} of the variable is not solved here")
        everything = [n for node in (self.f, *(c.node for c in self.constraints)) for n in postorder(node)]
        symbols = {str(n.params[0]): n for n in everything if n.op is SYM}
        rows, cols = shape_at(self.x, sizes_of(symbols, self.values), self.start)
        known = sizes_of(symbols, {**self.values, str(self.x.params[0]): np.zeros((rows, cols))})
        self.block = Block(self.x, np.zeros(rows * cols), basis_of(self.x, rows, cols), known)
        self.shape = np.shape(self.start) if self.start is not None else natural_shape(self.x, rows, cols)
        self.node = normal(self.f)
        self.norms = norms(self.f, self.x)
        self.begun: Array | None = None
        self.system = System(self.f, [self.block], self.values)
        self.sizes = {**known, **self.system.sizes}
        self.view: View = best_view(self.system, self.begin()) if self.width <= FROM else Plain(self.system)
        self._hold(())

    def _hold(self, pinned: Sequence[Node]) -> None:
        """Sets up the switches, with the arguments of these norms held at 0."""
        self.L, self.switches = switched(self.f, self.x, self.constraints, pinned)
        self.board: tuple[Node, Block, Sequence[Switch], Sequence[int], dict[str, Any]] = (
            self.L, self.block, self.switches, self.lengths(), self.values,
        )  # fmt: skip

    @property
    def length(self) -> int:
        """The number of entries of x."""
        return len(self.block.base)

    @property
    def width(self) -> int:
        return self.block.width

    @property
    def side(self) -> int:
        """The number of rows of x."""
        return self.system.shape(self.x)[0]

    def lengths(self) -> list[int]:
        sizes = self.sizes
        return [s.s.rows.value(sizes) * s.s.cols.value(sizes) for s in self.switches]

    def parameter(self, name: str) -> Node:
        if name not in self.parameters:
            raise unknown_parameter(name, list(self.parameters))
        return self.parameters[name]

    def shape_of(self, theta: Node) -> tuple[int, ...]:
        return tuple(np.shape(self.values[str(theta.params[0])]))

    def named(self, x: Any) -> dict[str, Any]:
        return {**self.values, self.block.name: x}

    def free(self, x: Any) -> Array:
        """The free components of a value of x."""
        flat = np.asarray(x, float).reshape(-1)
        if len(flat) != self.length:
            raise ValueProblem(f"{self.block.name} has {self.length} entries; this point has {len(flat)}")
        return self.block.free(flat)

    def whole(self, z: Array) -> Any:
        flat = self.block.put(np.asarray(z, float)[: self.width])
        return np.reshape(flat, self.shape) if self.shape else float(flat[0])

    def begin(self) -> Array:
        """Where a search starts: the user's start, else a point at which f and its slope have values."""
        if self.begun is not None:
            return self.begun
        if self.start is not None:
            return self.free(self.start)
        return start_of(self.system, self.block)

    def questions(self, view: View | None = None) -> Question:
        return Question(view or self.view, self.smooth_parameters(), self.block.name)

    def smooth_parameters(self) -> list[Node]:
        here = set(postorder(self.f))
        return [t for t in self.parameters.values() if t in here]

    def solve(self, count: int) -> Solution:
        """The argmin reached from the start; further minima from ``count - 1`` other starts."""
        with np.errstate(all="ignore"):  # infinities on the way are values
            if self.norms:
                self.begun = near_kinks(self, self.begin())
                self._hold_small(self.begun)
            if self.cone:
                return cone_solution(self, count)
            if self.switches:
                return active_solution(self, count)
            if self.width > FROM:
                return self._large(newton(self.system, self.begin()))
            return self._smooth(count)

    def _smooth(self, count: int) -> Solution:
        begin = self.begin()
        main = self._reached(inside(self.system, begin, begin))
        if self.convex() and main.verdict.kind in (*MINIMA, "no-minimum"):
            count = 1  # there is nothing else to find
        more = islice(starts(begin, count), 1, None)
        found = [main, *(self._reached(inside(self.system, begin, z)) for z in more)]
        if main.verdict.kind not in MINIMA:
            main = self._stationary_at_start(begin, main)
        minima = [j for j in found if j.verdict.kind in MINIMA]
        if main.verdict.kind not in (*MINIMA, "singular-hessian") and minima:
            main = min(minima, key=lambda j: self.value_at(j))
        out = self._solution(main)
        if main.verdict.kind in MINIMA:
            self._several(out, main, minima)
            if out.minimality == "unproved" and any(j.verdict.kind == "no-minimum" for j in found):
                out.notes.append("from another start f falls for ever: this minimum may be local")
        return out

    def _hold_small(self, z: Array) -> None:
        """Holds the norms that are about 0 at a point."""
        env = self.system.env(z)
        size = 1e-4 * max(1.0, float(np.abs(z).max(initial=0.0)))
        small = [n for n in self.norms if float(np.linalg.norm(function(n.args[0])(env))) <= size]
        if small:
            self._hold(small)

    def _large(self, z: Array) -> Solution:
        """Of many variables: from one start, by the ends of the spectrum."""
        here = Large(self.system, z)
        out = Solution(self, self.whole(z), self.system.value(z), verdict(here), None, large=here)
        self._proved_global(out)
        return out

    def _reached(self, z: Array) -> Judged:
        end = descend(self.system, z)
        return self._believed(judge(self.questions(), self.view.point(end), brought=False))

    def _believed(self, judged: Judged) -> Judged:
        """A convex f has no saddles and maxima: where float64 sees one, it sees rounding of a singular Hessian."""
        v = judged.verdict
        if v.kind not in ("saddle", "maximum") or isinstance(self.view, Exact) or not self.convex():
            return judged
        judged.verdict = Verdict(
            "singular-hessian", "f is convex, and its Hessian singular to rounding: x* is not isolated, or float64 "
            "does not tell.", 'Add a ridge term, or choose one minimiser (on_fail="least-norm").', numbers=v.numbers,
            direction=v.direction,
        )  # fmt: skip
        return judged

    def _stationary_at_start(self, begin: Array, main: Judged) -> Judged:
        """Where descent finds no minimum: the stationary point that Newton's steps reach from the start."""
        if main.verdict.kind == "singular-hessian":
            return self._nearest(begin, main)
        way = walk(self.view, self.view.point(begin))
        if way.outcome not in ("arrived", "flat", "degenerate"):
            return main
        there = judge(self.questions(), way.end.z, brought=False)
        if there.verdict.kind in STATIONARY:
            kinds = (*there.verdict.also, *([main.verdict.kind] if main.verdict.kind == "no-minimum" else []))
            there.verdict.also = tuple(dict.fromkeys(kinds))
            return there
        return main

    def _nearest(self, begin: Array, main: Judged) -> Judged:
        """Of a set of minimisers, the one nearest to the start."""
        N = main.end.null_space
        back = N @ (N.T @ (self.view.floats(main.end.z) - begin))
        moved = judge(self.questions(), self.view.move(main.end.z, -back), brought=False)
        return moved if moved.verdict.kind == main.verdict.kind else main

    def value_at(self, j: Judged) -> float:
        return self.view.value(j.end.z)

    def _solution(self, judged: Judged) -> Solution:
        """Of a solver's point: the stationary point itself is handed back."""
        at = judged.end if judged.verdict.kind in (*MINIMA, *STATIONARY) else judged.at
        if judged.verdict.kind in MINIMA:
            at = spot(self.view, at.z)
        exists = judged.verdict.exists or (judged.verdict.kind == "degenerate-minimum" and bool(self.exact))
        judged.verdict.exists = exists
        x = self.whole(self.view.floats(at.z))
        out = Solution(self, x, self.view.value(at.z), judged.verdict, Judged(judged.verdict, at, judged.end))
        self._proved_global(out)
        return out

    def _proved_global(self, out: Solution) -> None:
        if out.verdict.kind in (*MINIMA, "singular-hessian") and self.convex():
            out.minimality = "proved (f is convex)"

    def convex(self) -> bool:
        """Whether f is seen to be convex in x with these values (and every constraint set to be)."""

        def value(n: Node) -> Any:
            given = {**self.values, **self.sizes}
            return parts_of(n, (), given, list(given))[0](n)

        smooth = any(is_convex(f, self.x, value) for f in dict.fromkeys((self.f, self.node)))
        sets = all(
            _affine(c, self.x, value) if c.equality else is_convex(-c.node, self.x, value) for c in self.constraints
        )
        return smooth and sets

    def _several(self, out: Solution, main: Judged, minima: Iterable[Judged]) -> None:
        """Other minima than this one: said, with which is lower."""
        here = self.view.floats(main.end.z)
        seen = [here]
        for j in minima:
            z = self.view.floats(j.end.z)
            near = 1e-6 * max(1.0, float(np.linalg.norm(here)))
            if all(np.linalg.norm(z - other) > near for other in seen):
                seen.append(z)
                out.others.append(Other(self.whole(z), self.value_at(j)))
        if not out.others:
            return
        out.others.sort(key=lambda o: o.value)
        gap = out.others[0].value - out.value
        noise = 1e-10 * max(1.0, abs(out.value))
        which = "an equal one" if abs(gap) <= noise else "a lower one" if gap < 0 else "a higher one"
        jump = " The global argmin jumps between them." if abs(gap) <= noise else ""
        jump = " The global argmin is not here." if gap < -noise else jump
        first = stands_at(self.block.name, out.others[0].x)
        sentence = f"a strict minimum, but others exist: {which} at {first}.{jump}"
        kinds = (out.verdict.kind, *out.verdict.also)
        out.verdict = Verdict("several-minima", sentence + " The derivative is that of this branch.",
                              "Start nearer to the one that is meant.", also=kinds, numbers=out.verdict.numbers,
                              exists=out.verdict.exists)  # fmt: skip

    def diagnose(self, point: Any) -> Solution:
        """A point that the user brings, judged as it is."""
        with np.errstate(all="ignore"):
            self._hold_small(self.free(point))
            if self.cone:
                return cone_solution(self, 1, np.asarray(point, float))
            if self.switches:
                return active_solution(self, 1, np.asarray(point, float))
            if self.width > FROM:
                return self._large(self.free(point))
            return self._diagnosed(point)

    def _diagnosed(self, point: Any) -> Solution:
        z = self.view.point(self.free(point))
        judged = self._believed(judge(self.questions(), z, brought=True))
        if judged.verdict.kind == "degenerate-minimum":
            judged.verdict.exists = bool(self.exact)
        self.shape = np.shape(point)
        out = Solution(self, self.whole(self.view.floats(z)), self.view.value(z), judged.verdict, judged)
        self._proved_global(out)
        self._narrow(out, point)
        return out

    def _narrow(self, out: Solution, point: Any) -> None:
        """Entries of the derivatives that single precision loses, where that is what was given."""
        given = [np.asarray(v) for v in (point, *self.values.values())]
        if not any(v.dtype == np.float32 for v in given):
            return
        lost = saturated(self.system, self.free(point))
        if lost:
            out.verdict.also = (*out.verdict.also, "saturated")
            said = "derivatives through it are exactly 0 there, and are computed in float64 here"
            out.notes.append(f"saturated in float32: {', '.join(lost)}; {said}")

    def proof(self, solution: Solution) -> enclose.Enclosure:
        """A box around the solution with one stationary point in it, by Krawczyk's test."""
        view, z = self.proving(solution)
        if view is None:
            return enclose.Enclosure("undecided (ball arithmetic is not used here)", [])
        return enclose.enclosed(view.fine, z, view.system.n - self.width)

    def proving(self, solution: Solution) -> tuple[Exact | None, Any]:
        """The view in balls in which a solution can be proved, and the point there."""
        active, judged = solution.active, solution.judged
        if active is not None:
            fine = isinstance(active.view, Exact) and not active.state.weak.any()
            return (active.view, active.z) if isinstance(active.view, Exact) and fine else (None, None)
        return (self.view, judged.end.z) if isinstance(self.view, Exact) and judged is not None else (None, None)


def _only_numbers(values: Mapping[str, Any], name: str, start: Any) -> None:
    """Refuses NaN among the values, and what is not finite in a point."""
    for k, v in values.items():
        if np.isnan(np.asarray(v, float)).any():
            raise ValueProblem(f"{k} has an entry that is NaN: there is nothing to minimise at")
    point: Array = np.asarray([] if start is None else start, float).reshape(-1)
    if not np.isfinite(point).all():
        first = int(np.argmin(np.isfinite(point)))
        raise ValueProblem(f"entry {first + 1} of the point given for {name} is {point[first]}: give finite numbers")


def saturated(system: System, z: Array) -> list[str]:
    """Functions of f that stand exactly at a limit in single precision, and not in double."""
    out, env = [], system.env(z)
    for n in postorder(system.raw):
        if n.op.name in LIMITS:
            exact = function(n)(env).reshape(-1)
            narrow = exact.astype(np.float32)
            stuck = np.flatnonzero(np.isin(narrow, LIMITS[n.op.name]) & ~np.isin(exact, LIMITS[n.op.name]))
            out += [f"{n.op.text} is {narrow[k]:g} in entry {k + 1}" for k in stuck]
    return out


def natural_shape(x: Node, rows: int, cols: int) -> tuple[int, ...]:
    return () if x.is_scalar else (rows,) if x.is_column else (rows, cols)


def _affine(c: Constraint, x: Node, value: Callable[[Node], Any]) -> bool:
    return is_convex(c.node, x, value) and is_convex(-c.node, x, value)


def values_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers and arrays as they were given, lists as arrays."""
    return {k: v if isinstance(v, int | float | np.ndarray | np.generic) else np.asarray(v) for k, v in data.items()}
