"""The public copies of recorded centres: what the machines and papers named is not in them."""

from __future__ import annotations

import ipaddress
import json
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from auditor import catalogue, profile
from auditor.model import Hides
from auditor.record_reader import parse
from auditor.redaction.commitments import commitments, misfits
from auditor.redaction.redacting import Sources, redacted
from auditor.redaction.vocabulary import NUMBER, vocabulary

if TYPE_CHECKING:
    from auditor.record_v1 import RecordV1, ValueV1

COLUMNS = {p.id: {c.name: c.hides for c in p.columns} for p in catalogue.probes().values()}
HIDDEN = frozenset(Hides) - {Hides.NOTHING}
SECRET = bytes(range(32))
RECORDED = ("machines", "network", "papers", "online", "centre", "stores", "signatures", "remote")


def texts(value: ValueV1) -> list[str]:
    """Return the texts of a cell."""
    return [
        item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)
    ]


def named(record: RecordV1, words: frozenset[str]) -> set[str]:
    """Return what cells to be hidden hold, without what others show and words of anybody."""
    found, public = {target["name"] for target in record["targets"]}, set[str]()
    for target in record["targets"]:
        public |= set(target["information_systems"])
    for item in record["observations"]:
        kinds = COLUMNS[item["measurement"]["probe"]]
        for row in item["measured"]["rows"] if item["measured"] else ():
            for name, value in row.items():
                (found if kinds[name] in HIDDEN else public).update(texts(value))
    return {
        text.lower()
        for text in found - public
        if len(text) > 3 and text.lower() not in words and not is_common(text.lower())
    }


def is_common(text: str) -> bool:
    """Whether a text is a number, a day, or an address that every machine has."""
    if NUMBER.fullmatch(text) or text == "0.0.0.0/0":
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.mark.parametrize("order", ["in-order", "in-disorder"])
@pytest.mark.parametrize("name", RECORDED)
def test_nothing_that_a_cell_hides_is_elsewhere(name: str, order: str) -> None:
    """Neither in another cell, nor in a sentence; and every difference is bound and a masking."""
    file = resources.files("auditor.profiles") / "recordings" / f"{name}-{order}.json"
    record = parse(file.read_bytes(), file.name)
    criteria = profile.load(record["profile"]["id"]).document.data
    copy = redacted(record, Sources(site={}, profile=criteria, columns=COLUMNS), SECRET)
    hidden = named(record, vocabulary(criteria))
    before, after = (json.dumps(item, ensure_ascii=False).lower() for item in (record, copy))
    assert sum(json.dumps(text, ensure_ascii=False)[1:-1] in before for text in hidden) > 2
    assert {text for text in hidden if json.dumps(text, ensure_ascii=False)[1:-1] in after} == set()
    assert list(misfits(record, copy, SECRET, commitments(record, copy, SECRET))) == []
