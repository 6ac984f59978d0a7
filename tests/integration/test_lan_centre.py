"""A whole audit of a real network: one thing of each kind, two zones, tenants, an ordinary user."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple

import lan_centre
import lan_lab
import pcap
import pytest
import yaml
from lan_centre import FAR_SERVER, OFFICE, PC, PRINTER, RANDOM_MAC, TENANT, TENANTS, TRUTH, V6
from packs import Sealed, forged
from service_house import PROGRAMS, missing

from auditor.pack import keys, packing
from auditor.pack.verifying import verify

pytestmark = [pytest.mark.serial, pytest.mark.root, pytest.mark.package]
AUDIT = str(Path(sys.executable).with_name("audit"))
HALF = "10.60.1.0/25"
RATE = 1000
ORDINARY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


class Seen(NamedTuple):
    """Rows and limitations by probe, of the run from the servers and of that from the office."""

    there: dict[str, Any]
    here: dict[str, Any]
    imported: str
    left: Path
    to_tenant: Path
    run: Path


def site(folder: Path, *networks: str, other_runs: list[str]) -> None:
    """Write the site file and the letter that it names."""
    today = datetime.now(UTC).date()
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7\n")
    letter = {
        "number": "1/THU",
        "issued_on": today.isoformat(),
        "issuing_body": "Sở KH&CN",
        "signer": "A",
        "signer_position": "Giám đốc",
        "operating_unit": "B",
        "performing_unit": "C",
        "independent": False,
        "methods": ["discovery", "service_probes"],
        "emergency_contact": "D",
        "tool_operator": "E",
        "expires_on": (today + timedelta(days=1)).isoformat(),
        "file": "letter.pdf",
    }
    zones = [
        {"name": "máy chủ", "networks": [HALF], "witnesses": [f"{FAR_SERVER}:22"]},
        {"name": "văn phòng", "networks": [OFFICE], "witnesses": ["10.60.0.10:22"]},
    ]
    (folder / "centre.yaml").write_text(
        yaml.safe_dump(
            {
                "schema": "urn:audit:site:v1",
                "centre": {"id": "thu", "name": "Trung tâm thử"},
                "scope": {
                    "networks": list(networks),
                    "exclusions": [TENANTS],
                    "packets_per_second": RATE,
                    "authorisation": letter,
                },
                "devices": [
                    {"name": "máy in tầng 2", "addresses": [PRINTER[0]]},
                    {"name": "máy đã cất kho", "addresses": ["10.60.0.99"]},
                ],
                "network": {
                    "segments": [{"name": "Văn phòng", "network": OFFICE, "gateway": "10.60.0.1"}],
                    "zones": zones,
                    "passages": [{"from_zone": "văn phòng", "to_zone": "máy chủ", "ports": [22]}],
                    "snmp": [{"networks": [OFFICE], "community_from": "env:AUDIT_TEST_SNMP"}],
                    "other_runs": other_runs,
                },
            },
            allow_unicode=True,
        ),
        "utf-8",
    )


def audited(folder: Path, *prefix: str) -> dict[str, Any]:
    """Run the audit behind `prefix`; return what each probe of the network gave."""
    done = subprocess.run(
        [*prefix, AUDIT, "run", "--site", "centre.yaml", "--out", "run", "--lang", "en"],
        cwd=folder,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder),
             "AUDIT_TEST_SNMP": lan_centre.COMMUNITY},
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode in {10, 11}, done.stderr.decode()
    record = json.loads((folder / "run" / "record.json").read_text("utf-8"))
    return {item["measurement"]["probe"]: item for item in record["observations"]}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Measure from the servers as an ordinary user, then from the office as root."""
    also = {"sipp": "sip-tester", "unshare": "util-linux", "avahi-daemon": "avahi-daemon"}
    if problem := lan_lab.missing(also) or " ".join(missing(*PROGRAMS)):
        pytest.skip(problem)
    base = tmp_path_factory.mktemp("centre")
    here = base / "here"
    here.mkdir()
    with (
        tempfile.TemporaryDirectory() as open_to_all,  # pytest's folders are root's alone
        lan_centre.network(base, f"lc{os.getpid() % 10000}") as built,
    ):
        there = Path(open_to_all)
        site(there, "10.60.1.0/27", "10.60.0.10/32", other_runs=[])
        for path in (there, *there.iterdir()):
            os.chown(path, 65534, 65534)
        first = audited(there, *built.inside("farpc"), *ORDINARY)
        site(here, OFFICE, V6, HALF, other_runs=[])
        command = [AUDIT, "import", str(there / "run/record.json"), "--site", "centre.yaml"]
        printed = subprocess.check_output(command, cwd=here, text=True)
        runs = yaml.safe_load(printed)["network"]["other_runs"]
        site(here, OFFICE, V6, HALF, other_runs=runs)
        with (
            lan_lab.captured(built.inside("pc"), "eth0", base / "left.pcap", "-Q", "out"),
            lan_lab.captured(built.inside("tenant"), "eth0", base / "tenant.pcap"),
        ):
            second = audited(here, *built.inside("pc"))
        yield Seen(first, second, printed, base / "left.pcap", base / "tenant.pcap", here / "run")


