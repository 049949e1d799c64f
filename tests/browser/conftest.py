"""The page in a real browser: ``./dev test --web``. Without it, nothing here is collected."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

WANTED = os.environ.get("CLOSEDFORM_BROWSER") == "1"
collect_ignore_glob = [] if WANTED else ["*.py"]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
SHOTS = os.environ.get("CLOSEDFORM_SHOTS", "")
STARTS = 60.0
REFUSED = "the server responded with a status of 422"  # a formula half typed, which the browser notes too


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: what CI leaves out, so that the page takes it two minutes")


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "closedform", "web", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        here = f"http://127.0.0.1:{port}/"
        try:
            _ready(here)
            yield here
        finally:
            server.terminate()


def _ready(here: str) -> None:
    for _ in range(int(STARTS / 0.2)):
        try:
            with urlopen(f"{here}healthz") as said:
                found = json.load(said)
                if found["free"] == found["processes"]:
                    return
        except URLError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the server did not start")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens the page in a window of its own; at the end, no window may have asked another host or broken the policy."""
    problems: list[str] = []
    contexts = []

    def open_(state: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1100, "height": 850}, **options})
        context.set_default_timeout(20_000)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.add_init_script("""addEventListener("securitypolicyviolation", (event) =>
            console.error("POLICY", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber))""")
        page.on("request", lambda request: problems.extend(_stranger(request.url, address)))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.extend(_complaint(said)))
        page.goto(f"{address}{'#' + state if state else ''}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


def _stranger(url: str, address: str) -> list[str]:
    own = url.startswith(address) or urlsplit(url).scheme in ("data", "blob")
    return [] if own else [f"asked {url}"]


def _complaint(said: Any) -> list[str]:
    loud = said.type in ("error", "warning") and REFUSED not in said.text
    return [f"{said.type}: {said.text}"] if loud else []


@pytest.fixture
def page(tab: Callable[..., Any]) -> Any:
    found = tab()
    found.wait_for_selector(".answer")
    return found


@pytest.fixture
def shot() -> Callable[[Any, str], None]:
    """Saves a picture of the page where CLOSEDFORM_SHOTS names a folder."""

    def save(page: Any, name: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    return save
