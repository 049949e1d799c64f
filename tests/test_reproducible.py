"""The same question, the same answer, byte for byte: across runs, hash seeds and threads, and after pickling."""

from __future__ import annotations

import copy
import os
import pickle
import random
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import closedform as cf
from closedform.expr.node import Node
from closedform.functions.algebra import sym

QUESTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("gradient", "1/2*||A*x - b||^2 + lam/2*||x||^2", "x", ""),
    ("gradient", "logsumexp(A*x + b)", "x", ""),
    ("gradient", "x'*A*x + y'*B*x + sum(exp(x.*y))", "x", ""),
    ("gradient", "-logdet(X) + tr(S*X)", "X", "X in PD(n)"),
    ("gradient", "sum(i, (a[i]'*x - b[i])^2)", "x", ""),
    ("gradient", "||W_2*relu(W_1*x + b_1) + b_2 - y||^2", "W_1", ""),
    ("jacobian", "softmax(A*tanh(B*x))", "x", ""),
    ("hessian", "logsumexp(A*x)", "x", ""),
    ("hessian", "sum(log(1 + exp(-y.*(X*w))))", "w", ""),
    ("derivative", "inv(X)*A*X", "X", ""),
    ("derivative", "expm(X)*x", "X", ""),
    ("gradient", "tr(A*X*B*X')/tr(X'*X)", "X", ""),
)


def answer(op: str, text: str, by: str, where: str) -> str:
    """Everything that is printed of an answer."""
    f = cf.formula(text, where or None)
    ask: dict[str, Callable[[str], Any]] = {
        "gradient": f.grad, "jacobian": f.jacobian, "hessian": f.hessian, "derivative": f.derivative,
    }  # fmt: skip
    g = ask[op](by)
    return "\n".join([g.text, g.unicode, g.latex, g.where, *g.conditions, *g.assumed, *g.variables])


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from test_reproducible import QUESTIONS, answer
import closedform as cf
for question in QUESTIONS:
    print(answer(*question))
print(cf.formula("1/2*||A*x - b||^2").grad("x").derivation())
print(cf.judge("f = x'*A*x\\ndf = dx'*A*x + x'*A*dx\\n   = 2*x'*A*dx").steps)
for wrong in ("x'*A*x + ", "A*x + b*y'", "sofmax(x)"):
    try:
        cf.formula(wrong, "x in R^n, y in R^m, A in R^(n×n)")
    except cf.ClosedformError as error:
        print(error)
