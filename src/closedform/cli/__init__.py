"""The command line. ``docs/cli.md`` documents it for people."""

from __future__ import annotations

from collections.abc import Sequence

import click

from closedform.cli.argmin import argmin_command
from closedform.cli.argmin_root import root_command
from closedform.cli.backprop import backprop_command
from closedform.cli.commands import closedform
from closedform.cli.compare import compare_command
from closedform.cli.derivation import judge_command
from closedform.cli.doctor import doctor_command
from closedform.cli.explained import explain_command
from closedform.cli.implicit import implicit_command
from closedform.cli.mcp import mcp_command
from closedform.cli.outcome import INPUT, INTERRUPTED, write
from closedform.cli.plot import plot_command
from closedform.cli.programs import PRODUCT_COMMANDS, batch_command, code_command
from closedform.cli.replay import replay_command
from closedform.cli.web import web_command

closedform.add_command(judge_command)
closedform.add_command(explain_command)
closedform.add_command(doctor_command)
closedform.add_command(implicit_command)
closedform.add_command(argmin_command)
closedform.add_command(root_command)
closedform.add_command(replay_command)
closedform.add_command(backprop_command)
closedform.add_command(plot_command)
closedform.add_command(compare_command)
closedform.add_command(mcp_command)
closedform.add_command(web_command)
for command in (code_command, *PRODUCT_COMMANDS, batch_command):
    closedform.add_command(command)


MEANT = {"--wrt": "--by, the variable", "--variable": "--by, the variable", "--latex": "--syntax latex"}
"""Options that other tools have, and how they are written here."""


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; the answer is the exit code.

    0: an answer, or the user's answer is right; 1: the user's answer is wrong; 2: the input is at fault;
    3: refused, uncertified, or over a limit.
    """
    try:
        code = closedform.main(args, prog_name="closedform", standalone_mode=False)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        mend = f"\nSee {context.command_path} --help." if context is not None else ""
        if isinstance(error, click.NoSuchOption) and error.option_name in MEANT:
            mend = f"\nWrite {MEANT[error.option_name]}." + mend
        write(f"error: {error.format_message()}{mend}", to_stderr=True)
        return INPUT
    except (click.Abort, KeyboardInterrupt):
        write("interrupted", to_stderr=True)
        return INTERRUPTED
    return code if isinstance(code, int) else 0
