"""Every line of the corpora, asked as a person would ask: right, as short as the book, read back, certified."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from problems import Problem, Verdict, agree, book, drawn, judged, names, problems, projection, second_order

import closedform as cf

SEED, WILD = "seed_problems.jsonl", "wild_problems.jsonl"
RIGHT = {SEED: 1.0, WILD: 0.97}
SHORT = {SEED: 0.98, WILD: 0.90}


@pytest.fixture(scope="module", params=[SEED, WILD], ids=["seed", "wild"])
def corpus(request: pytest.FixtureRequest) -> tuple[str, list[Verdict]]:
    return request.param, [judged(p) for p in problems(request.param)]


Corpus = tuple[str, list[Verdict]]


def failing(verdicts: list[Verdict], good: Callable[[Verdict], bool]) -> list[str]:
    return [f"{v.id} ({v.outcome}): {v.printed[:120]} {v.said[:160]}" for v in verdicts if not good(v)]


def test_the_corpora_are_whole() -> None:
    assert len(problems(SEED)) == 146
    assert len(problems(WILD)) > 500


def test_none_is_wrong_and_none_crashes(corpus: Corpus) -> None:
    assert not failing(corpus[1], lambda v: v.outcome in ("right", "refused"))


def test_nearly_all_are_right(corpus: Corpus) -> None:
    name, verdicts = corpus
    bad = failing(verdicts, lambda v: v.outcome == "right")
    assert len(verdicts) - len(bad) >= RIGHT[name] * len(verdicts), bad


def test_nearly_all_are_as_short_as_the_book(corpus: Corpus) -> None:
    name, verdicts = corpus
    bad = failing(verdicts, lambda v: v.short)
    assert len(verdicts) - len(bad) >= SHORT[name] * len(verdicts), bad


def test_the_text_reads_back_to_the_same_node(corpus: Corpus) -> None:
    assert not failing(corpus[1], lambda v: v.same_node or v.outcome == "refused")


def test_simplifying_an_answer_again_changes_nothing(corpus: Corpus) -> None:
    assert not failing(corpus[1], lambda v: v.settled or v.outcome == "refused")


def test_every_answer_is_certified(corpus: Corpus) -> None:
    assert not failing(corpus[1], lambda v: v.level in ("A", "B", "C") or v.outcome == "refused")


def test_a_wrong_answer_would_be_seen() -> None:
    p = next(p for p in problems(SEED) if p["formula"] == "x'*A*x" and p["op"] == "gradient")
    have = names(p, *drawn(p, 0))
    g = cf.formula("A*x")
    assert not agree(np.asarray(g(A=have["A"], x=have["x"])), book(p, have))


if find_spec("jax"):
    import jax
    import jax.numpy as jnp

    EVERY = 27
    SAMPLE = [p for name in (SEED, WILD) for p in problems(name)][::EVERY]

    def truth(p: Problem, data: dict[str, Any], dx: Any) -> Any:
        """What automatic differentiation of the line's own JAX expression says."""

        def f(value: Any) -> Any:
            have = {k: (v if isinstance(v, int) else jnp.asarray(v)) for k, v in data.items()}
            have |= {**p["sizes"], p["wrt"]: value, "jnp": jnp, "jax": jax, "jsp": jax.scipy}
            return jnp.asarray(eval(p["oracle"], have))  # noqa: S307  (a line of our own data)

        x, step = jnp.asarray(data[p["wrt"]], float), jnp.asarray(dx)
        if second_order(p):
            return projection(p)(np.asarray(jax.jvp(jax.grad(f), (x,), (step,))[1]))
        if p["op"] == "gradient":
            return projection(p)(np.asarray(jax.grad(f)(x)))
        if p["op"] == "derivative":
            return np.asarray(jax.jvp(f, (x,), (step,))[1])
        return np.asarray((jax.jacobian if p["op"] == "jacobian" else jax.hessian)(f)(x))

    @pytest.mark.parametrize("p", SAMPLE, ids=lambda p: p["id"])
    def test_automatic_differentiation_agrees_with_the_book(p: Problem) -> None:
        with jax.enable_x64(True):
            data, dx = drawn(p, 0)
            assert agree(truth(p, data, dx), book(p, names(p, data, dx)))
