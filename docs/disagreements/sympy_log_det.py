"""SymPy: the derivative of log det A is 0."""

from sympy import Determinant, MatrixSymbol, log, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
A = MatrixSymbol("A", n, n)

theirs = log(Determinant(A)).diff(A)
ours = cf.formula("logdet(A)").grad("A")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = str(theirs) == "0"
proven = ours.text == "A^-T" and ours.check().level == "A"
