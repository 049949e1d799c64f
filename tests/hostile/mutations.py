"""Mutated byte strings: corpus lines cut, spliced, repeated and spoilt, the same for every seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

DATA = Path(__file__).parent.parent / "data"
WORDS = [
    w.encode()
    for w in (
        "(", ")", "[", "]", "{", "}", "'", "^", "^-1", "^T", ".^", ".*", "||", "|", "+", "-", "*", "/", ",", ";", ":",
        "=", "==", "where", "in", "R^n", "R^(m×n)", "Sym(n)", "PD(n)", "> 0", "sum(i, ", "x[i]", "A[i,:]", "_", "_i",
        "\\frac{", "\\sum_{i=1}^{n}", "\\left(", "\\right)", "\\begin{align}", "\\end{align}", "\\\\", "&", "$", "\\[",
        "\\text{", "\\mathbf{", "\\operatorname{", "\\top", "\\partial", "\\def\\a{\\a\\a}", "0", "1e309", "1e-999",
        "9^9^9", "0.1", "1/0", "10^-5", "inv(", "det(", "exp(", "log(", "tr(", "diag(", "norm1(", "vector(",
        "d/dx", "df", "dX", "\n", "\t", "\r\n", "\0", "#", "%", "@", "~", "`", '"', "λ", "Σ", "ᵀ", "⁻¹", "⊙", "½", "𝐱",
        "ｘ", "é", "\u202e", "\ufeff", "true", "null", "NaN", "Infinity", "-0", "[[1,2],[3,4]]", "{}", "x=", "A=@",
        "__class__", "__import__('os')", "lambda:", "eval('1')", "x.T", "x.transpose()", "zeros(", "eye(n)",
    )
]  # fmt: skip
DECLARATIONS = [
    b"A in Sym(n), lam > 0", b"x in R^n, X in PD(n)", b"f: R^n -> R", b"S in R^(n,n), S symmetric", b"A: m*n, b: m",
    b"y in {-1,1}^m", b"A matrix, x vector, c scalar", b"X in Orth(n)", b"n = 4, A in R^(2n*n)",
]  # fmt: skip
MATRIXCALCULUS = [
    b"x'*A*x + c*sin(y)'*x", b"sum(log(exp(-y.*(X*w)) + vector(1)))", b"norm2(A*x - y)^2", b"tr(A*inv(X)*B)",
    b"0.5*norm2(X*w-y).^2 + c*norm1(w)", b"log(det(inv(X)))", b"x.^2 ./ (y.^2 + vector(1))",
]  # fmt: skip
VALUES = [
    b'{"x": [1, 2], "A": [[1, 2], [3, 4]]}', b"[1, 2.5, -3e10]", b"[[1,2],[3,4]]", b"0.1", b'"text"', b"null",
    b"[1, 2.5]", b'{"x": {"y": [1]}}', b"[[[1]]]", b"[1, [2]]", b"1e400",
]  # fmt: skip


@cache
def corpus() -> dict[str, list[bytes]]:
    """What is mutated, by the kind of door."""
    rows = [json.loads(line) for name in ("seed", "wild") for line in _lines(DATA / f"{name}_problems.jsonl")]
    judged = json.loads((DATA / "judge" / "from_corpus.json").read_text("utf-8"))
    notes = [part for path in sorted((DATA / "judge").glob("*.txt")) for part in path.read_bytes().split(b"===")]
    return {
        "text": [row["formula"].encode() for row in rows],
        "latex": [row["latex"].encode() for row in rows],
        "declarations": [*DECLARATIONS, *(row["where"].encode() for row in rows if row["where"])],
        "matrixcalculus": [*MATRIXCALCULUS, *(row["formula"].encode() for row in rows[::7])],
        "derivation": [*(row["text"].encode() for row in judged), *(part.split(b"---")[0] for part in notes if part)],
        "answer": [row["answer"].encode() for row in rows],
        "value": VALUES,
    }


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def mutated(rng: Random, kind: str) -> bytes:
    """A corpus line of this kind after one to six changes; now and then bytes of no meaning at all."""
    lines = corpus()[kind]
    if rng.random() < 0.03:
        return rng.randbytes(rng.randrange(40))
    data = rng.choice(lines)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 6))):
        data = rng.choice(CHANGES)(rng, data, lines)
    return data[:4000]


def _place(rng: Random, data: bytes) -> int:
    return rng.randrange(len(data) + 1)


def _inserted(rng: Random, data: bytes, lines: list[bytes]) -> bytes:
    at = _place(rng, data)
    return data[:at] + rng.choice(WORDS) + data[at:]


def _flipped(rng: Random, data: bytes, lines: list[bytes]) -> bytes:
    at = _place(rng, data)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _typed(rng: Random, data: bytes, lines: list[bytes]) -> bytes:
    at = _place(rng, data)
    return data[:at] + bytes([rng.randrange(32, 127)]) + data[at + 1 :]


def _cut(rng: Random, data: bytes, lines: list[bytes]) -> bytes:
    low, high = sorted((_place(rng, data), _place(rng, data)))
    return data[:low] + data[min(high, low + 12) :]


def _truncated(rng: Random, data: bytes, lines: list[bytes]) -> bytes:
    return data[: _place(rng, data)]


def _doubled(rng: Random, data: bytes, lines: list[bytes]) -> bytes:
    low, high = sorted((_place(rng, data), _place(rng, data)))
    return data[:high] + data[low:high] * rng.choice((1, 1, 2, 9, 40)) + data[high:]


def _spliced(rng: Random, data: bytes, lines: list[bytes]) -> bytes:
    other = rng.choice(lines)
    return data[: _place(rng, data)] + other[_place(rng, other) :]


def _nested(rng: Random, data: bytes, lines: list[bytes]) -> bytes:
    opening, closing = rng.choice(((b"(", b")"), (b"exp(", b")"), (b"-(", b")"), (b"{", b"}"), (b"[", b"]")))
    deep = rng.choice((1, 2, 30, 200))
    return opening * deep + data + closing * rng.choice((deep, deep, deep - 1))


CHANGES = (_inserted, _inserted, _inserted, _flipped, _typed, _typed, _cut, _cut, _truncated, _doubled, _spliced,
           _nested)  # fmt: skip


def texts(data: bytes) -> Iterator[str]:
    """The byte string as the strings a caller may hand over."""
    yield data.decode("utf-8", "replace")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        yield data.decode("utf-8", "surrogateescape")
