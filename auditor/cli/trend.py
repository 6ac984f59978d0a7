"""`audit trend`: how the answers to one indicator went over the runs."""

import csv
import io
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from auditor import trend
from auditor.cli.options import (
    PLAIN_WIDTH,
    format_option,
    language_option,
    out_option,
    put,
    put_json,
    store_option,
)
from auditor.cli.words import verdict_words
from auditor.errors import NothingToAudit
from auditor.language import _
from auditor.model import ExitCode, Verdict
from auditor.store import opening, reading
from auditor.store.reading import Point

COLUMNS = ("started_at", "run", "check", "system", "verdict", "number", "unit")


@click.command(
    "trend",
    help=_("Show how the answers to one indicator went over the runs."),
    epilog=_("Examples: `audit trend 2.1`; `audit trend 2.1 --format csv --out 2.1.csv`."),
)
@click.argument("indicator", metavar=_("INDICATOR"))
@store_option
@format_option("text", "json", "csv")
@out_option
@language_option
def command(*, indicator: str, store: str, form: str, out: Path | None) -> int:
    """Show how the answers to one indicator went over the runs."""
    with opening.opened(store) as engine:
        points = reading.trend(engine, indicator)
    if not points:
        message = _("no kept run says anything about {indicator}. See `audit history`",
                    indicator=indicator)  # fmt: skip
        raise NothingToAudit(message)
    if form == "json":
        put_json([dict(zip(COLUMNS, _cells(point), strict=True)) for point in points], out)
    elif form == "csv":
        put(_csv(points), out)
    else:
        put("".join(f"{line}\n" for line in _lines(points)).encode(), out)
    return ExitCode.MET


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
    width = max(10, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns - 2)
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


def _changes(run: list[Point]) -> str:
    """Say how the verdict went: each stretch of the same verdict with its length."""
    stretches = [(v, len(list(g))) for v, g in groupby(run, lambda point: point.verdict)]
    words = verdict_words()
    return " → ".join(f"{words[Verdict(verdict)]} ×{n}" for verdict, n in stretches[-6:])
