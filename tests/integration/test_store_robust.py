"""Disk full, clock set back, power cut, a store that is away: nothing is lost, and each is told."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import database_servers as servers
import pytest
from sampling_site import platform, site

from auditor import runfolder
from auditor.store import opening, reading, samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.conftest import Program

ENGLISH = ("--lang", "en")
FILLER = "filler"
TAKEN_IN = "the next command that reaches the store takes it in"


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a real file system of a size; needs root."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("needs root to mount a tmpfs")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path, *, but: int = 0) -> None:
    """Fill a disk up, but for so many bytes."""
    free = os.statvfs(disk)
    (disk / FILLER).write_bytes(bytes(max(0, free.f_bavail * free.f_bsize - but)))


@pytest.mark.root
def test_a_run_on_a_full_disk_goes_on_when_there_is_room(
    audit: Program, small: Path, intact: Callable[[Path], bool]
) -> None:
    """In one line with the command that goes on; a full disk is no failure of the thing measured.

    From the first file to the last, at each place at which the disk may be full.
    """
    told = set()
    with small_disk(audit.folder / "disk", "8m") as disk:
        for left in (0, 60_000, 100_000, 300_000):
            folder = disk / f"run{left}"
            fill(disk, but=left)
            done = audit("run", "--profile", small, "--out", folder, "--quiet", *ENGLISH)
            assert done.code == 1, done.err
            assert len(done.err.splitlines()) == 1
            assert "the disk is full" in done.err
            (disk / FILLER).unlink()
            if "Nothing was measured" in done.err:
                assert not folder.exists()
                told.add("nothing")
                continue
            told.add("measured")
            assert f"audit run --resume {folder}" in done.err
            again = audit("run", "--resume", folder, "--format", "json", *ENGLISH)
            assert again.code == 0, again.err
            assert all(item["measured"] for item in again.json["observations"])
            assert intact(folder)
            shutil.rmtree(folder)
    assert told == {"nothing", "measured"}


@pytest.mark.root
def test_a_sample_on_a_full_disk_is_told_and_kept_later(audit: Program) -> None:
    """The chain stays whole, and what was measured before is kept by the next one."""
    with small_disk(audit.folder / ".local", "4m") as disk, platform() as url:
        site(audit.folder, url)
        first = audit("sample", "--profile", "sampled.yaml", *ENGLISH)
        assert first.code == 0, first.err
        for left in (0, 60_000):
            fill(disk, but=left)
            done = audit("sample", "--profile", "sampled.yaml", *ENGLISH)
            assert done.code == 1
            assert len(done.err.splitlines()) == 1
            assert "full" in done.err
            (disk / FILLER).unlink()
        last = audit("sample", "--profile", "sampled.yaml", "--format", "json", *ENGLISH)
        assert last.json["count"] >= 2, last.err
        assert audit("history", "--verify").code == 0


@pytest.mark.root
def test_a_store_on_a_full_disk_gets_the_run_later(audit: Program, small: Path) -> None:
    """The verdict stands, the run folder too, and the next command takes the run in."""
    with small_disk(audit.folder / "disk", "1m") as disk:
        at = ("--store", f"sqlite:///{disk}/store.sqlite", *ENGLISH)
        assert audit("history", *at).code == 0
        fill(disk)
        done = audit("run", "--profile", small, "--out", "run", *at, AUDIT_NO_STORE="")
        assert done.code == 0, done.err
        assert "Not kept in the history" in done.err
        assert "full" in done.err
        (disk / FILLER).unlink()
        assert "Runs that waited for the store are kept now: 1" in audit("history", *at).err
        assert "Runs: 1; the chain is whole" in audit("history", "--verify", *at).out
        assert not waiting_notes(audit)


@pytest.mark.root
def test_a_pack_on_a_full_disk_is_whole_or_not_there(audit: Program, small_run: Path) -> None:
    """No half file under its name or another; with room it is made."""
    assert audit("keygen", "--out", "k.pem", "--no-passphrase").code == 0
    with small_disk(audit.folder / "disk", "4m") as disk:
        pack = ("pack", small_run, "--key", "k.pem", "--out", disk / "a.auditpack", *ENGLISH)
        fill(disk, but=20_000)
        done = audit(*pack)
        assert done.code == 2
        assert "the disk is full" in done.err
        assert [path.name for path in disk.iterdir()] == [FILLER]
        (disk / FILLER).unlink()
        assert audit(*pack).code == 0
        assert audit("verify", disk / "a.auditpack").code == 0


def waiting_notes(audit: Program) -> list[Path]:
    """Return what a store has not taken in yet."""
    return list((audit.folder / ".local/share/centre-audit/waiting").iterdir())


def test_a_clock_that_goes_back_loses_nothing_and_is_told(
    audit: Program, small_run: Path, small: Path
) -> None:
    """A day ahead, then right again: order and chain hold, run and history say it."""
    faketime = shutil.which("faketime", path="/usr/bin:/bin")
    if faketime is None:
        pytest.skip("needs the Debian package faketime")
    url = f"sqlite:///{audit.folder}/store.sqlite"
    at = ("--store", url, *ENGLISH)
    ahead = subprocess.run(
        [faketime, "-f", "+1d", *audit.command("history", "--add", small_run, *at)],
        cwd=audit.folder, env=audit.environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert ahead.returncode == 0, ahead.stderr.decode()
    done = audit("run", "--profile", small, *at, AUDIT_NO_STORE="")
    assert done.code == 0
    assert "WARNING: the clock shows" in done.err
    assert "Kept as run 2" in done.err
    listed = audit("history", *at)
    assert listed.out.count("kept by a clock that was behind the one of the run before it") == 1
    assert "Runs: 2; the chain is whole" in audit("history", "--verify", *at).out
    with platform() as address:
        site(audit.folder, address)
        told = audit("sample", "--profile", "sampled.yaml", *at)
    assert "WARNING: the clock shows" in told.err
    with opening.opened(url) as engine:
        assert [link.position for link in reading.links(engine)] == [1, 2]
        assert samples.head(engine)[0] == 1


CUT = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from sqlalchemy import event
from auditor import runfolder
from auditor.store import keeping, migrating, opening
url, folder, what = sys.argv[1:]
with opening.opened(url) as engine:
    if what == "purge":
        inner = lambda now: keeping.purge(engine, now, now)
    elif what == "migrate":
        inner = lambda now: migrating.upgrade(engine, "-1")
    else:
        record = runfolder.load(Path(folder)).record
        inner = lambda now: keeping.keep_run(engine, record, Path(folder), now)
    @event.listens_for(engine, "connect")
    def poor(connection, _record):
        connection.execute("PRAGMA cache_size = 2")  # what is written goes to the disk at once
    @event.listens_for(engine, "commit")
    def stop(connection):
        print("inside", flush=True)
        time.sleep(60)
    inner(datetime.now(UTC))
"""


