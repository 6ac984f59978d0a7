"""Lines of a result: as they are into files and pipes, broken between words on a terminal."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from auditor.cli.options import printable, put

NARROWEST = 60

_COMMAND = re.compile(r"\s*\$ ")
_BEGINNING = re.compile(r"(?:.*\S\s{2,}|\s*(?:\d+\.|[-!✗…]) |\s*)(?=\S)")
"""What the rest of a line stands behind: columns, a number or a mark, or an indent."""


def put_lines(lines: Iterable[str], out: Path | None = None) -> None:
    """Write lines, none of which can steer the terminal. Raises `BadInput` as `put` does."""
    shown: Iterable[str] = map(printable, lines)
    if out is None and sys.stdout.isatty():
        shown = (part for line in shown for part in folded(line, width()))
    put("".join(f"{line}\n" for line in shown).encode(), out)


def echo(text: str, *, err: bool = False) -> None:
    """Say something on standard output or error, line by line, broken as `put_lines` does."""
    is_terminal = (sys.stderr if err else sys.stdout).isatty()
    for line in text.split("\n"):
        click.echo("\n".join(folded(line, width())) if is_terminal else line, err=err)


def width() -> int:
    """Return how many letters a line on the terminal may have."""
    return max(NARROWEST, shutil.get_terminal_size().columns)


def folded(line: str, most: int) -> Iterator[str]:
    """Break a line between words, below its own beginning; a command stays one line, to be copied.

    Behind columns that leave less than half of the width, what follows begins below the first.
    """
    if len(line) <= most or _COMMAND.match(line):
        yield line
        return
    found = _BEGINNING.match(line)
    indent = found.end() if found else 0
    if indent > most // 2:
        indent = len(line) - len(line.lstrip()) + 2
    yield from textwrap.wrap(
        line, most, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )
