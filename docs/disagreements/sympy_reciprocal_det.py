"""SymPy: the derivative of 1/det(X) is 0."""

from sympy import Determinant, MatrixSymbol, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
X = MatrixSymbol("X", n, n)

theirs = (1 / Determinant(X)).diff(X)
ours = cf.formula("1/det(X)").grad("X")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = str(theirs) == "0"
proven = ours.text == "-X^-T/det(X)" and ours.check().level == "A"
