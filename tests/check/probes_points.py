"""What is drawn has its facts and is general; sums, limits of sums, and the verdict from patterns that are given."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import flint
from claims import A, B, X, equal, fn, gradient, norm, quad, s, t, x
from probes import entries, raises

from closedform.check.ball import Ball
from closedform.check.core.evaluate import Evaluator
from closedform.check.core.field import Field
from closedform.check.core.jet import Jet, Unfit, stack
from closedform.check.core.operations import CORE
from closedform.check.core.points import COMMON, Cast, draw
from closedform.check.core.scalars import Scalars
from closedform.check.core.sides import without_roots
from closedform.check.core.verdict import Key, Trials, nested
from closedform.expr.node import Node
from closedform.functions.algebra import add, index, mul, num, power, sumover, sym

N = 4


def drawn(*symbols: Node, seed: int = 1, numbers: Any = None, **more: Any) -> Evaluator:
    ev = Evaluator(numbers or Field(Random(seed), roots=True), {"n": N}, CORE)
    draw(cast(*symbols, **more), ev, Random(seed))
    return ev


def cast(*symbols: Node, **more: Any) -> Cast:
    facts = {n.params[0]: frozenset(n.params[1]) for n in symbols}
    return Cast({n.params[0]: n for n in symbols}, facts, **more)


def of_kind(*facts: str, seed: int = 1) -> Jet:
    return drawn(sym("M", "n", "n", list(facts)), seed=seed).symbols["M"]


def zeros(u: Jet, test: Callable[[int, int], bool]) -> bool:
    """Zeros there, and only there."""
    return u.zeros() == {(i, j) for i in range(N) for j in range(N) if test(i, j)}


def facts_hold() -> bool:
    sym_, skew, orth = of_kind("sym"), of_kind("skew"), of_kind("orth")
    turned = of_kind("orth", "turned")
    one, general = orth.eye(N), of_kind()
    signs, bits = of_kind("pm1"), of_kind("bit")
    positive = drawn(sym("v", "n", 1, ["pos"])), drawn(sym("D", "n", "n", ["diag", "psd"]))
    p = orth.first.modulus()
    return (
        sym_.first == sym_.T.first and not zeros(sym_ - general, lambda i, j: True) and general.first != general.T.first
        and skew.first == (-skew).T.first and skew.first != (skew * 0).first and (orth @ orth.T).first == one.first
        and orth.first != orth.T.first and (turned @ turned.T).first == one.first
        and [int(u.det_adj()[0].first[0, 0]) for u in (orth, turned)] == [1, p - 1] and determinants_are_signs()
        and zeros(of_kind("lower"), lambda i, j: i < j) and zeros(of_kind("upper"), lambda i, j: i > j)
        and zeros(of_kind("diag"), lambda i, j: i != j) and zeros(positive[1].symbols["D"], lambda i, j: i != j)
        and {int(e) for e in signs.first.entries()} == {1, p - 1} and {int(e) for e in bits.first.entries()} == {0, 1}
        and all(e == 0 or int(e) in ev.numbers.squares for ev in positive for u in ev.symbols.values()
                for e in u.first.entries())
        and of_kind("pd").first == of_kind("pd").T.first and not zeros(of_kind("pd"), lambda i, j: i != j)
    )  # fmt: skip


def determinants_are_signs() -> bool:
    """Each has its own, at odd sizes too; what stands for its argument is 1 in the field."""
    kinds = ["orth", "turned"], ["orth"], ["orth", "turned"]
    ev = drawn(*(sym(name, 3, 3, facts) for name, facts in zip("QRT", kinds, strict=True)))
    seen, p = ev.numbers.seen, ev.numbers.p
    dets = [int((ev.symbols[name].det_adj()[0] + 1).first[0, 0]) - 1 for name in "QRT"]
    return (list(seen.values()) == dets == [-1, 1, -1] and {kind for kind, _ in seen} == {"sign"}
            and {a % p for _, a in seen} == {1})  # fmt: skip


def positive_numbers_are_positive() -> bool:
    """Over balls, matrices have positive eigenvalues where that is declared, and diagonal ones positive entries."""
    found = [drawn(sym("P", "n", "n", facts), numbers=Ball(Random(k))).symbols["P"]
             for k in range(4) for facts in (["pd"], ["pd", "diag"])]  # fmt: skip
    minors = [u.pick(k, k, lambda i, j: (i, j)).det_adj()[0].first[0, 0] for u in found for k in range(1, N + 1)]
    return all(m > 0 for m in minors) and len(found[1].zeros()) == N * N - N and not found[0].zeros()


def wholes_and_indices() -> bool:
    whole, places = set(), set()
    for seed in range(400):
        ev = drawn(sym("k"), seed=seed, numbers=Ball(Random(1)), whole={"k": (2, 23)}, ends={"i": (1, 3)})
        whole.add(int(ev.symbols["k"].first[0, 0].unique_fmpz()))
        places.add(ev.indices["i"])
    return whole == set(range(2, 24)) and places == {1, 2, 3}


def commuting_matrices() -> bool:
    facts = ["commutes:X"], ["sym", "commutes:X"], ["psd", "commutes:Z"]
    ev = drawn(sym("X", "n", "n"), sym("Y", "n", "n", facts[0]), sym("V", "n", "n", ["commutes:none"]))
    a, b, c = (ev.symbols[k] for k in "XYV")
    even = drawn(sym("X", "n", "n", ["sym"]), sym("Y", "n", "n", facts[1]), sym("Z", "n", "n", ["sym"]),
                 sym("W", "n", "n", facts[2]))  # fmt: skip
    free = {len(kinds) for kinds in [even.symbols.keys()]}
    diagonal = drawn(sym("X", "n", "n", ["diag"]), sym("Y", "n", "n", ["diag", *facts[0]])).symbols["Y"]
    some = sym("X", "n", "n", ["sym"]), sym("Y", "n", "n", ["psd", "commutes:X"])
    real = [drawn(*some, numbers=Ball(Random(k))).symbols["Y"] for k in range(4)]
    corners = [u.pick(k, k, lambda i, j: (i, j)).det_adj()[0].first[0, 0] for u in real for k in range(1, N + 1)]
    powers = stack([u.reshape(1, N * N) for u in (a.eye(N), a, a @ a, a @ a @ a, b)])
    mixed = [(["sym"], []), (["diag"], ["sym"]), (["lower"], ["lower"]), ([], ["orth"]), (["skew"], ["skew"])]
    return (
        (a @ b).first == (b @ a).first and (a @ c).first != (c @ a).first and a.first != b.first and free == {6}
        and all((even.symbols[k] - even.symbols[k].T).zeros() for k in "XYZW")
        and even.symbols["X"].first == even.symbols["X"].T.first and zeros(diagonal, lambda i, j: i != j)
        and a.first != a.T.first and "X" + COMMON in ev.symbols and all(d > 0 for d in corners)
        and powers.first.rank() == N and stack([powers.pick(3, N * N, lambda i, j: (i, j)), b.reshape(1, N * N)])
        .first.rank() == N and all(raises(Unfit, lambda p=p, q=q: drawn(  # type: ignore[misc]
            sym("X", "n", "n", p), sym("Y", "n", "n", [*q, "commutes:X"]))) for p, q in mixed)
        and raises(Unfit, lambda: drawn(sym("X", "n", "n", ["commutes:Y", "commutes:V"]), sym("Y", "n", "n"),
                                        sym("V", "n", "n")))
    )  # fmt: skip


def sums() -> bool:
    """Σᵢ₌₂⁴ i·Σᵢ₌₁³ i², Σᵢ Σⱼ i·jʲ over squares, and the limits: 1000 terms, 8 sums within another."""
    i, j = index("i"), index("j")

    def value(node: Node) -> int:
        ev = Evaluator(Field(Random(2), roots=False), {"n": N}, CORE)
        ev.indices = {"i": 7}
        found = ev.evaluate(node)
        assert found.shape == (1, 1)
        return int(found.first[0, 0])

    inner = sumover("i", 1, 3, power(i, 2))
    nest: list[Node] = [i]
    for k in range(9):
        nest.append(sumover(f"k{k}", 1, 1, nest[-1]))
    wide = [sumover("j", 1, k, j) for k in (1000, 1001)]
    return (
        value(sumover("i", 2, "n", mul(i, inner))) == 9 * 14 and value(mul(i, sumover("j", 1, 2, mul(i, j)))) == 147
        and value(wide[0]) == 500500 and raises(Unfit, lambda: value(wide[1]))
        and value(add(*(sumover("i", 1, k, power(i, 2)) for k in range(1, 12)))) == 1716
        and value(nest[8]) == 7 and raises(Unfit, lambda: value(nest[9]))
        and value(sumover("i", 1, 3, sumover("j", 1, 2, mul(i, j)))) == 18
    )  # fmt: skip


def zeros_have_no_kink() -> bool:
    """Entries that are 0 with all their derivatives have the root and the sign 0, beside others."""
    f = Scalars(Field(Random(3), roots=True))
    p = f.numbers.p
    u = Jet({0: flint.nmod_mat(2, 2, [4, 0, 0, 9], p), 1: flint.nmod_mat(2, 2, [4, 0, 0, 6], p)})
    root, sign = f("root2", u), f("sign", u)
    one = [[1, 0], [0, 1]]
    return entries(root) == [[2, 0], [0, 3]] and entries(root, 1) == one and entries(sign) == one


def verdicts() -> bool:
    """From patterns that are given: what spans, what is complete, and which level follows."""
    key: Key = (("n", 4),)
    small: Key = (("n", 1),)

    def trial(kinds: tuple[str, ...], *signs: tuple[int, ...], good: int = 1 << 20, at: Key = key) -> Trials:
        t = Trials(equal(quad, quad))
        t.patterns = {at: {(kinds, s): k < good for k, s in enumerate(signs)}}
        t.accepted, t.fields = {at: len(signs)}, {5: Field, 7: Field}
        return t

    def level(t: Trials) -> str:
        return t.verdict()[0]

    sign, root = ("sign",), ("root",)
    all_two = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    none, one, both = trial((), ()), trial(sign, (1,)), trial(sign, (1,), (-1,))
    mixed = trial(sign, (1,), (-1,))
    mixed.patterns[key][root, (1,)] = True
    few, other, wrong, beside = trial((), ()), trial((), ()), trial((), ()), trial((), ())
    few.fields, other.fields = {5: Field}, {5: Field, 7: type("F", (Field,), {})}
    wrong.differ, beside.rules = True, dict(CORE)
    sized = trial((), ())
    sized.patterns[small], sized.accepted[small] = sized.patterns[key], 1
    many = trial(sign * 12, *[tuple(1 - 2 * (k >> b & 1) for b in range(12)) for k in range(1 << 12)])
    more = trial(sign * 13, *[tuple(1 - 2 * (k >> b & 1) for b in range(13)) for k in range(1 << 13)])
    root_norm = gradient(fn("abs", norm), x, x)
    return (
        [level(t) for t in (none, one, both, mixed, few, other, wrong, beside)] == [*"ABABBBXB"]
        and sized.verdict() == ("A", [{"n": 4}])
        and level(trial((), (), at=small)) == "B" and level(trial((), (), at=())) == "A"
        and trial(sign * 2, *all_two).complete(key) and not trial(sign * 2, *all_two, good=3).complete(key)
        and not trial(sign * 2, *all_two[:3]).complete(key) and trial(root * 2, *all_two[1:3]).complete(key)
        and not any(trial(root * 2, *p).complete(key) for p in (all_two[:2], all_two[::3]))
        and trial((*root, *sign), (1, 1), (-1, 1), (1, -1), good=3).complete(key)
        and not trial(root * 3, (-1, -1, 1), (-1, 1, -1), (1, -1, -1)).complete(key)  # independent modulo 3, not 2
        and many.complete(key) and not more.complete(key) and more.independent(key)
        and nested(root_norm) and not nested(gradient(norm, x, x)) and nested(equal(fn("sqrt", fn("abs", x) + x), x))
        and not nested(equal(power(fn("abs", x), 2), x)) and not nested(equal(power(fn("abs", x), sym("s")), x))
        and nested(equal(power(fn("abs", x), num(Fraction(1, 2))), x))
        and nested(equal(mul(A, fn("relu", fn("abs", x) + x)), mul(A, x)))
        and nested(equal(power(fn("abs", x), index("i")), x))
        and not nested(equal(mul(B, fn("abs", x)), fn("abs", mul(X, x))))
    )  # fmt: skip


def points_are_counted() -> bool:
    """Three points of a right claim and of a wrong one, in a field that notes each pattern with its verdict."""
    out = []
    for answer in (fn("step", x), 2 * fn("step", x)):
        trials = Trials(gradient(fn("sum", fn("relu", x)), answer, x))
        new = trials.related, trials.differ
        for seed in range(3):
            field = Field(Random(7), roots=True)
            field.forget()
            assert trials.at(field, cast(x), {"n": N}, Random(seed))
        good = {same for pattern in trials.patterns.values() for same in pattern.values()}
        out.append((new, trials.accepted, len(trials.fields), good, trials.differ, trials.related))
    key = (("n", N),)
    related = Trials(equal(fn("log", s * t), fn("log", s) + fn("log", t)))
    for seed in range(2):
        field = Field(Random(seed), roots=False)
        assert related.at(field, cast(s, t), {}, Random(seed)) and not related.differ
    turned = Trials(gradient(quad, mul(x.T, B + B.T), x))
    refused = raises(Unfit, lambda: turned.at(field, cast(x, B), {"n": N}, Random(1)))
    return refused and related.related and out == [
        ((False, False), {key: 3}, 1, {True}, False, False), ((False, False), {key: 3}, 1, {False}, True, False),
    ]  # fmt: skip


def even_powers_have_no_roots() -> bool:
    root, square = fn("norm2", x), fn("dot", x, x)
    even = [(power(root, k), power(square, k // 2)) for k in (2, 4, -6)]
    kept = [power(root, 3), power(root, num(1) / 2), power(fn("norm1", x), 2), power(root, sym("e"))]
    return all(without_roots(a + x.T @ x) is b + x.T @ x for a, b in even) and all(without_roots(a) is a for a in kept)


def what_is_given_is_taken() -> bool:
    """Entries row by row, of a column and of a matrix."""
    ev = drawn(x, X, given={"x": (0, 1, 1, 0), "X": tuple(range(16))})
    rows = [[4 * i + j for j in range(4)] for i in range(4)]
    return bool(entries(ev.symbols["x"]) == [[0], [1], [1], [0]] and entries(ev.symbols["X"]) == rows)


MORE: list[Callable[[], bool]] = [
    what_is_given_is_taken,
    facts_hold, positive_numbers_are_positive, wholes_and_indices, commuting_matrices, sums, zeros_have_no_kink,
    verdicts, points_are_counted,
    even_powers_have_no_roots,
]  # fmt: skip
