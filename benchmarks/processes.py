"""Whole processes: the command line from start to end, and the import."""

from __future__ import annotations

from statistics import median

from timing import of_process, process, table, verdict

REPEATS = 11
QUESTION = "import sys, closedform\nclosedform.formula(\"x'*A*x\").grad('x').text\nprint('numpy' in sys.modules)"
ROWS = {
    "`closedform grad \"x'*A*x\"`": (("-m", "closedform", "grad", "x'*A*x"), 0.3),
    "`import closedform`": (("-c", "import closedform"), None),
    "`python -c pass`": (("-c", "pass"), None),
}


def process_section() -> str:
    times: dict[str, list[tuple[float, float]]] = {label: [] for label in ROWS}
    for args, _ in ROWS.values():
        process(*args)  # warm
    for _ in range(REPEATS):
        for label, (args, _) in ROWS.items():
            times[label].append(of_process(*args))
    middles = {label: [median(column) for column in zip(*found, strict=True)] for label, found in times.items()}
    own = [a - b for a, b in zip(middles["`import closedform`"], middles["`python -c pass`"], strict=True)]
    rows = [row(label, middles[label], limit) for label, (_, limit) in ROWS.items()]
    rows.append(row("the import alone (the difference)", own, 0.1))
    loaded = process("-c", QUESTION).stdout.strip() == "True"
    return f"""## Whole processes

Medians of {REPEATS} interleaved runs, files and compiled modules warm. Where nothing else runs, the clock and the
processor time agree; the limit is held against the processor time.

{table(("what", "clock ms", "processor ms", "limit", "met"), rows)}
After a symbolic question NumPy {"**is**" if loaded else "is not"} among the loaded modules.
"""


def row(label: str, middle: list[float], limit: float | None) -> tuple[str, ...]:
    wall, spent = middle
    kept = ("", "") if limit is None else (f"{1e3 * limit:.0f}", verdict(spent, limit))
    return (label, f"{1e3 * wall:.0f}", f"{1e3 * spent:.0f}", *kept)
