"""What every command that opens the store does first: take in what waits, and look at the clock."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from auditor.cli.page import echo
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _
from auditor.moments import is_behind, moment
from auditor.store import opening, reading, waiting
from auditor.store.waiting import Note

if TYPE_CHECKING:
    from auditor.model import Observation
    from auditor.runfolder import FinishedRun


def look_after(engine: Engine, store: str, now: datetime, but: Note | None = None) -> None:
    """Take in what waits for a store, and tell of a clock that was set back.

    `but` is the note of a run that the caller keeps itself. Raises `SQLAlchemyError`.
    """
    _warn_of_clock(engine, now)
    runs = sum(_taken_in(engine, note, now) for note in waiting.notes(store) if note != but)
    if runs:
        echo(_("Runs that waited for the store are kept now: {n}", n=runs), err=True)
    if visits := _visits(engine, opening.beside(store), now):
        told = _("Measurements that waited for the store are kept now: {n}", n=visits)
        echo(told, err=True)


def finished(folder: Path) -> "FinishedRun":
    """Read a run that the store is to have. Raises `BadInput` for one that is damaged."""
    from auditor import runfolder  # noqa: PLC0415 - slow, and rarely needed

    run = runfolder.load(folder)
    if run.damaged:
        remedy = _("Use an undamaged copy of the run folder.")
        raise BadInput(Problem(str(folder), _("evidence is missing or altered"), remedy))
    return run


def take_visits(engine: Engine, folder: Path, now: datetime) -> "list[Observation]":
    """Move every waiting visit into the store, also of a killed one; `folder` is held alone."""
    from auditor import sampling  # noqa: PLC0415 - slow, and rarely needed
    from auditor.store import samples  # noqa: PLC0415 - the same

    seen: list[Observation] = []
    for done in sampling.waiting(folder):
        origin = samples.Origin(done.centre, done.site_sha256, folder)
        samples.keep_samples(engine, done.seen, origin, now)
        sampling.taken(done)
        seen += done.seen
    return seen


def _visits(engine: Engine, folder: Path, now: datetime) -> int:
    if not waiting.has_visits(folder):
        return 0
    from auditor import sampling  # noqa: PLC0415 - slow, and rarely needed

    try:
        with sampling.alone(folder):
            return len(take_visits(engine, folder, now))
    except CannotPerform:
        return 0  # somebody is sampling, and keeps them


def _taken_in(engine: Engine, note: Note, now: datetime) -> bool:
    """Take in what a note is about; return whether it is a run that was kept."""
    from auditor import journal, runfolder  # noqa: PLC0415 - slow, and rarely needed
    from auditor.store import jobs, keeping  # noqa: PLC0415 - the same

    folder, kept = Path(note.folder), False
    if note.job is not None:
        jobs.close(engine, jobs.from_note(note.job))
    elif note.pack is not None:
        _take_pack(engine, note.pack)
    elif (folder / journal.NAME).exists():
        if not runfolder.is_finished(folder):
            return False  # `audit run --resume` goes on with it
        try:
            run = finished(folder)
        except BadInput as error:
            echo(_("Not kept in the history: {error}", error=error), err=True)
            return False
        keeping.keep_run(engine, run.record, folder, now)
        kept = True
    elif not folder.exists():
        told = _("{folder} is gone, and the history never had it. If it was moved: `audit history"
                 " --add` with its new place", folder=folder)  # fmt: skip
        echo(told, err=True)
    waiting.forget(note)  # a run that was killed before it began leaves nothing to keep
    return kept


def _take_pack(engine: Engine, told: dict[str, str]) -> None:
    """Enter a pack that was written: a kill may have come before."""
    from auditor.store import packs  # noqa: PLC0415 - slow, and rarely needed

    pack = packs.Pack(**told)
    if packs.file_digest(pack.file) == pack.sha256:
        packs.keep_pack(engine, pack)
        return
    lost = _("{file} is not there as it was made, so the history does not have that pack",
             file=pack.file)  # fmt: skip
    echo(lost, err=True)


def _warn_of_clock(engine: Engine, now: datetime) -> None:
    try:
        newest = reading.newest(engine)
    except CannotPerform as error:  # whoever looks at what was altered must get in
        echo(str(error), err=True)
        return
    if newest is not None and is_behind(now, newest):
        echo(
            _(
                "WARNING: the clock shows {now}, and the store has something of {newest}: this"
                " clock was set back, or another one ran ahead. Set it right. Nothing is lost: what"
                " is kept stays in the order in which it was kept",
                now=moment(now),
                newest=moment(newest),
            ),
            err=True,
        )
