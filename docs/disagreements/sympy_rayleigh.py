"""SymPy: the quotient rule loses the derivative of the denominator of Rayleigh's quotient."""

from sympy import MatrixSymbol, Trace, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
A = MatrixSymbol("A", n, n)
x = MatrixSymbol("x", n, 1)

theirs = (Trace(x.T * A * x) / Trace(x.T * x)).diff(x)
ours = cf.formula("tr(x'*A*x)/tr(x'*x)").grad("x")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = theirs == A * x / Trace(x.T * x) + A.T * x / Trace(x.T * x)
proven = ours.text == "(A - 2*(x'*A*x)/(x'*x)*I + A')*x/(x'*x)" and ours.check().level == "A"
