"""The public copies of recorded centres: what the machines and papers named is not in them."""

from __future__ import annotations

import ipaddress
import json
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from recorded import recorded

from auditor import DEFAULT_PROFILE, catalogue, profile
from auditor.model import Hides, Measurement
from auditor.record import to_v1
from auditor.record_reader import parse
from auditor.redaction.commitments import commitments, misfits
from auditor.redaction.pseudonyms import Pseudonyms
from auditor.redaction.redacting import Sources, redacted
from auditor.redaction.vocabulary import NUMBER, vocabulary
from auditor.targets import RESERVED

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


def copied(record: RecordV1, criteria: object) -> RecordV1:
    """Return its public copy, whose every difference is bound and a masking."""
    copy = redacted(record, Sources(site={}, profile=criteria, columns=COLUMNS), SECRET)
    assert list(misfits(record, copy, SECRET, commitments(record, copy, SECRET))) == []
    return copy


@pytest.mark.parametrize("order", ["in-order", "in-disorder"])
@pytest.mark.parametrize("name", RECORDED)
def test_nothing_that_a_cell_hides_is_elsewhere(name: str, order: str) -> None:
    """Neither in another cell, nor in a sentence; and every difference is bound and a masking."""
    file = resources.files("auditor.profiles") / "recordings" / f"{name}-{order}.json"
    record = parse(file.read_bytes(), file.name)
    criteria = profile.load(record["profile"]["id"]).document.data
    copy = copied(record, criteria)
    hidden = named(record, vocabulary(criteria))
    before, after = (json.dumps(item, ensure_ascii=False).lower() for item in (record, copy))
    assert sum(json.dumps(text, ensure_ascii=False)[1:-1] in before for text in hidden) > 2
    assert {text for text in hidden if json.dumps(text, ensure_ascii=False)[1:-1] in after} == set()


def keys(record: RecordV1) -> dict[str, list[str]]:
    """Return what the plan, the observations and the findings call each measurement."""
    checks = (check for item in record["findings"] for check in item["checks"])
    return {
        "plan": [Measurement(**act).key for act in record["plan"]],
        "observations": [item["key"] for item in record["observations"]],
        "findings": [key for check in checks for key in check["observations"]],
    }


def test_what_every_centre_has_keeps_its_name() -> None:
    """Papers, network and the run itself identify nobody; machines do, and lose their names."""
    record = to_v1(recorded("machines-in-order"))
    copy = copied(record, profile.load(DEFAULT_PROFILE).document.data)
    reserved = {target.name for target in RESERVED}
    shown = {(target["name"], target["url"]) for target in copy["targets"]}
    assert {(target.name, target.url) for target in RESERVED} < shown
    after = keys(copy)
    for place, before in keys(record).items():
        own = [key.partition("@")[2] in reserved for key in before]
        assert any(own), place
        assert not all(own), place
        pairs = zip(before, after[place], own, strict=True)
        assert all((was == now) is stays for was, now, stays in pairs), place


def test_no_machine_hides_behind_a_reserved_name() -> None:
    """One that a record calls so, or whose own name is that, is hidden like any other."""
    record = to_v1(recorded("machines-in-order"))
    machine = next(item for item in record["targets"] if item["url"].startswith("facts:"))
    name, machine["name"] = machine["name"], "network"
    for item in record["observations"]:
        if item["measurement"]["target"] == name:
            item["measurement"]["target"] = item["vantage"] = "network"
            item["key"] = item["key"].replace(f"@{name}", "@network")
    copy = copied(record, profile.load(DEFAULT_PROFILE).document.data)
    names = {target["name"] for target in copy["targets"]}
    hidden = Pseudonyms(SECRET).host("network")
    assert "network" not in names
    assert names >= {"site", "run", hidden}
    seen = {(item["measurement"]["target"], item["vantage"]) for item in copy["observations"]}
    assert (hidden, hidden) in seen
    assert "network" not in {name for pair in seen for name in pair}
    assert "@network" not in json.dumps(copy)
