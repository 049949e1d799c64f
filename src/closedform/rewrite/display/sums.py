"""Sums: the common number and sign pulled out, ones(n) as a plain number, transposed sums as a transpose."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from closedform.expr.node import Node
from closedform.expr.size import ONE as ONE_SIZE
from closedform.rewrite import show as s
from closedform.rewrite.display.face import NOTHING, Face, content, magnitude, weight
from closedform.rewrite.show import Items, Rational, Show

Term = tuple[Rational, Items, Items, Show | None]
ENTRYWISE = ("call", "epower", "hadamard")


def addition(node: Node, faces: list[Face]) -> Face:
    """The face of ``Σ cᵢ·argᵢ``."""
    coefficients: tuple[Fraction, ...] = node.params[0]
    if len(faces) == 1:
        return _multiple(coefficients[0], faces[0])
    fixed = NOTHING
    for face in faces:
        fixed |= face.fixed
    values = [c * f.c for c, f in zip(coefficients, faces, strict=True)]
    keep = [k for k, v in enumerate(values) if v]
    if not keep:
        return Face(0, core=faces[0].core, turned=faces[0].turned, fixed=fixed)
    terms: list[Term] = [(values[k], faces[k].top, faces[k].below, faces[k].core) for k in keep]
    column = node.cols is ONE_SIZE
    c, show = _sum(_plain_ones(terms, column, node.rows is ONE_SIZE))
    if node.is_scalar:
        return Face(c, (show,), fixed=fixed)
    if all(faces[k].core is faces[k].turned for k in keep):
        return Face(c, core=show, turned=show, fixed=fixed)
    row = node.rows is ONE_SIZE
    turned: list[Term] = [(values[k], faces[k].top, faces[k].below, faces[k].turned) for k in keep]
    d, back = _sum(_plain_ones(turned, row, column))
    return _both_ways(Face(c, core=show, turned=s.transpose(show), fixed=fixed), d, back, row)


def _both_ways(face: Face, d: Rational, back: Show, row: bool) -> Face:
    """The face with the transposed sum where that is shorter, or where a row must be written as one."""
    assert face.core is not None
    here = weight(face.c, (), (), face.core)
    there = weight(d, (), (), back)
    if there + 1 < here or (row and back.tokens + 1 == face.core.tokens):
        return Face(d, core=s.transpose(back), turned=back, fixed=face.fixed)
    if d == face.c and there <= here:
        return Face(face.c, core=face.core, turned=back, fixed=face.fixed)
    return face


def _multiple(c: Fraction, face: Face) -> Face:
    out = Face(
        c * face.c, face.top, face.below, face.core, face.turned, face.fixed, face.chain,
        face.root if c == 1 else None,
    )  # fmt: skip
    return out


def _plain_ones(terms: list[Term], column: bool, row: bool) -> list[Term]:
    """Multiples of ones as scalars, where the other terms say what shape they fill."""
    if not any(t[3] is not None and t[3].kind in ("ones", "eye") for t in terms):
        return terms
    others = [t[3] for t in terms if t[3] is not None and t[3].kind not in ("ones", "eye")]
    if not others:
        return terms
    out: list[Term] = []
    fills = column or (not row and all(_entrywise(o) for o in others))
    for c, top, below, core in terms:
        if core is not None and core.kind == "ones" and fills:
            out.append((c, top, below, None))
        elif core is not None and core.kind == "eye":
            out.append((c, top, below, Show("eye", core.word, lead=1)))
        else:
            out.append((c, top, below, core))
    return out


def _entrywise(show: Show) -> bool:
    while show.kind == "transpose":
        show = show.items[0]
    return show.kind in ("epower", "hadamard") or (show.kind == "call" and show.lead == 1)


def _sum(terms: Sequence[Term]) -> tuple[Rational, Show]:
    """The shortest of writing every coefficient and of pulling a common one out."""
    common = content([t[0] for t in terms])
    plan, fewest = _plan(terms, 1)
    best: Rational = 1
    for g in {common, common.numerator, Fraction(1, common.denominator)} if common != 1 else ():
        if g != 1:
            other, tokens = _plan(terms, g)
            tokens += 2 * (g.numerator != 1) + 2 * (g.denominator != 1)
            if tokens < fewest or (tokens == fewest and g.denominator == 1 and best == 1):
                best, fewest, plan = g, tokens, other
    shown = _written(plan)
    if best != 1 and shown.kind == "sum" and not any(sign > 0 for sign in shown.signs):
        return -best, _written([(size, [(-t[0], t[1], t[2], t[3]) for t in group]) for size, group in plan])
    return best, shown


Plan = list[tuple[Rational, list[Term]]]


def _plan(terms: Sequence[Term], g: Rational) -> tuple[Plan, int]:
    """The terms over ``g``, those of one coefficient together where that is shorter: ``x - (A + A')/2``."""
    alone: Plan = []
    groups: dict[Rational, list[Term]] = {}
    total = 0
    for c, top, below, core in terms:
        value = c if g == 1 else c / Fraction(g)
        term = (value, top, below, core)
        size: Rational = abs(Fraction(value))
        if size == 1 or (core is None and not top):
            alone.append((1, [term]))
            total += weight(*term)
        else:
            groups.setdefault(size, []).append(term)
    for common, group in groups.items():
        apart = sum(weight(*t) for t in group)
        inside = sum(weight(1, *t[1:]) for t in group)
        together = inside + 2 * (common.numerator != 1) + 2 * (common.denominator != 1)
        if len(group) > 1 and len(group) < len(terms) and together < apart:
            alone.append((common, group))
            total += together
        else:
            alone += [(1, [t]) for t in group]
            total += apart
    return alone, total


def _written(plan: Plan) -> Show:
    items, signs = [], []
    for size, group in plan:
        if len(group) == 1:
            c, top, below, core = group[0]
            items.append(magnitude(c, top, below, core))
            signs.append(1 if c > 0 else -1)
        else:
            sign = 1 if any(c > 0 for c, *_ in group) else -1
            inside = s.total(
                [magnitude(1, *t[1:]) for t in group], [sign if t[0] > 0 else -sign for t in group]
            )
            items.append(magnitude(size, (inside,), (), None))
            signs.append(sign)
    return s.total(items, signs)
