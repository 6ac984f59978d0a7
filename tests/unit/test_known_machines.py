"""The denominator: who counts as a machine, and who is the same one."""

import pytest
from builders import seen, unseen
from network_views import A, B, C, beside, cards, counted, host, merged

from auditor import target_rules
from auditor.model import Centre, Failure, NotMachine, Row, Scope, Site


def test_a_machine_that_two_others_saw_counts_once() -> None:
    """Inspected, seen by each other, and one that only their tables show."""
    one, two = host("may-1", "192.168.10.1"), host("may-2", "192.168.10.2")
    result = merged(
        cards("may-1", (A, "192.168.10.1")),
        cards("may-2", (B, "192.168.10.2")),
        beside("may-1", ("192.168.10.2", B), ("192.168.10.9", C)),
        beside("may-2", ("192.168.10.1", A), ("192.168.10.9", C)),
        targets=(one, two),
    )
    assert counted(result) == [
        ("may-1", ("192.168.10.1",), True),
        ("may-2", ("192.168.10.2",), True),
        (None, ("192.168.10.9",), False),
    ]
    assert result.rows[2]["seen_by"] == ("may-1", "may-2")
    assert [row["known_from"] for row in result.rows] == [
        ("site", "arp"),
        ("site", "arp"),
        ("arp",),
    ]


def test_two_cards_are_one_machine() -> None:
    """All addresses of an inspected machine are its own, whoever saw them, and IPv6 by its card."""
    result = merged(
        cards("may-1", (A, "192.168.10.1"), (B, "192.168.10.2")),
        cards("may-2", (C, "192.168.10.3")),
        beside("may-2", ("192.168.10.2", B), ("fe80::b", B), ("192.168.10.1", A)),
        targets=(host("may-1", "192.168.10.1"), host("may-2", "192.168.10.3")),
    )
    assert [name for name, _addresses, _inspected in counted(result)] == ["may-1", "may-2"]


def test_ipv6_follows_its_card() -> None:
    """Many IPv6 addresses of one card are one machine, with its IPv4 address or without."""
    scope = Scope(networks=("192.168.10.0/24", "fd00::/64"))
    result = merged(
        cards("may-1", (A, "192.168.10.1")),
        beside(
            "may-1",
            *(("fd00::1", B), ("fd00::2", B), ("fe80::b", B), ("192.168.10.7", B)),
            *(("fd00::3", C), ("fe80::c", C)),
        ),
        targets=(host("may-1", "192.168.10.1"),),
        scope=scope,
    )
    assert len(counted(result)) == 3


def test_a_repeater_hides_nobody() -> None:
    """Addresses that answer with one hardware address stay as many machines as addresses."""
    entries = [(f"192.168.10.{n}", B) for n in (20, 21, 22)]
    result = merged(
        cards("may-1", (A, "192.168.10.1")),
        beside("may-1", *entries, ("192.168.10.23", A)),
        targets=(host("may-1", "192.168.10.1"),),
        declared=(NotMachine(mac=B, reason="Bộ lặp Wi-Fi"),),
    )
    assert len(counted(result)) == 5


def test_routers_share_a_link_local_address() -> None:
    """fe80::1 on two cards is two machines; the same address repeats from link to link."""
    result = merged(
        cards("may-1", (A, "192.168.10.1")),
        beside("may-1", ("fe80::1", B), ("fe80::1", C)),
        targets=(host("may-1", "192.168.10.1"),),
    )
    assert [row["macs"] for row in result.rows if row["name"] is None] == [(B,), (C,)]


def test_who_is_gone_is_no_machine() -> None:
    """An entry that is not current is not counted; one of which nobody knows is."""
    entry: Row = {"source": "arp", "mac": B, "interface": "e0", "state": "stale"}
    rows: tuple[Row, ...] = (
        {**entry, "address": "192.168.10.7", "is_current": False},
        {**entry, "address": "192.168.10.8", "is_current": None},
    )
    result = merged(seen("neighbours", "may-1", *rows))
    assert counted(result) == [(None, ("192.168.10.8",), False)]


def test_the_scope_decides() -> None:
    """Other networks, exclusions, group and broadcast addresses are not counted but told."""
    result = merged(
        cards("may-1", (A, "192.168.10.1"), (B, "172.17.0.1")),
        beside(
            "may-1",
            *(("192.168.10.7", C), ("192.168.10.200", "00:16:3e:00:00:0d"), ("10.0.0.5", None)),
            *(("192.168.10.255", None), ("192.168.10.0", None), ("fe80::d", "00:16:3e:00:00:0d")),
        ),
        targets=(host("may-1", "192.168.10.1"),),
    )
    assert [addresses for _name, addresses, _inspected in counted(result)] == [
        ("172.17.0.1", "192.168.10.1"),
        ("192.168.10.7",),
    ]
    assert result.outside == 4


def test_without_a_network_only_what_the_site_names() -> None:
    """Nothing beyond the list is counted, and nothing of it is confirmed by the network."""
    result = merged(
        cards("may-1", (A, "192.168.10.1")),
        beside("may-1", ("192.168.10.7", B)),
        targets=(host("may-1", "192.168.10.1"), host("may-2", "192.168.10.2")),
        scope=Scope(),
    )
    assert counted(result) == [
        ("may-1", ("192.168.10.1",), True),
        ("may-2", ("192.168.10.2",), False),
    ]
    assert {row["is_seen_on_network"] for row in result.rows} == {False}


