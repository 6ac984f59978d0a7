"""A run that is killed, interrupted or disturbed keeps what it measured and can be finished."""

from __future__ import annotations

import itertools
import random
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.conftest import Done, Program

    Journalled = Callable[[Path], dict[str, dict[str, Any]]]

KILLS = 15
ENDLESS = 1 << 42  # bytes of a sparse file: no machine hashes 4 TiB while a test waits
INVENTORY = """\
inventory:
  - machine_identity
  - network_interfaces
  - network_routes
  - dns_resolvers
  - storage_devices
  - filesystems
  - processes
  - packages
  - sockets
  - documents
"""
FILES = {
    "record.json",
    "evidence",
    "profile.yaml",
    "site.yaml",
    "SHA256SUMS",
    "journal.sqlite",
    "report.html",
    "report.pdf",
}


@pytest.fixture
def profile(small: Path) -> Path:
    """Return a small profile that measures much."""
    small.write_text(small.read_text("utf-8") + INVENTORY, "utf-8")
    return small


@pytest.fixture
def slow_site(tmp_path: Path) -> tuple[Path, Path]:
    """Return a site file with a document that takes for ever to hash, and that document."""
    document = tmp_path / "plan.pdf"
    with document.open("wb") as file:
        file.truncate(ENDLESS)
    site = {
        "schema": "urn:audit:site:v1",
        "centre": {"id": "slow", "name": "Trung tâm"},
        "documents": [{"kind": "plan", "file": "plan.pdf"}],
    }
    file_of_site = tmp_path / "centre.yaml"
    file_of_site.write_text(yaml.safe_dump(site), "utf-8")
    return file_of_site, document


def whole(folder: Path) -> bool:
    """Say whether a run folder holds what it must and no leftover of a killed writer."""
    evidence = (path.name for path in (folder / "evidence").iterdir())
    names = {path.name for path in folder.iterdir()}
    return names == FILES and all(re.fullmatch(r"[0-9a-f]{64}", name) for name in evidence)


