"""SymPy: the product rule loses a term of tr(X)·det(X)."""

from sympy import Determinant, Identity, MatrixSymbol, Trace, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
X = MatrixSymbol("X", n, n)

theirs = (Trace(X) * Determinant(X)).diff(X)
ours = cf.formula("tr(X)*det(X)").grad("X")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = theirs == Determinant(X) * Identity(n)
proven = ours.text == "tr(X)*adj(X') + det(X)*I" and ours.check().level == "A"
