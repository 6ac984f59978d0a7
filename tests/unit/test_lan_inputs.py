"""What the survey is given: the list of ports, the declared network, and one shared result."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest

from auditor import network_rules, ports, yamlfile
from auditor.errors import BadInput, CannotMeasure
from auditor.lan.errands import Carrier
from auditor.model import (
    Capture,
    Centre,
    Failure,
    NetworkPlan,
    Passage,
    Segment,
    Site,
    SnmpAccess,
    Value,
    Zone,
)
from auditor.transports.lan_look import asked, errands
from auditor.transports.memo import Kept, Memo

ZONES = (
    Zone(name="a", networks=("192.0.2.0/25",)),
    Zone(name="b", networks=("192.0.2.128/25",), witnesses=("192.0.2.200:8123",)),
)


def row(address: str, *, mac: str | None = None, alive: Value = True) -> dict[str, Value]:
    """Return what matters of a row of `lan_hosts`."""
    return {"address": address, "mac": mac, "is_alive": alive}


def test_printers_are_never_sent_anything() -> None:
    """The shipped list opens raw printing and instruments, and says nothing there."""
    chosen = {port.port: port for port in ports.load().tcp}
    assert not [port for port in ports.NEVER_SENT_TO & chosen.keys() if chosen[port].ask]
    assert chosen[9100].ask == chosen[9100].also == ()
    assert len(chosen) == len(ports.load().tcp)


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ("{port: 9100, ask: [http], source: x}", "9100"),
        ("{port: 80, ask: [gopher], source: x}", "gopher"),
        ("{port: 70000, ask: [], source: x}", "70000"),
    ],
)
def test_a_harmful_list_is_refused(entry: str, word: str) -> None:
    """Whoever edits the list cannot make the tool print."""
    document = yamlfile.parse(f"schema: s\ntcp:\n  - {entry}\n".encode(), "ports.yaml")
    with pytest.raises(BadInput) as refused:
        ports.from_document(document)
    assert word in str(refused.value.problems[0])


def test_every_live_machine_and_every_witness_is_asked() -> None:
    """Announced machines are not; a link-local address only where there is no other."""
    found = [
        row("192.0.2.1", mac="aa"),
        row("fe80::1", mac="aa"),
        row("fe80::2", mac="bb"),
        row("192.0.2.9", alive=None),
    ]
    assert asked(found) == ["192.0.2.1", "fe80::2"]
    site = Site(schema="t", centre=Centre(id="t", name="t"), network=NetworkPlan(zones=ZONES))
    wanted = errands(found, site, ports.load())
    tcp = [(item.address, item.port) for item in wanted if item.carrier is Carrier.TCP]
    assert tcp[-1] == ("192.0.2.200", 8123)
    assert len(tcp) == len(set(tcp)) == 2 * len(ports.load().tcp) + 1


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (NetworkPlan(segments=(Segment(name="x", network="10.0.0.1/24"),)), "network"),
        (
            NetworkPlan(segments=(Segment(name="x", network="10.0.0.0/24", gateway="10.1.0.1"),)),
            "gateway",
        ),
        (NetworkPlan(zones=(*ZONES, ZONES[0])), "name"),
        (NetworkPlan(zones=(Zone(name="c", networks=("10.0.0.0/8",), witnesses=("x",)),)), 0),
        (NetworkPlan(zones=ZONES, passages=(Passage(from_zone="a", to_zone="z"),)), "to_zone"),
        (NetworkPlan(snmp=(SnmpAccess(networks=(), community_from="public"),)), "community_from"),
        (NetworkPlan(snmp=(SnmpAccess(networks=()),)), "user"),
        (
            NetworkPlan(snmp=(SnmpAccess(networks=(), user="u", privacy_from="env:P"),)),
            "auth_from",
        ),
        (NetworkPlan(other_runs=("khong-co/record.json",)), 0),
    ],
)
def test_a_wrong_plan_is_refused(plan: NetworkPlan, field: str | int) -> None:
    """Each fault has its place; a community in the file is not repeated."""
    found = list(network_rules.refusals(plan, Path()))
    assert [path[-1] for path, _problem, _remedy in found] == [field]
    assert "public" not in str(found)


def test_a_right_plan_passes() -> None:
    """Segments, zones, passages and accounts that fit together."""
    plan = NetworkPlan(
        segments=(Segment(name="x", network="10.0.0.0/24", gateway="10.0.0.1"),),
        zones=ZONES,
        passages=(Passage(from_zone="a", to_zone="b", ports=(443,)),),
        snmp=(SnmpAccess(networks=("10.0.0.0/24",), community_from="env:C"),),
    )
    assert not list(network_rules.refusals(plan, Path()))
    assert network_rules.witness("[2001:db8::1]:443") == ("2001:db8::1", 443)


def counting(made: list[int]) -> Callable[[], Kept[int]]:
    """Return an act that counts how often it was done."""

    def act() -> Kept[int]:
        made.append(1)
        return Kept(len(made), (Capture(request="x", sha256="0" * 64, size_bytes=1),))

    return act


def test_many_askers_share_one_result() -> None:
    """Threads that come together wait for the first; nobody measures again."""
    memo, made, got = Memo(), [0][:0], []
    barrier = Barrier(8)

    def ask() -> None:
        barrier.wait()
        got.append(memo.once("survey", counting(made)).result)

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [1] * 8
    assert memo.once("other", counting(made)).result == 2


def test_a_failure_is_shared_too() -> None:
    """What was refused once is not tried again."""
    memo, tried = Memo(), []

    def refuse() -> Kept[int]:
        tried.append(1)
        raise CannotMeasure(Failure.NOT_AUTHORISED, "no letter")

    for _attempt in range(2):
        with pytest.raises(CannotMeasure) as refused:
            memo.once("survey", refuse)
        assert refused.value.failure is Failure.NOT_AUTHORISED
    assert tried == [1]
