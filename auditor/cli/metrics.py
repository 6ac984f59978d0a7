"""`audit metrics`: how things stand, for Prometheus."""

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor import metrics
from auditor.cli.options import FILE, language_option, put, store_option
from auditor.language import _
from auditor.model import ExitCode
from auditor.store import opening


@click.command(
    "metrics",
    help=_("Write how things stand, in the text format of Prometheus."),
    epilog=_(
        "Example: audit metrics --output /var/lib/prometheus/node-exporter/audit.prom writes the"
        " file whole or not at all, for node_exporter's textfile collector."
    ),
)
@store_option
@click.option("--output", type=FILE, help=_("write here instead of standard output"))
@language_option
def command(*, store: str, output: Path | None) -> int:
    """Write how things stand."""
    with opening.opened(store) as engine:
        content = metrics.text(engine, datetime.now(UTC))
    put(content, output)
    return ExitCode.MET
