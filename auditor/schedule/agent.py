"""The plan in the foreground, for machines and containers that have no scheduler.

APScheduler only says when to look; what is due is decided as everywhere else (`due`).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

from auditor.model.schedule import Plan
from auditor.schedule import waking
from auditor.schedule.waking import DELAY_MINUTES, Occasion

RETRY = timedelta(minutes=1)
"""After a look that did not work, since the store or another job stood in the way."""


class Agent:
    """Calls `look` at its start, at each occasion of a plan, and again while `look` says so.

    `look` returns whether to look again soon; it is called by one thread at a time.
    """

    def __init__(
        self,
        plan: Plan,
        look: Callable[[], bool],
        now: Callable[[], datetime],
        retry: timedelta = RETRY,
    ) -> None:
        """Prepare everything; nothing happens before `start`."""
        self._look, self._now, self._retry = look, now, retry
        zone = ZoneInfo(plan.timezone)
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
            timezone=zone,
        )
        for number, occasion in enumerate(waking.occasions(plan)):
            self._scheduler.add_job(self._wake, trigger(occasion, zone), id=f"occasion-{number}")

    def start(self) -> None:
        """Look now, for what the machine slept through, and from now on at each occasion."""
        self._scheduler.start()
        self._again(timedelta(0))

    def end(self) -> None:
        """Wait for the look at hand, and look no more."""
        self._scheduler.shutdown(wait=True)

    def _wake(self) -> None:
        if self._look():
            self._again(self._retry)

    def _again(self, after: timedelta) -> None:
        self._scheduler.add_job(
            self._wake, "date", run_date=self._now() + after, id="again", replace_existing=True
        )


def trigger(occasion: Occasion, zone: ZoneInfo) -> CronTrigger:
    """Return when to wake: fields are joined by "and" here, unlike in cron."""
    hour, minute = occasion.at.split(":")
    first = occasion.from_day
    return CronTrigger(
        month=",".join(map(str, occasion.months)) or "*",
        day="*" if first is None else f"{first}-{first + 6}",
        day_of_week=",".join(day.value for day in occasion.days),
        hour=int(hour),
        minute=int(minute),
        timezone=zone,
        jitter=DELAY_MINUTES * 60,
    )
