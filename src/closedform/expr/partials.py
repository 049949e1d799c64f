"""The kinds of an abstract function: which arguments it is differentiated by, and the shape that gives.

``grad jac hess diff`` are of a function of one argument (``diff2`` the second derivative by a scalar). Of a function
of several, digits name the arguments: ``grad1[L](y, t)``, ``jac2[F](x, y)``, ``hess12[L](y, t)``, ``diff11[f](s, x)``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from closedform.expr.op import Shape
from closedform.expr.size import ONE

ORDER = {"grad": 1, "jac": 1, "hess": 2, "diff": 1}
MOST = 6
_KIND = re.compile(r"(grad|jac|hess|diff)([1-9]{0,6})")


def is_kind(name: str) -> bool:
    """Whether a name is one that stands before ``[f]``: a word with digits behind it or none.

    >>> is_kind("jac2"), is_kind("diff"), is_kind("grad0")
    (True, True, False)
    """
    return _KIND.fullmatch(name) is not None


def split_kind(kind: str) -> tuple[str, str]:
    """The word and the digits of a kind."""
    found = _KIND.fullmatch(kind)
    return (found.group(1), found.group(2)) if found else ("", "")


def slots(kind: str, count: int) -> tuple[int, ...] | None:
    """The arguments, from 0, that a kind differentiates a function of ``count`` by; None where there is no such kind.

    >>> slots("hess12", 2), slots("hess", 1), slots("diff3", 1), slots("grad", 2)
    ((0, 1), (0, 0), (0, 0, 0), None)
    """
    if kind == "":
        return ()
    word, digits = split_kind(kind)
    if not word:
        return None
    if count == 1:
        order = int(digits) if digits and word == "diff" else 0 if digits else ORDER[word]
        return (0,) * order if 0 < order <= MOST else None
    by = tuple(int(digit) - 1 for digit in digits)
    return by if len(by) >= ORDER[word] and max(by) < count else None


def kind_of(word: str, by: Sequence[int], count: int) -> str:
    """The name of the derivative by these arguments.

    >>> kind_of("hess", (0, 1), 2), kind_of("diff", (0, 0), 1), kind_of("grad", (0,), 1)
    ('hess12', 'diff2', 'grad')
    """
    if not by:
        return ""
    if count == 1:
        return word if word != "diff" or len(by) == 1 else f"diff{len(by)}"
    return word + "".join(str(k + 1) for k in by)


def partial_shape(kind: str, domains: Sequence[Shape], codomain: Shape) -> Shape | None:
    """The shape of a derivative of an abstract function; None where that kind is not one of it.

    ``jac`` and ``hess`` are matrices, a matrix taken by its columns stacked; ``hess`` of a function with several
    entries stacks the Hessians of them. By more arguments than the word takes, those that are scalars change no shape.
    """
    by, (word, _) = slots(kind, len(domains)), split_kind(kind)
    if by is None or not word:
        return None if by is None else codomain
    scalar = (ONE, ONE)
    large = [domains[k] for k in by if domains[k] != scalar]
    if word == "diff":
        return None if large else codomain
    if len(by) == ORDER[word]:
        large = [domains[k] for k in by]
    if len(large) != ORDER[word]:
        return None
    if word == "grad":
        return large[0] if codomain == scalar else None
    *rows, cols = [codomain[0] * codomain[1], *(m * n for m, n in large)]
    return prod(rows, start=ONE), cols
