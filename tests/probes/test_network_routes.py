"""Routes of this machine and of one made here."""

import json
import subprocess
from collections.abc import Callable, Mapping
from typing import Protocol

import pytest

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured
from auditor.probing import HostFacts, Probe

NO_ROUTE = b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"


MISSING = (b"", 2, b"No such file or directory")


class Machine(Protocol):
    """What the fixture `other_machine` gives."""

    interface: str
    inside: tuple[str, ...]


@pytest.mark.package
def test_agrees_with_ip(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """iproute2 sees the same IPv4 routes."""
    result = probes["network_routes"].measure(here)
    assert conforms(probes["network_routes"], result)
    told = json.loads(subprocess.check_output(["ip", "-json", "-4", "route"]))
    expected = {
        (
            "0.0.0.0/0" if route["dst"] == "default" else route["dst"],
            route.get("gateway"),
            route["dev"],
        )
        for route in told
    }
    assert {
        (row["destination"], row["gateway"], row["interface"])
        for row in result.rows
        if row["family"] == "ipv4"
    } == expected


@pytest.mark.root
def test_reads_routes_of_all_kinds(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts], other_machine: Machine
) -> None:
    """Gateways, IPv6 and odd masks as a real kernel writes them; a blackhole leads nowhere."""
    cable = other_machine.interface
    for route in (
        f"-4 route add default via 10.99.0.1 dev {cable} onlink",
        "-4 route add 10.20.0.0/15 dev lo",
        "-4 route add blackhole 10.66.0.0/16",
        "-4 route add unreachable 10.67.0.0/16",
        f"-6 route add default via fe80::1 dev {cable}",
        f"-6 addr add fd00:1::2/64 dev {cable} nodad",
        "-6 route add blackhole fd00:66::/32",
    ):
        subprocess.run([*other_machine.inside, "ip", *route.split()], check=True)
    files = {
        path: subprocess.check_output([*other_machine.inside, "cat", path])
        for path in ("/proc/net/route", "/proc/net/ipv6_route")
    }
    rows = probes["network_routes"].measure(answering(files)).rows
    seen = {tuple(row.values()) for row in rows}
    assert {
        ("ipv4", "0.0.0.0/0", "10.99.0.1", cable, True),
        ("ipv4", "10.20.0.0/15", None, "lo", False),
        ("ipv6", "::/0", "fe80::1", cable, True),
        ("ipv6", "fd00:1::/64", None, cable, False),
    } <= seen
    nowhere = {"10.66.0.0/16", "10.67.0.0/16", "fd00:66::/32"}
    assert not nowhere & {row["destination"] for row in rows}


def test_reads_the_recording(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """One default route for each family; the kernel's own entries are left out."""
    rows = probes["network_routes"].measure(recorded("debian12-sandbox")).rows
    assert [tuple(row.values()) for row in rows] == [
        ("ipv4", "0.0.0.0/0", "192.0.2.1", "eth0", True),
        ("ipv4", "192.0.2.0/24", None, "eth0", False),
        ("ipv6", "::/0", "fd00::1", "eth0", True),
        ("ipv6", "fd00::/64", None, "eth0", False),
        ("ipv6", "fe80::/64", None, "eth0", False),
    ]


def test_without_ipv6_the_rest_counts(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts]
) -> None:
    """A kernel without IPv6 has no such file; that is said, not guessed."""
    result = probes["network_routes"].measure(
        answering({"/proc/net/route": NO_ROUTE, "/proc/net/ipv6_route": MISSING})
    )
    assert result.rows == ()
    assert "IPv6" in result.limitations[0].vi


def test_an_unreadable_file_is_no_missing_one(
    probes: Mapping[str, Probe], answering: Callable[..., HostFacts]
) -> None:
    """Forbidden is not absent."""
    denied = (b"", 2, b"Permission denied")
    answers = {"/proc/net/route": NO_ROUTE, "/proc/net/ipv6_route": denied}
    with pytest.raises(CannotMeasure) as caught:
        probes["network_routes"].measure(answering(answers))
    assert caught.value.failure is Failure.PERMISSION_DENIED
