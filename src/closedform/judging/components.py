"""Components: where a derivative is taken by ``x_k``, each ``b_k`` is an entry of b, not a name of its own."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from closedform.judging.names import LETTER, bare, cleaned
from closedform.judging.spans import close_of
from closedform.read.vocabulary import is_function

_FREE = re.compile(rf"(?:\\partial|∂)\s*(?P<base>{LETTER})\s*_\{{?\s*(?P<at>[a-z])\s*\}}?(?![A-Za-z])")
_FREE_TEXT = re.compile(rf"(?:∂|\bd)(?P<base>{LETTER})_\{{?(?P<at>[a-z]{{1,2}})\}}?(?!\w)")
_OF_DELTA = re.compile(r"(?:\\delta|δ|\bdelta)_\{?\s*([a-z])\s*,?\s*([a-z])\s*\}?")
_AROUND = re.compile(r"(?:\)|\]|\\\})\s*_\s*\{?\s*([a-z])\s*\}?(?![A-Za-z])")
_ENTRY = re.compile(
    rf"(?P<before>(?:\\partial|∂)\s*|(?<![A-Za-z\\])d\s*)?(?P<base>(?:(?<![A-Za-z\\])|(?<=_[a-z])){LETTER})"
    r"_(?:(?P<one>[a-z])(?:(?![A-Za-z])|(?<=_[i-t])(?=[a-z]_|[A-Z]))|\{\s*(?P<in>[a-z])\s*\})"
)
_NO_NAMES = {"\\sum", "\\prod", "\\nabla", "\\partial", "\\max", "\\min", "\\log", "\\text", "\\operatorname", "\\in"}
USUAL = set("ijklmnpqrst")


def free_letters(source: str, syntax: str) -> set[str]:
    r"""The letters that count components: ``k`` of ``\partial x_k`` and of ``(Ax)_k``.

    >>> sorted(free_letters(r"\frac{\partial f}{\partial x_k} = (Ax)_k + p_{i}", "latex"))
    ['k']
    """
    below = [m["at"] for m in (_FREE if syntax == "latex" else _FREE_TEXT).finditer(source)]
    usual = USUAL | {c for m in _OF_DELTA.finditer(source) for c in m.groups()}
    found = {c for at in below for c in at if usual.issuperset(at)}
    return (found | {m[1] for m in _AROUND.finditer(source)} if found else found) & usual
_ABOVE = re.compile(rf"(?:∂|(?<!\w)d)(?P<of>{LETTER})_(?P<at>[a-z])(?=\s*/\s*(?:∂|d))")
"""The entry of a vector that is differentiated, in text: ``dp_i/dz_j``."""


def with_entries(text: str, letters: set[str], own: Container[str], syntax: str) -> str:
    r"""The text with ``b_k`` as the entry of b, but for the names in ``own``, which are defined with their index.

    >>> with_entries(r"\log\frac{p_k}{q_k} - s_k", {"k"}, {"s_k"}, "latex")
    '\\log\\frac{(p)_{k}}{(q)_{k}} - s_k'
    >>> with_entries("dp_i/dz_j", {"i", "j"}, {"p"}, "text")
    '∂(p[i])/dz_j'
    """
    if not letters:
        return text
    if syntax == "text":
        text = _ABOVE.sub(lambda m: _of_entry(m) if m["of"] in own and m["at"] in letters else m.group(), text)

    def entry(found: re.Match[str]) -> str:
        base, at = found["base"], found["one"] or found["in"]
        known = base in _NO_NAMES or is_function(bare(base)) or f"{bare(base)}_{at}" in own
        if at not in letters or known or (found["before"] or "").startswith(("\\partial", "∂")):
            return found.group()
        if found["before"] and re.search(r"[/{]\s*$", text[: found.start()]):  # \frac{df}{dx_k}
            return found.group()
        name = f"{found['before'] or ''}{base}"
        return f"({name})_{{{at}}}" if syntax == "latex" else f"{name}[{at}]"

    return _ENTRY.sub(entry, text)


def _of_entry(found: re.Match[str]) -> str:
    return f"∂({found['of']}[{found['at']}])"


_DELTA = re.compile(r"\\delta_\{\s*([a-z])\s*,?\s*([a-z])\s*\}")


def sized_deltas(text: str, source: str) -> str:
    r"""The text with the size of the identity beside ``\delta_{ik}``: that of ``z`` where ``\partial z_i`` stands.

    >>> sized_deltas(r"p\delta_{ik}", r"\frac{\partial f}{\partial z_i}")
    'p(\\delta_{ik} + 0 (z)_{i})'
    """
    bases = {m["at"]: m["base"] for m in _FREE.finditer(source)}

    def sized(found: re.Match[str]) -> str:
        at = next((c for c in found.groups() if c in bases), "")
        return f"({found.group()} + 0 ({bases[at]})_{{{at}}})" if at else found.group()

    return _DELTA.sub(sized, text)


def plain_deltas(text: str) -> str:
    r"""What :func:`sized_deltas` made, as it was written.

    >>> plain_deltas(r"p ({I}_{i,k} + 0 {z}_{i})")
    'p \\delta_{ik}'
    """
    return re.sub(r"\(\{?I\}?_\{(\w),(\w)\} \+ 0 \{?\\?\w+\}?_\{\w\}\)", r"\\delta_{\1\2}", text)


_SUBSCRIPT = re.compile(r"_\s*(?:(?P<one>[a-z])(?:(?![A-Za-z])|(?=[a-z]_|[A-Z]))|\{(?P<in>[^{}]*)\})")
MAX_NESTED, MAX_LENGTH = 3, 3000


def defined_entries(texts: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    r"""The index and the text of what is defined entry by entry: ``p_i = …`` with i in what follows.

    >>> defined_entries({"p_i": r"e^{z_i}", "W_l": "A B"})
    {'p': ('i', 'e^{z_i}')}
    """
    out = {}
    for name, body in texts.items():
        found = re.fullmatch(r"(\w+)_([i-t])", name)
        if found and re.search(rf"_\s*(?:[i-t]?{found[2]}[i-t]?(?![A-Za-z])|\{{[i-t,\s]*{found[2]}[i-t,\s]*\}})", body):
            out[found[1]] = (found[2], cleaned(body))
    return out


def with_definitions(
    text: str, bodies: Mapping[str, tuple[str, str]], own: Container[str], fixed: Container[str] = ()
) -> str:
    r"""The text with ``p_k`` written out, where ``p_i`` was defined for every i and no other ``p_k`` is.

    >>> with_definitions(r"\delta_{ik} - p_k", {"p": ("i", r"e^{z_i}/\sum_k e^{z_k}")}, {"p_i"})
    '\\delta_{ik} - (e^{z_{k}}/\\sum_{l} e^{z_{l}})'
    """

    def put(found: re.Match[str]) -> str:
        base, at = bare(found["base"]), found["one"] or found["in"]
        if base not in bodies or found["before"]:
            return found.group()
        index, body = bodies[base]
        if at == index and (_summed(text, at) or at in fixed) and not _summed(body, at):
            for letter in (c for c in sorted(USUAL) if c in fixed and _summed(body, c)):
                other = next((c for c in "lmnqrstij" if c not in fixed and not _at(body, c)), "u")
                body = _renamed(body, letter, other)
            return f"({body})"
        if at == index or f"{base}_{at}" in own:
            return found.group()
        if _summed(body, at):
            other = next((c for c in "lmnqrstij" if not _at(body, c) and c != at), "u")
            body = _renamed(body, at, other)
        return f"({_renamed(body, index, at)})"

    for _ in range(min(len(bodies), MAX_NESTED)):
        text = _ENTRY.sub(put, text) if len(text) < MAX_LENGTH else text
    return text


def _at(body: str, letter: str) -> bool:
    return f"_{letter}" in body or f"{{{letter}}}" in body or f"[{letter}]" in body


def _summed(body: str, letter: str) -> bool:
    latex = rf"\\sum\s*(?:\\limits)?\s*_\s*(?:\{{\s*{letter}(?![A-Za-z])|{letter})"
    return re.search(rf"{latex}|(?<!\w)sum\(\s*{letter}\s*[,=]", body) is not None


def _renamed(body: str, letter: str, other: str) -> str:
    """The body with another letter in all its subscripts."""

    def subscript(found: re.Match[str]) -> str:
        inner = found["one"] or found["in"]
        if re.fullmatch("[i-t]{2}", inner):
            return "_{" + inner.replace(letter, other) + "}"
        return "_{" + re.sub(rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])|(?<=[a-z]){letter}(?![A-Za-z])", other, inner) + "}"

    body = _PAIR.sub(lambda m: "_{" + m[1].replace(letter, other) + "}", _SUBSCRIPT.sub(subscript, body))
    return re.sub(rf"(?<!\w)sum\(\s*{letter}(?=\s*[,=])", f"sum({other}", body)


_PAIR = re.compile(r"_([i-t]{2})(?![A-Za-z])")
_DIAGONAL = re.compile(
    r"(?:\\(?:mathrm|operatorname|text|mathsf)\s*\{\s*[dD]iag\s*\}|\\diag\b|(?<!\w)[dD]iag)\s*(?P<left>\\left\s*)?(?P<open>[(\[])"
)
_AT = re.compile(r"_\s*\{?([i-t])(?![A-Za-z])|(?<=\w)\[([i-t])[\],]")


def with_diagonals(text: str, syntax: str) -> str:
    r"""The diagonal matrix of what has one index as that of the vector of it.

    >>> with_diagonals("diag(p[i]*(1 - p[i]))*X", "text")
    'diag(sum(i, (p[i]*(1 - p[i]))*I[:,i]))*X'
    """
    place = 0
    while found := _DIAGONAL.search(text, place):
        end, place = close_of(text, found.start("open")), found.end()
        body = text[found.end() : end - 1].removesuffix("\\right")
        letters = {a or b for a, b in _AT.findall(body)}
        free = {c for c in letters if not _summed(text, c)}
        if len(free) == 1:
            at = free.pop()
            typeset = rf"\sum_{{{at}}} \left({body}\right) I_{{:,{at}}}"
            whole = typeset if syntax == "latex" else f"sum({at}, ({body})*I[:,{at}])"
            head = text[: found.start("open") - len(found["left"] or "")]
            text, place = f"{head}({whole}){text[end:]}", len(head) + len(whole) + 2
    return text


_CONVENTION = re.compile(r"\bindex notation\b|\bindicial\b|\beinstein\b|\bsummation convention\b", re.IGNORECASE)
def sums_by_convention(source: str) -> bool:
    """Whether indices that stand twice are summed: the words say so, and no sum is written."""
    return _CONVENTION.search(source) is not None and "\\sum" not in source


def with_sums(text: str) -> str:
    r"""The text with the sums of the summation convention, each in the term in which its index stands twice.

    >>> with_sums(r"A_{ij}x_j + b_i"), with_sums(r"e^{x_j x_j}(a_{ij}x_j - b_i)")
    ('\\sum_{j} A_{ij}x_j+ b_i', 'e^{\\sum_{j} x_j x_j}(\\sum_{j} a_{ij}x_j- b_i)')
    """
    return _summed_terms(text)[0]


_SIGN = re.compile(r"\s*([-+])")
_GROUP = re.compile(r"(?<![_\\])(?P<open>[(\[{])")


def _summed_terms(text: str) -> tuple[str, set[str]]:
    """The text with its sums, and the letters that stand once in some term."""
    out, once, place = "", set[str](), 0
    while place < len(text):
        sign = _SIGN.match(text, place)
        begin = sign.end() if sign else place
        end = begin + len(text[begin:]) - len(text[begin:].lstrip())
        end = _next_term(text, end)
        term, counts = _with_groups(text[begin:end])
        twice = sorted(c for c, n in counts.items() if n == 2)
        sums = "".join(rf"\sum_{{{c}}} " for c in twice)
        space = text[begin : begin + len(text[begin:end]) - len(text[begin:end].lstrip())]
        out += f"{sign[1] if sign else ''}{sums}{term.strip() if twice else space + term.strip()}"
        once |= {c for c, n in counts.items() if n == 1}
        place = end
    return out, once


def _next_term(text: str, place: int) -> int:
    """Where the next term begins outside of brackets; a sign that opens a term or a power is none."""
    depth = 0
    for k in range(place, len(text)):
        depth += (text[k] in "([{") - (text[k] in ")]}")
        if depth == 0 and text[k] in "+-" and text[place:k].strip() and text[:k].rstrip()[-1:] not in "^_":
            return k
    return len(text)


def _with_groups(term: str) -> tuple[str, dict[str, int]]:
    """A term with the sums inside its brackets, and how often each letter stands below a name in it."""
    counts, out, place = dict[str, int](), "", 0
    while found := _GROUP.search(term, place):
        end = close_of(term, found.start())
        inner, once = _summed_terms(term[found.end() : end - 1])
        out += term[place : found.end()] + inner + term[end - 1 : end]
        for c in once | set(_letters_below(term[place : found.start()])):
            counts[c] = counts.get(c, 0) + (c in once) + _letters_below(term[place : found.start()]).count(c)
        place = end
    for c in _letters_below(term[place:]):
        counts[c] = counts.get(c, 0) + 1
    return out + term[place:], counts


def _letters_below(text: str) -> list[str]:
    return [c for m in _SUBSCRIPT.finditer(text) for c in (m["one"] or m["in"]) if c in USUAL]


def index_letters(source: str) -> set[str]:
    r"""The letters that stand beside others below a name, ``A_{ij}``.

    >>> sorted(index_letters(r"A_{ik}x_k + b_{\text{new}}"))
    ['i', 'k']
    """
    inside = (m["in"] for m in _SUBSCRIPT.finditer(source) if m["in"])
    return {c for s in inside if re.fullmatch(r"[a-z],?\s*[a-z]", s) for c in s} & USUAL
