"""Points for the tests that walk the table: an operation on symbols, arrays for them, and directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from closedform.expr.node import Node, make
from closedform.expr.op import Op
from closedform.expr.size import size
from closedform.functions.algebra import SYM, num, size_number, sym, zeros
from closedform.functions.define import differential
from closedform.functions.rearrange import BLOCK, COMM, SUB, UNVEC
from closedform.functions.samples import draw
from closedform.run.numeric import evaluate

Array = Any
SIZES = {"m": 3, "n": 4, "k": 5, "p": 2, "q": 5}
N_AND_P = size("n") + size("p")
SYMMETRIC = ("sym", "pd", "indefinite")
SHAPES: dict[str, list[tuple[Any, Any]]] = {  # without a signature, or square where it does not say so
    "clip": [("m", "n"), (1, 1), (1, 1)],
    "huber": [("m", "n"), (1, 1)],
    "leaky_relu": [("m", "n"), (1, 1)],
    "norm1": [("n", 1)],
    "norm2": [("n", 1)],
    "norm_inf": [("n", 1)],
    "polar": [("n", "n")],
    "kron_left": [(size("m") * size("p"), size("n") * size("q")), ("p", "q")],
    "kron_right": [(size("m") * size("p"), size("n") * size("q")), ("m", "n")],
}
SPECIAL: dict[Op, Callable[[], Node]] = {
    BLOCK: lambda: make(
        BLOCK,
        (
            sym("A", "m", "n"),
            sym("B", "m", "p"),
            sym("C", "k", "p"),
            sym("D", "k", "n"),
            sym("E", "q", N_AND_P),
        ),
        ((2, 2, 1),),
    ),
    SUB: lambda: make(SUB, (sym("A", "n", "k"), num(2), size_number("m")), (), (size("p"), size(3))),
    UNVEC: lambda: make(UNVEC, (sym("A", size("m") * size("p")),), (), (size("m"), size("p"))),
    COMM: lambda: make(COMM, (), (size("m"), size("p"))),
}


@dataclass
class Point:
    """An operation on symbols, where it is looked at, and a direction for each argument."""

    node: Node
    env: dict[str, Array]
    sizes: dict[str, int]
    directions: list[Node]

    def value(self, node: Node) -> Array:
        return evaluate(node, self.env, self.sizes)

    def moved(self, t: float) -> Array:
        """The operation's own value, the arguments moved by t times the directions."""
        env = dict(self.env)
        for a, d in zip(self.node.args, self.directions, strict=True):
            if d.op is SYM:
                env[a.params[0]] = env[a.params[0]] + t * env[d.params[0]]
        return evaluate(self.node, env, self.sizes)

    @property
    def differential(self) -> Node:
        return differential(self.node, self.directions)


def point(op: Op, seed: int, kinds: tuple[str, ...] | None = None) -> Point:
    """A random point of the kinds declared."""
    rng = np.random.default_rng([seed, *op.name.encode()])
    node = SPECIAL[op]() if op in SPECIAL else _plain(op)
    kinds = kinds or op.sample or ("real",)
    env, directions = {}, []
    for k, a in enumerate(node.args):
        if a.op is not SYM:
            directions.append(zeros(1))
            continue
        kind = kinds[k] if k < len(kinds) else "real"
        rows, cols = a.rows.value(SIZES), a.cols.value(SIZES)
        name = a.params[0]
        env[name] = draw(kind if "blocks" not in kind else "real", rows, cols, rng)
        moves = kind != "order"
        directions.append(sym("d" + name, a.rows, a.cols) if moves else zeros(a.rows, a.cols))
        env["d" + name] = direction = rng.standard_normal((rows, cols))
        if kind in SYMMETRIC:
            env["d" + name] = direction + direction.T
    return Point(node, env, SIZES, directions)


def _plain(op: Op) -> Node:
    if op.name in SHAPES:
        shapes = [(size(r), size(c)) for r, c in SHAPES[op.name]]
    else:
        assert op.signature is not None, f"{op.name} needs a place in SHAPES or SPECIAL"
        shapes = list(op.signature.args)
    return make(op, [sym(f"X{k}", r, c) for k, (r, c) in enumerate(shapes)])


def slope(f: Callable[[float], Array], step: float = 1e-2, levels: int = 5) -> tuple[Array, float]:
    """f'(0) by central differences, extrapolated (Ridders), and the relative error it sees itself."""
    best, error = np.zeros_like(f(0.0)), np.inf
    rows: list[list[Array]] = []
    for i in range(levels):
        h = step / 2**i
        row = [(f(h) - f(-h)) / (2 * h)]
        for j in range(i):
            row.append((4 ** (j + 1) * row[j] - rows[-1][j]) / (4 ** (j + 1) - 1))
        if i:
            seen = float(max(np.max(np.abs(row[-1] - row[-2])), np.max(np.abs(row[-1] - rows[-1][-1]))))
            if seen < error:
                best, error = row[-1], seen
        rows.append(row)
    return best, error / (1 + float(np.max(np.abs(best))))


def distance(a: Array, b: Array) -> float:
    """The largest difference of entries, relative to the largest entry (or 1)."""
    assert a.shape == b.shape
    return float(np.max(np.abs(a - b)) / (1 + np.max(np.abs(b)))) if a.size else 0.0
