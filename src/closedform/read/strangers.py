"""What is wrong with a name that is not known, or that stands where it means something else."""

from __future__ import annotations

import re
from typing import NoReturn

from closedform.read.cursor import Cursor
from closedform.read.lexer import Token
from closedform.read.said import plain_fact
from closedform.read.syntax import Number
from closedform.read.vocabulary import is_function


def stranger(at: Cursor, name: str, token: Token) -> NoReturn:
    span, typed = (token.start, token.end), at.source[token.start : token.end]
    if is_function(name):
        following = at.tokens[at.place]
        word = _argument(at, at.place)
        if following.text == "^" and at.tokens[at.place + 1].kind == "num":
            power = at.tokens[at.place + 1].text
            at.fail(f"{typed} needs its parentheses before the power", span, f"Write {typed}(…)^{power}.")
        at.fail(f"{typed} needs its parentheses", span, f"Write {typed}({word}).")
    if name in LIBRARIES and (found := _CALLED.match(at.source, token.end)):
        _of_library(at, name, found)
    if plain_fact([name]):
        hint = f"Write … where A is {typed}."
        at.fail(f"{typed} says a property, which stands behind the word where", span, hint)
    if name.startswith("sum_") and len(name) == 5:
        hint = f"Write sum({name[4]}, …) with entries in brackets: sum({name[4]}, x[{name[4]}]^2)."
        at.fail(f"how far {typed} reaches is not clear", span, hint)
    kind = "R^(m×n) (a matrix)" if typed[0].isupper() else "R^n (a vector)"
    mend = f"Write a product with *, or declare it: {typed} in R (a number), {typed} in {kind}."
    at.fail(f"{typed} is no name that is known here", span, mend)


LIBRARIES = {"np", "numpy", "jnp", "torch", "tf", "scipy", "jax", "cp", "math", "F"}
_CALLED = re.compile(r"(?:\.[A-Za-z_]\w*)+(?=\()")
OTHERWISE = {"norm": "norm(x), or ||X||_F of a matrix", "power": "x.^p", "multiply": "x.*y", "matmul": "A*x",
             "maximum": "max(x, y)", "minimum": "min(x, y)", "outer": "x*y'", "transpose": "X'", "slogdet": "logdet(X)",
             "square": "x.^2", "solve": "A^-1*b", "dot": "dot(x, y), or A*x"}  # fmt: skip


def _of_library(at: Cursor, name: str, found: re.Match[str]) -> NoReturn:
    """``np.dot(a, b)``: the function by its name here."""
    last = found.group().rpartition(".")[2]
    mend = OTHERWISE.get(last) or (f"{last}(…)" if is_function(last) else "")
    hint = (f"Write {mend}. " if mend else "") + "Here * is the product of matrices, .* that of entries, ^ the power."
    at.fail(f"{name}{found.group()} belongs to a library of arrays", (found.start() - len(name), found.end()), hint)


def _argument(at: Cursor, place: int) -> str:
    """What stands behind a function without parentheses: a name or a number, with what is applied to."""
    first = at.tokens[place]
    if first.kind not in ("name", "num"):
        return "…"
    if at.tokens[place + 1].text != "(" or at.tokens[place + 1].gap:
        return first.text + ("(…)" if is_function(first.text) else "")
    depth = 0
    for token in at.tokens[place + 1 :]:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            return at.source[first.start : token.end]
    return f"{first.text}(…)"


def imaginary(at: Cursor, left: Number, token: Token) -> None:
    """Refuse ``2i`` where i is no name that is declared or summed."""
    name = token.text
    if not at.scope.knows(name) and at.scope.counts.get(name, 0) < 2:
        span = (left.span[0], token.end)
        hint = f"For a product write {at.typed(left)}*{name}."
        at.fail(f"{at.typed(left)}{name} is a complex number; complex numbers are not supported", span, hint)
