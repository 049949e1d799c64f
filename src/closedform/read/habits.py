"""What an undeclared name may be, and how far that is from habit.

Capitals are matrices, Latin letters vectors, Greek letters scalars. The cost of a kind is 0 for the habit; the search
takes the least sum that fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from closedform.read.alphabet import base_letters, is_greek
from closedform.read.syntax import (
    Call,
    Group,
    Index,
    Inner,
    Name,
    Negative,
    Norm,
    Number,
    Over,
    Power,
    Product,
    Stack,
    Sum,
    Transpose,
    Tree,
)
from closedform.read.vocabulary import operations

Kinds = tuple[tuple[str, float], ...]
MATRIX: Kinds = (("M", 0.0), ("V", 2.0), ("S", 2.0))
VECTOR: Kinds = (("V", 0.0), ("S", 1.0))
TIME: Kinds = (("V", 0.0), ("S", 0.9))
BOLD: Kinds = (("V", 0.0), ("S", 1.5))
BOLD_MATRIX: Kinds = (("M", 0.0), ("V", 2.0), ("S", 3.5))
MEAN: Kinds = (("V", 0.0), ("S", 0.8))
"""Of x̄ beside x[i], which is of the kind of these: sooner a number than x is a family."""
SCALAR: Kinds = (("S", 0.0), ("V", 1.05))
DOTTED: Kinds = (("V", 0.0), ("M", 0.3), ("S", 1.0))
DENSITY: Kinds = (("M", 0.0), ("S", 1.0), ("V", 2.0))
COUNT: Kinds = (("S", 0.0), ("Z", 0.4), ("M", 1.0))
COUNTS = {"N", "T"}
NUMBER: Kinds = (("S", 0.0), ("Z", 0.4))
BESIDE: Kinds = (("S", 0.0), ("V", 0.3), ("Z", 0.6))
SIZE_N: Kinds = (("Z", 0.0), ("V", 1.0), ("S", 1.2))
SIZE_M: Kinds = (("V", 0.0), ("Z", 0.5), ("S", 1.0))
SIZE_K: Kinds = (("V", 0.0), ("Z", 0.9), ("S", 1.0))
OF_ENTRIES = {
    "sum", "mean", "prod", "var", "std", "max", "min", "dot", "inner", "norm", "norm1", "norm2", "logsumexp", "softmax",
}  # fmt: skip
TRACES = {"tr", "trace", "Tr"}
SIZED_CALLS = {"eye": 0, "ones": 0, "zeros": 0, "zero": 0, "comm": 0, "unvec": 1, "sub": 1}


@dataclass
class Uses:
    """How names stand in the formula: in which places, with how many indices, as sizes, as exponents."""

    one_index: set[str] = field(default_factory=set)
    two_indices: set[str] = field(default_factory=set)
    exponents: set[str] = field(default_factory=set)
    sizes: dict[str, None] = field(default_factory=dict)
    bounds: list[str] = field(default_factory=list)
    fixed: set[str] = field(default_factory=set)
    shifted: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    """Names that stand where vectors do: below a sum or norm, entrywise, behind a matrix, transposed."""
    quotients: set[str] = field(default_factory=set)
    """Names that are divided by, and those that are divided by nothing but one of them: ``S/K``."""
    below: set[str] = field(default_factory=set)
    """Names in sums and products that are divided by, ``E/(R T)``: no matrix is."""
    arrays: set[str] = field(default_factory=set)
    """Names below functions that are not of each entry."""
    closing: set[str] = field(default_factory=set)
    """Names that end a product behind a row, ``x'*beta``: they make a number of it."""
    normed: set[str] = field(default_factory=set)
    """Names whose members stand in a norm or an inner product by themselves or as a term, ``||x[i] - c[j]||``."""
    turned: set[str] = field(default_factory=set)
    """Names that are transposed by a sign that means nothing else, or in a norm, or added to such: numbers are not."""
    dotted: set[str] = field(default_factory=set)
    """Names beside ⊙ or ⊘, which no one writes for a number."""
    traced: set[str] = field(default_factory=set)
    """Names below a trace in which nothing but such small names stands."""
    beside: set[str] = field(default_factory=set)
    """Names that are added to an entry or times one, ``m*x[i]``: no one counts so."""
    halved: set[str] = field(default_factory=set)
    """The N and T of ``N/2``, which count something."""
    inside: set[str] = field(default_factory=set)
    """Those that stand behind a row, where a matrix does."""
    leading: set[str] = field(default_factory=set)
    r"""Names that begin a product: where vectors are bold, the y of ``y \mathbf{w}^\top \mathbf{x}`` is a number."""
    tabled: set[str] = field(default_factory=set)
    """Small names that are entries of a table of small names and numbers, ``[a, b; c, d]``."""
    of_numbers: bool = False
    """LaTeX that is of numbers alone: ``of_numbers.is_of_numbers``."""


