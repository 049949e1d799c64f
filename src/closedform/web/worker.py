"""A computing process: requests on standard input, answers on standard output, each after its length."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

try:
    import resource
except ImportError:  # a system without limits of memory; the limit of time still holds
    resource = None  # type: ignore[assignment]

ADDRESSES = 1536 * 2**20
"""Bytes of address space that a process may have."""
TIRED = 600 * 2**10
"""KiB of memory above which a process answers for the last time and is replaced."""
STAYS, ENDS = b"+", b"-"
Respond = Callable[[str], tuple[str, bool]]


def run(respond: Respond, addresses: int = ADDRESSES, most: int = TIRED) -> None:
    """Say that all is loaded, then answer until standard input ends; ``respond`` says whether to go on."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed stays out of the answers
    limit(addresses)
    out.write(STAYS)
    out.flush()
    source = sys.stdin.buffer
    stays = True
    while stays and len(head := source.read(4)) == 4:
        text, sound = respond(source.read(int.from_bytes(head, "big")).decode())
        stays = sound and not tired(most)
        data = text.encode(errors="backslashreplace")  # half of a surrogate pair, as JSON spells it
        out.write((STAYS if stays else ENDS) + len(data).to_bytes(4, "big") + data)
        out.flush()


def limit(addresses: int = ADDRESSES) -> None:
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        least = addresses if hard == resource.RLIM_INFINITY else min(addresses, hard)
        resource.setrlimit(resource.RLIMIT_AS, (least, hard))


def tired(most: int = TIRED) -> bool:
    used = memory()
    return used is not None and used > most


def memory() -> float | None:
    """KiB in memory; None where the system does not tell.

    Linux tells what is held now. Its greatest memory of a process (getrusage) begins at that of the process that
    started this one, so a large server would have every process end after one answer.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**10
    except OSError:
        if resource is None:
            return None
    unit = 2**10 if sys.platform == "darwin" else 1
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
