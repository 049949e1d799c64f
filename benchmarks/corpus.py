"""Every line of the corpora asked once in a fresh process: read, derive, simplify and print; then certify."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from timing import from_process, seconds, table, verdict

from closedform import Formula, formula

DATA = Path(__file__).parents[1] / "tests" / "data"
FILES = ("seed_problems.jsonl", "wild_problems.jsonl")
RUNS = 3
METHOD = {"gradient": "grad", "jacobian": "jacobian", "hessian": "hessian", "derivative": "derivative"}


def ask(problem: dict[str, Any]) -> Formula:
    f = formula(problem["formula"], problem["where"] or None)
    by = problem["wrt"]
    second = problem["op"] == "derivative" and f"d{by}1" in problem["answer_np"]
    g: Formula = getattr(f, "hessian" if second else METHOD[problem["op"]])(by)
    g.text  # noqa: B018
    return g


def measure(name: str) -> None:
    """Print the times of each line of a file, in seconds."""
    formula("x'*A*x").grad("x").check()
    found = {}
    for line in (DATA / name).read_text("utf-8").splitlines():
        problem = json.loads(line)
        answers: list[Formula] = []
        derived = seconds(lambda: answers.append(ask(problem)))  # noqa: B023
        found[problem["id"]] = (derived, seconds(answers[0].check))
    print(json.dumps(found))


def corpus_section() -> str:
    rows = []
    for name in FILES:
        runs = [from_process("corpus.py", name) for _ in range(RUNS)]
        for k, what in enumerate(("derive, simplify and print", "certificate")):
            times = {line: 1e3 * median(run[line][k] for run in runs) for line in runs[0]}
            slowest = max(times, key=lambda line: times[line])
            middle, most = median(times.values()), times[slowest]
            met = verdict(middle, 5) + ("" if k else f", {verdict(most, 200)}")
            rows.append((name, len(times), what, f"{middle:.2f}", f"{most:.1f} ({slowest})", met))
    heads = ("corpus", "lines", "what", "median ms", "slowest ms", "median ≤ 5, none > 200 (certificate: median ≤ 5)")
    return f"""## The corpus

Each line is asked for the first time in its process, so that nothing of it is remembered; the time of a line is
the median of {RUNS} processes. "Derive" goes from the typed text to the printed answer.

{table(heads, rows)}"""


if __name__ == "__main__":
    measure(sys.argv[1])
