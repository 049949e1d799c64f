"""Functions of the user's own: what the checker takes from the user, and says that it did.

Their values are free numbers, equal for equal arguments; their derivatives are what the rule says, at the same point.
So what is certified follows from the rule, whatever the function; that the rule is right is the user's word.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from closedform.check.core.evaluate import Evaluator
from closedform.check.core.jet import Jet, Unfit, stack
from closedform.expr.node import Node, make
from closedform.expr.op import Op, registered
from closedform.expr.walk import postorder

MAX_ENTRIES = 400


def by_its_rule(ev: Evaluator, node: Node, *args: Jet) -> Jet:
    """The value, and the derivative that the rule gives: F(a + εb) = F(a) + ε·dF(a; b)."""
    if node.op.adjoint:
        return linear(ev, node, args)
    if node.op.linear:
        return unknown_matrix(ev, node, args)
    last = 1 << max(max(a.c) for a in args).bit_length() >> 1
    if not last:
        return value(ev, node, args)
    low = [Jet({s: m for s, m in a.c.items() if s < last}, a.q) for a in args]
    high = [Jet({s - last: m for s, m in a.c.items() if s >= last} or {0: a.first * 0}) for a in args]
    base = by_its_rule(ev, node, *low)
    if not any(s >= last for a in args for s in a.c):
        return base
    if node.op.d is None:
        raise Unfit(f"{node.op.text} was declared without a rule for its derivative")
    moved = inside(ev, node.op.d(*stand_ins(node, "x"), *stand_ins(node, "d")), x=low, d=high)
    return Jet({**base.c, **{s + last: m for s, m in moved.c.items()}}, base.q)


def value(ev: Evaluator, node: Node, args: tuple[Jet, ...]) -> Jet:
    rows, cols = ev.shape(node)
    name = node.op.name
    if node.op.elementwise:
        entries = [a.reshape(a.count, 1) for a in args]
        each = [stack([e.entry(k, 0) for e in entries]) for k in range(rows * cols)]
        return stack([ev.expanded(name, [(0,)], one) for one in each]).reshape(rows, cols)
    names = [(k, 0, 0) for k in range(rows * cols)]  # over balls a polynomial, of the lower degree the more marks
    return ev.expanded(name, names, stack([a.reshape(a.count, 1) for a in args])).reshape(rows, cols)


def linear(ev: Evaluator, node: Node, args: tuple[Jet, ...]) -> Jet:
    """⟨E, F(x)⟩ = ⟨adjoint(E), x⟩ for each unit matrix E tells the entries of a function that is linear in x."""
    rows, cols = _entries(ev, node)
    G = make(registered()["sym"], (), ("\0g", ()), node.shape)
    k, made = next(iter(node.op.adjoint.items()))
    rule = made(G, *stand_ins(node, "x"))
    if any(n.op is node.op for n in postorder(rule)):
        raise Unfit(f"the adjoint of {node.op.text} is written with itself")
    every = ev.one.eye(rows * cols)
    units = (every.pick(1, rows * cols, partial(_row, at)).reshape(rows, cols) for at in range(rows * cols))
    found = [(inside(ev, rule, x=args, g=[unit]) * args[k]).sum() for unit in units]
    return stack(found).reshape(rows, cols)


def unknown_matrix(ev: Evaluator, node: Node, args: tuple[Jet, ...]) -> Jet:
    """A linear function of one argument without a rule: a matrix of free numbers, the same for the same others."""
    rows, cols = _entries(ev, node)
    at = node.op.linear[0]
    x, others = args[at], [a for k, a in enumerate(args) if k != at]
    if any(max(a.c) for a in others):
        raise Unfit(f"{node.op.text} was declared without a rule for its derivative")
    point = stack([a.reshape(a.count, 1) for a in others]) if others else ev.one
    names = [(i, j) for i in range(rows * cols) for j in range(x.count)]
    matrix = ev.expanded(node.op.name, names, point).reshape(rows * cols, x.count)
    return (matrix @ x.reshape(x.count, 1)).reshape(rows, cols)


def _row(at: int, _: int, j: int) -> tuple[int, int]:
    return at, j


def _entries(ev: Evaluator, node: Node) -> tuple[int, int]:
    rows, cols = ev.shape(node)
    if rows * cols > MAX_ENTRIES:
        raise Unfit(f"{node.op.text} has over {MAX_ENTRIES} entries (limit: entries checked)")
    return rows, cols


def stand_ins(node: Node, kind: str) -> list[Node]:
    """Symbols in place of the arguments of a node; no name that is typed has such a sign."""
    sym = registered()["sym"]
    return [make(sym, (), (f"\0{kind}{k}", ()), a.shape) for k, a in enumerate(node.args)]


def inside(ev: Evaluator, root: Node, **given: Iterable[Jet]) -> Jet:
    """A rule at values of its stand-ins."""
    symbols, memo = ev.symbols, ev.memo
    own = {f"\0{kind}{'' if kind == 'g' else k}": v for kind, values in given.items() for k, v in enumerate(values)}
    ev.symbols, ev.memo = {**symbols, **own}, {}
    try:
        return ev.run(root)
    finally:
        ev.symbols, ev.memo = symbols, memo


class Taken:
    """The declared functions in a claim, and what their rules are made of."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes: list[Node] = []
        self.ops: dict[Op, None] = {}
        todo = [n for n in nodes if n.op.own]
        while todo:
            node = todo.pop()
            if node.op in self.ops:
                continue
            self.ops[node.op] = None
            new = list(postorder(_rules(node)))
            self.nodes += new
            todo += [n for n in new if n.op.own]

    def __bool__(self) -> bool:
        return bool(self.ops)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a certificate says of them."""
        return tuple(sorted(map(_note, self.ops)))

    @property
    def clash(self) -> str | None:
        """Why a claim cannot be judged in which one word means two functions."""
        words = [op.text for op in self.ops]
        twice = next((w for w in words if words.count(w) > 1), None)
        return f"{twice} was declared anew since the formula was made; make it anew" if twice else None


def _note(op: Op) -> str:
    if op.d or op.adjoint:
        return f"the rule of {op.text} as it was declared"
    linear = f", linear in its argument {op.linear[0] + 1}" if op.linear else ""
    return f"{op.text} as an unknown function{linear}"


def _rules(node: Node) -> list[Node]:
    op, x = node.op, stand_ins(node, "x")
    found = [op.d(*x, *stand_ins(node, "d"))] if op.d else []
    G = make(registered()["sym"], (), ("\0g", ()), node.shape)
    return found + [rule(G, *x) for rule in op.adjoint.values()]