def rows(run: dict[str, Any], probe: str) -> list[dict[str, Any]]:
    """Return the rows of one probe."""
    found: list[dict[str, Any]] = run[probe]["measured"]["rows"]
    return found


def device_at(seen: Seen, address: str) -> dict[str, Any]:
    """Return the one device that has an address."""
    (row,) = (row for row in rows(seen.here, "lan_devices") if address in row["addresses"])
    return row


def test_each_thing_is_what_it_is(seen: Seen) -> None:
    """The truth table: every class, as sure as its evidence allows."""
    found = {address: device_at(seen, address) for address in TRUTH}
    assert {a: (r["device_class"], r["confidence"]) for a, r in found.items()} == TRUTH
    assert all(row["evidence"] for row in found.values())


def test_one_printer_is_one_device(seen: Seen) -> None:
    """Over two IPv4 addresses, IPv6, mDNS, IPP and SNMP it is counted once."""
    printers = [r for r in rows(seen.here, "lan_devices") if r["device_class"] == "printer"]
    (printer,) = printers
    assert set(PRINTER) <= set(printer["addresses"])
    assert printer["listed_as"] == "máy in tầng 2"
    assert {"ipp: printer attributes", "snmp: Printer-MIB"} <= set(printer["evidence"])


def test_a_random_mac_has_no_maker(seen: Seen) -> None:
    """A telephone that hides its maker, beside things that do not."""
    hidden = device_at(seen, RANDOM_MAC)
    assert (hidden["is_mac_local"], hidden["vendor"]) == (True, None)
    shown = device_at(seen, "10.60.0.15")
    assert shown["is_mac_local"] is False
    assert "Epson" in shown["vendor"]


def test_nothing_left_the_scope(seen: Seen) -> None:
    """Every packet of the whole audit is about the scope; the tenant heard none of its own."""
    allowed = [ip_network(text) for text in (OFFICE, V6, HALF)]
    aims = list(pcap.aims(seen.left))
    assert len(aims) > 1000
    outside = {
        str(aim)
        for _at, aim in aims
        if aim in ip_network(TENANTS) or not any(aim in network for network in allowed)
    }
    assert outside == set()
    assert pcap.most_in_a_second([at for at, _aim in aims]) <= RATE
    assert not [f for _at, f in pcap.frames(seen.to_tenant) if f[26:30] == ip_address(PC).packed
                and not f[0] & 1]  # fmt: skip
    assert TENANT not in json.dumps([seen.here, seen.there])


