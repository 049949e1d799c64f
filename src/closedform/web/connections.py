"""Connections: one that does not say in time what it wants is closed, sooner where there is no room for another."""

from __future__ import annotations

import asyncio
from collections import Counter

from uvicorn.protocols.http.h11_impl import H11Protocol

from closedform.web.lanes import client_of

ASKS = 5.0
"""Seconds in which a connection must have said what it wants: the head of a request."""


class Connection(H11Protocol):  # type: ignore[misc]
    """One connection, its client, and when it is closed if it has asked for nothing until then."""

    whose = ""
    ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.whose = client_of(self.client[0]) if self.client else ""
        self._look()
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _look(self) -> None:
        """A request that is here stops the clock; what does not yet make one does not."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
        elif self.ends is None:
            self.ends = self.loop.call_later(ASKS, self.transport.close)

    def _stop(self) -> None:
        if self.ends is not None:
            self.ends.cancel()
            self.ends = None

    def _make_room(self) -> None:
        """Close the connection that is silent for longest, of the client that has most of those."""
        silent = [(one.ends.when(), one) for one in self.connections if isinstance(one, Connection) and one.ends]
        most = Counter(one.whose for _, one in silent).most_common(1)
        for _, one in sorted((each for each in silent if each[1].whose == most[0][0]), key=lambda each: each[0])[:1]:
            self.connections.discard(one)
            one.transport.close()
