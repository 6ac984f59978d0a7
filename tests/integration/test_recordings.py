"""`audit capture` records a machine; a `replay:` target then tells what the machine told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

STABLE = ("dns_resolvers", "machine_identity", "packages", "storage_devices")
"""What does not change between two looks at a machine, but for how long it has been up."""

SITE = """\
schema: urn:audit:site:v1
centre: {id: centre, name: Trung tâm}
targets:
  - {name: live, url: "local:"}
  - {name: recorded, url: "replay:recording"}
"""


@pytest.fixture
def recording(audit: Program) -> Path:
    """Record this machine."""
    done = audit("capture", "--out", "recording", "--system", "máy thử", "--lang", "en")
    assert done.code == 0, done.err
    assert done.err == "Recorded in recording\n"
    assert set(STABLE) <= {line.partition(":")[0] for line in done.out.splitlines()}
    return audit.folder / "recording"


@pytest.mark.usefixtures("recording")
def test_replay_tells_what_the_machine_told(audit: Program, small: Path) -> None:
    """In one run, the recording and the live machine give the same rows or the same failure."""
    (audit.folder / "centre.yaml").write_text(SITE, "utf-8")
    inventory = "".join(f"  - {name}\n" for name in STABLE)
    small.write_text(small.read_text("utf-8") + "inventory:\n" + inventory, "utf-8")
    done = audit("run", "--site", "centre.yaml", "--profile", small, "--format", "json")
    assert done.code == 0, done.err
    seen = {item["key"]: item for item in done.json["observations"]}
    measured = 0
    for name in STABLE:
        live, again = seen[f"{name}@live"], seen[f"{name}@recorded"]
        for item in (live, again):
            for row in item["measured"]["rows"] if item["measured"] else ():
                row.pop("uptime_s", None)
        for field in ("measured", "not_measured"):
            assert again[field] == live[field], name
        assert [item["request"] for item in again["captures"]] == [
            item["request"] for item in live["captures"]
        ]
        measured += live["measured"] is not None
    assert measured >= 3


def test_says_where_it_comes_from(recording: Path) -> None:
    """The recording names the machine and the command that made it, beside the output."""
    origin = (recording / "ORIGIN.txt").read_text("utf-8")
    assert "máy thử" in origin
    assert "audit capture --target local:" in origin
    assert (recording / "collection.txt").is_file()


def test_replays_into_a_recording(audit: Program, recording: Path) -> None:
    """A recording of a recording is the same recording."""
    again = audit("capture", "--target", "replay:recording", "--out", "again")
    assert again.code == 0, again.err
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "ORIGIN.txt"}
        for folder in (recording, audit.folder / "again")
    )
    assert first == second


def test_what_was_not_recorded_is_a_failure(audit: Program, small: Path, recording: Path) -> None:
    """A recording without an answer gives `not measured`, never an empty or a met result."""
    file = recording / "collection.txt"
    file.write_bytes(file.read_bytes().replace(b" begin counters\n", b" begin counter\n"))
    (audit.folder / "centre.yaml").write_text(
        SITE.replace('  - {name: live, url: "local:"}\n', ""), "utf-8"
    )
    done = audit("run", "--site", "centre.yaml", "--profile", small, "--format", "json")
    assert done.code == 11, done.err
    (identity,) = done.json["observations"]
    assert identity["measured"] is None
    assert identity["not_measured"]["failure"]


def test_a_missing_recording_costs_its_measurements(audit: Program, small: Path) -> None:
    """A target that cannot be opened is a failure in the record; the other one is measured."""
    (audit.folder / "centre.yaml").write_text(SITE, "utf-8")
    done = audit("run", "--site", "centre.yaml", "--profile", small, "--format", "json")
    assert done.code == 11, done.err
    seen = {item["key"]: item for item in done.json["observations"]}
    assert seen["machine_identity@live"]["measured"]
    assert seen["machine_identity@recorded"]["not_measured"]
