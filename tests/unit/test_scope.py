"""Where packets may go, and where not."""

import socket
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from probe_letter import letter_of_november

from auditor import gaps
from auditor.addresses import Address
from auditor.bucket import Bucket
from auditor.errors import CannotMeasure
from auditor.model import (
    Failure,
    Method,
    NotMeasured,
    OwnershipProof,
    Scope,
    TimeWindow,
    Weekday,
)
from auditor.scope import Gate, Surroundings, system_resolver

ZONE = "Asia/Ho_Chi_Minh"
NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # Saturday 12:00 in Viet Nam
LETTER = letter_of_november(Method.TIME_QUERY, Method.DISCOVERY)
SCOPE = Scope(
    networks=("10.1.0.0/16", "fd00:1::/64", "203.113.0.0/24", "8.8.8.0/24"),
    exclusions=("10.1.9.0/24", "fd00:1::bad/128"),
    names=("time.example.vn", "Split.example.vn"),
    ownership=(OwnershipProof(network="203.113.0.0/24", file="proof.pdf"),),
    authorisation=LETTER,
)
NIGHT = TimeWindow(days=tuple(Weekday), start="22:00", end="24:00")
DNS = {
    "time.example.vn": ("10.1.2.3", "fd00:1::3"),
    "Split.example.vn": ("10.1.2.3", "1.2.3.4"),
    "unlisted.example.vn": ("10.1.2.3",),
}


def resolve(name: str) -> tuple[Address, ...]:
    """Answer from a table, as a hostile or honest resolver would."""
    answers = {key.lower(): value for key, value in DNS.items()}
    if name.lower() not in answers:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return tuple(ip_address(text) for text in answers[name.lower()])


def gate(scope: Scope = SCOPE, now: datetime = NOON) -> Gate:
    """Return a gate on a machine with one address, at a moment."""
    own = frozenset({ip_address("10.1.5.5")})
    return Gate(scope, ZONE, Surroundings(now=lambda: now, resolve=resolve, own=lambda: own))


def refused(host: str, scope: Scope = SCOPE, now: datetime = NOON) -> CannotMeasure:
    """Ask for a host that the gate must refuse."""
    with pytest.raises(CannotMeasure) as caught:
        gate(scope, now).allow(host, Method.TIME_QUERY)
    return caught.value


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("10.1.2.3", ["10.1.2.3"]),
        ("fd00:1::7", ["fd00:1::7"]),
        ("::ffff:10.1.2.3", ["10.1.2.3"]),
        ("203.113.0.9", ["203.113.0.9"]),
        ("time.example.vn", ["10.1.2.3", "fd00:1::3"]),
        ("TIME.Example.VN", ["10.1.2.3", "fd00:1::3"]),
    ],
)
def test_allows(host: str, addresses: list[str]) -> None:
    """Listed networks and names, in any spelling of the same thing."""
    assert [str(a) for a in gate().allow(host, Method.TIME_QUERY)] == addresses


@pytest.mark.parametrize(
    ("host", "rule"),
    [
        ("10.2.0.1", "not in the scope's networks"),
        ("10.1.9.1", "excluded"),
        ("::ffff:10.1.9.1", "excluded"),
        ("fd00:1::bad", "excluded"),
        ("fd00:2::1", "not in the scope's networks"),
        ("8.8.8.8", "without proof of ownership"),
        ("unlisted.example.vn", "not among the scope's names"),
        ("time.example.vn.", "not among the scope's names"),
        ("split.example.vn", "1.2.3.4"),
        ("10.1", "not among the scope's names"),
        ("0x0a010203", "not among the scope's names"),
        ("167837955", "not among the scope's names"),
        ("", "not among the scope's names"),
        ("224.0.0.1", "not in the scope's networks"),
        ("255.255.255.255", "not in the scope's networks"),
        ("0.0.0.0", "not in the scope's networks"),  # noqa: S104 - nothing is bound
        ("10.1.255.255", "reaches many"),
        ("10.1.0.0", "reaches many"),
    ],
)
def test_out_of_scope(host: str, rule: str) -> None:
    """Each refusal says which rule it broke."""
    failure = refused(host)
    assert failure.failure is Failure.OUT_OF_SCOPE
    assert rule in failure.detail


def test_a_listed_name_without_an_address_is_unreachable() -> None:
    """That is the network's failure, not the scope's."""
    assert refused("gone.vn", replace(SCOPE, names=("gone.vn",))).failure is Failure.UNREACHABLE


