"""An export as a table of texts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One export. A record has as many cells as the header; an empty cell is "".

    `is_utf8` and `keeps_form` say whether the file is UTF-8, and whether its texts still have the
    form (NFC or another) that they have in the file; `None` for formats that say nothing about it.
    """

    header: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]
    is_utf8: bool | None
    keeps_form: bool
