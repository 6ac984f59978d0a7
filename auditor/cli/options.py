"""Options and output that several commands share."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor import DEFAULT_PROFILE, atomic, saying
from auditor.canonical import dumps
from auditor.errors import BadInput, CannotKeep, Problem
from auditor.language import CODES, _

Function = TypeVar("Function", bound=Callable[..., Any])

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
PLAIN_WIDTH = 100


def language_option(function: Function) -> Function:
    """Accept `--lang` after the command too; `main` has already acted on it."""
    return click.option(
        "--lang", type=click.Choice(CODES), expose_value=False, help=_("language of the output")
    )(function)


def format_option(*formats: str) -> Callable[[Function], Function]:
    """Accept `--format`; the first one is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help=_("form of the output"),
    )


def profile_option(function: Function) -> Function:
    """Accept `--profile NAME|FILE`."""
    return click.option(
        "--profile",
        "profile_name",
        default=DEFAULT_PROFILE,
        show_default=True,
        help=_("criteria: a name from `audit profile list`, or a file"),
    )(function)


def challenge_option(function: Function) -> Function:
    """Accept `--challenge FILE`."""
    return click.option(
        "--challenge", "challenge_file", type=FILE, help=_("the appraiser's challenge (a file)")
    )(function)


def store_option(function: Function) -> Function:
    """Accept `--store URL`; the default is in the user's data folder, or AUDIT_STORE."""
    return click.option(
        "--store",
        default="",
        help=_("where runs are kept: sqlite:///FILE or postgresql://… (default: your data folder)"),
    )(function)


def no_store_option(text: str) -> Callable[[Function], Function]:
    """Accept `--no-store`; `text` says what is then not kept."""
    return click.option("--no-store", is_flag=True, envvar="AUDIT_NO_STORE", help=text)


def centre_option(function: Function) -> Function:
    """Accept `--centre NAME`, several times."""
    return click.option(
        "--centre",
        "centres",
        multiple=True,
        help=_("only this centre: the name of its runs or the id of its samples (repeatable)"),
    )(function)


def out_option(function: Function) -> Function:
    """Accept `--out FILE`."""
    return click.option("--out", type=FILE, help=_("write here instead of standard output"))(
        function
    )


def content_of(file: Path, remedy: str = "") -> bytes:
    """Read a file that an option names. Raises `BadInput`, with a remedy of the caller's if any."""
    try:
        return file.read_bytes()
    except OSError as error:
        told = remedy or _("Give a file that you may read.")
        raise BadInput(Problem(str(file), saying.system(error), told)) from error


def problem_of(error: OSError | CannotKeep, folder: Path) -> str:
    """Say which folder could not be written and why."""
    return str(error) if isinstance(error, CannotKeep) else f"{folder}: {saying.system(error)}"


def printable(line: str) -> str:
    """Keep what somebody else wrote from steering the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in line)


def put(content: bytes, out: Path | None) -> None:
    """Write a result to a file or to standard output. Raises `BadInput` for an unusable file."""
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        atomic.write(out, content)
    except OSError as error:
        raise BadInput(
            Problem(str(out), saying.system(error), _("Choose another --out."))
        ) from error


def put_json(value: object, out: Path | None = None) -> None:
    """Write a result as JSON."""
    put(dumps(value, indent=2), out)
