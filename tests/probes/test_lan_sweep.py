"""The sweep against servers that misbehave, on loopback: each costs only itself."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.lan.errands import Errand, Outcome, State
from auditor.lan.remarks import Remark
from auditor.model import Authorisation, Failure, Method, Scope, SnmpAccess
from auditor.scope import Gate
from auditor.transports.lan_surroundings import surroundings, wifi_of
from auditor.transports.lan_sweep import Sweep
from auditor.transports.snmp import agent

pytestmark = pytest.mark.serial

SERVERS = r"""
import socket, struct, threading, time
def endless(c):
    while True: c.sendall(b"A" * 65536)
def drip(c):
    for byte in b"SSH-2.0-slow" * 100:
        c.sendall(bytes([byte])); time.sleep(0.4)
def silent(c): time.sleep(60)
def reset(c): c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
def shut(c): pass
def escapes(c):
    c.sendall(b"220 \x1b[2J\x1b]0;owned\x07<script>alert(1)</script> FTP\r\n"); time.sleep(1)
def bogus_tls(c): c.recv(10); c.sendall(b"\x16\x03\x03\xff\xff" + b"x" * 70000)
def elsewhere(c):
    c.recv(100); c.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://203.0.113.9/\r\n\r\n")
def headers(c):
    c.recv(100); c.sendall(b"HTTP/1.1 200 OK\r\n")
    while True: c.sendall(b"X-A: " + b"b" * 60000 + b"\r\n")
def good(c): c.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"); time.sleep(1)
def serve(listener, answer):
    def one(c):
        try: answer(c)
        except OSError: pass
        finally: c.close()
    while True:
        threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()
for answer in (endless, drip, silent, reset, shut, escapes, bogus_tls, elsewhere, headers, good):
    listener = socket.create_server(("127.0.0.1", 0), backlog=50)
    print(answer.__name__, listener.getsockname()[1], flush=True)
    threading.Thread(target=serve, args=(listener, answer), daemon=True).start()
