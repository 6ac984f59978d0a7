"""What information systems are called: readers of a result do not know the site file's keys."""

from collections import Counter
from collections.abc import Iterable, Mapping

from auditor.model import AuditRecord, Measured, Row

PROBE = "information_systems"


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Return each system's name by its key; a name that two have stands with the key."""
    often = Counter(names.values())
    return {
        key: f"{name} ({key})" if often[name] > 1 else name for key, name in names.items() if name
    }


def of_rows(rows: Iterable[Row]) -> dict[str, str]:
    """Read the names from what was measured; a cell that is no text is no name."""
    cells = ((row.get("id"), row.get("name")) for row in rows)
    return told_apart(
        {key: name for key, name in cells if isinstance(key, str) and isinstance(name, str)}
    )


def of_record(record: AuditRecord) -> dict[str, str]:
    """Return the names that a record holds; none if the list of systems was not measured."""
    return of_rows(
        row
        for seen in record.observations
        if seen.measurement.probe == PROBE and isinstance(seen.result, Measured)
        for row in seen.result.rows
    )
