"""`audit doctor`: tries every measurement of this machine and says how to mend what fails."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from auditor import __version__, plan, profile, site
from auditor.audit import measurer
from auditor.cli.options import FILE, format_option, language_option, profile_option, put_json
from auditor.cli.page import echo
from auditor.evidence import EvidenceFolder
from auditor.language import _, current
from auditor.measure import Limits, measure_all
from auditor.model import ExitCode, Failure, Measured, Observation
from auditor.phrases import FAILURES
from auditor.targets import all_targets


@click.command(
    "doctor",
    help=_("Try every measurement, keep nothing, and say what is missing."),
    epilog=_("Example: audit doctor --site centre.yaml"),
)
@click.option("--site", "site_file", type=FILE, help=_("the centre's site file"))
@profile_option
@format_option("text", "json")
@language_option
def command(site_file: Path | None, profile_name: str, form: str) -> int:
    """Try every measurement, keep nothing, and say what is missing."""
    chosen = profile.load(profile_name).profile
    centre = site.load(site_file, chosen) if site_file else site.default()
    targets = all_targets(centre.site)
    planned = plan.measurements(chosen, centre.site, targets)
    acts, _derived = plan.in_turn(planned, {target.name: target for target in targets})
    with TemporaryDirectory() as folder:
        measure_one = measurer(
            centre, EvidenceFolder(Path(folder)), platform.node(), lambda: datetime.now(UTC)
        )
        seen = sorted(
            measure_all(acts, measure_one, Limits(), lambda _act: None),
            key=lambda item: item.measurement.key,
        )
    if form == "json":
        put_json([_as_json(item) for item in seen])
    else:
        echo(f"audit {__version__}, Python {platform.python_version()}, {platform.platform()}")
        for item in seen:
            echo(_as_line(item))
    works = all(isinstance(item.result, Measured) for item in seen)
    return ExitCode.MET if works else ExitCode.UNDETERMINED


def remedy(failure: Failure) -> str:
    """Say what usually mends a failure."""
    remedies = {
        Failure.TIMEOUT: _("try again when the machine is less busy; raise --deadline"),
        Failure.UNREACHABLE: _("check the cable, the address and the name"),
        Failure.REFUSED: _("start the service, or open it for this machine"),
        Failure.AUTH_FAILED: _("check the account and its key"),
        Failure.HOST_KEY_CHANGED: _("ask the host's administrator why its key changed"),
        Failure.PERMISSION_DENIED: _("run as administrator (root), if you may"),
        Failure.TOOL_MISSING: _("install the named program, or accept that this stays unknown"),
        Failure.COMMAND_FAILED: _("run the named command by hand and read its message"),
        Failure.UNSUPPORTED_PLATFORM: _("measure this from a Linux machine"),
        Failure.UNPARSABLE: _(
            "report it with `audit capture`, so that the tool learns this output"
        ),
        Failure.OUT_OF_SCOPE: _(
            "add the address to `scope` of the site file, if you are allowed to"
        ),
        Failure.NOT_AUTHORISED: _("add the authorisation letter to `scope` of the site file"),
        Failure.INTERNAL_ERROR: _("an error of this tool: please report the line above"),
    }
    return remedies[failure]


def _as_line(item: Observation) -> str:
    name = item.measurement.key
    if isinstance(item.result, Measured):
        rows = _("rows: {count}", count=len(item.result.rows))
        lines = [f"+ {name}: {rows}"]
        lines += [f"    {current().pick(text)}" for text in item.result.limitations]
        return "\n".join(lines)
    cause = current().pick(FAILURES[item.result.failure])
    return f"! {name}: {cause} ({item.result.detail})\n    {remedy(item.result.failure)}"


def _as_json(item: Observation) -> dict[str, object]:
    if isinstance(item.result, Measured):
        limits = [{"vi": text.vi, "en": text.en} for text in item.result.limitations]
        rows = len(item.result.rows)
        return {"measurement": item.measurement.key, "rows": rows, "limitations": limits}
    return {
        "measurement": item.measurement.key,
        "failure": item.result.failure.value,
        "detail": item.result.detail,
        "remedy": remedy(item.result.failure),
    }
