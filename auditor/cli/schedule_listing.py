"""The list of jobs, for people and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from auditor.cli.schedule_words import SKIPS, TROUBLES, ended, local
from auditor.language import N_, _
from auditor.model import JobKind, ScheduledJob
from auditor.model.schedule import Entry, Event, Plan, Skip
from auditor.moments import moment
from auditor.schedule import slots
from auditor.schedule.due import limit, missed

KINDS = {
    JobKind.SAMPLE: N_("samples"),
    JobKind.TECHNICAL: N_("audit"),
    JobKind.FULL: N_("yearly audit"),
}
NEWEST = 3
"""How many times that went wrong are named for each job."""


def listing(plan: Plan, history: Sequence[Entry], now: datetime) -> Iterator[str]:
    """Yield the lines of one centre."""
    yield f"{plan.centre}: {plan.site} ({plan.timezone})"
    mine = [line for line in history if line.centre == plan.centre]
    found = missed(plan, mine, now)
    for job in plan.jobs:
        following = slots.following(job, ZoneInfo(plan.timezone), now)
        yield "  " + _(
            "{name}: {kind}, next {slot}, at most {n} min",
            name=job.id,
            kind=_(KINDS[job.kind]),
            slot=local(following, plan) if following else "-",
            n=round(limit(job).total_seconds() / 60),
        )
        if (line := _last(mine, job)) is not None:
            yield f"    {local(line.slot, plan)}: {_became(line)}"
        bad = [fault for fault in found if fault.job == job.id]
        for fault in bad[-NEWEST:]:
            yield f"    ! {local(fault.slot, plan)}: {_(TROUBLES[fault.trouble])}"
        if len(bad) > NEWEST:
            yield "    " + _("! and before: {n}", n=len(bad) - NEWEST)


def listing_v1(plan: Plan, history: Sequence[Entry], now: datetime) -> Iterator[dict[str, object]]:
    """Yield one object for each job of a centre; moments are in UTC."""
    mine = [line for line in history if line.centre == plan.centre]
    found = missed(plan, mine, now)
    for job in plan.jobs:
        line = _last(mine, job)
        following = slots.following(job, ZoneInfo(plan.timezone), now)
        yield {
            "centre": plan.centre,
            "site": plan.site,
            "job": job.id,
            "kind": job.kind.value,
            "next": moment(following) if following else None,
            "last": _entry_v1(line) if line else None,
            "troubles": [
                {"slot": moment(fault.slot), "trouble": fault.trouble.value}
                for fault in found
                if fault.job == job.id
            ],
        }


def _entry_v1(line: Entry) -> dict[str, object]:
    return {
        "slot": moment(line.slot),
        "event": line.event.value,
        "started_at": moment(line.at) if line.event is Event.ATTEMPT else None,
        "ended_at": moment(line.ended_at) if line.ended_at else None,
        "exit_code": line.exit_code,
        "reason": line.reason,
    }


def _last(history: Sequence[Entry], job: ScheduledJob) -> Entry | None:
    told = [e for e in history if e.job == job.id and e.event in {Event.ATTEMPT, Event.SKIP}]
    return max(told, key=lambda line: line.at, default=None)


def _became(line: Entry) -> str:
    if line.event is Event.SKIP:
        return _(SKIPS[Skip(line.reason)])
    return _("at work") if line.is_open else ended(line)
