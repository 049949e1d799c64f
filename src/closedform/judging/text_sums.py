r"""Sums over an index as people type them in text, ``sum_i r_i^2``, in the formula language: ``sum(i, r[i]^2)``."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from closedform.judging.spans import close_of
from closedform.read.alphabet import canonical
from closedform.read.vocabulary import is_function

_BELOW = str.maketrans("ᵢⱼₖₗₘₙₚₛₜₐₑₕₒₓᵣᵤᵥᵦ", "ijklmnpstaehoxruvβ")
_LOWERED = re.compile(f"[{''.join(map(chr, _BELOW))}]")
_NUMBERED = re.compile(r"(?<=[A-Za-zα-ωΑ-Ω])([₀-₉]+)(?=([A-Za-zα-ωΑ-Ω]?))")
_SAID = re.compile(r"\b(?:the\s+)?sum\s+over\s+(?:all\s+)?(?P<at>[i-t])\s+of\s+")
_INDEXED_NAME = re.compile(r"(?:^|[\s,;])([A-Za-z]\w*)\[\s*[i-t]\s*\]\s*:?=(?!=)", re.MULTILINE)
_BRACKETED = re.compile(r"(?<!\w)([^\W\d_]\w*)\[\s*([i-t])\s*\](?!\s*(?:in|∈)\b)")
_SIGN = re.compile(
    r"(?:(?<![\w.])(?:sum|Sum)|[Σ∑])\s*_\s*(?:\{\s*(?P<some>[i-t](?:\s*,\s*[i-t])*)\s*(?:=\s*1\s*(?:\.\.+\s*(?P<high>\w+)\s*)?)?\}"
    r"|(?P<one>[i-t])(?:\s*=\s*1(?!\w))?(?![A-Za-z0-9_]))(?:\s*\^\s*(?:\{\s*(?P<top>\w+)\s*\}|(?P<up>[A-Za-z0-9]+)))?"
    r"(?!\s*(?:\^|⁻|'|ᵀ|\)|\.\*))\s*"
)
_HEADER = re.compile(r"(?<![\w.])sum\(\s*([i-t])\s*(?=[,=])")
_BARE_CALL = re.compile(r"(?<![\w.])(?P<name>log|ln|exp|sqrt)\s+(?=sum\()")
_ENTRY = re.compile(r"(?<![\w.])(?P<base>[^\W\d_]\w*?)_\{?(?P<at>[abi-t]{1,2}|[abi-t]\s*,\s*[abi-t])\}?(?![^\Wᵀ²³])")
_DELTA = re.compile(r"(?<!\w)(?:δ|delta)_\{?(?P<one>[abi-t]),?\s*(?P<two>[abi-t])\}?(?!\w)")
_UNBOUND = re.compile(r"(?<![\w.])[Ss]um\((?!\s*[i-t]\s*[,=])")
MAX_SUMS = 40


def with_lowered(source: str) -> str:
    """The derivation with one spelling for indices: ``rᵢ`` and, where an ``r[i] = …`` stands, ``r[i]`` as ``r_i``.

    >>> with_lowered("r[i] = aᵢ'x, f = sum over i of r[i]^2")
    "r_i = a_i'x, f = sum_i r_i^2"
    """
    if "ℓ" in source:
        free = (c for c in "lLE" if not re.search(rf"(?<![^\W_]){c}(?![^\W_])", source))
        source = source.replace("ℓ", next(free, "F"))
    source = _NUMBERED.sub(lambda m: f"_{canonical('x' + m[1])[2:]}" + (" " if m[2] else ""), source)
    source = _LOWERED.sub(lambda m: "_" + m.group().translate(_BELOW), source)
    source = _SAID.sub(lambda m: f"sum_{m['at']} ", source)
    return _BRACKETED.sub(r"\1_\2", source) if _INDEXED_NAME.search(source) else source


def with_calls(text: str) -> str:
    """The text with ``sum_i`` and what it reaches over, up to the next ``+`` or ``-``, as ``sum(i, …)``.

    >>> with_calls("2*sum_i (a_i'*x - b_i)*a_i + x"), with_calls("log sum_{j=1}^n exp(z_j)")
    ("2*sum(i, (a_i'*x - b_i)*a_i) + x", 'log(sum(j=1..n, exp(z_j)))')
    """
    for _ in range(MAX_SUMS):
        signs = list(_SIGN.finditer(text))
        if not signs:
            break
        sign = signs[-1]
        letters = [c.strip() for c in (sign["some"] or sign["one"]).split(",")]
        end = _before_same(text, sign.end(), _reach(text, sign.end()), letters)
        term = text[sign.end() : end].rstrip()
        behind = text[sign.end() + len(term) :]
        high = sign["top"] or sign["up"] or sign["high"]
        for letter in reversed(letters):
            term = f"sum({letter}=1..{high}, {term})" if high else f"sum({letter}, {term})"
        text = text[: sign.start()] + term + behind
    return _called(_bound(text))


def _reach(text: str, start: int) -> int:
    """Where the term that begins at ``start`` ends."""
    depth, before, bars = 0, "", False
    for place in range(start, len(text)):
        sign = text[place]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        bars ^= sign in "|‖" and text[place - 1] != "|"
        ends = sign in "=,;" or (sign in "+-" and before not in ("", *"*/^+-."))
        if depth < 0 or (depth == 0 and not bars and ends):
            return place
        before = sign if sign.strip() else before
    return len(text)


def _before_same(text: str, start: int, end: int, letters: list[str]) -> int:
    """Where a sum ends that is divided by one over the same index: ``sum_i m_i r_i / sum_i m_i``."""
    for found in re.finditer(rf"/\s*\(?\s*sum\(\s*(?:{'|'.join(letters)})\s*[,=]", text[start:end]):
        before = text[start : start + found.start()]
        if before.count("(") == before.count(")"):
            return start + found.start()
    return end


def _bound(text: str) -> str:
    """``sum(r_i*a_i)``: the sum is over the one index that stands in it and that no other sum binds."""
    for found in reversed(list(_UNBOUND.finditer(text))):
        inside = text[found.end() : close_of(text, found.end() - 1) - 1]
        free = {c for m in _ENTRY.finditer(inside) for c in m["at"] if c.isalpha()} - summed(text)
        if len(free) == 1:
            text = f"{text[: found.start()]}sum({free.pop()}, {text[found.end() :]}"
    return text


def _called(text: str) -> str:
    found = _BARE_CALL.search(text)
    while found is not None:
        end = close_of(text, found.end() + 3)
        text = f"{text[: found.start()]}{found['name']}({text[found.end() : end]}){text[end:]}"
        found = _BARE_CALL.search(text)
    return text


def summed(text: str) -> set[str]:
    """The letters that sums of a text run over.

    >>> sorted(summed("sum(i, sum(j=1..n, A[i,j]))"))
    ['i', 'j']
    """
    return set(_HEADER.findall(text))


def with_brackets(text: str, letters: Iterable[str], own: Container[str]) -> str:
    """The text with ``a_i`` as ``a[i]`` where i counts, but for the names in ``own``, which are defined with it.

    >>> with_brackets("sum(i, a_i'*x*A_ij) + b_k", {"i", "j"}, ())
    "sum(i, a[i]'*x*A[i,j]) + b_k"
    """
    letters = set(letters)

    def bracket(found: re.Match[str]) -> str:
        base, at = found["base"], [c for c in found["at"] if c.isalpha()]
        whole = f"{base}_{''.join(at)}"
        below = re.search(r"/\s*\(?\s*$" if base[0] == "d" else "∂\\s*$", text[: found.start()])
        above = base[0] == "d" and re.match(r"\s*/\s*\(?\s*[d∂]", text[found.end() :])  # dp_k/dz_j
        if not letters.issuperset(at) or whole in own or is_function(base) or above or below:
            return found.group()
        return f"{base}[{','.join(at)}]"

    return _ENTRY.sub(bracket, _DELTA.sub(r"I[\g<one>,\g<two>]", text))
