"""The algebra every formula is made of: leaves, sums, products, powers, transposes, traces and diagonals.

These operations are *structural*: ``rewrite`` knows their laws and ``calculus`` their differentials. The builders
here make raw nodes: shapes are checked, nothing is simplified.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from closedform.errors import ShapeError
from closedform.expr.facts import Facts, close
from closedform.expr.node import Node, make
from closedform.expr.op import Op, Shape
from closedform.expr.size import ONE, size
from closedform.functions.declare import declare, shape_words


def _given(args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
    raise TypeError("this node is made with its shape")


def _structural(name: str, shape: Any = _given, **more: Any) -> Op:
    return declare(name, shape=shape, structural=True, **more)


def _same_shape(word: str) -> Any:
    def rule(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
        first = args[0]
        for other in args[1:]:
            if other.shape != first.shape:
                raise ShapeError(
                    f"{word}: shapes differ: {shape_words(first.shape)} and {shape_words(other.shape)}"
                )
        return first.shape

    return rule


def _product_shape(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
    for a, b in pairwise(args):
        if a.cols is not b.rows:
            raise ShapeError(f"product: {shape_words(a.shape)} times {shape_words(b.shape)}: inner sizes differ")
    return args[0].rows, args[-1].cols


def _square(word: str) -> Any:
    def rule(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
        if not args[0].is_square:
            raise ShapeError(f"{word} takes a square matrix; it was given {shape_words(args[0].shape)}")
        return args[0].shape

    return rule


def _scalar_of_square(word: str) -> Any:
    square = _square(word)

    def rule(args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
        square(args, params)
        return ONE, ONE

    return rule


def _scale_shape(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
    if not args[0].is_scalar:
        raise ShapeError(f"scaling takes a scalar first; it was given {shape_words(args[0].shape)}")
    return args[1].shape


def _power_shape(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
    base, exponent = args
    if not exponent.is_scalar and exponent.shape != base.shape:
        raise ShapeError(f"power: base {shape_words(base.shape)}, exponent {shape_words(exponent.shape)}")
    return base.shape


def _diagm_shape(args: tuple[Node, ...], _: tuple[Any, ...]) -> Shape:
    if not args[0].is_column:
        raise ShapeError(f"diag of a vector: it was given {shape_words(args[0].shape)}")
    return args[0].rows, args[0].rows


def _diagv_shape(args: tuple[Node, ...], params: tuple[Any, ...]) -> Shape:
    rows, _ = _square("diag")(args, params)
    return rows, ONE


def _symbol_facts(node: Node) -> Facts:
    return close(f for f in node.params[1] if ":" not in f)


# leaves: params in brackets
NUM = _structural("num")  # [Fraction]
SYM = _structural("sym", facts=_symbol_facts)  # [name, sorted facts]
SIZE = _structural("size")  # [Size]: a size used as a number
CONST = _structural("const")  # ["pi"]
INDEX = _structural("index")  # [name]: a fixed or summed index, a scalar
EYE = _structural("eye")
ONES = _structural("ones")
ZERO = _structural("zero")
UNIT = _structural("unit")  # args (index,): the unit vector I[:,index]
# operations
ADD = _structural("add", _same_shape("sum"))  # [(coefficients,)]: Σ cᵢ·argᵢ
MUL = _structural("mul", _product_shape)
SCALE = _structural("scale", _scale_shape)  # (scalar, anything)
HAD = _structural("had", _same_shape("elementwise product"))  # also the product of scalars
POW = _structural("pow", _power_shape)  # elementwise; exponent a scalar or of the base's shape
TRANSPOSE = _structural("transpose", lambda args, _: (args[0].cols, args[0].rows))
MPOW = _structural("mpow", _square("a matrix power"))  # (base, exponent): exponent a scalar node
TR = _structural("tr", _scalar_of_square("tr"), aliases=("trace", "Tr"))
DIAGM = _structural("diagm", _diagm_shape, text="diag")
DIAGV = _structural("diagv", _diagv_shape, text="diag")
SUMOVER = _structural("sumover")  # [index name, low, high (Size)], args (body,)
CALL = _structural("call")  # [name, order]: an abstract function, its args
D = _structural("d", lambda args, _: args[0].shape, latex="d({0})")  # the differential of, not yet taken


def num(value: int | str | Fraction) -> Node:
    return make(NUM, (), (Fraction(value),), (ONE, ONE))


def sym(name: str, rows: Any = 1, cols: Any = 1, facts: Iterable[str] = ()) -> Node:
    """A variable: sizes are names or numbers, ``facts`` from ``expr.facts``."""
    return make(SYM, (), (name, tuple(sorted(facts))), (size(rows), size(cols)))


def size_number(value: Any) -> Node:
    """A size as a scalar: a plain number where it is one."""
    value = size(value)
    return num(value.number) if value.number is not None else make(SIZE, (), (value,), (ONE, ONE))


def index(name: str) -> Node:
    return make(INDEX, (), (name,), (ONE, ONE))


def const(name: str) -> Node:
    return make(CONST, (), (name,), (ONE, ONE))


def eye(n: Any) -> Node:
    return make(EYE, (), (), (size(n), size(n)))


def ones(rows: Any, cols: Any = 1) -> Node:
    return make(ONES, (), (), (size(rows), size(cols)))


def zeros(rows: Any, cols: Any = 1) -> Node:
    return make(ZERO, (), (), (size(rows), size(cols)))


def unit(at: Node, n: Any) -> Node:
    """The unit vector of length ``n`` that is 1 at ``at`` (counted from 1)."""
    return make(UNIT, (at,), (), (size(n), ONE))


def total(terms: Iterable[tuple[Fraction | int, Node]]) -> Node:
    """Σ cᵢ·nodeᵢ."""
    pairs = [(Fraction(c), a) for c, a in terms]
    return make(ADD, (a for _, a in pairs), (tuple(c for c, _ in pairs),))


def add(*nodes: Node) -> Node:
    return total((1, a) for a in nodes)


def sub(a: Node, b: Node) -> Node:
    return total(((1, a), (-1, b)))


def mul(*nodes: Node) -> Node:
    return make(MUL, nodes)


def scale(s: Node, a: Node) -> Node:
    return make(SCALE, (s, a))


def had(*nodes: Node) -> Node:
    return make(HAD, nodes)


def power(a: Node, exponent: Node | int | Fraction) -> Node:
    """Elementwise power (the ordinary one for a scalar)."""
    return make(POW, (a, exponent if isinstance(exponent, Node) else num(exponent)))


def mpow(a: Node, exponent: Node | int) -> Node:
    """Power of a square matrix; -1 is the inverse."""
    return make(MPOW, (a, exponent if isinstance(exponent, Node) else num(exponent)))


def inv(a: Node) -> Node:
    return mpow(a, -1)


def transpose(a: Node) -> Node:
    return make(TRANSPOSE, (a,))


def tr(a: Node) -> Node:
    return make(TR, (a,))


def diagm(v: Node) -> Node:
    """The diagonal matrix of a vector."""
    return make(DIAGM, (v,))


def diagv(a: Node) -> Node:
    """The diagonal of a square matrix, as a vector."""
    return make(DIAGV, (a,))


def inner(a: Node, b: Node) -> Node:
    """⟨a, b⟩ = tr(a'b)."""
    if a.shape != b.shape:
        raise ShapeError(f"inner product: shapes differ: {shape_words(a.shape)} and {shape_words(b.shape)}")
    return mul(transpose(a), b) if a.is_column else tr(mul(transpose(a), b))


def sumover(name: str, low: Any, high: Any, body: Node) -> Node:
    """Σ over an index from ``low`` to ``high`` of ``body``, which holds ``index(name)``."""
    return make(SUMOVER, (body,), (name, size(low), size(high)), body.shape)


def d(a: Node) -> Node:
    """The differential of ``a``, not yet taken: a placeholder in derivations."""
    return make(D, (a,))


def fill(s: Node, like: Node) -> Node:
    """The scalar ``s`` in every entry of the shape of ``like``; ``s`` itself for a scalar."""
    return s if like.is_scalar else scale(s, ones(like.rows, like.cols))


class _Algebra:
    """``+ - * @ / **`` on nodes: ``*`` scales or multiplies elementwise, ``@`` is the matrix product."""

    def lift(self, value: Any) -> Node:
        if isinstance(value, Node):
            return value
        if isinstance(value, int | Fraction | str):
            return num(value)
        raise TypeError(f"cannot use {type(value).__name__} in a formula")

    def add(self, a: Node, b: Node, sign: int) -> Node:
        a, b = (fill(a, b) if a.is_scalar else a), (fill(b, a) if b.is_scalar else b)
        return total(((1, a), (sign, b)))

    def times(self, a: Node, b: Node) -> Node:
        if a.is_scalar and b.is_scalar:
            return had(a, b)
        if a.is_scalar:
            return scale(a, b)
        return scale(b, a) if b.is_scalar else had(a, b)

    def matmul(self, a: Node, b: Node) -> Node:
        return mul(a, b)

    def divide(self, a: Node, b: Node) -> Node:
        return self.times(a, power(b, -1)) if b.is_scalar else self._over(a, b)

    def _over(self, a: Node, b: Node) -> Node:
        return had(fill(a, b) if a.is_scalar else a, power(b, -1))

    def power(self, a: Node, b: Node) -> Node:
        return power(a, b)

    def transpose(self, a: Node) -> Node:
        return transpose(a)


Node.algebra = _Algebra()
