"""Whose turn it is: who owes least first, then one after the other; none holds every process or owes too much.

A client is an address. Of one address, as of a class behind one router, its pages take turns in the same way.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from closedform.web.accounts import Accounts

OWN = 32
"""Requests of one page that are being answered or wait."""
CLASS = 4
"""How many times what one page may do all pages of one address may do: a page names itself, and may lie."""
WAITING = 8 * CLASS * OWN
"""Requests of all clients that wait."""
RATE, BURST = 50.0, 200
"""Requests a second of one page in the long run, and at once."""
TOKEN = 32
"""Characters that a page may call itself by."""
NEVER = float("-inf")
SHARED = 60.0
"""Seconds for which an address of several pages keeps a process free for whichever of them comes."""
REMEMBERED = 4096
"""Clients after which those with nothing spent are forgotten."""

W = TypeVar("W")


class Crowded(Exception):
    """So many requests of one page, or of one client, are here already."""


class Full(Exception):
    """So many requests of all clients wait already."""


@dataclass(eq=False)
class Ticket(Generic[W]):
    """A request that waits until ``turn`` has what answers it."""

    client: str
    long: bool
    turn: asyncio.Future[W]
    page: str = ""
    begun: float = 0.0


class Lanes(Generic[W]):
    """The tickets that wait, by client in the order of turns, and those that are being answered."""

    def __init__(self, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.size = size
        self._clock = clock
        self._waiting = dict[str, dict[str, list[Ticket[W]]]]()
        self._running = list[Ticket[W]]()
        self._accounts = Accounts(size)
        self._last = dict[str, tuple[str, float]]()  # the page that came last, and when one came after another

    def join(self, ticket: Ticket[W]) -> None:
        """Raises Crowded or Full."""
        here = [one for one in self._all() if one.client == ticket.client]
        if len(here) >= CLASS * OWN or sum(one.page == ticket.page for one in here) >= OWN:
            raise Crowded
        if sum(1 for _ in self._all()) - len(self._running) >= WAITING:
            raise Full
        self._waiting.setdefault(ticket.client, {}).setdefault(ticket.page, []).append(ticket)
        self._came(ticket)
        self._accounts.came(ticket.client, self._clock())

    def leave(self, ticket: Ticket[W]) -> None:
        """It was answered, or nobody waits for it any more."""
        if ticket in self._running:
            self._running.remove(ticket)
            now = self._clock()
            self._accounts.ends(ticket.client, now - ticket.begun, now)
        elif ticket in self._waiting.get(ticket.client, {}).get(ticket.page, ()):
            self._out(ticket)

    def next(self) -> Ticket[W] | None:
        """The ticket whose turn it is, which runs from now on; its client, and its page there, are last from now on."""
        now = self._clock()
        for client in sorted(self._waiting, key=lambda name: self._accounts.debt(name, now)):
            if self._accounts.wait(client, now):
                continue
            pages = self._waiting[client]
            for ticket in chain.from_iterable(pages.values()):
                if self._may(ticket):
                    self._out(ticket)
                    self._running.append(ticket)
                    self._accounts.begins(client, now)
                    ticket.begun = now
                    return ticket
        return None

    def due(self) -> float | None:
        """Seconds until one of those that wait has paid enough to begin; None where none owes too much."""
        now = self._clock()
        waits = (self._accounts.wait(client, now) for client in self._waiting)
        return min((wait for wait in waits if wait), default=None)

    def _all(self) -> Iterator[Ticket[W]]:
        """Those that wait, and those that run."""
        waiting = (tickets for pages in self._waiting.values() for tickets in pages.values())
        return chain(chain.from_iterable(waiting), self._running)

    def _out(self, ticket: Ticket[W]) -> None:
        pages = self._waiting.pop(ticket.client)
        others = pages.pop(ticket.page)
        others.remove(ticket)
        if others:
            pages[ticket.page] = others
        if pages:
            self._waiting[ticket.client] = pages

    def _may(self, ticket: Ticket[W]) -> bool:
        """A client has its share; of that, and of all processes, long requests leave one to the others.

        So do those of clients whose last request was long: they may be many.
        """
        if ticket.turn.done():
            return False
        own, share = self._running_of(ticket.client), self._share()
        if len(own) >= share or sum(one.page == ticket.page for one in own) >= self._part(ticket.client, share):
            return False
        if ticket.long and sum(one.long for one in own) >= max(1, share - 1):
            return False
        return not self._costs(ticket) or sum(map(self._costs, self._running)) < max(1, self.size - 1)

    def _costs(self, ticket: Ticket[W]) -> bool:
        return ticket.long or self._accounts.costly(ticket.client)

    def _came(self, ticket: Ticket[W]) -> None:
        page, shared = self._last.get(ticket.client, (ticket.page, NEVER))
        if len(self._last) >= REMEMBERED:
            self._last = {name: kept for name, kept in self._last.items() if self._clock() - kept[1] < SHARED}
        self._last[ticket.client] = ticket.page, shared if page == ticket.page else self._clock()

    def _part(self, client: str, share: int) -> int:
        """Processes, of those that this client may have, that a page may have: all while it is alone."""
        if self._clock() - self._last.get(client, ("", NEVER))[1] >= SHARED:
            return share
        pages = {*self._waiting.get(client, ()), *(one.page for one in self._running_of(client))}
        return max(1, min(share - 1, share // max(1, len(pages))))

    def _share(self) -> int:
        """Processes that one client may have: all but one while it is alone, less the more there are."""
        active = {*self._waiting, *(one.client for one in self._running)}
        return max(1, min(self.size - 1, self.size // max(1, len(active))))

    def _running_of(self, client: str) -> list[Ticket[W]]:
        return [one for one in self._running if one.client == client]


class Rates:
    """What each page may still send: ``BURST`` at once, ``RATE`` a second from then on; and each client, more."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = dict[tuple[str, str | None], tuple[float, float]]()

    def wait(self, client: str, page: str = "") -> float:
        """Seconds until a request of this page is taken; 0 where it is taken now.

        >>> rates = Rates(lambda: 0.0)
        >>> [rates.wait("a") for _ in range(BURST)] == [0] * BURST, rates.wait("a"), rates.wait("b")
        (True, 0.02, 0.0)
        >>> rates.wait("a", "another page")
        0.0
        """
        now = self._clock()
        keys: list[tuple[str, str | None]] = [(client, page), (client, None)]
        left = [self._now(key, now) for key in keys]
        if min(left) < 1:
            return max((1 - one) / (RATE * _times(key)) for key, one in zip(keys, left, strict=True))
        if len(self._left) >= REMEMBERED:
            self._left = {key: kept for key, kept in self._left.items() if self._now(key, now) < BURST * _times(key)}
        for key, one in zip(keys, left, strict=True):
            self._left[key] = one - 1, now
        return 0.0

    def _now(self, key: tuple[str, str | None], now: float) -> float:
        most = float(BURST * _times(key))
        left, then = self._left.get(key, (most, now))
        return min(most, left + RATE * _times(key) * (now - then))


def _times(key: tuple[str, str | None]) -> int:
    return CLASS if key[1] is None else 1


def page_of(token: str) -> str:
    """What a page calls itself by; nothing where that is no short word.

    >>> page_of("3f9a0c71d2"), page_of("two words"), page_of("x" * 100)
    ('3f9a0c71d2', '', '')
    """
    return token if len(token) <= TOKEN and token.isascii() and token.isalnum() else ""


def client_of(address: str) -> str:
    """What counts as one client: an address; of IPv6, the network of 64 bits that one machine can draw from.

    >>> client_of("192.0.2.7"), client_of("::ffff:192.0.2.7"), client_of("2001:db8::1:2%eth0"), client_of("testclient")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64', 'testclient')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))
