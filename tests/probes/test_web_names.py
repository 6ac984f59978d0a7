"""Visits by names that a real name server answers: none, IPv6 only, and outside the scope."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vpn_servers as lab

INSIDE = Path(__file__).parents[1] / "support" / "visit_inside.py"
NAMES = {
    "sau.example.vn": "fd00:90::1",  # IPv6 only, this machine's own
    "ngoai.example.vn": "10.20.30.40",  # a private address that nobody listed
    "khach.example.vn": "fd00:90::2",  # the same in IPv6
    "lap.example.vn": "127.0.0.1",
}
LISTENER = """
import pathlib, socket, sys
listener = socket.create_server(("::", 80), family=socket.AF_INET6, dualstack_ipv6=True)
pathlib.Path(sys.argv[1]).touch()
while True:
    caller, who = listener.accept()
    with open(sys.argv[2], "a") as log:
        print(who[0], file=log)
    caller.recv(4096)
    caller.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
    caller.close()
"""


def _wait(path: Path) -> None:
    until = time.monotonic() + 20
    while not path.exists():
        if time.monotonic() > until:
            message = f"{path.name} did not come up"
            raise TimeoutError(message)
        time.sleep(0.05)


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Visit every name once, in a namespace whose resolver is dnsmasq; the other end listens."""
    if not lab.is_possible() or not Path("/usr/sbin/dnsmasq").exists():
        pytest.skip(f"needs root, /dev/net/tun and dnsmasq, {', '.join(lab.NEEDED)}")
    folder = tmp_path_factory.mktemp("names")
    with lab.vpn_in(folder) as made:
        here, there = made.server, made.peer
        for machine, number in ((here, 1), (there, 2)):
            machine.run("ip", "address", "add", f"fd00:90::{number}/64", "dev", f"c{number - 1}",
                        "nodad")  # fmt: skip
            machine.run("sysctl", "-q", "-w", "net.ipv6.bindv6only=0")
        there.run("ip", "address", "add", "10.20.30.40/32", "dev", "lo")
        here.run("ip", "route", "add", "10.20.30.40/32", "via", "10.90.0.2")
        (folder / "listen.py").write_text(LISTENER)
        for machine in (here, there):
            up, log = folder / f"{machine.name}.up", folder / f"{machine.name}.asked"
            script = str(folder / "listen.py")
            made.start(machine, sys.executable, script, str(up), str(log))
            _wait(up)
        (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
        here.run("mount", "--bind", str(folder / "resolv.conf"), "/etc/resolv.conf")
        records = [f"--host-record={name},{address}" for name, address in NAMES.items()]
        made.start(
            here, "dnsmasq", "--keep-in-foreground", "--no-hosts", "--no-resolv", "--user=root",
            "--listen-address=127.0.0.1", "--bind-interfaces", "--local=/example.vn/",
            f"--pid-file={folder / 'dns.pid'}", *records,
        )  # fmt: skip
        _wait(folder / "dns.pid")
        names = (*NAMES, "khong-co.example.vn", "sau.khac.vn")
        said = here.run(
            "env", f"PYTHONPATH={INSIDE.parent}", sys.executable, str(INSIDE), str(folder),
            *(f"http://{name}/" for name in names),
        )  # fmt: skip
        told: dict[str, Any] = dict(zip(names, json.loads(said), strict=True))
        control = "import socket; socket.create_connection(('10.20.30.40', 80), 5).close()"
        before = (folder / "peer.asked").exists()
        here.run(sys.executable, "-c", control)
        _wait(folder / "peer.asked")
        yield {**told, "was_asked": before}


def test_a_name_that_does_not_exist(visits: dict[str, Any]) -> None:
    """NXDOMAIN of a real name server is a name that is not there, not a server that is silent."""
    visit = visits["khong-co.example.vn"]
    assert (visit["trouble"], visit["address"]) == ("dns_unknown", None)


def test_a_name_with_ipv6_only(visits: dict[str, Any]) -> None:
    """It is visited by IPv6."""
    visit = visits["sau.example.vn"]
    assert (visit["trouble"], visit["status"], visit["is_reachable"]) == (None, 200, True)
    assert (visit["address"], visit["ip_version"]) == ("fd00:90::1", 6)


@pytest.mark.parametrize("name", ["ngoai.example.vn", "khach.example.vn"])
def test_a_listed_name_that_leads_elsewhere(visits: dict[str, Any], name: str) -> None:
    """A listed name that resolves to a private address nobody listed is refused."""
    visit = visits[name]
    assert (visit["trouble"], visit["status"]) == ("out_of_scope", None)


def test_nobody_was_visited_there(visits: dict[str, Any]) -> None:
    """The other machine listens and can be reached; until its own control nobody called."""
    assert visits["was_asked"] is False


def test_a_name_that_is_not_listed(visits: dict[str, Any]) -> None:
    """It is not even asked of the name server."""
    assert visits["sau.khac.vn"]["trouble"] == "out_of_scope"


def test_a_name_of_this_machine(visits: dict[str, Any]) -> None:
    """Loopback is no other machine's."""
    assert visits["lap.example.vn"]["status"] == 200
