"""Clients in turn: none holds all processes, fills the queue, or floods the server; and each is told what is so."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from test_pool import with_pool

from closedform.web import lanes, pool
from closedform.web.app import app
from closedform.web.lanes import BURST, CLASS, OWN, RATE, Crowded, Full, Lanes, Rates, Ticket
from closedform.web.pool import Pool, Waited

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def order(size: int, loop: asyncio.AbstractEventLoop, asked: str) -> str:
    """Who runs, one after the other; capitals ask for long ones."""
    line = Lanes[None](size)
    for who in asked:
        line.join(Ticket(who.lower(), who.isupper(), loop.create_future()))
    out = ""
    while ticket := line.next():
        out += ticket.client
        line.leave(ticket)
    return out


def running(size: int, loop: asyncio.AbstractEventLoop, asked: str) -> str:
    """Who runs at the same time."""
    line = Lanes[None](size)
    for who in asked:
        line.join(Ticket(who.lower(), who.isupper(), loop.create_future()))
    return "".join(ticket.client for ticket in iter(line.next, None))


def test_clients_take_turns(loop: asyncio.AbstractEventLoop):
    assert order(1, loop, "aaaaabbc") == "abcabaaa"
    assert order(3, loop, "AAabB") == "ababa"


@pytest.mark.parametrize(("size", "asked", "at_once"), [
    (1, "aaa", "a"), (2, "aaa", "a"), (3, "aaa", "aa"), (8, "a" * 9, "a" * 7), (3, "aaabbb", "ab"), (3, "aaabc", "abc"),
    (3, "AAAa", "aa"), (3, "AAABBB", "ab"), (3, "ABC", "ab"), (2, "AB", "a"), (1, "A", "a"), (8, "AAAAAAAAa", "a" * 7),
])  # fmt: skip
def test_one_is_left_to_whoever_comes(loop: asyncio.AbstractEventLoop, size: int, asked: str, at_once: str):
    assert running(size, loop, asked) == at_once


def in_turn(size: int, loop: asyncio.AbstractEventLoop, asked: str, leave: bool) -> str:
    """Who runs, each a client and its page; capitals ask for long ones."""
    line = Lanes[None](size)
    for who in asked.split():
        line.join(Ticket(who[0].lower(), who.isupper(), loop.create_future(), who[1:].lower()))
    out = []
    while ticket := line.next():
        out.append(ticket.client + ticket.page)
        if leave:
            line.leave(ticket)
    return " ".join(out)


def test_pages_of_one_address_take_turns(loop: asyncio.AbstractEventLoop):
    assert in_turn(1, loop, "ax ax ax ay az b", leave=True) == "ax b ay az ax ax"
    assert in_turn(3, loop, "ax ax ax ay b b", leave=True).split().count("b") == 2


@pytest.mark.parametrize(("size", "asked", "at_once"), [
    (3, "ax ax ax", "ax ax"), (3, "ax ax ax ay", "ax ay"),
    (9, "ax ax ax ax ax ay ay ay ay ay", "ax ax ax ax ay ay ay ay"),
    (3, "AX AX ax ay", "ax ay"), (3, "AX AX ay", "ax ay"), (3, "ax ay az bx", "ax bx"),
    (8, "AX AY AZ aw", "ax ay az aw"),
])  # fmt: skip
def test_no_page_holds_all_that_its_address_has(
    loop: asyncio.AbstractEventLoop, size: int, asked: str, at_once: str
):
    assert sorted(in_turn(size, loop, asked, leave=False).split()) == sorted(at_once.split())


def test_a_page_that_is_alone_again_has_all_that_its_address_has(loop: asyncio.AbstractEventLoop):
    clock = [0.0]
    line = Lanes[None](4, lambda: clock[0])

    def at_once() -> int:
        for _ in range(4):
            line.join(Ticket("a", False, loop.create_future(), "x"))
        found = [ticket for ticket in iter(line.next, None) if ticket]
        while waits := line._waiting.get("a", {}).get("x"):
            line.leave(waits[0])
        for ticket in found:
            line.leave(ticket)
        return len(found)

    assert at_once() == 3
    other = Ticket[None]("a", False, loop.create_future(), "y")
    line.join(other)
    line.leave(other)
    assert at_once() == 2  # y may come again at any time
    clock[0] = lanes.SHARED + 1
    assert at_once() == 3


def test_names_without_end_do_not_fill_the_queue(loop: asyncio.AbstractEventLoop):
    line = Lanes[None](3)
    for k in range(CLASS * OWN):
        line.join(Ticket("a", False, loop.create_future(), str(k)))
    with pytest.raises(Crowded):
        line.join(Ticket("a", False, loop.create_future(), "another"))
    line.join(Ticket("b", False, loop.create_future()))
    first = [line.next(), line.next()]
    assert {one.client for one in first if one} == {"a", "b"}


def test_one_client_cannot_fill_the_queue(loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch):
    line = Lanes[None](3)

    def join(who: str) -> None:
        line.join(Ticket(who, False, loop.create_future()))

    for _ in range(OWN):
        join("a")
    while line.next():  # those that run count as well
        pass
    with pytest.raises(Crowded):
        join("a")
    join("b")
    monkeypatch.setattr(lanes, "WAITING", OWN)
    join("b")
    with pytest.raises(Full):
        join("b")


def test_what_is_gone_gives_its_place_back(loop: asyncio.AbstractEventLoop):
    line = Lanes[None](1)
    first, second, third = (Ticket[None]("a", False, loop.create_future()) for _ in range(3))
    for ticket in (first, second, third):
        line.join(ticket)
    assert line.next() is first and line.next() is None
    second.turn.cancel()
    line.leave(second)
    line.leave(first)
    assert line.next() is third


@pytest.mark.usefixtures("broken")
def test_many_hard_ones_of_one_client_leave_the_others_alone():
    async def talk(pool: Pool) -> list[float]:
        await pool.ask(b"?", client="a")
        hard = [asyncio.ensure_future(pool.ask(b"sleep on", client="a")) for _ in range(OWN)]
        await asyncio.sleep(0.05)
        times = []
        for _ in range(20):
            begun = time.perf_counter()
            assert await pool.ask(b"?", client="b") == b'{"answer": 1}'
            times.append(time.perf_counter() - begun)
        for one in hard:
            one.cancel()
        await asyncio.gather(*hard, return_exceptions=True)
        return times

    assert max(with_pool(talk, 2)) < 0.3


@pytest.mark.usefixtures("broken")
def test_many_hard_ones_of_one_page_leave_those_behind_the_same_address_alone():
    async def talk(pool: Pool) -> list[float]:
        await pool.ask(b"?", client="a", page="quiet")
        hard = [asyncio.ensure_future(pool.ask(b"sleep on", client="a", page="loud")) for _ in range(OWN)]
        await asyncio.sleep(0.05)
        times = []
        for k in range(20):
            begun = time.perf_counter()
            assert await pool.ask(b"?", client="a", page=f"quiet{k % 3}") == b'{"answer": 1}'
            times.append(time.perf_counter() - begun)
        for one in hard:
            one.cancel()
        await asyncio.gather(*hard, return_exceptions=True)
        return times

    assert max(with_pool(talk, 3)[1:]) < 0.3


@pytest.mark.usefixtures("broken")
def test_a_turn_that_comes_as_one_leaves_is_not_lost():
    async def talk(pool: Pool) -> int:
        await pool.ask(b"?")
        for k in range(50):
            left = asyncio.ensure_future(pool.ask(b"?", client=str(k)))
            await asyncio.sleep(0)
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)
        assert await pool.ask(b"?") == b'{"answer": 1}'
        return pool.free

    assert with_pool(talk, 1) == 1


def test_rates_by_client():
    clock = [0.0]
    rates = Rates(lambda: clock[0])
    assert sum(rates.wait("a") == 0 for _ in range(2 * BURST)) == BURST
    assert rates.wait("b") == 0 < rates.wait("a")
    clock[0] = 1.0
    assert sum(rates.wait("a") == 0 for _ in range(2 * BURST)) == RATE


def test_a_class_behind_one_address_may_send_more_than_one_page():
    clock = [0.0]
    rates = Rates(lambda: clock[0])
    for second in range(20):
        clock[0] = float(second)
        assert all(rates.wait("a", f"page{k}") == 0 for k in range(30) for _ in range(5))
    clock[0] = 100.0
    lied = sum(rates.wait("a", f"new{k}") == 0 for k in range(2 * CLASS * BURST))
    assert lied == CLASS * BURST  # a new name for each request gains no more


def test_those_who_are_quiet_are_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lanes, "REMEMBERED", 10)
    clock = [0.0]
    rates = Rates(lambda: clock[0])
    for k in range(1000):
        clock[0] += 1
        rates.wait(str(k))
    assert len(rates._left) <= 10


class Refusing(Pool):
    """A pool at which every request comes to the same fault."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    async def start(self) -> None:
        pass

    async def ask(self, request: bytes, seconds: float | None = None, client: str = "", page: str = "") -> bytes:
        raise self.fault


