"""Every question about problems of the corpus, whole or damaged: answered or refused, as the description says.

``./dev fuzz --web`` asks far more, with what schemathesis makes of the description.
"""

import random

import pytest
from fuzzing.asked import about
from starlette.testclient import TestClient

from closedform.web.fields import QUESTIONS, WITNESS
from closedform.web.openapi import description

ASKED = 3


@pytest.mark.parametrize("question", [name for name in QUESTIONS if name != WITNESS])  # that one loads JAX and PyTorch
def test_no_request_is_a_fault_of_the_server(client: TestClient, question: str):
    described = description()["paths"][f"/api/v1/{question}"]["post"]["responses"]
    drawn = random.Random(f"requests of {question}")
    statuses = set()
    for _ in range(ASKED):
        known = about(drawn)
        given = {
            field.name: known.get(field.name, drawn.choice(field.choices or ("",)))
            for field in QUESTIONS[question][1]
            if field.needed or drawn.random() < 0.6
        }
        found = client.post(f"/api/v1/{question}", json=given)
        assert str(found.status_code) in described and found.status_code < 500, (given, found.text)
        said = found.json()
        assert (found.status_code == 200) != ("error" in said), given
        statuses.add(found.status_code)
    assert statuses <= {200, 422}
