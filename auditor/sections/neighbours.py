"""Other machines that this one has spoken to or given an address to."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import pairwise

from auditor.collection import Collection, Section
from auditor.model import KnownFrom, Row
from auditor.parsing import moment, reading, rows_of, whole

COLUMNS = {
    "source": str,
    "address": str,
    "mac": str,
    "interface": str,
    "state": str,
    "confirmed_s": int,
    "expires_at": str,
    "is_current": bool,
}
ANSWERED = frozenset({"reachable", "stale", "delay", "probe", "permanent"})
"""States of an entry whose hardware address is known (ip-neighbour(8)); the others found nobody."""

UNREADABLE = "unreadable"
"""State of a list of leases that is there and that nobody could read in full."""

LONG_AGO_S = 7 * 24 * 3600
"""An entry confirmed earlier says nothing about today; a kernel may keep it for ever."""

_CONFIRMED = re.compile(r" used \d+/(\d+)/\d+")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_COMPLETE, _BY_HAND = 0x2, 0x4  # flags of /proc/net/arp, linux/if_arp.h
_DENIED = re.compile(r"grep: (/[^:]+): Permission denied")
_GIVEN = frozenset({"active", "abandoned", "0", "1"})
"""Leases that somebody uses, by dhcpd.leases(5) and Kea's memfile (0 default, 1 declined).

An abandoned or declined address answered although it was given to nobody.
"""


def neighbours(collection: Collection) -> tuple[Row, ...]:
    """Return the neighbour table and the leases of a machine's DHCP server. Raises.

    Groups and broadcasts are left out: nobody is behind them. A list of leases that could not be
    read in full is a row of its own with the state `unreadable`.
    """
    if collection.platform == "windows":
        return _windows(collection)
    text = collection.text("neighbours")
    with reading("neighbours"):
        found = _proc(text) if text.startswith("IP address") else _ip(text)
        rows = [row for row in found if _is_somebody(row)]
    return (*rows, *_leases(collection))


def _ip(text: str) -> Iterator[Row]:
    """Read `ip -s neigh`, of iproute2 or busybox."""
    for line in filter(str.strip, text.splitlines()):
        words = line.split()
        after = dict(pairwise(words))
        age = _CONFIRMED.search(line)
        yield _neighbour(
            *(words[0], after.get("lladdr"), after.get("dev"), words[-1].lower()),
            None if age is None else whole(age[1]),
        )


def _proc(text: str) -> Iterator[Row]:
    """Read /proc/net/arp (proc(5)): IPv4 only, and it tells no age."""
    for line in text.splitlines()[1:]:
        address, _kind, flags, mac, _mask, interface = line.split()
        bits = int(flags, 16)
        state = "permanent" if bits & _BY_HAND else "stale" if bits & _COMPLETE else "failed"
        yield _neighbour(address, mac, interface, state, None)


def _windows(collection: Collection) -> tuple[Row, ...]:
    """Read Get-NetNeighbor and Get-DhcpServerv4Lease as windows.ps1 writes them."""
    told = rows_of(collection.output("neighbours"), "neighbours", COLUMNS, COLUMNS)
    with reading("neighbours"):
        rows = [
            _neighbour(
                *(str(row["address"]), _text(row["mac"]), _text(row["interface"])),
                *((_text(row["state"]) or "").lower(), None),
            )
            for row in told
        ]
    rows = [row for row in rows if _is_somebody(row)]
    section = collection.sections.get("leases")
    if section is None or section.state == "missing":
        return tuple(rows)
    if section.state != "ok" or section.is_truncated:
        return (*rows, _unreadable("DHCP"))
    now_s = _clock(collection)
    with reading("leases"):
        for row in rows_of(section.stdout, "leases", COLUMNS, COLUMNS):
            ends = _text(row["expires_at"])
            ends_s = datetime.fromisoformat(ends).timestamp() if ends else None
            given = (_text(row["state"]) or "").lower().startswith("active")
            rows.append(_lease(str(row["address"]), _text(row["mac"]), ends_s, now_s, given=given))
    return tuple(rows)


def _leases(collection: Collection) -> Iterator[Row]:
    """Read the lines that the collector leaves of lease files: path, address, MAC, end, state."""
    section = collection.sections.get("leases")
    if section is None or section.state == "missing":
        return
    if section.state in {"timeout", "denied"} or section.is_truncated:
        yield _unreadable("DHCP")
    now_s = _clock(collection)
    last: dict[str, Row] = {}
    with reading("leases"):
        for line in section.stdout.decode("ascii").splitlines():
            if not line:
                continue
            _path, address, mac, ends, state = line.split("\t")
            # of two entries the later one holds: dhcpd.leases(5), and so in Kea's files
            ends_s = _end(ends)
            last[address] = _lease(address, mac or None, ends_s, now_s, given=state in _GIVEN)
    yield from last.values()
    yield from (_unreadable(path) for path in denied(section))


def denied(section: Section) -> tuple[str, ...]:
    """Return the files that `grep` complains it may not read."""
    return tuple(dict.fromkeys(_DENIED.findall(section.stderr.decode(errors="backslashreplace"))))


def _end(written: str) -> float | None:
    """Return POSIX seconds; None for a lease without end. Raises `ValueError`."""
    kind, _space, rest = written.partition(" ")
    if kind in {"never", "", "0"}:
        return None
    if "/" in kind:  # isc-dhcp writes UTC
        return datetime.strptime(written, "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    return float(whole(rest if kind == "epoch" else kind))


def _clock(collection: Collection) -> float | None:
    """Return the machine's own time; leases end by the clock of the server that gave them."""
    started = collection.header.get("clock_start", "").partition(" ")[0]
    return float(started) if started.isdecimal() else None


