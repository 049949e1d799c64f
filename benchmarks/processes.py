"""Whole processes: the command line from start to end, and the import."""

from __future__ import annotations

from statistics import median

from timing import process, seconds, table, verdict

REPEATS = 11
QUESTION = "import sys, closedform\nclosedform.formula(\"x'*A*x\").grad('x').text\nprint('numpy' in sys.modules)"
ROWS = {
    "`closedform grad \"x'*A*x\"`": (("-m", "closedform", "grad", "x'*A*x"), 0.3),
    "`import closedform`": (("-c", "import closedform"), None),
    "`python -c pass`": (("-c", "pass"), None),
}


def process_section() -> str:
    times: dict[str, list[float]] = {label: [] for label in ROWS}
    for args, _ in ROWS.values():
        process(*args)  # warm
    for _ in range(REPEATS):
        for label, (args, _) in ROWS.items():
            times[label].append(seconds(lambda: process(*args)))  # noqa: B023
    middles = {label: median(found) for label, found in times.items()}
    rows = [
        (label, f"{1e3 * middles[label]:.0f}", "" if limit is None else f"{1e3 * limit:.0f}",
         "" if limit is None else verdict(middles[label], limit))
        for label, (_, limit) in ROWS.items()
    ]  # fmt: skip
    own = middles["`import closedform`"] - middles["`python -c pass`"]
    rows.append(("the import alone (the difference)", f"{1e3 * own:.0f}", "100", verdict(own, 0.1)))
    loaded = process("-c", QUESTION).stdout.strip() == "True"
    return f"""## Whole processes

Medians of {REPEATS} interleaved runs, files and compiled modules warm.

{table(("what", "median ms", "limit", "met"), rows)}
After a symbolic question NumPy {"**is**" if loaded else "is not"} among the loaded modules.
"""
