r"""LaTeX as papers and forums write it: read as the text it stands for, and what people are told where it is not."""

import json
from pathlib import Path

import pytest

from closedform.errors import ClosedformError
from closedform.read.notation import is_latex
from closedform.read.read import read
from closedform.rewrite.display import Context
from closedform.rewrite.normal.normal import normal
from closedform.write import render

FORMULAS = [
    (r"x^\top A x", "x'*A*x", ""),
    (r"\frac12 x^T A x - b^T x", "1/2*x'*A*x - b'*x", ""),
    (r"\frac{1}{2n}\lVert X\beta - y\rVert_2^2 + \lambda\lVert\beta\rVert_1",
     "1/(2*n)*||X*beta-y||^2+lam*||beta||_1", "X in R^(n×p), beta in R^p"),
    (r"\tfrac{1}{2}\left\|Ax-b\right\|_2^2", "1/2*||A*x-b||^2", ""),
    (r"\operatorname{tr}(A^{\mathsf T}B)", "tr(A'*B)", ""),
    (r"\mathrm{Tr}\,(X^{\intercal} X)", "tr(X'*X)", ""),
    (r"\text{tr}\left(\mathbf{A}\mathbf{X}\mathbf{B}\right)", "tr(A*X*B)", ""),
    (r"\log\det X", "log(det(X))", ""),
    (r"\ln|\Sigma| + (x-\mu)^\top\Sigma^{-1}(x-\mu)", "log(det(Sigma))+(x-mu)'*Sigma^-1*(x-mu)", "mu in R^n"),
    (r"-\frac12\log|\boldsymbol\Sigma|", "-1/2*log(det(Sigma))", ""),
    (r"\sum_{i=1}^{n} \log(1+e^{-y_i a_i^\top x})", "sum(i=1..n, log(1+exp(-y[i]*a[i]'*x)))", ""),
    (r"\sum_i x_i y_i", "sum(i, x[i]*y[i])", ""),
    (r"\sum_{i,j} A_{ij} x_i x_j", "sum(i,sum(j,A[i,j]*x[i]*x[j]))", ""),
    (r"\sum_{i=1}^{m}\sum_{j=1}^n a_{ij} x_i y_j", "sum(i=1..m,sum(j=1..n,A[i,j]*x[i]*y[j]))", "A in R^(m×n)"),
    (r"\sum_{i=1}^m (a_i^\top x - b_i)^2", "sum(i=1..m,(A[i,:]'*x-b[i])^2)", "A in R^(m×n)"),
    (r"\log\sum_{k=1}^K \exp(z_k)", "log(sum(k=1..K,exp(z[k])))", ""),
    (r"X^{-\top}", "X^-T", ""),
    (r"A^{+} b", "pinv(A)*b", ""),
    (r"A^\dagger b", "pinv(A)*b", ""),
    (r"e^{tA}", "expm(t*A)", "t in R"),
    (r"e^{-\frac{x^2}{2\sigma^2}}", "exp(-x^2/(2*sigma^2))", "x in R"),
    (r"\operatorname{softmax}(Wx+b)_k", "softmax(W*x+b)[k]", ""),
    (r"\sum_i (XAX^\top)_{ii}", "sum(i,(X*A*X')[i,i])", ""),
    (r"\operatorname{tr} AX", "tr(A*X)", ""),
    (r"\operatorname{tr} A(X+B)", "tr(A*(X+B))", ""),
    (r"\log x^\top A x", "log(x'*A*x)", ""),
    (r"\ln\langle x, Ax\rangle", "log(<x,A*x>)", ""),
    (r"\tanh x\,(1-\tanh^2 x)", "tanh(x)*(1-tanh(x)^2)", "x in R"),
    (r"W^\top\delta\odot\sigma(z)", "(W'*delta).*sigmoid(z)", "delta in R^m"),
    (r"\sigma(z)\odot W^\top\delta", "sigmoid(z).*(W'*delta)", "delta in R^m"),
    (r"\sigma^2\|x\|^2 + \sigma(a^\top x)", "sigma^2*||x||^2+sigmoid(a'*x)", ""),
    (r"x^{\odot 2}", "x.^2", ""),
    (r"x^{\circ 3}", "x.^3", ""),
    (r"(x\circ y)^\top z", "(x.*y)'*z", ""),
    (r"\begin{bmatrix}A & B\\ C & D\end{bmatrix}\begin{pmatrix}x\\y\end{pmatrix}",
     "[A,B;C,D]*[x;y]", "x in R^n, y in R^m"),
    (r"\max(0, 1 - y_i w^\top x_i)", "max(0, 1-y[i]*w'*x[i])", "x[i] in R^n for i = 1..m, y in R^m"),
    (r"\operatorname{diag}(x) A", "diag(x)*A", ""),
    (r"\sqrt{x^\top P x}", "sqrt(x'*P*x)", ""),
    (r"\sqrt[3]{s}", "s^(1/3)", "s in R"),
    (r"\mathbf 1^\top x", "sum(x)", ""),
    (r"\mathbf{1}_n^\top x", "ones(n)'*x", ""),
    (r"\mathbb{1}^\top A x", "ones'*A*x", ""),
    (r"(I_n - \tfrac1n \mathbf{1}_n\mathbf{1}_n^\top)x", "(eye(n)-1/n*ones(n)*ones(n)')*x", ""),
    (r"\Phi(\beta^\top x)", "normcdf(beta'*x)", "beta in R^n"),
    (r"f(x) = \frac{1}{2}\|x\|^2", "1/2*||x||^2", ""),
    (r"\|x - x_0\|^2", "||x - x_0||^2", ""),
    (r"\sum_{i=1}^m \|x^{(i)} - \mu\|^2", "sum(i=1..m, ||x[i]-mu||^2)", "mu in R^n"),
    (r"\|W_2\,\sigma(W_1x+b_1)+b_2-y\|^2", "||W_2*sigmoid(W_1*x+b_1)+b_2-y||^2", ""),
    (r"W^{(2)} \tanh(W^{(1)} x)", "W_2*tanh(W_1*x)", ""),
    (r"\hat{y}^\top y", "y_hat'*y", "y_hat in R^n"),
    (r"\bar x^\top x", "x_bar'*x", "x_bar in R^n"),
    (r"\lambda_{\max}(A^\top A)", "lambda_max(A'*A)", ""),
    (r"\|A\|_*", "||A||_*", ""),
    (r"\|x\|_\infty", "||x||_inf", ""),
    (r"\|x\|^2_2", "||x||_2^2", ""),
    (r"\vec{x}\cdot\vec{y}", "x*y", "x in R, y in R"),
    (r"$x^\top y$", "x'*y", ""),
    (r"\begin{equation} x^\top y \end{equation}", "x'*y", ""),
    (r"\bigl(x^\top y\bigr)^{2}", "(x'*y)^2", ""),
    (r"{\bf x}^T {\bf A} {\bf x}", "x'*A*x", ""),
    (r"{\rm tr}(A X)", "tr(A*X)", ""),
    (r"\det(A)^{-1}", "det(A)^-1", ""),
    (r"X(X^\top X)^{-1}X^\top", "X*(X'*X)^-1*X'", ""),
    (r"\frac{x^\top A x}{x^\top x}", "x'*A*x/(x'*x)", ""),
    (r"\left\langle A x,\, x\right\rangle", "<A*x,x>", ""),
    (r"\operatorname{vec}(X)^\top (A\otimes B)\operatorname{vec}(X)",
     "vec(X)'*kron(A,B)*vec(X)", "A in R^(n×n), B in R^(m×m), X in R^(m×n)"),
    (r"a \times b", "cross(a,b)", "a in R^3, b in R^3"),
    (r"\log x + \log y", "log(x)+log(y)", ""),
    (r"p^\top\log p", "p'*log(p)", ""),
    (r"\sum_i p_i\log\frac{p_i}{q_i}", "sum(i,p[i]*log(p[i]/q[i]))", ""),
    (r"\sin x\cos y", "sin(x)*cos(y)", "x in R, y in R"),
    (r"2\pi\sigma^2", "2*pi*sigma^2", ""),
    (r"x^\prime A x", "x'*A*x", ""),
    (r"x' A x", "x'*A*x", ""),
    (r"\mathrm{loss}^2", "loss^2", "loss in R"),
    (r"1_n^\top x", "ones(n)'*x", ""),
    (r"\|x\|\|y\|", "||x||*||y||", ""),
    (r"|x^\top y| + |s|", "abs(x'*y)+abs(s)", "s in R"),
    (r"\operatorname{tr}\bigl((X-A)^\top(X-B)\bigr)", "tr((X-A)'*(X-B))", ""),
    (r"\nabla f(Ax)", "grad[f](A*x)", "f: R^m -> R, A in R^(m×n)"),
    (r"f(Ax+b)", "f(A*x+b)", "f: R^m -> R, A in R^(m×n)"),
    (r"\exp\left(-\frac{\|x-y\|^2}{2\ell^2}\right)", "exp(-||x-y||^2/(2*ell^2))", "ell in R"),
    (r"-\sum_{i} y_i\log \hat{y}_i", "-sum(i, y[i]*log(y_hat[i]))", "y_hat in R^n"),
    (r"\sum_{i,j=1}^n K_{ij}\alpha_i\alpha_j", "sum(i=1..n, sum(j=1..n, K[i,j]*alpha[i]*alpha[j]))", "alpha in R^n"),
    (r"\sum_{ij} A_{ij}^2", "sum(i, sum(j, A[i,j]^2))", ""),
    (r"\mathcal{L}(\theta) = -\sum_{i} y_i \log \sigma(\theta^\top x_i)",
     "-sum(i, y[i]*log(sigmoid(theta'*x[i])))", "theta in R^n, x[i] in R^n for i = 1..m"),
    (r"\frac1N\sum_{k=1}^N (y_k - w^\top x_k)^2", "1/N*sum(k=1..N, (y[k] - w'*x[k])^2)", "x[i] in R^n for i = 1..N"),
    (r"\sum_i x_i + y_i", "sum(i, x[i] + y[i])", ""),
    (r"\sum_i x_i + c", "sum(i, x[i]) + c", "c in R"),
    (r"\max\{0, x\}", "max(0, x)", ""),
    (r"\begin{vmatrix} a & b \\ c & d\end{vmatrix}", "det([a, b; c, d])", "a in R, b in R, c in R, d in R"),
    (r"\left[\begin{matrix}A\\B\end{matrix}\right]x", "[A; B]*x", ""),
    (r"\ln(1+\mathrm{e}^{-z})", "log(1 + exp(-z))", "z in R"),
    (r"\|X\|_{\text{F}}^2", "||X||_F^2", ""),
    (r"I_{n \times n} + A", "eye(n) + A", ""),
    (r"\mathbf{1}_{m \times n} + A", "ones(m,n) + A", ""),
    (r"\log\det X^{-1}", "logdet(X^-1)", ""),
    (r"\log\det(A)\,s", "logdet(A)*s", "s in R"),
    (r"\lambda/2 \|x\|^2", "lam/2*||x||^2", ""),
    (r"\|x\|/\sqrt{n}", "||x||/sqrt(n)", "x in R^n"),
    (r"A_{ij} x_i x_j", "A[i,j]*x[i]*x[j]", "A in R^(n×n), x in R^n"),
    (r"\mathrm{d}X\,X^\top", "dX*X'", ""),
    (r"dX_{1} X", "dX1*X", "X in R^(n×n)"),
    (r"\operatorname{grad}[f]\left(A x\right)", "grad[f](A*x)", "f: R^m -> R, A in R^(m×n)"),
    (r"\left(z\right)_{k}", "z[k]", "z in R^n"),
    (r"I_{:,k}^\top x", "I[:,k]'*x", ""),
    (r"\Gamma(x)", "gamma(x)", "x in R"),
    (r"\gamma(x - y)^\top z", "gamma*(x - y)'*z", "gamma in R"),
    (r"\tanh^2(Wx)", "tanh(W*x).^2", ""),
    (r"\operatorname{tr} e^{tA}", "tr(expm(t*A))", "t in R"),
    (r"A \times x", "A*x", ""),
    (r"1 \oslash x", "1./x", ""),
    (r"|x||s|", "abs(x)*abs(s)", "s in R, x in R^n"),
]  # fmt: skip
WRONG = [
    (r"x^\top A", "A in R^(m×n), x in R^n",
     "x^\\top A: sizes do not match\n"
     "x^\\top is 1×n, A is m×n: inner sizes n and m differ\n"
     "  x^\\top A\n"
     "  ^^^^^^^^\n"
     "Did you mean x^\\top A^\\top?"),
    (r"\frac{u}{v}", "u in R^n, v in R^n",
     "u/v: nothing is divided by a vector\n"
     "v is n×1\n"
     "  \\frac{u}{v}\n"
     "  ^^^^^^^^^^^\n"
     "Write u \\oslash v for the elementwise quotient."),
    (r"x^12", "",
     "only the 1 of 12 is raised\n"
     "  x^12\n"
     "   ^^^\n"
     "Write ^{12}."),
    (r"\foo x", "",
     "\\foo is no command that is read here\n"
     "  \\foo x\n"
     "  ^^^^\n"
     "For a function write \\operatorname{foo}(…)."),
    (r"\opratorname{tr}(X)", "",
     "\\opratorname is no command that is read here\n"
     "  \\opratorname{tr}(X)\n"
     "  ^^^^^^^^^^^^\n"
     "Did you mean \\operatorname?"),
    (r"\prod x_i", "",
     "\\prod has no index\n"
     "  \\prod x_i\n"
     "  ^^^^^\n"
     "Write \\prod_i x_i, or \\operatorname{prod}(x) for that of all entries."),
    (r"\prod_i x_i y^\top z", "",
     "whether z belongs to the product over i is not clear\n"
     "  \\prod_i x_i y^\\top z\n"
     "  ^^^^^^^^^^^^^^^^^^^^\n"
     "Put brackets around the product, or around what is multiplied."),
    (r"\prod_{i=2}^n x_i", "",
     "a product over i starts at 1, not at 2\n"
     "  \\prod_{i=2}^n x_i\n"
     "  ^^^^^^^^^^^^^^^^^"),
    (r"h_\theta(x^{(i)})", "",
     "h_\\theta(…) may be a function or a product\n"
     "  h_\\theta(x^{(i)})\n"
     "  ^^^^^^^^^\n"
     "For a product write h_\\theta \\cdot (…); for a function declare h_theta: R^n -> R."),
    (r"\int x", "",
     "integrals are not supported\n"
     "  \\int x\n"
     "  ^^^^"),
    (r"\nabla f(x)", "",
     "a formula is read here, not its derivative\n"
     "  \\nabla f(x)\n"
     "  ^^^^^^\n"
     "Leave \\nabla out and ask for the derivative, or declare f: R^n -> R."),
    (r"x^{\top", "",
     "{ is never closed\n"
     "  x^{\\top\n"
     "    ^"),
    (r"(x + y", "",
     "( is never closed\n"
     "  (x + y\n"
     "  ^"),
    (r"x + y)", "",
     ") closes nothing\n"
     "  x + y)\n"
     "       ^"),
    (r"\left(x + y\right]", "",
     "] closes (, which is still open\n"
     "  \\left(x + y\\right]\n"
     "       ^^^^^^^^^^^^^"),
    (r"\frac{1}{2", "",
     "{ is never closed\n"
     "  \\frac{1}{2\n"
     "          ^"),
    (r"\frac12x^", "",
     "an exponent is missing\n"
     "  \\frac12x^\n"
     "          ^"),
    (r"\log", "",
     "\\log is given nothing\n"
     "  \\log\n"
     "  ^^^^\n"
     "Write \\log(x)."),
    (r"\log + x", "",
     "\\log is given nothing\n"
     "  \\log + x\n"
     "  ^^^^\n"
     "Write \\log(x)."),
    (r"\sum x_i", "",
     "\\sum has no index\n"
     "  \\sum x_i\n"
     "  ^^^^\n"
     "Write \\sum_i x_i, or \\mathbf{1}^\\top x for the sum of all entries."),
    (r"\sum_{i\in S} x_i", "",
     "which of the indices are in a set is not known\n"
     "  \\sum_{i\\in S} x_i\n"
     "        ^^^^^^\n"
     "Write it with e_i 0 or 1: \\sum_i e_i …."),
    (r"\sum_i \sum_i x_i y_i + \sum_j (\sum_j x_j)", "",
     "i is summed twice\n"
     "  \\sum_i \\sum_i x_i y_i + \\sum_j (\\sum_j x_j)\n"
     "              ^\n"
     "Give each sum its own index."),
    (r"f(x) + x", "",
     "f(…) may be a function or a product\n"
     "  f(x) + x\n"
     "  ^^\n"
     "For a product write f \\cdot (…); for a function declare f: R^n -> R."),
    (r"A^* x", "",
     "the conjugate transpose ^* is not supported\n"
     "  A^* x\n"
     "   ^^\n"
     "All numbers are real: write ^\\top for the transpose."),
    (r"A^H", "",
     "the conjugate transpose ^H is not supported\n"
     "  A^H\n"
     "   ^^\n"
     "All numbers are real: write ^\\top for the transpose."),
    (r"\sin^{-1} x", "",
     "what \\sin^{-1} means is not clear\n"
     "  \\sin^{-1} x\n"
     "  ^^^^^^^^^\n"
     "Write the inverse function by its name, as in \\arcsin, or \\frac{1}{…}."),
    (r"\log_b x", "",
     "\\log_b is not read\n"
     "  \\log_b x\n"
     "  ^^^^^^\n"
     "Write \\frac{\\log(…)}{\\log b}."),
    (r"\operatorname{tr}(X)^{-1}", "",
     "this may be the trace of an inverse or the inverse of a trace\n"
     "  \\operatorname{tr}(X)^{-1}\n"
     "                   ^^^^^^^^\n"
     "Write \\operatorname{tr}((…)^{-1}) or \\frac{1}{\\operatorname{tr}(…)}."),
    (r"1/2x", "",
     "what / divides by is not clear: 2 or all that follows\n"
     "  1/2x\n"
     "    ^^\n"
     "Write \\frac{1}{2} … or \\frac{…}{2 …}."),
    (r"\lambda/2\sigma x", "",
     "what / divides by is not clear: 2 or all that follows\n"
     "  \\lambda/2\\sigma x\n"
     "          ^^^^^^^\n"
     "Write \\frac{\\lambda}{2} … or \\frac{…}{2 …}."),
    (r"\|X\|_{2,1}", "",
     "the norm _2,1 may be the sum of the norms of the rows or of the columns\n"
     "  \\|X\\|_{2,1}\n"
     "  ^^^^^^^^^^^\n"
     "Write sum(i, \\|A[i,:]\\|) for that of the rows, sum(j, \\|A[:,j]\\|) for that of the columns."),
    (r"\mathbf{x} + x", "",
     "x stands in two shapes, which may be one name or two\n"
     "  \\mathbf{x} + x\n"
     "               ^\n"
     "Give one of them another letter."),
    (r"{a+b}^2", "",
     "braces do not show in print, so what they hold together is not clear\n"
     "  {a+b}^2\n"
     "  ^^^^^\n"
     "Write ( ) where brackets are meant."),
    (r"\min_7 x", "",
     "\\min_7 is not read\n"
     "  \\min_7 x\n"
     "  ^^^^^^\n"
     "Write \\min(x) for the smallest entry."),
    (r"\begin{cases} x \end{cases}", "",
     "these cases are not read\n"
     "  \\begin{cases} x \\end{cases}\n"
     "  ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
     "Cases are one formula & one inequality: \\begin{cases} x & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}."),
    (r"\begin{cases} \log x & x > 0 \\ 0 & x \in \{0, 1\} \end{cases}", "",
     "this condition is not read\n"
     "  \\begin{cases} \\log x & x > 0 \\\\ 0 & x \\in \\{0, 1\\} \\end{cases}\n"
     "                                      ^^^^^^^^^^^^^^\n"
     "Cases are one formula & one inequality: \\begin{cases} x & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}."),
    (r"\sum_{i=1}^{n} u_{2i}", "",
     "what u_{2i} means is not clear\n"
     "  \\sum_{i=1}^{n} u_{2i}\n"
     "                 ^^^^^^\n"
     "Write u_{2,i} for an entry of a matrix; multiples of an index are not read."),
    (r"\sum_{k=0}^{N} u_k + \sum_{i=1}^{N} u_i", "",
     "the entries of u are counted from 0 elsewhere, and i stands for one of them\n"
     "  \\sum_{k=0}^{N} u_k + \\sum_{i=1}^{N} u_i\n"
     "                                      ^^^\n"
     "Let all sums over its entries run from 0, or from 1."),
    (r"\sum_{i=1}^{n} (x_i - x_{i-2})^2", "",
     "i starts at 1, so that one of the entries would be number -1\n"
     "  \\sum_{i=1}^{n} (x_i - x_{i-2})^2\n"
     "  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
     "Let i run from 3."),
    (r"\|f\|_{L_2}", "",
     "the norm _L_2 is not known\n"
     "  \\|f\\|_{L_2}\n"
     "  ^^^^^^^^^^^\n"
     "Marks are _2, _1, _\\infty, _F, _* and _op."),
    (r"\|X\|_3", "",
     "\\|X\\|_3: a norm with 3 takes a vector, not a matrix\n"
     "X is m×n\n"
     "  \\|X\\|_3\n"
     "  ^^^^^^^"),
    (r"x^\top y / x^\top x \cdot z", "",
     "how far / reaches before \\cdot is not clear\n"
     "  x^\\top y / x^\\top x \\cdot z\n"
     "                      ^^^^^\n"
     "Write \\frac{…}{…}."),
    (r"x^\top y \odot z", "",
     "x^\\top y \\odot z: what stands beside the elementwise product is not clear\n"
     "x^\\top y is a scalar\n"
     "  x^\\top y \\odot z\n"
     "  ^^^^^^^^^^^^^^^^\n"
     "Put brackets around what belongs together."),
    (r"|X|", "X in R^(m×n)",
     "|X| of a matrix may be the determinant or the absolute values\n"
     "  |X|\n"
     "  ^^^\n"
     "Write \\det(X) or \\operatorname{abs}(X)."),
    (r"e^{X}", "X in R^(m×n)",
     "e^{X}: the matrix exponential takes a square matrix\n"
     "X is m×n\n"
     "  e^{X}\n"
     "  ^^^^^\n"
     "Write \\exp(X) for the exponential of every entry."),
    (r"x \cdot", "",
     "something is missing after \\cdot\n"
     "  x \\cdot\n"
     "    ^^^^^"),
    (r"x + \dots + y", "",
     "dots leave out what is meant\n"
     "  x + \\dots + y\n"
     "      ^^^^^\n"
     "Write \\sum_{i=1}^{n} …."),
    (r"a \pm b", "",
     "\\pm stands for two formulas\n"
     "  a \\pm b\n"
     "    ^^^\n"
     "Write + or -."),
    (r"x^2", "x in R^n",
     "x^2: a vector has no power\n"
     "x is n×1\n"
     "  x^2\n"
     "  ^^^\n"
     "Write x^{\\odot 2} for the elementwise power, x^\\top x for the square of the norm, or declare x in R."),
    (r"AB", "A in R^(m×n), B in R^(m×n)",
     "AB: sizes do not match\n"
     "A is m×n, B is m×n: inner sizes n and m differ\n"
     "  AB\n"
     "  ^^\n"
     "Did you mean A B^\\top?"),
    (r"A + I", "A in R^(m×n)",
     "A + I: shapes differ\n"
     "A is m×n, I is m×m\n"
     "  A + I\n"
     "  ^^^^^"),
    (r"X + s", "X in R^(m×n), s in R",
     "s is a scalar and X a matrix: they cannot be added\n"
     "X is m×n\n"
     "  X + s\n"
     "  ^^^^^\n"
     "Write s \\mathbf{1}_{m \\times n} for every entry."),
    (r"2 + \sum_{i=1^{n}x_{i}^2}", "",
     "what belongs above or behind \\sum stands below it\n  2 + \\sum_{i=1^{n}x_{i}^2}\n      ^^^^^^^^^^^^^^^^^^^^^\n"
     "Did you mean \\sum_{i=1}^{n} x_{i}^2?"),
    (r"\prod_{k=1^{m-1}\left(y_k+1\right)}", "",
     "what belongs above or behind \\prod stands below it\n  \\prod_{k=1^{m-1}\\left(y_k+1\\right)}\n"
     "  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\nDid you mean \\prod_{k=1}^{m-1} \\left(y_k+1\\right)?"),
    (r"\sum_{i x_i}", "",
     "what belongs above or behind \\sum stands below it\n  \\sum_{i x_i}\n  ^^^^^^^^^^^^\n"
     "Did you mean \\sum_{i} x_i?"),
    (r"\sum_{i=1^{n}}x_i", "",
     "what belongs above or behind \\sum stands below it\n  \\sum_{i=1^{n}}x_i\n  ^^^^^^^^^^^^^^\n"
     "Did you mean \\sum_{i=1}^{n}?"),
    (r"\operatorname{sofmax}(x)", "",
     "\\operatorname{sofmax} is no known function\n"
     "  \\operatorname{sofmax}(x)\n"
     "  ^^^^^^^^^^^^^^^^^^^^^\n"
     "Did you mean softmax(…)?"),
    (r"x \text{ is a vector}", "",
     "the words “is a vector” are not read\n"
     "  x \\text{ is a vector}\n"
     "    ^^^^^^^^^^^^^^^^^^^\n"
     "Write the formula alone; names of several letters are \\mathrm{loss}."),
    (r"$x$ and $y$", "",
     "$ stands in the midst of a formula\n"
     "  $x$ and $y$\n"
     "    ^\n"
     "Read one formula at a time."),
    (r"x_1^2 + \|x\|^2", "x in R^n",
     "x_1 may be the entry 1 of x or a name of its own\n"
     "  x_1^2 + \\|x\\|^2\n"
     "  ^^^\n"
     "Write (x)_1 for the entry, or declare x_1."),
    (r"\sqrt", "",
     "what \\sqrt takes is not clear\n"
     "  \\sqrt\n"
     "  ^^^^^\n"
     "Put it in braces: \\sqrt{…}."),
    (r"x^2^3", "",
     "two superscripts stand on one another\n"
     "  x^2^3\n"
     "   ^^^\n"
     "Write (x^2)^3 or x^{2^3}."),
    (r"x^{(p-1)}", "",
     "what ^{(p-1)} means is not clear\n"
     "  x^{(p-1)}\n"
     "   ^^^^^^^^\n"
     "Members of a family are x^{(i)} of a name; powers are written without the brackets."),
    (r"\left. x \right|", "",
     "an expression at a point is read at the end of a formula only\n"
     "  \\left. x \\right|\n"
     "                 ^\n"
     "Write it last: \\left. … \\right|_{x = c}."),
    (r"x \leq y", "",
     "\\leq is no part of a formula\n"
     "  x \\leq y\n"
     "    ^^^^"),
    (r"A^{-1}", "A in R^(m×n)",
     "A^{-1}: A is not square\n"
     "A is m×n\n"
     "  A^{-1}\n"
     "  ^^^^^^\n"
     "Write A^{+} for the pseudo-inverse."),
    (r"\operatorname{softmax}(X)", "X in R^(m×n)",
     "\\operatorname{softmax}(X): softmax takes a vector\n"
     "X is m×n\n"
     "  \\operatorname{softmax}(X)\n"
     "  ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
     "Write \\operatorname{softmax\\_rows}(X) for that of each row, "
     "\\operatorname{softmax\\_rows}(X^\\top )^\\top for that of each column."),
    (r"\frac{A}{B}", "A in R^(n×n), B in R^(n×n)",
     "A/B: nothing is divided by a matrix\n"
     "B is n×n\n"
     "  \\frac{A}{B}\n"
     "  ^^^^^^^^^^^\n"
     "Write A \\oslash B for the elementwise quotient, A B^{-1} for the inverse."),
    (r"\|x\|_2 + \|y", "",
     "\\| is never closed\n"
     "  \\|x\\|_2 + \\|y\n"
     "            ^^"),
    (r"^2", "",
     "^ has nothing to stand on\n"
     "  ^2\n"
     "  ^"),
    (r"x__1", "",
     "the index _ is not read\n"
     "  x__1\n"
     "    ^\n"
     "Indices are numbers or letters: x_i, A_{ij}."),
    (r"", "",
     "there is no formula here\n"
     "  \n"
     "  ^\n"
     "Type one, for instance x^\\top A x."),
    (r"\begin{bmatrix} 1 & 2", "",
     "\\begin{bmatrix} is never closed\n"
     "  \\begin{bmatrix} 1 & 2\n"
     "  ^^^^^^^^^^^^^^^"),
    (r"x y", "x in R^n, y in R^n",
     "x y: sizes do not match\n"
     "x is n×1, y is n×1: inner sizes 1 and n differ\n"
     "  x y\n"
     "  ^^^\n"
     "Write x^\\top y for the inner product, x \\odot y for the elementwise one."),
    (r"\partial x", "",
     "a formula is read here, not its derivative\n"
     "  \\partial x\n"
     "  ^^^^^^^^\n"
     "Leave the derivative out and ask for it by name."),
    (r"x!!", "",
     "double factorials are not supported\n"
     "  x!!\n"
     "   ^"),
    (r"\mathbb{E}[x]", "",
     "expected values are not supported\n"
     "  \\mathbb{E}[x]\n"
     "  ^^^^^^^^^^\n"
     "Write the mean over data as a sum: \\frac{1}{m} \\sum_{i=1}^{m} …."),
    (r"x \hookrightarrow y", "",
     "\\hookrightarrow is no command that is read here\n"
     "  x \\hookrightarrow y\n"
     "    ^^^^^^^^^^^^^^^\n"
     "Did you mean \\overrightarrow?"),
    (r"x^\top A x", r"A \in \mathbb{R}^{m 	imes n}, x \in \mathbb{R}^n",
     "x^\\top A: sizes do not match\n"
     "x^\\top is 1×n, A is e*i*m*m*n*s×1: inner sizes n and e*i*m*m*n*s differ\n"
     "  x^\\top A x\n"
     "  ^^^^^^^^"),
    (r"\arg\min x", "",
     "\\arg\\min is read only before a formula\n"
     "  \\arg\\min x\n"
     "  ^^^^^^^^\n"
     "Write \\arg\\min_x …."),
]  # fmt: skip
NOTES = [
    (r"|X|", "X in R^(n×n)", "|X| is read as the determinant of X."),
    (r"|\mathbf{X}^T\mathbf{X}|", "",
     r"|\mathbf{X}^T\mathbf{X}| is read as the determinant of \mathbf{X}^T\mathbf{X}."),
    (r"e^{A}", "A in R^(n×n)", "e^{A} is read as the matrix exponential."),
    (r"\log x^\top A x", "", r"\log x^\top A x is read as \log(x^\top A x)."),
    (r"\tanh x (1 - x)", "x in R", r"\tanh takes x alone, not what follows."),
    (r"\sigma(x)", "", r"\sigma(…) is read as sigmoid(…)."),
    (r"\sum_i (a_i^\top x)^2", "A in R^(m×n)", "a_i is read as a row of A."),
    (r"\sum_i x_i + y_i", "", "The sum over i goes on behind +, since i stands there too."),
    (r"\lambda/2 \|x\|", "", "What follows /2 is not divided by."),
    (r"a(x - y)", "a in R^(m×n)", None),
    (r"z_k - \log\sum_j e^{z_j}", "", "z_k is read as the entry k of z."),
]
DATA = Path(__file__).parents[1] / "data"
PROBLEMS = [json.loads(line) for line in (DATA / "seed_problems.jsonl").read_text("utf-8").splitlines()]
DEEP = 3000


