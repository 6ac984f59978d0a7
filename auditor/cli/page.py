"""Lines of a result: as they are into files and pipes, broken between words on a terminal."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from auditor.cli.options import printable, put

NARROWEST = 60

_COMMAND = re.compile(r"\s*\$ ")
_BEGINNING = re.compile(r"(?:.*\s{2,}|\s*(?:\d+\.|[-!✗…]) |\s*)(?=\S)")
"""What the rest of a line stands behind: columns, a number or a mark, or an indent."""


def put_lines(lines: Iterable[str], out: Path | None = None) -> None:
    """Write lines, none of which can steer the terminal. Raises `BadInput` as `put` does."""
    shown: Iterable[str] = map(printable, lines)
    if out is None and sys.stdout.isatty():
        width = max(NARROWEST, shutil.get_terminal_size().columns)
        shown = (part for line in shown for part in folded(line, width))
    put("".join(f"{line}\n" for line in shown).encode(), out)


def folded(line: str, width: int) -> Iterator[str]:
    """Break a line between words, below its own beginning; a command stays one line, to be copied.

    Behind columns that leave less than half of the width, what follows begins below the first.
    """
    if len(line) <= width or _COMMAND.match(line):
        yield line
        return
    found = _BEGINNING.match(line)
    indent = found.end() if found else 0
    if indent > width // 2:
        indent = len(line) - len(line.lstrip()) + 2
    yield from textwrap.wrap(
        line, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    )
