"""Whole audits of the centre in a box: fewer rights never help, and no secret is ever shown."""

from __future__ import annotations

import importlib
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from auditor import DEFAULT_PROFILE, profile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import Program

pytestmark = [
    pytest.mark.serial,
    pytest.mark.root,
    pytest.mark.package,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root: network namespaces and mounts"),
    pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="needs the package mmdebstrap"),
]
RANK = {"not_met": 0, "undetermined": 1, "met": 2}
"""How good a verdict is; a reading with fewer rights may turn either end into the middle."""


@pytest.fixture
def centre(audit: Program) -> Iterator[tuple[Program, Path]]:
    """Start the box with an example centre around it."""
    lab, opened = importlib.import_module("box"), importlib.import_module("open_lab")
    criteria = profile.load(DEFAULT_PROFILE).profile
    with lab.box() as running:
        site_file = opened.centre_folder.build(audit.folder, criteria)
        opened.join(site_file, running)
        yield audit, site_file


def verdicts(record: Any) -> dict[str, str]:  # noqa: ANN401 - plain JSON
    """Return what was concluded of each indicator and system."""
    return {
        f"{finding['indicator']} {finding.get('system') or ''}": finding["verdict"]
        for finding in record["findings"]
    }


def test_an_ordinary_user_scores_no_better(centre: tuple[Program, Path]) -> None:
    """The same machines, the same minute, as root and as an ordinary user; canaries everywhere."""
    audit, site_file = centre
    canaries = [
        c for facts in importlib.import_module("box_check").truth().values() for c in facts.canaries
    ]
    assert len(canaries) >= 12
    records = {}
    for account in ("root", "kiemtra"):
        site = yaml.safe_load(site_file.read_text("utf-8"))
        site["scope"]["authorisation"]["methods"] = ["host_login"]  # the network is another test
        for target in site["targets"]:
            target["url"] = f"ssh://{account}@{target['url'].partition('@')[2]}"
        file = audit.folder / f"{account}.yaml"
        file.write_text(yaml.safe_dump(site, allow_unicode=True), "utf-8")
        out = audit.folder / f"run-{account}"
        done = audit("run", "--site", file.name, "--format", "json", "--out", str(out))
        assert done.code in {10, 11}, done.err
        records[account] = done.json
        shown = [done.out, done.err, *(p.read_bytes().decode("latin-1") for p in files(out))]
        assert not [c for c in canaries for text in shown if c in text]
    root, ordinary = verdicts(records["root"]), verdicts(records["kiemtra"])
    assert root.keys() == ordinary.keys()
    better = {k: (root[k], v) for k, v in ordinary.items() if RANK.get(v, 1) > RANK.get(root[k], 1)}
    assert not {key for key, (_, seen) in better.items() if seen == "met"}
    lacked = {
        words["vi"]
        for item in records["kiemtra"]["observations"]
        for words in (item["measured"] or {}).get("limitations", ())
    }
    assert lacked


def files(folder: Path) -> list[Path]:
    """Return every file of a run, raw evidence too."""
    return [path for path in folder.rglob("*") if path.is_file()]
