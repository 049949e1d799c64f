"""What every request passes: who may ask, what every answer carries, what is logged of it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
DOCUMENTS = "/docs/"
STYLED = f"{POLICY}; style-src 'self' 'unsafe-inline'"
"""For the built documentation: its search writes a style into the page. Nothing that was typed is ever part of it."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}
log = logging.getLogger("closedform.web")


def error_body(kind: str, message: str) -> dict[str, Any]:
    """An error as the command line prints it with ``--json``."""
    error = {"kind": kind, "message": message, "span": None, "source": None, "hint": ""}
    return {"version": 1, "error": error}


class Guard:
    """The app behind its checks: the Host must be one of these names, the Origin absent or the page itself."""

    def __init__(self, app: App, hosts: Sequence[str] = LOOPBACK) -> None:
        self.app, self.hosts = app, {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, status = time.perf_counter(), 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [(name.encode(), value.encode()) for name, value in headers_for(scope["path"]).items()]
                message = {**message, "headers": [*message.get("headers", []), *own]}
            await send(message)

        refusal = self.refusal(scope)
        try:
            if refusal:
                await refuse(dressed, 403, refusal)
            else:
                await self.app(scope, receive, dressed)
        finally:
            taken = round(1000 * (time.perf_counter() - begun), 1)
            said = {"method": scope["method"], "path": scope["path"][:100], "status": status, "ms": taken}
            log.info(said)

    def refusal(self, scope: Scope) -> str:
        """Why a request is not answered; empty where it is."""
        headers = [(name.lower(), value.decode("latin-1").lower()) for name, value in scope["headers"]]
        hosts = [value for name, value in headers if name == b"host"]
        origins = [value for name, value in headers if name == b"origin"]
        if len(hosts) != 1 or name_of(hosts[0]) not in self.hosts:
            return "this host name is not served here"
        if origins and origins not in ([f"http://{hosts[0]}"], [f"https://{hosts[0]}"]):
            return "another page may not ask here"
        return ""


def headers_for(path: str) -> dict[str, str]:
    return {**HEADERS, "content-security-policy": STYLED} if path.startswith(DOCUMENTS) else HEADERS


def name_of(host: str) -> str:
    """The name in a Host header, without the port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


async def refuse(send: Send, status: int, message: str, kind: str = "Refused") -> None:
    body = json.dumps(error_body(kind, message)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
