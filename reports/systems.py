"""What the centre's information systems are called: readers of a report do not know the keys."""

from auditor.model import AuditRecord
from auditor.system_names import PROBE, told_apart

from .cells import rows_of, text


def names_of(record: AuditRecord) -> dict[str, str]:
    """Return each system's name by its key, made harmless."""
    return told_apart({text(row, "id"): text(row, "name") for row in rows_of(record, PROBE)})
