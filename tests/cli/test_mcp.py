"""The server for language models and editors: spoken to over standard input and output, as a client does."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from closedform.cli import main
from closedform.cli.requests import TOOLS, respond
from closedform.program.load import load

SERVER = StdioServerParameters(command=sys.executable, args=["-m", "closedform", "mcp"])
Talk = Callable[[Client], Awaitable[Any]]


def spoken(talk: Talk) -> Any:
    async def session() -> Any:
        async with Client(stdio_client(SERVER)) as client:
            return await talk(client)

    return asyncio.run(session())


async def called(client: Client, tool: str, **given: Any) -> dict[str, Any]:
    found = await client.call_tool(tool, given)
    assert not found.is_error, found.content[0].text
    return json.loads(found.content[0].text)


def test_every_tool_over_stdio():
    async def talk(client: Client) -> dict[str, Any]:
        tools = await client.list_tools()
        return {
            "tools": {tool.name: tool.description for tool in tools.tools},
            "differentiate": await called(client, "differentiate", formula="1/2*||A*x - b||^2", by="x"),
            "check": await called(client, "check", function="x'*A*x", answer="2*A*x", by="x"),
            "derive": await called(client, "derive", formula="x'*A*x", by="x"),
            "judge": await called(client, "judge", derivation="f = x'*A*x\ndf = dx'*A*x + x'*A*dx\n   = 2*x'*A*dx"),
            "equal": await called(client, "equal", first="tr(A*B)", second="tr(B*A)"),
            "code": await called(client, "code", formula="x'*A*x", by="x", name="slope"),
            "argmin": await called(client, "argmin", formula="||A*x-b||^2 + lam*||x||^2", over="x", by="lam",
                                   where="lam > 0"),
            "error": await client.call_tool("differentiate", {"formula": "sofmax(x)"}),
        }  # fmt: skip

    found = spoken(talk)
    assert set(found["tools"]) == set(TOOLS) and all(found["tools"].values())
    (derivative,) = found["differentiate"]["derivatives"]
    assert derivative["text"] == "A'*(A*x - b)"
    assert derivative["certificate"]["level"] == "A" and derivative["certificate"]["ok"]
    assert found["check"]["verdict"] == "wrong" and found["check"]["right"]["text"] == "(A + A')*x"
    assert found["derive"]["certified"] and len(found["derive"]["steps"]) > 2
    assert found["judge"]["first_wrong"] == 3
    assert found["equal"]["verdict"] == "right"
    assert found["code"]["code"].startswith("def slope(x, A):")
    assert found["argmin"]["text"] == "-(A'*A + lam*I)^-1*x"
    assert found["error"].is_error
    assert "Did you mean softmax" in found["error"].content[0].text


def test_a_wrong_derivation_is_repaired_line_by_line():
    """Judge, mend the first bad line as told, judge again: it becomes right."""
    lines = ["f = x'*A*x + b'*x", "df = dx'*A*x + x'*A*dx + b'*dx", "   = 2*x'*A*dx + b'*dx"]

    async def talk(client: Client) -> list[dict[str, Any]]:
        first = await called(client, "judge", derivation="\n".join(lines))
        mended = [*lines[: first["first_wrong"] - 1], f"   = {first['right_line']}"]
        return [first, await called(client, "judge", derivation="\n".join(mended))]

    first, second = spoken(talk)
    assert (first["verdict"], first["first_wrong"]) == ("wrong", 3)
    assert second["verdict"] == "right", second["text"]


def ask(tool: str, seconds: float = 20, **given: Any) -> dict[str, Any]:
    return json.loads(respond(json.dumps({"tool": tool, "arguments": given, "seconds": seconds})))


@pytest.mark.parametrize(
    ("op", "text"),
    [("", "A'*(A*x - b)"), ("hessian", "A'*A"), ("hvp", "A'*A*v"), ("derivative", "(x'*A' - b')*A*dx")],
)
def test_operations(op, text):
    (found,) = ask("differentiate", formula="1/2*||A*x - b||^2", by="x", op=op)["derivatives"]
    assert found["certificate"]["ok"]
    if op != "derivative":
        assert found["text"] == text


def test_the_code_that_is_given_runs():
    found = ask("code", formula="log(sum(exp(A*x)))", by="x", name="slope")
    rng = np.random.default_rng(1)
    A, x = rng.normal(size=(3, 4)), rng.normal(size=4)
    p = np.exp(A @ x) / np.exp(A @ x).sum()
    np.testing.assert_allclose(load(found["code"], "slope")(A, x), A.T @ p, rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tool": "solve", "formula": "x"}, "there is no tool solve"),
        ({"tool": "differentiate", "formula": "x'*x", "by": "y"}, "there is no variable y"),
        ({"tool": "differentiate", "formula": "x'*x", "by": "x", "op": "curl"}, "op is one of"),
        ({"tool": "code", "formula": "x'*x", "name": "import os"}, "no name for a function"),
        ({"tool": "code", "formula": "x'*x", "target": "perl"}, "perl"),
        ({"tool": "differentiate", "formula": "@/etc/hostname", "by": "x"}, "* stands where"),
    ],
)
def test_errors_are_sentences(given, words):
    found = ask(given.pop("tool"), **given)
    assert words in found["error"]["message"]


def test_the_limit_of_time():
    many = " + ".join(f"tanh(A{k}*sin(x.*b{k}))'*exp(C{k}*x)" for k in range(60))
    found = ask("differentiate", seconds=0.05, formula=many, by="x", op="hessian")
    assert found["error"]["message"] == "no answer within 0.05 seconds (limit: time)"


def test_the_package_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    assert main(["mcp"]) == 2
    assert "Install closedform[mcp]" in capsys.readouterr().err
