"""The command ``mcp``: this library as tools for language models and editors."""

from __future__ import annotations

import click

from closedform.cli.outcome import INPUT, RIGHT, write


@click.command("mcp")
def mcp_command() -> int:
    """Serve differentiate, check, derive, judge, equal, code and argmin to language models and editors (MCP, stdio).

    \b
    closedform mcp
    """
    from closedform.serving import server

    try:
        found = server()
    except ImportError as error:
        write(f"error: the server needs {error.name}. Install closedform[mcp].", to_stderr=True)
        return INPUT
    found.run("stdio")
    return RIGHT
