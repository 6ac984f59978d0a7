"""Services and devices by what real programs answer, in a namespace of their own."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import service_daemons
from service_house import PROGRAMS, SETTERS, House, house, missing

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.model import (
    Authorisation,
    Centre,
    Failure,
    Measured,
    Method,
    NetworkPlan,
    Passage,
    Row,
    Scope,
    Segment,
    Site,
    Zone,
)
from auditor.probing import Probe
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.net import GatedNetwork

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.package]

PROTOCOLS = {
    21: "ftp",
    22: "ssh",
    23: "telnet",
    80: "http",
    111: "rpcbind",
    443: "https",
    445: "smb",
    631: "ipp",
    1883: "mqtt",
    2049: "nfs",
    3260: "iscsi",
    3306: "mysql",
    3389: "rdp",
    3493: "nut",
    4352: "pjlink",
    5432: "postgresql",
    5900: "vnc",
    6379: "redis",
    8080: "http",
    9100: None,
}
"""What runs in the house; nobody asked 9100."""


@pytest.fixture(scope="module")
def inhabited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Build one machine that runs everything."""
    if os.geteuid() != 0:
        pytest.skip("needs root to make a network namespace")
    if packages := missing(*PROGRAMS):
        pytest.skip(f"needs the Debian packages {' '.join(packages)}")
    assert service_daemons.__doc__, "imported for the daemons that it registers"
    folder = tmp_path_factory.mktemp("house")
    with house(folder, os.getpid() % 250) as built:
        for start in SETTERS.values():
            start(built)
        yield built


Reader = Callable[[str], Measured]


@pytest.fixture(scope="module")
def kept() -> list[bytes]:
    """Everything that was kept as evidence."""
    return []


@pytest.fixture(scope="module")
def network(
    inhabited: House, module_letter: Callable[..., Authorisation], kept: list[bytes]
) -> Callable[[], GatedNetwork]:
    """Open the house's network, all accesses sharing one survey."""
    own = Zone(name="quản trị", networks=(f"{inhabited.own}/32",))
    there = Zone(
        name="máy chủ",
        networks=(f"{inhabited.address}/32",),
        witnesses=(f"{inhabited.address}:22", f"{inhabited.address}:8123"),
    )
    site = Site(
        schema="test",
        centre=Centre(id="test", name="Trung tâm"),
        scope=Scope(
            networks=(inhabited.network,),
            packets_per_second=1000,
            authorisation=module_letter(Method.DISCOVERY, Method.SERVICE_PROBES),
        ),
        network=NetworkPlan(
            segments=(
                Segment(
                    name="Văn phòng",
                    network=inhabited.network,
                    gateway=inhabited.address,
                    dhcp_pool_size=100,
                ),
                Segment(name="Kho", network="10.79.251.0/24"),
            ),
            zones=(own, there),
            passages=(Passage(from_zone="quản trị", to_zone="máy chủ", ports=(22, 443)),),
        ),
    )

    def keep(_request: str, content: bytes) -> str:
        kept.append(content)
        return "0" * 64

    context = Context(site, Path(), Gate(site.scope, site.timezone), keep)
    return lambda: GatedNetwork(context)


@pytest.fixture(scope="module")
def read(network: Callable[[], GatedNetwork], module_probes: Mapping[str, Probe]) -> Reader:
    """Measure with a probe as the tool does."""

    def measured(name: str) -> Measured:
        access = network()
        with guard.probing(access._context.gate):  # noqa: SLF001 - the gate of this access
            return module_probes[name].measure(access)

    return measured


def by_port(measured: Measured, address: str) -> dict[int, Row]:
    """Return the TCP rows of one address."""
    return {
        int(str(row["port"])): row
        for row in measured.rows
        if row["transport"] == "tcp" and row["address"] == address
    }


def test_every_service_is_known_by_its_answer(inhabited: House, read: Reader) -> None:
    """All that listens is found, and each says what it is."""
    rows = by_port(read("lan_services"), inhabited.address)
    assert {port: row["protocol"] for port, row in rows.items()} == PROTOCOLS
    assert rows[22]["product"] == "OpenSSH"
    assert rows[3306]["product"] == "MariaDB"
    assert str(rows[445]["version"]).startswith("3.1")
    assert "smb1" in str(rows[445]["remarks"])
    assert "maychu-tep" in str(rows[445]["names"])
    assert rows[631]["product"] == "Canon LBP6030"
    assert rows[5900]["remarks"] == ("no_password",)
    assert rows[443]["tls_days_left"] in {28, 29}
    assert rows[443]["tls_subject"] == "cong.trung-tam.test"
    assert rows[3389]["tls_version"] in {"TLSv1.2", "TLSv1.3"}


def test_plain_administration_is_a_remark(inhabited: House, read: Reader) -> None:
    """Telnet, FTP without TLS and a login form without TLS are; SSH and HTTPS are not."""
    rows = by_port(read("lan_services"), inhabited.address)
    insecure = {port for port, row in rows.items() if row["is_insecure_admin"] is True}
    assert insecure == {21, 23, 4352, 5900, 8080}
    assert {p for p, row in rows.items() if row["is_insecure_admin"] is False} >= {22, 80, 443}


