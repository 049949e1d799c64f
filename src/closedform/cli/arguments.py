"""Arguments: a formula may begin with a minus sign, so that only the names of known options are options."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from closedform.cli.outcome import error_json, error_page, exit_code, write
from closedform.errors import ClosedformError, LimitError
from closedform.limits import OutOfTime, alarm
from closedform.read.read import SYNTAXES

LIKE_OPTION = re.compile(r"--[a-z][a-z-]+(=.*)?$", re.DOTALL)
NAME = re.compile(r"[^\W\d]\w*$")
ASSIGNMENT = re.compile(r"\s*[^\W\d]\w*\s*=")
NOTHING = re.compile(r"(?!)")

F = TypeVar("F", bound=Callable[..., Any])


class FormulaCommand(click.Command):
    """A command on formulas: ``formulas`` of them, then arguments that match ``further``."""

    formulas = 1
    further = NOTHING

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options, rest = self._parted(args)
        if not ctx.resilient_parsing:
            self._refuse_surplus(ctx, options, rest)
        return super().parse_args(ctx, [*options, "--", *rest])

    def invoke(self, ctx: click.Context) -> Any:
        """Run within the time limit; what is raised on purpose becomes a sentence and an exit code."""
        try:
            with alarm(ctx.params.pop("time_limit")):
                return super().invoke(ctx)
        except ClosedformError as found:
            error = found
        except OutOfTime as found:
            error = found.error("Raise it with --time-limit.")
        except MemoryError:
            error = LimitError("no memory is left for this (limit: memory)")
        except RecursionError:
            error = LimitError("this is nested too deeply (limit: depth)")
        return fail(error, ctx.params.get("form"))

    def _parted(self, args: list[str]) -> tuple[list[str], list[str]]:
        """Options with their values, and all else, which is formulas."""
        known = {name: p for p in self.get_params(click.Context(self)) for name in p.opts if name[0] == "-"}
        options, rest, queue, given = list[str](), list[str](), list(args), dict[str, str]()
        while queue:
            arg = queue.pop(0)
            name, equals, _ = arg.partition("=")
            param = known.get(name)
            if arg == "--":
                return options, [*rest, *queue]
            if not isinstance(param, click.Option) or (equals and param.is_flag):
                rest.append(arg)
                continue
            options.append(arg)
            if not equals and not param.is_flag and queue:
                options.append(queue.pop(0))
            if param.name == "form":
                _one_form(given, name)
            elif not (param.multiple or param.is_flag):
                _once(given, name, options[-1].removeprefix(f"{name}="))
        return options, rest

    def _refuse_surplus(self, ctx: click.Context, options: list[str], rest: list[str]) -> None:
        from_file = any(o.partition("=")[0] == "--file" for o in options)
        surplus = [a for a in rest[self.formulas - from_file :] if not self.further.match(a)]
        if not surplus:
            return
        suspect = next((a for a in rest if LIKE_OPTION.match(a)), None)
        if suspect is not None:
            name = suspect.partition("=")[0]
            options = [name for p in self.get_params(ctx) for name in p.opts if name[0] == "-"]
            raise click.NoSuchOption(name, possibilities=get_close_matches(name, options, 1), ctx=ctx)
        raise click.UsageError(f"{surplus[0]!r} is one argument too many. Put the formula in quotes.", ctx)


def _once(given: dict[str, str], name: str, value: str) -> None:
    """Refuse a second value of an option that takes one."""
    if given.setdefault(name, value) != value:
        raise click.UsageError(f"{name} is given twice, {given[name]} and {value}; this command takes one at a time")


def _one_form(given: dict[str, str], name: str) -> None:
    """Refuse two forms to print in."""
    if given.setdefault("form", name) != name:
        raise click.UsageError(f"{given['form']} and {name} are two forms; this command prints one at a time")


def fail(error: ClosedformError, form: str | None) -> int:
    """Say what is wrong: on standard error, or as JSON where that was asked for."""
    if form == "json":
        write(error_json(error))
    else:
        write(error_page(error), to_stderr=True)
    return exit_code(error)


class DerivativeCommand(FormulaCommand):
    """FORMULA, then names of variables."""

    further = NAME


class TwoFormulasCommand(FormulaCommand):
    """FORMULA FORMULA."""

    formulas = 2


class ValuesCommand(FormulaCommand):
    """FORMULA, then ``name=value``."""

    further = ASSIGNMENT


class Commands(click.Group):
    """The commands, in the order in which they are declared."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        name = args[0]
        if name not in self.commands and not ctx.resilient_parsing:
            near = get_close_matches(name, self.commands, 1)
            mend = f"Did you mean {near[0]}?" if near else f'For a formula: closedform grad "{name}"'
            raise click.UsageError(f"there is no command {name!r}. {mend}", ctx)
        return super().resolve_command(ctx, args)


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several decorators as one, the first of them first in ``--help``."""

    def decorate(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


WHERE = click.option(
    "--where", multiple=True, metavar="TEXT",
    help='Declarations, such as "A in Sym(n), lam > 0". May be given more than once.',
)  # fmt: skip
SYNTAX = click.option(
    "--syntax", type=click.Choice(["auto", *SYNTAXES]), default="auto",
    help="How the formula is typed.",
)  # fmt: skip
FILE = click.option("--file", metavar="PATH", help="Read the formula from a file (as @PATH does).")
FORMS = options(
    click.option("--text", "form", flag_value="text", help="Print the answer alone, as typed text."),
    click.option("--latex", "form", flag_value="latex", help="Print the answer alone, in LaTeX."),
    click.option("--json", "form", flag_value="json", help="Print everything as JSON (docs/cli.md)."),
)
WITNESS = click.option(
    "--witness", is_flag=True, help="Compare at random numbers with generated code and with others' autodiff.",
)  # fmt: skip
NO_CHECK = click.option("--no-check", is_flag=True, help="Leave out the certificate.")
TIME = click.option(
    "--time-limit", type=click.FloatRange(min=0), default=20.0, metavar="SECONDS",
    help="Stop after so many seconds (20; 0 for no limit).",
)  # fmt: skip
STEPS = options(
    click.option("--steps", is_flag=True, help="Also how it is derived, a certified line for each law."),
    click.option(
        "--method", type=click.Choice(["differentials", "coordinates"]), default=None,
        help="How --steps derives: by differentials, or entry by entry.",
    ),
    click.option(
        "--detail", type=click.Choice(["short", "normal", "full"]), default=None,
        help="How much --steps shows.",
    ),
    click.option("--no-laws", is_flag=True, help="The lines of --steps alone, without the laws beside them."),
    click.option("--markdown", "form", flag_value="markdown", help="Print --steps as a table in Markdown."),
    click.option("--html", "form", flag_value="html", help="Print it with --steps as a page that reads offline."),
)  # fmt: skip
LAYOUT = click.option(
    "--layout", type=click.Choice(["numerator", "denominator"]), default="numerator",
    help="Jacobians with dy = J dx (numerator), or their transposes.",
)  # fmt: skip
SYMMETRIC = click.option(
    "--symmetric", type=click.Choice(["projected", "free"]), default="projected",
    help="Gradients by a symmetric matrix: in their space, or by the entries on and above the diagonal.",
)  # fmt: skip
BY = click.option("--by", multiple=True, metavar="NAME", help="The variable; by default every one that fits.")
READING = options(WHERE, SYNTAX)
PRINTING = options(FORMS, NO_CHECK, TIME)
