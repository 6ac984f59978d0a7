"""`audit judge`: the findings of a finished run again, by its own or another profile."""

from dataclasses import replace
from pathlib import Path

import click

from auditor import profile, runfolder
from auditor.cli.exceptions import layered, waivers_option, warn_of_lapsed
from auditor.cli.options import FOLDER, format_option, language_option, out_option, put
from auditor.cli.page import echo
from auditor.cli.showing import shown
from auditor.cli.working import working
from auditor.language import _
from auditor.rollup import judge


@click.command(
    "judge",
    help=_("Judge a finished run again, offline."),
    epilog=_(
        "Example: audit judge audit-runs/20261121T080000Z-centre. Nothing is measured and nothing"
        " in the run folder is touched. An observation whose raw evidence is gone or altered does"
        " not count."
    ),
)
@click.argument("run", metavar=_("RUN"), type=FOLDER)
@click.option("--profile", "profile_name", help=_("judge by other criteria: a name or a file"))
@waivers_option
@format_option("text", "json")
@out_option
@language_option
def command(
    run: Path, profile_name: str | None, waivers_file: Path | None, form: str, out: Path | None
) -> int:
    """Judge a finished run again, offline."""
    with working(_("Reading the run")):
        finished = runfolder.load(run)
    for key, digest in finished.damaged.items():
        echo(
            _("{key}: evidence {digest} is gone or altered; not counted", key=key, digest=digest),
            err=True,
        )
    case, record = finished.case, finished.record
    if profile_name:
        chosen = profile.load(profile_name)
        case = replace(case, profile=chosen.profile)
        record = replace(
            record,
            profile=chosen.profile,
            profile_sha256=chosen.files[-1].sha256,
            profile_files=chosen.files,
        )
    with working(_("Judging")):
        judgement = judge(case)
    record = replace(record, findings=judgement.findings, groups=judgement.groups)
    record = layered(record, run, waivers_file)
    warn_of_lapsed(record)
    put(shown(record, form), out)
    return judgement.exit_code
