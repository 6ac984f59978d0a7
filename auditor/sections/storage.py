"""Disks, mounts, RAID and the health that disks report."""

import json
import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType

from auditor.collection import Collection, decoded, once
from auditor.errors import CannotMeasure
from auditor.model import Failure, Row
from auditor.parsing import json_object, reading, rows_of, unparsable, whole

MOUNT_COLUMNS = {
    "device": str,
    "mount": str,
    "type": str,
    "total_bytes": int,
    "free_bytes": int,
    "free_percent": float,
    "is_network": bool,
    "is_readonly": bool,
}
DISK_COLUMNS = {
    "name": str,
    "size_bytes": int,
    "is_rotational": bool,
    "is_removable": bool,
    "model": str,
    "bus": str,
}
NETWORK_TYPES = frozenset(
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

_NOT_HARDWARE = ("loop", "ram", "zram")
_FLAGS = MappingProxyType({True: True, False: False, "1": True, "0": False})
_OCTAL = re.compile(r"\\([0-7]{3})")
_SPACE = re.compile(r"(\d{1,19}) (\d{1,19}) (\d{1,19}) (.*)")
_MD = re.compile(
    r"^(md\S+) : (\S+) (?:\([a-z-]+\) )?(?:([a-z]+\d*) )?(.*)\n.*?(?:\[([U_]+)\])?$", re.MULTILINE
)


@once
def mounts(collection: Collection) -> tuple[Row, ...]:
    """Return every mount that may hold data, one row for each device with its shortest path."""
    if collection.platform == "windows":
        return rows_of(collection.output("space"), "space", MOUNT_COLUMNS, MOUNT_COLUMNS)
    if collection.platform == "darwin":
        return _mac_mounts(collection)
    sizes = _sizes(collection)
    found: dict[tuple[str, str], Row] = {}
    text = collection.file("/proc/mounts").decode(errors="backslashreplace")
    entries = [line.split(" ") for line in text.splitlines()]
    with reading("/proc/mounts"):
        for words in sorted(entries, key=lambda words: (len(words[1]), words[1])):
            device, mount, kind = (_plain(word) for word in words[:3])
            if kind in _NO_STORAGE or (kind == "overlay" and mount != "/"):
                continue
            is_readonly = "ro" in words[3].split(",")
            row = _mount(device, mount, kind, sizes.get(mount), is_readonly=is_readonly)
            found.setdefault((device, kind), row)
    return tuple(found.values())


def _mount(
    device: str, mount: str, kind: str, size: tuple[int, int] | None, *, is_readonly: bool
) -> Row:
    total, free = size or (None, None)
    return {
        "device": device,
        "mount": mount,
        "type": kind or None,
        "total_bytes": total,
        "free_bytes": free,
        "free_percent": round(100 * free / total, 2) if total and free is not None else None,
        "is_network": kind in NETWORK_TYPES,
        "is_readonly": is_readonly,
    }


def _plain(word: str) -> str:
    """Undo how the kernel writes blanks in /proc/mounts."""
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), word)


def _sizes(collection: Collection) -> dict[str, tuple[int, int]]:
    """Return total and free bytes of the mounts that answered in time."""
    sizes = {}
    for line in decoded(collection.section("space").stdout, "space").splitlines():
        if match := _SPACE.fullmatch(line):
            with reading("space"):
                block = whole(match[1])
                sizes[match[4]] = (
                    whole(str(block * whole(match[2]))),
                    whole(str(block * whole(match[3]))),
                )
    return sizes


def disks(collection: Collection) -> tuple[Row, ...]:
    """Return disks as lsblk lists them, else as sysfs does; then no `bus` is known."""
    if collection.platform == "windows":
        return rows_of(collection.output("disks"), "disks", DISK_COLUMNS, DISK_COLUMNS)
    try:
        tops = _tops(collection)
    except CannotMeasure as failure:
        # lsblk before 2.27 knows no JSON
        if failure.failure not in {Failure.TOOL_MISSING, Failure.COMMAND_FAILED}:
            raise
        return _from_sysfs(collection)
    return tuple(
        {
            "name": _text(device["name"]),
            "size_bytes": _number(device.get("size")),
            "is_rotational": _flag(device.get("rota")),
            "is_removable": _flag(device.get("rm")),
            "model": _text(device.get("model")),
            "bus": _text(device.get("tran")),
        }
        for device in tops
        if device.get("type") == "disk" and not str(device["name"]).startswith(_NOT_HARDWARE)
    )


def block_devices(collection: Collection) -> tuple[Row, ...]:
    """Return disks, partitions, RAID, volumes and encryption layers, each with what it lies on."""
    return tuple(_layers(_tops(collection), None))


