"""``./dev fuzz --web``: requests that schemathesis makes from the OpenAPI description, to a server of its own.

Half of them hold a formula of the corpus, whole or damaged, since letters at random are seldom a formula. Exits with 1
where an answer had the status 500, or was not as described. ``--requests 1000`` asks each question so often.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

TESTS = Path(__file__).parent
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance",
)  # fmt: skip
STARTS = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev fuzz --web", description="requests made from the OpenAPI description")
    parser.add_argument("--requests", type=int, default=60, help="about how many of each question (60)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        here = f"http://127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "closedform", "web", "--port", here.rpartition(":")[2]]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"{here}/healthz")
            asked = fuzz(here, given.requests, given.seed)
            with urlopen(f"{here}/healthz") as said:
                print(f"the server afterwards: {said.read().decode()}")
        finally:
            server.terminate()
    return asked


def fuzz(here: str, requests: int, seed: int) -> int:
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{here}/api/v1/openapi.json", "--checks", ",".join(CHECKS),
        "--max-examples", str(requests), "--seed", str(seed), "--phases", "examples,coverage,fuzzing", "--no-color",
        "--request-timeout", "60", "--continue-on-failure", "--suppress-health-check", "all",
    ]  # fmt: skip
    return subprocess.call(command, env={**os.environ, "SCHEMATHESIS_HOOKS": "fuzzing.requests"}, cwd=TESTS)


def wait_for(address: str) -> None:
    for _ in range(int(STARTS / 0.2)):
        try:
            urlopen(address).close()
            return
        except URLError:
            time.sleep(0.2)
    raise TimeoutError("the server did not start")


if __name__ == "__main__":
    sys.exit(main())
