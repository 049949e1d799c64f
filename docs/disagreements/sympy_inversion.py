"""SymPy: the Jacobian of x/(x'x) loses the derivative of the denominator."""

from sympy import Identity, MatrixSymbol, Trace, symbols

import closedform as cf

n = symbols("n", integer=True, positive=True)
x = MatrixSymbol("x", n, 1)

theirs = (x / Trace(x.T * x)).diff(x)
ours = cf.formula("x/(x'*x)").jacobian("x")

print("SymPy:     ", theirs)
print("closedform:", ours.text, "-", ours.check().line())
wrong = theirs == Identity(n) / Trace(x.T * x)
proven = ours.text == "(I - 2*x*x'/(x'*x))/(x'*x)" and ours.check().level == "A"
