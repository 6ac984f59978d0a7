"""`audit probes`: what can be measured, and what it costs."""

import click

from auditor.catalogue import probes
from auditor.cli.options import format_option, language_option, put_json
from auditor.cli.page import echo
from auditor.language import _
from auditor.model import Effect, Subject
from auditor.probing import Probe


@click.command(
    "probes",
    help=_("List every probe: what it reads, on what, and whether it sends traffic."),
    epilog=_("Example: audit probes --format json"),
)
@format_option("text", "json")
@language_option
def command(form: str) -> None:
    """List every probe: what it reads, on what, and whether it sends traffic."""
    if form == "json":
        put_json({"probes": [_as_json(probe) for probe in probes().values()]})
        return
    for probe in probes().values():
        echo(f"{probe.id}  [{_cost(probe)}]")
        echo(f"    {_(probe.title)}")


def _cost(probe: Probe) -> str:
    subjects = {
        Subject.HOST: _("machine"),
        Subject.CENTRE: _("site file"),
        Subject.NETWORK: _("network"),
        Subject.RUN: _("this run"),
    }
    sends = _("sends traffic") if probe.effect is Effect.ACTIVE else _("reads only")
    parts = [subjects[probe.subject], sends, "/".join(sorted(probe.platforms))]
    return ", ".join([*parts, _("needs root")] if probe.needs_root else parts)


def _as_json(probe: Probe) -> dict[str, object]:
    return {
        "id": probe.id,
        "version": probe.version,
        "title": _(probe.title),
        "subject": probe.subject.value,
        "effect": probe.effect.value,
        "needs_root": probe.needs_root,
        "platforms": sorted(probe.platforms),
        "timeout_s": probe.timeout_s,
        "params": list(probe.params),
        "columns": [
            {"name": column.name, "kind": column.kind.__name__, "doc": column.doc}
            for column in probe.columns
        ],
    }
