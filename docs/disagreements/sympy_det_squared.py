"""SymPy: the derivative of det(X)^2 is 0."""

from sympy import Determinant, MatrixSymbol, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
X = MatrixSymbol("X", n, n)

theirs = (Determinant(X) ** 2).diff(X)
ours = cf.formula("det(X)^2").grad("X")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = str(theirs) == "0"
proven = ours.text == "2*det(X)*adj(X')" and ours.check().level == "A"
