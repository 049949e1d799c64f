"""A reading that does not fit: where, why, and whose shapes would have to be others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from closedform.expr.op import Shape
from closedform.expr.size import ONE
from closedform.read.syntax import Call, Name, Norm, Power, Product, Tree

Operand = tuple[Tree, Shape]


class Misfit(Exception):
    """Raised inside inference. ``operands`` are shown with their shapes; ``why`` may hold ``{0}``… for sizes.

    ``final``: it is asked about; no other kinds are tried.
    """

    def __init__(
        self, tree: Tree, head: str, operands: Sequence[Operand] = (), why: str = "",
        sizes: Sequence[object] = (), hint: str = "", span: tuple[int, int] | None = None, final: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(head)
        self.tree, self.head, self.operands, self.why, self.sizes = tree, head, operands, why, sizes
        self.hint, self.span, self.final = hint, span or tree.span, final


def shape_text(shape: Shape) -> str:
    """``m×n``, ``n×1``, ``a scalar``."""
    rows, cols = shape
    if rows is ONE and cols is ONE:
        return "a scalar"
    return "×".join(
        s.text if s.text.isalnum() or ("*" in s.text and " " not in s.text) else f"({s.text})" for s in shape
    )


def entry_hint(trees: Sequence[Tree]) -> str:
    """A hint where ``y_i`` stands, which is a name, as if it were the entry ``y[i]``."""
    name = next((n for n in names_below(trees) if len(n) > 2 and n[-2] == "_" and n[-1] in "ijklmn"), None)
    if name is None:
        return ""
    base, index = name[:-2], name[-1]
    return f"{name} is a name of its own; for the entries of {base} write sum({index}, … {base}[{index}] …). "


def names_below(trees: Sequence[Tree], but: str = "") -> Iterator[str]:
    """The names that stand in trees, in order, each tree once; not those below the function ``but``."""
    todo, seen = list(reversed(trees)), set[int]()
    while todo:
        tree = todo.pop()
        if id(tree) in seen:
            continue
        seen.add(id(tree))
        if but and isinstance(tree, Call) and tree.name == but:
            continue
        if isinstance(tree, Name):
            yield tree.name
        todo.extend(reversed(tree.parts))


def is_norm(term: Tree) -> bool:
    """Whether it is a norm with its factors, a number that no one adds to every entry of something."""
    factors = [f for _, f in term.factors] if isinstance(term, Product) else [term]
    return any(isinstance(f.base if isinstance(f, Power) else f, Norm) for f in factors)


def root_mend(x: str, number: Fraction, grouped: bool) -> str:
    """How the power of a matrix ``x`` is written whose exponent is no whole number."""
    inside = x[1:-1] if grouped and x[0] == "(" else x
    if number == Fraction(1, 2):
        return f"sqrtm({inside}) for the square root of the matrix."
    if number == Fraction(-1, 2):
        return f"inv(sqrtm({inside})) for the inverse of its square root."
    return "or use expm and logm."
