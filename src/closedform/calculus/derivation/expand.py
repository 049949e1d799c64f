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
    ONES,
    POW,
    SCALE,
    SUMOVER,
    TR,
    TRANSPOSE,
    D,
    d,
    num,
)
from closedform.functions.vectors import dot
from closedform.rewrite.normal.engine import build, nmul, nscale, ntranspose, number, terms_of
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
    normed: dict[Node, Node] = field(init=False)
    """The M of every ``tr(M*M')`` that moves."""

    def __post_init__(self) -> None:
        self.moving = differentials([self.root], {self.variable: self.direction})
        self.opened, self.failed = {}, {}
        self.normed = {n: half for n in postorder(self.root) if n in self.moving and (half := normed(n)) is not None}
        self.moving |= differentials(list(self.normed.values()), {self.variable: self.direction})
        for node in postorder([self.root, *self.normed.values()]):
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
        if node in self.normed:
            return False
        if node.op in (ADD, TRANSPOSE, TR, DIAGM, DIAGV, SUMOVER):
            return count > 0
        if node.op in (MUL, SCALE, HAD):
            return count == 1
        return bool(node.op.adjoint) and node.op.d is None and count == 1

    def paired(self, m: Node) -> Node:
        """⟨M, dM⟩, for the one of M, −M and their transposes whose differential is the plainest."""
        ways = [(m, self.opened[m]), (ntranspose(m), ntranspose(self.opened[m]))]
        ways += [(nscale(num(-1), a), nscale(num(-1), b)) for a, b in ways]
        return dot(*min(ways, key=lambda way: (transposes(way[1]), [c < 0 for c, _ in terms_of(way[1])])))

    def taken(self, node: Node) -> Node:
        """The differential of a node by its own rule, with placeholders."""
        if node in self.normed:
            return nscale(num(2), self.paired(self.normed[node]))
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
        anew = make if node.op is dot.op else build  # inner products stay as they were written
        new[node] = node if same else anew(node.op, args, node.params, node.shape)
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
    if node in motion.normed:
        return LAWS["squared norm of a matrix"]
    ones = any(ONES in (a.op, *(b.op for b in a.args)) for a in node.args if a.op in (ONES, TRANSPOSE))
    if node.op is MUL and ones and motion.is_linear(node):
        return LAWS["sums and differentials exchange"]
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


def normed(node: Node) -> Node | None:
    """The M of ``tr(M*M')``, which may be ``tr(M^2)`` of a symmetric one."""
    inside = node.args[0] if node.op is TR else node
    if inside is node:
        return None
    if inside.op is MUL and _is_palindrome(inside):
        half = nmul(*inside.args[: len(inside.args) // 2])
        return min(half, ntranspose(half), key=transposes)
    if inside.op is MPOW and number(inside.args[1]) == 2 and ntranspose(inside.args[0]) is inside.args[0]:
        return inside.args[0]
    return None


def laws_of_reading(raw: Node) -> list[str]:
    """The names of the laws that act between a raw node and its normal form."""
    new: dict[Node, Node] = {}
    with recorded() as steps:
        for node in postorder(raw):
            new[node] = build(node.op, tuple(new[a] for a in node.args), node.params, node.shape)
    return list(dict.fromkeys(step.law for step in steps if not step.form))
