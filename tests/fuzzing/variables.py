"""The variables that random formulas are made of: of every shape, plain and with declared structure."""

from __future__ import annotations

from random import Random

from closedform.expr.node import Node
from closedform.expr.op import Shape
from closedform.expr.size import ONE, Size, size
from closedform.functions.algebra import add, num, ones, scale, sym, transpose

SIZES = ("m", "n")
SPACES = {"sym": "Sym", "diag": "Diag", "pd": "PD", "skew": "Skew", "lower": "Lower", "orth": "Orth"}
PLAIN = {  # names by shape; a family is a matrix with a small letter
    ("1", "1"): ["s", "t"], ("n", "1"): ["x", "z"], ("m", "1"): ["y", "v"], ("3", "1"): ["b", "c"],
    ("m", "n"): ["A", "C"], ("n", "n"): ["B", "X"], ("m", "m"): ["M", "Y"],
}  # fmt: skip
POSITIVE = {("1", "1"): "r", ("n", "1"): "w", ("m", "1"): "h", ("m", "n"): "H"}
STRUCTURED = {
    "n": {"sym": "S", "diag": "D", "pd": "P", "skew": "K", "lower": "L", "orth": "Q"},
    "m": {"sym": "T", "diag": "E", "pd": "W", "skew": "J", "lower": "F", "orth": "U"},
}
FAMILY = "a"


def named(name: str, shape: tuple[str, str], fact: str = "") -> Node:
    rows, cols = (int(side) if side.isdigit() else side for side in shape)
    return sym(name, rows, cols, [fact] if fact else [])


def family() -> Node:
    return named(FAMILY, ("m", "n"))


class Variables:
    """Draws leaves of every shape."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def leaf(self, shape: Shape) -> Node:
        """A variable of the shape; a number, ones or a product of leaves where none is named."""
        rows, cols = shape
        key, turned = (rows.text, cols.text), (cols.text, rows.text)
        draw = self.rng.random()
        if shape == (ONE, ONE) and draw < 0.2:
            return num(self.rng.choice(["2", "3", "1/2"]))
        if rows is cols and rows.name in SIZES and draw < 0.4:
            fact = self.rng.choice(list(STRUCTURED[rows.text]))
            return named(STRUCTURED[rows.text][fact], key, fact)
        if key in POSITIVE and draw > 0.88:
            return self.positive_leaf(shape)
        if key in PLAIN:
            return named(self.rng.choice(PLAIN[key]), key)
        if turned in PLAIN:
            return transpose(self.leaf((cols, rows)))
        return self.product_leaf(shape)

    def product_leaf(self, shape: Shape) -> Node:
        """A variable for a shape without one of its own, such as m*n×1: its name tells the shape."""
        name = "g" + "".join(ch for side in shape for ch in side.text if ch.isalnum())
        return sym(name, *shape)

    def positive_leaf(self, shape: Shape) -> Node:
        rows, cols = shape
        key = rows.text, cols.text
        if key in POSITIVE:
            return named(POSITIVE[key], key, "pos")
        if (cols.text, rows.text) in POSITIVE:
            return transpose(self.positive_leaf((cols, rows)))
        return sym("p" + "".join(ch for side in shape for ch in side.text if ch.isalnum()), *shape, ["pos"])

    def structured(self, n: Size, fact: str) -> Node:
        return named(STRUCTURED[n.text][fact], (n.text, n.text), fact)

    def definite(self, n: Size) -> Node:
        return self.structured(n, "pd")

    def skew(self, n: Size) -> Node:
        return self.structured(n, "skew")

    def symmetric(self, n: Size) -> Node:
        return self.structured(n, "sym")

    def plus_number(self, number: Node, a: Node) -> Node:
        if a.is_scalar:
            return add(number, a)
        return add(scale(number, ones(a.rows, a.cols)), a)


def declared(x: Node) -> str:
    """The declaration of a variable as a person types it."""
    name, facts = x.params
    if name == FAMILY:
        return f"{name}[i] in R^{x.cols} for i = 1..{x.rows}"
    spaces = [f"{name} in {SPACES[f]}({x.rows})" for f in facts if f in SPACES]
    out = spaces or [f"{name} in {space(x.shape)}"]
    return ", ".join(out + [f"{name} > 0" for f in facts if f == "pos"])


def space(shape: Shape) -> str:
    rows, cols = (f"({s})" if len(s.text) > 1 and not s.text.isdigit() else s.text for s in shape)
    if shape[1] is ONE:
        return "R" if shape[0] is ONE else f"R^{rows}"
    return f"R^({rows}×{cols})"


def sizes_of(node: Node) -> tuple[Size, Size]:
    return size(node.rows), size(node.cols)
