"""Forwarding of logs on the machines of the box, and through configurations made here."""

from collections.abc import Callable, Mapping

import pytest
from host_facts import facts, package, process, socket
from judged import Judged, judged, stored, told

from auditor.model import Measured, Row
from auditor.probing import Probe

RSYSLOGD = "/usr/sbin/rsyslogd"


def rsyslog(*lines: str, peers: tuple[tuple[str, int], ...] = (), is_root: bool = True) -> Judged:
    """Return a machine with a running rsyslogd, its configuration and its connections."""
    return judged(
        facts(
            is_root=is_root,
            packages=(package("rsyslog"),),
            processes=(process(RSYSLOGD),),
            log_forwarding=tuple({"path": "/etc/rsyslog.conf", "line": line} for line in lines),
            sockets=tuple(socket(host, port) for host, port in peers),
        )
    )


def facts_of_rows(rows: tuple[Row, ...]) -> list[tuple[object, ...]]:
    """Return what a test compares."""
    names = ("product", "receiver", "port", "protocol", "is_forwarding")
    return [tuple(row[name] for name in names) for row in rows]


@pytest.mark.parametrize(
    ("account", "name", "expected"),
    [
        ("root", "srv-rsyslog-remote", [("rsyslog", "10.99.0.10", 514, "tcp", True)]),
        ("kiemtra", "srv-rsyslog-remote", [("rsyslog", "10.99.0.10", 514, "tcp", None)]),
        ("root", "srv-rsyslog-local", [("rsyslog", None, None, None, False)]),
        ("kiemtra", "srv-rsyslog-local", [("rsyslog", None, None, None, None)]),
        ("root", "ws-plain", [(None, None, None, None, False)]),
        ("kiemtra", "ws-plain", [(None, None, None, None, None)]),
    ],
)
def test_machines_of_the_box(
    probes: Mapping[str, Probe],
    conforms: Callable[[Probe, Measured], bool],
    account: str,
    name: str,
    expected: list[tuple[object, ...]],
) -> None:
    """A live connection, a line that is a comment, and no daemon at all."""
    result = probes["log_forwarding"].measure(told(stored(account, name)))
    assert conforms(probes["log_forwarding"], result)
    assert facts_of_rows(result.rows) == expected


def test_udp_proves_nothing(probes: Mapping[str, Probe]) -> None:
    """The real collection with one `@` less: the daemon runs, the receiver stays unproven."""
    raw = stored("root", "srv-rsyslog-remote")
    assert b'protocol="tcp"' in raw or b"@@10.99.0.10" in raw
    udp = raw.replace(b'protocol="tcp"', b'protocol="udp"').replace(b"@@10.99", b"@10.99")
    (row,) = probes["log_forwarding"].measure(told(udp)).rows
    assert (row["receiver"], row["protocol"], row["is_forwarding"]) == ("10.99.0.10", "udp", None)
    assert row["running"] == "yes"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        # two receivers, one connection: the other is open, not proven
        (
            rsyslog("*.* @@10.0.0.9", "*.* @@10.0.0.8:6514", peers=(("10.0.0.9", 514),)),
            [("10.0.0.9", 514, True), ("10.0.0.8", 6514, None)],
        ),
        (rsyslog("*.* @@10.0.0.9"), [("10.0.0.9", 514, False)]),
        (rsyslog("*.* @@127.0.0.1"), [("127.0.0.1", 514, False)]),
        (
            rsyslog("*.* @@127.0.0.1:1514", "*.* @@10.0.0.9", peers=(("10.0.0.9", 514),)),
            [("127.0.0.1", 1514, False), ("10.0.0.9", 514, True)],
        ),
        # a name cannot be compared with an address: proof only if there is no other receiver
        (rsyslog("*.* @@nhat-ky", peers=(("10.0.0.9", 514),)), [("nhat-ky", 514, True)]),
        (
            rsyslog("*.* @@nhat-ky", "*.* @@khac", peers=(("10.0.0.9", 514),)),
            [("nhat-ky", 514, None), ("khac", 514, None)],
        ),
        (
            rsyslog("*.* @@[2001:db8::9]:6514", peers=(("2001:db8::9", 6514),)),
            [("2001:db8::9", 6514, True)],
        ),
        (
            rsyslog("*.* @10.0.0.8", "*.* @@10.0.0.9", peers=(("10.0.0.9", 514),)),
            [("10.0.0.8", 514, None), ("10.0.0.9", 514, True)],
        ),
    ],
)
def test_each_receiver_has_its_own_proof(
    probes: Mapping[str, Probe], host: Judged, expected: list[tuple[object, ...]]
) -> None:
    """A connection proves one receiver; loopback is no other machine."""
    rows = probes["log_forwarding"].measure(host).rows
    assert sorted((r["receiver"], r["port"], r["is_forwarding"]) for r in rows) == sorted(expected)
