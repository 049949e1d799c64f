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
