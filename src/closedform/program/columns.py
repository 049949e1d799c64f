"""What Julia and Octave share. A vector is a column; a row is the column it is the transpose of."""

from __future__ import annotations

from closedform.expr.size import ONE, Size
from closedform.program.ir import Ref, Step
from closedform.program.parts import known
from closedform.program.spell import Speller, Template, infix

T = Template


def columns(transpose: str) -> dict[str, Template]:
    """Products of columns and matrices, which read the same in both languages."""
    return {
        **infix(add=".+", sub=".-", mul=".*", div="./"),
        "pow": T("<0^5> .^ <1^5>", 4),
        "pi": T("pi"),
        "matmul:11": T(f"<0^5>{transpose} * <1^3>", 2),
        "matmul:12": T(f"<1^5>{transpose} * <0^3>", 2),
        "matmul": T("<0^2> * <1^3>", 2),
        "outer": T(f"<0^2> * <1^5>{transpose}", 2),
        "rows": T("<0^2> .* <1^3>", 2),
        "cols": T(f"<0^2> .* <1^5>{transpose}", 2),
        "T": T(f"<0^5>{transpose}"),
        "gram": T(f"<0^5>{transpose} * <0^3>", 2),
        "solve": T("<0^2> \\ <1^3>", 2),
        "solve_t": T(f"<0^5>{transpose} \\ <1^3>", 2),
        "inverse": T("inv(<0>)"),
        "inverse_spd": T("inv(<0>)"),
        "trace": T("<tr>(<0>)"),
        "kron_times": T("kron(<0>, <1>) * <2^3>", 2),
        "matrix_power": T("<0^5>^<a0>", 4),
        "power": T("<0^5>^<1^5>", 4),
    }


def same(names: str) -> dict[str, Template]:
    pairs = [(n.split("=") * 2)[:2] for n in names.split()]
    return {ours: T(f"{theirs}(<0>)") for ours, theirs in pairs}


BROADCAST = "exp log sqrt sin cos tan asin acos atan sinh cosh tanh abs sign"


def one_based(speller: Speller, step: Step) -> str:
    """``i:i + m - 1, j``: a row is held as a column, so that one span may be all."""
    whole, lengths = step.attrs[-1][0], step.attrs[1:3]
    texts = []
    for at, length, have in zip(step.args[1:], lengths, whole, strict=True):
        if have is not ONE:
            first = speller.bound(at, 1)
            texts.append(":" if length is have else first if length is ONE else until(speller, at, length))
    return ", ".join(texts) or "1"


def until(speller: Speller, at: Ref, length: Size) -> str:
    start = known(speller.steps[at])
    first = speller.bound(at, 1)
    last = f"{first} + {speller.size(length - ONE)}" if start is None else speller.size(start + length - ONE)
    return f"{first}:{last}"