def _neighbour(
    address: str, mac: str | None, interface: str | None, state: str, confirmed_s: int | None
) -> Row:
    parsed = ip_address(address.partition("%")[0])
    is_v4 = parsed.version == 4  # noqa: PLR2004 - IPv4
    known = hardware(mac)
    answered = state in ANSWERED and known is not None
    long_ago = confirmed_s is not None and confirmed_s > LONG_AGO_S and state == "stale"
    return {
        "source": (KnownFrom.ARP if is_v4 else KnownFrom.NDP).value,
        "address": str(parsed),
        "mac": known,
        "interface": interface,
        "state": state,
        "confirmed_s": confirmed_s if answered and state != "permanent" else None,
        "expires_at": None,
        "is_current": answered and not long_ago,
    }


def _lease(
    address: str, mac: str | None, ends_s: float | None, now_s: float | None, *, given: bool
) -> Row:
    is_over = False if ends_s is None else None if now_s is None else ends_s < now_s
    return {
        "source": KnownFrom.LEASE.value,
        "address": str(ip_address(address)),
        "mac": hardware(mac),
        "interface": None,
        "state": "active" if given else "free",
        "confirmed_s": None,
        "expires_at": None if ends_s is None else moment(ends_s),
        "is_current": False if not given or is_over else None if is_over is None else True,
    }


def _unreadable(path: str) -> Row:
    return {
        **dict.fromkeys(COLUMNS),
        "source": KnownFrom.LEASE.value,
        "state": UNREADABLE,
        "interface": path,
    }


def hardware(written: str | None) -> str | None:
    """Return one machine's hardware address, lower case with colons; None for any other text.

    All zeros and addresses of groups (bit 0 of the first byte, IEEE 802) are nobody's.
    """
    mac = (written or "").lower().replace("-", ":")
    if not _MAC.fullmatch(mac) or not mac.strip("0:") or int(mac[:2], 16) & 1:
        return None
    return mac


def _is_somebody(row: Row) -> bool:
    address: IPv4Address | IPv6Address = ip_address(str(row["address"]))
    nobody = address.is_multicast or address.is_unspecified or address.is_loopback
    return not nobody and str(address) != "255.255.255.255"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
