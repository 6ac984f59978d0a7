"""What is classified, and what may be written in place of something hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from auditor import catalogue
from auditor.errors import BadInput
from auditor.model import Hides
from auditor.pack import secret
from auditor.redaction.changes import public_changes
from auditor.redaction.pseudonyms import MASK, Pseudonyms
from auditor.redaction.scrubbing import Scrubber, is_masking

if TYPE_CHECKING:
    from auditor.record_previous_v1 import ChangeV1, EarlierV1


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
        (f"{MASK}a{MASK}b{MASK}c", "xaxbxaxbxc", True),
        (f"a{MASK}a", "a", False),
        (f"{MASK}a{MASK}b", "bba", False),
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


LONG = 40_000
PIECES = ("a", "a-", "a@", "1.", "%4", ":", "a1:", "/", "aB+", "a b", "http:", "aa.aa.", "_ab")


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    """Work that grew with the square of so many letters would not end."""
    text = piece * LONG
    scrub = Scrubber(Pseudonyms(bytes(32)), frozenset())
    scrub.learn(Hides.HOST, "srv-ketoan-01")
    assert is_masking(scrub.text(text), text)
    assert is_masking(scrub.name(text), text)
    assert "srv-ketoan" not in scrub.name(f"x_SRV-ketoan-01, {text[:100]}")


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\xff", secret.written(bytes(31)), secret.written(bytes(32)).replace(b"0", b"g")],
)
def test_what_is_no_secret_is_refused(content: bytes) -> None:
    """And a secret reads back as it was written."""
    with pytest.raises(BadInput):
        secret.load(content, "secret.json")
    assert secret.load(secret.written(kept := secret.new()), "secret.json") == kept


def test_of_the_run_before_no_name_is_shown() -> None:
    """What it alone had measured is masked; this run's measurements have their public names."""
    run: EarlierV1 = {
        "run_id": "b0a3f7a2-0000-4000-8000-ba9876543210",
        "started_at": "2026-08-23T01:02:03.000Z",
        "record_sha256": "5" * 64,
        "tool_version": "0.0.1",
    }
    change: ChangeV1 = {
        "indicator": "2.1",
        "before": "met",
        "after": None,
        "cause": "coverage",
        "measurements": ["clock@srv-ketoan-01", "clock@may-cu"],
    }
    shown = public_changes(
        {"run": run, "not_compared": None, "changes": [change]},
        {"clock@srv-ketoan-01": "clock@may-0123456789ab"},
    )
    masked: ChangeV1 = {**change, "measurements": ["clock@may-0123456789ab", MASK]}
    assert shown == {"run": run, "not_compared": None, "changes": [masked]}
