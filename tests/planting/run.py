"""All planted faults, for ``./dev fuzz --planted``: mutated answers, false claims, broken printers."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from exact import judged

from closedform.check.certificate import Certificate
from planting import answers, fooling, printers
from planting.passed import why


def word(found: Certificate) -> str:
    return found.level if found.ok else ("refused" if found.decided else "not decided")


def mutated_answers(counts: Counter[str], passed: list[dict[str, Any]]) -> None:
    """Every mutant of every answer to the corpora."""
    for line in answers.lines():
        claim = answers.right_claim(line)
        for mutant in answers.mutants(line, claim) if claim else []:
            counts["mutated answers"] += 1
            if mutant.same:
                counts["mutated answers: the same by its normal form"] += 1
                continue
            found = judged(mutant.claim)
            take("mutated answers", mutant.name, found, counts, passed)
            if found.ok and passed[-1]["why"].startswith("equivalent") and not answers.equal_at_points(mutant):
                passed[-1]["why"] = ""


def false_claims(counts: Counter[str], passed: list[dict[str, Any]]) -> None:
    for trick in fooling.tricks():
        counts["false claims"] += 1
        take("false claims", f"{trick.family}: {trick.name}", judged(trick.claim), counts, passed)


def broken_printers(counts: Counter[str], passed: list[dict[str, Any]]) -> None:
    among = printers.formulas()
    for one in printers.broken():
        counts["broken printers"] += 1
        if one.noticed(among):
            counts["broken printers: noticed"] += 1
        else:
            why_not = printers.EQUIVALENT[one.name] if printers.equivalent(one) else ""
            passed.append({"name": f"{one.name} in {one.form}", "level": "", "why": why_not})


def take(what: str, name: str, found: Certificate, counts: Counter[str], passed: list[dict[str, Any]]) -> None:
    counts[f"{what}: {word(found)}"] += 1
    if found.ok:
        passed.append({"name": name, "level": found.level, "why": why(name, found)})


def everything(record: Path | None) -> int:
    """Prints the counts and what passed, with the reason; 1 where there is none, or it is a fault of the checker."""
    start = time.monotonic()
    counts: Counter[str] = Counter()
    passed: list[dict[str, Any]] = []
    for part in (broken_printers, false_claims, mutated_answers):
        part(counts, passed)
    for name, count in sorted(counts.items()):
        print(f"{count:8,} {name}")
    for one in passed:
        print(f"passed at level {one['level'] or '-'}: {one['name']}: {one['why'] or 'FAULT: no reason is known'}")
    if record:
        seconds = round(time.monotonic() - start, 1)
        out = {"seconds": seconds, "counts": dict(sorted(counts.items())), "passed": passed}
        record.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 1 if any(not one["why"] or one["why"].startswith("fault") for one in passed) else 0
