"""The documents and declared values behind an indicator, as the measured rows give them.

The rows of the probes `documents` and `declared_values` come from a record that anyone may have
written: a cell of another type than its column's counts as empty, and all text is cleaned.
"""

from collections.abc import Iterable

from auditor.model import AuditRecord, DeclaredValue, Indicator, Per, Row

from . import values
from .cells import rows_of, text
from .clean import clipped, visible
from .view import DeclaredRow, DocumentRow
from .wording import Wording

LONGEST_DIGEST = 64
"""Characters of a SHA-256 in hexadecimal."""


class Papers:
    """What the centre handed in and stated, by the names that indicators ask for."""

    def __init__(self, record: AuditRecord, wording: Wording) -> None:
        """Collect the rows of both probes from all their observations."""
        self._wording = wording
        self._profile = record.profile
        self._documents = rows_of(record, "documents")
        self._declared = rows_of(record, "declared_values")

    def needed(self, indicator: Indicator) -> tuple[str, ...]:
        """Return the kinds of documents that the indicator needs, in words."""
        if_any = self._wording.labels["if_any"]
        return tuple(
            f"{self._kind(need.kind)}{f' ({if_any})' * need.optional}"
            for need in indicator.documents
        )

    def documents(self, indicator: Indicator) -> tuple[DocumentRow, ...]:
        """Return the documents of the kinds that the indicator needs, kind by kind."""
        return tuple(
            self._document(need.kind, row, systems=indicator.per is Per.INFORMATION_SYSTEM)
            for need in indicator.documents
            for row in self._documents
            if row.get("kind") == need.kind
        )

    def declared(self, indicator: Indicator) -> tuple[DeclaredRow, ...]:
        """Return each value that the indicator asks for; one that nobody stated says so."""
        return tuple(row for name in indicator.declared for row in self._values(name))

    def _kind(self, kind: str) -> str:
        return self._wording.pick(self._profile.document_kinds[kind])

    def _document(self, kind: str, row: Row, *, systems: bool) -> DocumentRow:
        _ = self._wording.language
        parts = (text(row, "number"), values.day(text(row, "issued_on")), text(row, "issuer"))
        return DocumentRow(
            kind=self._kind(kind),
            file=text(row, "file"),
            state=self._state(row),
            systems=tuple(map(self._wording.system, _items(row, "information_systems")))
            if systems
            else (),
            issued=", ".join(part for part in parts if part),
            valid_until=values.day(text(row, "valid_until")),
            expired=_("expired") if row.get("is_expired") is True else "",
            confirmed=self._confirmed(row),
            sha256=text(row, "sha256", LONGEST_DIGEST),
        )

    def _state(self, row: Row) -> str:
        """Say why there is no file to look at; nothing if there is one."""
        _ = self._wording.language
        if row.get("exists") is False:
            return _("stated absent")
        if row.get("is_present") is True:
            return ""
        return _("file missing") if row.get("is_present") is False else _("file not readable")

    def _confirmed(self, row: Row) -> str:
        """Say who confirmed it; a name on other bytes than these is no confirmation."""
        _ = self._wording.language
        word = _signed(row, "confirmed_by", "confirmed_on")
        last = values.day(text(row, "confirmed_until"))
        if row.get("is_confirmed") is True:
            until = _("until {day}", day=last) if last else ""
            return "; ".join(part for part in (word, until) if part) or _("not known")
        if row.get("is_confirmation_over") is True:
            return _("not confirmed: what {who} confirmed ended on {day}", who=word, day=last)
        if word and text(row, "sha256"):
            return _("not confirmed: the file is not the one confirmed by {who}", who=word)
        return _("not confirmed")

    def _values(self, name: str) -> Iterable[DeclaredRow]:
        _, asked = self._wording.language, self._profile.declared_values.get(name)
        title = visible(name) if asked is None else self._wording.pick(asked.name)
        found = [
            DeclaredRow(
                name=title,
                value=values.value(_, _stated(row), _unit(self._wording, asked)),
                by=_signed(row, "declared_by", "declared_on"),
            )
            for row in self._declared
            if row.get("id") == name
        ]
        return found or [DeclaredRow(name=title, value=_("nothing declared"), by="")]


def _items(row: Row, column: str) -> tuple[str, ...]:
    cell = row.get(column)
    items = cell if isinstance(cell, tuple) else ()
    return tuple(clipped(str(item), values.LONGEST_CELL) for item in items)


def _signed(row: Row, who: str, day: str) -> str:
    parts = (text(row, who), values.day(text(row, day)))
    return ", ".join(part for part in parts if part)


def _stated(row: Row) -> str | float | bool | None:
    """Return the one cell of a declared value that is filled; its type must fit its column."""
    number, text, yes_no = row.get("number"), row.get("text"), row.get("yes_no")
    if isinstance(number, int | float) and not isinstance(number, bool):
        return number
    if isinstance(text, str):
        return text
    return yes_no if isinstance(yes_no, bool) else None


def _unit(wording: Wording, asked: DeclaredValue | None) -> str:
    return "" if asked is None else wording.pick(asked.unit)
