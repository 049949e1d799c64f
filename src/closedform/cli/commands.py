"""The commands."""

from __future__ import annotations

import json
from typing import Any

import click

from closedform import answers as judged
from closedform._version import __version__
from closedform.answers import Asked
from closedform.answers.asked import OPS
from closedform.answers.page import Page
from closedform.answers.shown import show_function
from closedform.cli import arguments as a
from closedform.cli import records
from closedform.cli.files import read_formula
from closedform.cli.outcome import REFUSED, RIGHT, WRONG, write
from closedform.cli.printing import print_derivatives, print_expansions, print_simplified, print_value, print_verdict
from closedform.cli.reference import reference, table_json
from closedform.cli.show import show_value
from closedform.cli.sources import formula_texts, values
from closedform.cli.work import answers, questions, simplified, split_names
from closedform.errors import ValueProblem
from closedform.formula import Formula, LinearMap

EXITS = {"right": RIGHT, "wrong": WRONG, "convention": WRONG, "uncertified": REFUSED}
GENERAL = """Type a formula, get its derivative in closed matrix form, with what was assumed, where it
holds, and a certificate.

\b
Examples:
  closedform grad "x'*A*x"
  closedform grad "1/2*||A*x - b||^2 + lam/2*||x||^2" --by x
  closedform jacobian "tanh(A*x)" --by x --latex
  closedform hessian "logsumexp(A*x)" --by x
  closedform derivative "inv(X)"
  closedform check "x'*A*x" "2*A*x"
  closedform eval "x'*A*x" "A=[[1,2],[3,4]]" "x=[1,2]"
  closedform functions logdet

\b
A formula may begin with a minus sign, stand in a file (@path) or on
standard input (-). Names, declarations and functions: docs/language.md.
Exit codes: 0 an answer, or right; 1 your answer is wrong; 2 the input is
at fault; 3 refused, not certified, or over a limit.
"""


@click.group(cls=a.Commands, help=GENERAL, context_settings={"max_content_width": 80})
@click.version_option(__version__, message="closedform %(version)s")
def closedform() -> None:
    pass


def _where(where: tuple[str, ...]) -> str | None:
    return ", ".join(where) or None


def _derivative_command(op: str, f: Formula, o: dict[str, Any]) -> int:
    by = split_names([*o["by"], *o["names"]])
    wish = Asked(op, "", o.get("and_by"), o.get("layout", "numerator"), o.get("symmetric", "projected"))
    asked = questions(f, by, wish)
    wanted = o["steps"] or o["method"] or o["detail"] or o["no_laws"] or o["form"] in ("markdown", "html")
    steps = (o["method"] or "differentials", o["detail"] or "normal") if wanted else None
    found = answers(f, asked, named=bool(by), check=not o["no_check"], kron=o.get("kron", False), steps=steps,
                    witness=o.get("witness", False))  # fmt: skip
    print_derivatives({"gradient": "grad"}.get(op, op), f, found, o["form"], laws=not o["no_laws"])
    return RIGHT if all(answer.ok for answer in found) else REFUSED


def _read(o: dict[str, Any]) -> Formula:
    return read_formula(o)


FORMULA = click.argument("formula", required=False)
NAMES = click.argument("names", nargs=-1, metavar="[NAME]...")
DERIVATIVE = a.options(FORMULA, NAMES, a.BY, a.STEPS, a.READING, a.FILE)


@closedform.command(cls=a.DerivativeCommand)
@DERIVATIVE
@a.SYMMETRIC
@a.WITNESS
@a.PRINTING
def grad(**o: Any) -> int:
    """The gradient of a scalar, by each variable or by those named.

    \b
    closedform grad "x'*A*x"
    closedform grad "-logdet(X) + tr(S*X)" --by X --where "X in PD(n)"
    """
    return _derivative_command("gradient", _read(o), o)


@closedform.command(cls=a.DerivativeCommand)
@DERIVATIVE
@a.LAYOUT
@a.WITNESS
@a.PRINTING
def jacobian(**o: Any) -> int:
    """The Jacobian of a vector by a vector, dy = J dx.

    \b
    closedform jacobian "softmax(A*x)" --by x
    """
    return _derivative_command("jacobian", _read(o), o)


@closedform.command(cls=a.DerivativeCommand)
@DERIVATIVE
@click.option("--and-by", metavar="NAME", help="The second variable of a mixed second derivative.")
@a.WITNESS
@a.PRINTING
def hessian(**o: Any) -> int:
    """Second derivatives; by several variables, all blocks.

    \b
    closedform hessian "1/2*||A*x - b||^2" --by x
    closedform hessian "x'*A*y" --by x --and-by y
    """
    return _derivative_command("hessian", _read(o), o)


@closedform.command(cls=a.DerivativeCommand)
@DERIVATIVE
@click.option("--kron", is_flag=True, help="Also the matrix of the map on vec (columns stacked).")
@a.PRINTING
def derivative(**o: Any) -> int:
    """The derivative as a linear map, of anything by anything.

    \b
    closedform derivative "inv(X)"
    closedform derivative "A*X*B" --by X --kron
    """
    return _derivative_command("derivative", _read(o), o)


