"""A declared function compared with its rule in numbers: differences, and the identity of the transpose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from closedform.calculus.adjoint import adjoint
from closedform.errors import DeclarationError, MissingRule, ValueProblem
from closedform.expr.node import Node, make
from closedform.expr.op import Op
from closedform.functions.declared import enter, held, leave, rank_of_pattern
from closedform.functions.samples import draw
from closedform.rewrite.normal.normal import normal
from closedform.run.numeric import evaluate
from closedform.tracing.declared import Declared

if TYPE_CHECKING:
    from closedform.tracing.declaring import Head

POINTS, STEP, CLOSE, EXACT, NEAR = 4, 2.0**-9, 1e-6, 1e-9, 1e-4
LENGTHS = (4, 3, 5, 2, 6, 7)
SYMMETRIC = {"pd", "sym"}
Array = Any
Point = dict[str, Array]


class Witness:
    """The points at which one declaration is checked, drawn the same each time."""

    def __init__(self, told: Head, handle: Declared, samples: Mapping[str, str]) -> None:
        self.told, self.handle, self.samples = told, handle, samples
        self.held = held(told.word)
        self.rng = np.random.default_rng(20260107)
        letters = dict.fromkeys(n for p in told.signature.args for s in p for n in sorted(s.names))
        self.sizes = dict(zip(letters, LENGTHS, strict=False))
        if len(letters) > len(LENGTHS):
            raise DeclarationError(f"{told.word} has more than {len(LENGTHS)} sizes")

    def restore(self) -> None:
        """The word means again what it meant before, until all is well."""
        leave(self.told.word)
        if self.held is not None:
            enter(*self.held)

    # points

    def point(self, lead: str = "") -> Point:
        """Arguments inside the domain; with ``lead``, directions."""
        out = {}
        for name, (rows, cols) in zip(self.told.names, self.told.signature.args, strict=True):
            kind = self.samples.get(name, "real")
            shape = rows.value(self.sizes), cols.value(self.sizes)
            array = draw(("sym" if kind in SYMMETRIC else "real") if lead else kind, *shape, self.rng)
            out[lead + name] = array
        return out

    def cotangent(self) -> Array:
        rows, cols = (s.value(self.sizes) for s in self.told.signature.result)
        return self.rng.standard_normal((rows, cols))

    def at(self, op: Op, point: Point) -> Array:
        """The value at a point, 2-d; ValueProblem where it is not of the shape declared, or no number."""
        assert op.numeric is not None
        with np.errstate(all="ignore"):
            out = op.numeric(np, *(point[n] for n in self.told.names))
        wanted = tuple(s.value(self.sizes) for s in self.told.signature.result)
        if out.shape != wanted:
            raise DeclarationError(f"{op.text} gives the shape {out.shape} where {wanted} is declared")
        if not np.isfinite(out).all():
            inside = "inside its domain" if self.samples else "at a random point"
            raise DeclarationError(
                f"{op.text} is no number {inside}: {_shown(point)}",
                hint='Say where it is defined: domain="positive" (or nonneg, nonzero, pd, invertible).',
            )
        return out

    # what is compared

    def value(self, op: Op) -> None:
        """Shapes fit, each entry by itself where that is declared, and the libraries agree."""
        point = self.point()
        try:
            whole = self.at(op, point)
        except ValueProblem as error:
            raise DeclarationError(error.message, hint='Declare its shape, as in shape="n -> 1".') from None
        if self.told.elementwise:
            one = {n: a[1:2, 2:3] for n, a in point.items()}
            assert op.numeric is not None
            alone = op.numeric(np, *one.values())
            if not np.allclose(alone, whole[1:2, 2:3], EXACT, EXACT):
                raise DeclarationError(
                    f"{op.text} does not act on each entry by itself: of an entry alone it is {alone.item():.6g}, "
                    f"within a matrix {whole[1, 2]:.6g}",
                    hint='Declare its shape, as in shape="n -> n".',
                )
        self._libraries(point, whole)

    def _libraries(self, point: Point, whole: Array) -> None:
        for name in [n for n in self.handle._values if n != "numpy"]:
            arrays = [_in_library(name, _door(self, n, point[n])) for n in self.told.names]
            found = np.asarray(self.handle._given(name)(*arrays), float).reshape(whole.shape)
            if not np.allclose(found, whole, NEAR, NEAR):
                raise DeclarationError(
                    f"{self.told.word}: its value for {name} is {_entry(found)} where that for numpy is {_entry(whole)}"
                )

    def differential(self, op: Op) -> Op:
        """The rule against differences, along two directions and a sum of them; its transpose where it has one."""
        dx = [make(x.op, (), (f"d{x.params[0]}", ()), x.shape) for x in self.told.symbols()]
        assert op.d is not None
        rule = op.d(*self.told.symbols(), *dx)
        worst = 0.0
        for _ in range(POINTS):
            point, ways = self.point(), [self.point("d"), self.point("d")]
            ways.append({n: 2 * a - 3 * ways[1][n] for n, a in ways[0].items()})
            for way in ways:
                mine = self.of_node(rule, {**point, **way})
                true = self.slope(op, point, way)
                worst = max(worst, self._same(op, mine, true, point, way))
        self.handle.checked += (f"differential against differences, relative error {worst:.1e}",)
        self._turned(op, rule, dx)
        return op

    def _same(self, op: Op, mine: Array, true: Array, point: Point, way: Point) -> float:
        scale = max(np.max(np.abs(true)), np.max(np.abs(mine)), 1e-3)
        gap = float(np.max(np.abs(mine - true)) / scale)
        if not gap <= CLOSE:
            raise DeclarationError(
                f"the differential of {op.text} is wrong: by its rule it is {_entry(mine, true)}, by differences "
                f"{_entry(true, mine)}, at {_shown(point)}, along {_shown(way)}"
            )
        return gap

    def slope(self, op: Op, point: Point, way: Point) -> Array:
        """The slope of the value along a direction, by differences of the fourth order."""

        def once(h: float) -> Array:
            ends = [{n: a + s * h * way["d" + n] for n, a in point.items()} for s in (1, -1)]
            return (self.at(op, ends[0]) - self.at(op, ends[1])) / (2 * h)

        length = max(1.0, *(float(np.max(np.abs(a))) for a in way.values()))
        h = STEP / length
        return (4 * once(h / 2) - once(h)) / 3

    def _turned(self, op: Op, rule: Node, dx: list[Node]) -> None:
        """⟨G, L(dx)⟩ = ⟨Lᵀ(G), dx⟩, where the rule can be transposed."""
        G = self.told.cotangent
        try:
            back = adjoint(normal(rule), dx, G)
        except MissingRule as error:
            self.handle.checked += (f"not transposed: {error.message}",)
            return
        point, way, g = self.point(), self.point("d"), self.cotangent()
        given = {**point, **way, "G": g}
        one = float(np.sum(g * self.of_node(rule, given)))
        other = sum(float(np.sum(way[x.params[0]] * self.of_node(node, given))) for x, node in back.items())
        if not abs(one - other) <= CLOSE * max(1.0, abs(one)):
            figures = f"⟨G, L(dx)⟩ is {one:.9g}, ⟨Lᵀ(G), dx⟩ {other:.9g}"
            raise DeclarationError(f"the rule of {op.text} is not linear: {figures}")
        self.handle.checked += (f"transpose, error {abs(one - other):.1e}",)

    def is_linear(self, op: Op, k: int) -> bool:
        """Whether the value is linear in one argument, the others fixed."""
        name, a, b = self.told.names[k], self.point(), self.point()
        ends = [{**a, name: x} for x in (a[name], b[name], 2 * a[name] - 3 * b[name])]
        one, two, both = (self.at(op, end) for end in ends)
        return bool(np.allclose(both, 2 * one - 3 * two, EXACT, EXACT * max(1.0, float(np.max(np.abs(both))))))

    def adjoint(self, op: Op) -> Op:
        """⟨G, F(x)⟩ = ⟨adjoint(G), x⟩."""
        G, worst = self.told.cotangent, 0.0
        for k, made in op.adjoint.items():
            name = self.told.names[k]
            for _ in range(POINTS):
                point, g = self.point(), self.cotangent()
                one = float(np.sum(g * self.at(op, point)))
                back = self.of_node(made(G, *self.told.symbols()), {**point, "G": g})
                other = float(np.sum(back * point[name]))
                gap = abs(one - other) / max(1.0, abs(one))
                if not gap <= EXACT * 100:
                    raise DeclarationError(
                        f"the adjoint of {op.text} by {name} is wrong: ⟨G, {op.text}({', '.join(self.told.names)})⟩ is "
                        f"{one:.9g}, ⟨adjoint(G), {name}⟩ is {other:.9g}, at {_shown(point)}"
                    )
                worst = max(worst, gap)
        self.handle.checked += (f"adjoint against the transpose identity, relative error {worst:.1e}",)
        return op

    def of_node(self, node: Node, given: Point) -> Array:
        """The value of a rule, 2-d."""
        return evaluate(node, given, self.sizes)


def _door(witness: Witness, name: str, array: Array) -> Array:
    pattern = witness.told.signature.args[witness.told.names.index(name)]
    rank = 2 if witness.told.elementwise else rank_of_pattern(pattern)
    return array if rank == 2 else array[:, 0] if rank == 1 else float(array[0, 0])


def _in_library(name: str, array: Array) -> Array:
    if name == "jax":
        import jax.numpy as jnp

        return jnp.asarray(array)
    import torch

    return torch.as_tensor(array, dtype=torch.float64)


def _entry(a: Array, other: Array | None = None) -> str:
    """The entry that differs most, to show."""
    at = 0 if other is None else int(np.argmax(np.abs(a - other)))
    return f"{a.reshape(-1)[at]:.9g}"


def _shown(point: Point) -> str:
    return ", ".join(f"{n} = {np.round(a, 4).tolist()}" for n, a in point.items())
