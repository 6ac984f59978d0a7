"""The script goes out by hand and its output comes back: `audit collector`, `audit import`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROGRAM = Path(sys.executable).with_name("audit")
SITE = "schema: urn:audit:site:v1\ncentre: {id: centre, name: C}\n"


def audit(folder: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the program in a folder."""
    return subprocess.run(
        [PROGRAM, *words, "--lang", "en"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Run the written script by hand, as somebody without a network would."""
    folder = tmp_path_factory.mktemp("carried")
    written = audit(folder, "collector", "posix", "--out", "read.sh")
    assert written.returncode == 0, written.stderr
    ran = subprocess.run(
        ["sh", "read.sh"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    return ran.stdout


def test_an_output_becomes_a_target(carried: bytes, tmp_path: Path) -> None:
    """It is copied byte for byte beside the site file, and the entry to add is printed."""
    (tmp_path / "out.txt").write_bytes(carried)
    site = tmp_path / "centre.yaml"
    site.write_text(SITE, "utf-8")
    done = audit(tmp_path, "import", "out.txt", "--site", "centre.yaml")
    assert done.returncode == 0, done.stderr
    (target,) = yaml.safe_load(done.stdout)["targets"]
    copied = tmp_path / target["url"].removeprefix("facts:")
    assert copied.read_bytes() == carried
    assert copied.stat().st_mode & 0o077 == 0
    site.write_text(SITE + done.stdout.decode(), "utf-8")
    again = audit(tmp_path, "import", "out.txt", "--site", "centre.yaml")
    assert (again.returncode, b"already" in again.stdout) == (0, True), again.stderr


@pytest.mark.parametrize("case", ["cut", "altered", "foreign", "empty"])
def test_a_damaged_output_is_refused_and_nothing_is_copied(
    carried: bytes, tmp_path: Path, case: str
) -> None:
    """Half a file would look like a machine with less on it."""
    spoiled = {
        "cut": carried[: len(carried) // 2],
        "altered": carried.replace(b"\n", b"\nx", 40),
        "foreign": b"hello\n",
        "empty": b"",
    }
    (tmp_path / "whole.txt").write_bytes(carried)
    (tmp_path / "out.txt").write_bytes(spoiled[case])
    (tmp_path / "centre.yaml").write_text(SITE, "utf-8")
    done = audit(tmp_path, "import", "whole.txt", "out.txt", "--site", "centre.yaml")
    assert done.returncode == 2, done
    assert done.stderr.startswith(b"out.txt: ")
    assert not (tmp_path / "facts").exists()
