"""Neighbour tables and leases as real programs wrote them, through the collector's own cleaning."""

import re
import subprocess
from pathlib import Path

import pytest
from collected import made

from auditor.errors import CannotMeasure
from auditor.model import Failure, Row
from auditor.sections.neighbours import hardware, neighbours

ROOT = Path(__file__).parents[2]
CAPTURES = ROOT / "tests" / "captures"
LEASES = {
    "dnsmasq.leases": "/var/lib/misc/dnsmasq.leases",
    "dhcpd.leases": "/var/lib/dhcp/dhcpd.leases",
    "kea-leases4.csv": "/var/lib/kea/kea-leases4.csv",
}
NAMES = (b"dt-cua-lan", b"may-hoa", b"tam")
NOW = 1_795_300_000
"""Before the recorded leases end."""


def cleaned(lines: bytes) -> bytes:
    """Return what the collector lets out of lease files, given as `path:line`."""
    script = (ROOT / "probes" / "collectors" / "posix.sh").read_text()
    program = re.search(r"CLEAN='(.*?)'\n\nSAID=", script, re.DOTALL)
    assert program is not None
    stream = b"#audit-collector 1 m\n#m begin leases\n%s\n#m end 0 ok\n#m done\n" % lines
    shown = subprocess.run(["awk", program[1]], input=stream, capture_output=True, check=True)
    return shown.stdout.partition(b"begin leases\n")[2].partition(b"\n#m end")[0]


def as_grep(name: str) -> bytes:
    """Return a recorded lease file as `grep -aH ''` prints it."""
    content = (CAPTURES / "dhcp-leases" / name).read_bytes()
    return b"".join(LEASES[name].encode() + b":" + line + b"\n" for line in content.splitlines())


def rows(neighbour_lines: bytes = b"", leases: bytes = b"", err: bytes = b"") -> tuple[Row, ...]:
    """Return the rows of both sections, on a machine whose clock is at NOW."""
    header = b"platform=linux\nuid=0\nclock_start=%d +0700\n" % NOW
    said = (leases, 2 if err else 0, err)
    return neighbours(made({"header": header, "neighbours": neighbour_lines, "leases": said}))


@pytest.mark.parametrize(
    ("name", "ages"), [("ip-s-neigh.txt", [1, None, 0]), ("busybox-ip-neigh.txt", [0, None, 0])]
)
def test_the_neighbour_table(name: str, ages: list[int | None]) -> None:
    """Who answered is there with its hardware address; whom nobody answered for is not current."""
    found = rows((CAPTURES / "neighbours" / name).read_bytes())
    there = [row for row in found if row["is_current"]]
    assert [(r["source"], r["address"], r["mac"], r["state"]) for r in there] == [
        ("arp", "10.77.0.50", "02:b8:6e:d7:d1:8f", "reachable"),
        ("arp", "10.77.0.77", "00:16:3e:aa:bb:cc", "permanent"),
        ("ndp", "fe80::b8:6eff:fed7:d18f", "02:b8:6e:d7:d1:8f", "reachable"),
    ]
    assert [r["confirmed_s"] for r in there] == ages
    assert {r["state"] for r in found if not r["is_current"]} == {"failed", "incomplete"}


def test_the_table_of_the_kernel() -> None:
    """/proc/net/arp keeps the address of who has gone; its flags say that it is not complete."""
    found = rows((CAPTURES / "neighbours" / "proc-net-arp.txt").read_bytes())
    assert [r["address"] for r in found if r["is_current"]] == ["10.77.0.50", "10.77.0.77"]
    assert {r["is_current"] for r in found if r["address"] == "10.77.0.63"} == {False}


@pytest.mark.parametrize(
    ("line", "is_current"),
    [
        (b"10.0.0.5 dev e lladdr 00:16:3e:00:00:05 used 9/604800/9probes 1 STALE", True),
        (b"10.0.0.5 dev e lladdr 00:16:3e:00:00:05 used 9/604801/9probes 1 STALE", False),
        (b"10.0.0.5 dev e lladdr 00:16:3e:00:00:05 router STALE", True),
        (b"10.0.0.5 dev e lladdr 00:00:00:00:00:00 REACHABLE", False),
        (b"10.0.0.5 dev e lladdr ff:ff:ff:ff:ff:ff PERMANENT", False),
        (b"10.0.0.5 dev e lladdr 01:00:5e:00:00:fb PERMANENT", False),
        (b"10.0.0.5 dev e proxy", False),
    ],
)
def test_what_is_nobody(line: bytes, is_current: bool) -> None:  # noqa: FBT001 - a case
    """Old, empty, group and proxy entries are no machines."""
    (row,) = rows(line + b"\n")
    assert row["is_current"] is is_current


@pytest.mark.parametrize("address", ["224.0.0.251", "255.255.255.255", "ff02::1", "0.0.0.0"])  # noqa: S104 - nobody's address
def test_groups_are_left_out(address: str) -> None:
    """Multicast, broadcast and unspecified addresses have nobody behind them."""
    assert rows(f"{address} dev e lladdr 00:16:3e:00:00:05 PERMANENT\n".encode()) == ()


