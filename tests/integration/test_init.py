"""`audit init` by flags: a site file that loads, and whose examples are right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from signing import Authority

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

FLAGS = (
    "init",
    "--name", "Trung tâm ĐMST Lai Châu",
    "--id", "ttdmst-lai-chau",
    "--legal-form", "enterprise",
    "--owner", 'Sở KH&CN: "Lai Châu"',
    "--address", "Số 1",
    "--contact", "0213 123 456",
    "--system", "cong=Cổng thông tin",
    "--no-input",
)  # fmt: skip
PROSE = re.compile(r"# \S")
"""A comment for people; all other comments are examples: `#` and a line as it would stand."""


@pytest.fixture
def written(audit: Program) -> Path:
    """Return the file that `audit init` wrote from flags."""
    done = audit(*FLAGS)
    assert done.code == 0, done.err
    return audit.folder / "centre.yaml"


def test_flags_are_in_the_file(written: Path) -> None:
    """Every flag is a value of the file, quotes and all."""
    site = yaml.safe_load(written.read_text("utf-8"))
    assert site["centre"] == {
        "id": "ttdmst-lai-chau",
        "name": "Trung tâm ĐMST Lai Châu",
        "legal_form": "enterprise",
        "owner": 'Sở KH&CN: "Lai Châu"',
        "address": "Số 1",
        "contact": "0213 123 456",
    }
    assert site["information_systems"] == [{"id": "cong", "name": "Cổng thông tin"}]


def test_the_file_can_be_audited(audit: Program, written: Path) -> None:
    """`audit run --site` takes the file as it was written: exit 11, and the centre's own name."""
    done = audit("run", "--site", written, "--format", "json")
    assert done.code == 11, done.err
    assert done.json["site"]["centre"] == "Trung tâm ĐMST Lai Châu"
    (folder,) = (audit.folder / "audit-runs").iterdir()
    assert folder.name.endswith("-ttdmst-lai-chau")
    systems = {
        system["system"] for finding in done.json["findings"] for system in finding["systems"]
    }
    assert systems == {"cong"}


def test_examples_are_right(audit: Program, written: Path) -> None:
    """With every example uncommented the file is refused only for papers that are not there."""
    lines = written.read_text("utf-8").splitlines()
    free = [line[1:] if line.startswith("#") and not PROSE.match(line) else line for line in lines]
    assert free != lines
    written.write_text("\n".join(free) + "\n", "utf-8")
    done = audit("run", "--site", written, "--lang", "en")
    assert done.code == 2
    assert "Traceback" not in done.err
    wrong = [line for line in done.err.splitlines() if "file not found: " not in line]
    assert not wrong, done.err
    missing = {line.partition("file not found: ")[2] for line in done.err.splitlines()}
    assert len(missing) == 4
    for name in ("van-ban-cho-phep.pdf", "van-ban/hop-dong.pdf", "xac-nhan.pdf"):
        (audit.folder / name).parent.mkdir(exist_ok=True)
        (audit.folder / name).write_bytes(b"%PDF-1.7")
    (audit.folder / "tin-cay").mkdir()
    (audit.folder / "tin-cay" / "ca.pem").write_bytes(Authority().pem)
    # A letter that has expired: the file is read in full, and no packet leaves for its networks.
    expired = re.sub(r"(issued_on|expires_on): 20\d\d", r"\1: 2020", written.read_text("utf-8"))
    assert expired.count("expires_on: 2020") == 1
    written.write_text(expired, "utf-8")
    accepted = audit("run", "--site", written, "--lang", "en", "--quiet", "--out", "run")
    assert accepted.code == 10, "the figures of the examples are zero: " + accepted.err


def test_keeps_what_is_there(audit: Program, tmp_path: Path) -> None:
    """A file that exists is not overwritten without --force."""
    file = tmp_path / "centre.yaml"
    file.write_text("mine")
    refused = audit(*FLAGS, "--lang", "en")
    assert refused.code == 2
    assert refused.err == "centre.yaml: exists already. Choose another --out, or add --force.\n"
    assert file.read_text() == "mine"
    assert audit(*FLAGS, "--force").code == 0
    assert yaml.safe_load(file.read_text("utf-8"))["schema"]


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (["--id", "Trung Tâm"], "centre.id"),
        (["--id", "../etc"], "centre.id"),
        (["--system", "a=A", "--system", "a=B"], "information_systems"),
    ],
)
def test_refuses_what_could_not_be_loaded(audit: Program, flags: list[str], field: str) -> None:
    """An answer that the loader would refuse is refused before the file is written."""
    done = audit("init", "--no-input", *flags, "--lang", "en")
    assert done.code == 2
    assert field in done.err
    assert not (audit.folder / "centre.yaml").exists()


def test_asks_nothing_without_a_terminal(audit: Program) -> None:
    """With its input closed it takes the defaults instead of waiting for ever."""
    done = audit("init")
    assert done.code == 0, done.err
    site = yaml.safe_load((audit.folder / "centre.yaml").read_text("utf-8"))
    assert site["centre"]["id"]
