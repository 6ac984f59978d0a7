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

from auditor import profile, trend
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
from auditor.language import _
from auditor.model import ExitCode, Verdict
from auditor.sampled import course_of, observed
from auditor.store import opening, reading, samples
from auditor.store.reading import Point

EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
COLUMNS = ("started_at", "run", "check", "system", "verdict", "number", "unit")


@click.command(
    "trend",
    help=_("Show how the answers to one indicator went over the runs."),
    epilog=_("Examples: `audit trend 2.1`; `audit trend 2.1 --format csv --out 2.1.csv`."),
)
@click.argument("indicator", metavar=_("INDICATOR"))
@profile_option
@store_option
@format_option("text", "json", "csv")
@out_option
@language_option
def command(*, indicator: str, profile_name: str, store: str, form: str, out: Path | None) -> int:
    """Show how the answers to one indicator went over the runs, and how its samples went."""
    with opening.opened(store) as engine:
        points = reading.trend(engine, indicator)
        sampled = list(_sampled(engine, indicator, profile_name)) if form == "text" else []
    if not points and not sampled:
        message = _("no kept run says anything about {indicator}. See `audit history`",
                    indicator=indicator)  # fmt: skip
        raise NothingToAudit(message)
    if form == "json":
        put_json([dict(zip(COLUMNS, _cells(point), strict=True)) for point in points], out)
    elif form == "csv":
        put(_csv(points), out)
    else:
        put("".join(f"{line}\n" for line in (*_lines(points), *sampled)).encode(), out)
    return ExitCode.MET


def _sampled(engine: Engine, indicator: str, profile_name: str) -> Iterator[str]:
    """Give one block for each series of samples that the indicator rests on, with their number."""
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
                numbers = [number for _at, number in course]
                yield f"{centre}: {printable(name)}"
                yield f"  {trend.sparkline(numbers, _width())}"
                yield "  " + _(
                    "{n} samples, {first} … {last}: least {least:g}, most {most:g},"
                    " newest {newest:g}",
                    n=len(course), first=course[0][0][:10], last=course[-1][0][:10],
                    least=min(numbers), most=max(numbers), newest=numbers[-1],
                )  # fmt: skip


def _cells(point: Point) -> tuple[object, ...]:
    return (
        *(point.started_at, point.position, point.check, point.system or None, point.verdict),
        *(point.number, point.unit or None),
    )


def _csv(points: list[Point]) -> bytes:
    """Write rows as RFC 4180; what is not known is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(point) for point in points)
    return text.getvalue().encode()


def _lines(points: list[Point]) -> Iterator[str]:
    """Give one block for each check and system: the numbers as bars, the verdicts by count."""
    width = _width()
    by_check = sorted(points, key=lambda point: (point.check, point.system, point.position))
    for (check, system), group in groupby(by_check, lambda point: (point.check, point.system)):
        run = list(group)
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


def _width() -> int:
    return max(10, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns - 2)


def _changes(run: list[Point]) -> str:
    """Say how the verdict went: each stretch of the same verdict with its length."""
    stretches = [(v, len(list(g))) for v, g in groupby(run, lambda point: point.verdict)]
    words = verdict_words()
    return " → ".join(f"{words[Verdict(verdict)]} ×{n}" for verdict, n in stretches[-6:])