print("ready", 0, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """Start all of them; each has a port of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVERS], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        found = {}
        for line in process.stdout:
            name, port = line.split()
            if name == "ready":
                break
            found[name] = int(port)
        yield found
        process.kill()


def swept(*errands: Errand, seconds: float = 60.0, scope: Scope | None = None) -> list[Outcome]:
    """Carry out errands as a measurement does."""
    gate = Gate(scope or Scope(packets_per_second=2000), "UTC")
    with guard.probing(gate):
        return list(Sweep(gate, Method.SERVICE_PROBES, time.monotonic() + seconds).run(errands))


def test_hostile_servers_cost_only_themselves(ports: dict[str, int]) -> None:
    """All are open, the good one is understood, and what is kept is bounded and printable."""
    asked = ("ssh", "http", "https", "ftp")
    outcomes = swept(
        *(Errand("127.0.0.1", port, ask=(talk,)) for port in ports.values() for talk in asked),
        Errand("127.0.0.1", 1, ask=("http",)),
    )
    assert len(outcomes) == 4 * len(ports) + 1
    by_ask = {(o.errand.port, o.errand.ask[0]): o for o in outcomes}
    assert by_ask[ports["good"], "ssh"].said.product == "OpenSSH"
    assert by_ask[ports["good"], "http"].said.protocol == "ssh"
    assert by_ask[ports["escapes"], "ftp"].said.title == "<script>alert(1)</script> FTP"
    assert by_ask[ports["elsewhere"], "http"].said.protocol == "http"
    for name in ("endless", "silent", "shut", "bogus_tls", "drip"):
        outcome = by_ask[ports[name], "https"]
        assert (outcome.state, outcome.said.protocol) == (State.OPEN, ""), name
        assert outcome.said.remarks == (Remark.NOT_UNDERSTOOD,)
    assert by_ask[1, "http"].state is State.CLOSED
    largest = max(len(turn.get("heard", "")) for o in outcomes for turn in o.spoken)
    assert largest <= 2 * 40000


def test_the_second_conversation_is_held_where_the_first_was_not_understood(
    ports: dict[str, int],
) -> None:
    """Alternatives are tried in turn, each on a connection of its own."""
    (outcome,) = swept(Errand("127.0.0.1", ports["good"], ask=("mssql", "ssh")))
    assert outcome.said.protocol == "ssh"


def test_what_there_was_no_time_for_is_not_asked(ports: dict[str, int]) -> None:
    """At the deadline the rest is said to be open or not asked, never closed."""
    outcomes = swept(
        *(Errand("127.0.0.1", ports["silent"], ask=("http",)) for _ in range(40)), seconds=0.5
    )
    assert len(outcomes) == 40
    assert {o.state for o in outcomes} == {State.OPEN, State.NOT_ASKED}


def test_outside_the_scope_nothing_begins(letter: Callable[..., Authorisation]) -> None:
    """One address outside the scope is not asked; without a letter nothing is."""
    scope = Scope(networks=("192.0.2.0/24",), authorisation=letter(Method.SERVICE_PROBES))
    errand = Errand("198.51.100.1", 80, ask=("http",))
    (outcome,) = swept(errand, scope=scope)
    assert (outcome.state, outcome.attempts) == (State.NOT_ASKED, 0)
    with pytest.raises(CannotMeasure) as refused:
        swept(errand, scope=Scope())
    assert refused.value.failure is Failure.NOT_AUTHORISED


def test_an_open_port_without_a_conversation_gets_no_byte(ports: dict[str, int]) -> None:
    """The remark says that nothing was asked."""
    (outcome,) = swept(Errand("127.0.0.1", ports["silent"]))
    assert outcome.said.remarks == (Remark.NOT_ASKED,)
    assert outcome.spoken == ()


def test_this_machine_says_how_it_is_connected() -> None:
    """Own networks without loopback; reading them sends nothing."""
    around = surroundings()
    assert all(not item.address.startswith("127.") for item in around.segments)
    assert around.name_servers is None or isinstance(around.name_servers, tuple)


def test_wireless_networks_are_read_from_nmcli() -> None:
    """The form of `nmcli -t -e no -f SECURITY,SSID`; names may hold colons or anything."""
    found = wifi_of(b"WPA2 WPA3:TTDMST: t\xe1\xba\xa7ng 2\n:Khach\n:Khach\nWEP:\x1b[31mx\n")
    assert [(item.protection, item.ssid) for item in found] == [
        ("WPA2 WPA3", "TTDMST: tầng 2"),
        ("", "Khach"),
        ("WEP", "x"),
    ]


@pytest.fixture
def snmpd(tmp_path: Path) -> Iterator[Callable[[str, bytes], bytes]]:
    """Start a real agent on loopback, and return the way to it."""
    if not Path("/usr/sbin/snmpd").exists():
        pytest.skip("needs the Debian package snmpd")
    if os.geteuid() != 0:
        pytest.skip("snmpd starts as root only")
    port = 11161 + os.getpid() % 20000
    conf = tmp_path / "snmpd.conf"
    conf.write_text(
        f"agentAddress udp:127.0.0.1:{port}\nrocommunity bimat\nsysName may-chu-1\n"
        "sysServices 72\ncreateUser kiem SHA matkhau123456 AES riengtu123456\nrouser kiem priv\n"
    )
    gate = Gate(Scope(packets_per_second=1000), "UTC")

    def send(address: str, payload: bytes) -> bytes:
        return gate.exchange(address, port, Method.SERVICE_PROBES, payload, timeout_s=1.0).answer

    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            ["/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", str(conf), "-p", str(tmp_path / "pid")],
            stdout=log,
            stderr=log,
            env={"PATH": "/usr/sbin:/usr/bin", "SNMP_PERSISTENT_DIR": str(tmp_path)},
        )
        until = time.monotonic() + 10
        while b"NET-SNMP version" not in (tmp_path / "log").read_bytes():
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            time.sleep(0.05)
        yield send
        process.terminate()
        process.wait(10)


COMMUNITY = SnmpAccess(networks=(), community_from="env:AUDIT_C")
USER = SnmpAccess(networks=(), user="kiem", auth_from="env:AUDIT_A", privacy_from="env:AUDIT_P")


@pytest.mark.filterwarnings("ignore:CFB has been moved")  # by the library's AES
@pytest.mark.parametrize(
    ("access", "right"), [(COMMUNITY, True), (USER, True), (COMMUNITY, False), (USER, False)]
)
def test_a_real_agent_answers_whom_it_knows(
    access: SnmpAccess,
    right: bool,  # noqa: FBT001 - a case of the test
    snmpd: Callable[[str, bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Version 2c by community, version 3 with authentication and privacy; else a failure."""
    secrets = {"AUDIT_C": "bimat", "AUDIT_A": "matkhau123456", "AUDIT_P": "riengtu123456"}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value if right else "saimatkhau99")
    told = agent("127.0.0.1", access, snmpd, object())
    if right:
        assert (told.name, told.services, told.failure) == ("may-chu-1", 72, "")
        assert told.object_id.startswith("1.3.6.1.4.1.8072")
    else:
        assert told.failure
        assert "saimatkhau99" not in repr(told)
        assert not told.name


def test_without_the_secret_nothing_is_sent() -> None:
    """A reference that holds nothing stops before the first datagram."""

    def send(_address: str, _payload: bytes) -> bytes:
        pytest.fail("sent something")

    missing = SnmpAccess(networks=(), community_from="env:AUDIT_NOT_SET")
    with pytest.raises(CannotMeasure) as refused:
        agent("127.0.0.1", missing, send, object())
    assert refused.value.failure is Failure.AUTH_FAILED
