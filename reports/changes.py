"""What changed since the run before, each verdict with its one cause and the measurements."""

from auditor.causes import CAUSES, HINDRANCES
from auditor.model import AuditRecord, Change, Earlier, Previous

from . import values
from .clean import clipped, visible
from .observed import Observed
from .view import ChangeRow, Changes, SourceRow
from .wording import Wording

MOST_SOURCES = 10
"""Measurements that are named for one change; the record holds all."""


def changes(record: AuditRecord, observed: Observed, wording: Wording) -> Changes | None:
    """Return what changed; None where there was no run to compare with."""
    previous = record.previous
    if previous is None:
        return None
    parts = frozenset(item.id for item in record.profile.indicators)
    return Changes(
        told=_told(record, previous, wording),
        rows=tuple(_row(change, parts, observed, wording) for change in previous.changes),
    )


def _told(record: AuditRecord, previous: Previous, wording: Wording) -> tuple[str, ...]:
    _, run, hindrance = wording.language, previous.run, previous.hindrance
    told = [_("Previous run: {id}, {day}.", id=visible(run.run_id),
              day=values.moment(run.started_at))] if run else []  # fmt: skip
    if hindrance:
        return (*told, _("Not compared: {cause}.", cause=_(HINDRANCES[hindrance])))
    told.append(
        _("Verdicts or exceptions that changed: {n}.", n=len(previous.changes))
        if previous.changes
        else _("Nothing changed: every verdict is what it was.")
    )
    return (*told, *_of_other_version(record, run, wording), _basis(wording))


def _of_other_version(record: AuditRecord, run: Earlier | None, wording: Wording) -> list[str]:
    if run is None or run.tool_version == record.tool_version:
        return []
    _ = wording.language
    return [
        _(
            "The previous run was made by version {old}; its verdicts were judged again by this"
            " version, so that both are judged alike.",
            old=visible(run.tool_version),
        )
    ]


def _basis(wording: Wording) -> str:
    _ = wording.language
    return _(
        "The comparison is the tool's own statement; whoever holds the packs of both runs can"
        " derive it again (audit verify --previous)."
    )


def _row(change: Change, lines: frozenset[str], observed: Observed, wording: Wording) -> ChangeRow:
    badges, keys = wording.badges, change.measurements
    rest = len(keys) - MOST_SOURCES
    sources = tuple(_source(key, observed) for key in keys[:MOST_SOURCES])
    return ChangeRow(
        indicator=visible(change.indicator),
        is_here=change.indicator in lines,
        before=badges[change.before] if change.before else None,
        after=badges[change.after] if change.after else None,
        cause=wording.language(CAUSES[change.cause]),
        sources=(*sources, SourceRow(code="", what=f"+{rest}")) if rest > 0 else sources,
    )


def _source(key: str, observed: Observed) -> SourceRow:
    """Name a measurement of this run by its code; one of the run before alone, by its key."""
    row = next(iter(observed.of((key,))), None)
    if row is None:
        return SourceRow(code="", what=clipped(key, values.LONGEST_CELL))
    return SourceRow(code=row.code, what=f"{row.probe} · {row.target}")
