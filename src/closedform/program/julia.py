"""The operations in Julia."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from closedform.expr.size import ONE, Size
from closedform.program.arguments import Argument, shape_note
from closedform.program.columns import BROADCAST, T, columns, one_based, same
from closedform.program.ir import Step
from closedform.program.parts import block_rows
from closedform.program.source import Python
from closedform.program.spell import ATOM, Backend, Speller, Text

JULIA_HELPERS = {
    "sigmoid": "sigmoid(x) = x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))\n",
    "softplus": "softplus(x) = max(x, 0) + log1p(exp(-abs(x)))\n",
    "softmax": "function softmax(x)\n    e = exp.(x .- maximum(x))\n    return e ./ sum(e)\nend\n",
    "softmax_rows":
        "function softmax_rows(X)\n    E = exp.(X .- maximum(X, dims=2))\n    return E ./ sum(E, dims=2)\nend\n",
    "logsumexp": "logsumexp(x) = (top = maximum(x); top + log(sum(exp.(x .- top))))\n",
    "logsumexp_rows": "logsumexp_rows(X) = [logsumexp(X[i, :]) for i in 1:size(X, 1)]\n",
    "unit": "unit(i, n) = 1 <= i <= n ? Float64.((1:n) .== i) : throw(BoundsError(1:n, i))\n",
    "adjugate":
        "function adjugate(M)\n    F = svd(M)\n    others = [prod(F.S[1:end .!= i]) for i in 1:length(F.S)]\n"
        "    return det(F.U) * det(F.Vt) * (F.V * Diagonal(others) * F.U')\nend\n",
    "polar_factor": "function polar_factor(M)\n    F = svd(M)\n    return F.U * F.Vt\nend\n",
    "eigenvectors":
        "function eigenvectors(S)\n    V = eigvecs(Symmetric(S))\n"
        "    return V .* sign.([V[argmax(abs.(V[:, k])), k] for k in axes(V, 2)]')\nend\n",
    "frechet":
        "function frechet(f, M, E)\n    n = size(M, 1)\n    return real.(f([M E; zero(M) M]))[1:n, n+1:end]\nend\n",
    "huber": "huber(x, delta) = abs(x) <= delta ? x^2 / 2 : delta * (abs(x) - delta / 2)\n",
}
JULIA = Backend(
    "Julia",
    {
        **{k: T(v.text.replace("<tr>", "tr"), v.level) for k, v in columns("'").items()},
        "eye": T("Matrix(1.0I, <r>, <r>)"),
        "ones": T("ones(<r>, <c>)"),
        "ones=1": T("ones(<n>)"),
        "ones=0": T("1.0"),
        "zeros": T("zeros(<r>, <c>)"),
        "zeros=1": T("zeros(<n>)"),
        "zeros=0": T("0.0"),
        "unit": T("unit(<0>, <n>)"),
        "diag": T("Diagonal(<0>)"),
        "diag:0": T("<0^2> * Matrix(1.0I, <r>, <r>)", 2),
        "diagonal": T("diag(<0>)"),
        "inner": T("dot(<0>, <1>)"),
        "row_inner": T("vec(sum(<0^2> .* <1^3>, dims=2))"),
        "colsum": T("vec(sum(<0>, dims=1))"),
        "rowsum": T("vec(sum(<0>, dims=2))"),
        "add_diag:21": T("<0^1> + Diagonal(<1>)", 1),
        "add_diag:20": T("<0^1> + <1^2> * I", 1),
        "lu": T("lu(<0>)"),
        "solve_lu": T("<0^2> \\ <1^3>", 2),
        "solve_lu_t": T("<0^5>' \\ <1^3>", 2),
        "inv": T("inv(<0>)"),
        "det_lu": T("det(<0>)"),
        "logdet_lu": T("logdet(<0>)"),
        "chol": T("cholesky(Symmetric(<0>))"),
        "solve_chol": T("<0^2> \\ <1^3>", 2),
        "inv_chol": T("inv(<0>)"),
        "det_chol": T("det(<0>)"),
        "logdet_chol": T("logdet(<0>)"),
    },
    {
        **{n: T(f"{n}.(<0>)") for n in BROADCAST.split()},
        "sigmoid": T("sigmoid.(<0>)"),
        "softplus": T("softplus.(<0>)"),
        "relu": T("max.(<0>, 0)"),
        "step": T("Float64.(<0^2> .> 0)"),
        "max2": T("max.(<0>, <1>)"),
        "min2": T("min.(<0>, <1>)"),
        "clip": T("min.(max.(<0>, <1>), <2>)"),
        "huber": T("huber.(<0>, <1>)"),
        "run.expm1": T("expm1.(<0>)"),
        "run.log1p": T("log1p.(<0>)"),
        **same("sum prod maxentry=maximum minentry=minimum softmax softmax_rows logsumexp logsumexp_rows det logdet"),
        **same("norm2=norm normF=norm norm_op=opnorm pinv expm=exp logm=log sqrtm=sqrt vec triu tril cumsum"),
        "norm1": T("sum(abs, <0>)"),
        "norm_inf": T("maximum(abs, <0>)"),
        "norm_nuc": T("sum(svdvals(<0>))"),
        "eigvals": T("eigvals(Symmetric(<0>))"),
        "lambda_max": T("eigmax(Symmetric(<0>))"),
        "lambda_min": T("eigmin(Symmetric(<0>))"),
        "chol": T("Matrix(cholesky(Symmetric(<0>)).L)"),
        "lyap": T("sylvester(<0>, <0>, -<1^3>)"),
        "kron": T("kron(<0>, <1>)"),
        "unvec": T("reshape(<0>, <r>, <c>)"),
        "cross": T("cross(<0>, <1>)"),
        "sum:0": T("<0>", 0),
        "mean": T("sum(<0>) / length(<0>)", 2),
        "normpdf": T("exp.(-<0^5> .^ 2 ./ 2) ./ sqrt(2 * pi)", 2),
        **{n: T(f"SpecialFunctions.{n}.(<0>)") for n in ("erf", "gamma", "loggamma", "digamma", "trigamma")},
        "normcdf": T("SpecialFunctions.erfc.(-<0^3> ./ sqrt(2)) ./ 2", 2),
        "polygamma": T("SpecialFunctions.polygamma.(Int(<0>), <1>)"),
        "argmax": T("Float64.(1:length(<0>) .== argmax(<0>))"),
        "argmin": T("Float64.(1:length(<0>) .== argmin(<0>))"),
        "adj": T("adjugate(<0>)"),
        "polar": T("polar_factor(<0>)"),
        "eigvecs": T("eigenvectors(<0>)"),
        "eigvec_max": T("eigenvectors(<0>)[:, end]"),
        "eigvec_min": T("eigenvectors(<0>)[:, 1]"),
        "tril_half": T("tril(<0>) - Diagonal(diag(<0>)) / 2", 1),
        "prod_others": T("[prod(<0^5>[1:end .!= i]) for i in 1:length(<0>)]"),
        "revcumsum": T("reverse(cumsum(reverse(<0>)))"),
        "expm_frechet": T("frechet(exp, <0>, <1>)"),
        "logm_frechet": T("frechet(log, <0>, <1>)"),
        "block": T("hvcat(<blocks>)"),
        "block=1": T("vcat(<all>)"),
        "block=0": T("<0>", 0),
        "sub": T("<0^5>[<span>]"),
    },
    JULIA_HELPERS,
    ((" ", "using LinearAlgebra"), ("SpecialFunctions.", "import SpecialFunctions")),
    frozenset([
        "end", "function", "for", "while", "if", "else", "elseif", "let", "do", "in", "isa", "where", "using",
        "import", "export", "module", "baremodule", "begin", "struct", "mutable", "abstract", "primitive", "type",
        "const", "global", "local", "macro", "quote", "return", "break", "continue", "try", "catch", "finally",
        "true", "false", "nothing", "I", "pi", "im", "size", "length",
    ]),
)  # fmt: skip


class JuliaSpeller(Speller):
    def spans(self, step: Step) -> str:
        return one_based(self, step)

    def blocks(self, step: Step) -> str:
        rows = list(block_rows(step))
        parts = (self.bound(r, ATOM) + ("'" if s[0] is ONE and s[1] is not ONE else "") for row in rows for r, s in row)
        return f"({', '.join(str(len(row)) for row in rows)},), {', '.join(parts)}"

    def number(self, value: Fraction) -> Text:
        if value.denominator == 1:
            return super().number(value)
        return Text(f"{value.numerator} / {value.denominator}", 2)

    def loop_head(self, counter: str, low: Size, high: Size) -> str:
        return f"for {counter} in {self.size(low)}:{self.size(high)}"

    plus = ".+"

    def loop_end(self) -> Iterator[str]:
        yield "end"


class Julia(Python):
    speller_class = JuliaSpeller

    def function(self, name: str, arguments: list[Argument], lines: list[str], known: set[str]) -> str:
        names = [self.speller.names.of(a.name) for a in arguments]
        notes = [f"# {line}" for line in self.said()]
        notes += [f"#   {n}: {shape_note(a)}" for n, a in zip(names, arguments, strict=True)]
        body = [*self.size_lines(list(self.arguments), known), *lines]
        head = f"function {name}({', '.join(names)})"
        return "\n".join([*notes, head, *(f"    {x}" if x else "" for x in body), "end"]) + "\n"

    def axis(self, array: str, axis: int, rank: int) -> str:
        return f"length({array})" if rank == 1 else f"size({array}, {axis + 1})"
