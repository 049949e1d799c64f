from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from closedform.web import pool
from closedform.web.app import app

HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with TestClient(app(), base_url=HERE) as client:
        yield client


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of ``broken_answers`` can be started, and are killed soon."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setattr(pool, "GRACE", 0.2)
