"""Random formulas for as long as asked: every form and every derivative judged exactly.

Run as ``./dev fuzz --minutes 10``; prints how many answers reached each level and every formula that failed, and exits
with 1 where an answer was wrong, could not be certified, or anything but a refusal was raised.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from derivatives import outcomes
from random_formulas import KINDS, formula

from closedform.expr.node import Node
from closedform.rewrite.display.context import Context
from closedform.write.render import render

GOOD = ("A", "B", "C", "refused")


def text(node: Node) -> str:
    """The formula for people; its structure where even printing fails."""
    try:
        return render(node, Context(), "text")[:300]
    except Exception as error:  # noqa: BLE001  (a fuzzer reports whatever happens)
        return f"{node!r} (not printed: {type(error).__name__})"


def judged(seed: int, kind: str, depth: int, wide: bool, counts: Counter[str]) -> list[str]:
    """What is wrong with one formula, as lines; its levels are added to the counts."""
    faults = []
    raw = formula(seed, kind, depth, wide)
    try:
        for outcome in outcomes(raw):
            counts[outcome.level] += 1
            if outcome.level not in GOOD:
                reason = outcome.certificate.reason if outcome.certificate else ""
                faults.append(f"{outcome.asked}: {reason}")
            elif outcome.refused:
                print(f"refused: {outcome.asked} of {text(raw)}: {outcome.refused}")
    except Exception as error:  # noqa: BLE001
        counts["crashed"] += 1
        faults.append(f"{type(error).__name__}: {error}")
    where = f"formula({seed}, {kind!r}, {depth}, {wide})"
    return [f"FAULT {where} {text(raw)}: {fault}" for fault in faults]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev fuzz", description="random formulas, each answer checked")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=10_000, help="the first seed (the same seeds, the same formulas)")
    parser.add_argument("--depth", type=int, nargs="+", default=[2, 3, 4])
    given = parser.parse_args()
    end = time.monotonic() + 60 * given.minutes
    counts: Counter[str] = Counter()
    formulas = faults = 0
    slowest, seed = (0.0, ""), given.seed
    while time.monotonic() < end:
        for kind in KINDS:
            depth, wide = given.depth[seed % len(given.depth)], seed % 4 != 0
            start = time.monotonic()
            found = judged(seed, kind, depth, wide, counts)
            slowest = max(slowest, (time.monotonic() - start, f"formula({seed}, {kind!r}, {depth}, {wide})"))
            formulas, faults = formulas + 1, faults + len(found)
            for line in found:
                print(line, flush=True)
        seed += 1
    levels = ", ".join(f"{level} {counts[level]}" for level in sorted(counts))
    print(f"{formulas} formulas (seeds {given.seed} to {seed - 1}): {levels}; {faults} faults")
    print(f"slowest {slowest[0]:.1f} s: {slowest[1]}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
