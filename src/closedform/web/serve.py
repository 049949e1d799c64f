"""Running the application with uvicorn."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence

import uvicorn

from closedform.web import logs
from closedform.web.app import app
from closedform.web.connections import Connection
from closedform.web.guard import LOOPBACK
from closedform.web.pool import SIZE, Pool
from closedform.web.static import built

CONNECTIONS = 1024
LEAVES = 3
"""Seconds that open requests have when the server is told to stop."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError."""
    family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(CONNECTIONS)
    except OSError:
        made.close()
        raise
    return made


def serve(at: socket.socket, names: Sequence[str] = (), size: int = SIZE, proxies: Sequence[str] = ()) -> None:
    """Serve until told to stop. ``names`` are host names beside those of the machine itself, ``proxies`` the
    addresses that may say, in X-Forwarded-For, whom they ask for."""
    logs.begin()
    config = uvicorn.Config(
        app((*LOOPBACK, *names), Pool(size), built()), server_header=False, access_log=False, log_config=None,
        log_level="warning", limit_concurrency=CONNECTIONS, timeout_keep_alive=5, ws="none", http=Connection,
        timeout_graceful_shutdown=LEAVES, h11_max_incomplete_event_size=16 * 1024, proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
    )  # fmt: skip
    with contextlib.suppress(KeyboardInterrupt):  # how one stops it
        uvicorn.Server(config).run(sockets=[at])
