"""`audit trend`: how the answers to one indicator went over the runs."""

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import click
from sqlalchemy import Engine

from auditor import catalogue, profile, trend
from auditor.catalogue import probes
from auditor.checks import checks_of
from auditor.cli.options import (
    PLAIN_WIDTH,
    format_option,
    language_option,
    out_option,
    printable,
    profile_option,
    put,
    put_json,
    store_option,
)
from auditor.cli.words import verdict_words
from auditor.errors import NothingToAudit
from auditor.language import _, current
from auditor.model import ExitCode, Verdict
from auditor.record import moment
from auditor.sampled import course_of, observed
from auditor.store import opening, reading, samples
from auditor.store.reading import Point
from auditor.trend import Course, Mark

EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
COLUMNS = (
    *("started_at", "run", "check", "system", "verdict", "number", "unit"),
    *("centre", "series"),  # of a sample, which has no run, check, system or verdict
)


@click.command(
    "trend",
    help=_("Show how the answers to one indicator went over the runs."),
    epilog=_("Examples: `audit trend 2.1`; `audit trend 2.1 --format svg --out 2.1.svg`."),
)
@click.argument("indicator", metavar=_("INDICATOR"))
@profile_option
@store_option
@format_option("text", "json", "csv", "svg")
@out_option
@language_option
def command(*, indicator: str, profile_name: str, store: str, form: str, out: Path | None) -> int:
    """Show how the answers to one indicator went over the runs, and how its samples went."""
    with opening.opened(store) as engine:
        points = reading.trend(engine, indicator)
        sampled = list(_sampled(engine, indicator, profile_name))
    if not points and not sampled:
        message = _("no kept run says anything about {indicator}. See `audit history`",
                    indicator=indicator)  # fmt: skip
        raise NothingToAudit(message)
    if form == "json":
        put_json([dict(zip(COLUMNS, row, strict=True)) for row in _rows(points, sampled)], out)
    elif form == "csv":
        put(_csv(_rows(points, sampled)), out)
    elif form == "svg":
        put(catalogue.draw_trend(indicator, [*_courses(points), *sampled], current()), out)
    else:
        drawn = (line for course in sampled for line in _sample_lines(course))
        put("".join(f"{line}\n" for line in (*_lines(points), *drawn)).encode(), out)
    return ExitCode.MET


def _sampled(engine: Engine, indicator: str, profile_name: str) -> Iterator[Course]:
    """Give each series of samples that the indicator rests on."""
    criteria = profile.load(profile_name).profile
    wanted = {
        read.probe
        for item in criteria.indicators
        if item.id == indicator
        for check in checks_of(criteria, item)
        for read in check.reads.values()
        if probes()[read.probe].repeats
    }
    links = samples.samples(engine, *EVER) if wanted else []
    for centre in dict.fromkeys(link.centre for link in links):
        mine = [seen for link in links if link.centre == centre and (seen := observed(link))]
        for probe in sorted(wanted):
            repeats = probes()[probe].repeats
            for name, course in course_of(mine, probe, repeats).items() if repeats else ():
                unit = current().pick(repeats.unit) if repeats else ""
                if marks := tuple(_marks(course)):
                    yield Course(name, unit, marks, centre)


def _marks(course: list[tuple[str, float]]) -> Iterator[Mark]:
    """Give the samples whose time can be read; a store is a file that anybody may have altered."""
    for at, number in course:
        try:
            when = datetime.fromisoformat(at)
        except ValueError:
            continue
        yield Mark(when if when.tzinfo else when.replace(tzinfo=UTC), number)


def _sample_lines(course: Course) -> Iterator[str]:
    """Give one block for a series of samples, with their number."""
    numbers = [mark.number for mark in course.marks if mark.number is not None]
    yield f"{course.centre}: {printable(course.name)}"
    yield f"  {trend.sparkline(numbers, _width())}"
    yield "  " + _(
        "{n} samples, {first} … {last}: least {least:g}, most {most:g}, newest {newest:g}",
        n=len(numbers), first=course.marks[0].at.date(), last=course.marks[-1].at.date(),
        least=min(numbers), most=max(numbers), newest=numbers[-1],
    )  # fmt: skip


def _rows(points: list[Point], sampled: list[Course]) -> Iterator[tuple[object, ...]]:
    """Give runs, then samples, each with one value for each column."""
    yield from (_cells(point) for point in points)
    for course in sampled:
        for mark in course.marks:
            seen = (moment(mark.at), None, None, None, None, mark.number, course.unit or None)
            yield (*seen, course.centre, course.name)


def _cells(point: Point) -> tuple[object, ...]:
    return (
        *(point.started_at, point.position, point.check, point.system or None, point.verdict),
        *(point.number, point.unit or None, None, None),
    )


def _csv(rows: Iterator[tuple[object, ...]]) -> bytes:
    """Write rows as RFC 4180; what is not known is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()


def _lines(points: list[Point]) -> Iterator[str]:
    """Give one block for each check and system: the numbers as bars, the verdicts by count."""
    width = _width()
    for (check, system), run in _by_check(points):
        yield f"{check}{f' ({system})' if system else ''}"
        numbers = [point.number for point in run]
        known = [number for number in numbers if number is not None]
        if known:
            yield f"  {trend.sparkline(numbers, width)}"
            unit = run[-1].unit
            yield "  " + _(
                "least {least:g}, most {most:g}, newest {newest} {unit}",
                least=min(known), most=max(known), unit=unit,
                newest=_("not known") if numbers[-1] is None else f"{numbers[-1]:g}",
            ).rstrip()  # fmt: skip
        yield f"  {run[0].started_at[:10]} … {run[-1].started_at[:10]}: {_changes(run)}"


def _by_check(points: list[Point]) -> Iterator[tuple[tuple[str, str], list[Point]]]:
    """Give the runs of each check and system, oldest first."""
    ordered = sorted(points, key=lambda point: (point.check, point.system, point.position))
    for key, group in groupby(ordered, lambda point: (point.check, point.system)):
        yield key, list(group)


def _courses(points: list[Point]) -> Iterator[Course]:
    """Give what is drawn of the runs; by their time, though the clock may have gone back."""
    for (check, system), run in _by_check(points):
        marks = sorted(
            (
                Mark(datetime.fromisoformat(point.started_at), point.number, Verdict(point.verdict))
                for point in run
            ),
            key=lambda mark: mark.at,
        )
        yield Course(f"{check} ({system})" if system else check, run[-1].unit, tuple(marks))


def _width() -> int:
    return max(10, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns - 2)


def _changes(run: list[Point]) -> str:
    """Say how the verdict went: each stretch of the same verdict with its length."""
    stretches = [(v, len(list(g))) for v, g in groupby(run, lambda point: point.verdict)]
    words = verdict_words()
    return " → ".join(f"{words[Verdict(verdict)]} ×{n}" for verdict, n in stretches[-6:])
