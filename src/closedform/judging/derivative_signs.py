"""How people write derivatives: the patterns of ``∂f/∂x``, ``\\nabla_x``, ``d(Ax - b)``, ``D(…)`` and more."""

from __future__ import annotations

import re

from closedform.judging.names import LETTER, NAME

FRACTION = r"\\[dtc]?frac\s*"
FUNCTIONS = (
    r"(?:\\(?:log|ln|det|exp|tr|Tr|sin|cos|tanh|sqrt|diag|sigma)\b|\\(?:operatorname|mathrm|text)\s*\{\w+\}"
    r"|\b(?:log|ln|det|exp|tr|trace|Tr|logdet|diag|vec|inv|sum|sigmoid|softmax|logsumexp|tanh|sin|cos|sqrt)(?=\s*\(|\s+[A-Za-z]))"
)
EXPONENT = re.compile(r"\s*\^\s*\{?\s*(?:-\s*)?[0-9k]\s*\}?|\^\{?-(?:T|\\top|\\intercal)\}?")
SECOND = re.compile(r"(?<!\w)d(?:\^2|²)\s*([A-Za-z]\w*)\s*/\s*d([A-Za-z]+)(?:\^2|²)(?!\w)")
"""``d²L/dw²`` of a function without its argument."""
BRACED = r"\{(?:[^{}]|\{[^{}]*\})*\}"
NABLA = re.compile(
    rf"""(?:\\nabla|∇|\b[Gg]rad(?=[_ (])|(?P<hess>\b[Hh]ess(?=[_ (]))
    |\\(?:operatorname|mathrm|text)\s*\{{\s*(?:[Gg]rad|(?P<hess2>[Hh]ess))\s*\}}(?!\s*\[))\s*(?:(?P<two>²|\^\s*(?:2|\{{2\}}))|(?:_\s*(?P<by>{BRACED}|{LETTER}))
    |(?:\s*(?:_\s*(?P<by2>{BRACED}|{LETTER})|(?P<two2>²|\^\s*(?:2|\{{2\}})))))*""",
    re.VERBOSE,
)
NABLA_TWICE = re.compile(
    rf"(?P<nabla>\\nabla|∇)\s*(?P<by>_\s*(?:{BRACED}|{LETTER}))?\s*(?:\\nabla|∇)\s*(?:_\s*(?:{BRACED}|{LETTER}))?"
    r"\s*(?:\^\s*(?:T(?![A-Za-z])|\\top(?![A-Za-z])|\{\s*(?:T|\\top)\s*\})|'|ᵀ)?"
)
"""``\\nabla\\nabla^T f``, the Hessian."""
FRAC = re.compile(FRACTION + r"\{(?=\s*(?:\\partial|∂|d\b|d[A-Za-z\\(^]))")
ABOVE = re.compile(r"(?:\\partial|∂|d)(?:\s*\^\s*(?:2|\{2\})|²)|(?:\\partial|∂|d)")
AT_FIRST = re.compile(
    r"(?:\\left\s*\.)?\s*(\\[dt]?frac\s*\{\s*(?:d|\\partial)\s*\}\s*\{[^{}]*\})\s*"
    r"\\(?:right|[bB]igg?r?)\s*\\?[|v](?:ert)?\s*_\s*\{([^{}]*)\}\s*(\S.*)$"
)
AT = re.compile(
    rf"(?:\\left\s*\.)?(?P<inner>\\[dt]?frac\s*\{{\s*(?:d|\\partial).*?)\\(?:right|[bB]igg?r?)\s*\\?[|v](?:ert)?\s*"
    rf"_\s*\{{\s*(?P<by>{NAME})\s*=\s*(?P<at>[^{{}}]*)\}}"
)
ALONG = re.compile(r"(?<![A-Za-z\\])D\s*\(")
TWICE = re.compile(r"(?:\\partial|∂|d)\s*(?:\^\s*(?:2|\{2\})|²)")
"""Stands as the order of a first derivative by the square of a scalar."""
SLASH = re.compile(
    r"(?P<d>\\partial|∂|(?<![\w\\])d(?=\s?" + LETTER + r"\d*(?:_\w+)?(?:\([^()]*\))?\s*/\s*d)|(?<![\w\\])d(?=\())"
    r"\s*(?:\^\s*(?:2|\{2\})|²)?"
)
UNDER = re.compile(
    rf"\s*/\s*(?P<open>\()?(?:\\partial|∂|d)\s*(?:vec\(\s*{NAME}\s*\)|{NAME})(?:\[[^\]]*\])?(?:\s*\^\s*(?:2|\{{2\}})|²)?"
    rf"(?:\s*(?:\\partial|∂|d)\s*{NAME}(?:\[[^\]]*\])?(?!\s*/))?(?:\s*(?:'|ᵀ|\^\s*(?:T|\\top|\{{[^{{}}]*\}})))?(?(open)\))"
)
MANY = re.compile(rf"[0-9]|\\[tdc]?frac\s*[{{0-9]|\\\||\\[lL]?[vV]ert\b|\|\||‖|\\(?:sum|prod)\b|e\s*\^|{FUNCTIONS}")
"""What a sign of differentiation stands before as a whole: a product that begins with no name."""
TARGET = re.compile(rf"(?P<name>{NAME})(?P<arg>\s*\([^()]*\))?")
D = re.compile(r"(?<![\w\\^{])d(?![a-zA-Z]{3,}|\[\w(?:,\w)?\])|(?<=\{)d(?=[\s\\({\[|]|[A-Z])|(?<=\d)d(?=[A-Za-z(\\])")
D2 = re.compile(r"(?<![\w\\^{])d\s*(?:²|\^\s*(?:2|\{\s*2\s*\}))\s*(?=[A-Za-z\\(\[])")
OF_DIFFERENTIAL = re.compile(rf"(?<![\w\\^])d\s*\(\s*d\s*({NAME})\s*\)")
"""``d(df)``, the second differential."""
GAP = re.compile(rf"(?<![\w\\])d\s+(?={LETTER})")
BY = re.compile(
    rf"(?:\\partial|∂|d)\s*(?P<name>{NAME}(?:\[[^\]]*\])?)(?P<square>\s*\^\s*(?:2|\{{2\}})|²)?\s*"
    rf"(?P<again>(?:\\partial|∂|d)\s*{NAME}(?:\[[^\]]*\])?)?(?:'|ᵀ|\^\s*(?:T|\\top|\{{[^{{}}]*\}}))?$"
)


BY_VEC = re.compile(
    rf"(?:\\partial|∂|d)\s*(?:\\(?:operatorname|mathrm|text)\s*\{{\s*vec\s*\}}|\\?vec)\s*[({{]?\s*(?P<name>{NAME})\s*[)}}]?"
    r"(?:'|ᵀ|\^\s*(?:T|\\top|\{[^{}]*\}))?"
)
SIGNS = re.compile(
    r"\\nabla|∇|\\partial|∂|(?<![A-Za-z\\])[dD]\s*(?=[({\\A-Z])|\b[Gg]rad\b|\b[Hh]ess\b|\\prime|\\right\s*\|"
)
"""Our names begin with Xi_901; a thousand later come the transposes."""
