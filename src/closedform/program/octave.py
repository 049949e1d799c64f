"""The operations in MATLAB and Octave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from closedform.expr.size import ONE, Size
from closedform.program.arguments import Argument, shape_note
from closedform.program.columns import BROADCAST, T, columns, one_based, same
from closedform.program.ir import Step
from closedform.program.parts import block_rows
from closedform.program.source import Python
from closedform.program.spell import ATOM, Backend, Speller

OCTAVE_HELPERS = {
    "sigmoid": "function y = sigmoid(x)\n  e = exp(-abs(x));\n  y = ((x >= 0) + (x < 0) .* e) ./ (1 + e);\nend\n",
    "softplus": "function y = softplus(x)\n  y = max(x, 0) + log1p(exp(-abs(x)));\nend\n",
    "softmax": "function p = softmax(x)\n  e = exp(x - max(x));\n  p = e / sum(e);\nend\n",
    "softmax_rows": "function P = softmax_rows(X)\n  E = exp(X - max(X, [], 2));\n  P = E ./ sum(E, 2);\nend\n",
    "logsumexp": "function s = logsumexp(x)\n  top = max(x);\n  s = top + log(sum(exp(x - top)));\nend\n",
    "logsumexp_rows":
        "function s = logsumexp_rows(X)\n  top = max(X, [], 2);\n  s = top + log(sum(exp(X - top), 2));\nend\n",
    "logdet":
        "function y = logdet(M)\n  [L, U, P] = lu(M);\n  d = diag(U);\n  sgn = det(P) * prod(sign(d));\n"
        "  if sgn > 0\n    y = sum(log(abs(d)));\n  else\n    y = NaN;\n  end\nend\n",
    "unit":
        "function e = unit(i, n)\n  e = zeros(n, 1);\n  if i > n\n    error('no such index');\n"
        "  end\n  e(i) = 1;\nend\n",
    "part": "function P = part(M, varargin)\n  P = M(varargin{:});\nend\n",
    "one_hot": "function e = one_hot(x)\n  [~, k] = max(x);\n  e = double((1:numel(x))' == k);\nend\n",
    "log_cosh": "function y = log_cosh(x)\n  y = abs(x) + log1p(expm1(-2 * abs(x)) / 2);\nend\n",
    "other_products":
        "function p = other_products(x)\n  x = x(:);\n  p = cumprod([1; x(1:end-1)]);\n"
        "  p = p .* flipud(cumprod([1; x(end:-1:2)]));\nend\n",
    "adjugate":
        "function Y = adjugate(M)\n  [U, S, V] = svd(M);\n"
        "  Y = det(U) * det(V) * V * diag(other_products(diag(S))) * U';\nend\n",
    "polar_factor": "function Y = polar_factor(M)\n  [U, ~, V] = svd(M, 'econ');\n  Y = U * V';\nend\n",
    "eigenvectors":
        "function V = eigenvectors(S, which)\n  [V, D] = eig((S + S') / 2);\n  [~, order] = sort(diag(D));\n"
        "  V = V(:, order);\n  for k = 1:size(V, 2)\n    [~, m] = max(abs(V(:, k)));\n"
        "    V(:, k) = V(:, k) * sign(V(m, k));\n  end\n  if nargin > 1\n"
        "    if which > 0\n      V = V(:, end);\n    else\n      V = V(:, 1);\n    end\n  end\nend\n",
    "top_singular":
        "function w = top_singular(M, right)\n  [U, ~, V] = svd(M, 'econ');\n  [~, m] = max(abs(U(:, 1)));\n"
        "  w = sign(U(m, 1)) * U(:, 1);\n  if nargin > 1\n    w = sign(U(m, 1)) * V(:, 1);\n  end\nend\n",
    "frechet":
        "function L = frechet(f, M, E)\n  n = size(M, 1);\n"
        "  L = f([M, E; zeros(n), M]);\n  L = L(1:n, n+1:end);\nend\n",
    "huber":
        "function y = huber(x, delta)\n  a = abs(x);\n  y = (a <= delta) .* x .^ 2 / 2 "
        "+ (a > delta) .* delta .* (a - delta / 2);\n"
        "end\n",
}  # fmt: skip
OCTAVE = Backend(
    "Octave",
    {
        **{k: T(v.text.replace("<tr>", "trace"), v.level) for k, v in columns("'").items()},
        "add": T("<0^1> + <1^2>", 1),
        "sub": T("<0^1> - <1^2>", 1),
        "eye": T("eye(<r>)"),
        "ones": T("ones(<r>, <c>)"),
        "ones=0": T("1"),
        "ones=1": T("ones(<n>, 1)"),
        "zeros": T("zeros(<r>, <c>)"),
        "zeros=0": T("0"),
        "zeros=1": T("zeros(<n>, 1)"),
        "unit": T("unit(<0>, <n>)"),
        "diag": T("diag(<0>)"),
        "diag:0": T("<0^2> * eye(<r>)", 2),
        "diagonal": T("diag(<0>)"),
        "inner": T("sum(sum(<0^2> .* <1^3>))"),
        "row_inner": T("sum(<0^2> .* <1^3>, 2)"),
        "colsum": T("sum(<0>, 1)'"),
        "rowsum": T("sum(<0>, 2)"),
        "add_diag:21": T("<0^1> + diag(<1>)", 1),
        "add_diag:20": T("<0^1> + <1^2> * eye(<r>)", 1),
        # no factorisation objects in Octave: each use factors again
        "lu": T("<0>", 0),
        "chol": T("<0>", 0),
        "solve_lu": T("<0^2> \\ <1^3>", 2),
        "solve_lu_t": T("<0^5>' \\ <1^3>", 2),
        "solve_chol": T("<0^2> \\ <1^3>", 2),
        "inv": T("inv(<0>)"),
        "inv_chol": T("inv(<0>)"),
        "det_lu": T("det(<0>)"),
        "det_chol": T("det(<0>)"),
        "logdet_lu": T("logdet(<0>)"),
        "logdet_chol": T("logdet(<0>)"),
    },
    {
        **same(f"{BROADCAST} sigmoid softplus erf gamma loggamma=gammaln softmax logsumexp"),
        **same("softmax_rows logsumexp_rows triu tril cumsum prod maxentry=max minentry=min"),
        **same("det logdet norm2=norm norm_op=norm pinv expm logm sqrtm"),
        "digamma": T("psi(<0>)"),
        "run.expm1": T("expm1(<0>)"),
        "run.log1p": T("log1p(<0>)"),
        "sum": T("sum(sum(<0>))"),
        "sum:1": T("sum(<0>)"),
        "sum:0": T("<0>", 0),
        "relu": T("max(<0>, 0)"),
        "step": T("double(<0^2> > 0)"),
        "max2": T("max(<0>, <1>)"),
        "min2": T("min(<0>, <1>)"),
        "clip": T("min(max(<0>, <1>), <2>)"),
        "huber": T("huber(<0>, <1>)"),
        "norm1": T("sum(sum(abs(<0>)))"),
        "normF": T('norm(<0>, "fro")'),
        "norm_inf": T("max(max(abs(<0>)))"),
        "norm_nuc": T("sum(svd(<0>))"),
        "eigvals": T("sort(eig((<0^2> + <0^5>') / 2))"),
        "lambda_max": T("max(eig((<0^2> + <0^5>') / 2))"),
        "lambda_min": T("min(eig((<0^2> + <0^5>') / 2))"),
        "chol": T("chol(<0>)'"),
        "lyap": T("sylvester(<0>, <0>, <1>)"),
        "kron": T("kron(<0>, <1>)"),
        "vec": T("reshape(<0>, [], 1)"),
        "unvec": T("reshape(<0>, <r>, <c>)"),
        "cross": T("cross(<0>, <1>)"),
        "mean": T("mean(reshape(<0>, [], 1))"),
        "norm1:1": T("sum(abs(<0>))"),
        "norm_inf:1": T("max(abs(<0>))"),
        "normcdf": T("erfc(-<0^3> / sqrt(2)) / 2", 2),
        "normpdf": T("exp(-<0^5> .^ 2 / 2) / sqrt(2 * pi)", 2),
        "trigamma": T("psi(1, <0>)"),
        "polygamma": T("psi(<0>, <1>)"),
        "argmax": T("one_hot(<0>)"),
        "argmin": T("one_hot(-<0^3>)"),
        "adj": T("adjugate(<0>)"),
        "polar": T("polar_factor(<0>)"),
        "eigvecs": T("eigenvectors(<0>)"),
        "eigvec_max": T("eigenvectors(<0>, 1)"),
        "eigvec_min": T("eigenvectors(<0>, -1)"),
        "tril_half": T("tril(<0>) - diag(diag(<0>)) / 2", 1),
        "leftvec_max": T("top_singular(<0>)"),
        "rightvec_max": T("top_singular(<0>, 1)"),
        "prod_others": T("other_products(<0>)"),
        "revcumsum": T("flipud(cumsum(flipud(<0>)))"),
        "expm_frechet": T("frechet(@expm, <0>, <1>)"),
        "logm_frechet": T("frechet(@logm, <0>, <1>)"),
        "run.log1mexp": T("log(-expm1(<0>))"),
        "run.log_cosh": T("log_cosh(<0>)"),
        "block": T("<blocks>"),
        "block=1": T("vertcat(<all>)"),
        "block=0": T("<0>", 0),
        "sub": T("part(<0>, <span>)<turn>"),
    },
    OCTAVE_HELPERS,
    (),
    frozenset([
        "end", "function", "for", "while", "if", "else", "elseif", "do", "endfunction", "endfor", "endif", "until",
        "unwind_protect", "return", "switch", "case", "otherwise", "global", "persistent", "parfor", "classdef",
        "pi", "eps", "ans", "nargin", "out", "varargin", "numel", "size",
    ]),
)  # fmt: skip


ASSIGNED = re.compile(r"\s*(\w+) = ")


class OctaveSpeller(Speller):
    plus = "+"

    def spans(self, step: Step) -> str:
        return one_based(self, step)

    def blocks(self, step: Step) -> str:
        rows = ([self.bound(r, ATOM) + ("'" if s[0] is ONE and s[1] is not ONE else "") for r, s in row]
                for row in block_rows(step))  # fmt: skip
        return f"[{'; '.join(', '.join(row) for row in rows)}]"

    def assigned(self, name: str, text: str) -> str:
        return f"{name} = {text};"

    def zero(self) -> str:
        return "0"

    def loop_head(self, counter: str, low: Size, high: Size) -> str:
        return f"for {counter} = {self.size(low)}:{self.size(high)}"

    def loop_end(self) -> Iterator[str]:
        yield "end"

    def returned(self) -> str:
        outs = [self.texts[r].text for r in self.program.outputs]
        names = [f"out{k + 1}" if len(outs) > 1 else "out" for k in range(len(outs))]
        return "\n  ".join(f"{n} = {t};" for n, t in zip(names, outs, strict=True))


class Octave(Python):
    speller_class = OctaveSpeller

    def closure(
        self, early: list[Argument], late: list[Argument], first: list[str], lines: list[str], known: set[str]
    ) -> str:  # fmt: skip
        """``prepare``, which returns a handle that holds what it computed; Octave has no functions within functions."""
        inner = "\n".join((*self.size_lines(list(self.arguments), known), *lines))
        mine = [self.speller.names.of(a.name) for a in early]
        made = [m[1] for line in first if (m := ASSIGNED.match(line))]
        held = [n for n in dict.fromkeys((*mine, *made)) if re.search(rf"(?<![\w.]){n}\b", inner)]
        names = ", ".join(self.speller.names.of(a.name) for a in late)
        notes = [*self.notes(early, mine), f"  %   the answer: a function of ({names})"]
        body = [f"  {line}" for line in first]
        handle = f"  out = @({names}) {self.name}({', '.join(filter(None, (names, *held)))});"
        head = f"function out = prepare({', '.join(mine)})"
        whole = self.function(self.name, late, lines, known, held)
        return "\n".join([head, *notes, *body, handle, "end"]) + "\n\n" + whole

    def size_lines(self, arguments: list[Argument], known: set[str]) -> list[str]:
        return [f"{line};" for line in super().size_lines(arguments, known)]

    def notes(self, arguments: list[Argument], names: list[str]) -> list[str]:
        """What is computed, and the shapes of the arguments."""
        shapes = [f"  %   {n}: {shape_note(a)}" for n, a in zip(names, arguments, strict=True)]
        return [*(f"  % {line}" for line in self.said()), *shapes]

    def function(
        self, name: str, arguments: list[Argument], lines: list[str], known: set[str], held: Sequence[str] = ()
    ) -> str:  # fmt: skip
        names = [self.speller.names.of(a.name) for a in arguments]
        many = len(self.program.outputs)
        outs = "out" if many == 1 else f"[{', '.join(f'out{k + 1}' for k in range(many))}]"
        body = [f"  {x}" for x in (*self.size_lines(list(self.arguments), known), *lines)]
        head = f"function {outs} = {name}({', '.join((*names, *held))})"
        return "\n".join([head, *self.notes(arguments, names), *body, "end"]) + "\n"

    def axis(self, array: str, axis: int, rank: int) -> str:
        return f"numel({array})" if rank == 1 else f"size({array}, {axis + 1})"

    def assembled(self, code: str) -> str:
        """The function first: a file of MATLAB is named after it."""
        return "\n".join([code, *self.helpers(code)])
