"""The command ``web``: the page, served on this machine."""

from __future__ import annotations

import click

from closedform.cli.outcome import INPUT, RIGHT, write


@click.command("web")
@click.option("--host", default="127.0.0.1", help="The address to listen on (127.0.0.1: this machine alone).")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="The port (8000).")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A host name to answer to, beside localhost.")
@click.option("--processes", type=click.IntRange(1, 64), default=3, help="How many processes compute (3).")
@click.option("--proxy", "proxies", multiple=True, metavar="ADDRESS", help="A proxy whose X-Forwarded-For is believed.")
def web_command(host: str, port: int, names: tuple[str, ...], processes: int, proxies: tuple[str, ...]) -> int:
    """Serve the page: type a formula, see its derivative while typing.

    \b
    closedform web
    """
    try:
        from closedform.web.serve import listening, serve
    except ImportError as error:
        write(f"error: the page needs {error.name}. Install closedform[web].", to_stderr=True)
        return INPUT
    try:
        at = listening(host, port)
    except OSError as error:
        write(f"error: nothing can listen at {host}:{port}: {error.strerror}. Take another --port.", to_stderr=True)
        return INPUT
    write(f"http://{host}:{port}/ – stop with Ctrl-C")
    serve(at, names, processes, proxies)
    return RIGHT
