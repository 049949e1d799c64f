"""Printed length, counted from the text: names, numbers and operators; brackets and commas are free."""

import re

TOKEN = re.compile(
    r"[^\W\d]\w*|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\|\||\.\*|\./|\.\^|\^-T|\^T|\^-1|[-+*/^'@<>=|:;⊙⊗]"
)


def count(text: str) -> int:
    return len(TOKEN.findall(re.sub(r"\beye\([^()]*\)", "I", text)))
