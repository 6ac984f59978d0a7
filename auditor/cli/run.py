"""`audit run`: the four verbs from start to end."""

import shutil
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor import audit, journal, profile, runfolder, saying, site
from auditor.cli.earlier import Compared, since
from auditor.cli.exceptions import ledger_of, waivers_option, warn_of_lapsed
from auditor.cli.options import (
    FILE,
    FOLDER,
    challenge_option,
    format_option,
    language_option,
    no_store_option,
    problem_of,
    profile_option,
    put,
    store_option,
)
from auditor.cli.page import echo
from auditor.cli.showing import shown
from auditor.cli.stored_samples import handed
from auditor.errors import AuditorError, BadInput, CannotKeep, CannotPerform, Problem
from auditor.language import _
from auditor.measure import Limits
from auditor.model import AuditRecord, Challenge, ExitCode
from auditor.pack import challenge
from auditor.progress import Silent, TerminalBar
from auditor.rollup import Judgement
from auditor.store import waiting


@click.command(
    "run",
    help=_("Measure, judge, record and show."),
    epilog=_(
        "Examples: `audit run` measures this machine; `audit run --site centre.yaml` the centre;"
        " `audit run --resume audit-runs/20261121T080000Z-centre` goes on after an interruption."
    ),
)
@click.option("--site", "site_file", type=FILE, help=_("the centre's site file (see `audit init`)"))
@profile_option
@click.option("--out", type=FOLDER, help=_("run folder (default audit-runs/<UTC time>-<centre>)"))
@click.option("--resume", type=FOLDER, help=_("go on with an interrupted run"))
@click.option(
    "--deadline", type=click.FloatRange(min=1), default=3600.0, show_default=True,
    help=_("seconds for all measurements together"),
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1, 64), default=8, show_default=True,
    help=_("measurements at once"),
)  # fmt: skip
@waivers_option
@challenge_option
@store_option
@no_store_option(_("do not keep this run for `audit history`"))
@click.option(
    "--no-samples", is_flag=True, help=_("do not use what `audit sample` kept; the report says so")
)
@click.option("--quiet", is_flag=True, help=_("no progress, no report; only the exit code"))
@format_option("text", "json")
@language_option
def command(  # noqa: PLR0913 - one argument per option
    *,
    site_file: Path | None,
    profile_name: str,
    out: Path | None,
    resume: Path | None,
    deadline: float,
    workers: int,
    waivers_file: Path | None,
    challenge_file: Path | None,
    store: str,
    no_store: bool,
    no_samples: bool,
    quiet: bool,
    form: str,
) -> int:
    """Measure, judge, record and show."""
    if resume is not None and (site_file or out or waivers_file):
        message = _(
            "--resume goes on with its own site, folder and ledger; leave --site, --out and"
            " --waivers away"
        )
        raise click.UsageError(message)
    if resume is not None:
        _must_be_begun(resume)
    asked = _asked(challenge_file)
    if resume is not None and asked is not None:
        if runfolder.is_finished(resume):
            raise CannotPerform(
                _("{folder} is finished: a challenge wants a new run", folder=resume)
            )
        audit.accept(resume, asked)
    sampled = None if no_samples or no_store else store
    folder = resume or _begin(
        site_file, profile_name, out, waivers_file=waivers_file, asked=asked, store=sampled
    )
    if not no_store:
        _note(folder, store)
    limits = Limits(workers=workers, total_s=deadline)
    record = _carried_on(folder, limits, since(None if no_store else store), quiet=quiet)
    if record is None:
        return ExitCode.NOT_PERFORMED
    warn_of_lapsed(record)
    if not quiet:
        put(shown(record, form), None)
        echo(_("Run folder: {folder}", folder=folder), err=True)
    if not no_store:
        _keep(record, folder, store, quiet=quiet)
    return Judgement(record.findings, record.groups).exit_code


def _carried_on(
    folder: Path, limits: Limits, compared: Compared, *, quiet: bool
) -> AuditRecord | None:
    """Carry a run to its end; None if it was stopped. Raises `CannotPerform` for a full disk."""
    if runfolder.is_finished(folder):
        return runfolder.load(folder).record
    bar = TerminalBar() if sys.stderr.isatty() and not quiet else nullcontext(Silent())
    goes_on = f"audit run --resume {folder}"
    try:
        with bar as progress:
            return audit.carry_on(folder, limits, progress, lambda: datetime.now(UTC), compared)
    except KeyboardInterrupt:
        stopped = _("Stopped. What was measured is kept. Go on with: {command}", command=goes_on)
        echo(stopped, err=True)
        return None
    except (OSError, CannotKeep) as error:
        raise CannotPerform(
            _(
                "{problem}. What was measured before is kept. Mend it, for example make room, and"
                " go on with: {command}",
                problem=problem_of(error, folder),
                command=goes_on,
            )
        ) from error


