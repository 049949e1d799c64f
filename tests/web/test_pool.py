"""Processes that end, hang or take too much: each is replaced, and nobody else notices."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from closedform.web import lanes
from closedform.web import pool as pools
from closedform.web.lanes import Crowded
from closedform.web.pool import Lost, Overtime, Pool, Waited
from closedform.web.worker import TIRED

BROKEN = "broken_answers"


pytestmark = pytest.mark.usefixtures("broken")


def with_pool(talk: Callable[[Pool], Awaitable[Any]], size: int = 2) -> Any:
    async def session() -> Any:
        pool = Pool(size, seconds=0.5, module=BROKEN)
        await pool.start()
        try:
            return await talk(pool)
        finally:
            await pool.close()

    return asyncio.run(session())


def test_a_process_stays_and_answers_again():
    async def talk(pool: Pool) -> list[bytes]:
        return [await pool.ask(b"say who") for _ in range(3)]

    first, *others = with_pool(talk, 1)
    assert others == [first, first]


@pytest.mark.parametrize(("request_", "fault"), [(b"end here", Lost), (b"sleep on", Overtime), (b"hold all", Overtime)])
def test_a_lost_process_is_replaced(request_: bytes, fault: type[Exception]):
    async def talk(pool: Pool) -> tuple[bytes, bytes, int]:
        before = await pool.ask(b"say who")
        with pytest.raises(fault):
            await pool.ask(request_)
        return before, await pool.ask(b"say who"), pool.replaced

    before, after, replaced = with_pool(talk, 1)
    assert before != after and replaced == 1


def test_memory_is_refused_and_the_process_replaced():
    async def talk(pool: Pool) -> tuple[bytes, bytes, bytes]:
        return await pool.ask(b"say who"), await pool.ask(b"take memory"), await pool.ask(b"say who")

    before, refused, after = with_pool(talk, 1)
    assert refused == b'{"memory": "refused"}' and before != after


def test_one_that_hangs_blocks_nobody():
    async def talk(pool: Pool) -> float:
        await pool.ask(b"?")
        hung = asyncio.ensure_future(pool.ask(b"hold all", client="other"))
        begun = time.perf_counter()
        for _ in range(20):
            assert await pool.ask(b"?") == b'{"answer": 1}'
        taken = time.perf_counter() - begun
        assert not hung.done()
        with pytest.raises(Overtime):
            await hung
        return taken

    assert with_pool(talk) < 0.5


def test_nobody_waits_for_it_any_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pools, "PATIENCE", 0.05)

    async def talk(pool: Pool) -> tuple[bytes, bytes]:
        before = await pool.ask(b"say who")
        left = asyncio.ensure_future(pool.ask(b"sleep on"))
        await asyncio.sleep(0.05)
        left.cancel()
        return before, await pool.ask(b"say who")

    before, after = with_pool(talk, 1)
    assert before != after


def test_too_many_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lanes, "OWN", 4)

    async def talk(pool: Pool) -> list[Any]:
        await pool.ask(b"?")
        hung = asyncio.ensure_future(pool.ask(b"sleep on"))
        await asyncio.sleep(0.05)
        found = await asyncio.gather(*(pool.ask(b"?") for _ in range(8)), return_exceptions=True)
        await asyncio.gather(hung, return_exceptions=True)
        return found

    found = with_pool(talk, 1)
    assert sum(isinstance(one, Crowded) for one in found) == 5
    assert sum(one == b'{"answer": 1}' for one in found) == 3


def test_a_turn_that_does_not_come(monkeypatch: pytest.MonkeyPatch):
    async def talk(pool: Pool) -> bytes:
        await pool.ask(b"?")
        monkeypatch.setattr(pools, "WAIT", 0.1)
        hung = asyncio.ensure_future(pool.ask(b"sleep on"))
        await asyncio.sleep(0.05)
        with pytest.raises(Waited):
            await pool.ask(b"?", client="other")
        await asyncio.gather(hung, return_exceptions=True)
        monkeypatch.setattr(pools, "WAIT", 15)
        return await pool.ask(b"?")

    assert with_pool(talk, 1) == b'{"answer": 1}'


def test_what_a_process_says_is_a_line_of_the_log(caplog: pytest.LogCaptureFixture):
    async def talk(pool: Pool) -> None:
        await pool.ask(b"?")
        await pool.ask(b"?")

    with_pool(talk, 1)
    said = [record.msg for record in caplog.records if record.name == pools.log.name]
    assert [one["message"] for one in said] == ["this goes to standard error"] * 2
    assert all(isinstance(one["process"], int) for one in said)


def test_no_process_is_left_behind():
    async def talk(pool: Pool) -> list[Any]:
        await pool.ask(b"?")
        while pool.free < 2:
            await asyncio.sleep(0.01)
        return [worker.process for worker in pool._workers]

    processes = with_pool(talk)
    assert len(processes) == 2 and all(p.returncode is not None for p in processes)


def test_a_large_server_has_processes_that_stay():
    """What this process held at most counts as its child's own in getrusage."""
    held = bytearray(TIRED * 2**10 + 2**20)
    held[::4096] = b"x" * len(held[::4096])
    del held
    test_a_process_stays_and_answers_again()


def test_long_requests_leave_one_process_to_the_others():
    async def talk(pool: Pool) -> float:
        await pool.ask(b"?")
        long = [asyncio.ensure_future(pool.ask(b"sleep on", 1.5, str(k))) for k in range(3)]
        await asyncio.sleep(0.1)
        begun = time.perf_counter()
        for _ in range(20):
            assert await pool.ask(b"?") == b'{"answer": 1}'
        taken = time.perf_counter() - begun
        assert not any(one.done() for one in long)
        for one in long[1:]:
            one.cancel()
        with pytest.raises(Overtime):
            await long[0]
        return taken

    assert with_pool(talk) < 1


def test_what_a_process_started_ends_with_it(tmp_path: Path):
    async def talk(pool: Pool) -> None:
        with pytest.raises(Overtime):
            await pool.ask(f"start another {tmp_path / 'pid'}".encode())

    with_pool(talk, 1)
    said = Path(f"/proc/{(tmp_path / 'pid').read_text()}/status")
    ends = time.monotonic() + 5
    while said.exists() and "zombie" not in said.read_text():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_processes_may_begin_with_the_first_request():
    async def session() -> tuple[int, bytes]:
        pool = Pool(1, seconds=2, module=BROKEN)
        try:
            before = len(pool._workers)
            return before, await pool.ask(b"?")
        finally:
            await pool.close()

    assert asyncio.run(session()) == (0, b'{"answer": 1}')
