"""The server: each tool asks a process of its own, so that the limits hold whatever a request does."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from closedform._version import __version__

SECONDS = 20.0
REQUESTS = "closedform.cli.requests"
GRACE = 10.0
"""Seconds beyond the limit of time after which the process of a request is ended."""
INSTRUCTIONS = """\
Matrix calculus in closed form. Formulas are typed as in 1/2*||A*x - b||^2, logdet(X), sum(log(1 + exp(A*x))): A' is
the transpose, .* and ./ are elementwise, A^-1 the inverse, declarations stand in `where` ("A in Sym(n), lam > 0").
Every derivative comes with a certificate: level A (exact, with a bound) to D (floating point), X means not certified:
do not rely on it. To repair a derivation of your own, give it to `judge`: it names the first wrong line and the mend.
"""


async def ask(tool: str, seconds: float = SECONDS, **given: Any) -> dict[str, Any]:
    """The answer of a process of its own. Raises ToolError with the sentence for people."""
    from mcp.server.mcpserver.exceptions import ToolError

    request = json.dumps({"tool": tool, "arguments": given, "seconds": seconds})
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", REQUESTS, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(process.communicate(request.encode()), seconds + GRACE)
    except TimeoutError:
        raise ToolError(f"no answer within {seconds:g} seconds (limit: time)") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if not out.strip():
        raise ToolError("the request ended without an answer (limit: memory)")
    found: dict[str, Any] = json.loads(out)
    if "error" in found:
        raise ToolError(_sentence(found["error"]))
    return found


def _sentence(error: dict[str, Any]) -> str:
    """What a person would read: the message, the place, the mend."""
    lines = [error["message"]]
    if error["span"] is not None and error["source"] is not None:
        start, end = error["span"]
        lines += [f"at: {error['source'][start:end] or error['source'][-1:]}"]
    return "\n".join([*lines, *([error["hint"]] if error["hint"] else [])])


def server() -> Any:
    """The server with its tools. Raises ImportError where the package ``mcp`` is not installed."""
    from mcp.server import MCPServer

    made = MCPServer("closedform", version=__version__, instructions=INSTRUCTIONS, log_level="ERROR")
    for tool in (differentiate, check, derive, judge, equal, code, argmin):
        made.tool()(tool)
    return made


async def differentiate(formula: str, by: str = "", op: str = "", where: str = "", and_by: str = "") -> dict[str, Any]:
    """The derivative of a formula in closed form, certified.

    by: the variable (several with commas; default all). op: gradient (of a scalar), jacobian (vector by vector),
    hessian, derivative (anything by anything, as a linear map), jvp, vjp or hvp; by default the one that fits.
    and_by: the second variable of a mixed Hessian. where: declarations, as "A in Sym(n), lam > 0".
    """
    return await ask("differentiate", formula=formula, by=by, op=op, where=where, and_by=and_by)


async def check(function: str, answer: str, by: str = "", op: str = "", where: str = "") -> dict[str, Any]:
    """Judge whether `answer` is the derivative of `function`: right, wrong (with the right one), or right in another
    convention."""
    return await ask("check", function=function, answer=answer, by=by, op=op, where=where)


async def derive(
    formula: str, by: str, op: str = "", where: str = "", method: str = "differentials", detail: str = "normal"
) -> dict[str, Any]:
    """How a derivative is derived, a certified line for each law. method: differentials or coordinates; detail: short,
    normal or full."""
    return await ask("derive", formula=formula, by=by, op=op, where=where, method=method, detail=detail)


async def judge(derivation: str, where: str = "", syntax: str = "auto") -> dict[str, Any]:
    """Judge a derivation line by line: the first wrong line, what should stand there, an example of numbers.

    derivation: lines as "f = x'*A*x", "df = dx'*A*x + x'*A*dx", or LaTeX. Mend the line and judge again until every
    step is right.
    """
    return await ask("judge", derivation=derivation, where=where, syntax=syntax)


async def equal(first: str, second: str, where: str = "") -> dict[str, Any]:
    """Whether two formulas are equal, certified; if not, their difference and what would make them so."""
    return await ask("equal", first=first, second=second, where=where)


async def code(
    formula: str, by: str = "", op: str = "", target: str = "numpy", where: str = "", name: str = "f"
) -> dict[str, Any]:
    """Source of a fast function of a formula, or of its derivative by `by`. target: numpy, jax, torch, julia, octave,
    matlab."""
    return await ask("code", formula=formula, by=by, op=op, target=target, where=where, name=name)


async def argmin(formula: str, over: str, by: str, where: str = "") -> dict[str, Any]:
    """The derivative of x* = argmin over x of a formula by a parameter, in closed form, with the closed form of x*
    where there is one."""
    return await ask("argmin", formula=formula, over=over, by=by, where=where)
