"""Devices, topology and zones from values: one thing, one row, with its evidence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from auditor.lan import devices, topology, zones
from auditor.lan.errands import Errand, Outcome, State
from auditor.lan.remarks import Remark
from auditor.lan.survey import Agent, Neighbour, Segment, Surroundings, Survey, Wifi
from auditor.lan.talk import NOTHING, Said
from auditor.model import (
    Centre,
    ListedDevice,
    NetworkPlan,
    Passage,
    Row,
    Site,
    SnmpAccess,
    Value,
    Zone,
)
from auditor.model import Segment as PlannedSegment

EMPTY: Mapping[str, Value] = {
    "mac": None,
    "other_macs": (),
    "methods": ("arp",),
    "names": (),
    "announced": (),
    "is_alive": True,
    "is_on_link": True,
    "is_self": False,
    "is_listed": None,
    "listed_as": None,
    "is_in_dossier": None,
    "first_seen_at": None,
    "last_seen_at": None,
}
SURVEY = Survey((), (), (), Surroundings(), datetime(2026, 11, 21, tzinfo=UTC), has_raw=True)


def host(address: str, **fields: Value) -> Row:
    """Return a row of `lan_hosts`."""
    return {**EMPTY, "address": address, **fields}


def heard(address: str, port: int, said: Said = NOTHING, state: State = State.OPEN) -> Outcome:
    """Return what came of a port."""
    return Outcome(Errand(address, port), state, said)


def survey(*hosts: Row, outcomes: tuple[Outcome, ...] = (), **fields: object) -> Survey:
    """Return a survey of these machines."""
    return replace(SURVEY, hosts=hosts, outcomes=outcomes, **fields)  # type: ignore[arg-type] # fields of Survey


def ssh(key: str, *names: str) -> Said:
    """Return what an SSH server with a host key said."""
    return Said("ssh", identities=(f"ssh:SHA256:{key}",), names=names)


def test_one_printer_is_counted_once() -> None:
    """IPP on two addresses, announcements and a raw port: one device, by its UUID."""
    ipp = Said("ipp", product="Canon LBP", identities=("uuid:1",), remarks=(Remark.PRINTER,))
    mdns = Said("mdns", title="_ipp._tcp _uscan._tcp _pdl-datastream._tcp", identities=("uuid:1",))
    seen = survey(
        host("192.0.2.9", mac="00:00:48:00:00:01"),
        host("192.0.2.10", announced=("mdns:uuid=1",)),
        outcomes=(heard("192.0.2.9", 631, ipp), heard("192.0.2.9", 5353, mdns)),
    )
    (row,) = devices.rows(seen, ())
    assert row["device_class"] == "printer"
    assert row["functions"] == ("printer", "scanner")
    assert row["device"] == "uuid:1"
    assert row["addresses"] == ("192.0.2.9", "192.0.2.10")


def test_two_addresses_with_one_key_are_one_machine() -> None:
    """A server with two cards; its host key is the same."""
    seen = survey(
        host("192.0.2.1", mac="00:00:48:00:00:01"),
        host("192.0.2.2", mac="00:00:48:00:00:02"),
        outcomes=(heard("192.0.2.1", 22, ssh("k")), heard("192.0.2.2", 22, ssh("k"))),
    )
    (row,) = devices.rows(seen, ())
    assert row["macs"] == ("00:00:48:00:00:01", "00:00:48:00:00:02")


def test_machines_behind_a_proxy_stay_apart() -> None:
    """A repeater's MAC for five addresses joins nothing; a key still does."""
    hosts = [host(f"192.0.2.{n}", mac="00:00:48:00:00:01") for n in range(1, 6)]
    assert len(devices.rows(survey(*hosts[:4]), ())) == 1
    assert len(devices.rows(survey(*hosts), ())) == 5
    keys = (heard("192.0.2.1", 22, ssh("k")), heard("192.0.2.5", 22, ssh("k")))
    assert len(devices.rows(survey(*hosts, outcomes=keys), ())) == 4


def test_clones_with_names_of_their_own_stay_apart() -> None:
    """Copied images share a host key; machines that call themselves differently are two."""
    seen = survey(
        host("192.0.2.1"),
        host("192.0.2.2"),
        outcomes=(
            heard("192.0.2.1", 22, ssh("k", "may-1.local")),
            heard("192.0.2.2", 22, ssh("k", "may-2.local")),
        ),
    )
    assert len(devices.rows(seen, ())) == 2