def _tops(collection: Collection) -> list[dict[str, object]]:
    devices = json_object(collection.output("disks"), "lsblk").get("blockdevices")
    return list(_checked(devices))


def _checked(devices: object) -> Iterator[dict[str, object]]:
    if not isinstance(devices, list):
        unparsable("lsblk: no blockdevices")
    for device in devices:
        if not isinstance(device, dict) or not isinstance(device.get("name"), str):
            unparsable("lsblk: a device without a name")
        yield device


def _layers(devices: Iterable[dict[str, object]], parent: str | None) -> Iterator[Row]:
    for device in devices:
        name = _text(device["name"])
        yield {
            "name": name,
            "parent": parent,
            "type": _text(device.get("type")),
            "size_bytes": _number(device.get("size")),
            "filesystem": _text(device.get("fstype")),
            "mount": _text(device.get("mountpoint")),
            "is_readonly": _flag(device.get("ro")),
        }
        if "children" in device:
            yield from _layers(_checked(device["children"]), name)


def _from_sysfs(collection: Collection) -> tuple[Row, ...]:
    shapes = collection.section("shapes").stdout.decode(errors="backslashreplace")
    names = re.findall(r"^/sys/block/([^/\n]+)/device$", shapes, re.MULTILINE)

    def fact(name: str, file: str) -> str | None:
        content = collection.texts.get(f"/sys/block/{name}/{file}", b"")
        return content.decode(errors="backslashreplace").strip() or None

    with reading("/sys/block"):
        return tuple(
            {
                "name": name,
                "size_bytes": whole(size) * 512 if (size := fact(name, "size")) else None,
                "is_rotational": _FLAGS.get(fact(name, "queue/rotational") or ""),
                "is_removable": _FLAGS.get(fact(name, "removable") or ""),
                "model": fact(name, "device/model"),
                "bus": None,
            }
            for name in names
        )


def raid(collection: Collection) -> tuple[Row, ...]:
    """Return software RAID arrays of /proc/mdstat, md(4). No file: the kernel has no such driver.

    `members` is like UU or U_: a device that is up, and one that is missing. An array that was not
    started has neither that nor a `level`.
    """
    try:
        text = decoded(collection.file("/proc/mdstat"), "/proc/mdstat")
    except CannotMeasure as failure:
        if failure.failure is not Failure.TOOL_MISSING:
            raise
        return ()
    return tuple(
        {
            "name": name,
            "state": state,
            "level": level or None,
            "devices": tuple(word.partition("[")[0] for word in devices.split()),
            "members": members or None,
            "is_degraded": "_" in members if members else None,
        }
        for name, state, level, devices, members in _MD.findall(text)
    )


def smart(collection: Collection) -> tuple[Row, ...]:
    """Return what disks say of their own health, smartctl(8); sleeping disks say nothing."""
    rows: list[Row] = []
    for name, section in collection.sections.items():
        if not name.startswith("smart "):
            continue
        try:
            status = json.loads(section.stdout).get("smart_status", {})
            passed = status.get("passed") if isinstance(status, dict) else None
        except (ValueError, AttributeError, RecursionError):
            passed = None
        rows.append(
            {
                "device": name.removeprefix("smart "),
                "is_healthy": passed if isinstance(passed, bool) else None,
            }
        )
    return tuple(rows)


def _number(value: object) -> int | None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if text is None:
        return None
    if not isinstance(text, str):
        unparsable(f"lsblk: {value!r} is no size")
    with reading("lsblk"):
        return whole(text)


def _flag(value: object) -> bool | None:
    if value is None:
        return None
    if not isinstance(value, bool | str) or value not in _FLAGS:
        unparsable(f"lsblk: {value!r} is no flag")
    return _FLAGS[value]


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        unparsable(f"lsblk: {value!r} is no text")
    return value.strip() or None if value else None


def _mac_mounts(collection: Collection) -> tuple[Row, ...]:
    """Read `df -kP` and `mount`, df(1) and mount(8) of macOS; not tested on a real one."""
    kinds = dict(
        re.findall(r"^(?:.*?) on (.*) \(([a-z0-9]+)[,)]", collection.text("mounts"), re.MULTILINE)
    )
    rows: list[Row] = []
    with reading("df"):
        for line in collection.text("space").splitlines()[1:]:
            words = line.split(None, 5)
            kind, mount = kinds.get(words[5], ""), words[5]
            if kind in _NO_STORAGE:
                continue
            size = (whole(words[1]) * 1024, whole(words[3]) * 1024)
            rows.append(_mount(words[0], mount, kind, size, is_readonly=False))
            rows[-1] = {**rows[-1], "is_readonly": None}
    return tuple(rows)
