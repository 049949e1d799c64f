"""Write the pages of docs/ that the library makes: ``./dev docs [PAGE]...``; ``--check``: are they current?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import make_api
import make_derivations
import make_exercises
import make_hessian
import make_laws

DOCS = Path(__file__).parent
PAGES: dict[str, Callable[[], str]] = {
    "api.md": make_api.page,
    "derivations.md": make_derivations.page,
    "guide.md": make_derivations.guide,
    "laws.md": make_laws.page,
    "gradient-jacobian-hessian.md": make_hessian.page,
    "exercises.md": make_exercises.page,
}


def main(args: list[str]) -> int:
    names = [arg for arg in args if arg != "--check"] or list(PAGES)
    for name in names:
        if name not in PAGES:
            print(f"docs: there is no page {name}; there are {', '.join(PAGES)}", file=sys.stderr)
            return 2
    stale = [name for name in names if not settled(name, "--check" in args)]
    for name in stale:
        print(f"docs/{name} is not current: run ./dev docs", file=sys.stderr)
    return 1 if stale else 0


def settled(name: str, check: bool) -> bool:
    """Writes a page, or says whether it is what would be written."""
    path, page = DOCS / name, PAGES[name]()
    if check:
        return path.exists() and path.read_text("utf-8") == page
    path.write_text(page, "utf-8")
    print(f"docs: wrote {name}")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
