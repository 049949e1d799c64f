"""Words that the benchmarks share: fresh processes, medians, and tables in Markdown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Any

HERE = Path(__file__).parent
WRITES_BYTECODE = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""The environment of a user whose Python keeps compiled modules; without them nothing is ever warm."""


def seconds(action: Callable[[], Any]) -> float:
    """Processor time of this process, on which other work on the machine has little influence."""
    start = time.process_time()
    action()
    return time.process_time() - start


def median_ms(times: Iterable[float]) -> float:
    return 1e3 * median(times)


def of_process(*args: str) -> tuple[float, float]:
    """Seconds that a process of this Python takes by the clock on the wall, and of the processor."""
    start, before = time.perf_counter(), getrusage(RUSAGE_CHILDREN)
    process(*args)
    after = getrusage(RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, spent


def process(*args: str) -> subprocess.CompletedProcess[str]:
    """Run this Python with ``args``; a failure is an error here."""
    return subprocess.run([sys.executable, *args], env=WRITES_BYTECODE, capture_output=True, text=True, check=True)


def from_process(script: str, *args: str) -> Any:
    """What a script of this folder prints as JSON, in a process of its own: nothing there has been asked before."""
    return json.loads(process(str(HERE / script), *args).stdout)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def verdict(value: float, limit: float) -> str:
    return "yes" if value <= limit else "**no**"
