"""Words of a derivation: which letters are words and not formulas, and what the words declare."""

from __future__ import annotations

import re
from collections.abc import Iterator

from closedform.judging.names import OLD_FONT
from closedform.read.alphabet import SPELLED, canonical
from closedform.read.vocabulary import is_function

_TEXT = """
a all also an and another answer any are as assume at be because becomes both but by can case chain column
compute consider constant constants could cyclic define denote derivative differential differentiate
differentiating do done each eg eq eqn equal equals exercise expand expanding finally find first fix following
follows for from function get given gives goes got gradient hand has have hence here hessian hint i'll i'm i've
identity ie if in inner into is it its jacobian just know known left let let's lets like line loss matrices
matrix may me might more most must my need needs new next no not note now objective obtain of ok okay on one
only or other our over pick plug problem product proof property put qed question recall respect result results
rewrite right row rule same say scalar scalars second see set setting shape should side sides since size so sol
solution solve some step still substitute such sum suppose symmetric take term terms than that thats the then
there therefore these thing this thm thus to trace transpose try two up use used using vector vectors via want
was way we well when where which while who why will with would write written wrt yes yields you your zero
"""
WORDS = frozenset(_TEXT.split())
"""Short words that are words wherever they stand, and names that would be taken for letters run together."""
LABEL = re.compile(r"^\s*(?:>\s*)*(?:\(?\d+[.)]\s+|[-*•]\s+|\([a-z]\)\s+)?")
_TOKEN = re.compile(
    r"(?<![\w\\^.'’_])[A-Za-z][a-z]+(?:'(?:s|re|ll|ve))?(?![\w(\[_^])"
    r"|(?<![\w\\^.'’_])a(?= (?!(?:and|are|which|where|when|then|for|gives|yields|from|has|must|with)\b)[a-z]{3,})"
)
KEEP = {"grad", "Grad", "hess", "Hess"}


def is_word(token: str) -> bool:
    """Whether letters that stand together are a word of English, not names.

    >>> is_word("where"), is_word("Hence"), is_word("Ax"), is_word("theta")
    (True, True, False, False)
    """
    low = token.lower()
    if low in WORDS or "'" in low:
        return len(token) > 1 or token == "a"
    if is_function(token) or token in SPELLED or canonical(token) != token:
        return False
    return (len(low) >= 4 and low[0] != "d") or len(low) >= 6


def has_words(text: str) -> bool:
    """Whether there are words of English in a text, not only names and functions.

    >>> has_words("u and V fixed"), has_words("x'Bx + dx'A")
    (True, False)
    """
    return any(is_word(found.group()) and not _is_factor(text, found) for found in _TOKEN.finditer(text))


def parted(line: str) -> Iterator[tuple[str, int, bool]]:
    """The words and the formulas of a line of text in turn: the piece, its place, whether it is a formula."""
    place = found_end = LABEL.match(line).end()  # type: ignore[union-attr]
    for found in _TOKEN.finditer(line, place):
        below = found.group()[0] == "d" and _QUOTIENT.search(line[: found.start()] + "|" + line[found.end() :])  # dL/do
        factor = bool(below) or _is_factor(line, found)
        if factor or not is_word(found.group()) or _declares(line, found) or found.group() in KEEP:
            continue
        formula = line[found_end : found.start()].rstrip().removesuffix("(")
        if formula.strip():
            yield formula, found_end, True
        end = found.end()
        while end < len(line) and line[end] == ":" and line[end + 1 : end + 2] != "=":
            end += 1
        yield line[found.start() : end], found.start(), False
        found_end = end
    if line[found_end:].strip():
        yield line[found_end:], found_end, True


_QUOTIENT = re.compile(r"/\s*\||\|\s*/\s*\(?d")


_OPERATOR = re.compile(r"[-+*/=(\[−·]\s*$")
_BEHIND_FACTOR = re.compile(r"\s*(?:[-+*)\]'^ᵀ−·,;.]|$)")


def _is_factor(line: str, word: re.Match[str]) -> bool:
    """Whether two letters are factors, as in ``(a - By)``, though they are a word elsewhere."""
    before = _OPERATOR.search(line[: word.start()]) is not None
    return len(word.group()) <= 2 and before and _BEHIND_FACTOR.match(line, word.end()) is not None


def _declares(line: str, word: re.Match[str]) -> bool:
    """The word ``in`` before a space such as ``R^n``."""
    return word.group() == "in" and _SPACE_NEXT.match(line, word.end()) is not None


