"""After lowering: a value that nobody else holds and that is used once takes the result of that use."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from closedform.program.ir import Program, Ref, Step

INTO = "_into"
"""The end of the names of operations that write into their first argument; they are statements."""
FRESH = frozenset({
    "matmul", "gram", "add", "sub", "mul", "div", "neg", "rows", "cols", "outer", "outers", "plus_rows", "plus_cols",
    "less_rows", "less_cols", "inverse_spd", "colsum", "rowsum",
})  # fmt: skip
"""Operations whose value is an array of its own."""
ENTRYWISE = frozenset({
    "exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs", "sigmoid", "erf", "normcdf",
    "run.expm1", "run.log1p",
})  # fmt: skip
FRESH_FUNCTIONS = ENTRYWISE | {"softmax", "softmax_rows", "sigmoid_slope", "sigmoid_slope_times", "softplus", "relu"}
TARGETS: dict[str, tuple[tuple[int, str], ...]] = {
    "add": ((0, "add_into"), (1, "add_into")), "mul": ((0, "mul_into"), (1, "mul_into")),
    "sub": ((0, "sub_into"), (1, "from_into")), "div": ((0, "div_into"), (1, "under_into")), "neg": ((0, "neg_into"),),
    "rows": ((1, "rows_into"),), "cols": ((0, "cols_into"),), "plus_rows": ((0, "plus_rows_into"),),
    "plus_cols": ((0, "plus_cols_into"),), "less_rows": ((0, "less_rows_into"),),
    "less_cols": ((0, "less_cols_into"),), "add_diag": ((0, "add_diag_here"),),
}  # fmt: skip
"""Which argument of an operation may hold its result, and the operation that writes it there."""


def in_place(program: Program, has: Collection[str], early: frozenset[Ref] = frozenset()) -> Program:
    """The program in the operations that write into an argument, of those that a backend ``has``. A value computed
    ``early``, once for many calls, is written over by nothing that is computed late."""
    uses, steps = program.uses(), program.by_ref()

    def is_free(ref: Ref, step: Step, here: set[Ref]) -> bool:
        value = steps[ref]
        own = value.op in FRESH or (value.op == "fn" and value.attrs[0] in FRESH_FUNCTIONS)
        once = uses[ref] == 1 and ref in here and (ref not in early or step.ref in early)
        return own and once and value.rank > 0 and value.shape == step.shape

    def written(step: Step, here: set[Ref]) -> Step:
        if step.op == "fn" and f"{step.attrs[0]}{INTO}" in has and is_free(step.args[0], step, here):
            return replace(step, attrs=(f"{step.attrs[0]}{INTO}", *step.attrs[1:]))
        for k, word in TARGETS.get(step.op, ()):
            if word in has and is_free(step.args[k], step, here):
                args = (step.args[k], *step.args[:k], *step.args[k + 1 :])
                return replace(step, op=word, args=args)
        return step

    def block(body: tuple[Step, ...]) -> tuple[Step, ...]:
        here: set[Ref] = set()
        out: list[Step] = []
        for step in body:
            out.append(replace(step, body=block(step.body)) if step.body else written(step, here))
            here.add(step.ref)
        return tuple(out)

    return replace(program, steps=block(program.steps))


def is_into(step: Step) -> bool:
    """Whether a step writes into its first argument."""
    return (step.attrs[0] if step.op == "fn" else step.op).endswith(INTO)
