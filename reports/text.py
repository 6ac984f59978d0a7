"""The result for a terminal, a pipe or an e-mail: one table per group and what limits it."""

import io
from collections.abc import Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from auditor.language import Language
from auditor.model import AuditRecord

from .compose import compose
from .view import Badge, Changes, GroupRow, IndicatorRow, Report

MEDIA = "text/plain; charset=utf-8"
SUFFIX = ".txt"

WIDE = 96
"""From this width on, the basis has a column of its own."""

NARROWEST = 40
_TALL = 10_000
_STYLES = {
    "met": Style(color="green"),
    "not_met": Style(color="red", bold=True),
    "undetermined": Style(color="yellow"),
    "not_applicable": Style(dim=True),
}


def render(
    record: AuditRecord, language: Language, *, width: int = 100, colour: bool = False
) -> str:
    """Return the report as lines of at most `width` columns; escapes only if `colour`."""
    report = compose(record, language)
    screen = io.StringIO()
    console = Console(
        file=screen,
        width=max(width, NARROWEST),
        height=_TALL,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
    for part in _parts(report, wide=width >= WIDE):
        console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in screen.getvalue().splitlines())


def _parts(report: Report, *, wide: bool) -> Iterable[RenderableType]:
    labels = report.labels
    yield Text(labels["report"].upper(), style="bold")
    yield _facts(report)
    for group in report.groups:
        yield Text(f"\n{group.id}. {group.name}", style="bold")
        if group.english:
            yield Text(group.english, style="italic")
        yield Text()
        yield _indicators(group, labels, wide=wide)
    yield Text(f"\n{labels['summary']}\n", style="bold")
    yield _counts(report)
    if report.exceptions:
        yield _bullets(report.exceptions)
    if report.changes:
        yield Text(f"\n{labels['changes']}", style="bold")
        yield from map(Text, report.changes.told)
        if report.changes.rows:
            yield _changes(report.changes)
    if report.machines.rows:
        yield Text(f"\n{labels['machines']}", style="bold")
        yield Text(report.machines.coverage)
        yield _machines(report)
    yield Text(f"\n{labels['limits']}", style="bold")
    yield _bullets(report.limitations)
    yield Text()
    yield from map(Text, report.essentials)


def _facts(report: Report) -> Table:
    table = Table.grid(padding=(0, 2))
    for label, value in report.cover:
        table.add_row(Text(label), Text(value, overflow="fold"))
    return table


def _indicators(group: GroupRow, labels: dict[str, str], *, wide: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=True, show_edge=False, pad_edge=False, padding=(0, 1))
    table.add_column(labels["number"], no_wrap=True)
    table.add_column(labels["indicator"], ratio=5, overflow="fold")
    table.add_column(labels["verdict"], ratio=3)
    if wide:
        table.add_column(labels["basis"], width=8)
    table.add_column(labels["reason"], ratio=6, overflow="fold")
    for line in group.indicators:
        verdict: RenderableType = _badge(line.badge)
        if not wide:
            verdict = Group(verdict, Text(f"({line.basis})"))
        basis = (Text(line.basis),) if wide else ()
        reason = Text("\n".join((line.brief, *line.exceptions)))
        table.add_row(Text(line.id), _name(line), verdict, *basis, reason)
    return table


def _name(line: IndicatorRow) -> RenderableType:
    name = Text(line.name)
    return Group(name, Text(line.english, style="italic")) if line.english else name


def _badge(badge: Badge) -> Text:
    return Text(f"{badge.mark} {badge.word}", style=_STYLES[badge.code])


def _counts(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    table.add_column(report.labels["verdict"])
    for group in report.groups:
        table.add_column(Text(group.id), justify="right")
    table.add_column(report.labels["total"], justify="right")
    for place, badge in enumerate(report.verdicts):
        counts = (str(group.counts[place]) for group in report.groups)
        table.add_row(_badge(badge), *counts, str(report.totals[place]))
    totals = (str(group.total) for group in report.groups)
    table.add_row(Text(report.labels["total"]), *totals, str(report.total))
    return table


def _changes(changes: Changes) -> Table:
    """Lay out what changed: verdict before and now, and under it the cause."""
    table = Table.grid(padding=(0, 1))
    for row in changes.rows:
        verdicts = Text(" → ").join(_badge(b) if b else Text("–") for b in (row.before, row.after))
        table.add_row(Text(row.indicator), verdicts if row.before or row.after else Text(row.cause))
        if row.before or row.after:
            table.add_row(Text(), Text(row.cause, overflow="fold"))
        for source in row.sources:
            told = " ".join(filter(None, (source.code, source.what)))
            table.add_row(Text(), Text(f"  {told}", overflow="fold"))
    return table


def _machines(report: Report) -> Table:
    """Lay out the known machines; those that were inspected are only named."""
    labels = report.labels
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    for key in ("known_machine", "known_from", "inspection"):
        table.add_column(labels[key], overflow="fold")
    for row in report.machines.rows:
        place = ", ".join(part for part in (row.name, row.addresses) if part)
        state = f"{row.state} ({row.note})" if row.note else row.state
        table.add_row(Text(place), Text(row.known_from), Text(state))
    return table


def _bullets(lines: Iterable[str]) -> Table:
    table = Table.grid(padding=(0, 1))
    for line in lines:
        table.add_row(Text("-"), Text(line, overflow="fold"))
    return table
