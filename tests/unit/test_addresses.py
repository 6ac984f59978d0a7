"""Texts of a site file as addresses, networks and web addresses; what is none is told, not kept."""

from ipaddress import ip_address, ip_network

import pytest

from auditor import url_rules
from auditor.addresses import address_of, network_of, overlap


@pytest.mark.parametrize("text", ["0.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0"])
def test_an_address(text: str) -> None:
    """Of either version, with or without a zone."""
    assert address_of(text) == ip_address(text)


@pytest.mark.parametrize("text", ["", "may-chu", "10.1.2", "10.1.2.3/32", "010.1.2.3", "１0.1.2.3"])
def test_no_address(text: str) -> None:
    """Names, parts and other digits are none."""
    assert address_of(text) is None


def test_networks() -> None:
    """Bits beside the prefix are a mistake of the writer's; different versions never meet."""
    assert network_of("10.0.0.0/8") == ip_network("10.0.0.0/8")
    assert [network_of(text) for text in ("10.0.0.1/8", "10.0.0.0/33", "mạng", "")] == [None] * 4
    ten = ip_network("10.0.0.0/8")
    assert overlap(ten, ip_network("10.1.0.0/16"))
    assert not overlap(ten, ip_network("11.0.0.0/8"))
    assert not overlap(ten, ip_network("::/0"))


@pytest.mark.parametrize(
    "url",
    ["", "a.vn", "ftp://a.vn/", "http://", "https://a.vn:x/", "https://u:canary@a.vn/", "http://["],
)
def test_a_web_address_that_will_not_do(url: str) -> None:
    """It is told what would do, and nothing of a password."""
    bad = url_rules.trouble(url, "https://b.vn/")
    assert bad is not None
    assert "canary" not in "".join(bad)


def test_a_good_web_address() -> None:
    """Nothing is wrong with it."""
    assert url_rules.trouble("https://a.vn:8443/x?y=1", "https://b.vn/") is None