def test_an_unlisted_name_is_never_asked_for() -> None:
    """A refused name costs no question to a resolver."""
    asked: list[str] = []

    def remember(name: str) -> tuple[Address, ...]:
        asked.append(name)
        return resolve(name)

    own: frozenset[Address] = frozenset()
    watched = Gate(SCOPE, ZONE, Surroundings(lambda: NOON, remember, lambda: own))
    with pytest.raises(CannotMeasure):
        watched.allow("unlisted.example.vn", Method.TIME_QUERY)
    watched.allow("time.example.vn", Method.TIME_QUERY)
    assert asked == ["time.example.vn"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "10.1.5.5", "localhost"])
def test_this_machine_needs_no_letter(host: str) -> None:
    """Loopback and own addresses are this machine, whatever the scope."""
    assert gate(Scope()).allow(host, Method.TIME_QUERY)


@pytest.mark.parametrize("host", ["10.1.2.3", "time.example.vn", "8.8.8.8"])
def test_without_a_letter_nothing_else(host: str) -> None:
    """Networks and names alone allow nothing."""
    failure = refused(host, replace(SCOPE, authorisation=None))
    assert failure.failure is Failure.NOT_AUTHORISED


def test_a_method_that_the_letter_does_not_name() -> None:
    """Discovery is not login."""
    with pytest.raises(CannotMeasure, match="does not allow host_login") as caught:
        gate().allow("10.1.2.3", Method.HOST_LOGIN)
    assert caught.value.failure is Failure.NOT_AUTHORISED


@pytest.mark.parametrize(
    ("moment", "rule"),
    [
        (datetime(2026, 10, 31, 16, 59, tzinfo=UTC), "not yet issued"),
        (datetime(2026, 10, 31, 17, 0, tzinfo=UTC), ""),
        (datetime(2026, 11, 30, 16, 59, tzinfo=UTC), ""),
        (datetime(2026, 11, 30, 17, 0, tzinfo=UTC), "expired"),
    ],
)
def test_a_letter_is_in_force_from_its_first_to_its_last_day(moment: datetime, rule: str) -> None:
    """Both days count whole, in the site's time zone."""
    if rule:
        failure = refused("10.1.2.3", now=moment)
        assert failure.failure is Failure.NOT_AUTHORISED
        assert rule in failure.detail
    else:
        assert gate(now=moment).allow("10.1.2.3", Method.TIME_QUERY)


@pytest.mark.parametrize(
    ("scope", "now", "word"),
    [
        (replace(SCOPE, authorisation=None), NOON, "chưa có văn bản nào"),
        (SCOPE, datetime(2026, 12, 1, tzinfo=UTC), "đã hết hiệu lực"),
        (SCOPE, datetime(2026, 10, 1, tzinfo=UTC), "chưa có hiệu lực"),
        (replace(SCOPE, authorisation=letter_of_november(Method.DISCOVERY)), NOON, "phương pháp"),
        (replace(SCOPE, windows=(NIGHT,)), NOON, "giờ này"),
    ],
)
def test_reasons_say_what_the_letter_lacks(scope: Scope, now: datetime, word: str) -> None:
    """Which of it, by what the gate says itself; other refusals keep the general words."""
    failure = refused("10.1.2.3", scope, now)
    assert word in gaps.cause(NotMeasured(failure=failure.failure, detail=failure.detail)).vi
    hidden = gaps.cause(NotMeasured(failure=failure.failure, detail="[ẩn]"))
    assert hidden.vi == "không có văn bản còn hiệu lực nào cho phép việc này"
    other = NotMeasured(failure=Failure.TIMEOUT, detail=failure.detail)
    assert gaps.cause(other).vi == "quá thời gian"


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (datetime(2026, 11, 21, 0, 59, tzinfo=UTC), False),  # Saturday 07:59
        (datetime(2026, 11, 21, 1, 0, tzinfo=UTC), True),  # Saturday 08:00
        (datetime(2026, 11, 21, 9, 59, tzinfo=UTC), True),  # Saturday 16:59
        (datetime(2026, 11, 21, 10, 0, tzinfo=UTC), False),  # Saturday 17:00
        (datetime(2026, 11, 21, 15, 30, tzinfo=UTC), True),  # Saturday 22:30
        (datetime(2026, 11, 21, 16, 59, tzinfo=UTC), True),  # Saturday 23:59
        (datetime(2026, 11, 21, 17, 0, tzinfo=UTC), True),  # Sunday 00:00
        (datetime(2026, 11, 21, 22, 0, tzinfo=UTC), False),  # Sunday 05:00
        (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), False),  # Friday 12:00
    ],
)
def test_hours(moment: datetime, *, allowed: bool) -> None:
    """From the start until before the end; a night is two windows."""
    windows = (
        TimeWindow(days=(Weekday.SATURDAY,), start="08:00", end="17:00"),
        TimeWindow(days=(Weekday.SATURDAY,), start="22:00", end="24:00"),
        TimeWindow(days=(Weekday.SUNDAY,), start="00:00", end="05:00"),
    )
    scope = replace(SCOPE, windows=windows)
    if allowed:
        assert gate(scope, moment).allow("10.1.2.3", Method.TIME_QUERY)
    else:
        failure = refused("10.1.2.3", scope, moment)
        assert failure.failure is Failure.NOT_AUTHORISED
        assert "does not allow traffic now" in failure.detail


