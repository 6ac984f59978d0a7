"""What is classified, and what may be written in place of something hidden."""

from __future__ import annotations

import pytest

from auditor import catalogue
from auditor.model import Hides
from auditor.redaction.pseudonyms import MASK
from auditor.redaction.scrubbing import is_masking


def test_every_column_of_text_is_classified() -> None:
    """A new column says what it hides; until then nothing of it is shown."""
    columns = [(p.id, column) for p in catalogue.probes().values() for column in p.columns]
    assert [
        f"{probe}.{column.name}: declare hides="
        for probe, column in columns
        if column.kind in {str, tuple} and column.hides is None
    ] == []
    assert not [
        column.name
        for _probe, column in columns
        if column.kind not in {str, tuple} and column.hides not in {None, Hides.WEAKNESS}
    ]


@pytest.mark.parametrize(
    ("shown", "original", "is_so"),
    [
        (MASK, "bất kỳ", True),
        (f"không đọc {MASK}, 3 lần", "không đọc sổ, 3 lần", True),
        ("may-0123456789ab trả lời", "srv trả lời", True),
        ("may-0123456789ab im lặng", "srv trả lời", False),
        ("đạt", "không đạt", False),
        (f"{MASK} đạt", "không đạt", True),
    ],
)
def test_hiding_replaces_and_never_rewrites(shown: str, original: str, is_so: bool) -> None:  # noqa: FBT001
    """What remains stands in the original, in the same order."""
    assert is_masking(shown, original) is is_so
