"""SymPy: the derivative of exp(tr X) is 0."""

from sympy import MatrixSymbol, Trace, exp, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
X = MatrixSymbol("X", n, n)

theirs = exp(Trace(X)).diff(X)
ours = cf.formula("exp(tr(X))").grad("X")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = str(theirs) == "0"
proven = ours.text == "exp(tr(X))*eye(n)" and ours.check().level == "A"
