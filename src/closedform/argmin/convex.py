"""Convexity by composition: signs and curvature of each node, parameters standing for their values.

Everything without the variable has a value, so that its sign, or whether it is positive semidefinite, is seen.
The rules are those of disciplined convex programming.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from closedform.errors import ValueProblem
from closedform.expr.node import Node
from closedform.expr.walk import postorder

Array = Any
CONSTANT, AFFINE, CONVEX, CONCAVE, UNKNOWN = "constant", "affine", "convex", "concave", "unknown"
LINEAR = {"transpose", "tr", "diagm", "diagv", "sum", "mean", "rowsum", "colsum", "vec", "unvec", "cumsum", "revcumsum"}
GROWING = {"exp": CONVEX, "softplus": CONVEX, "relu": CONVEX, "logsumexp": CONVEX, "maxentry": CONVEX,
           "log": CONCAVE, "sqrt": CONCAVE, "log1p": CONCAVE, "minentry": CONCAVE, "max2": CONVEX, "min2": CONCAVE,
           "logdet": CONCAVE, "lambda_max": CONVEX, "lambda_min": CONCAVE, "expm1": CONVEX}  # fmt: skip
OF_AFFINE = {"abs": CONVEX, "norm2": CONVEX, "norm1": CONVEX, "norm_inf": CONVEX, "normF": CONVEX, "norm_op": CONVEX,
             "norm_nuc": CONVEX, "cosh": CONVEX, "huber": CONVEX, "var": CONVEX}  # fmt: skip
OPPOSITE = {CONVEX: CONCAVE, CONCAVE: CONVEX}


def is_convex(f: Node, x: Node, value: Callable[[Node], Array]) -> bool:
    """Whether the rules show a scalar ``f`` to be convex in ``x``; ``value`` is that of a node without x."""
    kinds: dict[Node, str] = {}
    for n in postorder(f):
        try:
            kinds[n] = _kind(n, x, kinds, value)
        except ValueProblem:  # a part of a sum over an index, which has no value by itself
            kinds[n] = UNKNOWN
    return kinds[f] in (CONSTANT, AFFINE, CONVEX)


def _kind(n: Node, x: Node, kinds: dict[Node, str], value: Callable[[Node], Array]) -> str:
    if n is x:
        return AFFINE
    args = [kinds[a] for a in n.args]
    if all(k == CONSTANT for k in args):
        return CONSTANT
    name = n.op.name
    if name == "add":
        return _sum([_scaled(k, float(c)) for c, k in zip(n.params[0], args, strict=True)])
    if name == "sumover":
        return args[0]
    if name == "log" and _of_exponentials(n.args[0], kinds, value):
        return CONVEX
    if name in LINEAR:
        return args[0]
    if name in ("scale", "had", "dot", "mul"):
        return _product(n, args, kinds, value)
    if name == "pow":
        return _power(n, args[0], kinds)
    if name in OF_AFFINE:
        return OF_AFFINE[name] if args[0] == AFFINE and all(k == CONSTANT for k in args[1:]) else UNKNOWN
    if name in GROWING:
        return GROWING[name] if all(k in (CONSTANT, AFFINE, GROWING[name]) for k in args) else UNKNOWN
    return UNKNOWN


def _of_exponentials(n: Node, kinds: dict[Node, str], value: Callable[[Node], Array]) -> bool:
    """A sum of exponentials of convex functions, of numbers that are not negative, and of such sums."""
    if kinds[n] == CONSTANT:
        return bool((np.asarray(value(n)) >= 0).all())
    if n.op.name == "exp":
        return kinds[n.args[0]] in (AFFINE, CONVEX)
    if n.op.name == "add":
        return all(c >= 0 for c in n.params[0]) and all(_of_exponentials(a, kinds, value) for a in n.args)
    if n.op.name == "sum":
        return _of_exponentials(n.args[0], kinds, value)
    return False


def _scaled(kind: str, c: float) -> str:
    return kind if c >= 0 or kind in (CONSTANT, AFFINE, UNKNOWN) else OPPOSITE[kind]


def _sum(kinds: list[str]) -> str:
    seen = set(kinds) - {CONSTANT}
    if UNKNOWN in seen or {CONVEX, CONCAVE} <= seen:
        return UNKNOWN
    return CONVEX if CONVEX in seen else CONCAVE if CONCAVE in seen else AFFINE if AFFINE in seen else CONSTANT


def _power(n: Node, kind: str, kinds: dict[Node, str]) -> str:
    exponent = n.args[1]
    if exponent.op.name != "num":
        return UNKNOWN
    e: Fraction = exponent.params[0]
    if e == Fraction(1, 2):
        return _root(n.args[0], kind, kinds)
    even = e.denominator == 1 and e > 0 and e % 2 == 0
    if even and kind == AFFINE:
        return CONVEX
    base = n.args[0]
    if e >= 1 and kind == CONVEX and (base.op.name in OF_AFFINE or base.op.name == "relu" or _square(base, kinds)):
        return CONVEX
    return UNKNOWN


def _root(base: Node, kind: str, kinds: dict[Node, str]) -> str:
    """√(u'u) is a norm; the root of what is concave is concave."""
    if kind in (CONCAVE, AFFINE):
        return CONCAVE
    return CONVEX if _square(base, kinds) else UNKNOWN


def _square(n: Node, kinds: dict[Node, str]) -> bool:
    """u'u, tr(U'U) or u·u for an affine u."""
    if n.op.name == "tr":
        n = n.args[0]
    if n.op.name not in ("mul", "had", "dot") or len(n.args) != 2:
        return False
    a, b = n.args
    return kinds.get(b) == AFFINE and (a is b or (a.op.name == "transpose" and a.args[0] is b))


def _product(n: Node, args: list[str], kinds: dict[Node, str], value: Callable[[Node], Array]) -> str:
    moving = [k for k, kind in enumerate(args) if kind != CONSTANT]
    if len(moving) == 1:
        kind = args[moving[0]]
        if kind in (AFFINE, UNKNOWN):
            return kind
        rest = [np.asarray(value(a)) for k, a in enumerate(n.args) if k not in moving]
        if all((r >= 0).all() for r in rest):
            return kind
        return OPPOSITE[kind] if len(rest) == 1 and (rest[0] <= 0).all() else UNKNOWN
    if n.is_scalar and _square(n, kinds):
        return CONVEX
    factor = _times_square(n, kinds, value)
    if factor is not None:
        return CONVEX if factor >= 0 else CONCAVE
    if n.op.name in ("had", "dot") and len(n.args) == 2 and len(moving) == 2 and _entropy(n, kinds):
        return CONVEX
    if n.op.name == "had" and len(moving) == 2 and n.args[0] is n.args[1] and args[0] == AFFINE:
        return CONVEX
    return _quadratic(n, args, moving, value) if n.op.name == "mul" and n.is_scalar else UNKNOWN


def _times_square(n: Node, kinds: dict[Node, str], value: Callable[[Node], Array]) -> float | None:
    """c where it is (a·u)'(b·u) or (a·u)·(b·u) for an affine u and c = ab."""
    if not n.is_scalar or n.op.name not in ("mul", "had", "dot") or len(n.args) != 2:
        return None
    left, right = n.args
    left = left.args[0] if left.op.name == "transpose" else left
    c, u = _peeled(left, kinds, value)
    d, v = _peeled(right, kinds, value)
    return c * d if u is v and kinds.get(u) == AFFINE else None


def _peeled(n: Node, kinds: dict[Node, str], value: Callable[[Node], Array]) -> tuple[float, Node]:
    """A number and what it is multiplied with."""
    c = 1.0
    while True:
        if n.op.name == "scale" and kinds.get(n.args[0]) == CONSTANT:
            c, n = c * float(np.reshape(value(n.args[0]), ())), n.args[1]
        elif n.op.name == "add" and len(n.args) == 1:
            c, n = c * float(n.params[0][0]), n.args[0]
        else:
            return c, n


def _entropy(n: Node, kinds: dict[Node, str]) -> bool:
    """u·log(u) for an affine u."""
    return any(b.op.name == "log" and b.args[0] is a and kinds[a] == AFFINE for a, b in (n.args, n.args[::-1]))


def _quadratic(n: Node, args: list[str], moving: list[int], value: Callable[[Node], Array]) -> str:
    """u'·Q·u for an affine u: by the eigenvalues of Q."""
    a, b = n.args[0], n.args[-1]
    turned = a.op.name == "transpose" and a.args[0] is b
    if len(moving) != 2 or moving != [0, len(args) - 1] or not turned or args[-1] != AFFINE:
        return UNKNOWN
    Q = np.eye(1)
    for k, middle in enumerate(n.args[1:-1]):
        Q = np.atleast_2d(value(middle)) if k == 0 else Q @ np.atleast_2d(value(middle))
    eigen = np.linalg.eigvalsh((Q + Q.T) / 2)
    noise = 1e-14 * float(np.abs(eigen).max(initial=0.0)) * len(eigen)
    if eigen[0] >= -noise:
        return CONVEX
    return CONCAVE if eigen[-1] <= noise else UNKNOWN
