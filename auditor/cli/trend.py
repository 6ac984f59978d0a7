"""`audit trend`: how the answers to one indicator went over the runs."""

import csv
import io
import shutil
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

import click
from sqlalchemy import Engine

from auditor import trend
from auditor.cli.options import (
    PLAIN_WIDTH,
    centre_option,
    format_option,
    language_option,
    out_option,
    printable,
    profile_option,
    put,
    put_json,
    store_option,
)
from auditor.cli.page import echo
from auditor.cli.store import chosen, opened
from auditor.cli.words import day_of, verdict_words
from auditor.errors import NothingToAudit
from auditor.language import _, current
from auditor.model import ExitCode, Verdict
from auditor.moments import moment
from auditor.store import altered, reading
from auditor.store.centres import known as centres_of
from auditor.store.reading import Point
from auditor.trend import Course, Mark

COLUMNS = (
    *("started_at", "run", "check", "system", "verdict", "number", "unit"),
    *("centre", "series"),  # a sample has a series, and no run, check, system or verdict
)


@click.command(
    "trend",
    help=_("Show how the answers to one indicator went over the runs."),
    epilog=_("Examples: `audit trend 2.1`; `audit trend 2.1 --format svg --out 2.1.svg`."),
)
@click.argument("indicator", metavar=_("INDICATOR"))
@profile_option
@store_option
@centre_option
@format_option("text", "json", "csv", "svg")
@out_option
@language_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    indicator: str,
    profile_name: str,
    store: str,
    centres: tuple[str, ...],
    form: str,
    out: Path | None,
) -> int:
    """Show how the answers to one indicator went over the runs, and how its samples went."""
    with opened(store) as engine:
        known = centres_of(engine)
        only = chosen(centres, (*known.names, *known.probes))
        points = reading.trend(engine, indicator, only)
        kept = {name: of for name, of in known.probes.items() if not only or name in only}
        sampled = _sampled(engine, indicator, profile_name, kept) if kept else []
    if not points and not sampled:
        message = _("no kept run says anything about {indicator}. See `audit history`",
                    indicator=indicator)  # fmt: skip
        raise NothingToAudit(message)
    _tell_of_several(points, sampled)
    if form == "json":
        put_json([dict(zip(COLUMNS, row, strict=True)) for row in _rows(points, sampled)], out)
    elif form == "csv":
        put(_csv(_rows(points, sampled)), out)
    elif form == "svg":
        put(_picture(indicator, [*_courses(indicator, points), *sampled]), out)
    else:
        lines = (
            *_lines(indicator, points),
            *(line for course in sampled for line in _sample_lines(course)),
        )
        put("".join(f"{line}\n" for line in lines).encode(), out)
    return ExitCode.MET


def _sampled(
    engine: Engine, indicator: str, profile_name: str, kept: Mapping[str, frozenset[str]]
) -> list[Course]:
    """Read the samples that the indicator rests on; `kept` are probes by centre."""
    from auditor import profile  # noqa: PLC0415 - slow, and many stores have no samples

    read = profile.probes_read(profile_name, indicator)
    wanted = {centre: mine for centre, found in kept.items() if (mine := read & found)}
    if not wanted:
        return []
    from auditor.cli import trend_samples  # noqa: PLC0415 - slow, as above

    return list(trend_samples.courses(engine, wanted))


def _picture(indicator: str, courses: list[Course]) -> bytes:
    from auditor import catalogue  # noqa: PLC0415 - slow, and the other formats do not need it

    return catalogue.draw_trend(indicator, courses, current())


def _tell_of_several(points: list[Point], sampled: list[Course]) -> None:
    """Say on standard error when what is shown is of several centres."""
    names = dict.fromkeys(point.centre for point in points)
    ids = dict.fromkeys(course.centre for course in sampled)
    if max(len(names), len(ids)) > 1:
        several = ", ".join(printable(name) for name in (*names, *ids))
        echo(_("This is of several centres: {names}. Choose with --centre.", names=several),
                   err=True)  # fmt: skip


def _sample_lines(course: Course) -> Iterator[str]:
    """Give one block for a series of samples, with their number."""
    numbers = [mark.number for mark in course.marks if mark.number is not None]
    yield f"{course.centre}: {printable(course.name)}"
    yield f"  {trend.sparkline(numbers, _width())}"
    yield "  " + _(
        "samples: {n}, {first} … {last}: least {least:g}, most {most:g}, newest {newest:g}",
        n=len(numbers), first=day_of(moment(course.marks[0].at)),
        last=day_of(moment(course.marks[-1].at)),
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
        *(point.started_at, point.position, point.check or None, point.system or None),
        *(point.verdict, point.number, point.unit or None, point.centre, None),
    )


def _csv(rows: Iterator[tuple[object, ...]]) -> bytes:
    """Write rows as RFC 4180; what is not known is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()


def _lines(indicator: str, points: list[Point]) -> Iterator[str]:
    """Give one block for each check and system: the numbers as bars, the verdicts by count."""
    width = _width()
    for name, run in _by_check(indicator, points):
        yield printable(name)
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
        yield f"  {day_of(run[0].started_at)} … {day_of(run[-1].started_at)}: {_changes(run)}"


def _by_check(indicator: str, points: list[Point]) -> Iterator[tuple[str, list[Point]]]:
    """Give the indicator, then what each check, system and centre is called; runs oldest first."""

    def key(point: Point) -> tuple[str, str, str]:
        return (point.centre, point.check, point.system)

    is_one = len({point.centre for point in points}) <= 1
    for (centre, check, system), group in groupby(sorted(points, key=key), key):
        name = f"{check} ({system})" if system else check or indicator
        yield (name if is_one else f"{centre}: {name}"), list(group)


def _courses(indicator: str, points: list[Point]) -> Iterator[Course]:
    """Give what is drawn of the runs; by their time, though the clock may have gone back."""
    for name, run in _by_check(indicator, points):
        marks = sorted(
            (
                Mark(
                    altered.moment(point.started_at, "run.started_at"),
                    point.number,
                    altered.read(Verdict, point.verdict, "answer.verdict"),
                )
                for point in run
            ),
            key=lambda mark: mark.at,
        )
        yield Course(name, run[-1].unit, tuple(marks))


def _width() -> int:
    return max(10, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns - 2)


def _changes(run: list[Point]) -> str:
    """Say how the verdict went: each stretch of the same verdict with its length."""
    stretches = [(v, len(list(g))) for v, g in groupby(run, lambda point: point.verdict)]
    words = verdict_words()
    return " → ".join(
        f"{words[altered.read(Verdict, verdict, 'answer.verdict')]} ×{n}"
        for verdict, n in stretches[-6:]
    )
