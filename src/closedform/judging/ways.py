"""Other ways in which a derivation may be meant, each as another text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from closedform.judging.book import HABITS
from closedform.judging.chains import letters_of
from closedform.judging.names import NAME, bare

MAX_BY, MAX_DEFINED = 3, 40


@dataclass(frozen=True)
class Way:
    """Another text for the whole derivation, in parts that are judged by themselves; the lines stay where they are."""

    texts: tuple[str, ...]
    note: str = ""
    forced: bool = False
    """Whether nothing else can be meant, so that what is found so is told even where it is no better."""
    whole: bool = False
    """Whether it can be meant only where all is right then."""
    doubt: str = ""
    """Why lines that are right so, and blamed else, are undecided."""


_ALL = re.compile(
    r"(\b(?:all|any|every|arbitrary)\s+(?:\$\s*)?(?:\\?[dδ]\s*|\\delta\s*|\\,)*\\?[^\W\d_]\w*(?:\s*\$)?)\s*:(?!=)"
)


def prose_colons(source: str) -> Iterator[Way]:
    """``for all dX: X = S``: a colon of the sentence, no product.

    >>> next(prose_colons("for all dX: X = S")).texts
    ('for all dX, X = S',)
    """
    plain = _ALL.sub(r"\1,", source)
    if plain != source:
        yield Way((plain,), forced=True)


SIGN = r"\s*(?:&\s*)?:?="
_BETWEEN = re.compile(
    rf"(?<![\w\\}}])(?P<f>[A-Za-z]){SIGN}\s*(?P<g>{NAME})\s*\(\s*(?P<x>{NAME})\s*\)\s*"
    r"\s*=\s*(?P<body>[^=\n$,;]+?)(?=\s*(?:[,;$\n]|\.?\s*\Z|\.\s|\s(?:where|with|and|for|so|then|if|at)\b))"
)


def named_between(source: str) -> Iterator[Way]:
    """``f = g(y) = y'y`` defines g, and f as its value.

    >>> next(named_between("f = g(y) = y'y")).texts
    ("g(y) = y'y, f = g(y)",)
    """
    for m in _BETWEEN.finditer(source):
        g, body = m["g"], m["body"]
        known = rf"{re.escape(g)}\s*\(\s*{re.escape(m['x'])}\s*\){SIGN}"
        if bare(g) == m["f"] or re.search(known, source[: m.start()]):
            continue
        apart = "$, $" if "$" in source else (r" \qquad " if "\\" in source else ", ")
        put = f"{g}({m['x']}) = {body}{apart}{m['f']} = {g}({m['x']})"
        yield Way((source[: m.start()] + put + source[m.end() :],), f"{g} is the function of {m['x']}", forced=True)
        return


_PRIME = r"(?:'|\^\s*\{?\s*\\prime\s*\}?)"
_ALONE = re.compile(rf"(?<![\w\\}}])(?P<f>\\?[A-Za-z]+|σ|φ){_PRIME}\s*=\s*(?P<body>[^=\n$,]+)")


def slopes_alone(source: str) -> Iterator[Way]:
    r"""``σ' = σ(1 - σ)`` of a function: what stands there is one of functions, and so of their values.

    >>> next(slopes_alone("σ(t) = 1/(1+exp(-t)), σ' = σ(1-σ)")).texts
    ("σ(t) = 1/(1+exp(-t)), σ'(t) = σ(t)*(1-σ(t))",)
    """
    for m in _ALONE.finditer(source):
        f = m["f"]
        argument = re.search(rf"(?<![\w\\]){re.escape(f)}\s*\(\s*(?P<x>{NAME})\s*\){SIGN}", source)
        inside = re.compile(rf"(?<![\w\\]){re.escape(f)}(?![A-Za-z]|\s*{_PRIME})")
        if argument is None or not inside.search(m["body"]):
            continue
        x, times = argument["x"], "" if "\\" in source else "*"
        if re.search(rf"{re.escape(f)}\s*\(\s*{re.escape(x)}\s*\)", m["body"]):
            continue
        value = rf"{f}({x})".replace("\\", "\\\\")
        body = re.sub(rf"{inside.pattern}(?=\()", value + times, m["body"])
        body = re.sub(rf"{inside.pattern}(?!\()", value, body)
        put = f"{f}'({x}) = {body}"
        yield Way((source[: m.start()] + put + source[m.end() :],), f"{f}' is the slope of {f}", forced=True)
        return


_PRIMED = re.compile(rf"(?<![\w\\}})'])(?P<f>[A-Za-z])(?P<two>{_PRIME}{{2}})?{_PRIME}?(?<!\w)(?=\s*&?\s*=)")


def primes(source: str) -> Iterator[Way]:
    """``f' = …`` and ``f'' = …`` after ``f = …``: derivatives, not transposes.

    >>> next(primes("f = x'*A*x, f' = x'*(A+A')")).texts
    ("f = x'*A*x, ∂f/∂x = x'*(A+A')",)
    """
    candidates = {m["f"]: _arguments(source[: m.start()], m["f"]) for m in _PRIMED.finditer(source)}
    known = {f: found for f, found in candidates.items() if found}
    for k in range(max(map(len, known.values()), default=0)):
        by = {f: found[min(k, len(found) - 1)] for f, found in known.items()}
        note = ", ".join(f"{f}' is the derivative by {x}" for f, x in by.items())
        yield Way((_by(source, by),), note, forced=all(len(found) == 1 for found in known.values()))


def _arguments(before: str, f: str) -> list[str]:
    """What a function that was defined may be differentiated by: its argument, else names by habit."""
    defined = re.search(rf"(?<![\w\\}}]){f}\s*(?:\(\s*(?P<x>{NAME})\s*\))?{SIGN}(?P<body>[^\n]*)", before)
    if defined is None:
        return []
    body = defined["body"]
    letters = letters_of(re.split(r"\$|[,;](?=\s)|\bwhere\b", body)[0], "latex" if "\\" in before else "text")
    indexed = {m[1] for m in re.finditer(r"([A-Za-z])(?:_\{?[i-t]\b|\[[i-t]\])", body)}
    return [defined["x"]] if defined["x"] else [x for x in HABITS if x in letters - indexed][:MAX_BY]


def _by(source: str, by: dict[str, str]) -> str:
    """The text with ``f'`` as the derivative by the variable that is given for f."""
    latex = "\\" in source or "$" in source

    def derivative(m: re.Match[str]) -> str:
        f, x = m["f"], by.get(m["f"], "")
        if not x:
            return m.group()
        if m["two"]:
            return rf"\nabla^2 {f}" if latex else f"∇²{f}"
        return rf"\frac{{\partial {f}}}{{\partial {x}}}" if latex else f"∂{f}/∂{x}"

    return _PRIMED.sub(derivative, source)