@pytest.mark.parametrize("what", ["keep", "purge", "migrate"])
def test_a_power_cut_in_the_middle_of_a_commit(
    what: str, audit: Program, small: Path, small_run: Path
) -> None:
    """Killed when everything is written and nothing is committed: as if it had never begun."""
    url = f"sqlite:///{audit.folder}/store.sqlite"
    at = ("--store", url, *ENGLISH)
    assert audit("run", "--profile", small, *at, AUDIT_NO_STORE="").code == 0
    argv = [sys.executable, "-c", CUT, url, str(small_run), what]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as cut:
        assert cut.stdout is not None
        said = cut.stdout.readline()
        written = (audit.folder / "store.sqlite-wal").stat().st_size
        cut.send_signal(signal.SIGKILL)
    assert said == b"inside\n"
    assert written, "nothing of it was on the disk"
    with closing(sqlite3.connect(audit.folder / "store.sqlite")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with opening.opened(url) as engine:
        assert [link.purged_at for link in reading.links(engine)] == [None]
        assert reading.verify(engine) == []
    assert audit("history", "--add", small_run, *at).code == 0
    assert "Runs: 2; the chain is whole" in audit("history", "--verify", *at).out


def test_postgresql_is_gone_for_an_hour(
    audit: Program, small: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Runs and visits stay files, people are told, and the first command afterwards keeps all."""
    if lacking := servers.missing():
        pytest.skip(f"needs the Debian packages {lacking}")
    more = {"AUDIT_NO_STORE": "", "AUDIT_STORE_PASSWORD": servers.PASSWORD}
    place = tmp_path_factory.mktemp("store") / "pg"
    with servers.postgresql(place) as server, platform() as address:
        at = ("--store", servers.store(server), *ENGLISH)
        site(audit.folder, address)
        sample = ("sample", "--profile", "sampled.yaml", *at)
        assert audit("run", "--profile", small, *at, **more).code == 0
        servers.crash(server)
        for name in ("one", "two"):
            done = audit("run", "--profile", small, "--out", name, *at, **more)
            assert done.code == 0, done.err
            assert TAKEN_IN in done.err
            assert runfolder.is_finished(audit.folder / name)
        done = audit(*sample, **more)
        assert done.code == 1
        assert TAKEN_IN in done.err
        assert audit("history", *at, **more).code == 1
        with servers.again(server):
            back = audit("history", "--format", "json", *at, **more)
            assert "Runs that waited for the store are kept now: 2" in back.err
            assert "Measurements that waited for the store are kept now: 1" in back.err
            assert [Path(run["folder"]).name for run in back.json][1:] == ["one", "two"]
            whole = audit("history", "--verify", *at, **more)
            assert "Runs: 3; the chain is whole" in whole.out
            assert "Samples: 1; the chain is whole" in whole.out
            assert "waited" not in whole.err
