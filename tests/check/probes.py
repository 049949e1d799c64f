"""Values and refusals that a changed core fails, each by its own definition in NumPy or in plain integers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from math import comb
from random import Random
from typing import Any

import flint
import numpy as np
from claims import OPS
from test_arithmetic import evaluator, numbers

from closedform.check.core.evaluate import Evaluator
from closedform.check.core.field import BITS, Field
from closedform.check.core.jet import Jet, Redraw, Unfit, stack, unit
from closedform.check.core.operations import CORE, matrix_power, place
from closedform.check.core.scalars import HALF, Scalars, parsed
from closedform.check.exponents import Exponents
from closedform.expr.node import make
from closedform.functions.algebra import mpow, mul, sym
from closedform.functions.rearrange import sub
from closedform.functions.table import SIZED


def entries(u: Jet, s: int = 0) -> list[list[int]]:
    return [[int(e) for e in row] for row in u.c[s].tolist()]


def raises(kind: type[Exception], run: Callable[[], Any]) -> bool:
    try:
        run()
    except kind:
        return True
    return False


def of_matrices(name: str, truth: Callable[..., Any], *shapes: tuple[int, int]) -> Callable[[], bool]:
    """An operation at general matrices."""

    def agrees() -> bool:
        rng = np.random.default_rng(5)
        arrays = [rng.choice(range(-99, 99), shape, replace=False).astype(float) for shape in shapes]
        values = {f"a{k}": v for k, v in enumerate(arrays)}
        found = evaluator(values).evaluate(make(OPS[name], [sym(k, *v.shape) for k, v in values.items()]))
        return np.allclose(numbers(found), truth(*values.values()), rtol=1e-12)

    return agrees


def left(g: Any, b: Any) -> Any:
    (p, q), (rows, cols) = b.shape, g.shape
    return np.einsum("ipjq,pq->ij", g.reshape(rows // p, p, cols // q, q), b)


def right(g: Any, a: Any) -> Any:
    (m, n), (rows, cols) = a.shape, g.shape
    return np.einsum("ipjq,ij->pq", g.reshape(m, rows // m, n, cols // n), a)


def lyapunov(a: Any, q: Any) -> Any:
    n = len(a)
    return np.linalg.solve(np.kron(a, np.eye(n)) + np.kron(np.eye(n), a.T), q.ravel()).reshape(n, n)


MATRICES = [
    of_matrices("kron_left", left, (6, 20), (3, 5)), of_matrices("kron_right", right, (6, 20), (2, 4)),
    of_matrices("lyap", lyapunov, (3, 3), (3, 3)), of_matrices("kron", np.kron, (2, 3), (4, 5)),
    of_matrices("tril_half", lambda a: np.tril(a) - np.diag(np.diag(a)) / 2, (4, 4)),
    of_matrices("cross", lambda x, y: np.cross(x.T, y.T).T, (3, 1), (3, 1)),
    of_matrices("inv_gaps", lambda w: np.nan_to_num(1 / (w.T - w + np.eye(4)) - np.eye(4)), (4, 1)),
]  # fmt: skip


def definitions_are_read() -> bool:
    """Heads and bodies of lines as they stand."""
    found = parsed("# a note\nf(x) = x + g(x) * 2\nh() = f(pi)\ng'(a, b) = a @ b\n")
    shown = {name: (args, ast.unparse(body)) for name, (args, body) in found.items()}
    return shown == {"f": (["x"], "x + g(x) * 2"), "h": ([], "f(pi)"), "g'": (["a", "b"], "a @ b")}


def written_with_others() -> bool:
    f = Scalars(Field(Random(6), roots=True))
    u, a, b, c = (f.numbers.random(3, 3) for _ in range(4))
    eye = u.eye(3)
    rows = u.fixed(2, 3, 7)
    same = [
        (f("expm1", u), f("exp", u) + -1), (f("log1p", u), f("log", u + 1)), (f("zero", ones=rows), rows * 0),
        (f("cayley", a) @ f("cayley", a).T, eye),
        (f("cayley", a) @ (eye + (a - a.T)), eye - (a - a.T)),
        (f("clip", a, b, b + 4), b + f("step", a - b) * (a - b) - f("step", a - b - 4) * (a - b - 4)),
    ]  # fmt: skip
    return all(x.first == y.first for x, y in same[:-1]) and bool(f("diagv", c).shape == (3, 1))


def jets_by_place() -> bool:
    """Entries, stacks, splits and zeros of a jet with all four coefficients."""
    p = 10007
    c = {s: flint.nmod_mat(2, 3, [7 * s + k for k in range(6)], p) for s in range(4)}
    u, bare = Jet(c), Jet({0: c[0]})
    low, rest = u.split()
    one, two = u.entry(1, 2), u.entry(0, 1)
    both = stack([u, bare])
    zero = Jet({0: flint.nmod_mat(2, 2, [0, 0, 0, 5], p), 1: flint.nmod_mat(2, 2, [0, 0, 4, 0], p)})
    return (
        [entries(one, s) for s in range(4)] == [[[7 * s + 5]] for s in range(4)]
        and [entries(two, s) for s in range(4)] == [[[7 * s + 1]] for s in range(4)]
        and rest is not None and low.c == {0: c[0], 1: c[1]} and rest.c == {2: c[2], 3: c[3]}
        and bare.split()[0].c == bare.c and bare.split()[1] is None
        and entries(both) == entries(u) * 2 and entries(both, 3) == entries(u, 3) + [[0, 0, 0]] * 2
        and zero.zeros() == {(0, 0), (0, 1)}
        and entries(unit(u, 3, 1)) == [[0], [1], [0]] and entries(u.trace(), 3) == [[21 + 25]]
    )  # fmt: skip


def determinants_have_a_limit() -> bool:
    """Of Pascal's matrices, whose determinant is 1: of 64 rows it is found, of 65 it is refused."""
    def pascal(n: int) -> Jet:
        return Jet({0: flint.nmod_mat(n, n, [comb(i + j, i) for i in range(n) for j in range(n)], (1 << 61) - 1)})

    det, adj = pascal(64).det_adj()
    good = entries(det) == [[1]] and (adj @ pascal(64)).first == pascal(64).eye(64).first
    return good and raises(Unfit, pascal(65).det_adj)


