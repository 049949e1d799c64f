"""The equations ∇L = 0 in the free components of several symbols, and their derivatives, at arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from closedform.calculus.derive import Derived, gradients, jacobian, linear_map, pullback, shortest
from closedform.calculus.spaces import held_plain
from closedform.errors import MissingRule, ValueProblem
from closedform.expr.facts import Facts
from closedform.expr.node import Node
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import SYM, sym
from closedform.functions.known_facts import facts_of
from closedform.program.compiled import Compiled
from closedform.rewrite.normal.normal import normal
from closedform.run.values import parts_of, value

Array = Any
COTANGENT, DIRECTION = "cotangent_of_argmin", "direction_of_argmin"


@dataclass(frozen=True, eq=False)
class Block:
    """A symbol of L whose value is ``base + basis @ z``, entries row by row; without a basis z is the value.

    ``sizes`` are those that are known with the first block of a system: its own, and those that arrays show.
    """

    symbol: Node
    base: Array
    basis: Array | None = None
    sizes: Mapping[str, int] | None = None

    @property
    def name(self) -> str:
        return str(self.symbol.params[0])

    @property
    def width(self) -> int:
        return len(self.base) if self.basis is None else int(self.basis.shape[1])

    @cached_property
    def matrix(self) -> Array:
        return np.eye(len(self.base)) if self.basis is None else self.basis

    def put(self, z: Array) -> Array:
        """basis @ z."""
        return z if self.basis is None else self.basis @ z

    def pull(self, flat: Array) -> Array:
        """basis' @ flat."""
        return flat if self.basis is None else self.basis.T @ flat

    def free(self, flat: Array) -> Array:
        """The z nearest to a value."""
        return flat if self.basis is None else np.linalg.lstsq(self.basis, flat - self.base, rcond=None)[0]


