from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from closedform.web.app import app

HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with TestClient(app(), base_url=HERE) as client:
        yield client
