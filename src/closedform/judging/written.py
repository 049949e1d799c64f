r"""Forms of derivatives that people write and that say something simpler: ``\sigma'(u)``, ``d(I)``, ``\lim``."""

from __future__ import annotations

import re
from collections.abc import Collection

from closedform.judging.spans import close_of

_PRIMED = re.compile(
    r"(?P<f>\\sigma|σ|\bsigma|\bsigmoid|\\(?:operatorname|mathrm)\s*\{\s*(?:sigmoid|tanh)\s*\}|\\?\btanh|\\tanh)"
    r"\s*(?:'|\^\s*\{?\\prime\}?)\s*(?=\()"
)
_IN_BRACKETS = r"\(\s*(?:\\mathbf\s*)?\{?(?:I|1)\}?(?:_\{?\w\}?)?\s*\)"
_CONSTANT = re.compile(rf"(?<![\w\\^])d\s*(?:{_IN_BRACKETS}|I\b(?!\s*[_(])|1(?!\d))")
LIMIT = re.compile(r"\\lim(?![a-z])|\blim_|\blim\b")


def slopes(text: str, functions: Collection[str], syntax: str) -> str:
    r"""``\sigma'(u)`` and ``\tanh'(u)`` by the functions themselves, entry by entry.

    >>> slopes(r"g \odot \sigma'(Wx)", (), "latex"), slopes("tanh'(z)", (), "text")
    ('g \\odot (\\sigma(Wx)\\odot(1-\\sigma(Wx)))', '(1-tanh(z).*tanh(z))')
    """
    times = r"\odot" if syntax == "latex" else ".*"
    place = 0
    while found := _PRIMED.search(text, place):
        place = found.end()
        if found["f"] in functions:
            continue
        end = close_of(text, found.end())
        value = found["f"] + text[found.end() : end]
        slope = f"(1-{value}{times}{value})" if "tanh" in value[:20] else f"({value}{times}(1-{value}))"
        text = text[: found.start()] + slope + text[end:]
        place = found.start() + len(slope)
    return text


def constants_gone(text: str) -> str:
    """``d(I)`` and ``dI`` as 0.

    >>> constants_gone("d(I)"), constants_gone("dX + dI")
    ('0', 'dX + 0')
    """
    return _CONSTANT.sub("0", text)
