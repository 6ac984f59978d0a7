"""Interfaces of this machine."""

import json
import subprocess
from collections.abc import Callable, Mapping

import pytest

from auditor.model import Measured
from auditor.probing import HostFacts, Probe


@pytest.mark.package
def test_agrees_with_ip(
    probes: Mapping[str, Probe], here: HostFacts, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """iproute2 sees the same interfaces, addresses and packet sizes."""
    result = probes["network_interfaces"].measure(here)
    assert conforms(probes["network_interfaces"], result)
    told = json.loads(subprocess.check_output(["ip", "-json", "address"]))
    assert {
        row["name"]: (row["ipv4"], row["ipv6"], row["mtu"], row["is_loopback"])
        for row in result.rows
    } == {
        link["ifname"]: (
            *(
                tuple(sorted(a["local"] for a in link["addr_info"] if a["family"] == family))
                for family in ("inet", "inet6")
            ),
            link["mtu"],
            link["link_type"] == "loopback",
        )
        for link in told
    }


def test_reads_the_recording(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """The loopback has no hardware address, the card has one; neither is wireless."""
    rows = probes["network_interfaces"].measure(recorded("debian12-sandbox")).rows
    by_name = {row["name"]: row for row in rows}
    assert (by_name["lo"]["mac"], by_name["lo"]["is_loopback"]) == (None, True)
    assert by_name["eth0"]["mac"] == "02:fc:00:00:00:01"
    assert by_name["eth0"]["ipv4"] == ("192.0.2.2",)
    assert not any(row["is_wireless"] for row in rows)


def test_reads_macos_as_documented(
    probes: Mapping[str, Probe], recorded: Callable[[str], HostFacts]
) -> None:
    """ifconfig(8) of macOS; nobody has seen this on a real one."""
    rows = probes["network_interfaces"].measure(recorded("darwin-by-hand")).rows
    assert [(r["name"], r["mac"], r["ipv6"], r["is_wireless"]) for r in rows] == [
        ("en0", "02:00:5e:10:00:01", ("fe80::1",), None),
        ("lo0", None, ("::1",), None),
    ]
