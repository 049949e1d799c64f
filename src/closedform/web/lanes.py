"""Whose turn it is: clients one after the other, and none that holds every process."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

OWN = 32
"""Requests of one client that are being answered or wait."""
WAITING = 256
"""Requests of all clients that wait."""
RATE, BURST = 50.0, 200
"""Requests a second of one client in the long run, and at once."""
REMEMBERED = 4096
"""Clients after which those with nothing spent are forgotten."""

W = TypeVar("W")


class Crowded(Exception):
    """So many requests of one client are here already."""


class Full(Exception):
    """So many requests of all clients wait already."""


@dataclass(eq=False)
class Ticket(Generic[W]):
    """A request that waits until ``turn`` has what answers it."""

    client: str
    long: bool
    turn: asyncio.Future[W]


class Lanes(Generic[W]):
    """The tickets that wait, by client in the order of turns, and those that are being answered."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._waiting = dict[str, list[Ticket[W]]]()
        self._running = list[Ticket[W]]()

    def join(self, ticket: Ticket[W]) -> None:
        """Raises Crowded or Full."""
        own = self._waiting.get(ticket.client, [])
        if len(own) + len(self._running_of(ticket.client)) >= OWN:
            raise Crowded
        if sum(map(len, self._waiting.values())) >= WAITING:
            raise Full
        self._waiting.setdefault(ticket.client, own).append(ticket)

    def leave(self, ticket: Ticket[W]) -> None:
        """It was answered, or nobody waits for it any more."""
        if ticket in self._running:
            self._running.remove(ticket)
        elif ticket in self._waiting.get(ticket.client, ()):
            self._out(ticket)

    def next(self) -> Ticket[W] | None:
        """The ticket whose turn it is, which runs from now on; its client is last from now on."""
        for tickets in self._waiting.values():
            for ticket in tickets:
                if self._may(ticket):
                    self._out(ticket)
                    self._running.append(ticket)
                    return ticket
        return None

    def _out(self, ticket: Ticket[W]) -> None:
        others = self._waiting.pop(ticket.client)
        others.remove(ticket)
        if others:
            self._waiting[ticket.client] = others

    def _may(self, ticket: Ticket[W]) -> bool:
        """A client has its share; of that, and of all processes, long requests leave one to the others."""
        if ticket.turn.done():
            return False
        own, share = self._running_of(ticket.client), self._share()
        if not ticket.long:
            return len(own) < share
        longs = sum(one.long for one in self._running)
        return sum(one.long for one in own) < max(1, share - 1) and len(own) < share and longs < max(1, self.size - 1)

    def _share(self) -> int:
        """Processes that one client may have: all but one while it is alone, less the more there are."""
        active = {*self._waiting, *(one.client for one in self._running)}
        return max(1, min(self.size - 1, self.size // max(1, len(active))))

    def _running_of(self, client: str) -> list[Ticket[W]]:
        return [one for one in self._running if one.client == client]


class Rates:
    """What each client may still send: ``BURST`` at once, and ``RATE`` a second from then on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = dict[str, tuple[float, float]]()

    def wait(self, client: str) -> float:
        """Seconds until a request of this client is taken; 0 where it is taken now.

        >>> rates = Rates(lambda: 0.0)
        >>> [rates.wait("a") for _ in range(BURST)] == [0] * BURST, rates.wait("a"), rates.wait("b")
        (True, 0.02, 0.0)
        """
        now = self._clock()
        left = self._now(client, now)
        if left < 1:
            return (1 - left) / RATE
        if len(self._left) >= REMEMBERED:
            self._left = {name: kept for name, kept in self._left.items() if self._now(name, now) < BURST}
        self._left[client] = left - 1, now
        return 0.0

    def _now(self, client: str, now: float) -> float:
        left, then = self._left.get(client, (float(BURST), now))
        return min(float(BURST), left + RATE * (now - then))


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
