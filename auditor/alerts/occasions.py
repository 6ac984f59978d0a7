"""What is worse or will lapse now, read from the store, the site file and the newest run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from auditor import document_checks, drift, forecast, runfolder
from auditor.alerts import wording
from auditor.alerts.occasion import Facts, Kept, Occasion
from auditor.canonical import dumps, sha256
from auditor.effective import day_of
from auditor.errors import AuditorError
from auditor.forecast import Lapse
from auditor.model import VIETNAM, Change, JobKind, Profile, Site, Verdict, Waiver
from auditor.model.alerts import AlertKind, Severity
from auditor.schedule import known
from auditor.schedule.due import Fault, missed
from auditor.store import altered, jobs, reading
from auditor.store.reading import Link
from auditor.store.steps import Step, places, steps

STEPS = (30, 14, 7, 1)
"""How many days before the last day of something it is told; once more when it is over."""
URGENT_DAYS = 7
SAME_DAYS = 3
"""A last day that moves by no more is the same: some are counted from the hour of a run."""


@dataclass(frozen=True, slots=True)
class Centre:
    """What is known of a centre without its runs; `ledger` are its exceptions by digest."""

    site: Site
    profile: Profile
    ledger: tuple[tuple[str, Waiver], ...] = ()


def facts(engine: Engine, centre: Centre, kept: Sequence[Kept], now: datetime) -> Facts:
    """Return what is so. What was noted is not worked out anew: causes take time."""
    newest = reading.links(engine, newest=1, centres=[centre.site.centre.name])
    lapses, is_whole = _lapses(centre, newest, kept, now)
    complete = set(AlertKind)
    if not is_whole:
        complete.discard(AlertKind.LAPSE)
    return Facts(
        found=(
            *_drifts(engine, centre.site, kept),
            *lapses,
            *_chain(engine, centre.site, now),
            *_jobs(engine, centre.site, now),
        ),
        complete=frozenset(complete),
    )


def _drifts(engine: Engine, site: Site, kept: Sequence[Kept]) -> Iterator[Occasion]:
    """Yield each indicator that went down and has not gone up since.

    What was noted stays so until a run shows something else: a purge of old runs shows nothing.
    """
    ever = [item for item in kept if item.occasion.kind is AlertKind.DRIFT]
    known = {item.occasion.identity for item in ever}
    noted = {item.occasion.key: item.occasion for item in ever if item.cured_at is None}
    at = places(engine, (item.instance for item in noted.values()))
    causes = _Causes()
    for step in steps(engine, site.centre.name):
        before = noted.pop(step.indicator, None)
        if before is not None and _is_still(step, at.get(before.instance)):
            yield before
        elif step.old is None or not _is_fall(step):
            continue
        elif (AlertKind.DRIFT, step.indicator, step.new.run_id) not in known:
            yield _fallen(step, step.old, site, causes)
    yield from noted.values()


def _is_fall(step: Step) -> bool:
    return drift.badness(Verdict(step.verdict)) > drift.badness(Verdict(step.before))


def _is_still(step: Step, place: int | None) -> bool:
    """Tell whether a fall in the run at a place is still the newest news of its indicator.

    That run, or those before it, may be purged: then the newest step lies around it or is unknown.
    """
    if step.old is None:
        return Verdict(step.verdict) is not Verdict.MET
    return place is not None and place > step.old.position and _is_fall(step)


def _fallen(step: Step, old: Link, site: Site, causes: "_Causes") -> Occasion:
    before, after = Verdict(step.before), Verdict(step.verdict)
    change = causes.of(old, step.new).get(step.indicator)
    cause = change.cause if change else None
    text = wording.drifted(step.indicator, before, after, cause, step.new.run_id)
    if site.alerts.details and change and change.measurements:
        named = ", ".join(change.measurements)
        text = wording.with_details(text, named, named)
    return Occasion(
        kind=AlertKind.DRIFT,
        site=site.centre.id,
        key=step.indicator,
        instance=step.new.run_id,
        rank=1,
        severity=Severity.URGENT if after is Verdict.NOT_MET else Severity.WARNING,
        subject=wording.harmless(step.indicator),
        text=text,
        since=altered.moment(step.new.started_at, "run.started_at"),
        run_id=wording.harmless(step.new.run_id),
    )


class _Causes:
    """The changes between runs, each pair judged once; nothing where a folder is unusable."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Mapping[str, Change]] = {}

    def of(self, old: Link, new: Link) -> Mapping[str, Change]:
        name = (old.run_id, new.run_id)
        if name not in self._found:
            try:
                runs = [runfolder.load(Path(link.folder)) for link in (old, new)]
                found = drift.changes(runs[0].case, runs[1].case)
                same = [run.record.run_id for run in runs] == list(name)
            except AuditorError:
                found, same = (), False
            self._found[name] = {item.indicator: item for item in found} if same else {}
        return self._found[name]


