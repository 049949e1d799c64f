"""Functions of jets by name, as ``definitions.txt`` says.

``f(name, u)`` applies a function to each entry of a jet, or to a matrix. The definitions are tested against 60-digit
arithmetic and known values.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from pathlib import Path
from typing import Any

from closedform.check.core.jet import Jet

HALF = Fraction(1, 2)
OPERATORS = {ast.Add: operator.add, ast.Sub: lambda a, b: a + -b, ast.Mult: operator.mul, ast.MatMult: operator.matmul}
ZEROS = {"sign", "root2", "root4"}
"""Functions that are 0 where their argument is 0 at every point near: ‖x - x‖ has the derivative 0."""


def parsed(text: str) -> dict[str, tuple[list[str], Any]]:
    """Lines such as ``tan(x) = sin(x) / cos(x)``: the names of the arguments, and the expression."""
    lines = [line.split(" = ") for line in text.splitlines() if " = " in line]
    found = [(re.findall(r"\w+'?", head), ast.parse(body, mode="eval").body) for head, body in lines]
    return {name: (args, body) for (name, *args), body in found}


_, SLOPES, COMPOSED, *_REST = map(parsed, Path(__file__).with_name("definitions.txt").read_text("utf-8").split("\n\n"))
DEFINED = reduce(operator.or_, _REST, SLOPES | COMPOSED)
SHAPED = {name for name, (_, body) in DEFINED.items() if "'ones'" in ast.dump(body)}
DERIVATIVE = {name[:-1] for name in SLOPES}
"""The functions of entries that are not written with others."""


PRIMITIVE: dict[str, Callable[..., Jet]] = {
    "one": lambda a: a.fixed(*a.shape, 1),
    "I": lambda a: a.eye(a.shape[0]),
    "T": lambda a: a.T,
    "tr": lambda a: a.trace(),
    "sum": lambda a: a.sum(),
    "rowsum": lambda a: a @ a.fixed(a.shape[1], 1, 1),
    "rowprod": lambda a: a.row_products(),
    "inv": lambda a: a.inverse(),
    "det": lambda a: a.det_adj()[0],
    "adj": lambda a: a.det_adj()[1],
    "vec": lambda a: a.T.reshape(a.count, 1),
    "shaped": lambda v, a: v.reshape(*a.shape),
    "tril": lambda a: a * a.fixed(*a.shape, lambda i, j: i >= j),
    "next": lambda x: x.pick(*x.shape, lambda i, j: ((i + 1) % x.shape[0], j)),
    "spread": lambda a, by: a.pick(
        a.shape[0] * by.shape[0], a.shape[1] * by.shape[1], lambda i, j: (i // by.shape[0], j // by.shape[1])
    ),
    "tiled": lambda a, by: a.pick(
        a.shape[0] * by.shape[0], a.shape[1] * by.shape[1], lambda i, j: (i % a.shape[0], j % a.shape[1])
    ),
}
"""``spread`` repeats each entry, ``tiled`` the whole matrix, as often as another has rows and columns."""


class Scalars:
    """The functions over one number system."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = numbers

    def __call__(self, name: str, *args: Jet, ones: Jet | None = None) -> Jet:
        if name in ZEROS and (zeros := args[0].zeros()):
            mask = args[0].fixed(*args[0].shape, lambda *place: place in zeros)
            return self(name, args[0] + mask) * (-mask + 1)
        if name in PRIMITIVE:
            return PRIMITIVE[name](*args)
        if name in DEFINED:
            names, body = DEFINED[name]
            out: Jet = self.value(body, dict(zip(names, args, strict=True), pi=self.numbers.pi, ones=ones))
            return out
        low, rest = args[0].split()
        value: Jet = self(name, low) if rest else self.numbers.base(name, low)
        return value + self.slope(name, low) * rest if rest else value

    def value(self, e: Any, env: Mapping[str, Any]) -> Any:
        """What an expression of the definitions is: a jet, or an integer that stands in it."""
        if isinstance(e, ast.Constant):
            return e.value
        if isinstance(e, ast.Name):
            return env[e.id]
        if isinstance(e, ast.UnaryOp):
            return -self.value(e.operand, env)
        if isinstance(e, ast.Call) and isinstance(e.func, ast.Name):
            return self(e.func.id, *(self.value(a, env) for a in e.args))
        a, b = self.value(e.left, env), self.value(e.right, env)
        if isinstance(e.op, ast.Div):
            return a * (Fraction(1, b) if isinstance(b, int) else self("recip", b))
        return OPERATORS[type(e.op)](a, b)

    def slope(self, name: str, u: Jet) -> Jet:
        """The derivative at u."""
        if name.startswith("root"):
            return self(name, u) * self("recip", u) * Fraction(1, int(name[4:]))
        return self(f"polygamma{int(name[9:]) + 1}" if name.startswith("polygamma") else name + "'", u)

    def rational_power(self, u: Jet, exponent: Fraction) -> Jet:
        """u^(m/k) by repeated products, the reciprocal and the root of order k."""
        base = u if exponent.denominator == 1 else self(f"root{exponent.denominator}", u)
        base = self("recip", base) if exponent < 0 else base
        return reduce(Jet.__mul__, [base] * abs(exponent.numerator)) if exponent else u.fixed(*u.shape, 1)
