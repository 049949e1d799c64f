"""All LaTeX that is printed is accepted by KaTeX, the version from npm that stands in tests/data/katex, in V8.

Strict: what KaTeX would only warn of is refused too.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from problems import VERBS, Problem, problems, second_order
from py_mini_racer import JSEvalException, MiniRacer

import closedform as cf
from closedform.calculus.derivation.laws import law_names
from closedform.explain.statement import statement
from closedform.expr.op import registered
from closedform.formula import Formula

KATEX = Path(__file__).parents[1] / "data" / "katex" / "katex.min.js"
SEED, WILD = problems("seed_problems.jsonl"), problems("wild_problems.jsonl")
STRICT = {"displayMode": True, "throwOnError": True, "strict": "error", "output": "html"}


@pytest.fixture(scope="module")
def engine() -> Iterator[MiniRacer]:
    with MiniRacer() as engine:
        engine.eval(KATEX.read_text("utf-8"))
        yield engine


def faults(engine: MiniRacer, printed: dict[str, str]) -> list[str]:
    """What KaTeX says of each formula that it does not take."""
    out = []
    for name, tex in printed.items():
        try:
            shown = engine.call("katex.renderToString", tex, STRICT)
        except JSEvalException as error:
            out.append(f"{name}: {tex}: {str(error)[:200]}")
        else:
            assert "katex-html" in shown
    return out


@cache
def asked(name: str) -> dict[str, Formula]:
    return {p["id"]: _answer(p) for p in {"seed": SEED, "wild": WILD}[name]}


def _answer(p: Problem) -> Formula:
    verb = "hessian" if p["op"] == "derivative" and second_order(p) else VERBS[p["op"]]
    found = getattr(cf.formula(p["formula"], where=p["where"] or None), verb)(p["wrt"])
    assert isinstance(found, Formula)
    return found


def test_it_is_katex_and_it_refuses(engine: MiniRacer) -> None:
    assert engine.eval("katex.version") == "0.19.1"
    for bad in (r"\frac{1", r"\unheardof{x}", "x^2^3", r"\left( x", "{n}_é"):
        assert faults(engine, {"bad": bad}) != [], bad


@pytest.mark.parametrize("name", ["seed", "wild"])
def test_every_answer_and_its_function(engine: MiniRacer, name: str) -> None:
    answers = asked(name)
    assert faults(engine, {k: g.latex for k, g in answers.items()}) == []
    functions = {k: g._origin.function.latex for k, g in answers.items() if g._origin is not None}
    assert len(functions) == len(answers)
    assert faults(engine, functions) == []


def test_every_derivation_by_differentials(engine: MiniRacer) -> None:
    found = {k: g.derivation() for k, g in asked("seed").items()}
    assert faults(engine, {k: d.latex for k, d in found.items()}) == []
    assert faults(engine, {f"{k} {n}": tex for k, d in found.items() for n, tex in enumerate(inline(d.markdown))}) == []


def inline(markdown: str) -> list[str]:
    """The formulas of a page in Markdown: every second piece between dollar signs."""
    assert markdown.count("$") % 2 == 0
    return markdown.split("$")[1::2]


def test_every_derivation_by_coordinates(engine: MiniRacer) -> None:
    printed = {}
    for k, g in asked("seed").items():
        try:
            printed[k] = g.derivation(method="coordinates").latex
        except cf.ClosedformError as refused:
            assert str(refused)
    assert len(printed) > 80
    assert faults(engine, printed) == []


def test_taylor(engine: MiniRacer) -> None:
    printed = {}
    for p in SEED:
        if p["op"] in ("gradient", "hessian"):
            try:
                printed[p["id"]] = cf.formula(p["formula"], where=p["where"] or None).taylor(p["wrt"]).latex
            except cf.ClosedformError as refused:
                assert str(refused)
    assert len(printed) > 100
    assert faults(engine, printed) == []


def test_every_law(engine: MiniRacer) -> None:
    printed = {name: tex for name in law_names() if (tex := statement(name).latex)}
    assert len(printed) > 100
    assert faults(engine, printed) == []


def test_every_function(engine: MiniRacer) -> None:
    """The pattern of each declared function, with letters for its arguments."""
    printed = {op.name: op.latex.format(*"XYZUVWPQ") for op in registered().values() if "{" in op.latex}
    assert len(printed) > 30
    assert faults(engine, printed) == []
