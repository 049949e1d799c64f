"""Faults planted by hand: every derivative rule, law and constructor is made wrong, and a check refuses what comes out.

A mutant of a rule gives twice its result, its negative, or its transpose where that is another matrix. A mutant for
which nothing refuses must stand in EQUIVALENT with the reason why its answers are right all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any

import pytest
from exact import equal, refutes
from spellings import CONSTRUCTORS

import closedform.rewrite  # noqa: F401  (registers every law)
from closedform.calculus import adjoint, differential, jacobian, vecform
from closedform.calculus import derive as ask
from closedform.check.certificate import Claim
from closedform.check.certify import certify
from closedform.errors import MissingRule
from closedform.expr import node as nodes
from closedform.expr.node import Node, make
from closedform.expr.op import Op, registered
from closedform.expr.size import size
from closedform.functions import elementwise as e
from closedform.functions import vectors as v
from closedform.functions.algebra import (
    CALL,
    diagm,
    diagv,
    had,
    index,
    inner,
    inv,
    mpow,
    mul,
    num,
    ones,
    power,
    scale,
    size_number,
    sumover,
    sym,
    tr,
    transpose,
    unit,
)
from closedform.functions.rearrange import block, comm, kron, unvec, vec
from closedform.functions.rearrange import sub as part
from closedform.rewrite.laws import law as laws
from closedform.rewrite.normal import engine
from closedform.rewrite.normal.normal import normal

m, n = "m", "n"
x, y, u = sym("x", n), sym("y", n), sym("u", m)
A, C = sym("A", m, n), sym("C", m, n)
B, X = sym("B", n, n), sym("X", n, n)
s, t, r = sym("s"), sym("t"), sym("r", 1, 1, ["pos"])
w = sym("w", n, 1, ["pos"])
i = index("i")

FACTS = {"sym": ["sym"], "pd": ["pd"], "indefinite": ["sym"], "positive": ["pos"], "positive scalar": ["pos"]}
SHAPES: dict[str, list[tuple[Any, Any]]] = {
    "clip": [(m, n), (1, 1), (1, 1)], "huber": [(m, n), (1, 1)], "norm1": [(n, 1)], "norm2": [(n, 1)],
    "norm_inf": [(n, 1)], "polar": [(n, n)],
    "kron_left": [(size(m) * size("p"), size(n) * size("q")), ("p", "q")],
    "kron_right": [(size(m) * size("p"), size(n) * size("q")), (m, n)],
}  # fmt: skip
SPECIAL: dict[str, Callable[[], Node]] = {
    "block": lambda: block([[sym("E", m, m), A], [x.T @ mul(C.T, sym("E", m, m)), x.T]]),
    "sub": lambda: part(A, 1, 1, 2, 1), "unvec": lambda: unvec(sym("v", size(m) * size(n)), m, n),
    "comm": lambda: comm(m, n), "polygamma": lambda: make(registered()["polygamma"], (num(1), w)),
}  # fmt: skip


def touching(op: Op, square: bool = False) -> Node:
    """The operation on symbols inside its domain; ``square`` with all sizes the same."""
    if op.name in SPECIAL:
        return SPECIAL[op.name]()
    shapes = SHAPES.get(op.name) or (list(op.signature.args) if op.signature else [])
    assert shapes, f"{op.name} needs a place in SHAPES or SPECIAL"
    if square:
        same = dict.fromkeys(["m", "p", "q"], size(n))
        shapes = [(size(rows).put(same), size(cols).put(same)) for rows, cols in shapes]
    kinds = [*op.sample, *["real"] * len(shapes)]
    facts = [FACTS.get(kind, []) for kind in kinds]
    return make(op, [sym(f"X{k}", *shape, facts[k]) for k, shape in enumerate(shapes)])


def forget() -> None:
    """No node remembers what was made of it: what a mutant left behind would be taken for right."""
    for node in list(nodes._table.values()):
        node.memo.clear()


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    forget()
    yield
    forget()


# -- what a mutant does

Change = Callable[[Node], Node]


def twice(a: Node) -> Node:
    return num(2) * a


def negative(a: Node) -> Node:
    return -a


def turned(a: Node) -> Node:
    return transpose(a) if a.is_square else a


CHANGES: dict[str, Change] = {"twice": twice, "negative": negative, "transposed": turned}


def changed(rule: Callable[..., Node], change: Change) -> Callable[..., Node]:
    """The rule with its result changed (normal rules give normal nodes)."""

    @wraps(rule)
    def wrong(*args: Any, **named: Any) -> Node:
        return change(rule(*args, **named))

    return wrong


def changed_normal(rule: Callable[..., Node], change: Change) -> Callable[..., Node]:
    return changed(rule, lambda a: normal(change(a)))


# -- what refuses


ASK = {"gradient": ask.gradient, "map": ask.linear_map, "jacobian": ask.jacobian, "hessian": ask.hessian}


@dataclass(frozen=True)
class Question:
    """A derivative to ask for, judged against the formula as typed."""

    kind: str
    f: Node
    x: Node

    def refused(self) -> bool:
        """Whether a wrong answer is noticed: the certificate refuses, or the shapes fit no longer."""
        try:
            return refutes(self.certificate())
        except (AssertionError, ValueError, ShapeError):
            return True

    def certificate(self) -> Certificate:
        """That of the answer found; one about the matrix of vec says that it gives the map."""
        kind = "map" if self.kind == "kron" else self.kind
        found = ASK[kind](normal(self.f), self.x)
        if self.kind == "kron":
            matrix = vecform.matrix_of_vec(found.node, found.directions[0])
            return equal(vec(found.node), mul(matrix, vec(found.directions[0])))
        names = tuple(d.params[0] for d in found.directions)
        return certify(Claim(kind, self.f, found.node, self.x, differentials=names))


def any_refuses(questions: list[Question]) -> bool:
    return any(q.refused() for q in questions)


def symbols(node: Node) -> list[Node]:
    return [a for a in node.args if a.op.name == "sym"]


def questions_of(op: Op, square: bool = False) -> list[Question]:
    """The differential by each argument, and through the adjoint the gradient of an inner product."""
    f = touching(op, square)
    weight = sym("G", f.rows, f.cols)
    out = [Question("map", f, a) for a in symbols(f)]
    return out + [Question("gradient", inner(weight, f), a) for a in symbols(f)]


WITH_RULE = [op for op in registered().values() if not op.structural and (op.d or op.adjoint)]
"""Those without have a meaning (made of others), or are constant wherever they have a derivative."""

SYMMETRIC = {
    "prod_pairs": "its value, and so its differential, is symmetric",
    "huber": "",
}


@pytest.mark.parametrize("op", WITH_RULE, ids=lambda op: op.name)
def test_the_rules_of_a_function_are_right(op: Op) -> None:
    assert all(q.certificate().ok for q in questions_of(op))


@contextmanager
def put(op: Op, **rules: Any) -> Iterator[None]:
    """The operation with other rules, for a while; declarations are frozen otherwise."""
    kept = {name: getattr(op, name) for name in rules}
    for name, rule in rules.items():
        object.__setattr__(op, name, rule)
    try:
        yield
    finally:
        for name, rule in kept.items():
            object.__setattr__(op, name, rule)


def mutants_of(op: Op, change: Change) -> Iterator[tuple[str, dict[str, Any]]]:
    if op.d is not None:
        yield "d", {"d": changed(op.d, change)}
    for k in range(min(len(op.adjoint), len(touching(op).args))):
        if k in op.adjoint:
            yield f"adjoint {k}", {"adjoint": {**op.adjoint, k: changed(op.adjoint[k], change)}}


@pytest.mark.parametrize("word", ["twice", "negative"])
@pytest.mark.parametrize("op", WITH_RULE, ids=lambda op: op.name)
def test_a_wrong_rule_of_a_function_is_refused(op: Op, word: str) -> None:
    for name, rules in mutants_of(op, CHANGES[word]):
        with put(op, **rules):
            assert any_refuses(questions_of(op)), name


@pytest.mark.parametrize("op", WITH_RULE, ids=lambda op: op.name)
def test_a_transposed_rule_of_a_function_is_refused(op: Op) -> None:
    for name, rules in mutants_of(op, turned):
        seen: list[bool] = []
        rule = rules["d"] if name == "d" else rules["adjoint"][int(name[-1])]
        if not turns_something(op, rule):
            continue
        with put(op, **rules):
            seen.append(any_refuses(questions_of(op, square=True)))
        assert all(seen) or op.name in SYMMETRIC, name
