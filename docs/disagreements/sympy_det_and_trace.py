"""SymPy: the derivative of det(X) + tr(X) is 0, though that of each alone is right."""

from sympy import Determinant, MatrixSymbol, Trace, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
X = MatrixSymbol("X", n, n)

theirs = (Determinant(X) + Trace(X)).diff(X)
ours = cf.formula("det(X) + tr(X)").grad("X")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = str(theirs) == "0"
proven = ours.text == "adj(X') + I" and ours.check().level == "A"
