"""Ten thousand mutated byte strings over every reading door; the million is ``byte_fuzz.py --count 1000000``."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from byte_fuzz import SECONDS, SHARE, Fuzzer, Tally, bounded
from mutations import corpus, mutated

import closedform as cf

COUNT = 10_000


@pytest.fixture(scope="module")
def tally(tmp_path_factory: pytest.TempPathFactory) -> Tally:
    return Fuzzer(20_261_122, tmp_path_factory.mktemp("fuzz")).run(COUNT)


def test_no_crash_and_no_hang(tally: Tally) -> None:
    assert tally.faults == []
    assert tally.slowest < SECONDS


def test_memory(tally: Tally) -> None:
    assert tally.grown < 512


def test_every_door_is_gone_through_and_answers_some(tally: Tally) -> None:
    assert set(tally.runs) == set(SHARE)
    assert sum(tally.runs.values()) >= COUNT
    assert all(tally.answered[door] for door in ("text", "latex", "matrixcalculus", "declarations", "file", "value"))
    assert 0.03 < sum(tally.answered.values()) / COUNT < 0.5


def test_the_same_seed_gives_the_same_strings() -> None:
    from random import Random

    one, two = (([mutated(r, kind) for kind in corpus() for _ in range(50)]) for r in (Random(5), Random(5)))
    assert one == two
    assert len(set(one)) > 300


@pytest.mark.parametrize("fault", [RuntimeError("x"), RecursionError(), KeyError("x"), cf.ClosedformError("")])
def test_a_fault_is_seen(fault: Exception, tmp_path: Path) -> None:
    fuzzer = Fuzzer(1, tmp_path)

    def door(data: bytes, second: bytes) -> None:
        raise fault

    fuzzer.doors["text"] = door
    fuzzer._through("text", b"x", b"")
    assert len(fuzzer.tally.faults) == 1


def test_a_hang_is_seen(tmp_path: Path) -> None:
    from byte_fuzz import Hang

    with pytest.raises(Hang), bounded(0.05):
        while True:
            pass


@pytest.mark.parametrize("source", [r"\operatorname{_itr}%X;^2", r"\text{_r}\mathbf{X}^{-1}"])
def test_a_name_begins_with_a_letter(source: str) -> None:
    with pytest.raises(cf.ClosedformError, match="begins with no letter"):
        cf.formula(source)


FOUND = Path(__file__).parents[1] / "data" / "byte_faults.jsonl"


@pytest.mark.parametrize("line", FOUND.read_text(encoding="utf-8").splitlines())
def test_what_a_long_run_found_is_mended(line: str) -> None:
    """Each of these once gave a traceback."""
    fault = json.loads(line)
    with suppress(cf.ClosedformError):
        {"derivation": cf.judge, "latex": cf.formula}[fault["door"]](fault["data"], fault["second"])
