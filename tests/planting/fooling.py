"""Claims made to fool the checker: false terms that vanish where one might look, added to right answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from math import lcm

from closedform.check.certificate import Claim
from closedform.expr.node import Node, make
from closedform.expr.op import registered
from closedform.functions import elementwise as e
from closedform.functions import piecewise as p
from closedform.functions.algebra import (
    add,
    diagm,
    diagv,
    eye,
    had,
    inner,
    inv,
    mul,
    num,
    ones,
    power,
    scale,
    size_number,
    sub,
    sym,
    tr,
    transpose,
    unit,
)

s, t, u, v = (sym(name) for name in "stuv")
x, y = sym("x", "n"), sym("y", "n")
A, B, X = sym("A", "m", "n"), sym("B", "n", "n"), sym("X", "n", "n")
FAR = [10**k for k in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 21, 24, 30, 40, 60)]


@dataclass(frozen=True)
class Trick:
    """A false claim; ``family`` says how it hopes to pass."""

    family: str
    name: str
    claim: Claim


def bases() -> dict[str, tuple[Claim, Node]]:
    """Right claims, each with a scalar made of its variables for a false term to hang on."""
    n2 = num(2)
    return {
        "square": (Claim("gradient", power(s, 2), n2 * s, s), s),
        "scalar": (Claim("gradient", had(power(s, 3), t), had(num(3), power(s, 2), t), s), had(s, t)),
        "wave": (Claim("gradient", e.sin(had(s, t)), had(t, e.cos(had(s, t))), s), s + t),
        "growth": (Claim("gradient", e.exp(had(s, t)), had(t, e.exp(had(s, t))), s), s),
        "quadratic": (Claim("gradient", mul(transpose(x), B, x), mul(add(B, transpose(B)), x), x), inner(x, y)),
        "norm": (Claim("gradient", inner(x, x), n2 * x, x), inner(x, x)),
        "inverse": (Claim("gradient", tr(inv(X)), scale(num(-1), transpose(mul(inv(X), inv(X)))), X), tr(X)),
        "linear": (Claim("jacobian", mul(A, x), A, x), inner(x, y)),
        "bilinear": (Claim("gradient", mul(transpose(x), B, y), mul(x, transpose(y)), B), tr(B)),
        "hessian": (Claim("hessian", mul(transpose(x), B, x), add(B, transpose(B)), x), inner(x, x)),
    }


def hung(claim: Claim, term: Node) -> Claim:
    """The claim with a false scalar term in every entry of the answer."""
    a = claim.answer
    wrong = term if a.is_scalar else scale(term, ones(a.rows, a.cols))
    return Claim(claim.kind, claim.function, add(a, wrong), claim.variable, claim.second, claim.differentials)


def with_answer(claim: Claim, answer: Node) -> Claim:
    return Claim(claim.kind, claim.function, answer, claim.variable, claim.second, claim.differentials)


# -- numbers a field may hold for zero


def is_prime(n: int) -> bool:
    """Miller and Rabin, exact below 2^81."""
    if n < 2:
        return False
    small = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    if any(n % q == 0 for q in small):
        return n in small
    d, r = n - 1, 0
    while d % 2 == 0:
        d, r = d // 2, r + 1
    for a in small:
        z = pow(a, d, n)
        if z in (1, n - 1):
            continue
        for _ in range(r - 1):
            z = z * z % n
            if z == n - 1:
                break
        else:
            return False
    return True


def primes(start: int, count: int, step: int = 2, rest: int = 1) -> list[int]:
    """Primes from ``start`` on that leave ``rest`` when divided by ``step``."""
    out: list[int] = []
    k = start - start % step + rest
    while len(out) < count:
        if is_prime(k):
            out.append(k)
        k += step
    return out


def field_primes() -> list[int]:
    """Of the sizes that fields have: 61 bits, with the residues that roots and exponentials want."""
    kinds = [(2, 1), (8, 7), (8, 1), (4, 3), (24, 23), (840, 839), (60060, 1)]
    out = [q for step, rest in kinds for q in primes(2**60, 3, step, rest) + primes(2**61 - 10**6, 3, step, rest)]
    return [*dict.fromkeys([*out, 2**61 - 1, 2**31 - 1, 2**89 - 1, 2**127 - 1, 998244353, 10**9 + 7, 2**64 - 59])]


def orders() -> list[int]:
    """What the order of a group of exponentials may be, and multiples of many at once."""
    out = [q for bits in (20, 30, 31, 32, 39, 40, 41) for q in primes(2 ** (bits - 1) + 12345, 2)]
    return [*out, reduce(lcm, range(1, 41)), 2**61 - 2, 2**40, reduce(lambda a, b: a * b, out)]


# -- the families


def prime_terms() -> Iterator[Trick]:
    many = field_primes()
    numbers = [*many, *(a * b for a, b in pairwise(many)), reduce(lambda a, b: a * b, many),
               reduce(lcm, range(1, 401)), 2**61, 2**61 - 2]  # fmt: skip
    for word, (claim, hook) in bases().items():
        for k, number in enumerate(numbers[:: 1 if word in ("square", "norm") else 4]):
            yield Trick("a multiple of primes", f"{word} {k}", hung(claim, scale_number(number, hook)))
        for q in many[:4]:
            yield Trick("Fermat's little theorem", f"{word} {q}", hung(claim, sub(power(hook, q), hook)))
            yield Trick("a multiple of primes", f"{word} 1/{q}", hung(claim, scale_number(f"1/{q}", hook)))


def scale_number(number: int | str, a: Node) -> Node:
    return scale(num(number), a)


def sign_patterns() -> Iterator[Trick]:
    """Wrong where each of k numbers has one given sign, right on the other 2^k - 1 patterns."""
    names = [sym(name) for name in ("s", "t", "u", "v", "q", "r")]
    for k in range(1, 7):
        for pattern in range(min(2**k, 12)):
            signed = [a if pattern >> j & 1 else scale(num(-1), a) for j, a in enumerate(names[:k])]
            f = reduce(add, [p.absolute(a) for a in names[:k]])
            g = p.sign(s)
            for word, bump in (("step", p.step), ("relu", p.relu)):
                wrong = had(*map(bump, signed), num(1)) if k == 1 else had(*map(bump, signed))
                yield Trick("one sign pattern", f"{word} {k} {pattern:0{k}b}", Claim("gradient", f, add(g, wrong), s))
    for k in range(1, 4):
        entries = [mul(transpose(unit(num(j + 1), 4)), sym("x", 4)) for j in range(k)]
        wrong = had(*map(p.step, entries), num(1))
        x4 = sym("x", 4)
        answer = add(p.sign(x4), scale(wrong, ones(4)))
        f = mul(transpose(ones(4)), p.absolute(x4))
        yield Trick("one sign pattern", f"entries {k}", Claim("gradient", f, answer, x4))


def special_points() -> Iterator[Trick]:
    """Terms that vanish where a matrix is symmetric, skew, diagonal, the identity, normal, singular or of rank one."""
    off = sub(X, diagm(diagv(X)))
    terms = {
        "symmetric": sub(X, transpose(X)), "skew": add(X, transpose(X)), "diagonal": off, "zero": X,
        "identity": sub(X, eye("n")), "a multiple of the identity": sub(X, scale(entry(X, 1, 1), eye("n"))),
        "normal": sub(mul(X, transpose(X)), mul(transpose(X), X)), "orthogonal": sub(mul(transpose(X), X), eye("n")),
        "idempotent": sub(mul(X, X), X), "nilpotent": mul(X, X), "commuting": sub(mul(X, B), mul(B, X)),
        "trace 0": scale(tr(X), X), "all ones": sub(X, ones("n", "n")),
    }  # fmt: skip
    named = {
        "logdet": Claim("gradient", fn("logdet", X), transpose(inv(X)), X),
        "trace of square": Claim("gradient", tr(mul(X, X)), num(2) * transpose(X), X),
        "square": Claim("gradient", tr(mul(transpose(X), X)), num(2) * X, X),
        "linear": Claim("gradient", tr(mul(B, X)), transpose(B), X),
        "inverse": Claim("gradient", tr(inv(X)), scale(num(-1), transpose(mul(inv(X), inv(X)))), X),
        "quadratic": Claim("gradient", mul(transpose(x), X, x), mul(x, transpose(x)), X),
    }
    for word, claim in named.items():
        for where, term in terms.items():
            for size in ("1", "1/1000000000000", "1000000000000"):
                answer = add(claim.answer, scale(num(size), term))
                yield Trick("special points", f"{word}, right where {where}, {size}", with_answer(claim, answer))


def entry(X: Node, i: int, j: int) -> Node:
    return mul(transpose(unit(num(i), X.rows)), X, unit(num(j), X.cols))


def fn(name: str, *args: Node) -> Node:
    return make(registered()[name], args)


def one_size() -> Iterator[Trick]:
    """Right at one size or two: 1, 2, … alone, or at odd or even ones; and identities of Cayley and Hamilton."""
    n = size_number("n")
    for word in ("quadratic", "norm", "linear", "hessian", "bilinear", "inverse"):
        claim, hook = bases()[word]
        for k in range(1, 13):
            yield Trick("one size", f"{word} at {k}", hung(claim, had(sub(n, num(k)), hook)))
            yield Trick("one size", f"{word} at {k} and {k + 3}",
                        hung(claim, had(sub(n, num(k)), sub(n, num(k + 3)), hook)))  # fmt: skip
        for parity, number in (("odd", "1"), ("even", "-1")):
            term = had(sub(power(num(-1), n), num(number)), hook)
            yield Trick("one size", f"{word} wrong where n is {parity}", hung(claim, term))
    for claim, hook in entrywise():
        for parity, number in (("odd", "1"), ("even", "-1")):
            term = had(sub(power(num(-1), n), num(number)), hook)
            yield Trick("one size", f"{claim.function.args[0].op.name} wrong where n is {parity}", hung(claim, term))
    tall = sym("T", "n", "m")
    folded = mul(transpose(tall), B, tall)
    answer = total_of(mul(B, tall, fn("adj", folded)), mul(transpose(B), tall, fn("adj", transpose(folded))))
    for word, right in (("even", -1), ("odd", 1)):
        factor = had(add(num(1), scale(num(right), power(num(-1), size_number("m")))), num("1/2"))
        claim = Claim("gradient", fn("det", folded), scale(factor, answer), tall)
        yield Trick("one size", f"a determinant wrong where m is {word}", claim)
    left, right = sym("C", "n", "m"), sym("D", "m", "n")
    small = mul(left, sym("Z", "m", "m"), right)
    answer = mul(transpose(left), fn("adj", scale(num(-1), transpose(small))), transpose(right))
    wrong = Claim("gradient", fn("det", small), answer, sym("Z", "m", "m"))
    yield Trick("one size", "wrong where n is even and at most m", wrong)
    det = fn("det", X)
    yield Trick("one size", "det at 2", Claim("gradient", det, sub(scale(tr(X), eye("n")), transpose(X)), X))
    yield Trick("one size", "det at 1", Claim("gradient", det, eye("n"), X))
    square = Claim("gradient", tr(mul(X, X, B)), num(2) * mul(transpose(B), transpose(X)), X)
    yield Trick("one size", "trace of squares at 1", square)


def total_of(*terms: Node) -> Node:
    return reduce(add, terms)


def entrywise() -> Iterator[tuple[Claim, Node]]:
    """Sums of functions of B·x, with a scalar for a false term."""
    u = mul(B, x)
    slopes = {"exp": fn("exp", u), "tanh": sub(ones("n"), power(fn("tanh", u), 2)), "relu": fn("step", u),
              "sin": fn("cos", u)}  # fmt: skip
    for name, slope in slopes.items():
        yield Claim("gradient", fn("sum", fn(name, u)), mul(transpose(B), slope), x), inner(x, y)


def high_degrees() -> Iterator[Trick]:
    """Polynomials with many roots: zero at small whole numbers, and at many fractions."""
    for word in ("square", "scalar", "norm", "quadratic", "growth", "linear"):
        claim, hook = bases()[word]
        for d in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 20, 24, 32, 40):
            roots = [sub(hook, num(k)) for k in range(-(d // 2), d - d // 2)]
            yield Trick("degree near the trials", f"{word} {d}", hung(claim, had(*roots, num(1))))
        for d in (2, 3, 4, 6, 8, 12):
            roots = [sub(power(hook, 2), num(k * k)) for k in range(d)]
            yield Trick("degree near the trials", f"{word} squares {d}", hung(claim, had(*roots, num(1))))


def group_orders() -> Iterator[Trick]:
    """exp(q·s) - 1, which is 0 where exp is a homomorphism into a group of order q."""
    for word in ("growth", "wave", "square", "norm", "quadratic"):
        claim, hook = bases()[word]
        for q in orders():
            yield Trick("a group's order", f"{word} {q}", hung(claim, sub(e.exp(scale_number(q, hook)), num(1))))
            yield Trick("a group's order", f"{word} product {q}",
                        hung(claim, sub(e.exp(scale_number(q + 1, hook)), e.exp(hook))))  # fmt: skip


def far_or_near() -> Iterator[Trick]:
    """Wrong only beyond a large number, or only within a small one, of a variable or a length."""
    for word in ("square", "scalar", "growth", "norm", "quadratic"):
        claim, hook = bases()[word]
        for number in FAR:
            beyond, within = p.relu(sub(hook, num(number))), p.relu(sub(num(f"1/{number}"), p.absolute(hook)))
            below = p.relu(sub(scale(num(-1), hook), num(number)))
            yield Trick("far out", f"{word} beyond {number}", hung(claim, beyond))
            yield Trick("far out", f"{word} below -{number}", hung(claim, below))
            yield Trick("near 0", f"{word} within 1/{number}", hung(claim, within))
        for number in FAR[:9]:
            bell = e.exp(scale_number(-number, power(hook, 2)))
            yield Trick("near 0", f"{word} bell {number}", hung(claim, bell))


def small_factors() -> Iterator[Trick]:
    for word, (claim, _) in bases().items():
        for k in (12, 15, 18, 21, 30, 60, 100, 300):
            factor = num(f"{10**k + 1}/{10**k}")
            yield Trick("a small factor", f"{word} 1 + 1e-{k}", with_answer(claim, scale(factor, claim.answer)))


FAMILIES = (
    prime_terms, sign_patterns, special_points, one_size, high_degrees, group_orders, far_or_near, small_factors,
)  # fmt: skip


def tricks() -> list[Trick]:
    return [trick for family in FAMILIES for trick in family()]
