"""One whole audit of the centre's services: what it says is true, and nothing that is secret left.

The box of services (tests/lab/service_box) runs once; everything here looks at the same audit.
"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import canaries
import leaks
import pcap
import pytest
import remote_lab
import service_box
import service_logins
import service_report
import service_site
import web_house
from centre_folder import paper
from leaks import Machine, Packet

from auditor import catalogue
from auditor.model import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from service_box import ServiceBox

pytestmark = [
    pytest.mark.serial,
    pytest.mark.root,
    pytest.mark.package,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(service_box.missing()), reason=service_box.missing() or "-"),
]

GATEWAYS = {"203.0.113.1", service_box.ROUTER6}
SERVED = [f"{service_box.WEB}/32", f"{service_box.WEB6}/128"]
"""Where the hosts of `scope.services` are."""

WRITTEN_BY_RUN = frozenset({"text", "html"})
"""Formats that are in the terminal and in the run folder already."""

KEPT = ("--store", "sqlite:///shown/history.sqlite")
STRANGER = """
import socket, time
at = time.time()
socket.create_connection(("198.51.100.99", 443), 5).close()
print(at)
"""


@dataclass(frozen=True)
class Ran:
    """An audit that has ended. `outputs` is every content by name; `seen` what left the machine."""

    record: Mapping[str, Any]
    outputs: Mapping[str, bytes]
    seen: list[Packet]
    vpn_keys: tuple[str, ...]
    stranger_at: float
    """When this test itself spoke to a stranger, POSIX seconds."""

    def limitations(self, probe: str) -> list[str]:
        """Return the Vietnamese sentences that a probe adds to its rows."""
        return [
            text["vi"]
            for seen in self.record["observations"]
            if seen["measurement"]["probe"] == probe and seen["measured"]
            for text in seen["measured"]["limitations"]
        ]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Audit the box, show the run in every form, and search what came of it."""
    folder = tmp_path_factory.mktemp("services")
    captures = tmp_path_factory.mktemp("captures")
    (folder / "shown").mkdir()
    with service_box.running() as box:
        site = service_site.write(folder, box)
        machine = _outside(box)
        with pcap.captured({"outside": (box.outside, "eth0")}, captures):
            words = ("run", "--lang", "vi", "--site", site, "--out", "run", *KEPT)
            done = box.audit(*words, cwd=folder, env=service_site.SECRETS)
            assert done.returncode == ExitCode.NOT_MET, done.stderr.decode()
            told = subprocess.check_output([*box.outside, "python3", "-c", STRANGER])
            _wait_for_the_stranger(captures / "outside.pcap", machine)
        outputs = {"terminal": done.stdout, "progress": done.stderr, **_shown(box, folder)}
    outputs |= dict(canaries.of_folder(shutil.copytree(folder / "run", folder / "copy")))
    record = json.loads((folder / "run" / "record.json").read_bytes())
    seen = list(leaks.packets(captures / "outside.pcap", machine))
    return Ran(record, outputs, seen, box.vpn_keys, float(told))


def _outside(box: ServiceBox) -> Machine:
    told = subprocess.check_output([*box.outside, "ip", "-j", "addr", "show", "eth0"])
    (link,) = json.loads(told)
    mac = bytes.fromhex(link["address"].replace(":", ""))
    return Machine(mac, frozenset(ip_address(entry["local"]) for entry in link["addr_info"]))


def _wait_for_the_stranger(capture: Path, machine: Machine) -> None:
    """Wait until the capture holds what was sent last, and so all that was sent before."""
    until = time.monotonic() + 20
    while service_box.FAR not in {str(packet.aim) for packet in leaks.packets(capture, machine)}:
        assert time.monotonic() < until
        time.sleep(0.2)


def _shown(box: ServiceBox, folder: Path) -> dict[str, bytes]:
    """Seal the run, draft its dossier, show it in every form; return all of it by name."""
    sealed = ("pack", "run", "--key", "shown/key.pem", "--dossier", "--out", "shown/run.auditpack")
    orders: list[tuple[str, ...]] = [
        ("dossier", "run", "--out", "shown/dossier"),
        ("report", "run", "--lang", "en", "--out", "shown/report-en.text"),
        *(
            ("report", "run", "--format", form, "--out", f"shown/report.{form}")
            for form in sorted({*catalogue.FORMATS, *catalogue.FOLDERS} - WRITTEN_BY_RUN)
        ),
    ]

    def said(order: tuple[str, ...]) -> tuple[str, bytes]:
        done = box.audit(*order, cwd=folder, env=service_site.SECRETS)
        assert done.returncode == 0, f"{order}: {done.stderr.decode()}"
        return f"{' '.join(order)} (said)", done.stdout + done.stderr

    first = [said(order) for order in (("keygen", "--out", "shown/key.pem"), sealed)]
    with ThreadPoolExecutor(2) as pool:
        found = dict([*first, *pool.map(said, orders)])
    return {**found, **dict(canaries.of_folder(folder / "shown"))}


def test_every_row_of_the_truth_is_right(ran: Ran) -> None:
    """What is measured is what was set up, value by value."""
    held = list(service_report.facts(ran.record))
    assert len(held) > 150
    assert [fact for fact in held if not fact.is_right] == []
    assert " 0 wrong" in service_report.table(held).splitlines()[-1]


def test_what_the_user_reads_is_in_the_users_words(ran: Ran) -> None:
    """Services that fail in a dozen ways bring no words of libraries to the terminal."""
    said = (ran.outputs["terminal"] + ran.outputs["progress"]).decode()
    assert "không tính được" in said
    assert [word for word in ("NoneType", "Error", "Traceback", "function") if word in said] == []


