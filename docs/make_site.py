"""The documentation as a site in ``site/``, built by Zensical from these pages: ``./dev site``."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from closedform.explain.example import Example
from closedform.explain.lookup import page_of
from closedform.explain.page import Page
from closedform.explain.source import PAGES, Source, sources
from closedform.explain.table import Row, rows

ROOT = Path(__file__).parents[1]
WORK, SITE = ROOT / "build", ROOT / "site"
DOCS = WORK / "docs"
VENDORED = ROOT / "src" / "closedform" / "web" / "static" / "katex"
LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")
FENCED = re.compile(r"(^```.*?^```$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SHIM = "https://unpkg.com/iframe-worker/shim"
ESCAPED, ESCAPE = re.compile(r"([*_|<\\])"), r"\\\1"
ASKED = re.compile(r"""<(?:script|img|iframe|link|object)\b[^>]*?\b(?:src|href|data)=["']?((?:https?:)?//[^"' >]+)""")
FUNCTIONS = "What `closedform functions` prints: each function, its differential, and where it holds."


def main() -> int:
    shutil.rmtree(DOCS, ignore_errors=True)
    lay_out(DOCS)
    shutil.copy(ROOT / "mkdocs.yml", WORK)
    built = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "-f", str(WORK / "mkdocs.yml")]
    if subprocess.call(built, cwd=WORK):
        return 1
    shutil.rmtree(SITE, ignore_errors=True)
    finish(WORK / "site", SITE)
    print(f"docs: wrote {SITE / 'index.html'}")
    return 0


def lay_out(folder: Path) -> None:
    """Every page and what it shows, links changed to where things stand in the site."""
    placed = places()
    for source, place in placed.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            (folder / place).write_text(relinked(source, placed), "utf-8")
        else:
            shutil.copy(source, folder / place)
    (folder / "laws").mkdir()
    for source in sources():
        (folder / "laws" / source.file).write_text(law_page(source), "utf-8")
    (folder / "functions.md").write_text(functions_page(), "utf-8")
    shutil.copytree(VENDORED, folder / "katex")


def places() -> dict[Path, str]:
    """Where each file of the project stands in the site."""
    docs = ROOT / "docs"
    files = [path for kind in ("*.md", "*.png", "disagreements/*.py", "site/*") for path in docs.rglob(kind)]
    found = {path: str(path.relative_to(docs)) for path in files if path.is_file()}
    found |= {ROOT / "README.md": "index.md", ROOT / "LICENSE": "LICENSE"}
    found |= {ROOT / name: name.lower() for name in ("CONTRIBUTING.md", "CHANGELOG.md")}
    return found


def relinked(source: Path, placed: dict[Path, str]) -> str:
    """The text of a page, with the links that hold in the site. Raises KeyError where one would lead nowhere."""
    laws = {PAGES / page.file: f"laws/{page.file}" for page in sources()}
    here = os.path.dirname(placed[source])

    def link(found: re.Match[str]) -> str:
        if "://" in found[2]:
            return found[0]
        target = (source.parent / found[2]).resolve()
        if target.is_dir():
            target /= "README.md"
        return found[1] + os.path.relpath({**placed, **laws}[target], here or ".") + found[3]

    parts = FENCED.split(source.read_text("utf-8"))
    text = "".join(part if k % 2 else LINK.sub(link, part) for k, part in enumerate(parts))
    return text.replace("<details>", '<details markdown="1">')


def law_page(source: Source) -> str:
    """The page that ``closedform explain`` shows, with its examples run."""
    if not source.functions:
        return page_of(source.title).markdown
    examples = tuple(map(Example, source.commands))
    return Page(
        source.title, source.title, (), source.words, source.when, source.why, examples, source.sources
    ).markdown  # fmt: skip


def functions_page() -> str:
    """The table of ``closedform functions``, family by family."""
    parts, family = [f"# Functions\n\n{FUNCTIONS}\n"], ""
    for row in rows("unicode"):
        if row.family != family:
            family = row.family
            parts += [f"\n## {family}\n", "| function | what it is | differential | where |", "| - | - | - | - |"]
        parts.append(function_row(row))
    return "\n".join(parts) + "\n"


def function_row(row: Row) -> str:
    """One line; a bar within code does not end its cell."""
    also = f" Also {', '.join(f'`{name}`' for name in row.aliases)}." if row.aliases else ""
    conditions = "; ".join(f"`{condition}`" for condition in row.conditions)
    return f"| `{row.call}` | {ESCAPED.sub(ESCAPE, row.what)}{also} | `{row.differential}` | {conditions} |"


def finish(raw: Path, site: Path) -> None:
    """The built site without scripts inside pages, and with its own copy of what would be asked of another host."""
    shutil.copytree(raw, site, ignore=shutil.ignore_patterns("404.html"))
    scripts: dict[str, str] = {}
    for path in site.rglob("*.html"):
        up = "../" * (len(path.relative_to(site).parts) - 1)
        text = path.read_text("utf-8").replace(SHIM, f"{up}site/iframe-worker.js")
        text = SCRIPT.sub(lambda found, up=up: f'<script src="{up}{kept(found[1], scripts)}"></script>', text)
        if asked := ASKED.findall(text):
            raise SystemExit(f"docs: {path.relative_to(site)} would ask another host: {', '.join(asked)}")
        path.write_text(text, "utf-8")
    for name, script in scripts.items():
        (site / name).write_text(script, "utf-8")


def kept(script: str, scripts: dict[str, str]) -> str:
    """The name of a file for a script, which the policy of the page does not let stand inside."""
    name = f"assets/javascripts/inside-{hashlib.sha256(script.encode()).hexdigest()[:8]}.js"
    scripts[name] = script
    return name


if __name__ == "__main__":
    sys.exit(main())
