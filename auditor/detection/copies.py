"""Backups place by place: the newest copy in one repository must not hide an old one in another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from auditor.detection.doubts import Doubt, doubt
from auditor.detection.known import Known
from auditor.detection.rules.backups import is_off_host
from auditor.detection.scheduled import Line, calls
from auditor.detection.statement import Statement, fresh, last_success, merge
from auditor.detection.view import View
from auditor.model.product_findings import AxisFinding, BackupCopy
from auditor.model.products import Answer, Role, Topic

Spoken = tuple[Sequence[Statement], frozenset[Topic]]
"""What the sources of a product said, and the topics on which one of them was not heard."""


def copies(
    known: Known, view: View, spoken: Spoken, limit_minutes: int | None
) -> tuple[BackupCopy, ...]:
    """Return every place that a backup tool is known to write to, and what it does not tell.

    A tool without any known place has one entry with an empty location. Scheduler lines that no
    known place accounts for make an entry too: what they save may be anywhere.
    """
    if Role.BACKUP not in known.product.roles:
        return ()
    said, silent = spoken
    lines = calls(known, view)
    about = {place: [s for s in said if s.place == place] for s in said if (place := s.place)}
    if not about:
        return _without_place(view, spoken, limit_minutes, lines)
    tied, loose = _tie({place: _location(own) for place, own in about.items()}, lines)
    found = [
        _copy(view, (about[place], silent), limit_minutes, _schedule(view, own, loose), own)
        for place, own in tied.items()
    ]
    if all(tied.values()):
        found += _elsewhere(view, loose)
    return tuple(found)


def worst(found: tuple[BackupCopy, ...]) -> AxisFinding:
    """Return how fresh a tool's copies are: as fresh as the worst of them."""
    order = (Answer.NO, Answer.UNKNOWN, Answer.YES)
    return min((copy.fresh for copy in found), key=lambda age: order.index(age.answer))


def _location(about: Sequence[Statement]) -> str:
    return next((s.value for s in about if s.topic is Topic.REPOSITORY), "")


def _tie(
    locations: dict[str, str], lines: tuple[Line, ...]
) -> tuple[dict[str, tuple[Line, ...]], tuple[Line, ...]]:
    """Give each place the lines that name it; a sole place without any gets the sole line left.

    A line that names another target is never given to a place.
    """
    tied = {
        place: tuple(line for line in lines if location and location in line.words)
        for place, location in locations.items()
    }
    loose = tuple(line for line in lines if not any(line in own for own in tied.values()))
    free = [place for place, own in tied.items() if not own]
    if len(free) == len(loose) == 1 and not loose[0].target:
        tied[free[0]], loose = loose, ()
    return tied, loose


def _schedule(view: View, lines: tuple[Line, ...], loose: tuple[Line, ...]) -> AxisFinding:
    if lines:
        return AxisFinding(answer=Answer.YES, evidence=tuple(line.evidence for line in lines))
    if loose:
        return AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.SEVERAL_JOBS))
    if view.facts.saw("schedulers"):
        return AxisFinding(answer=Answer.NO, reason=doubt(Doubt.NOT_SEEN, "schedulers"))
    return AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NOT_COLLECTED, "schedulers"))


def _copy(
    view: View,
    spoken: Spoken,
    limit_minutes: int | None,
    schedule: AxisFinding,
    lines: tuple[Line, ...],
) -> BackupCopy:
    """Judge one place by what was said of it and by the lines that write there."""
    said, silent = spoken
    age = fresh(
        said,
        now=view.facts.now,
        limit_minutes=limit_minutes,
        silent=Topic.FRESH in silent,
        sees_files=view.facts.saw("files"),
    )
    sources = {line.sources for line in lines}
    if age.answer is Answer.YES and len(lines) > 1 and (len(sources) > 1 or () in sources):
        # the newest success is that of one job; the others may have failed for months
        age = replace(age, answer=Answer.UNKNOWN, reason=doubt(Doubt.SEVERAL_JOBS))
    at = last_success(said)
    is_timed = all(s.at for s in said if s.topic is Topic.FRESH)
    is_proven = age.answer in {Answer.YES, Answer.NO} and is_timed
    where = merge(said, Topic.REPOSITORY, silent=Topic.REPOSITORY in silent)
    if where.answer is Answer.UNKNOWN and not where.evidence:
        where = AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NO_RECORD))
    return BackupCopy(
        location=_location(said),
        fresh=age,
        schedule=schedule,
        repository=where,
        last_success_at=at,
        age_h=_hours(view, at) if is_proven and at else None,
        scheduled_by=tuple(line.evidence.excerpt for line in lines),
        sources=sources.pop() if len(sources) == 1 else (),
    )


def _hours(view: View, at: datetime) -> float:
    return round(max((view.facts.now - at).total_seconds() / 3600, 0.0), 2)


def _without_place(
    view: View, spoken: Spoken, limit_minutes: int | None, lines: tuple[Line, ...]
) -> tuple[BackupCopy, ...]:
    """Return one entry for a tool that does not tell where it writes; lines may tell several."""
    if len({line.target for line in lines}) > 1:
        return _elsewhere(view, lines)
    only = _copy(view, spoken, limit_minutes, _schedule(view, lines, ()), lines)
    if not lines or not lines[0].target.startswith("/"):
        return (only,)
    target = lines[0].target
    return (replace(only, location=target, repository=_by_mount(view, target)),)


def _elsewhere(view: View, loose: tuple[Line, ...]) -> tuple[BackupCopy, ...]:
    """Stand for what scheduler lines write to targets of which nothing is known."""
    targets: dict[str, tuple[Line, ...]] = {}
    for line in loose:
        targets[line.target] = (*targets.get(line.target, ()), line)
    return tuple(
        BackupCopy(
            location=target if target.startswith("/") else "",
            fresh=AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NO_TIME)),
            schedule=_schedule(view, lines, ()),
            repository=_by_mount(view, target),
            scheduled_by=tuple(line.evidence.excerpt for line in lines),
            sources=lines[0].sources if len(lines) == 1 else (),
        )
        for target, lines in targets.items()
    )


def _by_mount(view: View, target: str) -> AxisFinding:
    """Say where a target lies that only a scheduler's line names; other forms stay open."""
    is_off = is_off_host(target, view.facts) if target.startswith("/") else None
    if is_off is None:
        return AxisFinding(answer=Answer.UNKNOWN, reason=doubt(Doubt.NO_RECORD))
    if is_off:
        return AxisFinding(answer=Answer.YES)
    return AxisFinding(answer=Answer.NO, reason=doubt(Doubt.ON_SAME_HOST, target))