"""


def printed(hash_seed: str) -> bytes:
    here = os.path.dirname(__file__)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, here], capture_output=True, env={**os.environ, "PYTHONHASHSEED": hash_seed}
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_hash_seeds_and_runs() -> None:
    first = printed("0")
    assert len(first) > 3000
    assert all(printed(seed) == first for seed in ("1", "4242", "random"))


def test_the_order_of_questions_does_not_matter() -> None:
    alone = [answer(*question) for question in QUESTIONS]
    order = list(range(len(QUESTIONS)))
    random.Random(3).shuffle(order)
    again = {k: answer(*QUESTIONS[k]) for k in order}
    assert [again[k] for k in range(len(QUESTIONS))] == alone


def in_threads(work: Callable[[int], Any], count: int) -> list[Any]:
    """What ``work(k)`` gives in each of many threads that start together and change often."""
    out: list[Any] = [None] * count
    gate = threading.Barrier(count)

    def run(k: int) -> None:
        gate.wait()
        try:
            out[k] = work(k)
        except BaseException as error:  # noqa: BLE001  (the test shows it)
            out[k] = error

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=run, args=(k,)) for k in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    return out


def test_equal_nodes_are_one_object_in_all_threads() -> None:
    def build(_: int) -> list[Node]:
        out = []
        for k in range(300):
            x, A = sym(f"thread_x{k}", f"thread_n{k}"), sym(f"thread_A{k}", f"thread_n{k}", f"thread_n{k}")
            out.append(x.T @ A @ x + 2 * (x.T @ x))
        return out

    found = in_threads(build, 8)
    assert all(a is b for nodes in found[1:] for a, b in zip(found[0], nodes, strict=True))


def test_threads_deriving_the_same() -> None:
    text = "logsumexp(T*u + v) + u'*T'*T*u + sum(tanh(T*u).*v)"
    found = in_threads(lambda _: answer("gradient", text, "u", ""), 6)
    assert len(set(found)) == 1
    assert found[0] == answer("gradient", text, "u", "")


def test_threads_deriving_different_things() -> None:
    """Variables of their own in each thread, so that nothing was derived before."""

    def question(k: int, mark: str) -> tuple[str, str, str, str]:
        op, text, by, where = QUESTIONS[k % len(QUESTIONS)]
        return op, f"({text}) + 0*{mark}'*{mark}" if op == "gradient" else text, by, where

    found = in_threads(lambda k: answer(*question(k, "p")), 2 * len(QUESTIONS))
    assert found == [answer(*question(k, "p")) for k in range(2 * len(QUESTIONS))]


def test_threads_certify_and_evaluate() -> None:
    def work(k: int) -> tuple[str, list[float], str]:
        g = cf.formula("x'*A*x + k*x'*x".replace("k*", f"{k % 3 + 1}*")).grad("x")
        value = g(A=[[1.0, 2.0], [0.0, 3.0]], x=[1e200, -1.0])
        return g.check().level, list(value), str(g.derivation())

    found = in_threads(work, 6)
    assert found == [work(k) for k in range(6)]


def things() -> dict[str, Any]:
    f = cf.formula("logsumexp(A*x) + f(x)", "f: R^n -> R")
    g = cf.formula("x'*A*x").grad("x")
    return {
        "formula": f,
        "gradient": f.grad("x"),
        "Hessian": cf.formula("logdet(X)").hessian("X"),
        "linear map": cf.formula("inv(X)").derivative("X"),
        "certificate": g.check(),
        "derivation": g.derivation(),
        "by coordinates": g.derivation("coordinates"),
        "expansion": cf.formula("logdet(X)").taylor("X"),
        "judgement": cf.judge("f = x'*x\ndf = 2*x'*dx"),
        "verdict": cf.check("x'*A*x", "2*A*x"),
        "deep": cf.formula("tanh(W*" * 2000 + "x" + ")" * 2000),
    }


def printed_of(thing: Any) -> str:
    """What is printed, without the bound: a certificate that is made when asked for draws its fields anew."""
    return re.sub(r"below 2\^-\d+|bound=-[\d.]+|milliseconds=[\d.]+", "", str(thing))


WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", WAYS)
def test_round_trips(way: str) -> None:
    for name, thing in things().items():
        said = printed_of(thing)
        again = WAYS[way](thing)
        assert again == thing, name
        assert printed_of(again) == said, name
        if isinstance(thing, cf.Formula):
            assert again._node is thing._node, name
            assert (again.where, again.conditions, again.variables) == (thing.where, thing.conditions, thing.variables)


def test_what_was_pickled_still_works() -> None:
    g = pickle.loads(pickle.dumps(cf.formula("x'*A*x").grad("x")))
    assert g.check().level == "A"
    assert g(A=[[1.0, 2.0], [0.0, 3.0]], x=[1.0, 1.0]).tolist() == [4.0, 8.0]
    steps = pickle.loads(pickle.dumps(g.derivation()))
    assert steps.certified
    assert all(c.ok for c in pickle.loads(pickle.dumps(cf.formula("logdet(X)").taylor("X"))).check())


def test_errors_are_pickled() -> None:
    with pytest.raises(cf.ReadError) as caught:
        cf.formula("x + ")
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is cf.ReadError
    assert (str(again), again.span, again.hint) == (str(caught.value), caught.value.span, caught.value.hint)


def test_pickled_in_another_process() -> None:
    program = "import pickle, sys, closedform as cf\n"
    program += "sys.stdout.buffer.write(pickle.dumps(cf.formula(\"x'*A*x\").grad('x')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert pickle.loads(done.stdout) == cf.formula("x'*A*x").grad("x")