_ERROR = re.compile(
    r"(?<![\w\\}'^])(?P<y>[A-Za-z]|\\math\w+\{[A-Za-z]\})\s*=\s*(?P<body>[^=\n$,;.+]+?)\s*\+\s*"
    r"(?P<e>ε|ϵ|η|\\(?:var)?epsilon|\\eta|[eu])(?![A-Za-z_^'(]|\s*[*^_])"
)


def error_terms(source: str) -> Iterator[Way]:
    """``y = X*β + ε``, a model in which y is observed: it is the error that is defined, and moves.

    >>> next(error_terms("y = X*β + ε, S = ε'ε")).texts
    ("ε = y - X*β, S = ε'ε",)
    """
    m = _ERROR.search(source)
    if m is not None and not re.search(rf"\b(?:grad|∂|d|∇_?){re.escape(m['e'])}(?!\w)", source):
        minus = m["body"] if "-" not in m["body"] else f"({m['body']})"
        put, note = f"{m['e']} = {m['y']} - {minus}", f"{m['y']} is given, {m['e']} is defined by it"
        yield Way((source[: m.start()] + put + source[m.end() :],), note, forced=_moves_nothing(source, m["y"]))


def _moves_nothing(source: str, name: str) -> bool:
    """Whether nothing is differentiated by a name."""
    return re.search(rf"(?:∂|\\partial\s*|\bd|∇_?|\\nabla_\{{?){re.escape(name)}(?![A-Za-z])", source) is None


_SIZES = r"\$?\s*(?:is|are|be|an?|\s)*(?:\$?\s*\w+\s*(?:×|\\times|x|-by-|by)\s*\w+|∈|\\in\b|in\s+R\b)"
_DEFINED = re.compile(r"(?<![\w\\}'^(])\$?(?P<y>[A-Za-z])\s*&?=(?!=)[^\n]*")


def declared_anew(source: str) -> Iterator[Way]:
    r"""``y = A x …``, then ``α = y'A x, where y is m×1``: the second y is a name of its own, and a text begins with it.

    >>> [part.strip() for part in next(declared_anew("y = A*x\na = y'*x where y is m×1")).texts]
    ['y = A*x', "a = y'*x where y is m×1"]
    """
    for m in islice(_DEFINED.finditer(source), MAX_DEFINED):
        for line in re.finditer(r"[^\n]*=[^\n]*", source[m.end() :]):
            if re.search(rf"\b(?:where|with|and|,)\s+\$?{m['y']}{_SIZES}", line.group()):
                cut = m.end() + line.start()
                if source.count(r"\begin", 0, cut) == source.count(r"\end", 0, cut):
                    yield Way((source[:cut], "\n" * source.count("\n", 0, cut) + source[cut:]),
                              f"{m['y']} is declared anew in line {source.count(chr(10), 0, cut) + 1}")  # fmt: skip
                    return
