"""What each client has cost: one that computes without end is slowed to its share, so that the others find room.

A request that runs cannot be made to wait, and one that begins in a quiet moment may take seconds from whoever comes
next. So a client owes the time its requests took, pays it off at its share of the processes, and begins nothing new
while it owes more than ``CREDIT``. While it is alone it pays faster than it can spend.
"""

from __future__ import annotations

from dataclasses import dataclass

CREDIT = 4.0
"""Seconds of computing that a client may owe and still begin a request: one that takes as long as it may, and more."""
LONG = 1.0
"""Seconds from which on a request was long."""
HERE = 5.0
"""Seconds after its last request for which a client counts as here."""


@dataclass
class Account:
    """Seconds owed, when the last request came, how many run, and how long the last that ended took."""

    owed: float
    came: float
    running: int = 0
    last: float = 0.0


class Accounts:
    """What the clients of ``size`` processes owe; every call says what time it is."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._of = dict[str, Account]()
        self._time = 0.0

    def came(self, client: str, now: float) -> None:
        """A request of this client came."""
        self._settle(now)
        self._of.setdefault(client, Account(0.0, now)).came = now

    def begins(self, client: str, now: float) -> None:
        """A request that came begins.

        >>> accounts = Accounts(3)
        >>> for second in range(9):
        ...     for name in "abcdef":
        ...         accounts.came(name, now=second)
        ...     if second == 0:
        ...         accounts.begins("a", now=second)
        >>> accounts.wait("a", now=8), accounts.ends("a", 10, now=10), accounts.wait("a", now=10)
        (0.0, None, 2.0)
        """
        self._settle(now)
        self._of.setdefault(client, Account(0.0, now)).running += 1

    def ends(self, client: str, seconds: float, now: float) -> None:
        """A request that began ``seconds`` ago has ended."""
        self._settle(now)
        account = self._of[client]
        account.running, account.last = account.running - 1, seconds

    def costly(self, client: str) -> bool:
        """Whether the last request of this client took long: the next may too."""
        account = self._of.get(client)
        return account is not None and account.last > LONG

    def wait(self, client: str, now: float) -> float:
        """Seconds until this client may begin a request, if those who are here stay; 0 where it may now."""
        self._settle(now)
        account = self._of.get(client)
        return max(0.0, account.owed - CREDIT) / self._pay(now) if account else 0.0

    def debt(self, client: str, now: float) -> int:
        """Tenths of a second that this client owes: who owes less comes first."""
        self._settle(now)
        account = self._of.get(client)
        return int(10 * account.owed) if account else 0

    def _settle(self, now: float) -> None:
        """All have spent and paid since the last time; who owes nothing and has gone is forgotten."""
        passed, pay = now - self._time, self._pay(now)
        self._time = now
        for account in self._of.values():
            account.owed = max(0.0, account.owed + (account.running - pay) * passed)
        self._of = {client: one for client, one in self._of.items() if one.owed or _here(one, now)}

    def _pay(self, now: float) -> float:
        """Seconds that each client pays off in a second: its share of the processes."""
        return self.size / max(1, sum(_here(one, now) for one in self._of.values()))


def _here(one: Account, now: float) -> bool:
    return one.running > 0 or now - one.came < HERE
