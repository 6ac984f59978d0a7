"""What `audit run` and `audit judge` do with a ledger of exceptions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor import system_names, waivers
from auditor.canonical import sha256
from auditor.cli.options import FILE
from auditor.cli.page import echo
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model import AuditRecord, Profile
from auditor.site import LoadedSite
from auditor.waivers import LoadedLedger

Function = TypeVar("Function", bound=Callable[..., Any])


def waivers_option(function: Function) -> Function:
    """Accept `--waivers FILE`."""
    return click.option(
        "--waivers",
        "waivers_file",
        type=FILE,
        help=_("ledger of exceptions by `audit waive` (default: the one that the site file names)"),
    )(function)


def ledger_of(centre: LoadedSite, profile: Profile, given: Path | None) -> LoadedLedger | None:
    """Read the ledger of a run before anything is measured. Raises `BadInput`."""
    named = centre.folder / centre.site.waivers if centre.site.waivers else None
    path = given or named
    if path is None:
        return None
    ledger = waivers.read(path)
    systems = frozenset(system.id for system in centre.site.information_systems)
    waivers.hold_against(ledger, profile, systems, str(path))
    return ledger


def layered(record: AuditRecord, folder: Path, given: Path | None) -> AuditRecord:
    """Lay a ledger over a record that was judged again: the one given, or the run's own."""
    if given is not None:
        ledger = waivers.read(given)
        waivers.hold_against(ledger, record.profile, None, str(given))
    elif record.waivers is None:
        return record
    else:
        ledger = waivers.read(folder / waivers.NAME)
        if sha256(ledger.content) != record.waivers.ledger_sha256:
            problem = _("not the file that the record was made with")
            remedy = _("Use an undamaged copy of the run folder.")
            raise BadInput(Problem(str(folder / waivers.NAME), problem, remedy))
    return replace(record, waivers=ledger.layer(record))


def warn_of_lapsed(record: AuditRecord) -> None:
    """Say aloud on standard error which exceptions are over."""
    names = system_names.of_record(record)
    for waiver in waivers.lapsed(record):
        system = f" ({names.get(waiver.system, waiver.system)})" if waiver.system else ""
        echo(
            _(
                "WARNING: the exception for {indicator}{system} (document {number}) LAPSED on"
                " {day}; the finding is open again.",
                indicator=waiver.indicator,
                system=system,
                number=waiver.document.number,
                day=f"{waiver.until:%d/%m/%Y}",
            ),
            err=True,
        )