def test_grouping_does_not_depend_on_order() -> None:
    """A chain of shared keys is one device, from whichever end it is read."""
    hosts = [
        host("192.0.2.1", mac="00:00:48:00:00:01"),
        host("192.0.2.2", mac="00:00:48:00:00:02"),
        host("192.0.2.3", mac="00:00:48:00:00:02"),
        host("192.0.2.4"),
    ]
    outcomes = (heard("192.0.2.1", 22, ssh("k")), heard("192.0.2.2", 22, ssh("k")))
    for order in (hosts, hosts[::-1], [hosts[2], hosts[0], hosts[3], hosts[1]]):
        found = devices.rows(survey(*order, outcomes=outcomes), ())
        assert sorted(len(row["addresses"] or ()) for row in found) == [1, 3]  # type: ignore[arg-type] # tuples


@pytest.mark.parametrize(
    ("outcomes", "agents", "device_class", "confidence"),
    [
        ((("pjlink", 4352, ""),), (), "projector", "high"),
        ((("rtsp", 554, ""),), (), "camera", "medium"),
        ((("sip", 5060, ""),), (), "phone", "medium"),
        ((("https", 5001, "Synology DiskStation"),), (), "nas", "medium"),
        ((("postgresql", 5432, ""), ("ssh", 22, "")), (), "server", "medium"),
        ((("rdp", 3389, ""),), (), "workstation", "low"),
        ((("", 9100, ""), ("", 515, "")), (), "printer", "low"),
        ((), (Agent("192.0.2.5", "x", services=2, bridge_address="aa"),), "switch", "high"),
        ((), (Agent("192.0.2.5", "x", is_access_point=True),), "access_point", "high"),
        ((), (Agent("192.0.2.5", "x", is_ups=True),), "ups", "high"),
        ((), (Agent("192.0.2.5", "x", object_id="1.3.6.1.4.1.6574.1"),), "nas", "high"),
        ((("http", 80, ""),), (), None, None),
        ((("mdns", 5353, "_ipp._tcp"), ("ssh", 22, "")), (), "server", "low"),
    ],
)
def test_a_class_has_its_evidence(
    outcomes: tuple[tuple[str, int, str], ...],
    agents: tuple[Agent, ...],
    device_class: str | None,
    confidence: str | None,
) -> None:
    """Each class rests on what was answered; without that there is no class."""
    seen = survey(
        host("192.0.2.5"),
        outcomes=tuple(
            heard("192.0.2.5", port, Said(protocol, title=title))
            for protocol, port, title in outcomes
        ),
        agents=agents,
    )
    (row,) = devices.rows(seen, ())
    assert (row["device_class"], row["confidence"]) == (device_class, confidence)
    assert bool(row["evidence"]) is (device_class is not None)


def test_a_made_up_mac_has_no_maker() -> None:
    """The locally administered bit: randomised for privacy, or a virtual machine."""
    seen = survey(
        host("192.0.2.1", mac="b8:27:eb:00:00:01"),
        host("192.0.2.2", mac="da:a1:19:00:00:01"),
        host("192.0.2.3"),
        vendors={"b8:27:eb:00:00:01": "Raspberry Pi Foundation"},
    )
    rows = {row["addresses"]: row for row in devices.rows(seen, ())}
    assert [row["is_mac_local"] for row in rows.values()] == [False, True, None]
    assert rows[("192.0.2.1",)]["vendor"] == "Raspberry Pi Foundation"
    assert rows[("192.0.2.2",)]["vendor"] is None


def test_the_asset_register_is_the_declared_one() -> None:
    """Without asset numbers nothing is known about the register."""
    seen = survey(host("192.0.2.1", is_listed=True, listed_as="may-chu-1"))
    numbered = ListedDevice(name="may-chu-1", asset_number="TS-01")
    assert devices.rows(seen, (numbered,))[0]["is_in_asset_register"] is True
    plain = ListedDevice(name="may-chu-1")
    assert devices.rows(seen, (plain,))[0]["is_in_asset_register"] is None


def test_an_announcement_alone_is_no_device() -> None:
    """Whoever did not answer may not be there at all."""
    assert devices.rows(survey(host("192.0.2.1", is_alive=None)), ()) == []


def site(**plan: object) -> Site:
    """Return a site with a declared network."""
    return Site(
        schema="t",
        centre=Centre(id="t", name="t"),
        network=NetworkPlan(**plan),  # type: ignore[arg-type] # fields of NetworkPlan
        devices=(ListedDevice(name="may-in-2", addresses=("192.0.2.77",)),),
    )


def test_list_and_network_are_compared_both_ways() -> None:
    """Seen but not listed, listed but not seen; what agrees makes no row."""
    seen = survey(
        host("192.0.2.1", is_listed=False, names=("la.local",)),
        host("192.0.2.2", is_listed=True, listed_as="may-chu-1"),
        surroundings=Surroundings(segments=(Segment("eth0", "192.0.2.0/24", "192.0.2.2"),)),
        asked=("192.0.2.0/24",),
    )
    rows = [row for row in topology.rows(seen, site()) if row["kind"] == "device"]
    assert [(row["name"], row["is_listed"], row["is_seen"]) for row in rows] == [
        ("la.local", False, True),
        ("may-in-2", True, False),
    ]


