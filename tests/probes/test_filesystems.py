"""Filesystems of this machine, and mounts made for the test."""

import ctypes
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from collected import here as collected_here

from auditor.model import Measured, Row
from auditor.probing import HostFacts, Probe


def at(result: Measured, mount: str) -> Row:
    """Return the row of a mount."""
    return next(row for row in result.rows if row["mount"] == mount)


def test_agrees_with_the_kernel(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """The root filesystem has the size that statvfs tells."""
    result = probes["filesystems"].measure(here)
    assert conforms(probes["filesystems"], result)
    told = os.statvfs("/")
    root = at(result, "/")
    assert root["total_bytes"] == told.f_blocks * told.f_frsize
    assert isinstance(root["free_bytes"], int)
    assert abs(root["free_bytes"] - told.f_bavail * told.f_frsize) < 1 << 30


def test_leaves_out_what_holds_no_data(probes: Mapping[str, Probe], here: HostFacts) -> None:
    """Kernel filesystems and memory are not storage."""
    types = {row["type"] for row in probes["filesystems"].measure(here).rows}
    assert not types & {"proc", "sysfs", "tmpfs", "devpts", "cgroup2"}


@pytest.fixture
def hung_mount(tmp_path: Path) -> Iterator[Path]:
    """Mount a FUSE filesystem whose server never answers: a dead file server, for real."""
    if os.geteuid() != 0 or not Path("/dev/fuse").exists():
        pytest.skip("needs root and /dev/fuse")
    folder = tmp_path / "dead server"
    folder.mkdir()
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
    mount = ctypes.CDLL(None, use_errno=True).mount
    if mount(b"server:/export", bytes(folder), b"fuse.sshfs", 0, options) != 0:
        reason = os.strerror(ctypes.get_errno())
        os.close(device)
        pytest.skip(f"cannot mount FUSE here: {reason}")
    yield folder
    os.close(device)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.root
def test_a_dead_file_server_costs_one_row(probes: Mapping[str, Probe], hung_mount: Path) -> None:
    """The measurement ends; the mount is there without sizes, and the report says so."""
    started = time.monotonic()
    result = probes["filesystems"].measure(collected_here())
    assert time.monotonic() - started < 15
    dead = at(result, str(hung_mount))
    assert (dead["total_bytes"], dead["free_percent"], dead["is_network"]) == (None, None, True)
    assert str(hung_mount) in result.limitations[0].vi
    assert at(result, "/")["total_bytes"] is not None


@pytest.fixture
def twice_mounted(tmp_path: Path) -> Iterator[Path]:
    """Mount a small real filesystem, and the same again read-only at a longer path."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount")
    image, folder, again = tmp_path / "image", tmp_path / "disk", tmp_path / "disk-again"
    with image.open("wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
    folder.mkdir()
    again.mkdir()
    mounted = subprocess.run(
        ["mount", "-o", "loop,ro", str(image), str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount an image here: {mounted.stderr.decode().strip()}")
    subprocess.run(["mount", "--bind", str(folder), str(again)], check=True)
    yield folder
    subprocess.run(["umount", str(again), str(folder)], check=True)


@pytest.mark.root
def test_a_device_counts_once(probes: Mapping[str, Probe], twice_mounted: Path) -> None:
    """Two mounts of one device are one space: the shortest path stands for it."""
    result = probes["filesystems"].measure(collected_here())
    row = at(result, str(twice_mounted))
    assert (row["type"], row["is_readonly"], row["is_network"]) == ("ext4", True, False)
    assert f"{twice_mounted}-again" not in {row["mount"] for row in result.rows}


def test_reads_the_recording(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """The recorded machine had one disk."""
    (row,) = probes["filesystems"].measure(recorded("debian12-sandbox")).rows
    assert (row["mount"], row["free_percent"]) == ("/", 30.32)
