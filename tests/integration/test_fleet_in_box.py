"""A whole audit over SSH of the centre in a box: good machines complete, bad ones named."""

from __future__ import annotations

import importlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml
from machines_read import reading

if TYPE_CHECKING:
    from tests.integration.conftest import Program

pytestmark = pytest.mark.serial

LETTER = {
    "number": "1",
    "issued_on": "2026-01-01",
    "issuing_body": "UBND",
    "signer": "A",
    "signer_position": "B",
    "operating_unit": "C",
    "performing_unit": "D",
    "independent": False,
    "methods": ["host_login"],
    "emergency_contact": "E",
    "tool_operator": "F",
    "expires_on": "2099-12-31",
    "file": "letter.txt",
}
ENDS: dict[str, tuple[str, str | tuple[str, ...]]] = {
    "bad-silent": ("timeout", "banner"),
    # A reset may arrive while the connection is still being made, or after.
    "bad-reset": ("refused", ("tcp", "banner")),
    "bad-key": ("host_key_changed", "host key"),
    "bad-endless": ("command_failed", "read"),
    "bad-banner": ("unparsable", "banner"),
    "bad-drip": ("timeout", ""),
    "bad-cut": ("command_failed", "read"),
    "bad-bytes": ("unparsable", ""),
    "bad-escape": ("unparsable", ""),
    "bad-drip-banner": ("timeout", "banner"),
}
GOOD = (
    "srv-giam-sat",  # the others report to it
    *("srv-clamav-ok", "srv-zabbix-ok", "srv-rsyslog-remote", "nas-samba", "srv-backup"),
    *("trap-names", "trap-packages", "trap-container", "trap-clock", "ws-plain"),
)


@pytest.mark.root
@pytest.mark.package
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: network namespaces and mounts")
@pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="needs the package mmdebstrap")
def test_bad_machines_cost_only_themselves(audit: Program) -> None:
    """Ten machines misbehave, each ends as its own failure; eleven others are read in full."""
    (audit.folder / "p.yaml").write_text(reading("packages", "processes"), "utf-8")
    (audit.folder / "letter.txt").write_text("letter", "utf-8")
    lab = importlib.import_module("box")  # type checkers would know it under two names
    with lab.box([*GOOD, *ENDS], bad=True) as running:
        key = importlib.import_module("open_lab").fingerprint(running)
        site = {
            "schema": "urn:audit:site:v1",
            "centre": {"id": "box", "name": "Box"},
            "targets": [
                {
                    "name": name,
                    "url": f"ssh://root@{running.address(name)}:22",
                    "key_file": str(running.key),
                    "host_key": key,
                }
                for name in (*GOOD, *ENDS)
            ],
            "scope": {
                "networks": ["10.99.0.0/24"],
                "authorisation": LETTER,
                "packets_per_second": 2000,  # so that 32 MB without an end fit into the deadline
            },
        }
        (audit.folder / "site.yaml").write_text(yaml.safe_dump(site), "utf-8")
        done = audit(
            *("run", "--site", "site.yaml", "--profile", "p.yaml", "--format", "json"),
            *("--workers", "12", "--deadline", "60"),
        )
    assert done.code == 11, done.err
    seen = {
        item["measurement"]["target"]: item
        for item in done.json["observations"]
        if item["measurement"]["probe"] == "machine_identity"
    }
    for name in GOOD:
        (row,) = seen[name]["measured"]["rows"]
        assert row["hostname"] == name
    for name, (failure, stage) in ENDS.items():
        ended = seen[name]["not_measured"]
        assert (name, ended["failure"]) == (name, failure), ended
        assert ended["detail"].startswith(stage), ended
    assert all(name in done.json["findings"][0]["reason_en"] for name in ENDS)
