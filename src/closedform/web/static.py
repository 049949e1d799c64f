"""The files of the page and of the documentation: fixed tables; no path of a request ever reaches the disk."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
    "png": "image/png",
    "json": "application/json",
    "xml": "application/xml",
    "": "text/plain; charset=utf-8",
}
FOLDERS = ("", "katex", "katex/fonts", "mathlive")
LINK = b'<a href="docs/">Documentation</a> \xc2\xb7 '
"""In the page; left out where the documentation was not built."""
SOURCES = Path(__file__).parents[3]
"""The project, where this runs from its sources."""


@cache
def pages() -> dict[str, tuple[bytes, str]]:
    """Content and type of every file by the path in its address; ``/`` is the page."""
    root = files("closedform.web") / "static"
    found = {}
    for folder in FOLDERS:
        for file in root.joinpath(folder).iterdir():
            if file.is_file():
                ending = file.name.rpartition(".")[2] if "." in file.name else ""
                place = f"/{folder}/{file.name}" if folder else f"/{file.name}"
                found[place] = (file.read_bytes(), TYPES[ending])
    found["/"] = found.pop("/index.html")
    return found


def built() -> Path | None:
    """Where ``./dev site`` puts the documentation of these sources."""
    found = SOURCES / "site"
    return found if (SOURCES / "mkdocs.yml").is_file() and (found / "index.html").is_file() else None


def documents(folder: Path) -> dict[str, tuple[Path, str]]:
    """File and type of every page of a built documentation, by the path below ``/docs/``; a folder is its index."""
    found = {}
    for file in folder.rglob("*"):
        if file.is_file():
            place = file.relative_to(folder).as_posix()
            media = TYPES.get(file.suffix.removeprefix("."), TYPES[""])
            found[place] = (file, media)
            if file.name == "index.html":
                found[place.removesuffix("index.html")] = (file, media)
    return found
