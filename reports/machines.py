"""The machines that the run knows of, as rows of a report: the denominator, one by one.

The rows of the probe `known_machines` come from a record that anyone may have written: a cell of
another type than its column's counts as empty, and all text is cleaned.
"""

from auditor.model import AuditRecord, Failure, MachineState, Row

from . import values
from .cells import rows_of, text
from .clean import clipped
from .view import MachineRow, Machines
from .wording import Wording

PROBE = "known_machines"
_VENDOR = 8
"""Characters of a hardware address that name the vendor; the rest is one device's own."""


def machines(record: AuditRecord, wording: Wording) -> Machines:
    """Return the table, those that were not inspected first, and the coverage in words."""
    _, rows = wording.language, rows_of(record, PROBE)
    counted = [row for row in rows if row.get("is_counted") is True]
    inspected = [row for row in counted if row.get("is_inspected") is True]
    coverage = ""
    if counted:
        coverage = _(
            "Inspected: {count} of {total} known machines ({percent} %).",
            count=len(inspected),
            total=len(counted),
            percent=values.number(_, 100 * len(inspected) * 10 // len(counted) / 10),
        )
    elif not rows:
        coverage = _("What machines there are was not derived in this run.")
    ordered = sorted(rows, key=lambda row: (row.get("is_inspected") is True, _is_none(row)))
    return Machines(coverage=coverage, rows=tuple(_row(row, wording) for row in ordered))


def _is_none(row: Row) -> bool:
    return row.get("is_counted") is not True


def _row(row: Row, wording: Wording) -> MachineRow:
    addresses, macs = _items(row, "addresses"), _items(row, "macs")
    ways = (wording.known_from.get(way, way) for way in _items(row, "known_from"))
    return MachineRow(
        name=text(row, "name"),
        addresses=", ".join(addresses) or ", ".join(f"{mac[:_VENDOR]}:…" for mac in macs),
        known_from=", ".join(ways),
        seen_by=", ".join(_items(row, "seen_by")),
        systems=", ".join(map(wording.system, _items(row, "information_systems"))),
        state=_state(row, wording),
        note=_note(row, wording),
        is_inspected=row.get("is_inspected") is True,
    )


def _state(row: Row, wording: Wording) -> str:
    state = text(row, "state")
    if state == MachineState.FAILED and (failure := _failure(row)) is not None:
        return f"{wording.machine_states[state]}: {wording.failures[failure]}"
    return wording.machine_states.get(state, state)


def _note(row: Row, wording: Wording) -> str:
    parts = [text(row, "note")]
    if row.get("has_local_mac") is True and row.get("name") is None:
        parts.append(wording.labels["local_mac"])
    return "; ".join(part for part in parts if part)


def _failure(row: Row) -> Failure | None:
    return next((word for word in Failure if word == row.get("failure")), None)


def _items(row: Row, column: str) -> tuple[str, ...]:
    """Return a list of texts; a long one ends with how many were left out."""
    cell = row.get(column)
    items = cell if isinstance(cell, tuple) else ()
    shown = tuple(clipped(str(item), values.LONGEST_CELL) for item in items[: values.MOST_ITEMS])
    rest = len(items) - len(shown)
    return (*shown, f"+{rest}") if rest > 0 else shown
