"""An audit in the centre in a box measures the shaped line that leads out of it."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from machines_read import reading

if TYPE_CHECKING:
    from tests.integration.conftest import Program

pytestmark = pytest.mark.serial


@pytest.mark.root
@pytest.mark.package
@pytest.mark.timeout(600)
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: network namespaces and mounts")
@pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="needs the package mmdebstrap")
def test_the_line_is_measured_through_its_shaper(audit: Program) -> None:
    """Both rates, as they were made; a busy machine may lower them, nothing may raise them."""
    lab = importlib.import_module("open_lab")
    (audit.folder / "p.yaml").write_text(reading("machine_identity", "internet_quality"), "utf-8")
    with lab.opened(audit.folder, ["ws-plain"]) as (line, _running, _servers):
        site = yaml.safe_load((audit.folder / "centre.yaml").read_text("utf-8"))
        wanted = {name: site[name] for name in ("schema", "centre", "scope", "internet")}
        (audit.folder / "centre.yaml").write_text(yaml.safe_dump(wanted), "utf-8")
        run = ("run", "--site", "centre.yaml", "--profile", "p.yaml", "--out", "out", "--quiet")
        program = str(Path(sys.executable).with_name("audit"))
        ran = line.run("env", "-C", str(audit.folder), program, *run, seconds=300)
        truths = {way: line.truth_mbps(down=way == "down") for way in ("down", "up")}
    assert ran.returncode == 0, ran.stderr
    record = json.loads((audit.folder / "out" / "record.json").read_text("utf-8"))
    (seen,) = (each for each in record["observations"] if each["key"].startswith("internet_"))
    rows = {row["direction"]: row for row in seen["measured"]["rows"]}
    for way, truth in truths.items():
        assert 0.6 * truth < rows[way]["mbps_steady"] < 1.03 * truth
        assert rows[way]["interface"] == "vc"
        assert rows[way]["counted_at"] == "receiver"
        assert rows[way]["rtt_idle_p50_ms"] >= 10
        assert rows[way]["loss_method"] == "udp-echo"
