"""Computing processes that stay: a request that takes too long costs its process, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from closedform.web.worker import STAYS

ANSWERS = "closedform.cli.web_answers"
SIZE = 2
SECONDS = 3.0
GRACE = 1.0
"""Seconds beyond the limit after which a process that did not stop by itself is killed."""
PATIENCE = 0.5
"""Seconds that a request may still take when nobody waits for it any more."""
WAITING = 64
WAIT = 15.0
START = 60.0
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "NUMEXPR")}

T = TypeVar("T")


class Busy(Exception):
    """Too many wait already, or a request waited too long."""


class Overtime(Exception):
    """The process did not answer in time and was killed."""


class Lost(Exception):
    """The process ended without an answer."""


class Worker:
    """One process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.stays = True

    @classmethod
    async def start(cls, module: str) -> Worker:
        """A process without a terminal, so that Ctrl-C reaches the server alone."""
        return cls(await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            start_new_session=True, env={**os.environ, **ONE_THREAD},
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
        await self.process.communicate()


class Pool:
    """Some processes, each with one request at a time; the requests that find none free wait in turn."""

    def __init__(self, size: int = SIZE, seconds: float = SECONDS, module: str = ANSWERS) -> None:
        self.size, self.seconds, self.module = size, seconds, module
        self.replaced = 0
        self._idle = asyncio.Queue[Worker]()
        self._workers = set[Worker]()
        self._tasks = set[asyncio.Task[Any]]()
        self._waiting = 0
        self._long = asyncio.Semaphore(max(1, size - 1))
        self._begun = False

    @property
    def free(self) -> int:
        return self._idle.qsize()

    async def start(self) -> None:
        """Start every process; requests wait until the first is ready. Without it, the first request starts them."""
        self._begun = True
        for _ in range(self.size):
            self._spawn(self._fresh())

    async def close(self) -> None:
        """Kill what still computes."""
        tasks, workers = list(self._tasks), list(self._workers)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for worker in {*workers, *self._workers}:
            worker.kill()
            await worker.end()

    async def ask(self, request: bytes, seconds: float | None = None) -> bytes:
        """The answer of the next process that is free. Raises Busy, Overtime or Lost.

        Requests that may take longer than usual leave one process to the others.
        """
        if not self._begun:
            await self.start()
        if seconds is None or seconds <= self.seconds:
            return await self._asked(request, self.seconds)
        await self._turn(self._long.acquire())
        try:
            return await self._asked(request, seconds)
        finally:
            self._long.release()

    async def _asked(self, request: bytes, seconds: float) -> bytes:
        worker = await self._turn(self._idle.get())
        task = self._spawn(self._work(worker, request, seconds))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(PATIENCE, task.cancel)
            raise

    async def _turn(self, comes: Coroutine[Any, Any, T]) -> T:
        if self._waiting >= WAITING:
            comes.close()
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT):
                return await comes
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1

    async def _work(self, worker: Worker, request: bytes, seconds: float) -> bytes:
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
            if answered and worker.stays:
                self._idle.put_nowait(worker)
            else:
                self._replace(worker)
        return answer

    def _replace(self, worker: Worker) -> None:
        worker.kill()
        self.replaced += 1
        self._spawn(self._fresh(worker))

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
                self._idle.put_nowait(worker)
                return

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
