"""Measure closedform and write docs/performance.md:  ./dev bench  (``--print`` writes to the terminal instead)."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from code_section import code_section
from corpus import corpus_section
from growth import growth_section
from processes import process_section
from sympy_rows import sympy_section

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PLOT = PAGE.with_suffix(".png")

HEAD = """# Performance

Written by `./dev bench`; run it to have these numbers of your own machine. Times are processor times
where nothing else is said; on a shared machine they still move by a third between runs,
so that medians and ratios within one run are what to read.

"""


def machine() -> str:
    used = ", ".join(f"{name} {version(name)}" for name in ("closedform", "numpy", "python-flint", "sympy"))
    return (
        f"{date.today()}, Python {platform.python_version()}, {used}; {platform.system()} {platform.machine()}, "
        f"{processor()}, {os.cpu_count()} cores.\n"
    )


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processor unknown"


def report() -> Iterable[str]:
    """The page by sections; generated code only where JAX and PyTorch are installed."""
    yield HEAD
    yield machine()
    sections = [corpus_section, process_section, sympy_section, growth_section]
    if find_spec("jax") and find_spec("torch"):
        sections.insert(0, generated_section)
    for section in sections:
        print(f"bench: {section.__name__} …", file=sys.stderr, flush=True)
        yield "\n" + section()


def generated_section() -> str:
    return code_section(PLOT)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--print", action="store_true", dest="shown", help="print the page, write nothing")
    shown = parser.parse_args().shown
    page = "".join(report())
    if shown:
        print(page)
    else:
        PAGE.write_text(page, "utf-8")
        print(f"bench: wrote {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
