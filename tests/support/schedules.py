"""A plan with hard words and every form of time, and what a scheduler's entry says of it."""

from datetime import UTC, date, datetime

from auditor.model import JobKind, Schedule, ScheduledJob, TimeWindow, Weekday
from auditor.model.schedule import Plan
from auditor.schedule import waking

VIETNAM = "Asia/Ho_Chi_Minh"
JOBS = (
    *Schedule().jobs,
    ScheduledJob(id="noon", kind=JobKind.TECHNICAL, at=("07:30", "23:55"), days=(Weekday.SUNDAY,)),
    ScheduledJob(id="months", kind=JobKind.FULL, at=("12:00",), months=(2, 12)),
)
PLAN = Plan(
    centre="mau",
    site="/srv/trung tâm/100% $HOME/centre.yaml",
    timezone=VIETNAM,
    schedule=Schedule(jobs=JOBS),
    windows=(TimeWindow(days=(Weekday.SATURDAY,), start="08:00", end="24:00"),),
)
BASE = datetime(2026, 11, 29, 12, tzinfo=UTC)
TODAY = date(2026, 11, 29)


def made(program: str = "/bin/true", *, is_local: bool = True) -> waking.Waking:
    """Return an entry with hard words, for the plan above."""
    return waking.Waking(
        centre="mau",
        argv=(program, "schedule", "run-due", PLAN.site, "--lang", "vi"),
        occasions=waking.occasions(PLAN),
        timezone=VIETNAM,
        is_local=is_local,
        delay=4,
    )
