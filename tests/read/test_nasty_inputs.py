"""The hostile inputs that concern text: an error with its place, or an answer; within two seconds and 512 MiB."""

import subprocess
import sys

import pytest

import closedform as cf

PARSE_ERRORS = [
    "   ", '"str"', "++", "/*x*/", "0x10 x", "1e", "A[0][", "x ** ** 2", "x' A x # comment\nimport os", "x' A x +",
    "x' A x)", "x..y", "x;y", "x\u200b'Ax", "\ud7ff\ufdd0",
]  # fmt: skip
INJECTIONS = [
    "(lambda: 1)()", "**x", "@jit", "a._\uff3fclass_\uff3f", "eval('1')", 'exec("print(1)")', "getattr(x,'T')",
    "globals()", "help()", "print('hi')", "raise SystemExit", "sympify('2')", "sys.exit()", "x if x else y",
    "x.__class__.__init__.__globals__", "x:=1", "yield x", "\uff45xec(1)", "<script>alert(1)</script>",
    "</title><svg onload=alert(1)>", "<!--", "x' onmouseover='alert(1)", "{{7*7}}", "&lt;script&gt;",
]  # fmt: skip
ACCEPTED = {
    "xᵀAx": "x'*A*x", "x⊤Ax": "x'*A*x", "A ⊙ B": "A.*B", "⟨x, Ax⟩": "<x, A*x>", "‖Ax − b‖₂²": "||A*x - b||_2^2",
    "σ(wᵀx+b)": "sigmoid(w'*x + b)", r"\mathbf{x}^\top \mathbf{A} \mathbf{x}": "x'*A*x",
}  # fmt: skip
RESOURCES = {
    "brackets": "'(' * 10000 + 'x' + ')' * 10000",
    "long sum": "'+'.join(['x'] * 100000)",
    "signs": "'-' * 90000 + 'x'",
    "transposes": "'x' + '.T' * 40000",
    "exponents": "'x^{' * 3000 + 'y' + '}' * 3000",
    "digits": "'0.1' + '1' * 90000",
    "tower": "'9^9^9^9'",
    "small fraction": "'1/(10^100000)'",
    "matrix power": "'tr(X^(2147483648))'",
    "nested blocks": "'[' * 100 + 'x' + ']' * 100",
    "nested exp": "'exp(' * 500 + 's' + ')' * 500",
    "long name": "'x' * 90000",
    "matrix literal": "'[' + '; '.join([', '.join(['1'] * 200)] * 200) + ']'",
    "nested norms": "'||' * 1000 + 'x' + '||' * 1000",
    "many terms": "' + '.join(f'a{i}*s^{i}' for i in range(9000))",
    "large zeros": "'sum(zeros(1000000, 1000000))'",
    "large determinant": "'det(X) where X in R^(1000000×1000000)'",
}
RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (512 * 2**20,) * 2)
import closedform as cf
try:
    f = cf.formula({source})
    if f.shape == ("1", "1") and f.variables:
        f.grad(f._differentiable()[0]).text
    print("answer")
except cf.ClosedformError as error:
    print("refused")
"""


@pytest.mark.parametrize("source", PARSE_ERRORS + INJECTIONS)
def test_refused_with_a_message(source: str) -> None:
    with pytest.raises(cf.ClosedformError) as found:
        cf.formula(source)
    assert found.value.message
    assert "Traceback" not in str(found.value)


@pytest.mark.parametrize(("source", "plain"), ACCEPTED.items())
def test_accepted_as_the_plain_spelling(source: str, plain: str) -> None:
    where = "x in R^n, A in R^(n×n)" if "x" in plain and "A" in plain and "b" not in plain else None
    assert cf.formula(source, where)._node is cf.formula(plain, where)._node


@pytest.mark.parametrize("name", RESOURCES)
def test_answered_or_refused_within_the_limits(name: str) -> None:
    script = RUN.format(source=RESOURCES[name])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)
    assert done.stdout.strip() in ("answer", "refused"), done.stderr[-500:]


@pytest.mark.parametrize(
    ("source", "where", "word"),
    [
        ("1/x", "x in R^n", "./"),
        ("X^-T2", None, "^-T"),
        ("f'(x)", None, "product with the transpose or a derivative"),
        ("log X", "X in R^(n×n)", "parentheses"),
        ("x^2", "x in R^n", "x'*x"),
        ("x^T*A*x^-1", "x in R^n", "vector"),
    ],
)
def test_ambiguous_input_is_asked_about(source: str, where: str | None, word: str) -> None:
    with pytest.raises(cf.ClosedformError) as found:
        cf.formula(source, where)
    assert word in str(found.value)


@pytest.mark.parametrize(
    ("source", "where", "shapes"),
    [
        ("A@x + B", "A in R^(m×n), x in R^n, B in R^(m×n)", ("m×1", "m×n")),
        ("A^2", "A in R^(m×n)", ("m×n",)),
        ("X + inv(Y)", "X in R^(n×n), Y in R^(m×n)", ("m×n",)),
        ("det(A)", "A in R^(m×n)", ("m×n",)),
        ("x'*y", "x in R^n, y in R^m", ("1×n", "m×1")),
        ("x^T A y'", "x in R^n, y in R^n, A in R^(n×n)", ("1×n",)),
    ],
)
def test_shapes_that_do_not_fit_are_named(source: str, where: str, shapes: tuple[str, ...]) -> None:
    with pytest.raises(cf.ShapeError) as found:
        cf.formula(source, where)
    for shape in shapes:
        assert shape in str(found.value)


def test_lookalikes_are_told_apart() -> None:
    assert any("look the same" in note for note in cf.formula("A*x + \u0410*x").assumed)
    f = cf.formula("\u00e9 + e\u0301")
    assert f.variables == ["\u00e9"]
    assert any("accent" in note for note in f.assumed)
