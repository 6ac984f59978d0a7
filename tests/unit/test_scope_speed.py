"""Listed public servers are for the method that they are listed for, and it may nothing else."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from probe_letter import letter_of_november

from auditor.addresses import Address
from auditor.errors import CannotMeasure
from auditor.model import Failure, Method, Scope
from auditor.scope import Gate, Surroundings
from auditor.scope_rules import refusals

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
LETTER = letter_of_november(Method.SPEED_TEST, Method.PLATFORM_ACCESS, Method.DISCOVERY)
SCOPE = Scope(
    networks=("10.1.0.0/16",),
    exclusions=("1.1.1.0/24",),
    speed_servers=("speed.example.vn", ".mlab.example", "9.9.9.9"),
    services=("library.example.vn", "8.8.4.4"),
    authorisation=LETTER,
)
DNS = {
    "library.example.vn": ("1.2.3.6",),
    "speed.example.vn": ("1.2.3.4", "2001:4860::1"),
    "a.b.mlab.example": ("1.2.3.5",),
    "mlab.example": ("1.2.3.5",),
    "notmlab.example": ("1.2.3.5",),
    "inward.mlab.example": ("10.20.0.5",),
    "mixed.mlab.example": ("1.2.3.4", "192.168.1.1"),
    "excluded.mlab.example": ("1.1.1.1",),
    "own.mlab.example": ("127.0.0.1",),
    "listed.mlab.example": ("10.1.2.3",),
    "many.mlab.example": ("224.0.0.1",),
}


def resolve(name: str) -> tuple[Address, ...]:
    """Answer from a table, as a hostile or honest resolver would."""
    if name not in DNS:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return tuple(ip_address(text) for text in DNS[name])


def gate(scope: Scope = SCOPE, resolver: Callable[..., tuple[Address, ...]] = resolve) -> Gate:
    """Compile a scope, at noon."""
    world = Surroundings(now=lambda: NOON, resolve=resolver, own=frozenset)
    return Gate(scope, "Asia/Ho_Chi_Minh", world)


@pytest.mark.parametrize(
    "host", ["speed.example.vn", "SPEED.example.vn", "a.b.mlab.example", "9.9.9.9", "10.1.2.3"]
)
def test_listed_servers_are_allowed(host: str) -> None:
    """By exact name, below a listed domain, by address; and what the networks allow anyway."""
    known = {**DNS, "SPEED.example.vn": DNS["speed.example.vn"]}

    def answers(name: str) -> tuple[Address, ...]:
        return tuple(ip_address(text) for text in known[name])

    assert gate(resolver=answers).allow(host, Method.SPEED_TEST)


@pytest.mark.parametrize(
    "host",
    [
        *("mlab.example", "notmlab.example", "other.example", "8.8.8.8"),
        *("inward.mlab.example", "mixed.mlab.example", "excluded.mlab.example"),
        "many.mlab.example",
    ],
)
def test_others_are_not(host: str) -> None:
    """Neither other names nor listed ones that a resolver points inward, aside, or at many."""
    with pytest.raises(CannotMeasure) as caught:
        gate().allow(host, Method.SPEED_TEST)
    assert caught.value.failure is Failure.OUT_OF_SCOPE


@pytest.mark.parametrize("host", ["speed.example.vn", "a.b.mlab.example", "9.9.9.9"])
def test_only_speed_tests_may(host: str) -> None:
    """Another method that the letter allows does not reach a speed server."""
    with pytest.raises(CannotMeasure) as caught:
        gate().allow(host, Method.DISCOVERY)
    assert caught.value.failure is Failure.OUT_OF_SCOPE


@pytest.mark.parametrize("host", ["library.example.vn", "8.8.4.4"])
@pytest.mark.parametrize("method", [Method.DISCOVERY, Method.SPEED_TEST, Method.PLATFORM_ACCESS])
def test_services_are_for_visits_only(host: str, method: Method) -> None:
    """A public service that is listed for visits is neither scanned nor loaded."""
    if method is Method.PLATFORM_ACCESS:
        assert gate().allow(host, method)
        return
    with pytest.raises(CannotMeasure) as caught:
        gate().allow(host, method)
    assert caught.value.failure is Failure.OUT_OF_SCOPE


def test_visits_reach_no_speed_server() -> None:
    """And the other way round."""
    with pytest.raises(CannotMeasure) as caught:
        gate().allow("speed.example.vn", Method.PLATFORM_ACCESS)
    assert caught.value.failure is Failure.OUT_OF_SCOPE


def test_not_without_the_letter() -> None:
    """A list alone allows nothing."""
    bare = Scope(speed_servers=SCOPE.speed_servers)
    for host in ("speed.example.vn", "9.9.9.9"):
        with pytest.raises(CannotMeasure) as caught:
            gate(bare).allow(host, Method.SPEED_TEST)
        assert caught.value.failure is Failure.NOT_AUTHORISED


def test_candidates_must_come_from_the_gate() -> None:
    """An address that the name did not resolve to is not connected to under that name."""
    asked = []

    def counting(name: str) -> tuple[Address, ...]:
        asked.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(CannotMeasure) as caught:
        gate(resolver=counting).connect(
            "speed.example.vn", 80, Method.SPEED_TEST, 0.1, (ip_address("8.8.8.8"),)
        )
    assert caught.value.failure is Failure.UNREACHABLE
    assert asked == ["speed.example.vn"]


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        *(("do.example.vn", True), (".example.vn", True), ("1.2.3.4", True), ("2001:db8::1", True)),
        *((".vn", False), ("*.example.vn", False), ("example", False), ("", False)),
        *(("do.example.vn.", False), ("a b.vn", False), (".", False)),
    ],
)
def test_what_may_stand_in_the_list(*, name: str, is_fine: bool) -> None:
    """A whole top-level domain is no server."""
    assert (not refusals(Scope(speed_servers=(name,)))) is is_fine
    assert (not refusals(Scope(services=(name,)))) is is_fine