@pytest.mark.parametrize(
    ("name", "first"),
    [("dnsmasq.leases", 56), ("dhcpd.leases", 100), ("kea-leases4.csv", 150)],
)
def test_leases(name: str, first: int) -> None:
    """Three servers, one kind of row: addresses and end, and no name that a client gave."""
    let_out = cleaned(as_grep(name))
    assert not any(word in let_out for word in NAMES)
    assert b"udhcp" not in let_out
    found = rows(leases=let_out)
    assert len(found) == 3
    assert f"10.77.0.{first}" in {r["address"] for r in found}
    assert {r["mac"] for r in found} == {
        "02:b8:6e:d7:d1:8f",
        "00:16:3e:11:22:33",
        "b6:21:8d:b5:77:84",
    }
    assert all(r["source"] == "lease" and r["is_current"] for r in found)
    assert {str(r["expires_at"])[:14] for r in found} == {"2026-11-22T11:"}


def test_a_lease_that_is_over_is_nobody() -> None:
    """Ended, given back and free leases are not current; one without end is; so is a stolen one."""
    lines = (
        b"/var/lib/misc/dnsmasq.leases:1795200000 00:16:3e:00:00:01 10.0.0.1 lan *\n"
        b"/var/lib/misc/dnsmasq.leases:0 00:16:3e:00:00:02 10.0.0.2 lan *\n"
        b"/var/lib/misc/dnsmasq.leases:duid 00:01:00:01:2c\n"
        b"/var/lib/misc/dnsmasq.leases:1795390000 06-00:16:3e:00:00:06 10.0.0.6 lan *\n"
        b"/var/lib/dhcp/dhcpd.leases:lease 10.0.0.3 {\n"
        b"/var/lib/dhcp/dhcpd.leases:  ends never;\n"
        b"/var/lib/dhcp/dhcpd.leases:  binding state active;\n"
        b"/var/lib/dhcp/dhcpd.leases:}\n"
        b"/var/lib/dhcp/dhcpd.leases:lease 10.0.0.3 {\n"
        b"/var/lib/dhcp/dhcpd.leases:  ends epoch 1795390000; # 2026\n"
        b"/var/lib/dhcp/dhcpd.leases:  binding state free;\n"
        b"/var/lib/dhcp/dhcpd.leases:}\n"
        b"/var/lib/dhcp/dhcpd.leases:lease 10.0.0.4 {\n"
        b"/var/lib/dhcp/dhcpd.leases:  ends never;\n"
        b"/var/lib/dhcp/dhcpd.leases:  binding state abandoned;\n"
        b'/var/lib/dhcp/dhcpd.leases:  client-hostname "hardware ethernet lan";\n'
        b"/var/lib/dhcp/dhcpd.leases:}\n"
    )
    let_out = cleaned(lines)
    assert b"lan" not in let_out
    current = {r["address"]: (r["mac"], r["is_current"]) for r in rows(leases=let_out)}
    assert current == {
        "10.0.0.1": ("00:16:3e:00:00:01", False),
        "10.0.0.2": ("00:16:3e:00:00:02", True),
        "10.0.0.6": ("00:16:3e:00:00:06", True),
        "10.0.0.3": (None, False),
        "10.0.0.4": (None, True),
    }


def test_a_list_that_may_not_be_read_is_told() -> None:
    """A file that is there and denied is no empty list."""
    err = b"grep: /var/lib/kea/kea-leases4.csv: Permission denied\n"
    (row,) = rows(err=err)
    assert (row["state"], row["interface"]) == ("unreadable", "/var/lib/kea/kea-leases4.csv")
    assert row["address"] is row["is_current"] is None


@pytest.mark.parametrize(
    "printed",
    [b"nonsense\n", b"10.0.0.999 dev e STALE\n", b"IP address\n1 2 3\n", b"10.0.0.1 dev e\xff\n"],
)
def test_damage_is_named(printed: bytes) -> None:
    """What is no table is `unparsable`, never an error of the tool."""
    with pytest.raises(CannotMeasure) as caught:
        rows(printed)
    assert caught.value.failure is Failure.UNPARSABLE


def test_windows_as_documented() -> None:
    """Get-NetNeighbor and Get-DhcpServerv4Lease; nobody has seen this on a real one."""
    table = (
        b'[{"address": "192.168.1.7", "mac": "00-15-5D-01-02-03", "interface": "Ethernet",'
        b' "state": "Stale"}, {"address": "224.0.0.22", "mac": "01-00-5E-00-00-16",'
        b' "interface": "Ethernet", "state": "Permanent"}, {"address": "192.168.1.9",'
        b' "mac": "00-00-00-00-00-00", "interface": "Ethernet", "state": "Unreachable"}]'
    )
    lease = (
        b'{"address": "192.168.1.20", "mac": "00-15-5d-0a-0b-0c", "state": "Active",'
        b' "expires_at": "2030-01-01T00:00:00Z"}'
    )
    found = neighbours(made({"neighbours": table, "leases": lease}, "windows"))
    assert [(r["address"], r["mac"], r["is_current"]) for r in found] == [
        ("192.168.1.7", "00:15:5d:01:02:03", True),
        ("192.168.1.9", None, False),
        ("192.168.1.20", "00:15:5d:0a:0b:0c", True),
    ]
    refused = neighbours(made({"neighbours": table, "leases": (b"", 126, b"no")}, "windows"))
    assert refused[-1]["state"] == "unreadable"


def test_hardware_addresses() -> None:
    """One machine's, in one spelling; anything else is not known."""
    assert hardware("00-16-3E-AA-BB-CC") == "00:16:3e:aa:bb:cc"
    assert [hardware(text) for text in (None, "", "00:16:3e", "33:33:00:00:00:01", "x")] == [
        None
    ] * 5