def test_what_failed_is_named_with_its_cause() -> None:
    """Tried in vain, and never tried, are two things; both count."""
    result = merged(
        unseen("processes", "may-1", Failure.AUTH_FAILED),
        targets=(host("may-1", "192.168.10.1", "web"), host("may-2", "192.168.10.2")),
    )
    assert [(r["state"], r["failure"], r["information_systems"]) for r in result.rows] == [
        ("failed", "auth_failed", ("web",)),
        ("never_tried", None, ()),
    ]


def test_failed_by_one_way_and_carried_by_hand_is_one() -> None:
    """A file from the machine that SSH could not reach stands for it."""
    result = merged(
        unseen("network_interfaces", "qua-ssh", Failure.TIMEOUT),
        cards("bang-tay", (A, "192.168.10.1")),
        targets=(host("qua-ssh", "192.168.10.1", "web"), host("bang-tay")),
    )
    assert counted(result) == [("bang-tay, qua-ssh", ("192.168.10.1",), True)]
    assert result.rows[0]["information_systems"] == ("web",)


def test_what_the_centre_says_is_no_machine() -> None:
    """A printer by address or card is listed and not counted; an inspected machine stays one."""
    result = merged(
        cards("may-1", (A, "192.168.10.1")),
        beside("may-1", ("192.168.10.8", B), ("192.168.10.9", C)),
        targets=(host("may-1", "192.168.10.1"),),
        declared=(
            NotMachine(address="192.168.10.8", reason="Máy in tầng 2"),
            NotMachine(mac=C, reason="Bộ chuyển mạch"),
            NotMachine(mac=A, reason="không phải máy"),
            NotMachine(address="192.168.10.1", reason="không phải máy"),
        ),
    )
    assert counted(result) == [("may-1", ("192.168.10.1",), True)]
    assert [(r["note"], r["is_inspected"]) for r in result.rows[1:]] == [
        ("Máy in tầng 2", None),
        ("Bộ chuyển mạch", None),
    ]


def test_a_card_and_an_address_must_both_fit() -> None:
    """Another thing at the printer's address is no printer."""
    result = merged(
        cards("may-1", (A, "192.168.10.1")),
        beside("may-1", ("192.168.10.8", C)),
        targets=(host("may-1", "192.168.10.1"),),
        declared=(NotMachine(address="192.168.10.8", mac=B, reason="Máy in"),),
    )
    assert len(counted(result)) == 2


def test_a_list_nobody_could_read_leaves_it_open() -> None:
    """An ordinary account that may not read the leases knows of fewer machines, and says so."""
    row: Row = {"source": "lease", "state": "unreadable", "interface": "/var/lib/kea/x.csv"}
    result = merged(seen("neighbours", "may-1", row), targets=(host("may-1", "192.168.10.1"),))
    (hidden,) = (r for r in result.rows if r["state"] == "hidden")
    assert (hidden["is_counted"], hidden["is_inspected"]) == (False, False)


def test_discovery_is_read_by_its_columns() -> None:
    """Rows of `lan_hosts` need an address or a hardware address, and nothing else."""
    rows: tuple[Row, ...] = (
        {"address": "192.168.10.7", "mac": B, "name": "x"},
        {"address": None, "mac": C},
        {"address": "không", "mac": None},
    )
    result = merged(seen("lan_hosts", "network", *rows))
    assert [(r["addresses"], r["macs"]) for r in result.rows] == [
        (("192.168.10.7",), (B,)),
        ((), (C,)),
    ]
    assert result.was_discovered


@pytest.mark.parametrize(("mac", "is_local"), [(A, False), ("b6:21:8d:b5:77:84", True)])
def test_random_hardware_addresses_are_marked(mac: str, is_local: bool) -> None:  # noqa: FBT001 - a case
    """Telephones make up their own; such an entry names no device."""
    result = merged(beside("may-1", ("192.168.10.7", mac)))
    assert result.rows[0]["has_local_mac"] is is_local


@pytest.mark.parametrize(
    ("thing", "field"),
    [
        (NotMachine(reason="", address="192.168.10.8"), "reason"),
        (NotMachine(reason="Máy in"), None),
        (NotMachine(reason="Máy in", mac="ab:cd"), "mac"),
        (NotMachine(reason="Máy in", address="192.168.10.0/24"), "address"),
        (NotMachine(reason="Máy in", address="192.168.10.1"), "address"),
    ],
)
def test_a_wrong_entry_is_refused(thing: NotMachine, field: str | None) -> None:
    """One thing with a reason, by an address or a card, and never a target."""
    site = Site(
        schema="test",
        centre=Centre(id="thu", name="Thử"),
        targets=(host("may-1", "192.168.10.1"),),
        not_machines=(NotMachine(reason="Bộ định tuyến", mac=A.upper()), thing),
    )
    ((path, _problem, remedy),) = target_rules.not_machines(site)
    assert path == ("not_machines", 1, *([field] if field else []))
    assert remedy
