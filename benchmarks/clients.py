"""Many people typing at one server of the page: times of answers, what is lost, memory.

    python benchmarks/clients.py [--clients 20] [--seconds 20] [--behind-one-address]

Each client has an address of its own, as people have, and types formulas of the seed corpus: it asks for three
beginnings of a formula and for the whole, as the page does when a person stops for a moment. Three rounds: all as they
should; one client with formulas that take as long as they may, 32 at once; and a process that answers killed every two
seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

CORPUS = Path(__file__).parents[1] / "tests" / "data" / "seed_problems.jsonl"
LONG = "*".join(["expm(A)*sqrtm(B)"] * 12)
HOSTILE = (f"tr({LONG})", "sum(" + "tanh(" * 300 + "x" + ")" * 300 + ")", "det(A)^300")
PAUSE, STARTS = 0.4, 60.0
AT_ONCE = 32
"""Requests that the hostile client keeps open."""


class Server:
    """A server of its own on a free port, and its processes."""

    def __init__(self, together: bool = False) -> None:
        self.together = together
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([sys.executable, "-m", "closedform", "web", "--port", str(port)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        for _ in range(int(STARTS / 0.1)):
            try:
                urlopen(f"{self.address}/healthz").close()
                return
            except URLError:
                time.sleep(0.1)

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def mebibytes(self) -> float:
        """The memory of all its processes, what they share counted once."""
        return sum(map(held, (self.process.pid, *self.children()))) / 1024

    def ask(self, formula: str, client: int = 0) -> tuple[float, int]:
        """Seconds and status of one question; the status is 0 where no answer came."""
        body = json.dumps({"formula": formula}).encode()
        port = int(self.address.rpartition(":")[2])
        own = 0 if self.together else client
        line = HTTPConnection("127.0.0.1", port, timeout=30, source_address=(f"127.0.1.{own + 1}", 0))
        named = {"Content-Type": "application/json", "X-Closedform-Page": f"page{client}"}
        start = time.perf_counter()
        try:
            line.request("POST", "/api/v1/answer", body, named)
            answer = line.getresponse()
            answer.read()
            return time.perf_counter() - start, answer.status
        except (HTTPException, OSError):
            return time.perf_counter() - start, 0
        finally:
            line.close()


def held(pid: int) -> int:
    """KiB of a process; 0 where it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def typed(seed: int, formulas: list[str]) -> Iterator[str]:
    rng = random.Random(seed)
    while True:
        formula = rng.choice(formulas)
        yield from (formula[: rng.randint(1, len(formula))] for _ in range(3))
        yield formula


def client(server: Server, number: int, texts: Iterator[str], until: float, pause: float) -> list[tuple[float, int]]:
    out = []
    for text in texts:
        if time.perf_counter() > until:
            return out
        out.append(server.ask(text, number))
        time.sleep(pause * random.uniform(0.5, 1.5))
    return out


def round_of(server: Server, clients: int, seconds: float, beside: Callable[[float], Any] | None) -> dict[str, Any]:
    formulas = [json.loads(line)["formula"] for line in CORPUS.read_text("utf-8").splitlines()]
    until = time.perf_counter() + seconds
    with ThreadPoolExecutor(clients + 1) as pool:
        other = pool.submit(beside, until) if beside else None
        jobs = [pool.submit(client, server, k, typed(k, formulas), until, PAUSE) for k in range(clients)]
        found = [answer for job in jobs for answer in job.result()]
        if other is not None:
            other.result()
    times = sorted(t for t, _ in found)
    codes = sorted({code for _, code in found})
    median, late = (times[int(part * len(times))] for part in (0.5, 0.95))
    return {"answers": len(found), "median ms": 1e3 * median, "p95 ms": 1e3 * late, "largest ms": 1e3 * times[-1],
            "by status": {c: sum(code == c for _, code in found) for c in codes},
            "MiB": server.mebibytes()}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--behind-one-address", action="store_true", help="as a class behind one router")
    given = parser.parse_args()
    server = Server(given.behind_one_address)

    def hostile(until: float) -> None:
        def without_end(number: int) -> None:
            while time.perf_counter() < until:
                for formula in HOSTILE:
                    server.ask(formula, 200)

        with ThreadPoolExecutor(AT_ONCE) as others:
            list(others.map(without_end, range(AT_ONCE)))

    def killing(until: float) -> None:
        while time.perf_counter() < until:
            time.sleep(2)
            os.kill(random.choice(server.children()), signal.SIGKILL)

    try:
        for name, beside in (("all well", None), ("one hostile client", hostile), ("processes killed", killing)):
            found = round_of(server, given.clients, given.seconds, beside)
            print(name, {k: round(v) if isinstance(v, float) else v for k, v in found.items()}, flush=True)
    finally:
        server.process.terminate()
        server.process.wait()


if __name__ == "__main__":
    main()
