"""Sizes out of the ordinary: one far larger than the others together, and than the numbers in a claim.

A claim may hold at all sizes that are near each other, or small: the product of twelve strictly triangular matrices is
0 up to size 12, XX⁺ is the identity where X in R^(n×30) is no longer than wide. Where a claim is not proved for every
size it is looked at there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from random import Random

from closedform.check.core.field import LAWS
from closedform.check.scene import Scene
from closedform.check.spectral import SPECTRAL
from closedform.expr.node import Node
from closedform.expr.size import Size

FEW, BEYOND, MOST_NAMES, SMALL, LOW, MANY = (2, 3), (2, 5), 5, 4, 5, 1000
RANKED = {"inv", "pinv", "det", "adj", "comm", "lyap"}
"""What depends on the rank of a matrix, which is the least of two sizes."""
SPARE, FURTHER = 10, 47
"""Where matrices have so much fewer entries than they may have, sizes are drawn from as far as this."""
KNOWN = LAWS - 2
"""Entries of which a field knows all logarithms, and that of their sum."""
LAST_PERIOD = 60
EACH_PERIOD = {2: 13, 3: 7}
"""Of so many sizes all combinations up to here are looked at: that 7 divides one and 11 another."""
LARGEST_NUMBER = 97
"""A number above is taken for no size: matrices of that many rows have too many entries."""


def extremes(
    scene: Scene, rng: Random, least: int, limit: int, met: Sequence[Mapping[str, int]], numbered: bool = True,
    logs: bool = False,
) -> Iterator[dict[str, int]]:
    """Each size in its turn larger than ``least`` and than the numbers of the claim, if ``limit`` entries let it.

    Of a claim of low degree not where such sizes were ``met``; larger than the numbers only where ``numbered``.
    Not much larger where there are ``logs``, whose laws a field knows of a few at a time.
    """
    most, names = threshold(scene), sorted(scene.size_names)
    low = degree(scene.nodes)
    plain = most <= SMALL and low <= LOW and not (scene.bits or scene.index_ranges or composite(scene))
    large = max(least, most + BEYOND[0] if numbered else 0)
    if len(names) > 1 and any(node.op.name in RANKED for node in scene.nodes):
        yield from together(scene, names, large, limit)
    for name in rng.sample(names, min(len(names), MOST_NAMES)):
        if plain and any(sum(s.values()) + 2 <= 2 * s[name] for s in met if s[name] > low + 1):
            continue
        sizes = {k: max(rng.choice(FEW), scene.least.get(k, 1)) for k in names}
        further = not logs and scene.largest(sizes | {name: FURTHER}) <= limit // SPARE
        far = max(BEYOND[1], FURTHER - large) if further else BEYOND[1]
        far = min(far, max(0, KNOWN - large)) if logs else far
        for n in range(large + rng.randint(0, far), max(FEW), -1):
            sizes[name] = max(n, scene.least.get(name, 1))
            if scene.largest(sizes) <= limit:
                yield sizes
                break


def together(scene: Scene, names: Sequence[str], least: int, limit: int) -> Iterator[dict[str, int]]:
    """All sizes large at once: tr(X⁺X) is the least of two."""
    for n in range(FURTHER, least + len(names), -1):
        sizes = {name: max(n - k, scene.least.get(name, 1)) for k, name in enumerate(names)}
        if scene.largest(sizes) <= limit:
            yield sizes
            return


def periods(scene: Scene, limit: int) -> Iterator[dict[str, int]]:
    """Sizes of which each is every number up to sixty, alone and with the others, the same and multiples of it.

    Where a size is an exponent a claim may hold but where 5 divides it: 1 + tr(Mⁿ) = 0, if M⁵ = I. Of two or three also
    all combinations of small numbers.
    """
    names = sorted(scene.size_names)[:MOST_NAMES] if scene.periodic else []
    small = {name: FEW[k % len(FEW)] for k, name in enumerate(sorted(scene.size_names))}
    least, limit = scene.least, max(limit, scene.largest(small))  # a matrix of numbers is as large as it is
    for together in product(range(FEW[0], EACH_PERIOD.get(len(names), 0) + 1), repeat=len(names)) if names else ():
        row = dict(zip(names, together, strict=True))
        sizes = {name: max(k, least.get(name, 1)) for name, k in (small | row).items()}
        if scene.largest(sizes) <= limit:
            yield sizes
    for n in range(FEW[0], LAST_PERIOD + 1) if names else ():
        multiples = {name: n * k for k, name in enumerate(names, 1)}
        rows = [dict.fromkeys(names, n), multiples, *({name: n} for name in names)]
        for row in rows if len(names) > 1 else rows[:1]:
            sizes = {name: max(k, least.get(name, 1)) for name, k in (small | row).items()}
            if max(sizes.values()) <= LAST_PERIOD and scene.largest(sizes) <= limit:
                yield sizes


def composite(scene: Scene) -> bool:
    """Whether a size is made of others: R^(m*n), blocks."""
    return any(s.name is None and s.number is None for shape in scene.shapes for s in shape)


def degree(nodes: Iterable[Node]) -> int:
    """How often symbols stand in the largest product of a claim, an inverse counted as what is inverted.

    Series of matrices have no degree: (I - N)⁻¹ = I + N + … + N⁴ holds up to size 5, the like for expm(N).
    """
    known: dict[Node, int] = {}
    for node in nodes:
        found = [known[a] for a in node.args]
        most = max(found, default=int(node.op.name == "sym"))
        raised = node.op.name in ("pow", "mpow") and node.args[1].op.name == "num"
        times = int(abs(Fraction(node.args[1].params[0]))) if raised else 1
        times = MANY if node.op.name in SPECTRAL else times
        known[node] = min(MANY, most if node.op.name == "add" else max(1, times) * max(sum(found), most))
    return max(known.values(), default=0)


def threshold(scene: Scene) -> int:
    """The largest whole number in the claim that may say something of a size."""
    sizes = {s for node in scene.nodes for s in named(node)}.union(*scene.shapes)
    found = {abs(c) for s in sizes for _, c in s.terms}
    found |= {abs(int(c)) for node in scene.nodes for c in numbers(node) if c == int(c)}
    return max((c for c in found if c <= LARGEST_NUMBER), default=0)


def numbers(node: Node) -> tuple[int | Fraction, ...]:
    return node.params if node.op.name == "num" else node.params[0] if node.op.name == "add" else ()


def named(node: Node) -> tuple[Size, ...]:
    """The sizes that stand in a node beside its shape."""
    return node.params if node.op.name == "size" else node.params[1:3] if node.op.name == "sumover" else ()
