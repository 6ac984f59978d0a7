"""What a scope may not look like."""

from dataclasses import replace
from datetime import date

import pytest
from probe_letter import letter_of_november

from auditor.model import Method, OwnershipProof, Scope, TimeWindow, Weekday
from auditor.scope_rules import refusals

LETTER = letter_of_november(Method.TIME_QUERY)
DAYS = (Weekday.SATURDAY, Weekday.SUNDAY)


def window(start: str, end: str, days: tuple[Weekday, ...] = DAYS) -> TimeWindow:
    """Return a window."""
    return TimeWindow(days=days, start=start, end=end)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(),
        Scope(networks=("10.0.0.0/8", "fd00::/8", "192.168.1.7/32", "fe80::/10", "224.0.0.251/32")),
        Scope(
            networks=("203.113.0.0/24", "2001:ee0::/48"),
            ownership=(
                OwnershipProof(network="203.113.0.0/16", file="a.pdf"),
                OwnershipProof(network="2001:ee0::/32", file="b.pdf"),
            ),
        ),
        Scope(names=("time.example.vn", "may-chu"), windows=(window("22:30", "24:00"),)),
        Scope(authorisation=LETTER),
        Scope(authorisation=replace(LETTER, sha256="ab" * 32, expires_on=LETTER.issued_on)),
    ],
)
def test_accepts(scope: Scope) -> None:
    """These say something sensible."""
    assert refusals(scope) == []


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        (Scope(networks=("10.0.0.0/8", "10.0.0/24")), ("scope", "networks", 1)),
        (Scope(networks=("10.0.0.5/24",)), ("scope", "networks", 0)),
        (Scope(exclusions=("x",)), ("scope", "exclusions", 0)),
        (
            Scope(ownership=(OwnershipProof(network="x", file="a"),)),
            ("scope", "ownership", 0, "network"),
        ),
        (Scope(networks=("8.8.8.0/24",)), ("scope", "networks", 0)),
        (Scope(networks=("0.0.0.0/0",)), ("scope", "networks", 0)),
        (Scope(networks=("::/0",)), ("scope", "networks", 0)),
        (Scope(networks=("10.0.0.0/7",)), ("scope", "networks", 0)),
        (Scope(networks=("100.64.0.0/10",)), ("scope", "networks", 0)),
        (
            Scope(
                networks=("203.113.0.0/16",),
                ownership=(OwnershipProof(network="203.113.0.0/24", file="a"),),
            ),
            ("scope", "networks", 0),
        ),
        (Scope(names=("",)), ("scope", "names", 0)),
        (Scope(names=("a.vn.",)), ("scope", "names", 0)),
        (Scope(names=("*.a.vn",)), ("scope", "names", 0)),
        (Scope(names=("10.0.0.1",)), ("scope", "names", 0)),
        (Scope(windows=(window("8:00", "17:00"),)), ("scope", "windows", 0, "start")),
        (Scope(windows=(window("08:00", "25:00"),)), ("scope", "windows", 0, "end")),
        (Scope(windows=(window("24:00", "24:00"),)), ("scope", "windows", 0, "start")),
        (Scope(windows=(window("22:00", "05:00"),)), ("scope", "windows", 0, "end")),
        (Scope(windows=(window("08:00", "08:00"),)), ("scope", "windows", 0, "end")),
        (Scope(windows=(window("08:00", "17:00", ()),)), ("scope", "windows", 0, "days")),
        (Scope(packets_per_second=0), ("scope", "packets_per_second")),
        (
            Scope(authorisation=replace(LETTER, expires_on=date(2026, 10, 31))),
            ("scope", "authorisation", "expires_on"),
        ),
        (
            Scope(authorisation=replace(LETTER, sha256="AB" * 32)),
            ("scope", "authorisation", "sha256"),
        ),
    ],
)
def test_refuses(scope: Scope, field: tuple[str | int, ...]) -> None:
    """One fault, one refusal, at the field that is wrong, with a remedy."""
    (refusal,) = refusals(scope)
    assert refusal.field == field
    assert refusal.problem
    assert refusal.remedy


@pytest.mark.usefixtures("in_english")
def test_shows_the_network_that_was_meant() -> None:
    """An address with a mask becomes the network that holds it."""
    (refusal,) = refusals(Scope(networks=("192.168.10.77/24",)))
    assert refusal.remedy == "Write it like 192.168.10.0/24."
