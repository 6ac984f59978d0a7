"""What a probe is given of a machine: its answers, and which products are on it.

How a machine's answers reach the pure engine of `auditor.detection`; `auditor.scripts` asks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property

from auditor import measures
from auditor.collection import Collection
from auditor.detection.engine import detect
from auditor.detection.facts import Facts
from auditor.detection.wanted import unasked
from auditor.errors import CannotMeasure
from auditor.hardening.engine import assess
from auditor.model import Failure, Row, Site, Target, Text
from auditor.model.measures import MeasureFinding
from auditor.model.product_findings import ProductFinding
from auditor.model.products import ProductCatalogue
from auditor.sections import files, processes, protection, sockets, software, storage

_STATUS = "status "
_CLOCK = re.compile(r"(\d{1,12}) ([+-])(\d\d)(\d\d)")


@dataclass(frozen=True)
class MachineFacts:
    """`HostFacts` of one collection. `limitations` says what was not permitted meanwhile."""

    collection: Collection
    catalogue: ProductCatalogue
    target: Target
    site: Site
    limitations: tuple[Text, ...] = ()

    @cached_property
    def findings(self) -> tuple[ProductFinding, ...]:
        """Every product of the catalogue, judged when first asked for. Raises `CannotMeasure`."""
        return detect(self.catalogue, facts(self.catalogue, self.collection))

    @cached_property
    def measures(self) -> tuple[MeasureFinding, ...]:
        """Every technical measure that means something here, judged when first asked for."""
        return assess(measures.load(), self.collection)


def facts(catalogue: ProductCatalogue, collection: Collection) -> Facts:
    """Return what the engine is given: rows, and which sections may prove an absence.

    A section proves an absence only if it ran to its end. What an older collector did not ask for
    leaves the products open that it would show.
    """
    tables: dict[str, tuple[Row, ...]] = {}
    complete = set()
    for name, table in _TABLES.items():
        rows, is_complete = _read(table, collection)
        tables[name] = rows
        if is_complete:
            complete.add(name)
    return Facts(
        platform=collection.platform,
        is_root=collection.is_root,
        now=clock(collection),
        complete=frozenset(complete),
        hostname=collection.header.get("hostname", ""),
        unasked=_unasked(catalogue, collection),
        **tables,
    )


def clock(collection: Collection) -> datetime:
    """Return the machine's own time with its own offset. Raises `CannotMeasure`."""
    match = _CLOCK.fullmatch(collection.header.get("clock_start", ""))
    if match is None:
        raise CannotMeasure(Failure.UNPARSABLE, "the machine does not say what time it has")
    ahead = timedelta(hours=int(match[3]), minutes=int(match[4])) * (-1 if match[2] == "-" else 1)
    try:
        return datetime.fromtimestamp(int(match[1]), timezone(ahead))
    except (ValueError, OverflowError, OSError) as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"clock: {error}") from error


def _read(
    table: Callable[[Collection], tuple[Row, ...]], collection: Collection
) -> tuple[tuple[Row, ...], bool]:
    try:
        return table(collection), True
    except CannotMeasure:
        return (), False  # the engine says "unknown" for what this table would have told


def _unasked(catalogue: ProductCatalogue, collection: Collection) -> frozenset[str]:
    asked = collection.sections.get("asked")
    paths = asked.stdout.decode(errors="backslashreplace").splitlines() if asked else ()
    keys = [name[len(_STATUS) :] for name in collection.sections if name.startswith(_STATUS)]
    return unasked(catalogue, collection.platform, keys, paths)


def _services(collection: Collection) -> tuple[Row, ...]:
    """Return services; where systemd does not run, what its links and init scripts name."""
    try:
        return software.services(collection)
    except CannotMeasure:
        if "unit_links" not in collection.sections:
            raise
    return tuple(
        {
            "name": str(row["path"]).rpartition("/")[2],
            "state": "not-found" if row["is_dangling"] else "dead",
            "startup": "enabled",
            "executable": None,
        }
        for row in software.unit_links(collection)
    )


def _files(collection: Collection) -> tuple[Row, ...]:
    if collection.section("files").state != "ok":
        collection.output("files")
    return files.files(collection)


def _schedulers(collection: Collection) -> tuple[Row, ...]:
    """Return what runs by itself. Raises where cron or a running systemd did not answer."""
    if collection.platform == "linux":
        if collection.section("schedule").state == "timeout":
            collection.output("schedule")
        if collection.section("services").state == "ok":
            collection.output("timers")
    return software.schedulers(collection)


_TABLES: dict[str, Callable[[Collection], tuple[Row, ...]]] = {
    "processes": processes.processes,
    "services": _services,
    "packages": software.packages,
    "sockets": sockets.sockets,
    "files": _files,
    "status_outputs": files.status_outputs,
    "log_forwarding": protection.log_forwarding,
    "fanotify": files.fanotify,
    "schedulers": _schedulers,
    "mounts": storage.mounts,
}