_SPACE_NEXT = re.compile(r"\s*(?:R\b|ℝ|Sym|PD|PSD|Diag|Orth|Skew|Lower|Inv|\{)")


_NAME = r"\\?[A-Za-z]+(?:_\{?\w+\}?)?"
_FONTS = re.compile(
    r"\\(?:mathbf|textbf|boldsymbol|bm|mathrm|mathit|pmb|vec|mathbb|mathcal)\s*(?:\{(\\?[A-Za-z]+)\}|(\\?[A-Za-z]))"
)
_FACT = {"symmetric": "sym", "skew-symmetric": "skew", "antisymmetric": "skew", "orthogonal": "orth",
         "diagonal": "diag", "invertible": "inv", "nonsingular": "inv", "positive definite": "pd", "PSD": "psd",
         "positive semidefinite": "psd", "SPD": "pd", "psd": "psd", "spd": "pd", "PD": "pd",
         "symmetric positive definite": "pd", "symmetric and positive definite": "pd",
         "symmetric, positive definite": "pd", "square": "square"}  # fmt: skip
WRITTEN = {"sym": "Sym", "psd": "PSD", "pd": "PD", "diag": "Diag", "orth": "Orth", "skew": "Skew", "inv": "Inv"}
_PROPERTY = "|".join(sorted(map(re.escape, _FACT), key=len, reverse=True)).replace(r"\ ", r"[\s-]+")
_LIST = rf"(?P<names>{_NAME}(?:\s*(?:,|and|,\s*and)\s*{_NAME})*?)"
_EVERY = rf"(?P<names>{_NAME}(?:\s*(?:,|and|,\s*and)\s*{_NAME}(?![a-z]))*)"
_AFTER = re.compile(
    rf"(?<![\w\\]){_LIST}\s*,?\s*\(?\s*(?:(?:is|are|being|be|to be)\s+)?(?:both\s+)?(?:an?\s+)?"
    rf"(?P<fact>{_PROPERTY})(?![\w-])"
)
_CAPITAL = r"\\?[A-Z][a-z]*(?:_\{?\w+\}?)?(?![\w'(\\])(?!\s*=)"
_BEFORE = re.compile(
    rf"(?<![\w-])(?P<fact>{_PROPERTY})\s+(?:(?:[a-z-]{{3,}}\s+){{0,2}}(?:matrix|matrices))?\s*"
    rf"(?P<names>{_NAME}(?:\s*(?:,|and|,\s*and)\s*{_CAPITAL})*)(?![\w'(\\])"
)
_THE = re.compile(
    rf"(?<![\w\\]){_LIST}\s+(?:is|are)\s+the\s+\(?\s*(?P<fact>{_PROPERTY})(?![\w-])(?!\s+(?:of|parts?|entries|elements|blocks?)\b)"
)
"""``S is the (symmetric) covariance``"""
_KIND = re.compile(
    rf"(?<![\w\\]){_LIST}\s+(?:is|are|be|as|being)\s+(?:an?\s+)?(?:constant\s+|fixed\s+|positive\s+|random\s+|data\s+)?"
    r"(?P<kind>scalar|vector|matrix|number|column vector|matrices|scalars|vectors)\b"
)
_KIND_BEFORE = re.compile(
    rf"\b(?:an?|the|for|with|fixed|constant|column|two)\s+(?P<kind>scalar|scalars|vector|vectors)\s+{_EVERY}(?![\w'(])"
)
_IN_BRACKETS = re.compile(rf"(?<![\w\\]){_LIST}\s*\(\s*(?P<kind>scalars?)\b")
_INVERSE = re.compile(r"\s*\^\s*\{?\s*-\s*1\s*\}?(?=\s+(?:is|are|being)\s)")
_COVARIANCE = re.compile(
    rf"\b(?:[Cc]o)?[Vv]ariance(?:\s+matrix)?\s+(?P<said>{_NAME})(?![\w'^])"
    rf"|\b[Pp]recision(?:\s+matrix)?\s+(?P<precision>{_NAME})(?![\w'])"
    rf"|(?<![\w\\])(?P<name>{_NAME})\s+(?:is|be|being|denotes)\s+(?:the|an?)\s+(?:[a-z]+\s+)?(?:covariance|precision)\b"
    r"|(?<![\w\\])(?P<capital>[A-Z]|\\Sigma|Σ),?\s+(?:the|an?)\s+(?:[a-z]+\s+)?covariance(?:\s+matrix)?(?=\s*(?:[.,;:)]|$|of\b))"
    rf"|(?<![A-Za-z\\])N\s*\(\s*(?:[^(),;|]*[;|])?[^(),;|]*,\s*(?P<normal>{_NAME})\s*\)"
)
"""The covariance of a distribution, which is symmetric: ``covariance Σ``, ``N(x; μ, Σ)``."""
_PROBABILITY = re.compile(
    r"\b(?:log-?\s*)?likelihood|\b[Gg]aussians?\b|\b[Nn]ormal\s+(?:distribution|density|random)|\b[Cc]ovariance"
    r"|\bmultivariate\s+normal|\b[Mm]ahalanobis|\bportfolio"
)
_INVERTED_SIGMA = re.compile(r"(?P<name>(?:\\Sigma|Σ|\bSigma)(?![A-Za-z])(?:_(?:\{\w+\}|\w))?)\s*(?:⁻¹|\^\s*\{?\s*-)")
_AS_ARE = re.compile(
    rf"(?P<fact>{_PROPERTY}),?\s+(?:since|because|as|if)\s+(?:both\s+)?(?P<names>{_NAME}(?:\s*(?:,|and|,\s*and)\s*{_NAME})*)\s+"
    r"(?:are|is)(?=\s*[.,;:)]|\s*$|,?\s+(?:the|we|so|it|this|both|and|too|also)\b)"
)
"""``symmetric since P and R are``"""
_SYMMETRY = re.compile(rf"\b[Ss]ymmetry of\s+({_NAME})(?!\w)")
_IS_SHAPE = re.compile(
    rf"(?<![\w\\])(?P<names>{_NAME})\s+is\s+(?:an?\s+)?"
    r"(?P<rows>[A-Za-z]|\d+)\s*(?:x|×|\\times|by|-by-)\s*(?P<cols>[A-Za-z]|\d+)\b"
)


