"""The hook of schemathesis for ``./dev fuzz --web``: of every two requests, one is about a problem of the corpus."""

from __future__ import annotations

import json
import random
from typing import Any

import schemathesis

from fuzzing.asked import about


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """The members stay; which problem they are about, if any, their own content decides."""
    if not isinstance(body, dict):
        return body
    drawn = random.Random(json.dumps(body, sort_keys=True, default=str))
    if drawn.random() < 0.5:
        return body
    known = about(drawn)
    return {name: known.get(name, value) if isinstance(value, str) else value for name, value in body.items()}
