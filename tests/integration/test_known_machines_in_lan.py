"""A network made here: a server that gives out addresses with dnsmasq, and machines beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from auditor import collecting
from auditor.collection import parse
from auditor.sections.neighbours import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import Program

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.package]
NEEDED = ("ip", "dnsmasq", "busybox", "unshare", "setpriv")
SITE = """\
schema: urn:audit:site:v1
centre: {id: thu, name: Trung tâm mẫu}
information_systems: [{id: web, name: Cổng thông tin, level: 2}]
targets:
  - {name: may-chu, url: "local:", information_systems: [web]}
scope:
  networks: [10.78.0.0/24]
  exclusions: [10.78.0.192/26]
not_machines:
  - {address: 10.78.0.8, reason: Máy in tầng 2}
"""
HOSTNAME = "dt-cua-lan"


@dataclass(frozen=True)
class Lan:
    """The server's namespace; `leases` is what its /var/lib/misc shows."""

    server: str
    leases: Path
    given: str

    def inside(self, *command: str) -> list[str]:
        """Return a command line that runs on the server, with its own list of leases."""
        bind = f'mount --bind "{self.leases}" /var/lib/misc && exec "$@"'
        return [
            "ip",
            "netns",
            "exec",
            self.server,
            "unshare",
            "-m",
            "sh",
            "-c",
            bind,
            "sh",
            *command,
        ]


def ip(line: str) -> None:
    """Run one `ip` command."""
    subprocess.run(["ip", *line.split()], check=True, capture_output=True)


@contextmanager
def lan(folder: Path) -> Iterator[Lan]:
    """Make the network; both namespaces and the servers are gone afterwards."""
    number = os.getpid()
    server, others = f"ks{number}", f"ko{number}"
    leases = folder / "misc"
    leases.mkdir()
    with ExitStack() as stack:
        for name in (server, others):
            ip(f"netns add {name}")
            stack.callback(ip, f"netns delete {name}")
        ip(f"link add k0 netns {server} type veth peer name k1 netns {others}")
        for name, card, address in ((server, "k0", "10.78.0.1"), (others, "k1", "10.78.0.7")):
            ip(f"-n {name} addr add {address}/24 dev {card}")
            ip(f"-n {name} link set {card} up")
            ip(f"-n {name} link set lo up")
        for address in ("10.78.0.8", "10.78.0.200"):
            ip(f"-n {others} addr add {address}/24 dev k1")
        stack.enter_context(dnsmasq(server, leases))
        given = lease(others, leases)
        for address in ("10.78.0.7", "10.78.0.8", "10.78.0.200", "10.78.0.99"):
            ping = ["ip", "netns", "exec", server, "busybox", "ping", "-c1", "-W1", address]
            subprocess.run(ping, check=False, capture_output=True)
        yield Lan(server, leases, given)


@contextmanager
def dnsmasq(server: str, leases: Path) -> Iterator[None]:
    """Give out addresses .50 to .60, and no names of anything."""
    options = (
        *("--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=k0"),
        *("--bind-interfaces", "--user=root", "--pid-file=", "--no-ping"),
        *("--dhcp-range=10.78.0.50,10.78.0.60,12h", f"--dhcp-leasefile={leases}/dnsmasq.leases"),
    )
    running = subprocess.Popen(
        ["ip", "netns", "exec", server, "dnsmasq", *options], stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        running.terminate()
        running.wait(10)


def lease(others: str, leases: Path) -> str:
    """Ask for an address as a telephone does, under the name of its owner; return it."""
    asking = ["ip", "netns", "exec", others, "busybox", "udhcpc", "-i", "k1", "-n", "-q", "-t", "9"]
    asking += ["-T", "1", "-s", "/bin/true", "-x", f"hostname:{HOSTNAME}"]
    subprocess.run(asking, check=True, capture_output=True)
    written = leases / "dnsmasq.leases"
    for _attempt in range(100):
        if written.exists() and HOSTNAME in (text := written.read_text()):
            return text.split()[2]
        time.sleep(0.05)
    pytest.fail("dnsmasq wrote no lease")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lan]:
    """Return the network, where it can be made."""
    lacking = [
        name for name in NEEDED if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None
    ]
    if lacking or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(lacking) or 'nothing else'}")
    with lan(tmp_path_factory.mktemp("lan")) as network:
        yield network


def test_the_report_lists_every_known_machine(audit: Program, made: Lan) -> None:
    """ARP and leases make the denominator; the run, the judgement and the reports agree on it."""
    (audit.folder / "centre.yaml").write_text(SITE, "utf-8")
    command = audit.command("run", "--site", "centre.yaml", "--out", "run", "--lang", "en")
    done = subprocess.run(
        made.inside(*command),
        cwd=audit.folder,
        env=audit.environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode in {10, 11}, done.stderr.decode()
    run = audit.folder / "run"
    record = json.loads((run / "record.json").read_text("utf-8"))
    (seen,) = (o for o in record["observations"] if o["key"] == "known_machines@run")
    rows = {row["addresses"][0]: row for row in seen["measured"]["rows"]}
    assert {address: (row["state"], row["known_from"][-1]) for address, row in rows.items()} == {
        "10.78.0.1": ("inspected", "site"),
        "10.78.0.7": ("never_tried", "arp"),
        "10.78.0.8": ("not_a_machine", "arp"),
        made.given: ("never_tried", "lease"),  # and by ARP, as long as the kernel remembers it
    }
    assert "Addresses outside the authorised scope, not counted: 1." in json.dumps(seen)
    kept = [path.read_bytes() for path in run.rglob("*") if path.is_file()]
    assert not any(HOSTNAME.encode() in content for content in kept)

    page = (run / "report.html").read_text("utf-8")
    text = done.stdout.decode()
    for shown in (page, text):
        assert "10.78.0.7" in shown
        assert made.given in shown
        assert "Máy in tầng 2" in shown
    assert "33.3 %" in text.replace("33,3", "33.3")

    checks = {
        c["check"]: c for f in record["findings"] if f["indicator"] == "2.14" for c in f["checks"]
    }
    assert checks["uninspected_machines"]["actual"] == 2
    assert checks["uninspected_machines"]["verdict"] == "not_met"
    again = json.loads(audit("judge", "run", "--format", "json").out)
    assert again["findings"] == record["findings"]


def test_a_list_of_leases_that_an_account_may_not_see(made: Lan) -> None:
    """Without rights there is no shorter list, but one that is known to be there."""
    os.chmod(made.leases, 0o700)  # noqa: PTH101 - the folder itself
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh")
    ended = subprocess.run(
        made.inside(*nobody),
        input=collecting.script("posix"),
        capture_output=True,
        check=True,
        cwd="/",
    )
    found = neighbours(parse(ended.stdout))
    assert [row["interface"] for row in found if row["state"] == "unreadable"] == [
        "/var/lib/misc/dnsmasq.leases"
    ]
    root = subprocess.run(
        made.inside("sh"),
        input=collecting.script("posix"),
        capture_output=True,
        check=True,
        cwd="/",
    )
    seen = neighbours(parse(root.stdout))
    assert made.given in {row["address"] for row in seen if row["source"] == "lease"}
    assert "unreadable" not in {row["state"] for row in seen}
