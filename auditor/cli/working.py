"""A line on standard error while something long is done; only if that is a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from auditor.telling import heard_by


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show what is done, how far, and for how long; nothing is left of it afterwards."""
    if not sys.stderr.isatty():
        yield
        return
    # Loaded only where somebody looks.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    line = Progress(
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = line.add_task(what, total=None)
    shown = what

    def show(now: str, done: int, total: int) -> None:
        nonlocal shown
        is_new, shown = now != shown, now  # a short step is seen too
        line.update(task, description=f"{now} {done}/{total}" if total else now, refresh=is_new)

    with line, heard_by(show):
        yield
