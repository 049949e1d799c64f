"""The command, as a person runs it: it serves, stays alive under many questions, and stops when told."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

BODY = json.dumps({"formula": "x'*A*x", "by": "x"}).encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def spoken(port: int, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of one request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"\r\n" + (body or b""))
    found = await reader.read()
    writer.close()
    return int(found.split(b" ", 2)[1]), found.partition(b"\r\n\r\n")[2]


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = [sys.executable, "-m", "closedform", "web", "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.05)
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_it_serves_bears_a_crowd_and_stops(served: tuple[subprocess.Popen[bytes], int]):
    process, port = served
    status, body = asyncio.run(spoken(port, "/api/v1/answer", BODY))
    assert status == 200 and json.loads(body)["derivatives"][0]["text"] == "(A + A')*x"

    errors = [os.readlink(f"/proc/{pid}/fd/2") for pid in children(process)]
    assert errors and all(where.startswith("pipe:") for where in errors)  # read by the server, which logs it
    assert os.readlink(f"/proc/{process.pid}/fd/2") not in errors

    async def crowd() -> Counter[int]:
        found = await asyncio.gather(*(spoken(port, "/api/v1/answer", BODY) for _ in range(200)))
        return Counter(status for status, _ in found)

    told = asyncio.run(crowd())
    assert told[200] >= 32 and set(told) <= {200, 429} and told.total() == 200
    assert asyncio.run(spoken(port, "/healthz"))[0] == 200
    workers = children(process)
    assert len(workers) == 3
    process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=15)
    assert process.returncode == 0
    assert not [pid for pid in workers if os.path.exists(f"/proc/{pid}")]
    lines = [json.loads(line) for line in log.decode().splitlines()]
    assert all({"time", "level", "by"} <= set(line) for line in lines)
    assert {"method": "POST", "path": "/api/v1/answer", "status": 200}.items() <= lines[0].items()
    assert "x'*A*x" not in log.decode() and "Traceback" not in log.decode()


def test_it_listens_on_this_machine_alone(served: tuple[subprocess.Popen[bytes], int]):
    listening = Path("/proc/net/tcp").read_text()
    assert f"0100007F:{served[1]:04X}" in listening and f"00000000:{served[1]:04X}" not in listening
