"""The description of the API in OpenAPI, from the fields that a request may have."""

from __future__ import annotations

from typing import Any

from closedform._version import __version__
from closedform.web.fields import QUESTIONS, Field

PAGE = "x-closedform-page"
NAMED = {
    "name": PAGE, "in": "header", "required": False, "schema": {"type": "string"},
    "description": "A random word of up to 32 letters and digits: the pages behind one address take turns by it.",
}  # fmt: skip
ERROR = {
    "type": "object",
    "required": ["version", "error"],
    "properties": {
        "version": {"const": 1},
        "error": {
            "type": "object",
            "required": ["kind", "message", "span", "source", "hint"],
            "properties": {
                "kind": {"type": "string"},
                "message": {"type": "string"},
                "span": {"type": ["array", "null"], "items": {"type": "integer"}},
                "source": {"type": ["string", "null"]},
                "hint": {"type": "string"},
            },
        },
    },
}
REFUSALS = {
    "400": "The request is not asked as described here.",
    "403": "The Host or the Origin is not served.",
    "408": "The body did not arrive in time.",
    "413": "The body is over 64 kB.",
    "415": "The content type is not application/json.",
    "422": "The formula is at fault, unsupported, or over a limit; the error says where and what would mend it.",
    "500": "The computing process ended without an answer.",
    "429": "So many requests of one page or address are here, or came within a second; Retry-After says when to ask.",
    "503": "So many requests of all wait, or no process became free in time; Retry-After says when to ask.",
}


def description() -> dict[str, Any]:
    """The whole document.

    >>> sorted(description()["paths"])[:3]
    ['/api/v1/answer', '/api/v1/argmin', '/api/v1/backprop']
    """
    asked = {f"/api/v1/{name}": {"post": _post(means, fields)} for name, (means, fields) in QUESTIONS.items()}
    table = {"/api/v1/functions": {"get": _get("The table of functions.")}}
    health = {"/healthz": {"get": _get("Whether the server works.")}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "closedform", "version": __version__, "summary": "Matrix calculus in closed form."},
        "paths": {**asked, **table, **health},
        "components": {"schemas": {"Error": ERROR}},
    }


def _post(means: str, fields: tuple[Field, ...]) -> dict[str, Any]:
    needed = [field.name for field in fields if field.needed]
    members = {field.name: field.schema for field in fields}
    schema = {"type": "object", "required": needed, "properties": members, "additionalProperties": False}
    return {
        "summary": means,
        "parameters": [NAMED],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": _responses(REFUSALS),
    }


def _get(means: str) -> dict[str, Any]:
    return {"summary": means, "responses": _responses({code: REFUSALS[code] for code in ("403", "429", "503")})}


def _responses(refusals: dict[str, str]) -> dict[str, Any]:
    fault = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    right = {"application/json": {"schema": {"type": "object"}}}
    told = {"200": {"description": "The answer; the fields stand in docs/cli.md.", "content": right}}
    return {**told, **{code: {"description": text, "content": fault} for code, text in refusals.items()}}
