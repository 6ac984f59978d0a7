"""Raw outputs in a pack are read again: rows that do not come from them are found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import chrony
import pytest
import yaml
from packs import Sealed, forged

from auditor.model import Measured
from auditor.pack import keys, packing
from auditor.pack.verifying import Depth, verify

if TYPE_CHECKING:
    import subprocess

    from tests.integration.conftest import Program, Run


@pytest.fixture(scope="module")
def pack(centre_run: Run) -> Sealed:
    """Pack the whole centre: machines, papers, what derives from both."""
    key = keys.generate(keys.Kind.ED25519)
    return Sealed(centre_run.folder, packing.pack(centre_run.folder, key), key)


def of(record: dict[str, Any], probe: str) -> dict[str, Any]:
    """Return a probe's observation."""
    found: dict[str, Any] = next(
        item for item in record["observations"] if item["measurement"]["probe"] == probe
    )
    return found


def problems(content: bytes) -> str:
    """Return the faults that are found."""
    return " ".join(f"{fault.file}: {fault.problem}" for fault in verify(content).faults)


def test_everything_that_is_kept_is_read_again(pack: Sealed) -> None:
    """Of a whole centre, its papers, machines and visits, nothing is left out."""
    found = verify(pack.content)
    assert found.faults == ()
    assert found.record is not None
    assert found.reread is not None
    again = found.reread
    assert not again.unread
    assert again.read + again.silent == len(found.record.observations)
    measured = [i for i in found.record.observations if isinstance(i.result, Measured)]
    assert again.read >= len(measured) > 15
    assert verify(pack.content, depth=Depth(evidence=False)).reread is None


ALTERED: dict[str, tuple[str, object]] = {
    "machine_identity": ("hostname", "khac"),
    "anti_malware": ("is_server", True),
    "documents": ("sha256", "0" * 64),
    "document_content": ("pages", 99),
    "document_signature": ("signature_count", 3),
    "declared_values": ("declared_by", "khac"),
    "known_machines": ("is_inspected", False),
    "web_service": ("is_reachable", True),
}
"""Machines, the catalogue, papers, the site file, what derives and visits: a cell, and as what."""


def test_rows_that_their_evidence_does_not_give(pack: Sealed) -> None:
    """One cell of each kind altered, rows and reservations left out; judged and signed anew."""

    def change(record: dict[str, Any]) -> None:
        for probe, (column, value) in ALTERED.items():
            row = of(record, probe)["measured"]["rows"][0]
            assert row[column] != value, probe
            row[column] = value
        of(record, "processes")["measured"]["rows"].pop()
        of(record, "filesystems")["captures"] = []
        of(record, "sockets")["probe_version"] = 9
        item = of(record, "packages")
        item["measured"] = None
        item["not_measured"] = {"failure": "permission_denied", "detail": "x"}

    told = problems(forged(pack, change))
    for probe in (*ALTERED, "processes", "filesystems", "packages", "sockets"):
        assert f"record.json: {probe}@" in told, probe


def test_a_reservation_may_not_be_left_out(pack: Sealed) -> None:
    """What the rows cannot tell is part of what was measured."""

    def bold(record: dict[str, Any]) -> None:
        item = of(record, "document_signature")["measured"]
        assert item["limitations"]
        item["limitations"] = []

    assert "document_signature@" in problems(forged(pack, bold))


def test_another_version_reads_differently_with_a_note(pack: Sealed) -> None:
    """The catalogue may have grown: a difference from another version is told, not condemned."""

    def older(record: dict[str, Any]) -> None:
        record["tool"]["version"] = "0.0.9"
        of(record, "machine_identity")["measured"]["rows"][0]["hostname"] = "khac"
        of(record, "sockets")["probe_version"] = 9

    found = verify(forged(pack, older))
    assert found.faults == ()
    assert any("machine_identity" in note and "0.0.9" in note for note in found.notes)
    assert found.reread is not None
    assert found.reread.unread["sockets"] == 1


@pytest.fixture
def timed(small_text: str, audit: Program) -> Sealed:
    """Pack a run that asked a real time server on loopback."""
    folder = audit.folder
    port = 12123 + os.getpid() % 20000
    server = chrony.start(folder / "chrony", port, "127.0.0.1", "local stratum 8")
    try:
        (folder / "small.yaml").write_text(f"{small_text}inventory: [clock_offset]\n", "utf-8")
        site = {
            "schema": "urn:audit:site:v1",
            "centre": {"id": "a", "name": "A"},
            "time_servers": [f"127.0.0.1:{port}"],
        }
        (folder / "site.yaml").write_text(yaml.safe_dump(site), "utf-8")
        done = audit("run", "--profile", "small.yaml", "--site", "site.yaml", "--out", "run")
        assert done.code == 0, done.err
    finally:
        stop(server)
    key = keys.generate(keys.Kind.ED25519)
    return Sealed(folder / "run", packing.pack(folder / "run", key), key)


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the time server."""
    server.terminate()
    server.wait(10)


@pytest.mark.root
@pytest.mark.package
def test_the_clock_follows_from_its_datagrams(timed: Sealed) -> None:
    """The offset is computed again from the kept datagrams, and the record's from that."""
    found = verify(timed.content)
    assert found.faults == ()
    assert found.record is not None
    assert found.record.clock_offset_s is not None

    def corrected(record: dict[str, Any]) -> None:
        of(record, "clock_offset")["measured"]["rows"][0]["offset_s"] = 0.0
        record["clock_offset_s"] = 0.0

    def prettier(record: dict[str, Any]) -> None:
        record["clock_offset_s"] = 0.5

    assert "clock_offset@network" in problems(forged(timed, corrected))
    told = problems(forged(timed, prettier))
    assert "clock_offset_s" in told
    assert "0.5" in told