@pytest.mark.parametrize(("fault", "status", "said"), [
    (Crowded(), 429, f"{OWN} requests of this page"), (Full(), 503, f"{lanes.WAITING} requests wait"),
    (Waited(), 503, f"within {pool.WAIT:g} seconds"),
])  # fmt: skip
def test_it_is_told_what_is_so(fault: Exception, status: int, said: str):
    with TestClient(app(pool=Refusing(fault)), base_url=HERE) as client:
        found = client.post("/api/v1/answer", json={"formula": "x'*x"})
        assert found.status_code == status and said in found.json()["error"]["message"]
        assert int(found.headers["retry-after"]) >= 1


def test_a_flood_is_refused_and_nobody_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("closedform.web.app.Rates", lambda: Rates(lambda: 0.0))  # all of them come at once
    served = app(pool=Refusing(Full()))
    with TestClient(served, base_url=HERE, client=("192.0.2.1", 1)) as client:
        found = [client.post("/api/v1/answer", json={}) for _ in range(BURST + 80)]
        assert {one.status_code for one in found} == {400, 429} and found[BURST - 1].status_code == 400
        refused = next(one for one in found if one.status_code == 429)
        assert "requests a second" in refused.json()["error"]["message"] and refused.headers["retry-after"] == "1"
        other: Any = TestClient(served, base_url=HERE, client=("192.0.2.2", 1))
        assert other.post("/api/v1/answer", json={}).status_code == 400


