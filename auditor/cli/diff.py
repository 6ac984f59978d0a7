"""`audit diff`: which verdicts differ between two runs, and the one cause of each."""

from pathlib import Path

import click

from auditor import drift, runfolder
from auditor.causes import CAUSES
from auditor.cli.options import FOLDER, format_option, language_option, put_json
from auditor.cli.page import echo
from auditor.cli.words import verdict_words
from auditor.language import _
from auditor.model import Change, ExitCode
from auditor.record import change_v1


@click.command(
    "diff",
    help=_("Say which verdicts differ between two runs, and why."),
    epilog=_(
        "Example: audit diff audit-runs/20260105T080000Z-centre audit-runs/20260405T080000Z-centre."
        " Exit code 10 when a verdict became worse, else 0."
    ),
)
@click.argument("old", metavar=_("OLD"), type=FOLDER)
@click.argument("new", metavar=_("NEW"), type=FOLDER)
@format_option("text", "json")
@language_option
def command(*, old: Path, new: Path, form: str) -> int:
    """Say which verdicts differ between two runs, and why."""
    before, after = runfolder.load(old), runfolder.load(new)
    found = drift.changes(before.case, after.case)
    layers = (drift.effective(before.record), drift.effective(after.record))
    found = (*found, *drift.excepted(*layers, found))
    if form == "json":
        put_json([change_v1(change) for change in found])
    else:
        for change in found:
            _tell(change)
        if not found:
            echo(_("No verdict differs."))
    return ExitCode.NOT_MET if any(map(drift.is_worse, found)) else ExitCode.MET


def _tell(change: Change) -> None:
    words, cause = verdict_words(), _(CAUSES[change.cause])
    before = words[change.before] if change.before else "–"
    after = words[change.after] if change.after else "–"
    told = (f"{before} → {after}", cause) if change.before or change.after else (cause,)
    for name, line in zip((change.indicator, ""), told, strict=False):
        echo(f"{name:<6} {line}")
    for key in change.measurements:
        echo(f"         {key}")