def test_a_wrong_row_is_told(ran: Ran) -> None:
    """A changed value, a row that is gone and one that was invented are each found."""
    wrong: list[service_report.Fact] = []
    for column, value, measured in (
        ("nodes_up", 2, 2),
        ("name", "khác", service_report.ABSENT),
    ):
        record = copy.deepcopy(dict(ran.record))
        (row,) = service_report.rows_of(record, "hpc_access")["Cụm có nút"]
        row[column] = value
        wrong = [fact for fact in service_report.facts(record) if not fact.is_right]
        assert measured in [fact.measured for fact in wrong]
        assert f" {len(wrong)} wrong" in service_report.table(wrong)
    assert ("khác", service_report.UNEXPECTED) in [(f.row, f.expected) for f in wrong]


def test_no_secret_no_person_no_text_left(ran: Ran) -> None:
    """Records, tokens, passwords, names and the text of papers stand in no output at all."""
    assert len(set(service_site.CANARIES)) == 12
    assert len(set(ran.vpn_keys)) == 6
    leaked = {
        name: seen
        for name, content in ran.outputs.items()
        if (seen := canaries.found(content, (*service_site.CANARIES, *ran.vpn_keys)))
    }
    assert leaked == {}


def test_the_search_covers_and_finds(ran: Ran) -> None:
    """What is meant to be printed is found in every output, also inside of PDF and pack."""
    shown = {n for n, c in ran.outputs.items() if canaries.found(c, [service_site.SHOWN])}
    named = {"terminal", "record.json", "site.yaml", "report.html", "run.auditpack/record.json"}
    named |= {
        "history.sqlite (dump)",
        "report-en.text",
        "report.pdf (text)",
        "report.oscal/ar.json",
    }
    named |= {f"report.{form}" for form in {*catalogue.FORMATS} - WRITTEN_BY_RUN - {"pdf"}}
    assert named <= shown
    drafts = [name for name in shown if name.startswith("dossier/")]
    assert any(name.endswith(".pdf (text)") for name in drafts)
    assert any(name.endswith(".docx/word/document.xml") for name in drafts)
    rows = {n for n, c in ran.outputs.items() if canaries.found(c, ["Nhắc lại khóa"])}
    assert "journal.sqlite (dump)" in rows
    evidence = {n for n, c in ran.outputs.items() if canaries.found(c, [web_house.GOOD])}
    assert any(name.startswith("evidence/") for name in evidence)
    assert any(name.startswith("run.auditpack/evidence/") for name in evidence)


def test_every_way_of_writing_is_found(tmp_path: Path) -> None:
    """Each form, and what lies inside a zip file, a database or a PDF."""
    for canary in service_site.CANARIES:
        for form, written in canaries.forms(canary).items():
            assert canaries.found(b"a " + written + b" b", [canary]), form
        assert canaries.found(canary.replace(" ", " \n  ").encode(), [canary])
    assert not canaries.found(b"a b", service_site.CANARIES)
    person = service_site.EXPORT_PERSON
    (tmp_path / "a.pdf").write_bytes(paper(person))
    shutil.make_archive(str(tmp_path / "b"), "zip", tmp_path, "a.pdf")
    inside = dict(canaries.of_folder(tmp_path))
    holding = {name for name, content in inside.items() if canaries.found(content, [person])}
    assert holding == {"a.pdf (text)", "b.zip/a.pdf (text)"}


def test_packets_went_nowhere_else(ran: Ran) -> None:
    """Only the scope was spoken to; the capture shows a stranger when there is one."""

    def strangers(packets: list[Packet]) -> set[str]:
        beyond = [p for p in packets if not (p.asks_link and str(p.aim) in GATEWAYS)]
        return leaks.outside(beyond, [*service_site.NETWORKS, *SERVED], [], "")

    during = [packet for packet in ran.seen if packet.at < ran.stranger_at]
    assert strangers(during) == set()
    assert strangers(ran.seen) == {service_box.FAR}
    spoken_to = {str(packet.aim) for packet in during}
    assert spoken_to >= {
        *(
            service_box.OFFICE,
            service_box.WEB,
            service_box.WEB6,
            *service_logins.CLUSTERS,
            service_logins.WIREGUARD,
        ),
        *(remote_lab.SHUT, remote_lab.OPEN),
    }


@pytest.mark.parametrize("probe", service_report.FAILURES)
def test_each_failure_has_its_word_and_its_sentence(ran: Ran, probe: str) -> None:
    """DNS, refusal, reset, TLS, slowness, loop: no two alike, each with a remedy, each shown."""
    rows, failures = service_report.rows_of(ran.record, probe), service_report.FAILURES[probe]
    assert {name: rows[name][0]["trouble"] for name in failures} == failures
    told = ran.limitations(probe)
    page = "".join(ran.outputs["report.html"].decode().split())
    sentences = set()
    for name in failures:
        (sentence,) = (
            text.removeprefix(f"{name}: ")
            for text in told
            if text.startswith(f"{name}: ") and " – " in text
        )
        happened, _dash, remedy = sentence.partition(" – ")
        assert happened
        assert remedy
        sentences.add(sentence)
        assert "".join(sentence.split()) in page
    assert len(sentences) == len(failures)


def test_others_say_a_remedy_too(ran: Ran) -> None:
    """Databases, models, gateways and interfaces tell what to do as well."""
    for probe, name in (
        ("databases", "postgresql tắt"),
        ("ai_use", "Đã tắt"),
        ("remote_work", "dead-tcp"),
        ("api_endpoint", "Hết hạn"),
    ):
        assert any(t.startswith(f"{name}: ") and " – " in t for t in ran.limitations(probe)), probe
