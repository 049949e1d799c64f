"""Write docs/derivations.md, and the derivations in docs/guide.md. ``--check``: are they current?"""

from __future__ import annotations

import sys
from pathlib import Path

from closedform import formula
from closedform.derivations import Derivation

PAGE, GUIDE = (Path(__file__).with_name(name) for name in ("derivations.md", "guide.md"))
BEGIN, END = "<!-- derivations: by docs/make_derivations.py -->\n", "<!-- derivations end -->\n"
HEAD = """# Derivations by differentials

Written by `docs/make_derivations.py`. Take the differential, apply one law a line, write `df = ⟨G, dx⟩` and read off
the gradient. Every line is certified by itself, as its text reads back, and names its law, the declared facts without
which it would not follow (`A = Aᵀ`; `.uses` in Python) and the variables that do not move (`dA = 0`). The same on the
command line: `closedform grad "x'*A*x" --by x --steps`; in Python: `formula("x'*A*x").grad("x").derivation()`, with
`.steps`, `.text`, `.unicode`, `.latex` and `.markdown`.
"""
EXAMPLES: tuple[tuple[str, str, str, str, str], ...] = (
    ("A quadratic form", "x'*A*x", "", "x", "grad"),
    ("With a symmetric matrix", "x'*A*x", "A in Sym(n)", "x", "grad"),
    ("The logarithm of a quadratic form", "log(<x, A*x>)", "", "x", "grad"),
    ("A quadratic function", "1/2*x'*A*x - b'*x + c", "", "x", "grad"),
    ("The trace", "tr(X)", "", "X", "grad"),
    ("Inner product minus log-determinant", "<S, X> - log(det(X))", "", "X", "grad"),
    ("A quadratic form in a squared matrix", "x'*W^2*(W^2)'*x", "", "W", "grad"),
    ("Least squares", "1/2*||A*x - b||^2", "", "x", "grad"),
    ("Softmax regression", "logsumexp(W*x + b) - y'*(W*x + b)", "", "W", "grad"),
    ("The same for one class", "-log(softmax(W*x + b)[k])", "", "b", "grad"),
    ("A Jacobian", "tanh(A*x + b)", "", "x", "jacobian"),
    ("A Hessian", "log(sum(exp(A*x + b)))", "", "x", "hessian"),
    ("The inverse, a linear map", "X^-1", "", "X", "derivative"),
    ("In a space of matrices", "tr(A*X)", "X in Sym(n)", "X", "grad"),
)


def page() -> str:
    """The whole page. Refuses to be written where a line is not certified."""
    parts = [HEAD]
    for title, source, where, by, op in EXAMPLES:
        asked = formula(source, where or None)
        found = getattr(asked, op)(by).derivation()
        declared = f", where `{where}`" if where else ""
        parts.append(f"## {title}\n\n`{source}` by `{by}`{declared}:\n\n{shown(found, title)}")
    return "\n".join(parts)


def shown(found: Derivation, title: str) -> str:
    if not found.certified:
        sys.exit(f"docs: a line of {title} is not certified")
    levels = sorted({step.certified.level for step in found})
    said = f"Each line is certified, level {' and '.join(levels)}."
    return f"```text\n{found.unicode}\n```\n\n{found.markdown}\n\n{said}\n"


def guide() -> str:
    """The guide with the derivations of the course's examples."""
    before, _, rest = GUIDE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    asked = [(source, by) for _, source, where, by, _ in EXAMPLES[:9] if not where]
    found = [formula(source).grad(by).derivation().unicode for source, by in asked]
    blocks = "\n\n".join(f"```text\n{text}\n```" for text in found)
    return f"{before}{BEGIN}{blocks}\n{END}{after}"


def main() -> None:
    for path, made in ((PAGE, page()), (GUIDE, guide())):
        if "--check" not in sys.argv:
            path.write_text(made, "utf-8")
        elif path.read_text("utf-8") != made:
            sys.exit(f"docs/{path.name} is not current: run docs/make_derivations.py")


if __name__ == "__main__":
    main()