def gather(trees: Sequence[Tree], uses: Uses) -> None:
    """Add how names are used in ``trees`` to ``uses``."""
    uses.arrays.update(_below_functions(trees))
    uses.below.update(_below_quotients(trees))
    for tree in trees:
        if isinstance(tree, Index) and isinstance(tree.base, Name):
            (uses.one_index if len(tree.at) == 1 else uses.two_indices).add(tree.base.name)
        elif isinstance(tree, Power) and not tree.entrywise:
            exponent = tree.exponent.inner if isinstance(tree.exponent, Group) else tree.exponent
            if isinstance(exponent, Name) and not _is_constant(tree.base):
                uses.exponents.add(exponent.name)
        elif isinstance(tree, Over):
            uses.bounds += [b for b in (tree.low, tree.high) if b]
            uses.shifted |= {tree.index} if tree.low == "0" else set()
        elif isinstance(tree, Call) and tree.name in SIZED_CALLS and not tree.abstract:
            todo = list(tree.args[SIZED_CALLS[tree.name] :])
            while todo:
                part = todo.pop()
                if isinstance(part, Name):
                    uses.sizes[part.name] = None
                todo.extend(part.parts)
        elif isinstance(tree, Call) and tree.name in TRACES:
            uses.traced.update(_of_trace(tree))
        elif isinstance(tree, Transpose) and tree.letter is None:
            uses.turned.update(part.name for part in _terms(tree.inner) if isinstance(part, Name))
        elif isinstance(tree, Product):
            uses.dotted.update(_dotted(tree))
            uses.quotients.update(_divided(tree))
            uses.halved |= _halved(tree)
            uses.inside |= _inside(tree)
            uses.leading |= _leading(tree)
            uses.closing |= _closing(tree)
            dotted = any(sign == "·" for sign, _ in tree.factors)  # q \cdot k_i: an inner product as well
            factors = [f for sign, f in tree.factors if not sign.endswith("/")]
            uses.beside.update([] if dotted else _beside(factors))
        elif isinstance(tree, Sum):
            uses.turned.update(_beside_dotted(tree))
            uses.beside.update(_beside([t for _, t in tree.terms]))
        elif isinstance(tree, Stack):
            uses.tabled.update(_tabled(tree))
        elif isinstance(tree, Norm | Inner):
            uses.normed.update(name for part in tree.parts for name in _members_of(part))
            uses.turned.update(part.name for part in tree.parts if isinstance(part, Name))
        uses.columns.update(part.name for part in _entries(tree) if isinstance(part, Name))
        if isinstance(tree, Index):
            uses.fixed.update(a for a in tree.at if isinstance(a, str))
            uses.shifted.update(a for k, a in enumerate(tree.at) if isinstance(a, str) and tree.shift(k))


def _of_trace(call: Call) -> set[str]:
    """The names below a trace, if all are Greek; a trace below has its own."""
    names, todo = set[str](), list(call.args)
    while todo:
        part = todo.pop()
        names |= {part.name} if isinstance(part, Name) else set()
        todo.extend([] if isinstance(part, Call) and part.name in TRACES else part.parts)
    return names if all(map(is_greek, names)) else set()


def _members_of(tree: Tree) -> Iterator[str]:
    """The names with one index among the terms of what a norm is of."""
    todo = [tree]
    while todo:
        part = todo.pop()
        if isinstance(part, (Group, Sum, Negative)):
            todo.extend(part.parts)
        elif isinstance(part, Index) and len(part.at) == 1 and isinstance(part.base, Name):
            yield part.base.name


def _beside(parts: Sequence[Tree]) -> Iterator[str]:
    """The names among terms or factors of which another is an entry, or begins or ends with one."""
    ends = [part.factors[k][1] for part in parts if isinstance(part, Product) for k in (0, -1)]
    if any(isinstance(part, Index) for part in (*parts, *ends)):
        yield from (part.name for part in parts if isinstance(part, Name))