class Function:
    """A node as a function of arrays by name: compiled where the program has all its functions."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.compiled: Compiled | None = None
        try:
            self.compiled = Compiled((node,), "numpy")
        except MissingRule:
            return

    def __call__(self, env: Mapping[str, Any]) -> Array:
        with np.errstate(all="ignore"):
            if self.compiled is not None:
                try:
                    return np.asarray(self.compiled(*(env[n] for n in self.compiled.arguments)))
                except MissingRule:
                    self.compiled = None
                except ValueProblem:  # outside the domain, as where a matrix is not positive definite
                    return self._nothing(env)
                except (ZeroDivisionError, OverflowError):  # of Python's floats, which know no infinity here
                    pass
            try:
                return np.asarray(value(self.node, env, list(env)))
            except ValueProblem:
                return self._nothing(env)

    def held(self, env: Mapping[str, Any], free: str) -> Callable[[Array], Array]:
        """It as a function of one argument; what the others alone decide is computed once, but for their products:
        as many calls as conjugate gradients take do not pay for those."""

        def anew(v: Array) -> Array:
            return self({**env, free: v})

        if self.compiled is None or free not in self.compiled.arguments:
            return anew
        try:
            fixed = {n: env[n] for n in self.compiled.arguments if n != free}
            fast = Compiled((self.node,), "numpy", fixed=fixed, few=True)
        except (MissingRule, ValueProblem):
            return anew

        def again(v: Array) -> Array:
            with np.errstate(all="ignore"):
                try:
                    return np.asarray(fast(v))
                except (MissingRule, ValueProblem, ZeroDivisionError, OverflowError):
                    return anew(v)

        return again

    def _nothing(self, env: Mapping[str, Any]) -> Array:
        return np.full([s.value(env) for s in self.node.shape], np.nan)


function = lru_cache(maxsize=256)(Function)


@lru_cache(maxsize=128)
def gradient_nodes(L: Node, symbols: tuple[Node, ...]) -> tuple[Node, ...]:
    """The gradients of a scalar by symbols."""
    there = held_plain((n for n in postorder(L) if n.op is SYM), symbols)
    plain = [there.get(x, x) for x in symbols]
    raw = rebuild(L, lambda n, _: there.get(n)) if there else L
    found = shortest(raw, lambda node: dict(zip(plain, gradients(node, plain), strict=True)))
    return tuple(found[x].node for x in plain)


def _once(G: Node, ask: Callable[[Node], Derived]) -> Node:
    return shortest(G, lambda node: {G: ask(node)})[G].node


@lru_cache(maxsize=256)
def matrix_node(G: Node, x: Node) -> Node | None:
    """The Jacobian of G by x where both are columns, or x a scalar, and it has a matrix form."""
    x = _plain_symbol(G, x)
    if not (G.is_column and x.is_column) and not x.is_scalar:
        return None
    try:
        return _once(G, lambda node: jacobian(node, x))
    except MissingRule:
        return None


@lru_cache(maxsize=256)
def along_node(G: Node, x: Node) -> Node:
    """The derivative of G by x along the symbol DIRECTION."""
    return _once(G, lambda node: linear_map(node, _plain_symbol(G, x), DIRECTION))


@lru_cache(maxsize=256)
def pulled_node(G: Node, x: Node) -> Node:
    """The gradient of ⟨COTANGENT, G⟩ by x."""
    u = sym(COTANGENT, G.rows, G.cols)
    return _once(G, lambda node: pullback(node, _plain_symbol(G, x), u))


def _plain_symbol(G: Node, x: Node) -> Node:
    """The symbol of that name as it stands in G, where facts may have been set aside."""
    return next((n for n in postorder(G) if n.op is SYM and n.params[0] == x.params[0]), x)


class System:
    """``L`` as a function of z, the free components of the ``blocks``, the ``values`` of all else fixed."""

    def __init__(self, L: Node, blocks: Sequence[Block], values: Mapping[str, Any]) -> None:
        self.L, self.blocks = normal(L), tuple(blocks)
        self.n = sum(b.width for b in blocks)
        start = {b.name: as_given(b.base, b.symbol, blocks[0].sizes) for b in blocks}
        self.raw = L
        given = {**values, **start}
        self.sizes = parts_of(_without_facts(L), (), given, list(given))[1]
        self.values: dict[str, Any] = {k: _array(v) for k, v in values.items()} | self.sizes
        self.G = gradient_nodes(L, tuple(b.symbol for b in blocks))
        self._last: tuple[Array, Callable[[Array], Array]] | None = None

    @property
    def pairs(self) -> list[tuple[Block, Node]]:
        """Each block with its gradient."""
        return list(zip(self.blocks, self.G, strict=True))

    def shape(self, node: Node) -> tuple[int, int]:
        return node.rows.value(self.sizes), node.cols.value(self.sizes)

    def parts(self, z: Array) -> list[Array]:
        """z cut into the components of each block."""
        ends = np.cumsum([0, *(b.width for b in self.blocks)])
        return [z[ends[k] : ends[k + 1]] for k in range(len(self.blocks))]

    def env(self, z: Array) -> dict[str, Any]:
        out = dict(self.values)
        for b, part in zip(self.blocks, self.parts(np.asarray(z, float)), strict=True):
            out[b.name] = as_given(b.base + b.put(part), b.symbol, self.sizes)
        return out

    def value(self, z: Array) -> float:
        """L; NaN where a declaration of a variable does not hold."""
        return float(np.reshape(function(self.L)(self.env(z)), ())) if self.inside(z) else float("nan")

    def inside(self, z: Array) -> bool:
        """Whether what is declared of the variables holds."""
        env = self.env(z)
        return all(_holds(facts_of(b.symbol), env[b.name]) for b in self.blocks)

    def gradient(self, z: Array) -> Array:
        env = self.env(z)
        return np.concatenate([b.pull(function(G)(env).reshape(-1)) for b, G in self.pairs])

    def hessian(self, z: Array) -> Array:
        env = self.env(z)
        rows = [np.hstack([self._pair(b, G, c, env) for c in self.blocks]) for b, G in self.pairs]
        H = np.vstack(rows)
        return (H + H.T) / 2

    def _pair(self, b: Block, G: Node, c: Block, env: dict[str, Any]) -> Array:
        matrix = matrix_node(G, c.symbol)
        if matrix is not None:
            J = function(matrix)(env).reshape(len(b.base), len(c.base))
            return c.pull(b.pull(J).T).T
        along, columns = function(along_node(G, c.symbol)), []
        for e in c.matrix.T:
            columns.append(b.pull(along({**env, DIRECTION: as_given(e, c.symbol, self.sizes)}).reshape(-1)))
        return np.array(columns).T.reshape(b.width, c.width)

    def times(self, z: Array, v: Array) -> Array:
        """The Hessian times v, many v at one point after the other."""
        if self._last is None or not np.array_equal(self._last[0], z):
            self._last = np.array(z), self.products(z)
        return self._last[1](v)

    def products(self, z: Array, kind: type = np.float64) -> Callable[[Array], Array]:
        """The Hessian times v as a function of v, in arrays of a kind; the Hessian is not formed."""
        env = {k: v.astype(kind, copy=False) if isinstance(v, np.ndarray) else v for k, v in self.env(z).items()}
        ways = [(c, [(b, function(along_node(G, c.symbol)).held(env, DIRECTION)) for b, G in self.pairs])
                for c in self.blocks]  # fmt: skip

        def times(v: Array) -> Array:
            out: Array = np.zeros(self.n, kind)
            for (c, along), part in zip(ways, self.parts(v), strict=True):
                d = as_given(c.put(part), c.symbol, self.sizes, kind)
                out = out + np.concatenate([b.pull(f(d).reshape(-1)) for b, f in along])
            return out.astype(kind, copy=False)

        return times

    def mixed(self, z: Array, theta: Node) -> Array:
        """The derivative of the gradient by a parameter, n × its number of entries (row by row)."""
        env = self.env(z)
        return np.vstack([self._mixed(b, G, theta, env) for b, G in self.pairs])

    def _mixed(self, b: Block, G: Node, theta: Node, env: dict[str, Any]) -> Array:
        rows, cols = self.shape(theta)
        matrix = matrix_node(G, theta)
        if matrix is not None:
            return b.pull(function(matrix)(env).reshape(len(b.base), rows * cols))
        pulled = function(pulled_node(G, theta))
        out = [pulled({**env, COTANGENT: as_given(u, G, self.sizes)}).reshape(-1) for u in b.matrix.T]
        return np.array(out).reshape(b.width, rows * cols)

    def pulled(self, z: Array, theta: Node, u: Array) -> Array:
        """The transpose of ``mixed`` applied to u."""
        env, out = self.env(z), 0.0
        for b, G, part in zip(self.blocks, self.G, self.parts(u), strict=True):
            env[COTANGENT] = as_given(b.put(part), G, self.sizes)
            out = out + function(pulled_node(G, theta))(env).reshape(-1)
        return out


def _holds(facts: Facts, v: Any) -> bool:
    if ("pd" in facts or "psd" in facts) and np.ndim(v) == 2:
        least = np.linalg.eigvalsh((v + v.T) / 2)[0] if np.isfinite(v).all() else -1.0
        return bool(least > 0 if "pd" in facts else least >= 0)
    if "pos" in facts or "nonneg" in facts:
        return bool(np.all(np.asarray(v) > 0 if "pos" in facts else np.asarray(v) >= 0))
    return True


def as_given(flat: Array, like: Node, sizes: Mapping[str, int] | None, kind: type = np.float64) -> Any:
    """Entries row by row as programs take them: a float, a 1-d array for a column, else a 2-d array."""
    if like.is_scalar:
        return float(flat[0])
    if like.is_column:
        return np.asarray(flat, kind)
    if sizes is None or not (like.rows.names | like.cols.names) <= set(sizes):
        n = round(len(flat) ** 0.5) if like.is_square else like.cols.number
        return np.asarray(flat, kind).reshape(-1, n) if n else flat
    return np.asarray(flat, kind).reshape(like.rows.value(sizes), like.cols.value(sizes))


def _array(v: Any) -> Any:
    if isinstance(v, int | float) and not isinstance(v, bool):
        return v
    array = np.asarray(v)
    return float(array) if array.ndim == 0 else array.astype(float)


@lru_cache(maxsize=128)
def _without_facts(L: Node) -> Node:
    """The formula with symbols that have no facts: for sizes, whatever the values."""
    return rebuild(L, lambda n, _: sym(n.params[0], n.rows, n.cols) if n.op is SYM else None)
