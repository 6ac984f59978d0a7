"""Machines on real networks, made of namespaces; a capture on every link holds us to the scope."""

import json
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import lan_lab
import pcap
import pytest
from lan_lab import (
    ANNEX,
    BEHIND_PROXY,
    CROWD,
    HOSTS,
    PROXIED,
    ROUTER,
    SCANNER,
    TENANTS,
    TWO_ADDRESSES,
    V6_ONLY,
    Lab,
    python,
)

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.package]
SUPPORT = Path(__file__).parent.parent / "support"
OFFICE, ANNEX_NETWORK, V6 = "10.50.0.0/24", "10.51.0.0/27", "fd50::/64"
EXCLUDED = "10.50.0.192/26"
LIVE = {*HOSTS, *TWO_ADDRESSES, "10.50.0.1", "10.50.0.2"}
WITHOUT_RAW = ("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Build the network once."""
    if problem := lan_lab.missing():
        pytest.skip(problem)
    built = Lab()
    try:
        yield built
    finally:
        built.close()


def discover(lab: Lab, *prefix: str, **wanted: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Run one discovery inside the lab's first machine."""
    lab.batch(SCANNER, ["neigh flush all"])
    question = json.dumps({"networks": [OFFICE], "exclusions": [EXCLUDED], **wanted})
    command = (*lab.inside(SCANNER), *prefix, *python(str(SUPPORT / "lan_discover.py"), question))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert "rows" in answer, answer
    return answer


def by_address(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the rows by address; there is one for each."""
    rows = {row["address"]: row for row in answer["rows"]}
    assert len(rows) == len(answer["rows"])
    return rows


@pytest.mark.parametrize("loss", [0, 1, 5])
def test_everybody_on_the_segment(lab: Lab, loss: int) -> None:
    """With and without lost packets: all found with their MACs, nobody invented or intruded on."""
    lab.sysctl(ROUTER, "net.ipv4.conf.eth0.proxy_arp=0")
    lab.lose(loss)
    rows = by_address(discover(lab))
    lab.lose(0)
    assert set(rows) == LIVE
    assert all(row["is_alive"] and row["is_on_link"] for row in rows.values())
    assert {a: rows[a]["mac"] for a in HOSTS} == {a: lab.mac_of[a] for a in HOSTS}
    assert rows[TWO_ADDRESSES[0]]["mac"] == rows[TWO_ADDRESSES[1]]["mac"]
    assert [a for a, row in rows.items() if row["is_self"]] == ["10.50.0.2"]


def test_the_whole_scope_among_liars(lab: Lab, tmp_path: Path) -> None:
    """Own segment, IPv6, a proxy and a routed segment are seen; nothing leaves the scope."""
    lab.sysctl(ROUTER, "net.ipv4.conf.eth0.proxy_arp=1")
    rate, networks = 600, [OFFICE, V6, ANNEX_NETWORK]
    liar = (*lab.inside(CROWD), *python(str(SUPPORT / "lan_liar.py"), "e0", HOSTS[0]))
    with (
        lan_lab.captured(lab.inside(SCANNER), "eth0", tmp_path / "out", "-Q", "out"),
        lan_lab.captured(lab.inside(ROUTER), "eth2", tmp_path / "tenants", "ip"),
        lan_lab.captured(lab.inside(ROUTER), "eth3", tmp_path / "public", "ip"),
        subprocess.Popen(liar) as lying,
    ):
        try:
            answer = discover(lab, networks=networks, packets_per_second=rate, listen_s=4.0)
            assert lying.poll() is None
        finally:
            lying.kill()
    assert_inside(tmp_path / "out", networks)
    assert pcap.most_in_a_second([at for at, _aim in pcap.aims(tmp_path / "out")]) <= rate
    assert list(pcap.frames(tmp_path / "tenants")) == []
    assert list(pcap.frames(tmp_path / "public")) == []
    rows = by_address(answer)
    alive = {address for address, row in rows.items() if row["is_alive"]}
    v6 = {address for address in alive if ":" in address}
    assert {V6_ONLY, "fd50::2"} <= v6 <= {a for a in lab.mac_of if ":" in a} | {"fd50::2"}
    annex = {ANNEX["icmp"], ANNEX["tcp_only"], "10.51.0.1"}
    # nobody in REJECTED: who refuses there by ICMP says who it is
    assert alive - v6 == LIVE | annex | {BEHIND_PROXY}
    named = {"10.50.0.98"}  # by the liar, and who answered nobody
    assert set(rows) - alive - named == {PROXIED}
    assert rows[ANNEX["tcp_only"]]["methods"] == ["tcp"]
    assert rows[ANNEX["icmp"]]["mac"] is None
    assert "mdns" in rows[HOSTS[0]]["methods"]
    assert "ssdp" in rows[HOSTS[0]]["methods"]
    assert any("proxy ARP" in text for text in answer["limitations"])


def assert_inside(file: Path, networks: list[str]) -> None:
    """Hold every frame that left against the scope."""
    allowed = [ip_network(text) for text in networks]
    excluded = ip_network(EXCLUDED)
    seen = {aim for _at, aim in pcap.aims(file)}
    outside = {a for a in seen if a in excluded or not any(a in network for network in allowed)}
    assert outside == set()
    assert {ip_address(host) for host in HOSTS} <= seen  # the capture saw what was sent


def test_without_privilege(lab: Lab, tmp_path: Path) -> None:
    """By TCP and the neighbour table: who is seen is real, and what is missing is said."""
    lab.sysctl(ROUTER, "net.ipv4.conf.eth0.proxy_arp=0")
    with lan_lab.captured(lab.inside(SCANNER), "eth0", tmp_path / "out", "-Q", "out"):
        answer = discover(lab, *WITHOUT_RAW, exclusions=[EXCLUDED, "10.50.0.64/26"])
    alive = {address for address, row in by_address(answer).items() if row["is_alive"]}
    here = ip_network("10.50.0.64/26")
    expected = {a for a in LIVE if ip_address(a) not in here}
    assert alive == expected
    assert any("without the right to send ARP" in text for text in answer["limitations"])
    assert {str(aim) for _at, aim in pcap.aims(tmp_path / "out")} & set(TENANTS) == set()
    assert pcap.most_in_a_second([at for at, _aim in pcap.aims(tmp_path / "out")]) <= 1000


def test_nobody_there_proves_nothing_without_privilege(lab: Lab) -> None:
    """An empty answer of the weaker way is no measurement."""
    lab.sysctl(ROUTER, "net.ipv4.conf.eth0.proxy_arp=0")
    lab.batch(SCANNER, ["neigh flush all"])
    question = json.dumps({"networks": ["10.50.0.140/32"]})
    command = (
        *lab.inside(SCANNER),
        *WITHOUT_RAW,
        *python(str(SUPPORT / "lan_discover.py"), question),
    )
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["failure"] == "permission_denied"


@pytest.mark.parametrize("prefix", [(), WITHOUT_RAW])
def test_an_own_address_on_a_link_that_is_down(lab: Lab, prefix: tuple[str, ...]) -> None:
    """The system answers for it, so it is this machine and not one more."""
    lab.batch(
        SCANNER, ["link add off0 type veth peer name off1", "addr add 10.50.0.50/24 dev off0"]
    )
    try:
        rows = by_address(discover(lab, *prefix, networks=["10.50.0.48/30"], exclusions=[]))
    finally:
        lab.batch(SCANNER, ["link delete off0"])
    assert {a for a, row in rows.items() if row["is_self"]} == {"10.50.0.50"}
    assert {a for a, row in rows.items() if row["is_alive"]} == {*HOSTS} & {*rows} | {"10.50.0.50"}
