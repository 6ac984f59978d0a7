"""One machine read in three ways: here, over SSH, and by a file carried by hand."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from machines_read import reading
from sshd import SSHD, USER, Keys, public_key, sshd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Done, Program

PROBES = (
    *("machine_identity", "storage_devices", "filesystems", "packages", "services"),
    "dns_resolvers",
)
MOVING = {"uptime_s", "free_bytes", "free_percent"}


def rows(done: Done, probe: str, target: str) -> Any:  # noqa: ANN401 - plain JSON
    """Return what a probe saw on a target, without what moves by itself."""
    for item in done.json["observations"]:
        if item["key"] == f"{probe}@{target}":
            if item["measured"] is None:
                return item["not_measured"]["failure"]
            return [
                {name: value for name, value in row.items() if name not in MOVING}
                for row in item["measured"]["rows"]
            ]
    pytest.fail(f"{probe} was not measured on {target}")


@pytest.mark.package
@pytest.mark.skipif(not SSHD.exists(), reason="needs the package openssh-server")
def test_three_ways_give_the_same_facts(audit: Program, tmp_path: Path) -> None:
    """`local:`, `ssh:` to loopback and a carried file agree on everything that does not move."""
    keys = Keys.made(tmp_path)
    script = audit("collector", "posix").out
    (audit.folder / "p.yaml").write_text(reading(*PROBES), "utf-8")
    carried = tmp_path / "carried.txt"
    ran = subprocess.run(["sh", "-s"], input=script.encode(), capture_output=True, check=True)
    carried.write_bytes(ran.stdout)
    with sshd(tmp_path, keys) as port:
        targets = [
            {"name": "here", "url": "local:"},
            {"name": "carried", "url": f"facts:{carried}"},
            {
                "name": "over-ssh",
                "url": f"ssh://{USER}@127.0.0.1:{port}",
                "host_key": public_key(keys.host).fingerprint,
                "key_file": str(keys.user),
            },
        ]
        site = {
            "schema": "urn:audit:site:v1",
            "centre": {"id": "ba-cach", "name": "Ba cách"},
            "targets": targets,
        }
        (audit.folder / "site.yaml").write_text(yaml.safe_dump(site), "utf-8")
        done = audit("run", "--site", "site.yaml", "--profile", "p.yaml", "--format", "json")
    assert done.code == 0, done.err
    for probe in PROBES:
        here = rows(done, probe, "here")
        assert here, probe
        assert rows(done, probe, "carried") == here, probe
        assert rows(done, probe, "over-ssh") == here, probe
