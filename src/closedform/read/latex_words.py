"""The commands of LaTeX that are read, and what each stands for. Whatever is not listed is refused by its name."""

from __future__ import annotations

import re

from closedform.read.alphabet import SPELLED

LETTERS: dict[str, str] = SPELLED | {
    "varepsilon": "epsilon", "varphi": "phi", "varpi": "pi", "ell": "ell", "varGamma": "Gamma", "varDelta": "Delta",
    "varTheta": "Theta", "varLambda": "Lambda", "varXi": "Xi", "varPi": "Pi", "varSigma": "Sigma",
    "varUpsilon": "Upsilon", "varPhi": "Phi", "varPsi": "Psi", "varOmega": "Omega",
}  # fmt: skip
"""Commands that are letters, and the names they have inside."""

FUNCTIONS: dict[str, str] = {
    "log": "log", "ln": "log", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "det": "det", "max": "max", "min": "min",
    "tr": "tr", "Tr": "tr", "diag": "diag", "sign": "sign", "sgn": "sign", "erf": "erf", "vec": "vec",
    "trace": "tr", "argmax": "argmax", "argmin": "argmin", "forall": "for all",
}  # fmt: skip
"""Commands that are functions, or words of a sentence."""
WORDS: dict[str, str] = {
    "Diag": "diag", "ReLU": "relu", "Relu": "relu", "Vec": "vec", "Softmax": "softmax", "SoftMax": "softmax",
    "Sigmoid": "sigmoid", "LogSumExp": "logsumexp", "lse": "logsumexp", "LSE": "logsumexp", "Det": "det",
    "Var": "var", "Huber": "huber", "Cov": "cov", "adjugate": "adj", "ln": "log", "Exp": "exp", "Log": "log",
}  # fmt: skip
"""Upright words with another spelling inside; all names of functions may stand upright as they are."""
FUNCTION = re.compile(rf"\s*\{{\s*(?:{'|'.join([*FUNCTIONS, *WORDS, 'Trace'])})\s*\}}")
"""A function in a font that is for letters: ``\\mathbf{tr}``."""
ELEMENTWISE_WORDS = {"sum", "mean", "prod", "max", "min", "softmax", "logsumexp"}
"""Functions that are no elementwise ones, but whose argument without brackets ends where theirs would."""
WHOLE_PRODUCT = {"tr", "det", "logdet", "diag", "vec", "eigsum", "eigprod", "rowsum", "colsum", "adj"}
"""Functions of matrices: without brackets they take the whole product that follows."""

BASIC: dict[str, str] = {
    "+": "+", "-": "-", "−": "-", "–": "-", "*": "*", "/": "/", "=": "=", ",": ",", ";": ";", ":": ":",
    "<": "<", ">": ">", "·": "⋅", "⋅": "⋅", "×": "×", "⊙": ".*", "∘": ".*", "⊘": "./", "⊗": "⊗", "∈": "in",
    "→": "->", "≥": ">=", "≤": "<=", "⊤": "⊤",
}  # fmt: skip
"""Single characters that are operators."""
OPERATORS: dict[str, str] = {
    "cdot": "⋅", "times": "×", "ast": "*", "odot": ".*", "circ": ".*", "oslash": "./", "otimes": "⊗", "div": "/",
    "colon": ":", "star": "*", "bullet": "*", "hadamard": ".*",
}  # fmt: skip
RELATIONS: dict[str, str] = {
    "in": "in", "mapsto": "|->", "longmapsto": "|->",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "gt": ">", "le": "<=", "leq": "<=",
    "leqslant": "<=", "lt": "<", "ne": "≠", "neq": "≠", "to": "->", "rightarrow": "->",
    "longrightarrow": "->", "coloneqq": "=", "triangleq": "=", "equiv": "=", "eq": "=", "doteq": "=", "gets": "=",
    "leftarrow": "=", "longleftarrow": "=", "propto": "∝", "approx": "≈", "simeq": "≈",
}  # fmt: skip
CASES = ("cases", "dcases")
DOTS = {"dots", "ldots", "cdots", "dotsc", "dotsb"}

