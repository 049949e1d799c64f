"""``./dev fuzz``: random formulas, or planted faults, for as long as asked.

Run as ``./dev fuzz --minutes 10``; exits with 1 where anything was wrong. A formula that fails is made small and added
to ``tests/data/fuzz_found.jsonl``, which ``tests/test_fuzz.py`` reads ever after.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev fuzz", description="random formulas, each answer checked in every way")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1_000_000, help="the first number: it decides the formulas")
    parser.add_argument("--record", type=Path, help="a JSON file for the counts, written now and then")
    parser.add_argument("--no-save", action="store_true", help="do not add what fails to the tests")
    parser.add_argument("--planted", action="store_true", help="all planted wrong answers and false claims instead")
    given = parser.parse_args()
    if given.planted:
        from planting.run import everything

        return everything(given.record)
    from fuzzing.run import fuzz

    kept = fuzz(given.minutes, given.seed, given.record, not given.no_save)
    for name, count in sorted(kept.counts.items()):
        print(f"{count:9,} {name}")
    rate = kept.counts["formulas"] / max(kept.seconds, 1e-9)
    print(f"{len(kept.distinct)} distinct formulas, {rate:.1f} a second, {len(kept.faults)} faults")
    return 1 if kept.faults else 0


if __name__ == "__main__":
    sys.exit(main())
