"""`audit schedule install` and `remove`: entries in the scheduler of this machine."""

import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from auditor.cli.options import FILE, language_option, printable, store_option
from auditor.cli.page import echo
from auditor.cli.schedule_parts import entry_of, lasting, work_of
from auditor.cli.schedule_words import local
from auditor.cli.store import opened
from auditor.errors import CannotPerform, NothingToAudit
from auditor.language import _
from auditor.model import ExitCode
from auditor.model.schedule import Event, Plan
from auditor.schedule import plan, slots, waking, working
from auditor.schedule.installing import Entry, Scheduler
from auditor.store import jobs
from auditor.transports import scheduler

Function = TypeVar("Function", bound=Callable[..., Any])


def with_option(function: Function) -> Function:
    """Accept `--with SCHEDULER`; without it the machine's own is found."""
    return click.option(
        "--with",
        "wanted",
        type=click.Choice([item.value for item in Scheduler]),
        help=_("which scheduler (default: systemd where it is at work, else cron)"),
    )(function)


@click.command(
    "install",
    short_help=_("Let the machine's scheduler wake the tool."),
    help=_(
        "Put an entry for a site's plan into the scheduler of this machine: a timer of systemd,"
        " lines of a crontab, or a task of Windows. One that is there is replaced; install again"
        " after the plan was changed."
    ),
    epilog=_("Example: audit schedule install centre.yaml --print"),
)
@click.argument("site_file", metavar=_("SITE"), type=FILE)
@with_option
@click.option("--print", "shows", is_flag=True, help=_("show what would be written, write nothing"))
@store_option
@language_option
def install(site_file: Path, wanted: str | None, store: str, *, shows: bool) -> int:
    """Let the machine's scheduler wake the tool."""
    now = datetime.now(UTC)
    chosen = plan.load(site_file)
    if not chosen.jobs:
        raise NothingToAudit(_("{file}: the schedule has no job", file=site_file))
    made = entry_of(chosen, wanted, lasting(store), now)
    for job in waking.never_open(chosen, now):
        echo(
            _("Warning: no time of {job} lies in an authorised window; it will never run.",
              job=job.id),
            err=True,
        )  # fmt: skip
    if shows:
        click.echo("\n".join(_shown(made)))  # to be copied
        return ExitCode.MET
    with opened(store) as engine:
        scheduler.install(made)
        working.watch(work_of(chosen, engine, store))
    echo("\n".join(_told(made, chosen, now)))
    return ExitCode.MET


def _shown(made: Entry) -> Iterator[str]:
    """Yield what would be written and run."""
    for file, content in made.files.items():
        yield f"# {file}"
        encoding = "utf-16" if made.scheduler is Scheduler.WINDOWS else "utf-8"
        yield from map(printable, content.decode(encoding).splitlines())
    if made.table:
        yield "# crontab"
        yield from map(printable, made.table.splitlines())
    for command in made.install:
        yield f"# {shlex.join(command)}"


def _told(made: Entry, chosen: Plan, now: datetime) -> Iterator[str]:
    """Yield what was done, and when each job comes next."""
    yield _("Installed: {name} ({scheduler}).", name=made.name, scheduler=made.scheduler.value)
    for job in chosen.jobs:
        following = slots.following(job, ZoneInfo(chosen.timezone), now)
        yield f"  {job.id}: {local(following, chosen) if following else '-'}"
    where = scheduler.place()
    if made.scheduler is Scheduler.SYSTEMD and scheduler.needs_lingering(where):
        command = f"sudo loginctl enable-linger {where.user}"
        yield _("It runs while you are logged in. To let it run always: `{command}`",
                command=command)  # fmt: skip


@click.command(
    "remove",
    short_help=_("Take the entry out again."),
    help=_("Take the entry of a site's plan out of the scheduler. The history of jobs stays."),
    epilog=_("Example: audit schedule remove centre.yaml"),
)
@click.argument("site_file", metavar=_("SITE"), type=FILE)
@with_option
@store_option
@language_option
def remove(site_file: Path, wanted: str | None, store: str) -> int:
    """Take the entry out again."""
    now = datetime.now(UTC)
    chosen = plan.load(site_file)
    made = entry_of(chosen, wanted, "", now)
    words = {"name": made.name, "scheduler": made.scheduler.value}
    if not scheduler.is_installed(made):
        raise CannotPerform(
            _("no entry {name} in {scheduler}. Choose another one by --with", **words)
        )
    with opened(store) as engine:
        scheduler.remove(made)
        work = work_of(chosen, engine, store)
        for job in chosen.jobs:
            jobs.add(engine, work.entry(job.id, Event.REMOVE, now))
    echo(_("Removed: {name} ({scheduler}).", **words))
    return ExitCode.MET