def second_field_is_carried() -> bool:
    """exp of sums, products and derivatives by the law of exponents, which holds where they were followed in GF(q)."""
    field = Exponents(Random(8), False, False)
    f, (u, v, w) = Scalars(field), (field.random(2, 2) for _ in range(3))
    du = Jet({**u.c, 1: v.first, 2: w.first, 3: u.first}, u.q)
    same = [
        (f("exp", u + v), f("exp", u) * f("exp", v)), (f("exp", u @ v + w), f("exp", u @ v) * f("exp", w)),
        (f("exp", u * v - w), f("exp", u * v) * f("recip", f("exp", w))), (f("exp", u * 3), f("exp", u + u + u)),
        (f("exp", stack([u, v]) + 1), stack([f("exp", u), f("exp", v)]) * f("exp", u.fixed(1, 1, 1))),
        (f("exp", du + v), f("exp", du) * f("exp", v)), (f("exp", f("recip", du) * 1), f("exp", f("recip", du))),
    ]  # fmt: skip
    lost, split = Jet(u.c), du.split()
    without = [u + lost, lost + u, u * lost, lost * u, stack([u, lost]), -lost]
    kept = [f("sin", du) + v, f("recip", du) * du, du.T, *(part for part in split if part is not None)]
    zero = split[1] is not None and not split[1].q
    return all(x.c == y.c for x, y in same) and all(x.q is None for x in without) and zero and all(
        x.q is not None for x in kept
    )  # fmt: skip


