"""What is classified, and what may be written in place of something hidden."""

from __future__ import annotations

import pytest

from auditor import catalogue
from auditor.model import Hides
from auditor.redaction.pseudonyms import MASK, Pseudonyms
from auditor.redaction.scrubbing import Scrubber, is_masking


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


@pytest.mark.parametrize(
    "text",
    [
        "lúc 10:20:30 ngày 05/11/2026",
        "2026-11-22T04:03:24+00:00",
        "12/QĐ-SKHCN",
        "clamav: effective: no_record",
        "127.0.0.1",
        "1.3",
        "80.5%",
        "Cục Sở hữu trí tuệ (Công báo sở hữu công nghiệp)",
    ],
)
def test_what_tells_nothing_stays(text: str) -> None:
    """Times, numbers of decisions, codes and shares are no addresses."""
    assert Scrubber(Pseudonyms(bytes(32)), frozenset()).name(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ai đó tên Mùi trả lời 3 lần", f"{MASK} trả lời 3 lần"),
        ("trả lời: OpenSSH 8.9", f"trả lời: {MASK}"),
        ("trả lời 8,9 lần", "trả lời 8,9 lần"),
        ("(mui-pc.local), mui@x.vn", f"({MASK}), {MASK}"),
    ],
)
def test_unknown_words_are_masked(text: str, shown: str) -> None:
    """Whoever they are: free text holds the tool's words and numbers, and nothing else."""
    words = frozenset({"trả", "lời", "lần"})
    assert Scrubber(Pseudonyms(bytes(32)), words).text(text) == shown