@pytest.mark.parametrize(
    ("host", "networks"),
    [
        ("224.0.0.251", ("224.0.0.251/32",)),
        ("ff02::fb", ("ff02::fb/128",)),
        ("10.1.255.255", ("10.1.0.0/16", "10.1.255.255/32")),
    ],
)
def test_addresses_for_many_must_be_named(host: str, networks: tuple[str, ...]) -> None:
    """Multicast and broadcast pass when the scope lists exactly them."""
    owned = tuple(OwnershipProof(network=network, file="x") for network in networks)
    scope = replace(SCOPE, networks=networks, ownership=owned)
    assert gate(scope).allow(host, Method.DISCOVERY)


def test_a_wide_network_does_not_hold_multicast() -> None:
    """Who lists everything has not asked for multicast."""
    everything = OwnershipProof(network="0.0.0.0/0", file="x")
    scope = replace(SCOPE, networks=("0.0.0.0/0",), ownership=(everything,))
    for host in ("224.0.0.1", "255.255.255.255", "0.0.0.0"):  # noqa: S104 - nothing is bound
        assert "reaches many" in refused(host, scope).detail


def test_connects_to_this_machine() -> None:
    """A server on loopback is reached by address and by name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            with gate(Scope()).connect(host, port, Method.SERVICE_PROBES, 5) as opened:
                assert opened.getpeername() == ("127.0.0.1", port)


def test_nobody_listens() -> None:
    """A closed port is refused by the machine, not by the scope."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(CannotMeasure) as caught:
        gate(Scope()).connect("127.0.0.1", port, Method.SERVICE_PROBES, 5)
    assert caught.value.failure is Failure.REFUSED
    assert str(port) in caught.value.detail


def test_a_silent_server_times_out() -> None:
    """A bound socket that never answers costs its timeout."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        with pytest.raises(CannotMeasure) as caught:
            gate(Scope()).exchange("127.0.0.1", port, Method.TIME_QUERY, b"?", timeout_s=0.1)
    assert caught.value.failure is Failure.TIMEOUT


def test_waiting_for_the_rate_may_close_the_window() -> None:
    """The hours count when the packet leaves, not when it was asked for."""
    moment = [datetime(2026, 11, 21, 9, 59, 59, tzinfo=UTC)]  # Saturday 16:59:59

    def wait(_seconds: float) -> None:
        moment[0] = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

    hours = TimeWindow(days=(Weekday.SATURDAY,), start="08:00", end="17:00")
    bucket = Bucket(1, clock=lambda: 0.0, wait=wait)
    bucket.take()
    own: frozenset[Address] = frozenset()
    late = Gate(
        replace(SCOPE, windows=(hours,)),
        ZONE,
        Surroundings(lambda: moment[0], resolve, lambda: own),
        bucket,
    )
    with pytest.raises(CannotMeasure, match="does not allow traffic now"):
        late.connect("10.1.2.3", 80, Method.DISCOVERY, 1)


def test_the_real_resolver_knows_this_machine() -> None:
    """What the system answers becomes addresses, each once."""
    addresses = system_resolver("localhost")
    assert len(set(addresses)) == len(addresses) > 0
    assert all(address.is_loopback for address in addresses)
