"""`audit capture`: real output of this machine, recorded for tests and for `replay:`."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from auditor import saying
from auditor.catalogue import SCHEMES, probes
from auditor.cli.options import FOLDER, language_option
from auditor.errors import BadInput, CannotMeasure, CannotPerform, Problem
from auditor.language import _, current
from auditor.model import Subject, Target
from auditor.phrases import FAILURES
from auditor.probing import Host, Probe
from auditor.scope import Gate
from auditor.site import default
from auditor.transports import Context, open_target
from auditor.transports.capturing import Origin, Recorder


@click.command(
    "capture",
    help=_("Record what probes read from a machine."),
    epilog=_(
        "Example: audit capture filesystems packages --out tests/captures/debian12. Then measure it"
        " with a target `url: replay:tests/captures/debian12`. Read what you record before you"
        " share it: it describes a real machine."
    ),
)
@click.argument("names", metavar=_("[PROBE]..."), nargs=-1)
@click.option("--target", default="local:", show_default=True, help=_("URL of a machine"))
@click.option("--out", type=FOLDER, required=True, help=_("folder of the recording"))
@click.option("--system", default="", help=_("what the machine is, for ORIGIN.txt"))
@language_option
def command(names: tuple[str, ...], target: str, out: Path, system: str) -> None:
    """Record what probes read from a machine."""
    chosen = _chosen(names)
    machine = Target(name="captured", url=target)
    if SCHEMES.get(machine.scheme) is not Subject.HOST:
        raise BadInput(
            Problem(target, _("no machine"), _("Use a URL such as local: or replay:folder."))
        )
    centre = default()
    gate = Gate(centre.site.scope, centre.site.timezone)
    context = Context(centre.site, centre.folder, gate, lambda _request, _content: "0" * 64)
    recorder = Recorder(cast("Host", open_target(machine, context)))
    for probe in chosen:
        click.echo(f"{probe.id}: {_tried(probe, recorder)}")
    words = " ".join(("audit capture", *names))
    origin = Origin(system or platform.platform(), datetime.now(UTC), words)
    try:
        recorder.write(out, origin)
    except (OSError, ValueError) as error:
        raise CannotPerform(
            _("{out}: {error}. Choose another --out", out=out, error=_why(error))
        ) from error
    click.echo(_("Recorded in {folder}", folder=out), err=True)


def _why(error: OSError | ValueError) -> str:
    return saying.system(error) if isinstance(error, OSError) else str(error)


def _tried(probe: Probe, recorder: Recorder) -> str:
    if recorder.platform not in probe.platforms:
        return _("not for {platform}", platform=recorder.platform)
    try:
        rows = probe.measure(recorder).rows
    except CannotMeasure as error:
        return f"{current().pick(FAILURES[error.failure])} ({error.detail})"
    return _("{count} rows", count=len(rows))


def _chosen(names: tuple[str, ...]) -> tuple[Probe, ...]:
    on_hosts = {name: probe for name, probe in probes().items() if probe.subject is Subject.HOST}
    for name in names:
        if name not in on_hosts:
            raise BadInput(
                Problem(
                    name,
                    _("no probe of machines"),
                    _("Use one of: {words}.", words=", ".join(on_hosts)),
                )
            )
    return tuple(on_hosts[name] for name in names) or tuple(on_hosts.values())
