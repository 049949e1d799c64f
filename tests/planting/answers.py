"""Wrong answers made of the right ones to the corpora: a transpose dropped or added, factors swapped, a term lost, …"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from fuzzing.libraries import NUMPY
from fuzzing.points import draw
from fuzzing.translate import Translator

import closedform as cf
from closedform.check.certificate import Claim
from closedform.errors import ClosedformError, ShapeError
from closedform.expr.node import Node, make
from closedform.expr.walk import postorder, rebuild
from closedform.functions.algebra import mul, num, power, scale, total, transpose
from closedform.rewrite.normal.normal import normal

Line = dict[str, Any]
DATA = Path(__file__).parents[1] / "data"
CORPORA = ("seed_problems.jsonl", "wild_problems.jsonl")
VERBS = {"gradient": "grad", "jacobian": "jacobian", "hessian": "hessian", "derivative": "derivative"}
A_LITTLE = num("1000000000000000001/1000000000000000000")


@dataclass(frozen=True)
class Mutant:
    """A wrong answer: ``name`` is the line, what was done and where (the place in the walk)."""

    name: str
    claim: Claim
    right: Node

    @property
    def same(self) -> bool:
        """Whether the normal form proves it no other answer than the right one."""
        return normal(self.claim.answer) is normal(self.right)


def equal_at_points(mutant: Mutant) -> bool:
    """Whether both answers have the same values at all sizes from 1 to 4; a small factor is tried as a factor of 2."""
    wrong = rebuild(mutant.claim.answer, lambda n, _: num(2) if n is A_LITTLE else None)
    names = sorted({name for x in symbols(mutant) for side in x.shape for name in side.names})[:3]
    seen = 0
    for numbers in product(range(1, 5), repeat=len(names)):
        at = defaultdict(lambda: 3, zip(names, numbers, strict=True))
        rng = np.random.default_rng(1)
        env = {x.params[0]: discrete(x, draw(x, at, rng)) for x in symbols(mutant)}
        with np.errstate(all="ignore"):
            try:
                a, b = (Translator(NUMPY, env, at).value(e) for e in (mutant.right, wrong))
            except np.linalg.LinAlgError:
                continue
        if np.isfinite(a).all() and np.isfinite(b).all():
            seen += 1
            if np.abs(a - b).max() > 1e-9 * (1 + np.abs(a).max()):
                return False
    return seen > 0


def symbols(mutant: Mutant) -> list[Node]:
    both = {n: None for root in (mutant.right, mutant.claim.answer) for n in postorder(root)}
    return [n for n in both if n.op.name == "sym"]


def discrete(x: Node, Z: Any) -> Any:
    facts = x.params[1]
    return np.sign(Z) if "pm1" in facts else 1.0 * (Z > 0) if "bit" in facts else Z


def lines() -> list[Line]:
    return [json.loads(text) for name in CORPORA for text in (DATA / name).read_text("utf-8").splitlines()]


def right_claim(line: dict[str, Any]) -> Claim | None:
    """The claim of the answer to a line; None where the line is refused."""
    try:
        f = cf.formula(line["formula"], line["where"] or None)
        claim: Claim = getattr(f, VERBS[line["op"]])(line["wrt"]).claim()
    except ClosedformError:
        return None
    return claim


def mutants(line: Line, claim: Claim, most: int | None = None) -> list[Mutant]:
    """Every mutant of a line's answer that has its shape, or ``most`` of them drawn at random."""
    found = {}
    for at, part in enumerate(postorder(claim.answer)):
        for word, other in changes(part):
            made = put(claim.answer, part, other)
            if made is not None and made.shape == claim.answer.shape and made is not claim.answer:
                number = sum(name.startswith(f"{line['id']}: {word} at {at}.") for name in found.values())
                found.setdefault(made, f"{line['id']}: {word} at {at}.{number}")
    out = [Mutant(name, replace(claim, answer=made), claim.answer) for made, name in found.items()]
    return out if most is None or len(out) <= most else Random(line["id"]).sample(out, most)


def put(root: Node, part: Node, other: Node) -> Node | None:
    try:
        return rebuild(root, lambda n, _: other if n is part else None)
    except (ShapeError, TypeError):
        return None


def changes(part: Node) -> Iterator[tuple[str, Node]]:
    """What may stand instead of a part."""
    args = part.args
    if part.op.name in ("num", "index", "unit", "size"):
        return
    if part.op.name == "transpose":
        yield "transpose dropped", args[0]
    elif not part.is_scalar:
        yield "transpose added", transpose(part)
    if part.op.name in ("mul", "had"):
        for k in range(len(args) - 1):
            swapped = (*args[:k], args[k + 1], args[k], *args[k + 2 :])
            try:
                if part.op.name == "mul":
                    yield "factors swapped", mul(*swapped)
            except ShapeError:
                pass
            if len(args) > 2 or part.op.name == "had":
                yield from _without(part, k)
    if part.op.name == "add":
        yield from _terms(part)
    if part.op.name in ("mpow", "pow"):
        yield "power dropped", args[0]
    elif len(args) == 1 and args[0].shape == part.shape and part.op.name != "transpose":
        yield "function dropped", args[0]
    if part.op.name == "pow":
        yield "exponent raised", power(args[0], args[1] + num(1)) if args[1].is_scalar else part
    yield "sign", scale(num(-1), part)
    yield "twice", scale(num(2), part)
    yield "half", scale(num("1/2"), part)
    yield "times 1 + 1e-18", scale(A_LITTLE, part)


def _without(part: Node, k: int) -> Iterator[tuple[str, Node]]:
    rest = (*part.args[:k], *part.args[k + 1 :])
    made = rest[0] if len(rest) == 1 else None
    try:
        yield "factor dropped", made or rebuild_with(part, rest)
    except ShapeError:
        return


def rebuild_with(part: Node, args: tuple[Node, ...]) -> Node:
    return make(part.op, args, part.params)


def _terms(part: Node) -> Iterator[tuple[str, Node]]:
    terms = list(zip(part.params[0], part.args, strict=True))
    for k, (c, a) in enumerate(terms):
        rest = terms[:k] + terms[k + 1 :]
        if rest:
            yield "term dropped", total(rest)
        yield "sign of a term", total([*terms[:k], (-c, a), *terms[k + 1 :]])
        yield "term doubled", total([*terms[:k], (2 * c, a), *terms[k + 1 :]])
