"""Open sockets, with the process that holds each."""

import re
from ipaddress import IPv4Address, IPv6Address

from auditor.collection import Collection, decoded, once
from auditor.errors import CannotMeasure
from auditor.model import Failure, Row, Value
from auditor.parsing import reading, rows_of, unparsable
from auditor.sections.processes import processes

COLUMNS = {
    "protocol": str,
    "family": str,
    "local_address": str,
    "local_port": int,
    "remote_address": str,
    "remote_port": int,
    "state": str,
    "is_listening": bool,
    "process": str,
    "pid": int,
    "executable": str,
}
_STATES = {
    "01": "established",
    "02": "syn_sent",
    "03": "syn_recv",
    "04": "fin_wait1",
    "05": "fin_wait2",
    "06": "time_wait",
    "07": "close",
    "08": "close_wait",
    "09": "last_ack",
    "0A": "listen",
    "0B": "closing",
    "0C": "syn_recv",
}
_FIELDS = 10
_FOLDER = re.compile(r'^"?/proc/(\d{1,10})/fd"?:$')
_HELD = re.compile(
    r'^l\S+ +\d+ +\d+ +\d+ +\d+ +\S+ +\S+ +\S+ +"?\d+"? -> "?socket:\[(\d{1,20})\]"?$'
)


@once
def sockets(collection: Collection) -> tuple[Row, ...]:
    """Return TCP and UDP sockets of the collector's network namespace. Raises `CannotMeasure`."""
    if collection.platform == "windows":
        return rows_of(collection.output("sockets"), "sockets", COLUMNS, COLUMNS)
    if collection.platform == "darwin":
        return _mac(collection)
    owners = _owners(collection)
    programs = {row["pid"]: row for row in processes(collection)}
    rows: list[Row] = []
    for protocol, family in (("tcp", "ipv4"), ("tcp", "ipv6"), ("udp", "ipv4"), ("udp", "ipv6")):
        path = f"/proc/net/{protocol}{'6' if family == 'ipv6' else ''}"
        try:
            text = decoded(collection.file(path), path)
        except CannotMeasure as failure:
            if family == "ipv4" or failure.failure is not Failure.TOOL_MISSING:
                raise
            continue  # a kernel without IPv6
        for line in text.splitlines()[1:]:
            with reading(path):
                row, inode = _read(line.split(), protocol, family)
            program = programs.get(owners.get(inode), {})
            rows.append(
                row
                | {
                    "process": program.get("name"),
                    "pid": owners.get(inode),
                    "executable": program.get("executable"),
                }
            )
    return tuple(rows)


def _owners(collection: Collection) -> dict[str, int]:
    """Return the lowest process number for each socket's inode."""
    owners: dict[str, int] = {}
    pid = 0
    for line in collection.section("descriptors").stdout.decode(errors="replace").splitlines():
        if match := _FOLDER.fullmatch(line):
            pid = int(match[1])
        elif (match := _HELD.fullmatch(line)) and pid:
            owners[match[1]] = min(pid, owners.get(match[1], pid))
    return owners


def _read(words: list[str], protocol: str, family: str) -> tuple[dict[str, Value], str]:
    if len(words) < _FIELDS:
        unparsable(f"/proc/net/{protocol}: {len(words)} fields")
    local, local_port = _end(words[1], family)
    remote, remote_port = _end(words[2], family)
    if remote_port == 0 and int(words[2].partition(":")[0], 16) == 0:
        remote, remote_port = None, None
    state = _STATES[words[3].upper()]
    is_tcp = protocol == "tcp"
    row: dict[str, Value] = {
        "protocol": protocol,
        "family": family,
        "local_address": local,
        "local_port": local_port,
        "remote_address": remote,
        "remote_port": remote_port,
        "state": state if is_tcp else None,
        "is_listening": state == "listen" if is_tcp else remote is None,
    }
    return row, words[9]


def _end(text: str, family: str) -> tuple[str | None, int | None]:
    """Read an address that the kernel wrote as 32-bit words of a little-endian machine."""
    address, _colon, port = text.partition(":")
    packed = bytes.fromhex(address)
    if len(packed) != (4 if family == "ipv4" else 16) or len(port) != 4:  # noqa: PLR2004 - bytes and digits
        message = f"{text[:60]!r} is no address"
        raise ValueError(message)
    packed = b"".join(packed[at : at + 4][::-1] for at in range(0, len(packed), 4))
    if family == "ipv4":
        return str(IPv4Address(packed)), int(port, 16)
    ipv6 = IPv6Address(packed)
    return f"::ffff:{ipv6.ipv4_mapped}" if ipv6.ipv4_mapped else str(ipv6), int(port, 16)


def _mac(collection: Collection) -> tuple[Row, ...]:
    """Read `lsof -F pPtTn`, lsof(8) "OUTPUT FOR OTHER PROGRAMS"; not tested on a real macOS."""
    rows: list[Row] = []
    pid: int | None = None
    fields: dict[str, str] = {}

    def finish() -> None:
        if "n" in fields and fields.get("P") in {"TCP", "UDP"}:
            rows.append(_mac_row(pid, fields))
        fields.clear()

    with reading("lsof"):
        for line in collection.section("descriptors").stdout.decode(errors="replace").splitlines():
            key, value = line[:1], line[1:]
            if key in {"p", "f"}:
                finish()
            if key == "p":
                pid = int(value[:10])
            elif key == "T":
                word, _equals, state = value.partition("=")
                fields[f"T{word}"] = state
            else:
                fields[key] = value
        finish()
    return tuple(rows)


def _mac_row(pid: int | None, fields: dict[str, str]) -> Row:
    local, _arrow, remote = fields["n"].partition("->")
    ends = [_mac_end(end) for end in (local, remote)]
    state = fields.get("TST", "").lower() or None
    is_tcp = fields["P"] == "TCP"
    return {
        **dict.fromkeys(COLUMNS),
        "protocol": fields["P"].lower(),
        "family": "ipv6" if fields.get("t") == "IPv6" else "ipv4",
        "local_address": ends[0][0],
        "local_port": ends[0][1],
        "remote_address": ends[1][0],
        "remote_port": ends[1][1],
        "state": state if is_tcp else None,
        "is_listening": state == "listen" if is_tcp else not remote,
        "pid": pid,
    }


def _mac_end(text: str) -> tuple[str | None, int | None]:
    address, _colon, port = text.rpartition(":")
    if not text:
        return None, None
    return address.strip("[]") or None, int(port) if port.isascii() and port.isdigit() else None