def test_a_firewall_that_refuses_everything_is_no_crowd(seen: Seen) -> None:
    """Sixty-four resets invent nobody, and nobody forgets that the number is unknown."""
    hosts = rows(seen.here, "lan_hosts")
    alive = {row["address"] for row in hosts if row["is_alive"]}
    assert {a for a in alive if a.startswith("10.60.1.")} == {"10.60.1.1", "10.60.1.2", FAR_SERVER}
    assert [row["address"] for row in hosts if "/" in row["address"]] == [lan_centre.REFUSED]
    assert "answers for every address: 10.60.1.64/26" in json.dumps(seen.here["lan_hosts"])
    known = rows(seen.here, "known_machines")
    assert [row["note"] for row in known if row["state"] == "hidden"] == [lan_centre.REFUSED]


def test_the_papers_are_compared(seen: Seen) -> None:
    """Seen but not listed, listed but not seen; the segment of the plan, and another one."""
    found = rows(seen.here, "lan_topology")
    devices = {row["network"]: row for row in found if row["kind"] == "device"}
    assert (devices["10.60.0.99"]["is_listed"], devices["10.60.0.99"]["is_seen"]) == (True, False)
    assert (devices["10.60.0.17"]["is_listed"], devices["10.60.0.17"]["is_seen"]) == (False, True)
    assert PRINTER[0] not in devices
    segments = {row["network"]: row for row in found if row["kind"] == "segment"}
    office = segments[OFFICE]
    assert (office["name"], office["is_listed"], office["gateways"]) == ("Văn phòng", True, 1)
    assert segments[V6]["is_listed"] is False


def test_zones_are_seen_from_both_sides(seen: Seen) -> None:
    """What one side cannot see, the imported run of the other tells."""
    assert "other-runs/" in seen.imported
    ways = {
        (row["from_zone"], row["to_zone"]): (row["is_allowed"], row["is_reachable"])
        for row in rows(seen.here, "zone_reachability")
        if row["port"] == 22 and row["from_zone"] != row["to_zone"]
    }
    assert ways == {
        ("văn phòng", "máy chủ"): (True, True),
        ("máy chủ", "văn phòng"): (False, False),
    }


def test_an_ordinary_user_is_told_what_was_not_seen(seen: Seen) -> None:
    """The same audit without rights: who is seen is real, and the loss is in the record."""
    alive = {row["address"] for row in rows(seen.there, "lan_hosts") if row["is_alive"]}
    assert (
        {FAR_SERVER, "10.60.1.2"} <= alive <= {FAR_SERVER, "10.60.1.1", "10.60.1.2", "10.60.0.10"}
    )
    assert "Run without the right to send ARP" in json.dumps(seen.there["lan_hosts"])


REREAD: dict[str, tuple[str, object]] = {
    "lan_hosts": ("names", ["khac"]),
    "lan_services": ("version", "9.9"),
    "lan_devices": ("device_class", "server"),
    "lan_topology": ("hosts", 77),
    "zone_reachability": ("asked", 77),
}
"""Cells that another wrote, by the probe of the network."""


def test_the_look_at_the_network_is_read_again(seen: Seen) -> None:
    """From what was sighted and heard every row follows; rows that do not follow are found."""
    key = keys.generate(keys.Kind.ED25519)
    pack = Sealed(seen.run, packing.pack(seen.run, key), key)
    found = verify(pack.content)
    assert found.faults == ()
    assert found.reread is not None
    assert not set(REREAD) & set(found.reread.unread)

    def change(record: dict[str, Any]) -> None:
        for item in record["observations"]:
            if item["measurement"]["probe"] in REREAD:
                column, value = REREAD[item["measurement"]["probe"]]
                item["measured"]["rows"][0][column] = value

    told = " ".join(fault.problem for fault in verify(forged(pack, change)).faults)
    for probe, (column, _value) in REREAD.items():
        assert re.search(rf"{probe}@network: \w+ 1: {column} ", told), probe
