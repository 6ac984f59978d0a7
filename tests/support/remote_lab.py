"""A centre with public addresses, and a place on the Internet to look at it from, in namespaces.

    outside   203.0.113.7         where the officer measures from
    centre    203.0.113.1         the router of both
              198.51.100.10       VPN endpoints; remote desktops are shut off by its firewall
              198.51.100.11       everything that listens
              198.51.100.12       drops whatever comes
              192.168.50.1        its own network, with a place inside (192.168.50.7)

The daemons are those of Debian's packages. Everything goes away with the block.
"""

import ctypes
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import record_lan
import yaml
from service_house import House, run

from auditor.site_rules import SCHEMA

SHUT, OPEN, SILENT = "198.51.100.10", "198.51.100.11", "198.51.100.12"
PUBLIC, INSIDE = "198.51.100.8/29", "192.168.50.0/24"
OUTSIDE = "203.0.113.7"
DESKTOPS = "23, 3389, 5900"
_CLONE_NEWNET = 0x40000000


@contextmanager
def lab(folder: Path) -> Iterator[House]:
    """Build it; the house is the centre's namespace. Raises `OSError` without the right."""
    tag = f"{os.getpid()}{threading.get_native_id() % 1000}"
    centre, outside, inside = (f"rw{kind}{tag}" for kind in ("c", "o", "i"))
    with ExitStack() as stack:
        for name in (centre, outside, inside):
            added = subprocess.run(
                ["ip", "netns", "add", name], capture_output=True, text=True, check=False
            )
            if added.returncode != 0:
                raise OSError(added.stderr.strip())
            stack.callback(subprocess.run, ["ip", "netns", "delete", name], check=True)
            run("ip", "-n", name, "link", "set", "lo", "up")
        for link, name, own, router in (
            ("wan", outside, f"{OUTSIDE}/24", "203.0.113.1/24"),
            ("lan", inside, "192.168.50.7/24", "192.168.50.1/24"),
        ):
            for command in (
                f"-n {centre} link add {link} type veth peer name eth0 netns {name}",
                f"-n {centre} addr add {router} dev {link}",
                f"-n {centre} link set {link} up",
                f"-n {name} addr add {own} dev eth0",
                f"-n {name} link set eth0 up",
                f"-n {name} route add default via {router.partition('/')[0]}",
            ):
                run("ip", *command.split())
        for address in (SHUT, OPEN, SILENT):
            run("ip", "-n", centre, "addr", "add", f"{address}/32", "dev", "lo")
        rules = (
            "table ip wall { chain i { type filter hook input priority 0;\n"
            f"ip daddr {SHUT} tcp dport {{ {DESKTOPS} }} reject with tcp reset\n"
            f"ip daddr {SILENT} drop\n }}\n}}\n"
        )
        enter = ("ip", "netns", "exec", centre)
        subprocess.run([*enter, "nft", "-f", "-"], input=rules, text=True, check=True)
        yield House(centre, SHUT, OUTSIDE, PUBLIC, "wan", folder, stack)


def elsewhere(house: House, kind: str) -> str:
    """Return the namespace of the place outside ("o") or inside ("i")."""
    return f"rw{kind}{house.name.removeprefix('rwc')}"


@contextmanager
def standing(name: str) -> Iterator[None]:
    """Make this thread stand in a namespace until the end of the block."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        if libc.setns(there, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), name)
        try:
            yield
        finally:
            if libc.setns(before, _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "the namespace before")
    finally:
        os.close(there)
        os.close(before)


def site_file(folder: Path, place: str, network: str) -> Path:
    """Write a site file that names two public addresses and one place outside."""
    (folder / "letter.pdf").write_bytes(b"%PDF-1.4 sample")
    (folder / "hop-dong.pdf").write_bytes(b"%PDF-1.4 sample")
    today = datetime.now(UTC).date()
    letter = {
        **record_lan.LETTER,
        "methods": ["service_probes"],
        "issued_on": today.isoformat(),
        "expires_on": (today + timedelta(days=1)).isoformat(),
        "file": "letter.pdf",
    }
    written = {
        "schema": SCHEMA,
        "centre": {"id": "test", "name": "Trung tâm"},
        "scope": {
            "networks": [PUBLIC],
            "ownership": [{"network": PUBLIC, "file": "hop-dong.pdf"}],
            "packets_per_second": 1000,
            "authorisation": letter,
        },
        "remote_work": {
            "public_addresses": [SHUT, OPEN],
            "outside": [{"place": place, "network": network}],
        },
    }
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
    return path
