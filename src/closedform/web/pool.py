"""Computing processes that stay: a request that takes too long costs its process, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from closedform.web.lanes import Lanes, Ticket
from closedform.web.worker import STAYS

ANSWERS = "closedform.cli.web_answers"
SIZE = 3
"""One for each of two cores, and one that whoever comes finds free."""
SECONDS = 3.0
GRACE = 1.0
"""Seconds beyond the limit after which a process that did not stop by itself is killed."""
PATIENCE = 0.5
"""Seconds that a request may still take when nobody waits for it any more."""
WAIT = 15.0
START = 60.0
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "NUMEXPR")}
SAID = 500
"""Characters of a line that a process says on standard error."""
log = logging.getLogger("closedform.web.process")


class Waited(Exception):
    """No process became free in time."""


class Overtime(Exception):
    """The process did not answer in time and was killed."""


class Lost(Exception):
    """The process ended without an answer."""


class Worker:
    """One process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.stays = True
        self._hears = asyncio.ensure_future(self._heard())

    @classmethod
    async def start(cls, module: str) -> Worker:
        """A process without a terminal, so that Ctrl-C reaches the server alone."""
        return cls(await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, start_new_session=True, env={**os.environ, **ONE_THREAD},
        ))  # fmt: skip

    async def ready(self) -> None:
        assert self.process.stdout is not None
        await self.process.stdout.readexactly(1)

    async def ask(self, request: bytes) -> bytes:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(len(request).to_bytes(4, "big") + request)
        await self.process.stdin.drain()
        head = await self.process.stdout.readexactly(5)
        answer = await self.process.stdout.readexactly(int.from_bytes(head[1:], "big"))
        self.stays = head[:1] == STAYS
        return answer

    def kill(self) -> None:
        """With what it started itself, such as Graphviz."""
        if self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    async def end(self) -> None:
        """Wait for the end of a process that was killed, and close what was open to it."""
        self._hears.cancel()
        await asyncio.gather(self._hears, return_exceptions=True)
        _, rest = await self.process.communicate()
        for line in rest.splitlines():
            self._said(line)

    async def _heard(self) -> None:
        """What the process says on standard error goes to the log."""
        assert self.process.stderr is not None
        while not self.process.stderr.at_eof():
            try:
                self._said(await self.process.stderr.readline())
            except ValueError:  # a line too long to be held, of which nothing is kept
                continue

    def _said(self, line: bytes) -> None:
        if said := line.decode(errors="replace").strip():
            log.warning({"process": self.process.pid, "message": said[:SAID]})


class Pool:
    """Some processes, each with one request at a time; the requests that find none free wait, clients in turn."""

    def __init__(self, size: int = SIZE, seconds: float = SECONDS, module: str = ANSWERS) -> None:
        self.size, self.seconds, self.module = size, seconds, module
        self.replaced = 0
        self._idle = list[Worker]()
        self._workers = set[Worker]()
        self._tasks = set[asyncio.Task[Any]]()
        self._lanes = Lanes[Worker](size)
        self._begun = self._closing = False
        self._again: asyncio.TimerHandle | None = None

    @property
    def free(self) -> int:
        return len(self._idle)

    async def start(self) -> None:
        """Start one process, which is ready the sooner, then the others. Without it, the first request starts them."""
        self._begun = True
        self._spawn(self._all())

    async def close(self) -> None:
        """Kill what still computes."""
        self._closing = True
        if self._again is not None:
            self._again.cancel()
        tasks, workers = list(self._tasks), list(self._workers)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for worker in {*workers, *self._workers}:
            worker.kill()
            await worker.end()

    async def ask(self, request: bytes, seconds: float | None = None, client: str = "", page: str = "") -> bytes:
        """The answer of a process, when it is the turn of the client, and of its page.

        Raises Crowded, Full, Waited, Overtime or Lost.
        Requests that may take longer than usual leave one process to the others.
        """
        if not self._begun:
            await self.start()
        seconds = seconds or self.seconds
        ticket = Ticket[Worker](client, seconds > self.seconds, asyncio.get_running_loop().create_future(), page)
        worker = await self._turn(ticket)
        task = self._spawn(self._work(worker, ticket, request, seconds))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(PATIENCE, task.cancel)
            raise

    async def _turn(self, ticket: Ticket[Worker]) -> Worker:
        self._lanes.join(ticket)
        self._give()
        came = False
        try:
            async with asyncio.timeout(WAIT):
                worker = await ticket.turn
            came = True
        except TimeoutError:
            raise Waited from None
        finally:
            if not came:
                self._left(ticket)
        return worker

    def _left(self, ticket: Ticket[Worker]) -> None:
        """Nobody waits for the turn of this ticket, though it may have come just now."""
        if ticket.turn.done() and not ticket.turn.cancelled():
            self._idle.append(ticket.turn.result())
        self._lanes.leave(ticket)
        self._give()

    def _give(self) -> None:
        """The processes that are free to those whose turn it is."""
        while self._idle and (ticket := self._lanes.next()):
            ticket.turn.set_result(self._idle.pop())
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if self._idle and not self._closing and (due := self._lanes.due()) is not None:
            self._again = asyncio.get_running_loop().call_later(due, self._give)

    async def _work(self, worker: Worker, ticket: Ticket[Worker], request: bytes, seconds: float) -> bytes:
        answered = False
        try:
            async with asyncio.timeout(seconds + GRACE):
                answer = await worker.ask(request)
            answered = True
        except TimeoutError:
            raise Overtime from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Lost from None
        finally:
            self._lanes.leave(ticket)
            if answered and worker.stays:
                self._idle.append(worker)
            else:
                self._replace(worker)
            self._give()
        return answer

    def _replace(self, worker: Worker) -> None:
        worker.kill()
        if not self._closing:
            self.replaced += 1
            self._spawn(self._fresh(worker))

    async def _all(self) -> None:
        await self._fresh()
        for _ in range(self.size - 1):
            self._spawn(self._fresh())

    async def _fresh(self, before: Worker | None = None) -> None:
        """Put a new process with the free ones, as soon as it is ready; one that fails to start is tried again."""
        if before is not None:
            await before.end()
            self._workers.discard(before)
        while True:
            worker = await Worker.start(self.module)
            self._workers.add(worker)
            try:
                async with asyncio.timeout(START):
                    await worker.ready()
            except (TimeoutError, asyncio.IncompleteReadError):
                worker.kill()
                await worker.end()
                self._workers.discard(worker)
                await asyncio.sleep(1)
            else:
                self._idle.append(worker)
                self._give()
                return

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