def test_who_computes_without_end_is_slowed_to_its_share(loop: asyncio.AbstractEventLoop):
    """Six clients at three processes: half a process each; one whose requests take 3 s gets no more in the long run."""
    now = 0.0
    line = Lanes[None](3, lambda: now)
    held = dict[Ticket[None], float]()
    begun, ready = 0, list[float]()
    line.join(Ticket("hostile", False, loop.create_future()))
    for step in range(600):
        now = step / 10
        for done in [ticket for ticket, since in held.items() if now - since >= 2.95]:
            del held[done]
            line.leave(done)
            line.join(Ticket("hostile", False, loop.create_future()))
        for name in "abcde":
            line.join(Ticket(name, False, loop.create_future()))
        while ticket := line.next():
            if ticket.client == "hostile":
                held[ticket] = now
                begun += 1
            else:
                ready.append(now)
                line.leave(ticket)
    assert 10 <= begun <= 12  # 60 s of half a process, and what may be owed
    assert len(ready) == 5 * 600


def test_a_client_alone_is_never_held_up(loop: asyncio.AbstractEventLoop):
    now = 0.0
    line = Lanes[None](3, lambda: now)
    for step in range(50):
        now = 3.0 * step
        pair = [Ticket[None]("a", False, loop.create_future()) for _ in range(2)]
        for ticket in pair:
            line.join(ticket)
        assert [line.next(), line.next()] == pair
        assert line.due() is None
        now += 3.0
        for ticket in pair:
            line.leave(ticket)


def test_who_waited_long_is_known_when_its_turn_comes(loop: asyncio.AbstractEventLoop):
    """Longer than a client counts as here: its request begins all the same."""
    now = 0.0
    line = Lanes[None](1, lambda: now)
    first, second = (Ticket[None](name, False, loop.create_future()) for name in "ab")
    line.join(first)
    assert line.next() is first
    line.join(second)
    now = 60.0
    line.leave(first)
    assert line.next() is second


def test_who_owes_nothing_comes_before_who_owes(loop: asyncio.AbstractEventLoop):
    now = 0.0
    line = Lanes[None](2, lambda: now)

    def join(name: str) -> Ticket[None]:
        line.join(ticket := Ticket[None](name, False, loop.create_future()))
        return ticket

    costly = [join("abc"[k % 3]) for k in range(6)]
    begun = [line.next(), line.next()]
    assert begun == costly[:2]
    fresh = join("d")
    now = 3.0
    line.leave(costly[0])
    assert line.next() is costly[2]  # c owes nothing either, and came before
    line.leave(costly[1])
    assert line.next() is fresh


def test_many_whose_requests_are_long_leave_one_to_the_others(loop: asyncio.AbstractEventLoop):
    """Four clients whose requests take 3 s at three processes: once this is known, a fifth finds one free."""
    now = 0.0
    line = Lanes[None](3, lambda: now)
    held = dict[Ticket[None], float]()
    waits = list[float]()
    for name in "abcd" * 8:
        line.join(Ticket(name, False, loop.create_future()))
    for step in range(300):
        now = step / 10
        for done in [ticket for ticket, since in held.items() if now - since >= 2.95]:
            del held[done]
            line.leave(done)
            line.join(Ticket(done.client, False, loop.create_future()))
        while len(held) < 3 and (ticket := line.next()):
            held[ticket] = now
        if now >= 7 and step % 10 == 0:
            line.join(fresh := Ticket("e", False, loop.create_future()))
            begun = len(held) < 3 and line.next()
            waits.append(0.0 if begun is fresh else 1.0)
            line.leave(fresh)
    assert len(waits) == 23 and sum(waits) == 0
