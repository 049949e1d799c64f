r"""The pieces LaTeX is made of, as patterns: what a sign is, where an argument or a word ends."""

import re

SCAN = re.compile(
    r"""(?P<gap>\s+|%[^\n]*(?:\n|$)|~)
    |(?P<command>\\(?:[A-Za-z]+|\\|[^A-Za-z]))
    |(?P<num>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
    |(?P<letter>[A-Za-z])
    |(?P<prime>['′’])
    |(?P<bars>\|\|?)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
ARGUMENT = re.compile(r"\s*(?:\\[A-Za-z]+|\\.|[^\s{}])")
SPACE = re.compile(r"(?:\s|%[^\n]*(?:\n|$))*")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LENGTH = re.compile(r"\s*[-+]?\s*[0-9]*\.?[0-9]+\s*(?:mu|em|ex|pt|cm|mm|in)\b")
OLD_WORD = re.compile(r"\{\s*\\(?:rm|sf|tt)\s+([A-Za-z]+)\s*\}")
RELATION_BELOW = re.compile(r"\s*(?:\{\s*)?(?::?=|\\(?:equiv|triangleq|coloneqq))(?:\s*\})?")
"""The sign = that ``\\stackrel`` and ``\\overset`` write something above."""
WORD_BELOW = re.compile(r"\{?\s*\\(?:operatorname\*?|mathrm|text|mathsf|textrm)\s*\{([A-Za-z]{2,})\}\s*\}?")
"""A word of its own, as in ``\\widehat{\\operatorname{Var}}``."""
BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_COMMAND = re.compile(r"\\[A-Za-z]+\s*\{\Z")
_LONGEST_COMMAND = 40


def quoted(source: str, start: int, end: int) -> str:
    r"""What stands between, with the braces that open or close it, so that it can be typed again.

    >>> quoted(r"\mathbf{a}^T\mathbf{b}", 8, 21)
    '\\mathbf{a}^T\\mathbf{b}'
    """
    opened = closed = 0
    for found in BRACE.finditer(source, start, end):
        opened += found.group() == "{"
        if found.group() == "}":
            closed, opened = (closed, opened - 1) if opened else (closed + 1, 0)
    while opened and source[end : end + 1] == "}":
        opened, end = opened - 1, end + 1
    while closed and (command := _COMMAND.search(source[max(0, start - _LONGEST_COMMAND) : start])):
        closed, start = closed - 1, start - len(command.group())
    text = " ".join(source[start:end].split())
    return text.replace("{", "").replace("}", "") if opened or closed else text
