"""The gradient of an L-layer network by all its weights: the time grows with L, the answer is shared."""

from __future__ import annotations

import json
import sys
import time

from timing import from_process, table

from closedform import formula
from closedform.expr.walk import postorder

LAYERS = (10, 25, 50, 100, 200, 400)
RUNS = 3


def network(layers: int) -> str:
    inside = "x"
    for k in range(1, layers + 1):
        inside = f"tanh(W_{k}*{inside})"
    return f"sum({inside})"


def measure(layers: int) -> None:
    formula("x'*A*x").grad()
    typed = network(layers)
    start = time.process_time()
    f = formula(typed)
    read = time.process_time()
    found = f.grad()
    derived = time.process_time()
    weights = {name: g for name, g in found.items() if name != "x"}
    text = weights["W_1"].text
    printed = time.process_time()
    nodes = len(set(postorder([g._raw for g in weights.values()])))
    assert len(weights) == layers
    print(json.dumps([read - start, derived - read, printed - derived, nodes, len(text)]))


def growth_section() -> str:
    rows = []
    for layers in LAYERS:
        runs = sorted((from_process("growth.py", str(layers)) for _ in range(RUNS)), key=lambda r: r[1])
        read, derived, printed, nodes, length = runs[RUNS // 2]
        rows.append(
            (layers, f"{1e3 * read:.0f}", f"{1e3 * derived:.0f}", f"{1e3 * derived / layers:.2f}", nodes,
             f"{nodes / layers:.1f}", f"{1e3 * printed:.0f}", length)
        )  # fmt: skip
    heads = ("L", "read ms", "all gradients ms", "ms a layer", "nodes of all answers", "nodes a layer",
             "print the longest ms", "its characters")  # fmt: skip
    return f"""## Growth

`sum(tanh(W_L*…*tanh(W_1*x)))` by every weight matrix, in one backward pass; median of {RUNS} processes. The answers
share their parts: the nodes are counted over all of them together.

{table(heads, rows)}"""


if __name__ == "__main__":
    measure(int(sys.argv[1]))
