"""Mutated byte strings over every reading door: ``python tests/hostile/fuzz.py --count 1000000 --seed 1``.

Whatever comes in, a door answers or raises ClosedformError; a run over 2 s of processor time counts as a hang.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent))
from mutations import corpus, mutated, texts

from closedform import ClosedformError, formula
from closedform import judge as judge_derivation
from closedform.answers import check, equal
from closedform.cli import main as command_line
from closedform.cli.sources import formula_text, values
from closedform.limits import time_limit

SECONDS = 2.0
JUDGING = 0.9
"""The time limit, by the clock, that judging is given for each string: it tries many readings, so callers give one."""
SHARE = {
    "text": 40, "latex": 24, "matrixcalculus": 9, "declarations": 9, "value": 8, "file": 3, "values file": 2,
    "answer": 1, "equal": 1, "derivation": 1, "command line": 2,
}  # fmt: skip
"""How many of a hundred go through each door: reading costs a millisecond, judging fifty."""


class Hang(BaseException):
    """No Exception, so that nothing on the way takes it for its own."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise Hang after so many seconds of processor time."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@dataclass
class Tally:
    """What came of it."""

    runs: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, bytes, bytes, str]] = field(default_factory=list)
    slowest: float = 0.0
    idle: int = 0
    highest: int = 0

    @property
    def grown(self) -> float:
        """MiB over idle."""
        return (self.highest - self.idle) / 1024


def memory() -> int:
    """The most this process has held, in KiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


class Fuzzer:
    def __init__(self, seed: int, folder: Path) -> None:
        self.rng, self.folder = Random(seed), folder
        self.tally = Tally()
        self.doors: dict[str, Callable[[bytes, bytes], None]] = {
            "text": self._text, "latex": self._latex, "matrixcalculus": self._matrixcalculus,
            "declarations": self._declarations, "value": self._value, "file": self._file,
            "values file": self._values_file, "answer": self._answer, "equal": self._equal,
            "derivation": self._derivation, "command line": self._command_line,
        }  # fmt: skip

    def run(self, count: int) -> Tally:
        corpus()
        self._through("text", b"x'*A*x", b"")
        self.tally.idle = memory()
        names, weights = list(SHARE), list(SHARE.values())
        for door in self.rng.choices(names, weights, k=count):
            kind = {"file": "text", "values file": "value", "equal": "text", "command line": "text"}.get(door, door)
            other = {"declarations": "text", "answer": "text", "equal": "text"}.get(door, "declarations")
            data = mutated(self.rng, kind)
            second = mutated(self.rng, other) if self.rng.random() < 0.2 else self.rng.choice(corpus()[other])
            self._through(door, data, second)
        self.tally.highest = memory()
        return self.tally

    def _through(self, door: str, data: bytes, second: bytes) -> None:
        self.tally.runs[door] += 1
        start = time.process_time()
        try:
            with bounded(SECONDS):
                self.doors[door](data, second)
            self.tally.answered[door] += 1
        except ClosedformError as error:
            self._told(door, data, second, error)
        except Hang:
            self.tally.faults.append((door, data, second, f"over {SECONDS:g} s"))
        except Exception:  # noqa: BLE001  (a fuzzer reports whatever happens)
            self.tally.faults.append((door, data, second, traceback.format_exc(limit=-4)))
        self.tally.slowest = max(self.tally.slowest, time.process_time() - start)

    def _told(self, door: str, data: bytes, second: bytes, error: ClosedformError) -> None:
        """An error says something, and can be printed."""
        if not str(error).strip() or len(str(error)) > 20_000:
            self.tally.faults.append((door, data, second, f"says {str(error)[:200]!r}"))

    def _read(self, text: str, where: str | None, syntax: str) -> None:
        f = formula(text, where, syntax)
        if self.rng.random() < 0.2 and len(text) < 500:
            str(f), f.conditions

    def _text(self, data: bytes, second: bytes) -> None:
        for text in texts(data):
            self._read(text, None, "auto")

    def _latex(self, data: bytes, second: bytes) -> None:
        for text in texts(data):
            self._read(text, None, "latex" if self.rng.random() < 0.7 else "auto")

    def _matrixcalculus(self, data: bytes, second: bytes) -> None:
        for text in texts(data):
            self._read(text, None, "matrixcalculus")

    def _declarations(self, data: bytes, second: bytes) -> None:
        for where in texts(data):
            self._read(second.decode("utf-8", "replace"), where, "auto")

    def _value(self, data: bytes, second: bytes) -> None:
        f = formula("x'*A*x")
        for text in texts(data):
            f(values([f"x={text}", "A=[[1,2],[3,4]]"], None))

    def _file(self, data: bytes, second: bytes) -> None:
        path = self.folder / "formula.txt"
        path.write_bytes(data)
        self._read(formula_text(f"@{path}"), None, "auto")

    def _values_file(self, data: bytes, second: bytes) -> None:
        path = self.folder / self.rng.choice(("values.json", "values.npz", "values.npy"))
        path.write_bytes(b"\x93NUMPY\x01\x00" + data if path.suffix != ".json" and self.rng.random() < 0.5 else data)
        given = values([f"x=@{path}"], None) if path.suffix == ".npy" else values([], str(path))
        formula("x'*A*x")(given)

    def _answer(self, data: bytes, second: bytes) -> None:
        for text in texts(data):
            with time_limit(JUDGING):
                check(second.decode("utf-8", "replace"), text)

    def _equal(self, data: bytes, second: bytes) -> None:
        for text in texts(data):
            with time_limit(JUDGING):
                equal(second.decode("utf-8", "replace"), text)

    def _derivation(self, data: bytes, second: bytes) -> None:
        for text in texts(data):
            with time_limit(JUDGING):
                judge_derivation(text)

    def _command_line(self, data: bytes, second: bytes) -> None:
        command = self.rng.choice((["simplify"], ["grad", "--no-check"], ["derivative", "--no-check"], ["eval"]))
        out, err = StringIO(), StringIO()
        where = ["--where", second.decode("utf-8", "surrogateescape")] if self.rng.random() < 0.3 else []
        typed = data.decode("utf-8", "surrogateescape").replace("\0", "")
        there = TextIOWrapper(BytesIO(second))  # what the formula "-" reads
        with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", there):
            code = command_line([*command, "--time-limit", "1.5", typed, *where])
        said = out.getvalue() if code == 0 else err.getvalue()
        if code == 3:  # an answer that is not certified is shown where answers are
            said = said or out.getvalue()
        if code not in (0, 2, 3) or not said.strip() or "Traceback" in said:
            self.tally.faults.append(("command line", data, second, f"exit code {code}, says {said[:300]!r}"))
        if code:
            raise ClosedformError("refused")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=20_000, help="how often the figures are printed")
    options = parser.parse_args()
    faults = 0
    with TemporaryDirectory() as folder:
        for start in range(0, options.count, options.chunk):
            count = min(options.chunk, options.count - start)
            tally = Fuzzer(options.seed * 1_000_003 + start, Path(folder)).run(count)
            faults += len(tally.faults)
            print(
                f"{start + count} strings, {sum(tally.answered.values())} of {count} answered, {faults} faults, "
                f"slowest {tally.slowest:.2f} s, {tally.grown:.0f} MiB more, peak {memory() / 1024:.0f} MiB", flush=True
            )  # fmt: skip
            for door, data, second, why in tally.faults:
                print(f"  {door}: {data!r} with {second!r}\n    {why}", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