def plain(text: str) -> str:
    """LaTeX without fonts and dollars, for the search of declarations."""
    text = _FONTS.sub(lambda m: m.group(1) or m.group(2), text)
    return re.sub(r"\\text\{([^{}]*)\}", r" \1 ", text).replace("$", " ").replace("\\(", " ").replace("\\)", " ")


_GREEK_ALONE = re.compile(r"(?<![^\W_])[α-ωΑ-Ω][₀-₉]*(?![^\W_])")

_FORMULA_BELOW = re.compile(r"(?<=[a-z]{3})\s*\n(?=\s*\S{1,12}\s*=)")
"""Between a word and a line that is a formula: ``the covariance`` is not that of the next line."""


def facts(text: str) -> Iterator[tuple[str, str]]:
    """What the words say of names: pairs of a name and a fact, or ``R``, ``vector``, ``matrix``, ``m×n``."""
    text = OLD_FONT.sub(r"\\mathbf{\g<name>}", text)
    text = _FORMULA_BELOW.sub(" ; ", plain(text))
    text = _INVERSE.sub("", re.sub(r"\s+,", ",", " ".join(text.split())))
    text = _GREEK_ALONE.sub(lambda m: canonical(m.group()), text)
    for pattern in (_AFTER, _BEFORE, _THE):
        for found in pattern.finditer(text):
            fact = _FACT[re.sub(r"[\s-]+", " ", found["fact"]) if found["fact"] not in _FACT else found["fact"]]
            yield from ((name, fact) for name in _names(found["names"]))
    for pattern in (_KIND, _KIND_BEFORE, _IN_BRACKETS):
        for found in pattern.finditer(text):
            kind = {"s": "R", "n": "R", "c": "vector", "v": "vector", "m": "matrix"}[found["kind"][0]]
            yield from ((name, kind) for name in _names(found["names"]))
    for found in _AS_ARE.finditer(text):
        fact = _FACT[re.sub(r"[\s-]+", " ", found["fact"]) if found["fact"] not in _FACT else found["fact"]]
        yield from ((name, fact) for name in _names(found["names"]))
    for found in _COVARIANCE.finditer(text):
        yield from ((name, "sym") for group in found.groups() if group for name in _names(group))
    for found in _SYMMETRY.finditer(text):
        yield from ((name, "sym") for name in _names(found[1]))
    for found in _IS_SHAPE.finditer(text):
        yield from ((name, f"{found['rows']}×{found['cols']}") for name in _names(found["names"]))