def _lapses(
    centre: Centre, links: list[Link], kept: Sequence[Kept], now: datetime
) -> tuple[list[Occasion], bool]:
    """Return what lapses within the steps, and whether the newest run could be asked."""
    law = document_checks.load().level_transition
    found = set(forecast.of_site(centre.site, centre.profile, centre.ledger, law))
    is_whole = not links
    if links:
        try:
            newest = runfolder.load(Path(links[-1].folder)).record
            found |= set(forecast.of_record(newest, law, centre.site))
            is_whole = True
        except AuditorError:
            is_whole = False  # its folder was moved or deleted: files are the user's
    today, last_days = day_of(now), _last_days(kept)
    return [
        _lapse(centre.site, lapse, (lapse.day - today).days, last_days)
        for lapse in _each_once(found)
        if (lapse.day - today).days <= STEPS[0]
    ], is_whole


def _each_once(found: set[Lapse]) -> list[Lapse]:
    """Leave out what the site file and the run say alike."""
    return list({(item.kind, item.vi, item.day): item for item in sorted(found)}.values())


def _lapse(site: Site, lapse: Lapse, left: int, last_days: Mapping[str, list[date]]) -> Occasion:
    key = sha256(dumps([lapse.kind.value, lapse.vi]))
    near = (day for day in last_days.get(key, ()) if abs(day - lapse.day).days <= SAME_DAYS)
    text = wording.lapses(lapse.kind, lapse.day, left)
    if site.alerts.details:
        text = wording.with_details(text, lapse.vi, lapse.en)
    last_moment = datetime.combine(lapse.day, datetime.min.time(), tzinfo=VIETNAM)
    return Occasion(
        kind=AlertKind.LAPSE,
        site=site.centre.id,
        key=key,
        instance=next(near, lapse.day).isoformat(),
        rank=1 + sum(left <= step for step in STEPS[1:]) + (left < 0),
        severity=Severity.URGENT if left <= URGENT_DAYS else Severity.WARNING,
        subject=lapse.kind.value,
        text=text,
        since=last_moment - timedelta(days=STEPS[0]),
    )


def _last_days(kept: Sequence[Kept]) -> dict[str, list[date]]:
    days: dict[str, list[date]] = {}
    for item in kept:
        if item.occasion.kind is AlertKind.LAPSE and item.cured_at is None:
            days.setdefault(item.occasion.key, []).append(
                date.fromisoformat(item.occasion.instance)
            )
    return days


def _chain(engine: Engine, site: Site, now: datetime) -> Iterator[Occasion]:
    found = reading.verify(engine)
    if found:
        yield Occasion(
            kind=AlertKind.CHAIN,
            site=site.centre.id,
            key="",
            instance="",
            rank=len(found),
            severity=Severity.URGENT,
            subject=AlertKind.CHAIN.value,
            text=wording.broken(len(found), found[0].position),
            since=now,
        )


def _jobs(engine: Engine, site: Site, now: datetime) -> Iterator[Occasion]:
    """Yield each scheduled job that went wrong and that nobody has put right, once."""
    history = jobs.history(engine, site.centre.id)
    for plan in known.plans(history, now):
        kinds = {job.id: job.kind for job in plan.jobs}
        first: dict[str, Fault] = {}
        for fault in missed(plan, history, now):
            first.setdefault(fault.job, fault)
        for name, fault in first.items():
            kind = kinds[name]
            local = fault.slot.astimezone(ZoneInfo(plan.timezone))
            yield Occasion(
                kind=AlertKind.SCHEDULE,
                site=site.centre.id,
                key=name,
                instance=fault.slot.isoformat(),
                rank=1,
                severity=Severity.WARNING if kind is JobKind.SAMPLE else Severity.URGENT,
                subject=kind.value,
                text=wording.undone(kind, fault.trouble, local),
                since=fault.slot,
            )
