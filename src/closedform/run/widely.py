"""Evaluation with numbers of any size: the rules of ``run.structural`` and of some functions on ``Wide`` arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.special

from closedform.expr.node import Node
from closedform.expr.size import Size
from closedform.run import structural
from closedform.run.arithmetic import Arithmetic, applied
from closedform.run.structural import regular
from closedform.run.wide import Wide, exact, exponential, logarithm, product, scaled, summed

Array = Any


@dataclass
class WideInverse:
    """The power ``-times`` of a matrix that nobody has needed as an array yet."""

    matrix: Wide
    times: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.matrix.shape

    def array(self) -> Wide:
        return self.before(Wide(np.eye(self.shape[0])))

    def before(self, right: Wide) -> Wide:
        """Rows and columns of the matrix are brought to one size by powers of two, which rounds nothing."""
        body, rows = scaled(self.matrix, axis=1)
        body, columns = scaled(Wide(body), axis=0)
        for _ in range(self.times):
            sides, more = scaled(Wide(right.m, right.e - rows), axis=0)
            right = Wide(regular(np.linalg.solve, body, sides), more - columns.T)
        return right

    def after(self, left: Wide) -> Wide:
        return WideInverse(self.matrix.T, self.times).before(left.T).T


@dataclass
class _Narrow:
    """The evaluation as the plain rules see it."""

    run: structural.Evaluation

    @property
    def env(self) -> Any:
        return self.run.env

    @property
    def sizes(self) -> Any:
        return self.run.sizes

    @property
    def indices(self) -> dict[str, int]:
        return self.run.indices

    @property
    def found(self) -> dict[Node, Any]:
        return self.run.found

    strained: bool = False

    def size(self, size: Size) -> int:
        return self.run.size(size)

    def array(self, node: Node) -> Array:
        return self.run.array(node).narrow()


def _dense(value: Any) -> Wide:
    out: Wide = value.array() if isinstance(value, WideInverse) else value
    return out


def _plainly(name: str) -> Callable[[Any, Node], Wide]:
    rule = structural.RULES[name]
    return lambda run, node: Wide(structural.dense(rule(_Narrow(run), node)))


def _add(run: structural.Evaluation, node: Node) -> Wide:
    parts = [exact(c) * run.array(b) for c, b in zip(node.params[0], node.args, strict=True)]
    if not parts:
        return Wide(np.zeros((run.size(node.rows), run.size(node.cols))))
    total: Wide = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _mul(run: structural.Evaluation, node: Node) -> Wide:
    factors = [run.found[b] for b in node.args]
    from_right = factors[-1].shape[1] <= factors[0].shape[0]
    if from_right:
        factors.reverse()
    out = factors[0]
    for factor in factors[1:]:
        if isinstance(factor, WideInverse):
            out = factor.before(_dense(out)) if from_right else factor.after(_dense(out))
        else:
            out = factor @ _dense(out) if from_right else _dense(out) @ factor
    return _dense(out)


def _product(run: structural.Evaluation, node: Node) -> Wide:
    out: Wide = run.array(node.args[0])
    for b in node.args[1:]:
        out = out * run.array(b)
    return out


def _matrix_power(run: structural.Evaluation, node: Node) -> Any:
    matrix, exponent = run.array(node.args[0]), float(run.array(node.args[1]).narrow()[0, 0])
    if exponent < 0 and exponent.is_integer():
        return WideInverse(matrix, int(-exponent))
    if not exponent.is_integer() or exponent > 64:
        return _plainly("mpow")(run, node)
    out = Wide(np.eye(matrix.shape[0]))
    for _ in range(int(exponent)):
        out = out @ matrix
    return out


def _diagonal(run: structural.Evaluation, node: Node) -> Wide:
    A = run.array(node.args[0])
    return Wide(np.diag(A.m)[:, None], np.diag(A.e)[:, None])


def _diagonal_matrix(run: structural.Evaluation, node: Node) -> Wide:
    x = run.array(node.args[0])
    return Wide(np.diag(x.m[:, 0]), np.diag(x.e[:, 0]))


def _trace(run: structural.Evaluation, node: Node) -> Wide:
    diagonal = _diagonal(run, node)
    total = summed(diagonal, axis=0)
    return Wide(total.m[:, None], total.e[:, None])


RULES: dict[str, Callable[[Any, Node], Any]] = {
    **{name: _plainly(name) for name in ("size", "const", "sym", "index", "unit", "eye", "ones", "zero", "call")},
    "num": lambda run, node: exact(node.params[0]),
    "add": _add,
    "mul": _mul,
    "scale": _product,
    "had": _product,
    "pow": lambda run, node: run.array(node.args[0]).power(run.array(node.args[1]).narrow()),
    "transpose": lambda run, node: run.array(node.args[0]).T,
    "mpow": _matrix_power,
    "tr": _trace,
    "diagm": _diagonal_matrix,
    "diagv": _diagonal,
}


def _function(run: structural.Evaluation, node: Node, more: Sequence[Any]) -> Wide:
    args = [run.array(b) for b in node.args]
    name = node.op.name
    if name in FUNCTIONS:
        return FUNCTIONS[name](*args)
    tops = [np.max(scaled(a)[1]) if name in DEGREES else 0 for a in args]
    if name in JOINT:
        tops = [max(tops)] * len(args)
    arrays = [Wide(a.m, a.e - top).narrow() for a, top in zip(args, tops, strict=True)]
    shift = DEGREES.get(name, 0) * (max(tops, default=0) if name in JOINT else sum(tops))
    return Wide(applied(node, arrays, more, lambda: (run.size(node.rows), run.size(node.cols))), shift)


JOINT = frozenset({"max2", "min2", "clip", "block"})
DEGREES = {
    **dict.fromkeys(
        ("sum", "mean", "rowsum", "colsum", "norm1", "norm2", "norm_inf", "normF", "norm_op", "norm_nuc", "maxentry",
         "minentry", "cumsum", "revcumsum", "sym_part", "skew_part", "triu", "tril", "tril_half", "eigvals",
         "eigsum", "lambda_max", "lambda_min", "vec", "unvec", "sub", "kron", "kron_left", "kron_right", "dot", "cross",
         *JOINT), 1,
    ),
    "pinv": -1, "inv": -1, "var": 2,
}  # fmt: skip
"""f(c·X) = c^k·f(X), and the same in each argument by itself (in all of them together for ``JOINT``)."""


def _near(plain: Callable[[Array], Array], far: Callable[[Array], Wide], bound: float) -> Callable[[Wide], Wide]:
    """A function of each entry: ``plain`` where the entry is within the bound or NaN, else ``far``."""

    def rule(x: Wide) -> Wide:
        z = x.narrow()
        beyond = np.abs(z) > bound
        inner, outer = Wide(plain(np.where(beyond, 0.0, z))), far(np.where(beyond, z, bound))
        return Wide(np.where(beyond, outer.m, inner.m), np.where(beyond, outer.e, inner.e))

    return rule


def _halved(z: Array, sign: Array = 1) -> Wide:
    e = exponential(np.abs(z))
    return Wide(sign * e.m, e.e - 1)


def _bell(z: Array) -> Wide:
    """exp(-z^2/2), with the rounding of z^2 made good."""
    high = np.round(z * 16) / 16
    high = np.where(np.isfinite(high), high, z)
    both = exponential(-high * high / 2) * exponential(np.where(np.isfinite(z), -(z - high) * (z + high) / 2, 0))
    return both


def _density(x: Wide) -> Wide:
    return _bell(x.narrow()) * Wide(np.array([[1 / np.sqrt(2 * np.pi)]]))


def _distribution(x: Wide) -> Wide:
    z = x.narrow()
    low = np.minimum(z, -1)
    tail = _bell(low) * Wide(scipy.special.erfcx(-low / np.sqrt(2)) / 2)
    plain = Wide(scipy.special.ndtr(z))
    far = z < -1
    return Wide(np.where(far, tail.m, plain.m), np.where(far, tail.e, plain.e))


def _softmax(x: Wide, axis: int) -> Wide:
    z = x.narrow()
    return exponential(z - scipy.special.logsumexp(z, axis=axis, keepdims=True))


def _determinant(X: Wide) -> Wide:
    """By elimination, rows and columns brought to one size before."""
    body, rows = scaled(X, axis=1)
    body, columns = scaled(Wide(body), axis=0)
    if not np.isfinite(body).all():
        return Wide(np.full((1, 1), np.nan))
    lu, swaps, _ = scipy.linalg.lapack.dgetrf(body)
    sign = -1.0 if np.sum(swaps != np.arange(len(swaps))) % 2 else 1.0
    out = product(Wide(np.diag(lu)[:, None]), axis=0)
    return Wide(sign * out.m, out.e + np.sum(rows) + np.sum(columns))


def _others(x: Wide) -> Wide:
    """Entry i: the product of all but x[i], from the left and from the right."""
    n = x.shape[0]
    before, after = [Wide(np.ones((1, 1)))], [Wide(np.ones((1, 1)))]
    for k in range(n - 1):
        before.append(before[-1] * x[k : k + 1])
        after.append(after[-1] * x[n - 1 - k : n - k])
    both = [b * a for b, a in zip(before, reversed(after), strict=True)]
    return Wide(np.concatenate([b.m for b in both]), np.concatenate([b.e for b in both]))


FUNCTIONS: dict[str, Callable[..., Wide]] = {
    "abs": lambda x: Wide(np.abs(x.m), x.e),
    "relu": lambda x: Wide(np.maximum(x.m, 0), x.e),
    "sign": lambda x: Wide(np.sign(x.m)),
    "step": lambda x: Wide(np.heaviside(x.m, 0.0)),
    "exp": lambda x: exponential(x.narrow()),
    "log": lambda x: Wide(logarithm(x)),
    "sqrt": lambda x: x.power(0.5),
    "cosh": _near(np.cosh, _halved, 300.0),
    "sinh": _near(np.sinh, lambda z: _halved(z, np.sign(z)), 300.0),
    "sigmoid": _near(scipy.special.expit, lambda z: exponential(np.minimum(z, 0)), 700.0),
    "softplus": _near(lambda z: np.logaddexp(0, z), lambda z: Wide(np.maximum(z, 0)) + exponential(-np.abs(z)), 700.0),
    "gamma": _near(lambda z: np.where(z > 0, scipy.special.gamma(z), np.nan),
                   lambda z: exponential(np.where(z > 0, scipy.special.gammaln(z), np.nan)), 170.0),
    "normpdf": _density,
    "normcdf": _distribution,
    "softmax": lambda x: _softmax(x, 0),
    "softmax_rows": lambda x: _softmax(x, 1),
    "det": _determinant,
    "eigprod": _determinant,
    "prod": lambda x: product(x, 0),
    "prod_others": _others,
}  # fmt: skip
WIDE = Arithmetic(RULES, _function, _dense, Wide)
