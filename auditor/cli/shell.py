"""Finds a command, runs it, and turns every way of ending into text and an exit code."""

import errno
import importlib
import io
import logging
import os
import sys

import click

from auditor import saying
from auditor.cli import COMMANDS, overview
from auditor.cli.page import echo
from auditor.errors import AuditorError
from auditor.language import _
from auditor.model import ExitCode

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""The disk is full, read-only or broken: no fault of ours, and no reason for a traceback."""
logging.getLogger("cel").addHandler(logging.NullHandler())  # what it warns of is raised as well


class _Commands(click.Group):
    """Imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = f"auditor.cli.{cmd_name.replace('-', '_')}"
        command = importlib.import_module(module).command
        if not isinstance(command, click.Command):
            message = f"{module}.command is no command"
            raise TypeError(message)
        return _in_our_words(command)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        return overview().rstrip()


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["vi", "en"]), expose_value=False)
def audit() -> None:
    """Hold the commands; `overview` is the help text."""


def _in_our_words(command: click.Command) -> click.Command:
    """Translate the placeholders that click writes in English whatever the language."""
    words = {"text": _("TEXT"), "integer range": _("NUMBER"), "float range": _("NUMBER")}
    command.options_metavar = _("[OPTIONS]")
    for option in command.params:
        if isinstance(option, click.Option) and option.metavar is None and not option.is_flag:
            option.metavar = words.get(option.type.name)
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("COMMAND")
        for part in command.commands.values():
            _in_our_words(part)
    return command


def run_command(arguments: list[str]) -> int:
    """Run one command line and return the exit code."""
    _in_our_words(audit)
    try:
        result = audit.main(arguments, prog_name="audit", standalone_mode=False)
        return int(result or ExitCode.MET)
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        echo(told.getvalue().rstrip("\n"), err=True)
        return ExitCode.USAGE
    except AuditorError as error:
        echo(str(error), err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        echo(_("Stopped."), err=True)
        return ExitCode.NOT_PERFORMED
    except OSError as error:
        if error.errno in _DISK:
            remedy = _("Nothing that was kept before is lost. Make room, and run it again")
            echo(f"{_problem(error)}. {remedy}", err=True)
            return ExitCode.NOT_PERFORMED
        if error.errno != errno.EPIPE:
            raise
        # The reader of our output went away (`audit run | head`); nothing is left to tell it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.NOT_PERFORMED


def _problem(error: OSError) -> str:
    words = saying.system(error)
    return f"{error.filename}: {words}" if error.filename else words
