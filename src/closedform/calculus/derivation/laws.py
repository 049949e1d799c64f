"""The laws that derivations name: each a name in words and its formula, a pair of expressions that are equal.

Those of the functions are generated from the rule that each declares, so that what is printed is what ran.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from closedform.errors import MissingRule, ShapeError
from closedform.expr.node import Node, make
from closedform.expr.op import Op, registered
from closedform.functions import algebra as a
from closedform.functions.define import cotangent, differential
from closedform.functions.elementwise import log
from closedform.functions.norms import norm2, normF
from closedform.functions.vectors import dot
from closedform.rewrite.laws.law import all_laws


@dataclass(frozen=True)
class Law:
    """One law: ``left = right``, or ``words`` or signs ``spelled`` out where it is no equation."""

    name: str
    left: Node | None = None
    right: Node | None = None
    words: str = ""
    spelled: tuple[str, str, str] | None = None
    """The statement in text, Unicode and LaTeX, where it is no equation between expressions."""


def _square(name: str) -> Node:
    return a.sym(name, "n", "n")


def _vector(name: str) -> Node:
    return a.sym(name, "n")


A, B, C, X, Y, G = map(_square, "ABCXYG")
dX, dY = _square("dX"), _square("dY")
u, v, w = map(_vector, "uvw")
du, dv = _vector("du"), _vector("dv")
s, t, p, ds, dt, dp = (a.sym(name) for name in ("s", "t", "p", "ds", "dt", "dp"))
alpha, beta = a.sym("alpha"), a.sym("beta")


def _trace(*factors: Node) -> Node:
    return a.tr(a.mul(*factors))


EQUATIONS: tuple[tuple[str, Node, Node], ...] = (
    ("linearity", a.d(alpha * X + beta * Y), alpha * dX + beta * dY),
    ("constant factor", a.d(A @ X @ B), A @ dX @ B),
    ("transpose rule", a.d(X.T), dX.T),
    ("trace rule", a.d(a.tr(X)), a.tr(dX)),
    ("diagonal rule", a.d(a.diagm(u)), a.diagm(du)),
    ("product rule", a.d(X @ Y), dX @ Y + X @ dY),
    ("product rule for scalars", a.d(s * t), ds * t + s * dt),
    ("product rule for a multiple", a.d(s * X), ds * X + s * dX),
    ("product rule for entries", a.d(u * v), du * v + u * dv),
    ("squared norm", a.d(norm2(u) ** 2), 2 * dot(u, du)),
    ("squared norm of a matrix", a.d(normF(X) ** 2), 2 * dot(X, dX)),
    ("power rule", a.d(s**p), p * s ** (p - 1) * ds),
    ("power rule for entries", a.d(u**p), p * u ** (p - 1) * du),
    ("reciprocal rule", a.d(s**-1), -(ds / s**2)),
    ("power with a moving exponent", a.d(s**t), s**t * (t / s * ds + log(s) * dt)),
    ("inverse rule", a.d(a.inv(X)), -(a.inv(X) @ dX @ a.inv(X))),
    ("trace of a power", a.d(a.tr(a.mpow(X, 3))), 3 * a.tr(a.mpow(X, 2) @ dX)),
    ("inner product", a.mul(u.T, v), dot(u, v)),
    ("adjoint of a matrix", dot(u, A @ v), dot(A.T @ u, v)),
    ("outer product", a.mul(u.T, X, v), dot(a.mul(u, v.T), X)),
    ("trace as an inner product", _trace(A.T, X), dot(A, X)),
    ("trace is cyclic", _trace(A, B, C), _trace(C, A, B)),
    ("transpose in a trace", _trace(A, X.T), _trace(A.T, X)),
    ("adjoint of entrywise multiplication", dot(u, v * w), dot(u * v, w)),
    ("adjoint of diag", dot(A, a.diagm(v)), dot(a.diagv(A), v)),
    ("inner products add", dot(u, w) + dot(v, w), dot(u + v, w)),
    ("common factor", A @ X + A @ Y, A @ (X + Y)),
    ("distributive law", A @ (X + Y), A @ X + A @ Y),
    ("entrywise multiplication by a matrix", u * v, a.diagm(u) @ v),
    ("a scalar before a column", a.scale(s, u), a.mul(u, s)),
    ("symmetric part", dot(G, X), dot((G + G.T) / a.num(2), X)),
)  # fmt: skip
WORDS: tuple[tuple[str, str], ...] = (
    ("in matrix form", "the same function, its sums and functions written together"),
    ("matrix of a linear map", "everything that stands before dx is one matrix"),
    ("like terms", "equal terms are added, factors that cancel are dropped"),
    ("projection", "the gradient in the space of the variable is the orthogonal projection on it"),
    ("free entries", "entries above the diagonal as free variables: G + G' - G.*I"),
    ("blocks", "the differential of a block matrix is that of each block"),
    ("chain rule", "d of f(u) is the derivative of f at u, applied to du"),
    ("sums and differentials exchange", "the differential goes inside a sum"),
    ("sums and inner products exchange", "the inner product goes inside a sum over an index"),
    ("adjoint", "<L(v), G> = <v, L'(G)>"),
    ("declared facts", "what was declared of the variables"),
    ("denominator layout", "the transpose of the Jacobian"),
    ("nothing moves", "nothing in the function depends on the variable"),
)
SPELLED: tuple[tuple[str, str, str, str], ...] = (
    (
        "implicit function",
        "f(x, y(x)) = 0 has D1 f dx + D2 f dy = 0, so dy = -(D2 f)^-1 D1 f dx",
        "f(x, y(x)) = 0 has D₁f dx + D₂f dy = 0, so dy = −(D₂f)⁻¹D₁f dx",
        r"f(x, y(x)) = 0 \text{ has } D_{1} f\,dx + D_{2} f\,dy = 0, \text{ so } dy = -(D_{2} f)^{-1} D_{1} f\,dx",
    ),
    ("the function", "", "", ""),
    ("read off the gradient", "df = <G, dx>", "df = ⟨G, dx⟩", r"df = \langle G, dx \rangle"),
    ("read off the slope", "df = g*dx", "df = g dx", r"df = g\,dx"),
    ("read off the Jacobian", "df = J*dx", "df = J dx", r"df = J\,dx"),
    (
        "read off the Hessian", "d grad f = H*dx, so d2f = <H*dx1, dx2>", "d∇f = H dx, so d²f = ⟨H dx₁, dx₂⟩",
        r"d \nabla f = H\,dx, \text{ so } d^{2} f = \langle H\,dx_{1}, dx_{2} \rangle",
    ),
    ("read off the map", "df = D f(X)[dX]", "df = D f(X)[dX]", r"df = \mathrm{D} f(X)[dX]"),
)  # fmt: skip
LAWS: dict[str, Law] = {name: Law(name, left, right) for name, left, right in EQUATIONS}
LAWS |= {name: Law(name, words=words) for name, words in WORDS}
LAWS |= {name: Law(name, spelled=(plain, signs, tex)) for name, plain, signs, tex in SPELLED}
LAWS |= {"power of a matrix": Law("power of a matrix", a.d(a.mpow(X, 2)), dX @ X + X @ dX)}


def law_names() -> tuple[str, ...]:
    """The names of all laws that a derivation may give, those of the functions and of rewriting included.

    >>> "product rule" in law_names(), "derivative of logdet" in law_names()
    (True, True)
    """
    functions = [op for op in list(registered().values()) if not (op.structural or op.own)]
    own = [f"derivative of {op.text}" for op in functions if op.d is not None]
    linear = [f"adjoint of {op.text}" for op in functions if op.adjoint]
    rewriting = [law.name for law in all_laws()]
    return tuple(dict.fromkeys([*LAWS, *own, *linear, *rewriting]))


def named(name: str) -> Law:
    """The law of a name; of one that only the rewriting laws have, the name alone."""
    return LAWS.get(name) or Law(name)


def power_of_matrix(k: Fraction | None) -> Law:
    """The rule of ``X^k`` for this k, as far as it fits on a line."""
    if k == -1:
        return LAWS["inverse rule"]
    if k is None or k not in (3, 4, -2):
        return LAWS["power of a matrix"]
    n = int(k)
    pairs = [(j, n - 1 - j) for j in range(n)] if n > 0 else [(-j, n - 1 + j) for j in range(1, 1 - n)]
    terms = [a.mul(*([_power(i)] if i else []), dX, *([_power(j)] if j else [])) for i, j in pairs]
    return Law("power of a matrix", a.d(a.mpow(X, n)), a.total((1 if n > 0 else -1, t) for t in terms))


def _power(k: int) -> Node:
    return X if k == 1 else a.mpow(X, k)


def derivative_of(node: Node) -> Law:
    """The law of a function as its declaration states it, for arguments such as those of ``node``."""
    if node.op.name == "block":
        return LAWS["blocks"]
    if node.params:
        return Law(f"derivative of {node.op.text}")
    return _derivative_of(node.op, tuple(_kind(x) for x in node.args))


def _kind(x: Node) -> str:
    return "scalar" if x.is_scalar else "vector" if x.is_column else "square" if x.is_square else "matrix"


SHAPES = {"scalar": (1, 1), "vector": ("n", 1), "square": ("n", "n"), "matrix": ("m", "n")}
LETTERS = {"scalar": "st", "vector": "uv", "square": "XY", "matrix": "XY"}


@lru_cache(maxsize=512)
def _derivative_of(op: Op, kinds: tuple[str, ...]) -> Law:
    name = f"derivative of {op.text}"
    try:
        args = _letters(op, kinds)
        node = make(op, args)
        moved = [a.sym(f"d{x.params[0]}", x.rows, x.cols) for x in args]
        return Law(name, a.d(node), differential(node, moved))
    except (MissingRule, ShapeError, TypeError):
        return Law(name)


def adjoint_of(node: Node, k: int) -> Law:
    """⟨G, f(u)⟩ = ⟨f'(G), u⟩ of a linear function, as its declaration states it."""
    if node.params:
        return Law(f"adjoint of {node.op.text}")
    return _adjoint_of(node.op, tuple(_kind(x) for x in node.args), k)


@lru_cache(maxsize=512)
def _adjoint_of(op: Op, kinds: tuple[str, ...], k: int) -> Law:
    name = f"adjoint of {op.text}"
    try:
        args = _letters(op, kinds)
        node = make(op, args)
        g = a.sym("g" if node.is_column else "G", node.rows, node.cols)
        return Law(name, dot(g, node), dot(cotangent(make(op, args), k, g), args[k]))
    except (MissingRule, ShapeError, TypeError):
        return Law(name)


def _letters(op: Op, kinds: Sequence[str]) -> tuple[Node, ...]:
    """Variables for the arguments, of the sizes that the function takes."""
    shapes: list[tuple[Any, Any]] = [SHAPES[kind] for kind in kinds]
    if op.signature is not None and not op.elementwise:
        shapes = list(op.signature.args)
    used: dict[str, int] = {}
    out = []
    for kind, shape in zip(kinds, shapes, strict=True):
        letters = LETTERS[kind]
        at = used.get(letters, 0)
        used[letters] = at + 1
        out.append(a.sym(letters[at] if at < 2 else f"{letters[0]}{at}", *shape))
    return tuple(out)
