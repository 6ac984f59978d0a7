"""Tells a person what is being measured; on standard error, and only if that is a terminal."""

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from auditor.language import _, current
from auditor.model import Measurement, NotMeasured, Observation
from auditor.phrases import FAILURES


class Progress(Protocol):
    """What a run tells about its course."""

    def planned(self, total: int, already: int) -> None:
        """Tell how many measurements there are, and how many an earlier attempt has kept."""

    def started(self, act: Measurement) -> None:
        """Tell that a measurement begins."""

    def finished(self, observation: Observation) -> None:
        """Tell that a measurement ended."""


class Silent:
    """Says nothing; for pipes, schedulers and tests."""

    def planned(self, total: int, already: int) -> None:
        """Say nothing."""

    def started(self, act: Measurement) -> None:
        """Say nothing."""

    def finished(self, observation: Observation) -> None:
        """Say nothing."""


class TerminalBar:
    """A bar with the names of what is under way; failures stay on the screen above it."""

    def __init__(self) -> None:
        """Draw on standard error; rich respects NO_COLOR."""
        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(_("Measuring"), total=None)
        self._under_way: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def planned(self, total: int, already: int) -> None:
        """Set the scale."""
        self._bar.update(self._task, total=total, completed=already)

    def started(self, act: Measurement) -> None:
        """Name what is under way."""
        self._under_way[act.key] = act.probe
        self._describe()

    def finished(self, observation: Observation) -> None:
        """Move on; a failure is told at once."""
        act = observation.measurement
        self._under_way.pop(act.key, None)
        if isinstance(observation.result, NotMeasured):
            failure = current().pick(FAILURES[observation.result.failure])
            self._bar.console.print(f"  ! {act.key}: {failure}", markup=False, highlight=False)
        self._bar.advance(self._task)
        self._describe()

    def _describe(self) -> None:
        oldest = next(iter(self._under_way.values()), "")
        self._bar.update(self._task, description=f"{_('Measuring')} {oldest}"[:40])
