"""`audit capture`: what this machine says about itself, recorded for tests and for `replay:`."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from auditor import collection, products, saying
from auditor.catalogue import SCHEMES, probes
from auditor.cli.options import FOLDER, language_option
from auditor.cli.page import echo
from auditor.errors import BadInput, CannotMeasure, CannotPerform, Problem
from auditor.language import _, current
from auditor.measure import MOST_BYTES, Limits
from auditor.model import Subject, Target
from auditor.phrases import FAILURES
from auditor.probing import HostLink, Probe
from auditor.recognition import MachineFacts
from auditor.scope import Gate
from auditor.scripts import script
from auditor.site import default
from auditor.transports import Context, collector_for, open_target
from auditor.transports.capturing import Origin, write


@click.command(
    "capture",
    help=_("Record what a machine says about itself."),
    epilog=_(
        "Example: audit capture --out tests/captures/debian12. Then measure it with a target"
        " `url: replay:tests/captures/debian12`. Read what you record before you share it: it"
        " describes a real machine."
    ),
)
@click.option("--target", default="local:", show_default=True, help=_("URL of a machine"))
@click.option("--out", type=FOLDER, required=True, help=_("folder of the recording"))
@click.option("--system", default="", help=_("what the machine is, for ORIGIN.txt"))
@language_option
def command(target: str, out: Path, system: str) -> None:
    """Record what a machine says about itself."""
    machine = Target(name="captured", url=target)
    if SCHEMES.get(machine.scheme) is not Subject.HOST:
        raise BadInput(
            Problem(target, _("no machine"), _("Use a URL such as local: or replay:folder."))
        )
    try:
        raw = _collected(machine)
        said = collection.whole(raw)
    except CannotMeasure as error:
        raise CannotPerform(
            _("{target}: {error}. Choose another --target", target=target, error=_cause(error))
        ) from error
    facts = MachineFacts(said, products.load(), machine, default().site)
    for probe in probes().values():
        if probe.subject is Subject.HOST:
            echo(f"{probe.id}: {_tried(probe, facts)}")
    command_line = f"audit capture --target {target}"
    origin = Origin(system or platform.platform(), datetime.now(UTC), command_line)
    try:
        write(out, raw, origin)
    except OSError as error:
        raise CannotPerform(
            _("{out}: {error}. Choose another --out", out=out, error=saying.system(error))
        ) from error
    echo(_("Recorded in {folder}", folder=out), err=True)


def _collected(machine: Target) -> bytes:
    centre = default()
    gate = Gate(centre.site.scope, centre.site.timezone)
    context = Context(centre.site, centre.folder, gate, lambda _request, _content: "0" * 64)
    access = open_target(machine, context)
    try:
        asked = script(products.load(), collector_for(machine))
        return cast("HostLink", access).collect(
            asked, timeout_s=Limits().host_s, max_bytes=MOST_BYTES
        )
    finally:
        access.close()


def _cause(error: CannotMeasure) -> str:
    return f"{current().pick(FAILURES[error.failure])} ({error.detail})"


def _tried(probe: Probe, facts: MachineFacts) -> str:
    if facts.collection.platform not in probe.platforms:
        return _("not for {platform}", platform=facts.collection.platform)
    try:
        rows = probe.measure(facts).rows
    except CannotMeasure as error:
        return _cause(error)
    return _("rows: {count}", count=len(rows))