@pytest.mark.parametrize(
    ("asked", "hosts", "is_seen"),
    [
        (("192.0.2.0/24",), (), False),
        (("198.51.100.0/24",), (), None),
        (("192.0.2.0/24",), (host("192.0.2.64/26", is_alive=None),), None),
    ],
)
def test_only_who_was_asked_can_be_missing(
    asked: tuple[str, ...], hosts: tuple[Row, ...], *, is_seen: bool | None
) -> None:
    """Outside what was asked, or behind a firewall that answers for all, nothing is known."""
    rows = topology.rows(survey(*hosts, asked=asked), site())
    assert [row["is_seen"] for row in rows if row["name"] == "may-in-2"] == [is_seen]


def test_a_gateway_counts_when_it_answers() -> None:
    """Configured here or declared; dead ones are named and not counted."""
    around = Surroundings(segments=(Segment("eth0", "192.0.2.0/24", "192.0.2.2", ("192.0.2.1",)),))
    plan = (PlannedSegment(name="LAN", network="192.0.2.0/24", gateway="192.0.2.254"),)
    seen = survey(host("192.0.2.1"), surroundings=around)
    (row,) = (r for r in topology.rows(seen, site(segments=plan)) if r["kind"] == "segment")
    assert row["gateway_addresses"] == ("192.0.2.1", "192.0.2.254")
    assert (row["gateways"], row["is_listed"], row["is_seen"]) == (1, True, True)


def test_links_and_wireless_networks_have_rows() -> None:
    """LLDP, the bridge table by port, and the air."""
    agent = Agent(
        "192.0.2.3",
        name="sw-1",
        macs=(("00:00:48:00:00:01", 3), ("00:00:48:00:00:02", 3)),
        neighbours=(Neighbour("24", "sw-2", "aa:bb", "1"),),
    )
    air = Surroundings(wifi=(Wifi("TTDMST", "WPA2 WPA3"), Wifi("Khach", "")))
    rows = topology.rows(survey(agents=(agent,), surroundings=air), site())
    links = [row for row in rows if row["kind"] == "link"]
    assert [(row["interface"], row["hosts"]) for row in links] == [("24", None), ("3", 2)]
    assert links[0]["peer"] == "sw-2 1"
    assert [row["protection"] for row in rows if row["kind"] == "wifi"] == ["WPA2 WPA3", "open"]
    assert topology.limitations(SURVEY, site(snmp=(SnmpAccess(networks=()),)))


OFFICE = Zone(name="a-office", networks=("192.0.2.0/25",))
SERVERS = Zone(name="b-servers", networks=("192.0.2.128/25",), witnesses=("192.0.2.200:443",))
MAC = "02:00:00:00:00:05"
WAYS = (Passage(from_zone="a-office", to_zone="b-servers", ports=(443,)),)


@pytest.mark.parametrize(
    ("states", "reachable"),
    [
        ((State.OPEN, State.SILENT), True),
        ((State.SILENT, State.SILENT), False),
        ((State.SILENT, State.CLOSED), None),
        ((State.CLOSED,), None),
        ((State.NOT_ASKED,), None),
    ],
)
def test_only_silence_of_all_is_separation(states: tuple[State, ...], reachable: Value) -> None:
    """A refusal may be the machine's or a firewall's; an open port is a way."""
    plan = NetworkPlan(zones=(OFFICE, SERVERS), passages=WAYS)
    outcomes = tuple(
        heard(f"192.0.2.{200 + index}", 22, state=state) for index, state in enumerate(states)
    )
    seen = survey(host("192.0.2.5", is_self=True, mac=MAC), outcomes=outcomes)
    (row,) = zones.rows(seen, plan)
    assert (row["from_zone"], row["to_zone"]) == ("a-office", "b-servers")
    assert (row["is_allowed"], row["is_reachable"]) == (False, reachable)


def test_without_declared_ways_nothing_is_concluded() -> None:
    """An empty list of passages is silence of the plan, not a ban."""
    plan = NetworkPlan(zones=(OFFICE, SERVERS))
    seen = survey(host("192.0.2.5", is_self=True, mac=MAC), outcomes=(heard("192.0.2.200", 443),))
    assert [row["is_allowed"] for row in zones.rows(seen, plan)] == [None]
    assert zones.rows(survey(host("192.0.2.5", is_self=True)), plan) == []  # its link is down
    assert zones.rows(survey(host("198.51.100.1", is_self=True, mac=MAC)), plan) == []
