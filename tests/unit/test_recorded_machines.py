"""The stored machines behind profiles/recordings/machines-*.json: whole, and altered as is said."""

import json
from hashlib import sha256

import alter_machines
import pytest
import record_machines
import recordings

from auditor import collection

FILES = sorted(alter_machines.FOLDER.glob("*.txt"))
MACHINES = [file for file in FILES if file.name != "ORIGIN.txt"]


def test_the_machines_are_whole_and_hold_no_planted_secret() -> None:
    """Read as a run reads them, and named by their origin."""
    origin = (alter_machines.FOLDER / "ORIGIN.txt").read_text()
    assert len(MACHINES) > 8
    for file in MACHINES:
        seen = collection.whole(file.read_bytes())
        assert (seen.platform, seen.is_root) == ("linux", True)
        assert b"CANARY" not in file.read_bytes()
    for name, _alterations in alter_machines.ALTERED.values():
        assert f"\n  {name}, of " in origin


@pytest.mark.parametrize("source", alter_machines.ALTERED)
def test_a_copy_differs_by_its_alterations_only(source: str) -> None:
    """Made again of what was recorded, it is the stored copy to the byte."""
    name, alterations = alter_machines.ALTERED[source]
    recorded = (alter_machines.FOLDER / f"{source}.txt").read_bytes()
    copy = alter_machines.Copy(recorded)
    assert copy.raw() == recorded
    for alter in alterations:
        alter(copy)
    assert copy.raw() == (alter_machines.FOLDER / f"{name}.txt").read_bytes()


def test_an_alteration_of_what_is_not_there_is_refused() -> None:
    """A collection made anew must not silently lose an alteration."""
    copy = alter_machines.Copy(MACHINES[0].read_bytes())
    with pytest.raises(ValueError, match="is there 0 times"):
        copy.replace("clock", "no such line\n", "")
    with pytest.raises(ValueError, match="no section"):
        copy.add("no such section", "line")


@pytest.mark.parametrize("name", record_machines.CENTRES)
def test_the_recordings_are_of_the_stored_machines(name: str) -> None:
    """Every raw output that a recording rests on is one of the files, by its digest."""
    stored = {
        sha256(file.read_bytes()).hexdigest() for file in (*MACHINES, record_machines.BY_HAND)
    }
    written = json.loads((recordings.FOLDER / f"{name}.json").read_bytes())
    read = {
        capture["sha256"]
        for item in written["observations"]
        for capture in item["captures"]
        if capture["request"] == "collect"
    }
    machines = [item for item in written["targets"] if item["url"].startswith("facts:")]
    assert len(read) == len(machines) >= 5
    assert read <= stored