def _tabled(tree: Stack) -> set[str]:
    """The names in a matrix of more than one row and column, of which none is a capital and none is transposed."""
    if len(tree.rows) < 2 or any(len(row) < 2 for row in tree.rows):
        return set()
    names, todo = set[str](), list(tree.parts)
    while todo:
        part = todo.pop()
        if isinstance(part, Transpose) or (isinstance(part, Name) and base_letters(part.name)[0].isupper()):
            return set()
        names |= {part.name} if isinstance(part, Name) else set()
        todo.extend(part.parts)
    return names


def _dotted(tree: Product) -> Iterator[str]:
    """The names right beside a sign of entrywise multiplication or division."""
    for (_, before), (sign, behind) in pairwise(tree.factors):
        if sign.startswith("."):
            yield from (part.name for part in (before, behind) if isinstance(part, Name))


def _terms(tree: Tree) -> list[Tree]:
    inner = tree.inner if isinstance(tree, Group) else tree
    return [t for _, t in inner.terms] if isinstance(inner, Sum) else [inner]


def _beside_dotted(tree: Sum) -> Iterator[str]:
    r"""The names that are added to a product by ⊙ with a Greek letter, ``\mu + \sigma \odot \epsilon``."""
    if any(isinstance(t, Product) and any(map(is_greek, _dotted(t))) for _, t in tree.terms):
        yield from (t.name for _, t in tree.terms if isinstance(t, Name))


def _divided(tree: Product) -> Iterator[str]:
    for k, (sign, factor) in enumerate(tree.factors):
        if sign == "/" and isinstance(factor, Name):
            yield factor.name
            first = tree.factors[0][1]
            if k == 1 and len(tree.factors) == 2 and isinstance(first, Name):
                yield first.name


def _halved(tree: Product) -> set[str]:
    r"""The N of ``\frac{N}{2}`` and ``\frac{N p}{2}``."""
    if not any(sign == "/" and isinstance(factor, Number) for sign, factor in tree.factors[1:]):
        return set()
    return {name for _, f in tree.factors for name in _named(f)}


def _named(tree: Tree) -> set[str]:
    """The names that count in a product, or in a bracket around one."""
    while isinstance(tree, Group):
        tree = tree.inner
    factors = [f for _, f in tree.factors] if isinstance(tree, Product) else [tree]
    return {f.name for f in factors if isinstance(f, Name) and base_letters(f.name) in COUNTS}


def _inside(tree: Product) -> set[str]:
    r"""The T of ``x^\top \frac{T}{2} x``, which stands behind a row."""
    rows = [k for k, (_, f) in enumerate(tree.factors) if isinstance(f, Transpose)]
    return {name for _, f in tree.factors[min(rows, default=len(tree.factors)) :] for name in _named(f)}


def _leading(tree: Product) -> set[str]:
    (_, first), (sign, _), *_ = (*tree.factors, ("·", None))
    return {first.name} if isinstance(first, Name) and sign in ("", "*") else set()


def _below_quotients(trees: Sequence[Tree]) -> Iterator[str]:
    """The names in divisors that are made of names and numbers by + - * / ^ alone; parts come first in ``trees``."""
    plain, below = set[Tree](), set[Tree]()
    for tree in trees:
        made = isinstance(tree, Group | Product | Sum | Negative | Power) and plain.issuperset(tree.parts)
        if made or isinstance(tree, Name | Number):
            plain.add(tree)
    for tree in reversed(trees):
        if isinstance(tree, Product):
            below.update(f for sign, f in tree.factors[1:] if sign == "/" and f in plain)
        if tree in below:
            below.update(tree.parts)
            if isinstance(tree, Name):
                yield tree.name


def _below_functions(trees: Sequence[Tree]) -> Iterator[str]:
    """The names below functions that are not of each entry; ``trees`` has parts before what they are parts of."""
    below = set[Tree]()
    for tree in reversed(trees):
        if isinstance(tree, Name) and tree in below:
            yield tree.name
        if tree in below or (isinstance(tree, Call) and not any(op.elementwise for op in operations(tree.name))):
            below.update(tree.parts)


