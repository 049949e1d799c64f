"""Connections that say nothing, or never to the end: closed in time, and before they keep others out."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from closedform.web import connections
from closedform.web.connections import Connection

SOON, MOST = 0.3, 6
WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def slow(scope: object, receive: object, send: object) -> None:
    """Answers after more than the time in which a connection must ask."""
    await asyncio.sleep(2 * SOON)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[int]:
    with socket.socket() as at:
        at.bind(("127.0.0.1", 0))
        said = {"log_config": None, "lifespan": "off", "ws": "none"}
        config = uvicorn.Config(slow, http=Connection, limit_concurrency=MOST, **said)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve([at]))
        while not server.started:
            await asyncio.sleep(0.01)
        yield at.getsockname()[1]
        server.should_exit = True
        await task


async def said(port: int, *parts: bytes) -> bytes:
    """All that comes until the server closes; the parts go there one after another, 0.2 seconds apart."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):  # it may be closed meanwhile
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.2)
    found = b""
    with contextlib.suppress(ConnectionError):
        found = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return found


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "ASKS", SOON)


@pytest.mark.parametrize("parts", [(), (b"GET / HT",), (WHOLE[:-2], b"A: b\r\n", b"C: d\r\n", b"E: f\r\n")])
def test_a_connection_that_does_not_ask_is_closed(parts: tuple[bytes, ...]):
    async def asked() -> bytes:
        async with serving() as port:
            return await said(port, *parts)

    assert asyncio.run(asked()) == b""


def test_a_request_has_all_the_time_of_its_answer():
    async def asked() -> bytes:
        async with serving() as port:
            return await said(port, WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    assert asyncio.run(asked()).startswith(b"HTTP/1.1 200")


def test_a_second_request_must_come_whole_too():
    async def asked() -> bytes:
        async with serving() as port:
            return await said(port, WHOLE, b"", b"", b"", WHOLE[:9])

    found = asyncio.run(asked())
    assert found.count(b"HTTP/1.1") == 1 and found.endswith(b"ok")


def test_silent_connections_make_room(monkeypatch: pytest.MonkeyPatch):
    """Of the client that has most of them, the oldest goes first."""
    monkeypatch.setattr(connections, "ASKS", 60.0)

    async def asked() -> tuple[bytes, list[bool]]:
        async with serving() as port:
            silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST)]
            found = await said(port, WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            gone = [reader.at_eof() for reader, _ in silent]
            for _, writer in silent:
                writer.close()
            return found, gone

    found, gone = asyncio.run(asked())
    assert found.startswith(b"HTTP/1.1 200") and gone == [True, True] + [False] * (MOST - 2)
