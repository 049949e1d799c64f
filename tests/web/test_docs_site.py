"""The built documentation beside the page, and its pages as they are laid out before they are built."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient

from closedform.web.app import app
from closedform.web.static import LINK, documents

ROOT = Path(__file__).parents[2]
HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    site = tmp_path_factory.mktemp("up") / "site"
    (site / "laws").mkdir(parents=True)
    (site / "index.html").write_text("<h1>all</h1>")
    (site / "laws" / "index.html").write_text("<h1>laws</h1>")
    (site / "search.json").write_text("{}")
    (site.parent / "secret.html").write_text("secret")
    yield TestClient(app(docs=site), base_url=HERE)  # not entered: no process is needed for files


@pytest.mark.parametrize(("path", "content", "media"), [
    ("/docs/", "<h1>all</h1>", "text/html; charset=utf-8"), ("/docs", "<h1>all</h1>", "text/html; charset=utf-8"),
    ("/docs/index.html", "<h1>all</h1>", "text/html; charset=utf-8"),
    ("/docs/laws/", "<h1>laws</h1>", "text/html; charset=utf-8"), ("/docs/search.json", "{}", "application/json"),
])  # fmt: skip
def test_it_is_served(documented: TestClient, path: str, content: str, media: str):
    found = documented.get(path)
    assert (found.status_code, found.text, found.headers["content-type"]) == (200, content, media)


@pytest.mark.parametrize("path", [
    "/docs/nowhere.html", "/docs/laws", "/docs/%2e%2e/secret.html", "/docs/..%2fsecret.html", "/docs//etc/passwd",
    "/docs/%00", "/docs/laws/..%5c..%5csecret.html",
])  # fmt: skip
def test_nothing_else_is(documented: TestClient, path: str):
    found = documented.get(path)
    assert found.status_code == 404 and "secret" not in found.text and "root:" not in found.text


def test_scripts_stand_in_files_there_too(documented: TestClient):
    policy = documented.get("/docs/").headers["content-security-policy"]
    assert policy.startswith("default-src 'self';") and "script-src" not in policy
    assert "unsafe" not in documented.get("/").headers["content-security-policy"]


def test_the_page_leads_there_only_where_it_is(documented: TestClient, client: TestClient):
    assert LINK in documented.get("/").content
    assert b"docs" not in client.get("/").content and client.get("/docs/").status_code == 404


def test_every_file_is_listed(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").touch()
    (tmp_path / "b.woff2").touch()
    assert set(documents(tmp_path)) == {"a/", "a/index.html", "b.woff2"}


@pytest.fixture(scope="module")
def make_site() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_site", ROOT / "docs" / "make_site.py")
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_every_page_is_in_the_site_and_its_links_lead_somewhere(make_site: ModuleType):
    placed = make_site.places()
    there = {*placed.values(), "functions.md", *(f"laws/{page.file}" for page in make_site.sources())}
    in_nav = set(re.findall(r"(\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    assert in_nav <= there
    assert {page.name for page in (ROOT / "docs").glob("*.md")} <= in_nav
    for source, place in placed.items():
        if source.suffix == ".md":
            prose = make_site.FENCED.sub("", make_site.relinked(source, placed))
            for _, link, _ in make_site.LINK.findall(prose):
                reached = (Path("/") / place).parent / link
                assert "://" in link or str(Path(*_flat(reached))) in there, (place, link)


def _flat(path: Path) -> list[str]:
    parts: list[str] = []
    for part in path.parts[1:]:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return parts


def test_links_of_the_readme_change(make_site: ModuleType):
    placed = make_site.places()
    assert "](guide.md)" in make_site.relinked(ROOT / "README.md", placed)
    assert "](laws/cotangents.md)" in make_site.relinked(ROOT / "docs" / "laws.md", placed)
    decisions = make_site.relinked(ROOT / "docs" / "decisions" / "checker.md", placed)
    assert "](../" in decisions


def test_every_function_is_in_the_table(make_site: ModuleType):
    page = make_site.functions_page()
    assert page.count("\n| `") == len(list(make_site.rows()))
    assert "| `logdet(X)` | " in page and r"\*" in page


def test_pages_hold_no_script_and_ask_nobody(make_site: ModuleType, tmp_path: Path):
    raw, site = tmp_path / "raw", tmp_path / "site"
    (raw / "in").mkdir(parents=True)
    (raw / "assets" / "javascripts").mkdir(parents=True)
    shim = f'<script src="{make_site.SHIM}"></script>'
    (raw / "in" / "index.html").write_text(f"{shim}<script>go()</script><a href='https://example.org'>x</a>")
    make_site.finish(raw, site)
    page = (site / "in" / "index.html").read_text()
    script = re.search(r'src="\.\./(assets/javascripts/inside-\w+\.js)"', page)
    assert script and (site / script[1]).read_text() == "go()" and 'src="../site/iframe-worker.js"' in page
    (raw / "index.html").write_text('<link rel="stylesheet" href="//fonts.example.org/a.css">')
    with pytest.raises(SystemExit, match=r"fonts\.example\.org"):
        make_site.finish(raw, tmp_path / "again")