def covariances(source: str) -> Iterator[tuple[str, str]]:
    r"""Σ that is inverted where distributions are spoken of is a covariance: symmetric.

    >>> list(covariances(r"The Gaussian density has $x^T\Sigma_1^{-1}x$")), list(covariances("tr(Σ^-1 X)"))
    ([('Sigma_1', 'sym')], [])
    """
    if _PROBABILITY.search(source):
        found = {m["name"].replace("Σ", "Sigma") for m in _INVERTED_SIGMA.finditer(source)}
        yield from ((name, "sym") for one in sorted(found) for name in _names(one))


_BRACKETED = re.compile(rf"(?<![\w\\])(?P<name>{_NAME})\s+\((?P<said>[A-Za-z0-9][A-Za-z0-9\s,×-]*)\)")


def bracketed_facts(text: str) -> Iterator[tuple[str, str]]:
    """What is said of names in brackets behind them: ``C (symmetric, positive definite)``, ``X (n x d)``.

    >>> list(bracketed_facts("covariance C (symmetric, positive definite), rows of X (n x d), f (x)"))
    [('C', 'pd'), ('X', 'n×d')]
    """
    for found in _BRACKETED.finditer(text):
        if re.search(r"[A-Za-z]{3}|\s", found["said"]):
            yield from (f for f in facts(f"{found['name']} is {found['said']}") if f[0] == canonical(found["name"]))


def _names(listed: str) -> list[str]:
    found = [n.replace("{", "").replace("}", "").lstrip("\\") for n in re.findall(_NAME, listed)]
    return [canonical(n) for n in found if n != "and" and (len(n) == 1 or "_" in n or n in SPELLED)]


_RESPECT = re.compile(rf"(?:respect to|\bwrt|w\s*\.\s*r\s*\.\s*t\s*\.?|differentiat\w+ by)\s+({_NAME})")


def named_variables(text: str) -> list[str]:
    """The variables that the words name: "with respect to w".

    >>> named_variables("the derivative w . r . t . w and with respect to b")
    ['w', 'b']
    """
    return [canonical(m[1].lstrip("\\").replace("{", "").replace("}", "")) for m in _RESPECT.finditer(plain(text))]


_IN = re.compile(r"(?P<names>[^=]*?)(?:\\in\b|∈|(?<![\w])in(?![\w]))(?P<space>.*)", re.DOTALL)
_SPACES = ((r"\\(?:mathbb|mathbf|Bbb)\s*\{?\s*R\s*\}?|\\R\b|\\Re\b|\\reals\b|ℝ", "R"), (r"\s*(?:\\times|×)\s*", "×"),
           (r"\\(?:mathbb|mathcal)\s*\{?\s*S\s*\}?", "S"), (r"[{]", "("), (r"[}]", ")"),
           (r"\\[,;!\s]", ""))  # fmt: skip
_CONES = re.compile(r"S(?:_\(?(?P<low>\+\+?)\)?)?\^\(?(?P<n>\w+)\)?(?:_\(?(?P<mark>\+\+?)\)?)?$")


_SIGNS = re.compile(r"\\?\{\s*(?:-\s*1|0)\s*,\s*\+?1\s*\\?\}")


def membership(text: str) -> str:
    r"""``x, y \in \mathbb{R}^n`` as a declaration of the language; "" where it is none.

    >>> membership(r"A \in \mathbb{R}^{m \times n}")
    'A in R^(m×n)'
    """
    text = text.replace("\\{", "{").replace("\\}", "}") if _SIGNS.search(text) else text
    text = text.strip().rstrip(".,;")
    while text[:1] == "(" and (text[-1] == ")" or ")" not in text):
        text = text[1:].removesuffix(")").strip()
    text = text.removesuffix(")") if text.count(")") > text.count("(") else text
    found = _IN.fullmatch(text)
    if found is None:
        return ""
    if _SIGNS.search(found["space"]):
        return ", ".join(f"{name} in {found['space'].strip()}" for name in _names(plain(found["names"])))
    space = found["space"].strip()
    for pattern, sign in _SPACES:
        space = re.sub(pattern, sign, space)
    cone = _CONES.match(space.replace(" ", ""))
    if cone:
        mark = cone["low"] or cone["mark"] or ""
        space = f"{['Sym', 'PSD', 'PD'][len(mark)]}({cone['n']})"
    names = _names(plain(found["names"]))
    return ", ".join(f"{name} in {space.strip()}" for name in names)