def signs_and_squares_are_noted() -> bool:
    """What is met at a kink, in the order met; what is known beforehand is not."""
    field = Field(Random(9), roots=True)
    p, (a, b) = field.p, (int(e) for e in field.random(1, 2).first.entries())
    known = [field.sign(k) for k in (1, 4, 12, p - 6)] + [field.root(2, 4), field.root(3, 27)]
    free = dict(field.seen)
    signs = [field.sign(a), field.sign(p - a), field.sign(b)]
    noted = dict(field.seen)
    field.forget(lenient=True)
    squares = [pow(e, (p - 1) // 2, p) == 1 for e in (a, b)]
    roots = [field.root(2, e) for e in (a, b)]
    return (
        known == [1, 1, 1, -1, 2, 3] and not free and signs[0] == -signs[1]
        and noted == {("sign", min(e, p - e)): s for e, s in zip((a, b), (signs[0], signs[2]), strict=True)}
        and [s > 0 for s in (signs[0], signs[2])] == squares
        and all((r * r - (e if good else -e)) % p == 0 or (r * r - e) % p == 0
                for r, e, good in zip(roots, (a, b), squares, strict=True))
        and field.spoiled == (not all(squares)) and raises(Redraw, lambda: field.sign(0))
        and raises(Unfit, lambda: field.root(field.half, 4))
    )  # fmt: skip


def powers() -> bool:
    f = Scalars(Field(Random(10), roots=True))
    u = f.numbers.random(2, 3)
    v = u * u
    of = f.rational_power
    return all(
        of(of(v, Fraction(k, m)), Fraction(m)).first == of(v, Fraction(k)).first
        for k in (-3, -1, 1, 2) for m in (1, 2, 3)
    ) and f.rational_power(u, Fraction(0)).first == u.fixed(2, 3, 1).first  # fmt: skip


def what_follows_is_not_noted() -> bool:
    """Products of 2 … 13 and of what was met before; in a field without roots 2 … 13 are numbers like others."""
    field, bare = Field(Random(11), roots=True), Field(Random(12), roots=False)
    p, (a, b, c) = field.p, (int(e) for e in field.random(1, 3).first.entries())
    of_a, of_b, of_14 = (pow(k, -1, p) for k in (a, b, 14))
    for v in (a, b, 6 * a, 10 * a * b, 7 * a * of_b, 15 * of_14 * of_a, of_a * of_b, 9 * a, p - 6 * a, -10 * a * b):
        field.sign(v % p)
    two = len(field.seen)
    for v in (c, a + b, 17 * a, 2 * a + 1):
        field.sign(v % p)
    root = Field(Random(13), roots=True)
    root.forget(lenient=True)
    for v in (a, 4 * a, a, c):
        root.root(2, v % root.p)
    square = int(bare.random(1, 1, positive=True).first[0, 0])
    plain = [bare.sign(v) for v in (1, bare.p - 1, square, bare.p - square, bare.p - 3, 6 * 5)]
    drawn = bare.random(2, 3, positive=True).first.entries()
    return (
        two == 2 and len(field.seen) == 6 and [kind for kind, _ in root.seen] == ["root"] * 2 and len(bare.seen) == 2
        and plain[:4] == [1, -1, 1, -1] and all(bare.symbol(int(e)) == 1 and int(e) in bare.squares for e in drawn)
    )  # fmt: skip


def logarithms_of_roots() -> bool:
    field = Field(Random(14), roots=True)
    f, good = Scalars(field), True
    for _ in range(12):
        field.forget()
        u, v = field.random(1, 1, positive=True), field.random(1, 1, positive=True)
        log = f("log", u)
        good = good and not field.related and f("log", f("root2", u)).first == (log * HALF).first and field.related
        field.forget()
        good = good and f("log", u).first != log.first and not field.related
        for k in (1, -1, 2, -2, 3):
            field.forget()
            a, b = f("log", u), f("log", v)
            good = good and f("log", f.rational_power(u, Fraction(k)) * v).first == (a * k + b).first and field.related
    return good


def a_field_is_fresh() -> bool:
    """Primes of 63 bits, new each time; exp 0 and log 1 at once; π is a square with its double and its half."""
    fields = [Field(Random(k), roots=bool(k % 2)) for k in range(16)]
    good = len({f.p for f in fields}) == 16 and all(f.p % 4 == 3 and f.p.bit_length() == BITS for f in fields)
    for field in fields:
        f, one = Scalars(field), field.pi.fixed(1, 1, 1)
        good = good and field.scalar("exp", 0) == 1 and field.scalar("log", 1) == 0
        good = good and field.scalar("cos", 0) == 1 and 2 * field.scalar("normcdf", 0) % field.p == 1
        good = good and not any(field.scalar(name, 0) for name in ("sin", "asin", "atan", "erf"))
        good = good and field.scalar("exp", 1) != 1 and field.scalar("log", 2) != 0
        good = good and field.fraction(one * Fraction(5, 14)) is None
        field.forget(lenient=True)
        if field.roots:
            for k in (Fraction(1), Fraction(2), HALF):
                root = f("root2", field.pi * k)
                good = good and (root * root).first == (field.pi * k).first
        good = good and not field.seen and not field.spoiled
    return good


def parts_are_moved() -> bool:
    """A part of a matrix from its second row and third column, vec of a transpose, stacks and powers."""
    a = np.arange(20.0).reshape(4, 5)
    ev, m = evaluator({"a": a, "b": a[:, :4] + 3 * np.eye(4)}), sym("a", 4, 5)
    part, turned = ev.evaluate(sub(m, 2, 3, 3, 2)), ev.evaluate(mul(SIZED["comm"](4, 5), make(OPS["vec"], [m])))
    square = sym("b", 4, 4)
    cubes = [numbers(ev.evaluate(mpow(square, k))) for k in (0, 1, 3, -2)]
    b = a[:, :4] + 3 * np.eye(4)
    wide = Jet({0: flint.nmod_mat(2, 3, [1, 2, 3, 4, 5, 6], 7)})
    placed = [[0, 0, 0, 0], [0, 1, 2, 3], [0, 4, 5, 6], [0] * 4, [0] * 4]
    field = Evaluator(Field(Random(15), roots=False), {}, CORE)
    power = matrix_power(field, field.one.fixed(2, 2, 0), field.one * 0)
    return bool(
        entries(place(wide, (5, 4), 1, 1)) == placed and entries(power) == [[1, 0], [0, 1]]
        and np.array_equal(numbers(part), a[1:4, 2:4]) and np.array_equal(numbers(turned), a.reshape(-1, 1))
        and all(np.allclose(c, np.linalg.matrix_power(b, k)) for c, k in zip(cubes, (0, 1, 3, -2), strict=True))
    )  # fmt: skip


PROBES: list[Callable[[], bool]] = [
    *MATRICES, definitions_are_read, written_with_others, jets_by_place, determinants_have_a_limit,
    second_field_is_carried,
    signs_and_squares_are_noted, powers, what_follows_is_not_noted, logarithms_of_roots, parts_are_moved,
    a_field_is_fresh,
]  # fmt: skip
