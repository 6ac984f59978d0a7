"""Cells of measured rows. A record may come from anyone: a cell of a wrong type counts as empty."""

from collections.abc import Iterator

from auditor.model import AuditRecord, Measured, NotMeasured, Row

from . import values
from .clean import clipped
from .wording import Wording


def by_target(record: AuditRecord, probe: str) -> Iterator[tuple[str, Row]]:
    """Yield each row that a probe measured, with its target."""
    for seen in record.observations:
        if seen.measurement.probe == probe and isinstance(seen.result, Measured):
            for row in seen.result.rows:
                yield seen.measurement.target, row


def rows_of(record: AuditRecord, probe: str) -> tuple[Row, ...]:
    """Return all rows that a probe measured, on whatever target."""
    return tuple(row for _target, row in by_target(record, probe))


def text(row: Row, column: str, longest: int = values.LONGEST_CELL) -> str:
    """Return a text, made harmless; nothing for a cell of another type."""
    cell = row.get(column)
    return clipped(cell, longest) if isinstance(cell, str) else ""


def number(row: Row, column: str) -> float | None:
    """Return a finite number, or None."""
    cell = row.get(column)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return float(cell) if abs(cell) < _LARGEST else None


def truth(row: Row, column: str) -> bool | None:
    """Return yes or no, or None."""
    cell = row.get(column)
    return cell if isinstance(cell, bool) else None


def why_not(record: AuditRecord, probe: str, wording: Wording) -> str:
    """Say why a probe gave no rows: its failures, that it never ran, or that it saw nothing."""
    _ = wording.language
    seen = [o.result for o in record.observations if o.measurement.probe == probe]
    failures = {o.failure for o in seen if isinstance(o, NotMeasured)}
    if failures:
        causes = ", ".join(sorted(wording.failures[failure] for failure in failures))
        return _("No picture: it could not be measured ({causes}).", causes=causes)
    if seen:
        return _("No picture: the measurement found nothing to show.")
    if any(act.probe == probe for act in record.plan):
        return _("No picture: the measurement was planned, but not carried out.")
    return _("No picture: this was not measured in this run.")


def gaps(record: AuditRecord, probe: str, wording: Wording) -> tuple[str, ...]:
    """Say on how many targets a probe gave nothing; no sentence where it always did."""
    seen = {o.measurement.key: o.result for o in record.observations}
    asked = {act.key for act in record.plan if act.probe == probe}
    asked |= {o.measurement.key for o in record.observations if o.measurement.probe == probe}
    missing = sum(not isinstance(seen.get(key), Measured) for key in asked)
    _ = wording.language
    if not missing:
        return ()
    return (_("Not measured, and not drawn: {count} of {total}.", count=missing, total=len(asked)),)


_LARGEST = 1e15
"""Beyond it no figure of a centre lies, and NaN is no smaller than it either."""
