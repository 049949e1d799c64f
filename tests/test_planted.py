"""Faults planted by hand: every derivative rule, law and constructor is made wrong, and a check refuses what comes out.

A mutant of a rule gives twice its result, its negative, or its transpose where that is another matrix. A mutant for
which nothing refuses must stand in EQUIVALENT with the reason why its answers are right all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import pytest
from exact import equal, is_nothing, judged, refutes
from spellings import CONSTRUCTORS

import closedform.rewrite  # noqa: F401  (registers every law)
from closedform.calculus import adjoint, differential, jacobian, vecform
from closedform.calculus import derive as ask
from closedform.check.certificate import Certificate, Claim
from closedform.errors import ShapeError
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
z = sym("z", size(m) * size(n))
A, C = sym("A", m, n), sym("C", m, n)
B, X = sym("B", n, n), sym("X", n, n)
s, t, r = sym("s"), sym("t"), sym("r", 1, 1, ["pos"])
w = sym("w", n, 1, ["pos"])
i = index("i")
e_i = unit(i, n)

FACTS = {"sym": ["sym"], "pd": ["pd"], "indefinite": ["sym"], "positive": ["pos"], "positive scalar": ["pos"]}
SHAPES: dict[str, list[tuple[Any, Any]]] = {
    "clip": [(m, n), (1, 1), (1, 1)], "huber": [(m, n), (1, 1)], "leaky_relu": [(m, n), (1, 1)],
    "norm1": [(n, 1)], "norm2": [(n, 1)], "norm_inf": [(n, 1)], "polar": [(n, n)],
    "kron_left": [(size(m) * size("p"), size(n) * size("q")), ("p", "q")],
    "kron_right": [(size(m) * size("p"), size(n) * size("q")), (m, n)],
}  # fmt: skip
SPECIAL: dict[str, Callable[[], Node]] = {
    "block": lambda: block([[sym("E", m, m), A], [sym("F", n, m), sym("G", n, n)]]),
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
        return judged(Claim(kind, self.f, found.node, self.x, differentials=names))


def any_refuses(questions: list[Question]) -> bool:
    return any(q.refused() for q in questions)


def symbols(node: Node) -> list[Node]:
    return [a for a in node.args if a.op.name == "sym"]


def questions_of(op: Op, square: bool = False) -> list[Question]:
    """The differential by each argument, and through the adjoint the gradient of an inner product."""
    f = touching(op, square)
    weight = sym("weight", f.rows, f.cols)
    out = [Question("map", f, a) for a in symbols(f)]
    whole = e.tanh(f) if op.name == "block" else f  # the product with a block matrix is taken block by block
    return out + [Question("gradient", inner(weight, whole), a) for a in symbols(f)]


WITH_RULE = [op for op in registered().values() if not op.structural and (op.d or op.adjoint)]
"""Those without have a meaning (made of others), or are constant wherever they have a derivative."""

EQUIVALENT: dict[tuple[str, str], str] = {}


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
    """Where what the rule gave is another matrix than its transpose, at equal sizes."""
    made: list[Node] = []

    def change(a: Node) -> Node:
        made.append(a)
        return turned(a)

    for name, rules in mutants_of(op, change):
        made.clear()
        with put(op, **rules):
            refused = any_refuses(questions_of(op, square=True))
        forget()
        same = all(normal(turned(a)) is normal(a) for a in made)
        assert refused or same or (op.name, name) in EQUIVALENT, name


# -- the rules of structure and the readings of a differential

STRUCTURE = [
    Question("gradient", mul(x.T, B, x), x), Question("gradient", mul(u.T, A, x), A),
    Question("gradient", inner(mul(A, x) - u, mul(A, x) - u), x), Question("map", mul(A, B, C.T), B),
    Question("map", mul(B, X, B), B), Question("map", B.T, B), Question("map", mul(B.T, X), B),
    Question("map", B + B.T, B), Question("gradient", tr(mul(B, X)), B), Question("gradient", tr(B), B),
    Question("map", scale(mul(x.T, y), B), x), Question("map", scale(s, B), B), Question("map", scale(tr(B), B), B),
    Question("gradient", inner(sym("G", n, n), scale(tr(mul(B, X)), X)), B),
    Question("map", had(B, X, B.T), B), Question("gradient", tr(mul(had(B, X), C.T, A)), B),
    Question("map", power(B, 3), B), Question("map", power(had(w, w), s), s), Question("gradient", power(r, s), r),
    Question("gradient", power(r, s), s), Question("map", power(w, x), x), Question("map", power(w, x), w),
    Question("map", mpow(B, 3), B), Question("map", inv(B), B), Question("map", mpow(B, -2), B),
    Question("gradient", tr(mul(inv(B), X)), B), Question("map", mul(B, diagm(x), X), x),
    Question("gradient", inner(sym("G", n, n), mul(B, diagm(x), X)), x), Question("map", diagv(mul(B, X)), B),
    Question("gradient", inner(diagv(mul(B, X)), y), B), Question("gradient", tr(mul(diagm(e.exp(x)), X)), x),
    Question("gradient", sumover("i", 1, n, e.exp(mul(B.T, unit(i, n)).T @ x)), x),
    Question("gradient", sumover("i", 1, n, power(inner(mul(B.T, e_i) - x, mul(B.T, e_i) - x), num("1/2"))), B),
    Question("map", sumover("i", 2, n, inv(B + scale(mul(x.T, e_i), X))), B),
    Question("gradient", sumover("i", 2, n, e.exp(mul(e_i.T, B, x))), B),
    Question("gradient", tr(mul(X, B + mul(B, X), C.T, A)), B),
    Question("gradient", mul(x.T, X, scale(s, x) + scale(power(s, 2), y)), s),
    Question("gradient", mul(x.T, X, scale(s, y) + e.tanh(y)), y),
    Question("gradient", tr(mul(X, scale(s, B) + mul(B, X), C.T, A)), B),
    Question("map", make(CALL, (s * s,), ("h", ""), (size(n), size(n))), s),
    Question("map", make(CALL, (mul(A, x),), ("g", ""), (size("k"), size(1))), x),
    Question("gradient", make(CALL, (mul(B, x),), ("f", ""), (size(1), size(1))), x),
    Question("map", make(CALL, (s * s,), ("h", ""), (size(n), size(1))), s),
    Question("gradient", inner(x, B @ e.tanh(x)), x), Question("gradient", v.logsumexp(mul(B, x)), B),
]  # fmt: skip
READINGS = [
    Question("jacobian", mul(A, x), x), Question("jacobian", mul(B, e.tanh(mul(B, x))), x),
    Question("jacobian", scale(mul(y.T, x), mul(B, x)), x), Question("jacobian", mul(B, diagm(x), y), x),
    Question("jacobian", had(y, mul(B, x)), x), Question("jacobian", mul(had(B, mul(x, y.T)), w), x),
    Question("jacobian", diagv(mul(A, diagm(x), C.T)), x), Question("jacobian", v.cumsum(mul(B, x)), x),
    Question("jacobian", diagv(mul(B, diagm(e.exp(x)), X)), x), Question("hessian", v.logsumexp(mul(A, x)), x),
    Question("jacobian", mul(had(B, mul(C.T, diagm(e.exp(u)), A)), y), u),
    Question("jacobian", mul(had(B, mul(X, diagm(x), X)), y), x),
    Question("jacobian", mul(e.tanh(mul(x, y.T)), w), x), Question("jacobian", block([[mul(A, x)], [x]]), x),
    Question("jacobian", diagv(mul(B, e.tanh(mul(x, y.T)))), x), Question("jacobian", mul(x, x.T, y), x),
    Question("hessian", tr(power(e.tanh(mul(u, x.T)), 2) @ A.T), x), Question("jacobian", mul(scale(s, B), x), s),
    Question("hessian", tr(inv(mul(A, diagm(x), A.T))), x),
    Question("jacobian", sumover("i", 1, m, mul(A.T, unit(i, m)) * e.tanh(mul(A.T, unit(i, m)).T @ x)), x),
    Question("kron", mul(A, B, C.T), B), Question("kron", B.T, B), Question("kron", had(B, X), B),
    Question("kron", scale(tr(mul(X, B)), X), B), Question("kron", scale(s, mul(B, X)), B),
    Question("kron", mul(B, X, B), B), Question("kron", inv(B), B), Question("kron", scale(mul(x.T, B, y), B), B),
    Question("kron", mul(A, X), A), Question("kron", A.T, A), Question("kron", kron(A, B), A),
    Question("kron", mul(A, diagm(mul(B, y)), A.T), B), Question("jacobian", vec(mul(x, y.T)), x),
    Question("jacobian", vec(mul(A, diagm(x), B)), x), Question("jacobian", diagv(kron(diagm(x), B)), x),
    Question("jacobian", vec(mul(B, unvec(z, n, m))), z),
]  # fmt: skip
OWN_TRANSPOSE = ("diagm", "diagv", "tr", "vec")
"""A diagonal matrix is its own transpose, and a column or a scalar is not square or is its own; for cotangents, those
of the operations that take a column, a square matrix by its diagonal, and the identity."""
READING_RULES = ("_one", "_hadamard", "_product", "_applied", "_hadamard_times", "_diagonal", "_diagonal_of_product",
                 "_linear_function", "of_vec", "_diagonal_of_vec")  # fmt: skip
NEVER_SQUARE = ("_diagonal_of_vec", "columnwise_kron", "_kronecker")
"""Matrices with more rows than columns, or fewer: none is the transpose of another."""
VEC_RULES = ("of_vec", "_product", "commutation", "columnwise_kron", "_kronecker")


@pytest.mark.parametrize("question", [*STRUCTURE, *READINGS], ids=lambda q: f"{q.kind}-{q.f}-{q.x.params[0]}")
def test_the_questions_are_answered_right(question: Question) -> None:
    assert question.certificate().ok


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("op", differential.STRUCTURAL, ids=lambda op: op.name)
def test_a_wrong_differential_is_refused(op: Op, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = differential.STRUCTURAL[op]
    monkeypatch.setitem(differential.STRUCTURAL, op, changed_normal(rule, change))
    assert any_refuses(STRUCTURE) or (change is turned and op.name in OWN_TRANSPOSE)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("op", adjoint.STRUCTURAL, ids=lambda op: op.name)
def test_a_wrong_cotangent_is_refused(op: Op, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = adjoint.STRUCTURAL[op]
    monkeypatch.setitem(adjoint.STRUCTURAL, op, changed_normal(rule, change))
    assert any_refuses([*STRUCTURE, *READINGS]) or (change is turned and op.name in OWN_TRANSPOSE)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("name", READING_RULES)
def test_a_wrong_reading_is_refused(name: str, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = getattr(jacobian._Reader, name)
    monkeypatch.setattr(jacobian._Reader, name, changed_normal(rule, change))
    assert any_refuses(READINGS) or (change is turned and name in NEVER_SQUARE)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("name", VEC_RULES)
def test_a_wrong_matrix_of_vec_is_refused(name: str, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = getattr(vecform, name)
    monkeypatch.setattr(vecform, name, changed_normal(rule, change))
    asked = [q for q in READINGS if q.kind == "kron"]
    assert any_refuses(asked) or (change is turned and name in NEVER_SQUARE)


# -- laws and constructors


def refused(pair: tuple[Node, Node]) -> bool:
    """Whether the normal form of either spelling is refused."""
    for raw in pair:
        try:
            if refutes(equal(raw, normal(raw))):
                return True
        except (AssertionError, ValueError, ShapeError, RecursionError):
            return True
    return False


@pytest.mark.parametrize("word", ["twice", "negative"])
@pytest.mark.parametrize("law", laws.all_laws(), ids=lambda law: law.name)
def test_a_wrong_law_is_refused(law: laws.Law, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def act(*args: Node) -> Node | None:
        out = law.act(*args)
        if out is not None and is_nothing(out):
            return ones(out.rows, out.cols)
        return None if out is None else CHANGES[word](out)

    others = [replace(one, act=act) if one is law else one for one in laws.laws_of(law.op)]
    monkeypatch.setitem(laws._laws, law.op, others)
    assert refused((law.example, law.example))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("op", engine.constructors, ids=lambda op: op.name)
def test_a_wrong_constructor_is_refused(op: Op, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its outermost results changed (inside, constructors call each other)."""
    build, inside = engine.constructors[op], [0]

    def wrong(args: Any, params: Any, shape: Any) -> Node:
        inside[0] += 1
        try:
            out = build(args, params, shape)
        finally:
            inside[0] -= 1
        return out if inside[0] else change(out)

    monkeypatch.setitem(engine.constructors, op, wrong)
    assert any(refused(pair) for pair in CONSTRUCTORS.values()) or (change is turned and op.name in OWN_TRANSPOSE)
