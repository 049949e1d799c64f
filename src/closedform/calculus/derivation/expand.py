"""From ``d(…)`` to ``dx``: the differential taken one rule at a time, by the rules that the deriver runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from closedform.calculus.derivation.laws import LAWS, Law, derivative_of, power_of_matrix
from closedform.calculus.differential import differentials, of_node
from closedform.errors import MissingRule
from closedform.expr.node import Node, make
from closedform.expr.walk import postorder
from closedform.functions.algebra import (
    ADD,
    CALL,
    DIAGM,
    DIAGV,
    HAD,
    MPOW,
    MUL,
    POW,
    SCALE,
    SUMOVER,
    TR,
    TRANSPOSE,
    D,
    d,
)
from closedform.rewrite.normal.engine import build, ntr, ntranspose, number
from closedform.rewrite.normal.split import transposes
from closedform.rewrite.steps import recorded

LINEAR = {
    ADD: "linearity", TRANSPOSE: "transpose rule", TR: "trace rule", DIAGM: "diagonal rule",
    DIAGV: "diagonal rule", SUMOVER: "sums and differentials exchange", MUL: "constant factor",
    SCALE: "constant factor", HAD: "constant factor",
}  # fmt: skip


@dataclass
class Motion:
    """A function whose ``variable`` moves by ``direction``.

    ``merged``: what is linear in one moving argument is expanded at once, without a line of its own.
    """

    root: Node
    variable: Node
    direction: Node
    merged: bool = True
    moving: dict[Node, Node] = field(init=False)
    """The differential of every node that moves."""
    opened: dict[Node, Node] = field(init=False)
    """The same with placeholders: ``d(u)`` for each ``u`` whose rule has not been applied yet."""
    failed: dict[Node, MissingRule] = field(init=False)

    def __post_init__(self) -> None:
        self.moving = differentials([self.root], {self.variable: self.direction})
        self.opened, self.failed = {}, {}
        for node in postorder(self.root):
            if node in self.moving:
                self._note_failed(node)
                self.opened[node] = self._open(node)

    def _note_failed(self, node: Node) -> None:
        """``tr(X^k)`` moves though ``X^k`` has no differential in matrix form."""
        (inside, *_) = node.args or (node,)
        if node.op is TR and inside.op is MPOW and inside not in self.moving and inside.args[0] in self.moving:
            self.failed[inside] = MissingRule("a power with an exponent that is no number")

    def _open(self, node: Node) -> Node:
        if node is self.variable:
            return self.direction
        if self.merged and self.is_linear(node):
            return self.taken(node)
        upright = ntranspose(node)
        if upright is self.variable:
            return ntranspose(self.direction)
        if upright in self.moving and transposes(upright) < transposes(node):
            return ntranspose(d(upright))
        return d(node) if node.args else self.moving[node]

    def is_linear(self, node: Node) -> bool:
        """Whether the differential of a node is the node itself with one argument replaced by its own."""
        count = sum(a in self.moving for a in node.args)
        if self.is_squared_norm(node):
            return False
        if node.op in (ADD, TRANSPOSE, TR, DIAGM, DIAGV, SUMOVER):
            return count > 0
        if node.op in (MUL, SCALE, HAD):
            return count == 1
        return bool(node.op.adjoint) and node.op.d is None and count == 1

    def is_squared_norm(self, node: Node) -> bool:
        """Whether a node is ``tr(M'*M)`` with an M that moves."""
        inside = node.args[0] if node.op is TR else node
        return inside is not node and inside.op is MUL and _is_palindrome(inside) and inside in self.moving

    def taken(self, node: Node) -> Node:
        """The differential of a node by its own rule, with placeholders."""
        if self.is_squared_norm(node):
            return ntr(of_node(node.args[0], self.opened, self.failed))
        return of_node(node, self.opened, self.failed)

    def expanded(self, line: Node) -> tuple[Node, dict[Node, Node]]:
        """The line with its outermost placeholders expanded, and what each became."""
        found = {p: self.taken(p.args[0]) for p in placeholders(line)}
        return replaced(line, found), found

    def filled(self, line: Node) -> Node:
        """The line with every ``d(u)`` replaced by the differential of u."""
        known: dict[Node, Node] = {}
        while found := list(placeholders(line)):
            known = {p: self.moving[p.args[0]] for p in found}
            line = _put_raw(line, known)
        return line


def placeholders(line: Node) -> Iterator[Node]:
    """The outermost ``d(u)`` of a line."""
    for node in postorder(line, stop=lambda n: n.op is D):
        if node.op is D:
            yield node


def replaced(root: Node, values: Mapping[Node, Node]) -> Node:
    """The normal node of ``root`` with nodes replaced."""
    new: dict[Node, Node] = {}
    for node in postorder(root, stop=lambda n: n in values):
        if node in values:
            new[node] = values[node]
            continue
        args = tuple(new[a] for a in node.args)
        same = all(a is b for a, b in zip(args, node.args, strict=True))
        new[node] = node if same else build(node.op, args, node.params, node.shape)
    return new[root]


def _put_raw(root: Node, values: Mapping[Node, Node]) -> Node:
    new: dict[Node, Node] = {}
    for node in postorder(root, stop=lambda n: n in values):
        if node in values:
            new[node] = values[node]
            continue
        args = tuple(new[a] for a in node.args)
        same = all(a is b for a, b in zip(args, node.args, strict=True))
        new[node] = node if same else make(node.op, args, node.params, node.shape)
    return new[root]


def rule_law(node: Node, motion: Motion) -> Law:
    """The law by which the differential of a node is taken."""
    moving = [a for a in node.args if a in motion.moving]
    if node is motion.variable:
        return LAWS["linearity"]
    if node in motion.failed or (node.args and node.args[0] in motion.failed):
        return LAWS["trace of a power"]
    if motion.is_squared_norm(node):
        return LAWS["squared norm of a matrix"]
    if motion.is_linear(node):
        return LAWS[LINEAR.get(node.op, "linearity")]
    if node.op is MUL:
        return LAWS["squared norm" if _is_square(node) else "product rule"]
    if node.op is HAD:
        return LAWS["product rule for scalars" if node.is_scalar else "product rule for entries"]
    if node.op is SCALE:
        return LAWS["product rule for a multiple"]
    if node.op is POW:
        return _power_law(node, node.args[1] in moving)
    if node.op is MPOW:
        return power_of_matrix(number(node.args[1]))
    return LAWS["chain rule"] if node.op is CALL else derivative_of(node)


def _power_law(node: Node, moves: bool) -> Law:
    if moves:
        return LAWS["power with a moving exponent"]
    if not node.is_scalar:
        return LAWS["power rule for entries"]
    return LAWS["reciprocal rule" if number(node.args[1]) == -1 else "power rule"]


def _is_square(node: Node) -> bool:
    return node.is_scalar and _is_palindrome(node)


def _is_palindrome(node: Node) -> bool:
    half = len(node.args) // 2
    if len(node.args) % 2:
        return False
    return all(ntranspose(node.args[k]) is node.args[-1 - k] for k in range(half))


def laws_of_reading(raw: Node) -> list[str]:
    """The names of the laws that act between a raw node and its normal form."""
    new: dict[Node, Node] = {}
    with recorded() as steps:
        for node in postorder(raw):
            new[node] = build(node.op, tuple(new[a] for a in node.args), node.params, node.shape)
    return list(dict.fromkeys(step.law for step in steps if not step.form))
