"""docs/exercises.md: every problem of the corpus of exercises, solved by the library; ``docs/make.py`` writes it.

Nothing random is printed: of certificates the level alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import make_matching
from readings import READINGS

import closedform as cf
from closedform.derivations import Derivation
from closedform.explain.example import as_typed, left_side

CORPUS = Path(__file__).parents[1] / "tests" / "data" / "seed_problems.jsonl"
HEAD = """# Exercises

Written by `./dev docs`: every problem of `tests/data/seed_problems.jsonl`, by source. Each is typed in the
[language](language.md); the answer, its conditions and its derivations are the library's own. A level says how an
answer and all lines of a derivation are certified: A exact with a rigorous bound, B exact with named heuristics, C to
110 digits. *In the source* is the answer as the corpus has it, where it is written in another way; it is certified too.
"""
Problem = dict[str, Any]
VERBS = {"gradient": "grad", "jacobian": "jacobian", "hessian": "hessian", "derivative": "derivative"}
WORDS = {"grad": "Gradient", "jacobian": "Jacobian", "hessian": "Second derivative", "derivative": "Derivative"}
def page() -> str:
    """The whole page. Refuses to be written where something is not certified."""
    parts = []
    for source, group in groupby(sorted(problems(), key=_rank), key=_source):
        parts.append(f"## {source[0].upper()}{source[1:]}\n")
        parts += [f"{READINGS[source]}\n"] if source in READINGS else []
        parts += [make_matching.table()] if source == "notes exercise 29" else []
        parts += [solved(p) for p in group]
    body = "\n".join(parts)
    return "\n".join([HEAD, counted(body), body])


def counted(body: str) -> str:
    """How many of what, from the page itself."""
    levels = Counter(re.findall(r"^Level (\w)", body, re.MULTILINE))
    said = ", ".join(f"{count} at level {level}" for level, count in sorted(levels.items()))
    found = body.count("<summary>By coordinates")
    return (
        f"{len(problems())} answers: {said}. Each is derived by differentials, {found} of them by coordinates too; "
        "of the others the reason is given.\n"
    )


def problems() -> list[Problem]:
    return [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines() if line.strip()]


def _source(p: Problem) -> str:
    """The exercise, without the words in brackets that tell its variants apart."""
    return re.sub(r" \([^()]*\)$", "", re.sub(r" \([^()]*\([^()]*\).*$", "", p["source"]))


def _rank(p: Problem) -> int:
    """First appearance of its source in the corpus."""
    if not RANKS:
        for other in problems():
            RANKS.setdefault(_source(other), len(RANKS))
    return RANKS[_source(p)]


RANKS: dict[str, int] = {}


def solved(p: Problem) -> str:
    """One problem: the function, the answer, where it holds, how it is derived."""
    f = cf.formula(p["formula"], p["where"] or None)
    verb, x = _verb(p), p["wrt"]
    g = getattr(f, verb)(x)
    certificate = g.check()
    if not certificate.ok:
        sys.exit(f"docs: the answer of {p['id']} is not certified")
    declared = f", where `{p['where']}`" if p["where"] else ""
    variant = p["source"].removeprefix(_source(p)).strip(" ()")
    lines = [f"### {WORDS[verb]} of `{p['formula']}` by `{x}`\n", f"`{p['id']}`{declared}"]
    lines[-1] += f"; {variant}." if variant else "."
    left = left_side(verb, x, g)
    lines += [f"\n```text\nf = {as_typed(f)}\n{left} = {g.unicode}\n```\n"]
    lines.append(f"Level {certificate.level}; holds {_holds(g.conditions)}.{in_the_source(p, g)}")
    lines += [re.sub(r"([*_])", r"\\\1", f"Note: {p['note']}.")] if p.get("note") else []
    return "\n".join([*lines, "", *derivations(p, g), ""])


def _verb(p: Problem) -> str:
    """The question; a map in ``dX1`` is a second derivative."""
    if p["op"] == "derivative" and re.search(rf"(?<!\w)d{re.escape(p['wrt'])}1(?!\w)", p["answer_np"]):
        return "hessian"
    return VERBS[p["op"]]


def _holds(conditions: tuple[str, ...]) -> str:
    return f"where {'; '.join(conditions)}" if conditions else "everywhere"


def in_the_source(p: Problem, g: cf.Formula) -> str:
    """The known answer where it is written in another way, certified by itself."""
    if p["answer"] == g.text:
        return ""
    known = make_matching.certified(g, p["answer"])
    if not known.ok:
        sys.exit(f"docs: the known answer of {p['id']} is not certified: {known.line()}")
    return f" In the source: `{p['answer']}` (level {known.level})."


def derivations(p: Problem, g: cf.Formula) -> Iterator[str]:
    yield folded("By differentials", g.derivation(), p)
    try:
        yield folded("By coordinates", g.derivation(method="coordinates"), p)
    except cf.MissingRule as error:
        yield f"By coordinates: none. {error.message[0].upper()}{error.message[1:]}."


def folded(title: str, found: Derivation, p: Problem) -> str:
    if not found.certified:
        sys.exit(f"docs: a line of {p['id']} {title.lower()} is not certified")
    levels = " and ".join(sorted({step.certified.level for step in found}))
    summary = f"<summary>{title}: {len(found)} lines, level {levels}</summary>"
    return f"<details>{summary}\n\n```text\n{found.unicode}\n```\n\n</details>"