@pytest.mark.parametrize(("tex", "text", "where"), FORMULAS)
def test_means_the_text(tex: str, text: str, where: str) -> None:
    reading = read(tex, where, "latex")
    assert normal(reading.node) is normal(read(text, reading.where).node)


@pytest.mark.parametrize(("tex", "where", "said"), WRONG)
def test_refused(tex: str, where: str, said: str) -> None:
    with pytest.raises(ClosedformError) as caught:
        read(tex, where, "latex")
    assert str(caught.value) == said


@pytest.mark.parametrize(("tex", "where", "note"), NOTES)
def test_says_how_it_was_read(tex: str, where: str, note: str | None) -> None:
    assumed = read(tex, where, "latex").assumed
    assert note in assumed if note else not any("product" in said for said in assumed)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p["id"])
def test_printed_latex_reads_back(problem: dict[str, str]) -> None:
    first = read(problem["formula"], problem["where"] or None)
    node = normal(first.node)
    sizes = {name for n in first.names.values() for side in n.shape for name in side.names}
    taken = frozenset(first.names) | frozenset(first.indices) | sizes
    printed = render(node, Context(order=first.order, families=first.families, taken=taken), "latex")
    assert normal(read(printed, first.where, "latex").node) is node


def test_declarations_in_latex() -> None:
    where = (
        r"A \in \mathbb{R}^{m \times n}, "
        r"a_i \in \mathbb R^k \text{ for } i = 1, \dots, m, y \in \{-1,1\}^m, \lambda > 0"
    )
    assert read(r"\lambda \sum_i y_i a_i^\top x + \|A\|_F", where, "latex").where == (
        "lam in R, lam > 0, y in {-1,1}^m, a[i] in R^k for i = 1..m, x in R^k, A in R^(m×n)"
    )


