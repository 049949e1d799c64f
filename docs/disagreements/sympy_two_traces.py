"""SymPy: the derivative of tr(A'A) + tr(B'B) by A is 0."""

from sympy import MatrixSymbol, Trace, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
A = MatrixSymbol("A", n, n)
B = MatrixSymbol("B", n, n)

theirs = (Trace(A.T * A) + Trace(B.T * B)).diff(A)
ours = cf.formula("tr(A'*A) + tr(B'*B)").grad("A")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = str(theirs) == "0"
proven = ours.text == "2*A" and ours.check().level == "A"
