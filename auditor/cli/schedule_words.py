"""What is told of scheduled jobs, in words: ends, skips, and what went wrong."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from auditor.cli.page import echo
from auditor.language import N_, _
from auditor.model.schedule import Entry, Plan, Skip, Trouble
from auditor.schedule import known, lock, working
from auditor.schedule.due import Fault, missed
from auditor.schedule.working import Done
from auditor.store import jobs

SKIPS = {
    Skip.OUTSIDE_WINDOW: N_("not begun: outside the authorised windows; it waits for the next one"),
    Skip.LETTER_NOT_VALID: N_("not begun: the letter of authorisation is not valid today"),
    Skip.BUSY: N_("not begun: another job is at work"),
    Skip.TAKEN: N_("not begun: another machine or agent on this store has begun it"),
}
TROUBLES = {
    Trouble.FAILED: N_("failed"),
    Trouble.NOT_ENDED: N_("begun and not ended"),
    Trouble.MISSED: N_("missed"),
    Trouble.NOT_ALLOWED: N_("without a valid letter"),
}


def local(moment: datetime, plan: Plan) -> str:
    """Write a moment as the centre's clocks show it."""
    return f"{moment.astimezone(ZoneInfo(plan.timezone)):%d/%m/%Y %H:%M}"


def done_line(done: Done, plan: Plan) -> str:
    """Say what became of a job that was due."""
    if done.skip is not None:
        told = _(SKIPS[done.skip])
    elif done.entry is not None:
        told = ended(done.entry)
    else:
        told = ""
    late = _(" (caught up)") if done.due.is_late else ""
    return f"{done.due.job.id} {local(done.due.slot, plan)}{late}: {told}"


def ended(entry: Entry) -> str:
    """Say how an attempt ended."""
    if entry.is_success:
        return _("done, exit code {code}", code=entry.exit_code)
    if entry.exit_code is None:
        return _(TROUBLES[Trouble.NOT_ENDED])
    told = _("failed, exit code {code}", code=entry.exit_code)
    return f"{told}: {entry.reason}" if entry.reason else told


def settle(engine: Engine, now: datetime) -> None:
    """Close attempts that nobody is at work on: their process is gone, with the lock."""
    if any(line.is_open for line in jobs.history(engine)):
        try:
            with lock.hold(now):
                working.settle(engine, now)
        except lock.Held:
            return  # somebody is at work, perhaps on these very ones


def faults(engine: Engine, now: datetime) -> tuple[tuple[Plan, tuple[Fault, ...]], ...]:
    """Return what went wrong and nobody has put right or seen, centre by centre."""
    settle(engine, now)
    history = jobs.history(engine)
    found = []
    for plan in known.plans(history, now):
        mine = [line for line in history if line.centre == plan.centre]
        found.append((plan, missed(plan, mine, now)))
    return tuple(found)


def warn(engine: Engine, now: datetime) -> None:
    """Tell on standard error, in one line a centre, what went wrong with scheduled jobs."""
    for plan, found in faults(engine, now):
        if not found:
            continue
        counts = Counter((fault.job, fault.trouble) for fault in found)
        parts = (f"{job} {_(TROUBLES[kind])} ×{n}" for (job, kind), n in counts.items())
        command = f"audit schedule run-due {plan.site} --job {found[-1].job}"
        echo(
            _(
                "Scheduled jobs of {centre}: {parts}, last {slot}. Look: `audit schedule list`;"
                " make up for it: `{command}`",
                centre=plan.centre,
                parts=", ".join(parts),
                slot=local(max(fault.slot for fault in found), plan),
                command=command,
            ),
            err=True,
        )