def test_udp_services_answer(inhabited: House, read: Reader) -> None:
    """DNS, NTP and mDNS are asked with their own questions."""
    udp = {
        row["port"]: row["protocol"]
        for row in read("lan_services").rows
        if row["transport"] == "udp" and row["address"] == inhabited.address
    }
    assert udp == {53: "dns", 123: "ntp", 5353: "mdns"}


def test_the_host_key_is_the_servers(inhabited: House, read: Reader) -> None:
    """The key that groups addresses is the one that ssh-keygen shows."""
    shown = subprocess.check_output(
        ["ssh-keygen", "-lf", str(inhabited.folder / "host_key.pub")], text=True
    )
    rows = by_port(read("lan_services"), inhabited.address)
    assert rows[22]["identities"] == (f"ssh:{shown.split()[1]}",)


def test_nothing_is_printed(inhabited: House, read: Reader) -> None:
    """A printer's raw port is opened, and not one byte is sent to it."""
    rows = by_port(read("lan_services"), inhabited.address)
    assert rows[9100]["remarks"] == ("not_asked",)
    time.sleep(0.3)
    assert inhabited.logs["raw"].read_text() == "ready\n"


def test_one_machine_is_one_device(inhabited: House, read: Reader) -> None:
    """A dozen services and announcements of one machine are one row, with evidence."""
    devices = [
        row
        for row in read("lan_devices").rows
        if isinstance(row["addresses"], tuple) and inhabited.address in row["addresses"]
    ]
    (device,) = devices
    assert device["device_class"] == "printer"
    assert device["confidence"] == "high"
    assert {"printer", "projector"} <= set(device["functions"] or ())  # type: ignore[arg-type] # a tuple
    assert str(device["device"]).startswith("uuid:")
    assert device["is_mac_local"] is True


def test_the_plan_is_compared(inhabited: House, read: Reader) -> None:
    """The declared segment is found again, another one is not seen, an undeclared one is named."""
    rows = {row["network"]: row for row in read("lan_topology").rows if row["kind"] == "segment"}
    office = rows[inhabited.network]
    assert (office["name"], office["gateways"], office["dhcp_pool_size"]) == ("Văn phòng", 1, 100)
    assert office["name_servers"] == office["time_servers"] == (inhabited.address,)
    assert rows["10.79.251.0/24"]["is_seen"] is None
    assert {row["is_listed"] for row in rows.values()} <= {True, False}


def test_zones_are_measured_from_here(inhabited: House, read: Reader) -> None:
    """An open way is proven; a refused witness proves nothing; the own machine is left out."""
    rows = {
        row["port"]: row for row in read("zone_reachability").rows if row["to_zone"] == "máy chủ"
    }
    assert rows[22]["is_allowed"] is rows[22]["is_reachable"] is True
    assert (rows[23]["is_allowed"], rows[23]["is_reachable"]) == (False, True)
    assert rows[8123]["is_reachable"] is None
    assert rows[8123]["refused"] == 1
    assert {row["from_zone"] for row in rows.values()} == {"quản trị"}
    assert inhabited.own not in {a for row in rows.values() for a in row["reached"] or ()}  # type: ignore[union-attr] # tuples


def test_all_probes_share_one_survey(read: Reader, kept: list[bytes]) -> None:
    """The network is looked at once, and the evidence is kept once."""
    read("lan_services")
    before = len(kept)
    for name in ("lan_devices", "lan_topology", "zone_reachability", "lan_services"):
        read(name)
    assert len(kept) == before


def test_nmap_finds_the_same_ports(inhabited: House, read: Reader) -> None:
    """The peer's connect scan of the same ports gives the same open set."""
    if shutil.which("nmap") is None:
        pytest.skip("needs the Debian package nmap")
    from auditor import ports  # noqa: PLC0415 - only here

    chosen = ",".join(str(port.port) for port in ports.load().tcp)
    told = subprocess.check_output(
        ["nmap", "-n", "-sT", "-T4", "-Pn", "-p", chosen, "-oG", "-", inhabited.address], text=True
    )
    theirs = {int(port) for port in re.findall(r"(\d+)/open/tcp", told)}
    assert set(by_port(read("lan_services"), inhabited.address)) == theirs


def test_without_leave_nothing_is_asked(
    inhabited: House,
    module_letter: Callable[..., Authorisation],
    module_probes: Mapping[str, Probe],
) -> None:
    """A letter that allows discovery alone does not allow questions to services."""
    scope = Scope(networks=(inhabited.network,), authorisation=module_letter(Method.DISCOVERY))
    site = Site(schema="test", centre=Centre(id="t", name="t"), scope=scope)
    gate = Gate(scope, site.timezone)
    access = GatedNetwork(Context(site, Path(), gate, lambda _request, _content: "0" * 64))
    with pytest.raises(CannotMeasure) as refused, guard.probing(gate):
        module_probes["lan_services"].measure(access)
    assert refused.value.failure is Failure.NOT_AUTHORISED
