"""`audit diff`: which verdicts differ between two runs, and the one cause of each."""

from pathlib import Path

import click

from auditor import drift, runfolder
from auditor.cli.options import FOLDER, format_option, language_option, put_json
from auditor.cli.words import verdict_words
from auditor.drift import Change
from auditor.language import _
from auditor.model import AuditRecord, ExitCode


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
    layers = (_effective(before.record), _effective(after.record))
    found = (*found, *drift.excepted(*layers, found))
    if form == "json":
        put_json([_change_v1(change) for change in found])
    else:
        for change in found:
            _tell(change)
        if not found:
            click.echo(_("No verdict differs."))
    return ExitCode.NOT_MET if any(map(drift.is_worse, found)) else ExitCode.MET


def _effective(record: AuditRecord) -> dict[str, str]:
    """Return what holds for each indicator: its verdict, or that it is waived."""
    own = {item.indicator: item.verdict.value for item in record.findings}
    layer = record.waivers.findings if record.waivers else ()
    return own | {item.indicator: item.effective.value for item in layer}


def _tell(change: Change) -> None:
    words = verdict_words()
    before = words[change.before] if change.before else "–"
    after = words[change.after] if change.after else "–"
    verdicts = f" {before} → {after}" if change.before or change.after else ""
    click.echo(f"{change.indicator:<6}{verdicts}")
    click.echo(f"       {_(drift.CAUSES[change.cause])}")
    for key in change.measurements:
        click.echo(f"         {key}")


def _change_v1(change: Change) -> dict[str, object]:
    return {
        "indicator": change.indicator,
        "before": change.before and change.before.value,
        "after": change.after and change.after.value,
        "cause": change.cause.value,
        "measurements": list(change.measurements),
    }