def by_key(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a record's observations by key, each key once."""
    observations = record["observations"]
    found = {item["key"]: item for item in observations}
    assert len(found) == len(observations) == len(record["plan"])
    return found


def resumed(program: Program, folder: Path) -> Done:
    """Carry a run to its end."""
    return program("run", "--resume", folder, "--format", "json", "--lang", "en")


@pytest.mark.timeout(300)
def test_killed_again_and_again(
    audit: Program,
    profile: Path,
    journalled: Journalled,
    intact: Callable[[Path], bool],
) -> None:
    """SIGKILL at any moment, then resume: nothing lost, nothing measured twice, sums that hold."""
    began = time.monotonic()
    assert audit("run", "--profile", profile, "--quiet").code == 0
    duration = time.monotonic() - began
    dice = random.Random(2026)  # noqa: S311 - moments, no secrets
    folders = (audit.folder / f"run{number}" for number in itertools.count())
    folder = next(folders)
    kept: dict[str, dict[str, Any]] = {}
    finished = 0
    for kill in range(1, KILLS + 1):
        begin: list[str | Path] = ["--profile", profile, "--out", folder]
        process = audit.start("run", "--quiet", *(["--resume", folder] if kept else begin))
        time.sleep(dice.uniform(0, duration))
        process.kill()
        process.communicate()
        now = journalled(folder) if (folder / "journal.sqlite").exists() else {}
        assert {key: now.get(key) for key in kept} == kept
        if now and (kill % 3 == 0 or kill == KILLS):
            finish(audit, folder, now, intact)
            finished, now = finished + 1, {}
        kept = now
        folder = folder if kept else next(folders)
    assert finished


def finish(
    audit: Program, folder: Path, kept: dict[str, dict[str, Any]], intact: Callable[[Path], bool]
) -> None:
    """Resume a killed run and hold the record against what the journal had kept."""
    done = resumed(audit, folder)
    assert done.code == 0, done.err
    observations = by_key(done.json)
    assert {key: observations[key] for key in kept} == kept
    assert intact(folder)
    assert whole(folder)


def test_leftovers_of_a_killed_writer_go(
    audit: Program, profile: Path, intact: Callable[[Path], bool]
) -> None:
    """What a writer had half written when it was killed is gone when the resumed run is done."""
    folder = audit.folder / "run"
    killed_while_measuring(audit, folder, profile)
    write = (
        "import sys, pathlib, auditor.atomic;"
        " auditor.atomic.write(pathlib.Path(sys.argv[1]), bytes(1 << 27))"
    )
    for name in ("record.json", f"evidence/{'0' * 64}"):
        place = folder / name
        process = subprocess.Popen([sys.executable, "-c", write, str(place)])
        while not list(place.parent.glob(f".{place.name}.*")):
            assert process.poll() is None
        process.kill()
        process.wait()
    assert not whole(folder)
    done = resumed(audit, folder)
    assert done.code == 0, done.err
    assert whole(folder)
    assert intact(folder)


def killed_while_measuring(audit: Program, folder: Path, profile: Path) -> None:
    """Kill a run that has begun and is not finished."""
    process = audit.start("run", "--quiet", "--profile", profile, "--out", folder)
    while not (folder / "evidence").is_dir() or not list((folder / "evidence").iterdir()):
        assert process.poll() is None
    process.kill()
    process.communicate()
    assert not (folder / "SHA256SUMS").exists()


def test_killed_before_it_began(audit: Program) -> None:
    """A folder whose run was killed before it began is told in one line: exit 1."""
    for attempt in range(10):
        folder = audit.folder / f"run{attempt}"
        process = audit.start("run", "--out", folder)
        while not folder.exists():
            assert process.poll() is None
        process.kill()
        process.communicate()
        if not (folder / "journal.sqlite").exists():
            break
    else:
        pytest.fail("every run had begun before the signal arrived")
    refused = resumed(audit, folder)
    assert refused.code == 1
    assert refused.err == f"{folder} holds no begun run. Start a new one\n"


def until_measured(process: subprocess.Popen[bytes], folder: Path, journalled: Journalled) -> None:
    """Wait until everything but the endless document is in the journal."""
    for _attempt in range(600):
        assert process.poll() is None, process.communicate()
        if (folder / "journal.sqlite-wal").exists() and len(journalled(folder)) == 9:
            return
        time.sleep(0.05)
    pytest.fail("nothing was measured")


def test_interrupted_by_its_user(
    audit: Program,
    profile: Path,
    slow_site: tuple[Path, Path],
    journalled: Journalled,
    intact: Callable[[Path], bool],
) -> None:
    """Ctrl-C while measuring ends at once with exit 1 and the command that goes on."""
    site, document = slow_site
    folder = audit.folder / "run"
    process = audit.start(
        "run", "--site", site, "--profile", profile, "--out", folder, "--lang", "en"
    )
    until_measured(process, folder, journalled)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == b""
    assert err.decode() == (
        f"Stopped. What was measured is kept. Go on with: audit run --resume {folder}\n"
    )
    kept = journalled(folder)
    with document.open("r+b") as file:
        file.truncate(1)
    done = resumed(audit, folder)
    assert done.code == 0, done.err
    observations = by_key(done.json)
    assert {key: observations[key] for key in kept} == kept
    assert observations.keys() - kept.keys() == {"documents@site"}
    assert observations["documents@site"]["measured"]["rows"][0]["size_bytes"] == 1
    assert intact(folder)
    assert whole(folder)


def test_one_process_at_a_time(
    audit: Program,
    profile: Path,
    slow_site: tuple[Path, Path],
    journalled: Journalled,
    intact: Callable[[Path], bool],
) -> None:
    """A second process on the same folder is refused with exit 1 and does no harm to the first."""
    site, document = slow_site
    folder = audit.folder / "run"
    process = audit.start("run", "--site", site, "--profile", profile, "--out", folder)
    until_measured(process, folder, journalled)
    second = resumed(audit, folder)
    assert second.code == 1
    assert len(second.err.splitlines()) == 1
    assert "Is another `audit` at work on this folder?" in second.err
    assert process.poll() is None
    with document.open("r+b") as file:
        file.truncate(1)
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    assert intact(folder)
    assert whole(folder)


def test_resuming_a_finished_run_changes_nothing(
    audit: Program, profile: Path, bytes_of: Callable[[Path], dict[str, tuple[str, int]]]
) -> None:
    """`--resume` on a finished run shows it again."""
    folder = audit.folder / "run"
    first = audit("run", "--profile", profile, "--out", folder, "--format", "json")
    before = bytes_of(folder)
    again = resumed(audit, folder)
    assert (again.code, again.out) == (first.code, first.out)
    assert bytes_of(folder) == before


def test_deadline_costs_one_measurement(
    audit: Program, profile: Path, slow_site: tuple[Path, Path]
) -> None:
    """A measurement that does not end is a timeout in the record; the run ends by its deadline."""
    site, _document = slow_site
    began = time.monotonic()
    done = audit("run", "--site", site, "--profile", profile, "--deadline", "3", "--format", "json")
    assert time.monotonic() - began < 30
    assert done.code == 0, done.err
    observations = by_key(done.json)
    failures = {
        key: item["not_measured"]["failure"]
        for key, item in observations.items()
        if item["not_measured"]
    }
    assert failures == {"documents@site": "timeout"}
