"""What the centre's information systems are called: readers of a report do not know the keys."""

from collections import Counter

from auditor.model import AuditRecord

from .cells import rows_of, text

PROBE = "information_systems"


def names_of(record: AuditRecord) -> dict[str, str]:
    """Return each system's name by its key; a name that two have stands with the key."""
    named = {text(row, "id"): text(row, "name") for row in rows_of(record, PROBE)}
    often = Counter(named.values())
    return {
        key: f"{name} ({key})" if often[name] > 1 else name for key, name in named.items() if name
    }
