"""How this machine is connected: interfaces, gateways, name servers, Wi-Fi in the air."""

import shutil
import subprocess
import sys
from ipaddress import ip_address, ip_interface
from pathlib import Path

import psutil

from auditor import guard
from auditor.lan.survey import Segment, Surroundings, Wifi
from auditor.lan.talk import clean

_ROUTES, _ROUTES6 = Path("/proc/net/route"), Path("/proc/net/ipv6_route")
_RESOLVERS = Path("/etc/resolv.conf")
_UP_AND_GATEWAY = 0x3
_MOST_BYTES = 65536
_MOST_WIFI = 200
_PATIENCE_S = 20.0


def surroundings() -> Surroundings:
    """Read what this machine's system says of its connections. Sends nothing."""
    gateways = _gateways()
    segments = tuple(
        Segment(name, network, address, tuple(gateways.get(name, ())))
        for name, network, address in _networks()
    )
    return Surroundings(segments, _name_servers(), _wifi())


def _networks() -> list[tuple[str, str, str]]:
    """Return interface, network and address; loopback, link-local and single hosts left out."""
    found = []
    states = psutil.net_if_stats()
    for name, entries in sorted(psutil.net_if_addrs().items()):
        if not (name in states and states[name].isup):
            continue
        for entry in entries:
            if entry.family.name not in {"AF_INET", "AF_INET6"} or not entry.netmask:
                continue
            bare = entry.address.partition("%")[0]
            length = int(ip_address(entry.netmask)).bit_count()
            interface = ip_interface(f"{bare}/{length}")
            if not (interface.is_loopback or interface.is_link_local):
                found.append((name, str(interface.network), bare))
    return found


def _gateways() -> dict[str, list[str]]:
    """Return the default gateways by interface; empty where the system has no /proc/net."""
    found: dict[str, list[str]] = {}
    for line in _text(_ROUTES).splitlines()[1:]:
        words = line.split()
        if len(words) > 3 and words[1] == "00000000" and int(words[3], 16) & 3 == _UP_AND_GATEWAY:  # noqa: PLR2004 - interface, destination, gateway, flags
            packed = bytes.fromhex(words[2])[:: -1 if sys.byteorder == "little" else 1]
            found.setdefault(words[0], []).append(str(ip_address(packed)))
    for line in _text(_ROUTES6).splitlines():
        words = line.split()
        if len(words) > 9 and words[1] == "00" and int(words[8], 16) & 3 == _UP_AND_GATEWAY:  # noqa: PLR2004 - ten columns
            found.setdefault(words[9], []).append(str(ip_address(bytes.fromhex(words[4]))))
    return found


def _name_servers() -> tuple[str, ...] | None:
    if not _RESOLVERS.exists():
        return None
    lines = [line.split() for line in _text(_RESOLVERS).splitlines()]
    return tuple(clean(words[1]) for words in lines if words[:1] == ["nameserver"] and words[1:])


def _wifi() -> tuple[Wifi, ...] | None:
    """Read what NetworkManager saw in the air; it keeps the list, nothing is sent for this."""
    program = shutil.which("nmcli")
    if program is None:
        return None
    command = [program, "-t", "-e", "no", "-f", "SECURITY,SSID", "device", "wifi", "list"]
    command += ["--rescan", "no"]
    try:
        with guard.on_machine():
            ran = subprocess.run(  # noqa: S603 - an own program with fixed words
                command, capture_output=True, timeout=_PATIENCE_S, check=False
            )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return wifi_of(ran.stdout) if ran.returncode == 0 else None


def wifi_of(printed: bytes) -> tuple[Wifi, ...]:
    """Read nmcli's terse lines "SECURITY:SSID"; the last field may hold colons."""
    lines = [line.partition(b":") for line in printed[:_MOST_BYTES].splitlines()[:_MOST_WIFI]]
    return tuple(
        dict.fromkeys(Wifi(clean(ssid), clean(protection)) for protection, _colon, ssid in lines)
    )


def _text(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            return opened.read(_MOST_BYTES).decode("ascii", "replace")
    except OSError:
        return ""
