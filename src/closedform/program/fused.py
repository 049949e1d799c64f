"""After planning: a factorisation that is used once joins its only use, and each minus goes where it costs least."""

from __future__ import annotations

from dataclasses import replace

from closedform.program.ir import Program, Ref, Step, count, flat, needed

ONCE = {"solve_lu": "solve", "solve_lu_t": "solve_t", "inv": "inverse", "inv_chol": "inverse_spd"}


def fused(program: Program, early: frozenset[Ref] = frozenset()) -> Program:
    """The program with every LU or Cholesky factorisation that has one use joined to it, where that is in the same
    loop and not of a value computed ``early``, once for many calls."""
    uses, steps = program.uses(), program.by_ref()

    def join(step: Step, here: frozenset[Ref]) -> Step:
        if step.body:
            inside = frozenset(s.ref for s in step.body)
            return replace(step, body=tuple(join(s, inside) for s in step.body))
        together = ONCE.get(step.op, "")
        if not together:
            return step
        maker = steps[step.args[0]]
        if uses[maker.ref] > 1 or maker.ref not in here or (maker.ref in early and step.ref not in early):
            return step
        return replace(step, op=together, args=(maker.args[0], *step.args[1:]))

    outside = frozenset(s.ref for s in program.steps)
    joined = tuple(join(s, outside) for s in program.steps)
    return signs_settled(replace(program, steps=needed(joined, program.outputs)))


CARRIES = {"outer": (0, 1), "matmul": (0, 1), "rows": (0, 1), "cols": (0, 1), "mul": (0, 1), "div": (0,), "T": (0,)}
"""Operations into whose arguments a minus may go."""


def signs_settled(program: Program) -> Program:
    """A minus before a product goes onto the smallest of its factors, where the product has no other use."""
    steps = {s.ref: s for s in program.steps}
    uses = program.uses()
    size = {s.ref: count(s, program.sizes) for s in (*program.inputs, *flat(program.steps))}
    fresh = max([-1, *size]) + 1
    out: list[Step] = []
    turned: dict[Ref, Ref] = {}
    for step in program.steps:
        if step.op != "neg":
            out.append(step)
            continue
        path = _way_down(step.args[0], steps, uses, size)
        below = steps.get(path[-1])
        turns = below is not None and below.op == "sub" and uses[below.ref] == 1
        if size[path[-1]] >= size[step.ref] and not turns:
            out.append(step)
            continue
        at = fresh
        shape = below.shape if below is not None else next(s.shape for s in program.inputs if s.ref == path[-1])
        if below is not None and turns:
            out.append(Step(at, "sub", (below.args[1], below.args[0]), (), shape))
        else:
            out.append(Step(at, "neg", (path[-1],), (), shape))
        fresh += 1
        for ref in reversed(path[:-1]):
            old, new = steps[ref], fresh
            moved = path[path.index(ref) + 1]
            k = old.args.index(moved)
            out.append(replace(old, ref=new, args=(*old.args[:k], at, *old.args[k + 1 :])))
            at, fresh = new, fresh + 1
        turned[step.ref] = at

    def follow(step: Step) -> Step:
        body = tuple(follow(s) for s in step.body)
        return replace(step, args=tuple(turned.get(a, a) for a in step.args), body=body)

    outputs = tuple(turned.get(r, r) for r in program.outputs)
    return replace(program, steps=needed(tuple(follow(s) for s in out), outputs), outputs=outputs)


def _way_down(ref: Ref, steps: dict[Ref, Step], uses: dict[Ref, int], size: dict[Ref, int]) -> list[Ref]:
    """From a product through its smallest factors, as long as each has one use."""
    path = [ref]
    while path[-1] in steps and uses[path[-1]] == 1 and (places := CARRIES.get(steps[path[-1]].op)):
        step = steps[path[-1]]
        path.append(min((step.args[k] for k in places), key=lambda r: size[r]))
    return path