def _closing(tree: Product) -> set[str]:
    if len(tree.factors) < 2:
        return set()
    (_, row), (sign, last) = tree.factors[-2:]
    base = row.parts[0] if isinstance(row, Transpose) else None
    small = isinstance(base, Index) or (isinstance(base, Name) and base.name[0].islower())
    return {last.name} if small and isinstance(last, Name) and not sign.startswith((".", "/")) else set()


def _entries(tree: Tree) -> Iterator[Tree]:
    """The names whose entries a part works on."""
    todo: list[Tree] = []
    if isinstance(tree, Norm | Transpose) or (isinstance(tree, Call) and tree.name in OF_ENTRIES):
        todo += tree.parts
    elif isinstance(tree, Power) and tree.entrywise:
        todo.append(tree.base)
    elif isinstance(tree, Product):
        for k, (sign, factor) in enumerate(tree.factors):
            before = tree.factors[k - 1][1] if k else None
            dotted = sign.startswith(".") or (k + 1 < len(tree.factors) and tree.factors[k + 1][0].startswith("."))
            if dotted or (isinstance(before, Name) and before.name[0].isupper() and isinstance(factor, Name)):
                todo.append(factor)
    while todo:
        part = todo.pop()
        yield part
        if isinstance(part, Sum | Negative | Group) or (isinstance(part, Call) and part.name not in OF_ENTRIES):
            todo += part.parts


def _is_constant(tree: Tree) -> bool:
    """Whether it is made of numbers alone, as ``2*pi`` is: its power counts something."""
    todo = [tree]
    while todo:
        part = todo.pop()
        if not (isinstance(part, Number | Group | Product) or (isinstance(part, Name) and part.name == "pi")):
            return False
        todo.extend(part.parts)
    return not isinstance(tree, Number)


def _of_capital(name: str, uses: Uses, positive: bool, style: str, shape: str) -> Kinds:
    if positive and name in uses.quotients - uses.columns - uses.arrays:
        return SCALAR[:1]
    if shape == "bold":
        return BOLD_MATRIX
    if style == "latex" and name in uses.below:
        return SCALAR
    if style == "latex" and name in uses.halved - uses.inside:
        return COUNT
    return MATRIX


def kinds_of(name: str, uses: Uses, positive: bool, style: str, shape: str = "") -> Kinds:
    """What an undeclared name may be, likeliest first. ``shape`` is bold, arrows or rows where LaTeX shows vectors so;
    plain where it shows others by bold letters or arrows."""
    if name in uses.two_indices:
        return (("M", 0.0),)
    letters = base_letters(name)
    capital = letters[0].isupper()
    if name in uses.one_index:
        if shape == "arrows":
            return (("F", 0.0),)
        if capital:
            return (("F", 0.0), ("G", 0.6), ("V", 1.0))
        member = shape == "rows" or name in uses.normed
        return (("F", 0.0), ("V", 1.0)) if member else (("V", 0.0), ("F", 1.0 if is_greek(name) else 0.9))
    if name.endswith("_bar") and name.removesuffix("_bar") in uses.one_index:
        return MEAN
    if name in uses.exponents:
        return NUMBER if name in ("n", "m", "k") else (("S", 0.0),)
    if shape == "arrows":
        return VECTOR[:1]
    if uses.of_numbers and shape != "bold":
        return SCALAR
    if capital:
        return _of_capital(name, uses, positive, style, shape)
    if shape == "bold":
        return BOLD
    if style == "latex" and name in uses.tabled:
        return SCALAR
    if shape == "plain" and name in uses.leading - uses.columns - uses.turned - uses.closing:
        return SCALAR
    alone = positive and name not in uses.columns
    if name in uses.traced:
        return DENSITY
    if is_greek(name) and name in uses.dotted:
        return DOTTED
    if is_greek(name) and name in uses.closing | uses.turned:
        return TIME if style == "latex" and name == "t" else VECTOR
    if is_greek(name) or alone or (style == "matrixcalculus" and "a" <= letters <= "g"):
        return SCALAR
    if style != "matrixcalculus" and not positive:
        if name in uses.beside and name in ("m", "k", "p", "q") and name not in uses.bounds:
            return BESIDE
        special = {"n": SIZE_N, "m": SIZE_M, "k": SIZE_K, "p": SIZE_K, "q": SIZE_K}.get(name)
        if special is not None:
            return special
    return VECTOR
