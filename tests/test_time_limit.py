"""Every limit is enforced where it is promised, and its error names it."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import closedform as cf
from closedform.cli import main
from closedform.cli.outcome import REFUSED


def _many_nodes() -> None:
    from closedform.expr import node

    before, node.MAX_NODES = node.MAX_NODES, 10
    try:
        cf.formula("+".join(f"sin(q_{k})" for k in range(40)))
    finally:
        node.MAX_NODES = before


LIMITS: dict[str, tuple[Callable[[], Any], list[str] | None]] = {
    "characters": (lambda: cf.formula("x+" * 60_000 + "x"), ["grad", "x+" * 60_000 + "x"]),
    "exponent": (lambda: cf.formula("tr(X^99999)"), ["grad", "tr(X^99999)"]),
    "digits": (lambda: cf.formula("1" * 5000), ["simplify", "1" * 5000]),
    "parts": (lambda: cf.formula("-x" * 45_000), ["simplify", "-x" * 45_000]),
    "size": (lambda: cf.formula("x+x", "x in R^(9^8^8)"), ["simplify", "x+x", "--where", "x in R^(9^8^8)"]),
    "characters of a size": (lambda: cf.formula("x+x", f"x in R^({'n+' * 90}n)"), None),
    "nodes": (_many_nodes, None),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_named(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    ask, args = LIMITS[name]
    with pytest.raises(cf.LimitError, match="limit") as caught:
        ask()
    assert name.split()[0] in str(caught.value)
    if args is not None:
        assert main(args) == REFUSED
        assert name.split()[0] in capsys.readouterr().err


def test_depth_is_refused_or_answered() -> None:
    deep = cf.formula("tanh(W*" * 4000 + "x" + ")" * 4000)
    with pytest.raises(cf.LimitError, match="depth"):
        _ = cf.formula("sin(" * 14_000 + "s" + ")" * 14_000, "s in R").text
    assert deep.shape == ("n", "1")


def test_time() -> None:
    start = time.perf_counter()
    with pytest.raises(cf.LimitError, match="time"), cf.time_limit(0.05):
        while True:
            time.sleep(0.001)
    assert time.perf_counter() - start < 1
    with cf.time_limit(5):
        assert cf.formula("x'*x").grad("x").text == "2*x"


def test_time_runs_out_where_an_exception_would_be_dropped() -> None:
    """What is raised in the callback of a weak reference is printed and forgotten: the alarm waits for its end."""

    class Thing:
        pass

    def slow(_: Any) -> None:
        end = time.perf_counter() + 0.1
        while time.perf_counter() < end:
            pass

    slow.__code__ = slow.__code__.replace(co_filename=weakref.__file__)
    with pytest.raises(cf.LimitError, match="time"), cf.time_limit(0.02):
        thing = Thing()
        reference = weakref.ref(thing, slow)
        del thing
        while reference() is None:
            time.sleep(0.001)


def test_a_time_limit_that_would_do_nothing_says_so() -> None:
    said: list[str] = []

    def elsewhere() -> None:
        try:
            with cf.time_limit(1):
                said.append("ran")
        except cf.ClosedformError as error:
            said.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert said == ["time_limit works in the main thread, on systems with timers"]
    with pytest.raises(cf.ClosedformError, match="above 0"), cf.time_limit(0):
        pass


@pytest.mark.parametrize("args", [["simplify", "x'*A*x"], ["eval", "s^2", "s=2"]])
def test_time_on_the_command_line(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*args, "--time-limit", "1e-6"]) == REFUSED
    assert "(limit: time)" in capsys.readouterr().err
