"""SymPy: the derivative of log(x'Ax) by x is 0."""

from sympy import MatrixSymbol, Trace, log, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
A = MatrixSymbol("A", n, n)
x = MatrixSymbol("x", n, 1)

theirs = log(Trace(x.T * A * x)).diff(x)
ours = cf.formula("log(x'*A*x)").grad("x")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = str(theirs) == "0"
proven = ours.text == "(A + A')*x/(x'*A*x)" and ours.check().level == "A"
