"""The ledger of exceptions: what is refused, and that no entry changes unseen."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from builders import a_check, a_profile, an_indicator
from hypothesis import given
from hypothesis import strategies as st
from waivers_made import a_ledger, a_waiver

from auditor import waivers
from auditor.errors import BadInput
from auditor.model import Per, WaiverDocument

THREE = a_ledger([a_waiver("1"), a_waiver("2"), a_waiver("3")])
Change = Callable[[Any], Any]
pytestmark = pytest.mark.usefixtures("in_english")


def refusal(content: bytes) -> str:
    """Return why a ledger is refused."""
    with pytest.raises(BadInput) as caught:
        waivers.parse(content, "w.json")
    return str(caught.value)


def rewritten(change: Change) -> bytes:
    """Return the ledger of three after a change of its entries."""
    whole = json.loads(THREE.content)
    return json.dumps({**whole, "waivers": change(whole["waivers"])}).encode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda items: items[::-1], "waivers.0.previous"),
        (lambda items: items[1:], "waivers.0.previous"),
        (lambda items: [items[0], items[2]], "waivers.1.previous"),
        (lambda items: items[:2], "head"),
        (lambda _items: [], "head"),
        (lambda items: [*items, items[2]], "waivers.3.previous"),
        (lambda items: [{**items[0], "until": "2031-01-01"}, *items[1:]], "waivers.1.previous"),
        (lambda items: [*items[:2], {**items[2], "until": "2031-01-01"}], "head"),
    ],
)
def test_edits_moves_and_removals_are_found(change: Change, field: str) -> None:
    """By the chain, or by the digest of the last entry."""
    assert f"{field}: " in refusal(rewritten(change))


@given(st.sampled_from(range(len(THREE.content))), st.integers(1, 255))
def test_no_byte_of_a_ledger_changes_unseen(place: int, by: int) -> None:
    """Refused, or (white space between fields) the same entries."""
    content = bytearray(THREE.content)
    content[place] ^= by
    try:
        read = waivers.parse(bytes(content), "w.json")
    except BadInput:
        return
    assert read.entries == THREE.entries


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t[: len(t) // 2], "not valid JSON"),
        (lambda t: t.replace('"head"', '"haed"'), "haed: unknown field"),
        (lambda t: t.replace('"approver": "Lò Thị Mẫu",', "", 1), "approver: missing field"),
        (lambda t: t.replace("2030-12-31", "2026-13-45", 1), "waivers.0.until: expected a date"),
        (lambda t: t.replace(":waivers:v1", ":waivers:v2"), "schema: unknown schema"),
        (lambda _t: "[" * 100_000, "not valid JSON"),
        (lambda _t: "[]", "expected named fields"),
    ],
)
def test_what_does_not_parse_is_told_with_its_place(spoil: Change, words: str) -> None:
    """In one line that names the field."""
    assert words in refusal(spoil(THREE.content.decode()).encode())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"approver": "NGUYỄN  văn mẫu"}, "approver"),
        ({"approver": "Nguye\u0302\u0303n Va\u0306n Mẫu "}, "approver"),
        ({"approver": "Nguyễn\u200b\u00a0Văn Mẫu"}, "approver"),
        ({"until": date(2025, 12, 31)}, "until"),
        ({"document": WaiverDocument(number="", file="a", sha256="a" * 64)}, "number"),
        ({"document": WaiverDocument(number="1", file="a", sha256="A" * 64)}, "sha256"),
    ],
)
def test_an_entry_is_whole(changes: dict[str, Any], field: str) -> None:
    """Two people, a reason, a document and an end."""
    found = [path[-1] for path, _problem, _remedy in waivers.refusals(a_waiver(**changes))]
    assert found == [field]


def test_an_entry_is_about_what_is_judged() -> None:
    """A known indicator; a system only where systems are judged, and a declared one."""
    profile = a_profile(
        an_indicator(a_check(), id="1"),
        an_indicator(a_check(), id="2", per=Per.INFORMATION_SYSTEM),
    )

    def wrong(indicator: str, system: str = "") -> list[str]:
        entry = a_waiver(indicator, system=system)
        return [item[0] for item in waivers.misplaced(entry, profile, frozenset({"web"}))]

    assert wrong("1") == wrong("2") == wrong("2", "web") == []
    assert wrong("3") == ["indicator"]
    assert wrong("1", "web") == wrong("2", "mail") == ["system"]
