"""What sightings amount to, and where addresses to ask come from."""

from ipaddress import IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.discovery import hosts, targets, veils
from auditor.discovery.hosts import limitations, rows
from auditor.discovery.rounds import MOST_ROUNDS, is_enough
from auditor.discovery.sightings import Address, Discovered, How, Sighting
from auditor.model import ListedDevice

MAC, OTHER = "02:00:00:00:00:01", "02:00:00:00:00:02"


def seen(*sightings: Sighting, has_raw: bool = True) -> Discovered:
    """Return a discovery of these."""
    return Discovered(sightings, has_raw=has_raw)


def at(
    address: str, how: How = How.ARP, mac: str | None = MAC, **told: tuple[str, ...]
) -> Sighting:
    """Return a sighting."""
    return Sighting(ip_address(address), how, 0.0, mac, **told)


def test_an_answer_is_alive_and_a_memory_is_not_known() -> None:
    """Never `false`: silence proves nothing."""
    found = {
        row["address"]: row["is_alive"]
        for row in rows(
            seen(
                at("10.0.0.1"),
                at("10.0.0.2", How.NEIGHBOUR_TABLE, OTHER),
                at("10.0.0.3", How.MDNS, OTHER),
            ),
            (),
        )
    }
    assert found == {"10.0.0.1": True, "10.0.0.2": None, "10.0.0.3": None}


def test_who_answers_for_many_invents_nobody() -> None:
    """Of ten addresses behind one MAC, only the one that answered by itself stays."""
    claimed = [at(f"10.0.0.{n}") for n in range(10)]
    found = seen(*claimed, at("10.0.0.7", How.ICMP, None), at("10.0.0.99", mac=OTHER))
    assert {row["address"] for row in rows(found, ())} == {"10.0.0.7", "10.0.0.99"}
    (said,) = limitations(found)
    assert MAC in said.en
    assert "9 that did not answer by themselves" in said.en


BLOCK = [ip_address(f"10.0.0.{n}") for n in range(64)]


@pytest.mark.parametrize(
    ("asked", "answered", "hidden"),
    [
        (BLOCK, BLOCK, 64),
        (BLOCK, BLOCK[1:], 63),
        (BLOCK[3:], BLOCK[3:], 61),  # three have answered pings
        (BLOCK, BLOCK[1:-1], 48),  # a full /26 of machines: its inner blocks of eight are doubtful
        (BLOCK, BLOCK[16:32], 16),
        (BLOCK, BLOCK[::2], 0),
        (BLOCK[:7], BLOCK[:7], 0),
    ],
)
def test_refusals_of_a_whole_block_are_one_devices(
    asked: list[Address], answered: list[Address], hidden: int
) -> None:
    """Machines in between that are silent, or few asked, leave the answers to whoever gave them."""
    assert len(veils.spoken_for(asked, answered, veils.REFUSING)) == hidden


def test_pings_of_a_full_pool_are_machines() -> None:
    """Sixty-four pings in a network of 256 are believed, all 256 are not."""
    whole = [ip_address(f"10.0.0.{n}") for n in range(256)]
    assert not veils.spoken_for(whole, BLOCK, veils.SPEAKING)
    assert len(veils.spoken_for(whole, whole, veils.SPEAKING)) == 256
    parts = [ip_network("10.0.0.0/25"), ip_network("10.0.0.128/25")]
    assert veils.named(whole, parts) == ("10.0.0.0/24",)


def test_what_nobody_can_count_is_a_row() -> None:
    """A veiled or unasked network has no machines, and a row and a limitation."""
    found = Discovered((at("10.0.0.1"),), has_raw=True, veiled=("10.1.0.0/26",), unswept=("b/8",))
    assert hosts.uncounted(rows(found, ())) == ("10.1.0.0/26", "b/8")
    assert any("answers for every address: 10.1.0.0/26" in text.en for text in limitations(found))


def test_four_addresses_of_one_machine_stay() -> None:
    """A server with a few addresses is no proxy."""
    assert len(rows(seen(*(at(f"10.0.0.{n}") for n in range(4))), ())) == 4


def test_two_that_claim_one_address_are_named() -> None:
    """Both MACs are in the row, and the conflict is said."""
    found = seen(at("10.0.0.1"), at("10.0.0.1", mac=OTHER))
    (row,) = rows(found, ())
    assert (row["mac"], row["other_macs"]) == (MAC, (OTHER,))
    assert any("10.0.0.1" in text.en for text in limitations(found))


