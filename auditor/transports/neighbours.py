"""The operating system's neighbour table: who answered whom lately, read without sending."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address

from auditor import guard
from auditor.discovery.frames import is_machine, is_single, mac_text
from auditor.discovery.sightings import How, Sighting

_PATIENCE_S = 10.0
_DEAD = frozenset({"FAILED", "INCOMPLETE", "NOARP", "NONE"})
_PAIR = re.compile(
    r"\(?(\d{1,3}(?:\.\d{1,3}){3})\)?\s+(?:at\s+)?((?:[0-9a-fA-F]{1,2}[:-]){5}[0-9a-fA-F]{1,2})"
)


def table() -> tuple[Sighting, ...] | None:
    """Return the known neighbours, or nothing where the table cannot be read."""
    linux = sys.platform.startswith("linux")
    command = ("ip", "-j", "neigh", "show") if linux else ("arp", "-a")
    try:
        with guard.on_machine():
            ran = subprocess.run(  # noqa: S603 - two fixed commands
                command, capture_output=True, timeout=_PATIENCE_S, check=False
            )
    except (OSError, subprocess.SubprocessError):
        return None
    if ran.returncode != 0:
        return None
    text = ran.stdout.decode("utf-8", "replace")
    return tuple(from_iproute(text) if linux else from_arp(text))


def from_iproute(text: str) -> Iterator[Sighting]:
    """Read `ip -j neigh`; entries without MAC, or given up, are nobody."""
    now = time.time()
    try:
        entries = json.loads(text or "[]")
    except ValueError:
        return
    for entry in entries:
        states = set(entry.get("state", ()))
        mac = _mac(entry.get("lladdr", ""))
        if mac is None or states & _DEAD:
            continue
        how = How.REACHABLE_NEIGHBOUR if "REACHABLE" in states else How.NEIGHBOUR_TABLE
        address = ip_address(entry["dst"])
        if is_single(address):
            yield Sighting(address, how, now, mac)


def from_arp(text: str) -> Iterator[Sighting]:
    """Read `arp -a` of macOS or Windows, in any language: an address beside a MAC."""
    now = time.time()
    for match in _PAIR.finditer(text):
        mac = _mac(match[2])
        try:
            address = ip_address(match[1])
        except ValueError:
            continue
        if mac is not None and is_single(address):
            yield Sighting(address, How.NEIGHBOUR_TABLE, now, mac)


def _mac(text: str) -> str | None:
    parts = text.replace("-", ":").split(":")
    try:
        raw = bytes(int(part, 16) for part in parts)
    except ValueError:
        return None
    return mac_text(raw) if len(raw) == 6 and is_machine(raw) else None  # noqa: PLR2004 - Ethernet
