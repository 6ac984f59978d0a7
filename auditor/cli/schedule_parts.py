"""What the commands of `audit schedule` share: our own path, the store's address, an entry."""

import os
import platform
import shutil
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from auditor.cli.page import echo
from auditor.errors import AuditorError, BadInput, Problem
from auditor.language import _, current
from auditor.model import Profile
from auditor.model.schedule import Plan
from auditor.schedule import installing, waking
from auditor.schedule.installing import Entry, Scheduler
from auditor.schedule.waking import Waking
from auditor.schedule.working import Work
from auditor.site import LoadedSite
from auditor.store import naming, opening
from auditor.transports import scheduler


def program() -> str:
    """Return the path of this program, for entries and children that have no search path."""
    beside = shutil.which("audit", path=str(Path(sys.executable).parent))
    return beside or str(Path(sys.argv[0]).absolute())


def work_of(plan: Plan, engine: Engine, store: str, stop: threading.Event | None = None) -> Work:
    """Return what doing the jobs of a plan needs, with the clock of this machine."""
    return Work(
        plan, engine, program(), store, lambda: datetime.now(UTC), stop or threading.Event()
    )


def tell_alerts(
    engine: Engine, loaded: LoadedSite, criteria: Profile, clock: Callable[[], datetime]
) -> None:
    """Send the alerts that are due to whom the site names; what fails is told and ends nothing."""
    if not loaded.site.alerts.channels:
        return
    from auditor.cli.alert_words import tell_due  # noqa: PLC0415 - slow, and nobody to be told

    try:
        tell_due(engine, loaded, criteria, clock)
    except AuditorError as error:
        echo(_("Alerts were not looked after: {error}", error=error), err=True)


def entry_of(plan: Plan, wanted: str | None, store: str, now: datetime) -> Entry:
    """Return the entry of a plan for the scheduler that is wanted, or for this machine's own.

    `store` is an address that may stand in it (`lasting`), or nothing for the default.
    """
    kept = ("--store", store) if store else ()
    language = ("--lang", current().code)
    made = Waking(
        centre=plan.centre,
        argv=(program(), "schedule", "run-due", plan.site, *kept, *language),
        occasions=waking.occasions(plan),
        timezone=plan.timezone,
        is_local=waking.is_local(plan.timezone, now),
        delay=waking.delay(platform.node(), plan.centre),
    )
    if any(letter in word for word in made.argv for letter in '\n\r"'):
        told = _("Move it to a folder whose name has neither line breaks nor quotation marks.")
        raise BadInput(Problem(plan.site, _("no path that a scheduler could hold"), told))
    chosen = Scheduler(wanted) if wanted else scheduler.found()
    return installing.entry(chosen, made, scheduler.place(), now.date())


def woken_by(plan: Plan, now: datetime) -> str:
    """Say which scheduler of this machine has an entry of a plan."""
    possible = [Scheduler.WINDOWS] if os.name == "nt" else [Scheduler.SYSTEMD, Scheduler.CRON]
    found = [
        kind.value
        for kind in possible
        if scheduler.is_installed(entry_of(plan, kind.value, "", now))
    ]
    if found:
        return "  " + _("woken by {scheduler}", scheduler=", ".join(found))
    return "  " + _("no scheduler of this machine wakes it: `audit schedule install`")


def lasting(store: str) -> str:
    """Return a store's address as it may stand in an entry: absolute, and without a password.

    Nothing stays nothing, unless AUDIT_STORE names a store.
    """
    text = store or os.environ.get(naming.URL_VARIABLE, "")
    if not text:
        return ""
    try:
        where = make_url(text)
    except ArgumentError:
        return text  # opening the store says what is wrong with it
    if where.password:
        told = _("Leave it out, and set {variable} where the scheduler starts programs.",
                 variable=opening.PASSWORD_VARIABLE)  # fmt: skip
        shown = where.render_as_string(hide_password=True)
        raise BadInput(
            Problem(shown, _("a password would stand in the entry for all to read"), told)
        )
    if where.get_backend_name() == "sqlite" and where.database:
        where = where.set(database=Path(where.database).absolute().as_posix())
    return where.render_as_string(hide_password=False)
