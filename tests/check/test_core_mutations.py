"""Every place of the core's arithmetic changed in turn is noticed: a right claim is lost, or a wrong one accepted.

The full run takes minutes (``./dev fuzz --core``) and names what nothing notices; here a share of all functions is
changed, another one each day.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from battery import ACCEPTED, EQUIVALENT, NONE, PROBES, REFUSED
from mutants import CORE, TABLE, Mutant, all_mutants, every_function, functions, planted

from closedform.check.certificate import Claim
from closedform.check.certify import Check
from closedform.check.core.scalars import Scalars

SECONDS, PROCESS = 4, os.getpid()
ABORTING = {("field", "prime"), ("field", "Field.choose")}
"""What chooses primes: FLINT ends the process where it meets a number that is none."""
SHARES = 40
SHARE = int(os.environ.get("CLOSEDFORM_SHARE", 22)) % SHARES
CHANGEABLE = {f"{m.module}:{m.path}" for m in all_mutants()}
SAMPLE = [name for name in every_function()[SHARE::SHARES] if name in CHANGEABLE]
"""Of all functions every fortieth; CLOSEDFORM_SHARE gives another share."""


class TooLong(BaseException):
    """A mutant runs without end: it is noticed."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def level(claim: Claim) -> str:
    """What the core alone says of a claim."""
    search = Check(claim, "normal").search(None)
    search.agree()
    return search.trials.verdict()[0]


def touched(run: Any) -> set[Any]:
    """The functions of the core that a run goes through."""
    own = {f.__code__: (module, path) for module, m in CORE.items() for path, f in functions(m.__dict__)}
    met: set[Any] = set()

    def note(frame: Any, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code in own:
            met.add(own[code])
            if code is Scalars.__call__.__code__:
                met.add((TABLE, frame.f_locals["name"]))

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return met


def judged() -> list[tuple[float, set[Any], Any, Any]]:
    """Every claim and probe with its time and the functions it goes through, quickest first."""
    runs = [(lambda c=c: level(c), "A") for c in ACCEPTED.values()]  # type: ignore[misc]
    runs += [(lambda c=c: level(c), "X") for c in REFUSED.values()]  # type: ignore[misc]
    twice = [replace(c, answer=c.answer + c.answer) for name, c in ACCEPTED.items() if name not in NONE]
    runs += [(lambda c=c: level(c), "X") for c in twice]  # type: ignore[misc]
    runs += [(probe, True) for probe in PROBES]
    out = []
    for run, truth in runs:
        met = touched(run)
        start = time.perf_counter()
        assert run() == truth
        out.append((time.perf_counter() - start, met, run, truth))
    return sorted(out, key=lambda entry: entry[0])


def apart(run: Callable[[], bool]) -> bool:
    """In a process of its own: a field without a prime number of elements ends it."""
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os._exit(not run())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 1


def noticed(mutant: Mutant, battery: list[tuple[float, set[Any], Any, Any]]) -> bool:
    if (mutant.module, mutant.path) in ABORTING and os.getpid() == PROCESS:
        return apart(lambda: noticed(mutant, battery))
    with planted(mutant):
        for _, met, run, truth in battery:
            if (mutant.module, mutant.path) in met:
                try:
                    with limited(SECONDS):
                        if run() != truth:
                            return True
                except (Exception, TooLong):  # noqa: BLE001 (a crash is noticed)
                    return True
    return False


@pytest.fixture(scope="module")
def battery() -> list[tuple[float, set[Any], Any, Any]]:
    return judged()


@pytest.mark.parametrize("name", SAMPLE)
def test_every_change_of_a_function_is_noticed(name: str, battery: list[tuple[float, set[Any], Any, Any]]) -> None:
    found = [m for m in all_mutants(frozenset([name])) if f"{m.module}:{m.path}" == name]
    assert found
    for mutant in found:
        assert mutant.name in EQUIVALENT or noticed(mutant, battery), mutant.name


def main() -> None:
    battery, missed, count = judged(), list[str](), 0
    for mutant in all_mutants():
        count += 1
        if mutant.name not in EQUIVALENT and not noticed(mutant, battery):
            missed.append(mutant.name)
            print("MISSED", mutant.name, flush=True)
    print(f"{count} mutants, {len(EQUIVALENT)} equivalent, {len(missed)} missed")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
