"""`audit schedule`: what the tool does by itself, and what became of it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from auditor.cli.options import FILE, format_option, language_option, put_json, store_option
from auditor.cli.page import echo
from auditor.cli.schedule_install import install, remove
from auditor.cli.schedule_listing import listing, listing_v1
from auditor.cli.schedule_parts import tell_alerts, woken_by, work_of
from auditor.cli.schedule_words import done_line, faults, warn
from auditor.cli.stopping import stopping
from auditor.cli.taking_in import look_after
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import ExitCode, ScheduledJob
from auditor.model.schedule import PERFORMED, Event, Plan
from auditor.schedule import lock, plan, working
from auditor.schedule.due import Due, allowed
from auditor.schedule.working import Done, Work
from auditor.store import jobs, opening
from auditor.transports import child


@click.group(
    "schedule",
    help=_("Let the tool run by itself, and see what became of it."),
    epilog=_("Example: audit schedule list centre.yaml"),
)
@language_option
def command() -> None:
    """Let the tool run by itself, and see what became of it."""


command.add_command(install)
command.add_command(remove)
site_argument = click.argument("site_file", metavar=_("SITE"), type=FILE)


@command.command(
    "run-due",
    short_help=_("Do what is due now."),
    help=_(
        "Do what is due now, one after the other, and note how it ended. The entries that"
        " `audit schedule install` makes call this; nothing is done twice for the same time."
    ),
    epilog=_("Example: audit schedule run-due centre.yaml --job quarter"),
)
@site_argument
@click.option("--job", "name", default="", help=_("do this job now, due or not"))
@store_option
@language_option
def run_due(site_file: Path, name: str, store: str) -> int:
    """Do what is due now, one after the other, and note how it ended."""
    chosen, loaded, criteria = plan.read(site_file)
    wanted = _named(chosen, name, site_file) if name else None
    failed, begun = False, 0
    child.be_modest()
    with stopping() as stop, opening.opened(store) as engine:
        look_after(engine, store, datetime.now(UTC))
        work = work_of(chosen, engine, store, stop)
        working.watch(work)
        try:
            with lock.hold(work.now()) as held:
                work = replace(work, held=held)
                found = _now(work, wanted) if wanted else working.do_due(work)
                for done in found:
                    failed |= done.entry is not None and done.entry.exit_code not in PERFORMED
                    begun += 1
                    echo(done_line(done, chosen))
                if not begun:
                    echo(_("Nothing is due."))
        except lock.Held as error:
            for done in () if wanted else working.skip_all(work):
                echo(done_line(done, chosen))
            echo(_("Another job is at work ({who}). Nothing was begun.", who=error), err=True)
            failed = wanted is not None
        tell_alerts(engine, loaded, criteria, work.now)
    return ExitCode.NOT_PERFORMED if failed else ExitCode.MET


def _named(chosen: Plan, name: str, site_file: Path) -> ScheduledJob:
    for job in chosen.jobs:
        if job.id == name:
            return job
    known = ", ".join(job.id for job in chosen.jobs)
    raise BadInput(
        Problem(
            str(site_file),
            _("no job is called {name}", name=name),
            _("Use one of: {words}.", words=known),
        )
    )


def _now(work: Work, job: ScheduledJob) -> list[Done]:
    """Do one job out of its turn; the authorised windows hold for it as well."""
    due = Due(job, work.now())
    if (skip := allowed(work.plan, due.slot)) is not None:
        return [Done(due, skip)]
    working.settle(work.engine, work.now())
    return [Done(due, entry=working.attempt(work, job, due.slot))]


@command.command(
    "list",
    short_help=_("List the jobs: next time, last end, what went wrong."),
    help=_(
        "List the jobs that this machine watches, or those that a site file plans: their next time,"
        " how the last one ended, and what went wrong since."
    ),
    epilog=_("Examples: `audit schedule list`; `audit schedule list centre.yaml`."),
)
@click.argument("site_file", metavar=_("[SITE]"), type=FILE, required=False)
@click.option("--seen", is_flag=True, help=_("what is listed now need not be told again"))
@store_option
@format_option("text", "json")
@language_option
def list_jobs(site_file: Path | None, store: str, *, seen: bool, form: str) -> int:
    """List the jobs: next time, last end, what went wrong."""
    now = datetime.now(UTC)
    with opening.opened(store) as engine:
        listed = [plan.load(site_file)] if site_file else [p for p, _f in faults(engine, now)]
        history = jobs.history(engine)
        if form == "json":
            put_json([item for one in listed for item in listing_v1(one, history, now)])
        else:
            for one in listed:
                echo("\n".join(listing(one, history, now)))
                echo(woken_by(one, now))
            if not listed:
                echo(_("Nothing runs by itself yet."))
        if seen:
            _see(engine, now)
        elif form != "json":
            warn(engine, now)
    return ExitCode.MET


def _see(engine: Engine, now: datetime) -> None:
    """Note that somebody has seen what went wrong."""
    for chosen, found in faults(engine, now):
        for name in {fault.job for fault in found}:
            jobs.add(engine, work_of(chosen, engine, "").entry(name, Event.SEEN, now))