@closedform.command(cls=a.DerivativeCommand)
@a.options(FORMULA, NAMES, a.BY, a.READING, a.FILE)
@click.option("--order", type=click.IntRange(1, 2), default=2, help="The highest order in the differential (2).")
@a.PRINTING
def taylor(**o: Any) -> int:
    """Taylor's formula around a variable, f(x + dx), in closed form.

    \b
    closedform taylor "logdet(X)" --by X --order 2
    """
    f = _read(o)
    names = split_names([*o["by"], *o["names"]])
    if not names:
        raise click.UsageError("taylor needs --by, the variable")
    found = [f.taylor(name, o["order"]) for name in names]
    checks = [() if o["no_check"] else one.check() for one in found]
    print_expansions(f, list(zip(names, found, checks, strict=True)), o["form"])
    return RIGHT if all(c.ok for each in checks for c in each) else REFUSED


@closedform.command(cls=a.FormulaCommand)
@a.options(FORMULA, a.READING, a.FILE, a.PRINTING)
def simplify(**o: Any) -> int:
    """The shortest form of a formula.

    \b
    closedform simplify "x'*A*x + x'*A'*x"
    """
    f = _read(o)
    short, certificate = simplified(f, not o["no_check"])
    print_simplified(f, short, certificate, o["form"])
    return RIGHT if certificate is None or certificate.ok else REFUSED


@closedform.command("eval", cls=a.ValuesCommand)
@FORMULA
@click.argument("assignments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--values", "values_file", metavar="PATH", help="Values by name: a .json or .npz file.")
@click.option("--op", type=click.Choice(OPS), help="The value of this derivative instead; needs --by.")
@click.option("--by", metavar="NAME", help="The variable of --op (by default the gradient).")
@a.options(a.READING, a.FILE, a.FORMS, a.TIME)
def evaluate(**o: Any) -> int:
    """The value for numbers and arrays.

    \b
    closedform eval "x'*A*x" "A=[[1,2],[3,4]]" "x=[1,2]"
    closedform eval "sum(log(x))" x=@x.npy --by x
    """
    assignments = list(o["assignments"])
    if o["file"] is not None and o["formula"] is not None:
        assignments, o["formula"] = [o["formula"], *assignments], None
    f = _read(o)
    given = values(assignments, o["values_file"])
    if o["by"] is None and o["op"] is not None:
        raise click.UsageError("--op needs --by, the variable")
    asked = None if o["by"] is None else Asked(o["op"] or "gradient", o["by"])
    found = f if asked is None else asked.of(f)
    try:
        value = found.array(given) if isinstance(found, LinearMap) else found(given)
    except OverflowError:
        raise ValueProblem("a number is too large for float64") from None
    plain, broken = records.plain(value), _violated(found, given)
    if o["form"] is None:
        page = Page()
        show_function(page, f)
        show_value(page, found, asked, value, broken)
        write(page.text)
    else:
        print_value(f, found, plain, o["form"], broken)
    finite = '"' not in json.dumps(plain)  # what is not, is spelled as a word
    return REFUSED if broken and not finite else RIGHT


def _violated(found: Formula, given: dict[str, Any]) -> tuple[str, ...]:
    """The conditions that do not hold at given values; none where a value is missing that they need."""
    try:
        return found.violated(given)
    except ValueProblem:
        return ()


@closedform.command(cls=a.TwoFormulasCommand)
@click.argument("formula")
@click.argument("answer")
@click.option("--by", metavar="NAME", help="The variable; by default each that fits.")
@click.option("--and-by", metavar="NAME", help="The second variable of a mixed Hessian.")
@click.option("--op", type=click.Choice(OPS), help="What the answer is; by default what fits.")
@a.options(a.READING, a.LAYOUT, a.SYMMETRIC, a.FORMS, a.TIME)
def check(**o: Any) -> int:
    """Judge your own answer: is it the derivative of the formula?

    \b
    closedform check "x'*A*x" "2*A*x"
    """
    function, answer = formula_texts([o["formula"], o["answer"]])
    verdict = judged.check(
        function, answer, _where(o["where"]), by=o["by"], and_by=o["and_by"], op=o["op"], syntax=o["syntax"],
        layout=o["layout"], symmetric=o["symmetric"],
    )  # fmt: skip
    print_verdict("check", verdict, o["form"])
    return EXITS[verdict.kind]


@closedform.command(cls=a.TwoFormulasCommand)
@click.argument("formula")
@click.argument("other")
@a.options(a.READING, a.FORMS, a.TIME)
def equal(**o: Any) -> int:
    """Whether two formulas are equal.

    \b
    closedform equal "tr(A*B)" "tr(B*A)"
    """
    first, second = formula_texts([o["formula"], o["other"]])
    verdict = judged.equal(first, second, _where(o["where"]), syntax=o["syntax"])
    print_verdict("equal", verdict, o["form"])
    return EXITS[verdict.kind]


@closedform.command(cls=a.DerivativeCommand)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "form", flag_value="json", help="Print the table as JSON.")
@a.TIME
def functions(names: tuple[str, ...], form: str | None) -> int:
    """The table of functions, or all that is known of one.

    \b
    closedform functions
    closedform functions logdet
    """
    write(table_json(names) if form == "json" else reference(names))
    return RIGHT