SPACES = {
    ",", ";", ":", "!", " ", ">", "quad", "qquad", "enspace", "thinspace", "medspace", "thickspace", "negthinspace",
    "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "mathstrut", "strut", "nonumber", "notag",
    "/", "left.", "right.", "allowbreak", "nobreak", "!,", "-", "hfill", "relax", "mathop", "mathrel", "mathbin",
    "mathord", "ensuremath", "smash", "rm", "hline",
}  # fmt: skip
"""Commands that print nothing, or only space (``\\mathop`` and its kind leave their argument as it is)."""
OPERATOR = re.compile(r"\s*\{(?=\s*\\(?:mathrm|mathsf|operatorname|text|textrm)\b)")
"""What stands behind ``\\mathop`` where its braces hold the name of a function."""
SPACES_WITH_ARGUMENT = {
    "hspace",
    "vspace",
    "phantom",
    "hphantom",
    "vphantom",
    "label",
    "tag",
    "mspace",
    "mskip",
    "mkern",
    "hskip",
    "kern",
}
SIZINGS = {
    "left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "Bigl", "biggl", "Biggl", "bigr", "Bigr",
    "biggr", "Biggr", "bigm", "Bigm", "biggm", "Biggm", "mleft", "mright",
}  # fmt: skip
"""Words before a bracket that give its size. Those on -l and ``left`` open; those on -r and ``right`` close."""
WRAPPERS = {"(", ")", "[", "]"}
"""What a formula may stand between, as between ``$``."""
FRAMES = {"boxed", "underbrace", "overbrace", "textcolor", "color", "colorbox"}
"""Commands that only mark a part; a label below or above a brace is left out, as the name of a color is."""

BRACKETS: dict[str, tuple[str, str]] = {
    "lbrack": ("open", "["), "rbrack": ("close", "["), "{": ("open", "{"), "}": ("close", "{"), "lbrace": ("open", "{"),
    "rbrace": ("close", "{"), "langle": ("open", "<"), "rangle": ("close", "<"), "lvert": ("open", "|"),
    "rvert": ("close", "|"), "lVert": ("open", "||"), "rVert": ("close", "||"), "|": ("bar", "||"),
    "Vert": ("bar", "||"), "parallel": ("bar", "||"),
    "vert": ("bar", "|"), "lparen": ("open", "("), "rparen": ("close", "("),
}  # fmt: skip
"""Commands that are brackets: whether they open or close, and which kind."""
PLAIN_BRACKETS: dict[str, tuple[str, str]] = {
    "(": ("open", "("), ")": ("close", "("), "[": ("open", "["), "]": ("close", "["), "|": ("bar", "|"),
    "‖": ("bar", "||"), "∥": ("bar", "||"), "⟨": ("open", "<"), "⟩": ("close", "<"), "∣": ("bar", "|"),
}  # fmt: skip
"""The same for single characters."""