def _note(folder: Path, store: str) -> None:
    """Note that the store is to have this run, whatever happens until it has it."""
    try:
        waiting.write(waiting.of_run(folder, store))
    except OSError as error:
        told = _("This run will not be kept by itself if the store does not take it ({error})."
                 " Then: {command}", error=saying.system(error),
                 command=f"audit history --add {folder}")  # fmt: skip
        echo(told, err=True)


def _keep(record: AuditRecord, folder: Path, store: str, *, quiet: bool) -> None:
    """Keep the run; a store that does not work is told, and costs neither run nor verdict."""
    # half a second, needed at the end
    from auditor.cli.store import warn_of_jobs  # noqa: PLC0415
    from auditor.cli.taking_in import look_after  # noqa: PLC0415
    from auditor.store import keeping, opening  # noqa: PLC0415

    try:
        with opening.opened(store) as engine:
            look_after(engine, store, datetime.now(UTC), but=waiting.of_run(folder, store))
            link = keeping.keep_run(engine, record, folder, datetime.now(UTC))
            if not quiet:
                warn_of_jobs(engine)
    except CannotPerform as error:
        echo(_("Not kept in the history: {error}", error=error), err=True)
        return
    waiting.forget(waiting.of_run(folder, store))
    _tell(folder, store)
    if not quiet:
        echo(
            _("Kept as run {n}; head of the chain: {digest}", n=link.position, digest=link.digest),
            err=True,
        )


def _tell(folder: Path, store: str) -> None:
    """Send the alerts that are due; what fails costs neither run nor verdict, and is told."""
    from auditor.cli.alert_words import tell_due  # noqa: PLC0415 - slow, needed at the end
    from auditor.cli.store import warn_of_alerts  # noqa: PLC0415 - the same
    from auditor.store import opening  # noqa: PLC0415 - the same

    try:
        loaded, criteria = audit.begun_with(folder)
        with opening.opened(store) as engine:
            if loaded.site.alerts.channels:
                tell_due(engine, loaded, criteria, lambda: datetime.now(UTC))
            else:
                warn_of_alerts(engine)
    except AuditorError as error:
        echo(_("Alerts were not looked after: {error}", error=error), err=True)


def _begin(  # noqa: PLR0913 - one argument per input
    site_file: Path | None,
    profile_name: str,
    out: Path | None,
    *,
    waivers_file: Path | None,
    asked: Challenge | None,
    store: str | None,
) -> Path:
    """Read all inputs before anything is written, then make the run folder.

    Samples are taken from `store`; None for none.
    """
    chosen = profile.load(profile_name)
    centre = site.load(site_file, chosen.profile) if site_file else site.default()
    ledger = ledger_of(centre, chosen.profile, waivers_file)
    now = datetime.now(UTC)
    samples = handed(chosen, centre, store or "", now, is_wanted=store is not None)
    folder = runfolder.create(out, centre.site.centre.id, now)
    try:
        audit.prepare(folder, chosen, centre, now, audit.Given(ledger, asked, samples))
    except (OSError, CannotKeep) as error:
        shutil.rmtree(folder, ignore_errors=True)  # it was empty, and nothing was measured
        problem = problem_of(error, folder)
        raise CannotPerform(
            _("{problem}. Nothing was measured. Make room, or choose another --out",
              problem=problem)
        ) from error  # fmt: skip
    return folder


def _asked(file: Path | None) -> Challenge | None:
    """Read the challenge; a centre that knows the nonce could choose the appraiser's sample."""
    if file is None:
        return None
    loaded = challenge.load(file)
    if loaded.nonce:
        echo(
            _(
                "Warning: {file} holds the nonce. The centre should have the .pub file only, so"
                " that it cannot choose the sample.",
                file=file,
            ),
            err=True,
        )
    return loaded.challenge


def _must_be_begun(folder: Path) -> None:
    """Refuse a folder that no run was begun in, before anything is written to it."""
    if not folder.is_dir():
        raise BadInput(
            Problem(str(folder), _("no such folder"), _("Give the folder of an interrupted run."))
        )
    if not (folder / journal.NAME).is_file():
        raise CannotPerform(_("{folder} holds no begun run. Start a new one", folder=folder))
