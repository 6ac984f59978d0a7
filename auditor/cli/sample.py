"""`audit sample`: one visit of the cheap, repeated measurements, kept for later runs."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import Engine

from auditor import profile, sampling, site
from auditor.cli.options import (
    FILE,
    format_option,
    language_option,
    printable,
    problem_of,
    profile_option,
    put_json,
    store_option,
)
from auditor.cli.page import echo
from auditor.cli.store import opened
from auditor.cli.taking_in import take_visits
from auditor.errors import CannotKeep, CannotPerform, NothingToAudit
from auditor.language import _, current
from auditor.model import (
    ExitCode,
    Measured,
    Measurement,
    NotMeasured,
    Observation,
    Profile,
    Site,
)
from auditor.phrases import FAILURES
from auditor.progress import Silent, TerminalBar
from auditor.sample_slice import window_days
from auditor.sampled import Series, observed, series_of
from auditor.site import LoadedSite
from auditor.store import opening, samples
from auditor.wording import plain, with_unit

USUAL_SITE = Path("centre.yaml")


@click.command(
    "sample",
    help=_("Measure once what `audit run` judges over many samples, and keep it."),
    epilog=_(
        "Examples: `audit sample centre.yaml`; several times a day, on several days. Then `audit"
        " run --site centre.yaml` judges over what was kept. Raw evidence lies beside the store."
    ),
)
@click.argument("site_file", metavar=_("[SITE]"), required=False, type=FILE)
@profile_option
@store_option
@format_option("text", "json")
@language_option
def command(*, site_file: Path | None, profile_name: str, store: str, form: str) -> int:
    """Measure once, keep it, and say how far the series have come."""
    chosen = profile.load(profile_name).profile
    centre = site.load(_named(site_file), chosen)
    wanted = sampling.acts(chosen, centre.site)
    place = opening.beside(store)
    with _room(place), sampling.alone(place) as folder:
        stopped = not _visited(folder, wanted, centre)
        with opened(store) as engine:
            seen = take_visits(engine, folder, datetime.now(UTC))
            told = _Told(chosen, centre.site, engine)
            series = told.series()
            count, head = samples.head(engine)
    if form == "json":
        put_json({"samples": [told.plain(item) for item in series], "kept": len(seen),
                  "count": count, "head": head, "stopped": stopped})  # fmt: skip
    else:
        _show(told, series, seen)
        echo(_("Visits kept: {n}, in all {count}; head of the chain: {digest}",
                     n=len(seen), count=count, digest=head or "-"), err=True)  # fmt: skip
        if stopped:
            echo(_("Stopped. What was measured is kept."), err=True)
    measured = any(isinstance(item.result, Measured) for item in seen)
    return ExitCode.MET if measured and not stopped else ExitCode.NOT_PERFORMED


def _named(file: Path | None) -> Path:
    if file is None and not USUAL_SITE.is_file():
        raise NothingToAudit(
            _("give the centre's site file: `audit sample {file}` (see `audit init`)",
              file=USUAL_SITE)
        )  # fmt: skip
    return file or USUAL_SITE


def _visited(folder: Path, wanted: tuple[Measurement, ...], centre: LoadedSite) -> bool:
    """Measure once; False if somebody stopped it."""
    bar = TerminalBar() if sys.stderr.isatty() else nullcontext(Silent())
    try:
        with bar as progress:
            sampling.visit(folder, wanted, centre, progress, lambda: datetime.now(UTC))
    except KeyboardInterrupt:
        return False
    return True


@contextmanager
def _room(folder: Path) -> Iterator[None]:
    """Say what to do where the disk does not take what was measured."""
    try:
        yield
    except (OSError, CannotKeep) as error:
        raise CannotPerform(
            _(
                "{problem}. What was measured before is kept. Make room, and run `audit sample`"
                " again",
                problem=problem_of(error, folder),
            )
        ) from error


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of samples: how many the store has of how many that criteria ask for."""

    criteria: Profile
    centre: Site
    engine: Engine

    def series(self) -> list[Series]:
        """Return each series of this centre within the window of the criteria."""
        until = datetime.now(UTC) + timedelta(seconds=1)
        window = window_days(self.criteria)
        since = until - timedelta(days=window) if window else datetime.min.replace(tzinfo=UTC)
        links = samples.samples(self.engine, since, until)
        mine = (observed(link) for link in links if link.centre == self.centre.centre.id)
        seen = [item for item in mine if item is not None]
        return [
            item
            for probe in dict.fromkeys(each.measurement.probe for each in seen)
            if (repeats := sampling.repeated(probe))
            for item in series_of(seen, probe, repeats, self.centre.timezone)
        ]

    def number(self, name: str) -> float | None:
        """Return a parameter that is a number; None where the criteria have none."""
        found = self.criteria.parameters.get(name)
        return found.default if found and isinstance(found.default, (int, float)) else None

    def needed(self, item: Series) -> tuple[float | None, float | None]:
        """Return how many samples, in how many slots, allow a conclusion."""
        repeats = sampling.repeated(item.probe)
        if repeats is None:
            return None, None
        return self.number(repeats.needed), self.number(repeats.slots)

    def plain(self, item: Series) -> dict[str, object]:
        """Return a series as JSON data."""
        needed, slots = self.needed(item)
        return {
            "probe": item.probe,
            "name": item.name,
            "value": item.value,
            "at": item.at,
            "slot": item.slot,
            "samples": item.n,
            "samples_needed": needed,
            "slots": item.slots,
            "slots_needed": slots,
        }

    def cells(self, item: Series) -> tuple[str, ...]:
        """Return a series as the words of one line."""
        repeats = sampling.repeated(item.probe)
        assert repeats is not None  # noqa: S101 - series come from repeated probes
        needed, slots = self.needed(item)
        value = with_unit(item.value, repeats.unit) if item.value is not None else plain(None)
        return (
            *(printable(item.name), current().pick(value), item.slot),
            *(_of(item.n, needed), _of(item.slots, slots)),
        )


def _of(count: int, needed: float | None) -> str:
    return f"{count}/{needed:g}" if needed is not None else f"{count}"


def _table(lines: list[tuple[str, ...]]) -> None:
    head = (_("What"), _("Value"), _("Time slot"), _("Samples"), _("Slots"))
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    for line in (head, *lines):
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        echo("  ".join(padded).rstrip())


def _show(told: _Told, series: Sequence[Series], seen: Iterable[Observation]) -> None:
    """Print one line for each series, and why something could not be measured."""
    found = [item for item in series if item.n or item.value is not None]
    if found:
        _table([told.cells(item) for item in found])
        rest = _("others without a value so far: {n} (see --format json)",
                 n=len(series) - len(found))  # fmt: skip
    else:
        rest = _("No sample with a value so far; {n} were asked for.", n=len(series))
    if len(found) < max(len(series), 1):
        echo(rest)
    for item in seen:
        if isinstance(item.result, NotMeasured):
            why = current().pick(FAILURES[item.result.failure])
            echo(f"! {item.measurement.key}: {why} ({printable(item.result.detail)})")