FONTS = {
    "mathbf": "bold", "boldsymbol": "bold", "bm": "bold", "pmb": "bold", "bf": "bold", "mathbfit": "bold",
    "mathcal": "script", "mathscr": "script", "cal": "script", "mathfrak": "fraktur", "mathbb": "double",
    "mathbbm": "double", "mathds": "double", "mathit": "", "vec": "arrow", "vb": "bold", "textbf": "bold",
    "symbf": "bold", "bold": "bold", "mathnormal": "", "textit": "", "overrightarrow": "arrow",
}  # fmt: skip
"""Commands that give letters another shape; a letter in one shape only is that letter."""
UPRIGHT = {
    "operatorname", "operatorname*", "mathrm", "text", "textrm", "mathsf", "mathtt", "textsf", "texttt", "textup",
    "mbox", "textnormal", "hbox",
}  # fmt: skip
"""Commands whose argument is one word."""
ACCENTS = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar", "overline": "bar",
    "dot": "dot", "ddot": "ddot", "check": "check", "breve": "breve", "acute": "acute", "grave": "grave",
    "underline": "under",
}  # fmt: skip
FRACTIONS = {"frac", "tfrac", "dfrac", "cfrac", "nicefrac", "sfrac", "flatfrac"}
TURNS = {"top", "intercal", "transp", "T", "mathsf T", "prime"}
"""What above a name means its transpose."""
MATRICES = {
    "matrix",
    "bmatrix",
    "pmatrix",
    "Bmatrix",
    "vmatrix",
    "Vmatrix",
    "smallmatrix",
    "array",
    "bsmallmatrix",
    "psmallmatrix",
}
LINES = {
    "equation", "equation*", "align", "align*", "aligned", "gather", "gather*", "gathered", "split", "multline",
    "multline*", "displaymath", "math", "eqnarray", "eqnarray*",
}  # fmt: skip
"""Environments that only set a formula apart."""

REFUSED: dict[str, tuple[str, str]] = {
    "int": ("integrals are not supported", ""), "iint": ("integrals are not supported", ""),
    "oint": ("integrals are not supported", ""), "lim": ("limits are not supported", ""),
    "partial": ("a formula is read here, not its derivative", "Leave the derivative out and ask for it by name."),
    "inf": ("infima are not supported", r"Write \min(x) for the least entry."),
    "sup": ("suprema are not supported", r"Write \max(x) for the largest entry."),
    "pm": (r"\pm stands for two formulas", "Write + or -."), "mp": (r"\mp stands for two formulas", "Write + or -."),
    "over": (r"\over is read only in braces of its own", r"Write \frac{…}{…}."),
    "choose": (r"\choose is not read", r"Write \binom{n}{k}."),
    "infty": (r"\infty is read as the mark of a norm alone", ""),
    "leq": (r"\leq is no part of a formula", ""), "le": (r"\le is no part of a formula", ""),
    "sim": (r"\sim is no part of a formula", ""), "mid": (r"\mid is read as no bracket", r"Write | or \vert."),
    "Re": ("complex numbers are not supported", "All numbers are real."),
    "Im": ("complex numbers are not supported", "All numbers are real."),
    "imaginaryI": ("complex numbers are not supported", "All numbers are real."),
    "imaginaryJ": ("complex numbers are not supported", "All numbers are real."),
    "placeholder": ("a part of the formula is still empty", "Fill it in."),
    "preceq": (r"\preceq is no part of a formula", ""), "prec": (r"\prec is no part of a formula", ""),
    "succeq": (r"\succeq is no part of a formula", "Declare X in PSD(n)."),
    "succ": (r"\succ is no part of a formula", "Declare X in PD(n)."),
    "overset": (r"\overset is read only above the sign =", ""),
    "stackrel": (r"\stackrel is read only above the sign =", ""), "underset": (r"\underset is not read", ""),
    "arg": (r"\arg is not read", "Leave it out, and ask for the minimum by name."),
    "lfloor": ("rounding is not supported", ""), "lceil": ("rounding is not supported", ""),
    "bigotimes": ("products over an index are not supported", r"Write A \otimes B."),
    "top": (r"\top stands above what it transposes", r"Write X^\top."),
    "dagger": (r"\dagger stands above a matrix", r"Write X^\dagger."),
    "oplus": ("direct sums are not supported", r"Write \begin{bmatrix} A & 0 \\ 0 & B \end{bmatrix} with zeros."),
}  # fmt: skip
"""Commands that are known and not supported: what is said of them, and the mend."""

KNOWN = [
    name
    for name in (
        *UPRIGHT, *FONTS, "top", "begin", "end", "left", "right", *LETTERS, *FUNCTIONS, *OPERATORS, *FRACTIONS,
        *BRACKETS, "sum", "sqrt",
    )
    if len(name) > 1
]  # fmt: skip
"""Commands that a mistyped one may have been meant for."""
