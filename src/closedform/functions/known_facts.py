"""What is known of a node: the declared facts of symbols, passed on by every operation. Sound, never guessed.

Signs (``pos``, ``nonneg``, ``nonzero``) are said of every entry.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from closedform.expr.facts import NONE, Facts, close
from closedform.expr.node import Node, make
from closedform.expr.partials import slots, split_kind
from closedform.expr.walk import postorder
from closedform.functions import algebra as a
from closedform.functions.define import fact, kept
from closedform.functions.turned import both_ways

SHAPED = ("sym", "skew", "diag", "lower", "upper")
TURNED = {"lower": "upper", "upper": "lower"}
EVERY: Facts = close(["pos"])
LONGEST = 32  # factors of a product that is looked at for symmetry: nested products are flattened once each


def facts_of(node: Node) -> Facts:
    """The facts known of a node.

    >>> from closedform.functions.algebra import mul, sym, transpose
    >>> A = sym("A", "m", "n")
    >>> sorted(facts_of(mul(transpose(A), A)))
    ['psd', 'square', 'sym']
    """
    if "facts" not in node.memo:
        for below in postorder(node, stop=lambda n: "facts" in n.memo):
            if "facts" not in below.memo:
                below.memo["facts"] = _facts(below)
    known: Facts = node.memo["facts"]
    return known


def _facts(node: Node) -> Facts:
    rule = RULES.get(node.op.name) if node.op.structural else node.op.facts
    known = rule(node) if rule else NONE
    if node.is_scalar:
        return _of_scalar(known)
    return known | {"square"} if node.is_square else known


def _of_scalar(known: Facts) -> Facts:
    """A 1×1 matrix that is (semi)definite is a scalar that is not negative, and the other way round."""
    more = [{"pd": "pos", "psd": "nonneg", "inv": "nonzero"}.get(f, f) for f in known]
    return close(f for f in more if f in ("pos", "nonneg", "nonzero", "pm1", "bit", "discrete"))


def _number(node: Node) -> Facts:
    value: Fraction = node.params[0]
    return EVERY if value > 0 else close(["nonneg"] if value == 0 else ["nonzero"])


def _size(node: Node) -> Facts:
    """m*n + 1 is positive; n - 1 need not be."""
    return close(["pos"]) if all(c > 0 for _, c in node.params[0].terms) else NONE


def _add(node: Node) -> Facts:
    coefficients = node.params[0]
    terms = list(zip(coefficients, node.args, strict=True))
    if not terms:
        return _nothing_but_zeros(node)
    known = [f for f in SHAPED if all(fact(t, f) for _, t in terms)]
    if all(c > 0 for c in coefficients):
        known += [f for f in ("psd", "nonneg") if all(fact(t, f) for _, t in terms)]
        for weak, strong in (("psd", "pd"), ("nonneg", "pos")):
            if weak in known and any(fact(t, strong) for _, t in terms):
                known.append(strong)
    if len(terms) == 1 and coefficients[0]:
        known += [f for f in ("nonzero", "inv") if fact(terms[0][1], f)]
    if node.is_square and "sym" not in close(known) and _turned_sum(terms):
        known.append("sym")
    return close(known)


def _turned_sum(terms: list[tuple[Fraction, Node]]) -> bool:
    """Whether the terms are, with their coefficients, their own transposes."""
    count: dict[tuple[tuple[Node, ...], tuple[Node, ...]], Fraction] = {}
    for c, term in terms:
        scalars: tuple[Node, ...] = ()
        while term.op is a.SCALE:
            scalars, term = (*scalars, term.args[0]), term.args[1]
        key = scalars, _factors(term)
        count[key] = count.get(key, Fraction(0)) + c
    if all(count.get((scalars, _turned(factors))) == c for (scalars, factors), c in count.items()):
        return True
    ways: tuple[dict[Node, Fraction], dict[Node, Fraction]] = {}, {}
    for c, term in terms:
        for way, one in zip(ways, both_ways(term, _is_symmetric), strict=True):
            way[one] = way.get(one, Fraction(0)) + c
    return ways[0] == ways[1]


def _is_symmetric(node: Node) -> bool:
    return fact(node, "sym")


def _factors(node: Node) -> tuple[Node, ...]:
    """The factors of a product, nested and transposed products laid flat; a long one stays whole."""
    out: list[Node] = []
    todo: list[tuple[Node, bool]] = [(node, False)]
    while todo:
        if len(out) + len(todo) > LONGEST:
            return (node,)
        part, flip = todo.pop()
        if part.op is a.TRANSPOSE:
            todo.append((part.args[0], not flip))
        elif part.op is a.MUL:
            todo += [(p, flip) for p in (part.args if flip else reversed(part.args))]
        else:
            out.append(_transposed(part) if flip else part)
    return tuple(out)


def _turned(factors: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(_transposed(f) for f in reversed(factors))


def _transposed(node: Node) -> Node:
    """The transpose in the one spelling that ``_factors`` compares."""
    if node.is_scalar or fact(node, "sym"):
        return node
    if node.op is a.TRANSPOSE:
        return node.args[0]
    if node.op is a.MPOW:
        return make(a.MPOW, (_transposed_once(node.args[0]), node.args[1]), (), node.shape)
    return make(a.TRANSPOSE, (node,), (), (node.cols, node.rows))


def _transposed_once(node: Node) -> Node:
    if node.op is a.TRANSPOSE:
        return node.args[0]
    return node if fact(node, "sym") else make(a.TRANSPOSE, (node,), (), (node.cols, node.rows))


def _product(node: Node) -> Facts:
    factors = node.args
    known = [
        f for f in ("lower", "upper", "diag", "orth", "inv", "nonneg") if all(fact(p, f) for p in factors)
    ]
    if len(factors) == 1:
        return kept(factors[0], *SHAPED, "psd", "pd", "pos", "nonneg", "inv", "orth")
    if node.is_square:
        known += _palindrome(factors) or _palindrome(_factors(node))
    if node.is_scalar and all(fact(p, "pos") for p in factors):
        known.append("pos")
    return close(known)


def _palindrome(factors: tuple[Node, ...]) -> list[str]:
    """A*A' is positive semidefinite, A*S*A' what S is (definite where A is invertible)."""
    half, odd = divmod(len(factors), 2)
    if factors[:half] != _turned(factors[len(factors) - half :]):
        return []
    regular = all(fact(f, "inv") for f in factors[:half])
    if not odd:
        return ["pd"] if regular else ["psd"]
    middle = factors[half]
    if fact(middle, "psd"):
        return ["pd"] if regular and fact(middle, "pd") else ["psd"]
    return [f for f in ("sym", "skew") if fact(middle, f)]


def _scale(node: Node) -> Facts:
    s, A = node.args
    known = kept(A, *SHAPED)
    if fact(s, "nonneg"):
        known |= kept(A, "psd", "nonneg")
    if fact(s, "pos"):
        known |= kept(A, "pd", "pos")
    return known | kept(A, "nonzero", "inv") if fact(s, "nonzero") else known


def _hadamard(node: Node) -> Facts:
    known = [
        f for f in ("sym", "pos", "nonneg", "nonzero", "psd", "pd") if all(fact(p, f) for p in node.args)
    ]
    known += [f for f in ("diag", "lower", "upper") if any(fact(p, f) for p in node.args)]
    if len(node.args) == 2 and node.args[0] is node.args[1]:
        known.append("pos" if fact(node.args[0], "nonzero") else "nonneg")
    return close(known)


def _power(node: Node) -> Facts:
    base, exponent = node.args
    known = [f for f in ("pos", "nonneg") if fact(base, f)]
    if exponent.op is not a.NUM:
        return close(
            [f for f in ("pos",) if f in known] + (["sym"] if _both_symmetric(base, exponent) else [])
        )
    e: Fraction = exponent.params[0]
    if e < 0:
        known = [f for f in known if f == "pos"]
        known += ["pos"] if fact(base, "nonneg") else []
    if e.denominator == 1 and e % 2 == 0:
        known.append("pos" if e < 0 or fact(base, "nonzero") else "nonneg")
    elif e.numerator % 2 and e.denominator % 2 == 0:
        known.append("nonneg")
    if e.denominator == 1 and fact(base, "nonzero"):
        known.append("nonzero")
    return close([*known, *(["sym"] if fact(base, "sym") else [])])


def _both_symmetric(base: Node, exponent: Node) -> bool:
    return fact(base, "sym") and (exponent.is_scalar or fact(exponent, "sym"))


def _matrix_power(node: Node) -> Facts:
    base, exponent = node.args
    if exponent.op is not a.NUM or exponent.params[0].denominator != 1:
        return kept(base, "sym", "diag", "lower", "upper", "pd", "orth")
    e = int(exponent.params[0])
    known = kept(base, "sym", "diag", "lower", "upper", "psd", "pd", "orth", "inv")
    if e < 0:
        known |= {"inv"}
        known |= close(["pd"]) if fact(base, "psd") else NONE
    if e % 2:
        known |= kept(base, "skew")
    elif fact(base, "sym") or fact(base, "skew"):
        known |= close(["sym"] if fact(base, "skew") else ["pd"] if "inv" in known else ["psd"])
    return known


def _transpose(node: Node) -> Facts:
    (A,) = node.args
    known: Facts = A.memo["facts"]
    return close(TURNED.get(f, f) for f in known)


def _trace(node: Node) -> Facts:
    (A,) = node.args
    return close(["pos"] if fact(A, "pd") else ["nonneg"] if fact(A, "psd") else kept(A, "pos", "nonneg"))


def _diagonal_matrix(node: Node) -> Facts:
    (v,) = node.args
    signs = {"pos": ("pd", "nonneg"), "nonneg": ("psd", "nonneg"), "nonzero": ("inv",)}
    return close(["diag", *(g for f, gs in signs.items() if fact(v, f) for g in gs)])


def _diagonal(node: Node) -> Facts:
    (A,) = node.args
    return close(
        ["pos"] if fact(A, "pd") else ["nonneg"] if fact(A, "psd") else kept(A, "pos", "nonneg", "nonzero")
    )


def _summation(node: Node) -> Facts:
    return kept(node.args[0], *SHAPED, "psd", "nonneg")


def _constant(*names: str) -> Callable[[Node], Facts]:
    out = close(names)
    return lambda _: out


def _all_ones(node: Node) -> Facts:
    return close(["pos", "psd"] if node.is_square else ["pos"])


def _nothing_but_zeros(node: Node) -> Facts:
    return close(["diag", "psd", "skew", "nonneg"] if node.is_square else ["nonneg"])


def _abstract(node: Node) -> Facts:
    """The Hessian of an abstract scalar function by one of its arguments is symmetric."""
    kind = str(node.params[1])
    large = [k for k in slots(kind, len(node.args)) or () if not node.args[k].is_scalar]
    twice = split_kind(kind)[0] == "hess" and len(large) == 2 and large[0] == large[1]
    return close(["sym"] if twice and node.is_square else [])


RULES: dict[str, Callable[[Node], Facts]] = {
    "num": _number,
    "sym": a.SYM.facts,
    "size": _size,
    "const": _constant("pos"),
    "index": _constant("pos"),
    "eye": _constant("diag", "pd", "orth", "nonneg"),
    "ones": _all_ones,
    "zero": _nothing_but_zeros,
    "unit": _constant("nonneg"),
    "add": _add,
    "mul": _product,
    "scale": _scale,
    "had": _hadamard,
    "pow": _power,
    "transpose": _transpose,
    "mpow": _matrix_power,
    "tr": _trace,
    "diagm": _diagonal_matrix,
    "diagv": _diagonal,
    "sumover": _summation,
    "call": _abstract,
    "d": lambda node: kept(node.args[0], *SHAPED),
}
