"""The limit of time, for the library and the command line."""

from __future__ import annotations

import signal
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from closedform.errors import ClosedformError, LimitError

SOON, AGAIN = 0.005, 0.2
DROPPING = weakref.__file__
"""Python drops an exception that is raised while a weak reference is being taken away, or anything else that C calls:
the alarm rings again, in the first case soon."""


class OutOfTime(BaseException):
    """The time limit. No Exception, so that nothing on the way takes it for a trial that failed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def error(self, hint: str = "") -> LimitError:
        return LimitError(f"no answer within {self.seconds:g} seconds (limit: time)", hint=hint)


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise OutOfTime when the block takes longer; 0 is no limit. Only the main thread can have an alarm."""
    main = threading.current_thread() is threading.main_thread()
    if not seconds or not main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_filename == DROPPING:
            signal.setitimer(signal.ITIMER_REAL, SOON, AGAIN)
        else:
            raise OutOfTime(seconds)

    before = signal.signal(signal.SIGALRM, ring)
    timer = (0.0, 0.0)
    try:
        timer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *timer)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise LimitError where the block takes longer than so many seconds.

    For the main thread, on systems with timers; anywhere else ClosedformError says that there is no limit of time:
    a service runs each request in a process of its own.

    >>> import closedform as cf
    >>> with cf.time_limit(2):
    ...     print(cf.formula("x'*A*x").grad("x"))
    (A + Aᵀ)x
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        raise ClosedformError("time_limit works in the main thread, on systems with timers")
    if not seconds > 0:
        raise ClosedformError(f"a time limit is above 0 seconds; this is {seconds!r}")
    try:
        with alarm(seconds):
            yield
    except OutOfTime as stop:
        raise stop.error() from None
