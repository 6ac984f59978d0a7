"""The whole audit among enemies, with a capture on every link: no packet leaves the scope.

`test_without_the_guard` is the proof that these captures would show a leak: it runs the same audit
with a copy of the package in which the gate judges nothing and the rate holds nothing.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from importlib import resources
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import lan_lab
import leaks
import pytest
import service_house
import yaml
from hostile_lab import (
    GOOD,
    GREETER,
    NAMES_AT,
    OUTSIDE,
    PUBLIC,
    SERVER,
    SNMP_AT,
    SPEED_PORT,
    WEB_AT,
    HostileLab,
)  # fmt: skip
from lan_lab import ANNEX, SCANNER
from sshd import Keys, public_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.integration.conftest import Program

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.package, pytest.mark.timeout(300)]
NETWORKS = ["10.50.0.0/24", "10.51.0.0/27", "fd50::60/123", "224.0.0.251/32", "ff02::1/128"]
EXCLUSIONS = ["10.50.0.192/26"]
GATEWAY = "fd50::1"
RATE = 600
LETTER = {
    **dict.fromkeys(("issuing_body", "signer", "signer_position", "operating_unit"), "A"),
    **dict.fromkeys(("performing_unit", "emergency_contact", "tool_operator"), "B"),
    "number": "1",
    "issued_on": "2026-01-01",
    "independent": False,
    "file": "letter.txt",
    "methods": ["discovery", "service_probes", "host_login", "speed_test", "time_query"],
}
LIES = ("mixed", "rebind", "outside", "six", "tenant")
NETWORK_PROBES = (
    *("lan_hosts", "lan_services", "lan_devices", "lan_topology", "zone_reachability"),
    *("internet_quality", "clock_offset"),
)
ESCAPES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Ran(NamedTuple):
    """An audit that has ended: what it wrote and what the links carried."""

    folder: Path
    out: str
    err: str
    record: Any
    seen: Mapping[str, list[leaks.Packet]]

    def observed(self, probe: str) -> Any:  # noqa: ANN401 - JSON
        """Return the observation of a probe of the network."""
        (found,) = (o for o in self.record["observations"] if o["measurement"]["probe"] == probe)
        return found

    def leaked(self) -> set[str]:
        """Return the addresses outside the scope that any link saw the machine speak of."""
        return set().union(
            *(leaks.outside(seen, NETWORKS, EXCLUSIONS, GATEWAY) for seen in self.seen.values())
        )

    def fastest(self) -> int:
        """Return the most packets in one second on any link."""
        return max(leaks.most_in_a_second(seen, SPEED_PORT, SERVER) for seen in self.seen.values())


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Return keys of the one honest machine."""
    return Keys.made(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[HostileLab]:
    """Build the network with its enemies once."""
    needed = {name: service_house.PROGRAMS[name] for name in ("sshd", "nginx", "dnsmasq", "snmpd")}
    if problem := lan_lab.missing({**needed, "chronyd": "chrony", "busybox": "busybox"}):
        pytest.skip(problem)
    built = HostileLab(tmp_path_factory.mktemp("enemies"), keys)
    try:
        built.serve()
        yield built
    finally:
        built.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that every user may enter; pytest's own are for root alone."""
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        made.chmod(0o777)
        yield made


def site_of(folder: Path, keys: Keys) -> Path:
    """Write the site file: the scope, and everything that can be asked, honest or not."""
    (folder / "letter.txt").write_text("Văn bản cho phép rà soát")
    key = folder / "key"
    shutil.copy(keys.user, key)
    key.chmod(0o644)
    login = {"host_key": public_key(keys.host).fingerprint, "key_file": str(key)}
    names = {name: f"{name}.centre.test" for name in LIES}
    servers = [("http-multi", f"http://{SERVER}:8989/")]
    servers += [("http-multi", f"http://{WEB_AT}/"), ("iperf3", f"iperf3://{names['rebind']}")]
    servers += [("speedtest-cli", f"http://{WEB_AT}/")]
    servers += [("ndt7", f"http://{GREETER}:8081/v2/nearest/ndt/ndt7")]
    until = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    site = {
        "schema": "urn:audit:site:v1",
        "centre": {"id": "thu", "name": "Trung tâm mẫu"},
        "information_systems": [{"id": "web", "name": "Cổng thông tin", "level": 2}],
        "targets": [
            {"name": "may-do", "url": "local:"},
            {"name": "tot", "url": f"ssh://root@{GOOD}", **login},
            {"name": "chao", "url": f"ssh://root@{GREETER}", **login},
            {"name": "qua-tot", "url": f"ssh://root@{names['mixed']}", "via": "tot", **login},
            *({"name": n, "url": f"ssh://root@{host}", **login} for n, host in names.items()),
            {"name": "win", "url": f"winrm://a@{WEB_AT}:5985", "password_from": "env:WORD"},
        ],
        "scope": {
            "networks": NETWORKS,
            "exclusions": EXCLUSIONS,
            "names": list(names.values()),
            "packets_per_second": RATE,
            "authorisation": {**LETTER, "expires_on": until},
        },
        "time_servers": [NAMES_AT, *names.values(), PUBLIC[0]],
        "internet": {
            "servers": [{"backend": b, "url": u, "allowed_by": "A"} for b, u in servers],
            "window_s": 2.0,
            "warmup_s": 0.0,
            "pause_s": 0.0,
            "connections": 2,
        },
        "devices": [{"name": "ngoai", "addresses": [PUBLIC[0]]}],
        "network": {
            "segments": [{"name": "Văn phòng", "network": NETWORKS[0], "gateway": "10.50.0.1"}],
            "zones": [
                {"name": "văn phòng", "networks": [NETWORKS[0]]},
                {"name": "máy chủ", "networks": [NETWORKS[1]], "witnesses": [f"{SERVER}:80"]},
                {"name": "khách", "networks": ["10.52.0.0/24"], "witnesses": [f"{OUTSIDE[3]}:80"]},
            ],
            "snmp": [{"networks": [NETWORKS[0], "10.52.0.0/24"], "community_from": "env:WORD"}],
        },
    }
    file = folder / "centre.yaml"
    file.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return file


def scanner(lab: HostileLab) -> leaks.Machine:
    """Return how the auditing machine is known on the links."""
    told = subprocess.check_output([*lab.inside(SCANNER), "ip", "-j", "addr", "show", "eth0"])
    (link,) = json.loads(told)
    addresses = frozenset(ip_address(entry["local"]) for entry in link["addr_info"])
    return leaks.Machine(bytes.fromhex(link["address"].replace(":", "")), addresses)


def audited(
    lab: HostileLab,
    folder: Path,
    keys: Keys,
    *program: str,
    deadline_s: int = 100,
    **environment: str,
) -> Ran:
    """Run the whole audit in the centre, with a capture on every link."""
    site = site_of(folder, keys)
    captures = folder / "captures"
    captures.mkdir()
    lab.batch(SCANNER, ["neigh flush all"])
    machine = scanner(lab)
    words = ["run", "--lang", "en", "--site", str(site), "--out", str(folder / "run")]
    words += ["--deadline", str(deadline_s)]
    with lab.captured_everywhere(captures):
        done = subprocess.run(
            [*lab.inside(SCANNER), *program, *words],
            capture_output=True,
            check=False,
            cwd=folder,
            timeout=200,
            env={"PATH": service_house.PATH, "HOME": str(folder), "WORD": "bimat", **environment},
        )
    assert done.returncode in {10, 11}, done.stderr.decode()
    run = folder / "run"
    record = json.loads((run / "record.json").read_text("utf-8"))
    seen = {f.stem: list(leaks.packets(f, machine)) for f in sorted(captures.glob("*.pcap"))}
    return Ran(run, done.stdout.decode(), done.stderr.decode(), record, seen)


def assert_held(ran: Ran) -> None:
    """Nothing left the scope, nothing was too fast, and nothing hostile stands in the reports."""
    assert ran.leaked() == set()
    assert RATE / 2 < ran.fastest() <= RATE
    for link in ("router-eth2", "router-eth3", "router-eth4"):
        assert ran.seen[link] == []
    spoken_to = {str(p.aim) for seen in ran.seen.values() for p in seen}
    assert spoken_to >= {WEB_AT, NAMES_AT, SNMP_AT, GREETER, GOOD, SERVER, ANNEX["icmp"]}
    for name in ("mixed", "outside", "six", "tenant", "win", "qua-tot"):
        (failed, *_rest) = (
            o for o in ran.record["observations"] if o["measurement"]["target"] == name
        )
        assert failed["not_measured"]["failure"] == "out_of_scope", failed["not_measured"]
    page = (ran.folder / "report.html").read_text("utf-8")
    (own,) = page.split("<script")[1:]
    assert own.startswith('>"use strict";'), "the page's own program, and no other"
    assert not ESCAPES.search(page)
    assert not ESCAPES.search(ran.out)
    assert not ESCAPES.search(ran.err)


def test_a_full_audit_as_root(folder: Path, audit: Program, lab: HostileLab, keys: Keys) -> None:
    """Everything is measured, the lies are read as data, and the scope holds on every link."""
    ran = audited(lab, folder, keys, *audit.command())
    for probe in NETWORK_PROBES:
        assert ran.observed(probe)["measured"], ran.observed(probe)
    assert_held(ran)
    told = json.dumps([ran.observed(probe)["measured"]["rows"] for probe in NETWORK_PROBES])
    for lie in ("alert(1)", "alert(2)", "alert(443)", PUBLIC[0]):
        assert lie in told  # it was heard, and is no more than text
    zones = json.dumps(ran.observed("zone_reachability"), ensure_ascii=False)
    assert f"no time left): {OUTSIDE[3]}:80" in zones


def test_as_an_ordinary_user(folder: Path, audit: Program, lab: HostileLab, keys: Keys) -> None:
    """It ends, stays inside the scope, and says what it could not see."""
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    ran = audited(lab, folder, keys, *nobody, *audit.command())
    measured = {probe for probe in NETWORK_PROBES if ran.observed(probe)["measured"]}
    assert measured == set(NETWORK_PROBES)
    assert_held(ran)
    assert "without the right to send ARP" in json.dumps(ran.observed("lan_hosts"))


def test_without_the_guard(folder: Path, lab: HostileLab, keys: Keys) -> None:
    """The same audit by a copy without the guard is caught by the same captures."""
    copy = folder / "copy"
    for package, place in (
        ("auditor", "auditor"), ("auditor.probes", "auditor/probes"),
        ("auditor.profiles", "auditor/profiles"), ("auditor.reports", "auditor/reports"),
    ):  # fmt: skip
        with resources.as_file(resources.files(package)) as whole:
            shutil.copytree(whole, copy / place, ignore=shutil.ignore_patterns("__pycache__"))
    for file, head in (
        (
            "scope.py",
            "    def _judge(self, address: Address, host: str, method: Method) -> None:\n",
        ),
        ("bucket.py", "    def take(self, packets: int = 1) -> None:\n"),
    ):
        text = (copy / "auditor" / file).read_text()
        assert text.count(head) == 1
        (copy / "auditor" / file).write_text(text.replace(head, f"{head}        return\n"))
    program = (sys.executable, "-c", "from auditor.cli import main; main()")
    loads = {"PYTHONPATH": str(copy), "PYTHONSAFEPATH": "1"}
    ran = audited(lab, folder, keys, *program, deadline_s=15, **loads)
    assert ran.leaked() >= {PUBLIC[0], OUTSIDE[3], OUTSIDE[4]}
    assert ran.fastest() > RATE