@pytest.mark.parametrize(
    ("device", "is_listed"),
    [
        (ListedDevice(name="a", macs=("02-00-00-00-00-01",)), True),
        (ListedDevice(name="a", addresses=("10.0.0.1",)), True),
        (ListedDevice(name="a", addresses=("10.0.0.1",), macs=(OTHER,)), False),
        (ListedDevice(name="a", addresses=("10.0.0.9",)), False),
    ],
)
def test_the_device_list(device: ListedDevice, *, is_listed: bool) -> None:
    """By MAC, else by address; an address that another machine has taken over is not listed."""
    (row,) = rows(seen(at("10.0.0.1")), (device,))
    assert row["is_listed"] is is_listed
    assert row["is_in_dossier"] is None
    (without,) = rows(seen(at("10.0.0.1")), ())
    assert without["is_listed"] is None


def test_the_dossier() -> None:
    """Known only where the list says which devices a dossier names."""
    named = ListedDevice(name="a", addresses=("10.0.0.1",), level_dossiers=("portal",))
    first, second = rows(seen(at("10.0.0.1"), at("10.0.0.2", mac=OTHER)), (named,))
    assert (first["is_in_dossier"], second["is_in_dossier"]) == (True, False)


def test_claims_are_one_short_line() -> None:
    """No control character, no flood."""
    names = tuple(f"a\x1b[31m\n{n}" + "x" * 500 for n in range(99))
    (row,) = rows(seen(at("10.0.0.1", names=names)), ())
    kept = row["names"]
    assert isinstance(kept, tuple)
    assert len(kept) == 8
    assert all(name.isprintable() and len(name) <= 120 for name in kept)


def test_the_scope_is_cut_along_the_plugs() -> None:
    """What is plugged in is asked on the link, the rest through the router; groups not at all."""
    plugged = [ip_network("10.50.0.0/24"), ip_network("fd50::/64"), ip_network("fe80::/64")]
    parts = targets.split(
        ["10.50.0.0/23", "10.51.0.0/24", "fd50::/64", "ff02::1/128", "fe80::/10"], plugged
    )
    assert {str(n) for n in parts.on_link} == {"10.50.0.0/24", "fd50::/64", "fe80::/64"}
    assert {str(n) for n in parts.routed} == {"10.50.1.0/24", "10.51.0.0/24"}


@given(st.lists(st.ip_addresses(v=4), max_size=4), st.integers(8, 30), st.integers(16, 30))
def test_cutting_loses_nothing(starts: list[object], size: int, plug: int) -> None:
    """The parts are the whole, each address once."""
    wanted = [str(ip_network(f"{start}/{size}", strict=False)) for start in starts]
    wanted = [text for text in wanted if not ip_network(text).is_multicast]
    plugged = [ip_network(f"{start}/{plug}", strict=False) for start in starts[:2]]
    parts = targets.split(wanted, plugged)
    whole = {ip_network(text) for text in wanted}
    cut = [*parts.on_link, *parts.routed]
    if not any(n.is_multicast or n.is_link_local for n in cut):
        assert sum(n.num_addresses for n in whole) >= sum(n.num_addresses for n in cut)
        for text in wanted:
            first = ip_network(text)[0]
            if not (first.is_multicast or first.is_link_local):
                assert sum(first in n for n in cut) == 1


def test_what_takes_too_long_is_named() -> None:
    """The segments come first, and a network of the size of a city is left out."""
    parts = targets.split(["10.50.0.0/24", "10.0.0.0/12"], [ip_network("10.50.0.0/24")])
    kept, dropped = targets.affordable(parts, 480 * 200)
    assert [str(n) for n in kept.on_link] == ["10.50.0.0/24"]
    assert kept.routed == ()
    assert dropped == ("10.0.0.0/12",)


def test_addresses_that_follow_from_a_mac() -> None:
    """The example of RFC 4291, appendix A, in documentation space."""
    network = ip_network("2001:db8::/64")
    assert isinstance(network, IPv6Network)
    made = targets.from_mac("34:56:78:9a:bc:de", network)
    assert str(made) == "2001:db8::3656:78ff:fe9a:bcde"


@pytest.mark.parametrize(
    ("new", "enough"),
    [
        ([60], False),
        ([60, 0], False),
        ([60, 0, 0], True),
        ([58, 2, 0], True),
        ([54, 6, 0], False),
        ([54, 6, 0, 0, 0], True),
        ([0, 0, 0], False),
        ([0] * MOST_ROUNDS, True),
    ],
)
def test_rounds_end_when_nobody_can_be_missing(new: list[int], *, enough: bool) -> None:
    """More loss, more rounds; never without end."""
    assert is_enough(new) is enough
