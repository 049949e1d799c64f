"""The sizes that are measured, from ``10:10000:log``."""

from __future__ import annotations

import math

from closedform.errors import ClosedformError

DECADE = 2
"""Sizes in a factor of ten."""
MOST = 50


def parsed(text: str) -> tuple[int, ...]:
    """Sizes from ``10:10000:log``, ``10:100:lin``, ``10:1000:log:5`` (five of them) or ``10,50,100``.

    >>> parsed("10:1000:log"), parsed("10:50:lin:3"), parsed("5, 7")
    ((10, 32, 100, 316, 1000), (10, 30, 50), (5, 7))
    """
    parts = [part.strip() for part in text.split(":" if ":" in text else ",")]
    ranged = ":" in text
    numbers = parts[:2] + parts[3:] if ranged else parts
    how = parts[2] if ranged and len(parts) > 2 else "log"
    bad = any(not n.isdigit() or int(n) < 1 for n in numbers) or how not in ("log", "lin")
    if bad or (ranged and not 2 <= len(parts) <= 4):
        raise ClosedformError(f"sizes are given as 10:10000:log or 10,100,1000; this is {text}")
    if not ranged:
        return _limited(sorted({int(n) for n in numbers}))
    low, high = int(parts[0]), int(parts[1])
    if low > high:
        raise ClosedformError(f"sizes go from a smaller to a larger one; this is {text}")
    count = int(parts[3]) if len(parts) > 3 else _count(low, high, how)
    return _limited(sorted({_between(low, high, k / max(1, count - 1), how) for k in range(count)}))


def _limited(found: list[int]) -> tuple[int, ...]:
    if len(found) > MOST:
        raise ClosedformError(f"at most {MOST} sizes are measured; these are {len(found)}")
    return tuple(found)


def _count(low: int, high: int, how: str) -> int:
    return 5 if how == "lin" else 1 + round(DECADE * math.log10(high / low))


def _between(low: int, high: int, t: float, how: str) -> int:
    return round(low * (high / low) ** t) if how == "log" else round(low + t * (high - low))
