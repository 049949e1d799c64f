"""The files of the page: a fixed table, read once; no path of a request ever reaches the disk."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
    "": "text/plain; charset=utf-8",
}
FOLDERS = ("", "katex", "katex/fonts", "mathlive")


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
