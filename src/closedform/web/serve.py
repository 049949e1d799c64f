"""Running the application with uvicorn."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Sequence

import uvicorn

from closedform.web.app import app
from closedform.web.guard import LOOPBACK
from closedform.web.pool import Pool
from closedform.web.static import built

CONNECTIONS = 256
LEAVES = 3
"""Seconds that open requests have when the server is told to stop."""


def serve(host: str = "127.0.0.1", port: int = 8000, names: Sequence[str] = (), size: int = 2) -> None:
    """Serve until told to stop. ``names`` are host names beside those of the machine itself."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    with contextlib.suppress(KeyboardInterrupt):  # how one stops it
        uvicorn.run(
            app((*LOOPBACK, *names), Pool(size), built()), host=host, port=port, server_header=False, access_log=False,
            log_level="warning", limit_concurrency=CONNECTIONS, timeout_keep_alive=5, ws="none", http="h11",
            timeout_graceful_shutdown=LEAVES, h11_max_incomplete_event_size=16 * 1024, proxy_headers=False,
        )  # fmt: skip
