"""`audit agent`: the plan in the foreground, for containers and machines without a scheduler."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from auditor import metrics_served
from auditor.cli.options import FILE, language_option, store_option
from auditor.cli.page import echo
from auditor.cli.schedule_parts import tell_alerts, work_of
from auditor.cli.schedule_words import done_line
from auditor.cli.stopping import stopping
from auditor.cli.taking_in import look_after
from auditor.errors import CannotPerform, NothingToAudit
from auditor.language import _
from auditor.model import ExitCode, Profile
from auditor.model.schedule import Plan
from auditor.moments import moment
from auditor.schedule import health, lock, plan, slots, working
from auditor.schedule.health import Health
from auditor.schedule.working import Done
from auditor.site import LoadedSite
from auditor.store import naming, opening
from auditor.transports import child

NAME = "agent.json"
LAST_PORT = 65535


@click.command(
    "agent",
    help=_(
        "Run a site's plan in the foreground, where no scheduler wakes the tool: in a container for"
        " example. It ends cleanly with SIGTERM or Ctrl-C, and says in a file how it is."
    ),
    epilog=_("Examples: `audit agent centre.yaml`; `audit agent --check` for a HEALTHCHECK."),
)
@click.argument("site_file", metavar=_("[SITE]"), type=FILE, required=False)
@click.option("--health", "health_file", type=FILE, help=_("the file that says how the agent is"))
@click.option("--check", is_flag=True, help=_("ask that file: exit code 0 if the agent is well"))
@click.option(
    "--metrics", "metrics_at", metavar=_("[ADDRESS:]PORT"),
    help=_("answer Prometheus there at /metrics (address 127.0.0.1 unless another is named)"),
)  # fmt: skip
@store_option
@language_option
def command(
    site_file: Path | None,
    health_file: Path | None,
    metrics_at: str | None,
    store: str,
    *,
    check: bool,
) -> int:
    """Run a site's plan in the foreground."""
    file = health_file or naming.data_folder() / NAME
    if check:
        return _check(file)
    if site_file is None:
        raise click.UsageError(_("name the site file, or ask with --check"))
    chosen, loaded, criteria = plan.read(site_file)
    if not chosen.jobs:
        raise NothingToAudit(_("{file}: the schedule has no job", file=site_file))
    try:
        from auditor.schedule.agent import Agent  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise CannotPerform(
            _("the agent needs APScheduler. Install it: pip install 'centre-audit[agent]'")
        ) from error
    child.be_modest()
    with health.alone(file), stopping() as stop, _metrics(store, metrics_at):
        state = _State(_Centre(chosen, loaded, criteria), file, store, stop)
        agent = Agent(chosen, state.look, lambda: datetime.now(UTC))
        agent.start()
        echo(_("The agent is at work; its health: {file}", file=file), err=True)
        while not stop.wait(health.BEAT.total_seconds()):
            state.tell()
        agent.end()
        state.tell(ended=True)
    echo(_("The agent has ended."), err=True)
    return ExitCode.MET


@contextmanager
def _metrics(store: str, metrics_at: str | None) -> Iterator[None]:
    """Answer Prometheus, if that was asked for."""
    if metrics_at is None:
        yield
        return
    address, colon, number = metrics_at.rpartition(":")
    is_port = number.isascii() and number.isdigit() and int(number) <= LAST_PORT
    if not is_port or (colon and not address):
        problem = _("{value} is no [ADDRESS:]PORT, as in 9464 or 192.168.1.5:9464",
                    value=metrics_at)  # fmt: skip
        raise click.UsageError(problem)
    place = (address.strip("[]") or metrics_served.HERE, int(number))
    with metrics_served.served(store, place, lambda: datetime.now(UTC)) as port:
        told = f"http://{address or place[0]}:{port}/metrics"
        echo(_("Prometheus is answered at {url}", url=told), err=True)
        yield


def _check(file: Path) -> int:
    pid = health.pid_of(file)
    alive = pid is not None and child.alive(pid)
    trouble = health.ailment(file, datetime.now(UTC), alive=alive)
    if trouble:
        raise CannotPerform(trouble)
    return ExitCode.MET


@dataclass(frozen=True, slots=True)
class _Centre:
    """The plan of a centre, and what alerts need of it."""

    plan: Plan
    site: LoadedSite
    criteria: Profile


class _State:
    """What the agent does at each look, and what it says of itself."""

    def __init__(self, centre: _Centre, file: Path, store: str, stop: threading.Event) -> None:
        self._centre, self._plan = centre, centre.plan
        self._file, self._store, self._stop = file, store, stop
        self._guard = threading.Lock()
        now = moment(datetime.now(UTC))
        self._health = Health(pid=os.getpid(), centre=centre.plan.centre, since=now, beat=now)
        self.tell()

    def look(self) -> bool:
        """Do what is due, tell what is to be told; return whether to look again soon."""
        try:
            with opening.opened(self._store) as engine:
                look_after(engine, self._store, datetime.now(UTC))
                work = work_of(self._plan, engine, self._store, self._stop)
                working.watch(work)
                again = self._do(work)
                tell_alerts(engine, self._centre.site, self._centre.criteria, work.now)
                return again
        except CannotPerform as error:
            echo(str(error), err=True)
            self.tell(last_error=str(error))
            return True

    def _do(self, work: working.Work) -> bool:
        try:
            with lock.hold(work.now()) as held:
                for done in working.do_due(replace(work, held=held)):
                    self._done(done)
        except lock.Held:
            for done in working.skip_all(work):
                self._done(done)
            return True
        self.tell(last_error="")
        return False

    def _done(self, done: Done) -> None:
        echo(done_line(done, self._plan))
        if done.entry is not None and done.entry.ended_at is not None:
            ended_at, code = moment(done.entry.ended_at), done.entry.exit_code
            self.tell(last={"job": done.due.job.id, "ended_at": ended_at, "exit_code": code})

    def tell(self, *, ended: bool = False, **more: object) -> None:
        """Write the health file; a disk that is full is told, and ends nothing."""
        now = datetime.now(UTC)
        with self._guard:
            self._health = replace(
                self._health,
                beat=moment(now),
                next_job=_next(self._plan, now),
                ended_at=moment(now) if ended else "",
                **more,  # type: ignore[arg-type]
            )
            try:
                health.write(self._file, self._health)
            except OSError as error:
                echo(f"{self._file}: {error}", err=True)


def _next(chosen: Plan, now: datetime) -> dict[str, object] | None:
    zone = ZoneInfo(chosen.timezone)
    times = [(at, job.id) for job in chosen.jobs if (at := slots.following(job, zone, now))]
    if not times:
        return None
    at, name = min(times)
    return {"job": name, "at": moment(at)}