def test_bound_parts() -> None:
    tex = r"p^\top p \quad \text{where } p = \sigma\left(W_{1} x\right), W_1 \in \mathbb{R}^{m \times n}"
    reading = read(tex, None, "latex")
    assert reading.where == "W_1 in R^(m×n), x in R^n"
    assert normal(reading.node) is normal(read("sigmoid(W_1*x)'*sigmoid(W_1*x)", reading.where).node)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        (r"x^\top x", True),
        ("A_{ij}", True),
        ("x^{2}", True),
        ("x'*A*x", False),
        ("X^{-1}.*exp(Y)", False),
        ("A_1", False),
    ],
)
def test_which_texts_are_latex(text: str, latex: bool) -> None:
    assert is_latex(text) == latex


@pytest.mark.parametrize(
    "tex",
    [
        "(" * DEEP + "x" + ")" * DEEP,
        r"\left(" * DEEP + "x" + r"\right)" * DEEP,
        "{" * DEEP + "x" + "}" * DEEP,
        r"\frac{1}{" * DEEP + "s" + "}" * DEEP,
        r"\sqrt{" * DEEP + "x" + "}" * DEEP,
        r"e^{" * DEEP + "s" + "}" * DEEP,
        r"\log " * DEEP + "x",
        r"\begin{bmatrix}" * DEEP + "x" + r"\end{bmatrix}" * DEEP,
    ],
    ids=lambda tex: tex[:12],
)
def test_depth_costs_nothing(tex: str) -> None:
    assert read(tex, None, "latex").node is not None


def test_two_exponents_are_refused() -> None:
    with pytest.raises(ClosedformError, match=r"e\^ takes 1 argument; it was given 2"):
        read(r"\log(1 + e^{x_i^\top,W y_i})", "", "latex")
