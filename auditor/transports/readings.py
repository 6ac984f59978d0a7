"""Readings of this machine that no command gives: psutil and the standard library, as JSON.

Never user names, never the arguments or the environment of processes: both hold secrets.
Every reading is one object; a table stands under "rows" with the columns of its probe.
"""

import json
import os
import platform
import re
import socket
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil

from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.clock import clock
from auditor.transports.disks import block_devices, filesystems

Reading = dict[str, Any]

_HOME = re.compile(r"(?i)^((?:[a-z]:)?[/\\](?:home|users|media|run[/\\]media)[/\\])[^/\\]+")
_LONGEST_COMM = 15  # Linux cuts a process name here; psutil completes it from the command line


def take(reading: str) -> bytes:
    """Return a reading as JSON with sorted keys, UTF-8.

    Raises `CannotMeasure` (`permission_denied`, `unsupported_platform`, `command_failed`) and
    `KeyError` for a reading that does not exist.
    """
    read = _READINGS[reading]
    try:
        taken = read()
    except (psutil.AccessDenied, PermissionError) as error:
        raise CannotMeasure(Failure.PERMISSION_DENIED, f"{reading}: {error}") from error
    except (AttributeError, NotImplementedError) as error:  # psutil leaves out what is not there
        raise CannotMeasure(Failure.UNSUPPORTED_PLATFORM, f"{reading}: {error}") from error
    except (psutil.Error, OSError) as error:
        raise CannotMeasure(Failure.COMMAND_FAILED, f"{reading}: {error}") from error
    text = json.dumps(taken, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")


def impersonal(path: str) -> str:
    """Hide the user's name in a path below a home folder: `/home/~/bin/x`."""
    return _HOME.sub(r"\1~", path)


def _moment(posix_s: float) -> str:
    return f"{datetime.fromtimestamp(posix_s, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _is_elevated() -> bool | None:
    return os.geteuid() == 0 if hasattr(os, "geteuid") else None


def _identity() -> Reading:
    system = platform.uname()
    booted = psutil.boot_time()
    name, version = _product(system)
    return {
        "rows": [
            {
                "hostname": socket.gethostname(),
                "os": name,
                "os_version": version,
                "kernel": system.release or None,
                "architecture": system.machine or None,
                "cpu_count": psutil.cpu_count(),
                "memory_bytes": psutil.virtual_memory().total,
                "boot_at": _moment(booted),
                "uptime_s": round(time.time() - booted),
            }
        ]
    }


def _product(system: platform.uname_result) -> tuple[str | None, str | None]:
    if system.system == "Linux":
        try:
            release = platform.freedesktop_os_release()
        except OSError:
            return "Linux", None
        return release.get("NAME"), release.get("VERSION_ID")
    if system.system == "Darwin":
        return "macOS", platform.mac_ver()[0] or None
    return system.system or None, system.version or None


def _interfaces() -> Reading:
    states = psutil.net_if_stats()
    rows: list[Reading] = []
    for name, entries in psutil.net_if_addrs().items():
        by_family: dict[str, list[str]] = {}
        for entry in entries:
            by_family.setdefault(entry.family.name, []).append(entry.address.partition("%")[0])
        mac = next((by_family[f][0] for f in ("AF_PACKET", "AF_LINK") if f in by_family), "")
        state = states.get(name)
        ipv4, ipv6 = (sorted(by_family.get(f, ())) for f in ("AF_INET", "AF_INET6"))
        rows.append(
            {
                "name": name,
                "is_up": state.isup if state else None,
                "is_loopback": _is_loopback(state.flags if state else "", [*ipv4, *ipv6]),
                "is_wireless": _is_wireless(name),
                "mac": mac.replace("-", ":").lower() if mac.strip("0:-") else None,
                "ipv4": ipv4,
                "ipv6": ipv6,
                "speed_mbps": (state.speed or None) if state else None,  # 0: not known
                "duplex": _DUPLEX.get(state.duplex) if state else None,
                "mtu": state.mtu if state else None,
            }
        )
    return {"rows": rows}


_DUPLEX: dict[int, str] = {psutil.NIC_DUPLEX_FULL: "full", psutil.NIC_DUPLEX_HALF: "half"}


def _is_loopback(flags: str, addresses: list[str]) -> bool | None:
    if flags:
        return "loopback" in flags.split(",")
    return all(ip_address(text).is_loopback for text in addresses) if addresses else None


def _is_wireless(name: str) -> bool | None:
    if sys.platform != "linux":
        return None
    folder = Path("/sys/class/net", name)
    return (folder / "wireless").exists() or (folder / "phy80211").exists()


def _processes() -> Reading:
    rows = []
    for process in psutil.process_iter(["pid", "ppid", "name", "exe", "create_time"]):
        seen = process.info
        executable, started = seen["exe"], seen["create_time"]
        rows.append(
            {
                "pid": seen["pid"],
                "parent_pid": seen["ppid"],
                "name": _program(seen["name"]),
                "executable": impersonal(executable) if executable else executable,
                "started_at": _moment(started) if started else None,
            }
        )
    return {"rows": rows, "is_elevated": _is_elevated()}


def _program(name: str | None) -> str | None:
    """Cut a Linux name that was completed with more than the program's own name."""
    if name and sys.platform == "linux" and len(name) > _LONGEST_COMM and " " in name:
        return name[:_LONGEST_COMM]
    return name or None


def _sockets() -> Reading:
    names: dict[int, str | None] = {
        process.pid: _program(process.info["name"]) for process in psutil.process_iter(["name"])
    }
    rows = []
    for entry in psutil.net_connections(kind="inet"):
        is_tcp = entry.type == socket.SOCK_STREAM
        local, remote = (tuple(end) or (None, None) for end in (entry.laddr, entry.raddr))
        rows.append(
            {
                "protocol": "tcp" if is_tcp else "udp",
                "family": "ipv4" if entry.family == socket.AF_INET else "ipv6",
                "local_address": local[0],
                "local_port": local[1],
                "remote_address": remote[0],
                "remote_port": remote[1],
                "state": entry.status.lower() if is_tcp else None,
                "is_listening": (
                    entry.status == psutil.CONN_LISTEN if is_tcp else remote[0] is None
                ),
                "process": names.get(entry.pid) if entry.pid else None,
            }
        )
    return {"rows": rows, "is_elevated": _is_elevated()}


def _services() -> Reading:
    """Windows only; written after psutil's documentation, not tested on a real Windows."""
    iterate: Callable[[], Any] = psutil.win_service_iter  # type: ignore[attr-defined,unused-ignore] # only on Windows
    rows = []
    for service in iterate():
        seen = service.as_dict()
        rows.append(
            {
                "name": seen["name"],
                "state": seen["status"],
                "startup": seen["start_type"],
                "description": seen["display_name"] or None,
            }
        )
    return {"rows": rows}


_READINGS: Mapping[str, Callable[[], Reading]] = MappingProxyType(
    {
        "block_devices": block_devices,
        "clock": clock,
        "filesystems": lambda: filesystems(impersonal),
        "identity": _identity,
        "interfaces": _interfaces,
        "processes": _processes,
        "services": _services,
        "sockets": _sockets,
    }
)
