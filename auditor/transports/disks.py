"""Filesystems and block devices of this machine."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

_PATIENCE_S = 5.0
"""How long mounts may take to tell their sizes: a dead file server would take forever."""

_NETWORK = frozenset(
    {
        *("9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.davfs2"),
        *("fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "glusterfs", "gpfs"),
        *("lustre", "nfs", "nfs4", "smb2", "smb3", "smbfs", "virtiofs", "webdav"),
    }
)
_NO_STORAGE = frozenset(
    {
        *("autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devfs"),
        *("devpts", "devtmpfs", "efivarfs", "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal"),
        *("fusectl", "hugetlbfs", "mqueue", "nsfs", "nullfs", "proc", "pstore", "ramfs"),
        *("rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs", "tmpfs", "tracefs"),
    }
)
"""Kernel interfaces, memory, and images that are full by design."""


def filesystems(impersonal: Callable[[str], str]) -> dict[str, Any]:
    """Return the filesystems that hold data, one row for each device, with its shortest mount.

    `impersonal` hides names of people in paths. A mount that does not answer in time has no sizes.
    """
    mounted = [
        part
        for part in psutil.disk_partitions(all=True)
        if part.fstype not in _NO_STORAGE and (part.fstype != "overlay" or part.mountpoint == "/")
    ]
    mounted.sort(key=lambda part: (len(part.mountpoint), part.mountpoint))
    first = {(part.device, part.fstype): part for part in reversed(mounted)}
    parts = sorted(first.values(), key=lambda part: part.mountpoint)
    usages = _usages([part.mountpoint for part in parts])
    rows = []
    for part in parts:
        usage = usages.get(part.mountpoint)
        options = part.opts.split(",")
        rows.append(
            {
                "device": impersonal(part.device),
                "mount": impersonal(part.mountpoint),
                "type": part.fstype or None,
                "total_bytes": usage[0] if usage else None,
                "free_bytes": usage[1] if usage else None,
                "free_percent": _percent(*usage) if usage else None,
                "is_network": part.fstype in _NETWORK or "remote" in options,
                "is_readonly": "ro" in options,
            }
        )
    return {"rows": rows}


def _percent(total: int, free: int) -> float | None:
    return round(100 * free / total, 2) if total else None


def _usages(mounts: list[str]) -> dict[str, tuple[int, int]]:
    """Return total and free bytes of the mounts that are readable and answer in time."""
    answers: dict[str, tuple[int, int]] = {}

    def ask(mount: str) -> None:
        try:
            usage = psutil.disk_usage(mount)
        except OSError:
            return  # an unreadable or vanished mount: its row stays without sizes
        answers[mount] = (usage.total, usage.free)

    asking = [threading.Thread(target=ask, args=(mount,), daemon=True) for mount in mounts]
    for thread in asking:
        thread.start()
    deadline = time.monotonic() + _PATIENCE_S
    for thread in asking:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(answers)


def block_devices() -> dict[str, Any]:
    """Return disks as Linux lists them in sysfs. Raises `OSError` where there is no sysfs."""
    rows = []
    for folder in sorted(Path("/sys/block").iterdir()):
        if not (folder / "device").exists():
            continue  # loop, ram, device mapper, md: no hardware of its own
        size = _text(folder / "size")
        rows.append(
            {
                "name": folder.name,
                "size_bytes": int(size) * 512 if size else None,  # always in 512-byte sectors
                "is_rotational": _flag(folder / "queue" / "rotational"),
                "is_removable": _flag(folder / "removable"),
                "model": _text(folder / "device" / "model"),
                "bus": None,
            }
        )
    return {"rows": rows}


def _flag(path: Path) -> bool | None:
    return {"0": False, "1": True}.get(_text(path) or "")


def _text(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace").strip() or None
    except FileNotFoundError:
        return None
