"""`audit sample`: visits that are kept in a chain, told, and found when they were touched."""

from __future__ import annotations

import html
import json
import re
import shutil
import signal
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import database_servers as servers
import pytest
from sampling_site import platform, site
from sqlalchemy import text

from auditor.canonical import sha256
from auditor.journal import Journal
from auditor.pack import keys, packing
from auditor.pack.verifying import Depth, verify
from auditor.sampled import observed
from auditor.store import keeping, migrating, opening, reading, samples
from auditor.store.chain import Break

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import Program

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
SAMPLE = ("sample", "--profile", "sampled.yaml")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve the platform once."""
    with platform() as address:
        yield address


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory, url: str) -> Path:
    """Return a home in which three visits were kept."""
    from tests.integration.conftest import Program  # noqa: PLC0415 - a class, not a fixture

    home = tmp_path_factory.mktemp("visited")
    site(home, url)
    for _visit in range(3):
        done = Program(home)(*SAMPLE)
        assert done.code == 0, done.err
    return home


@pytest.fixture
def copied(visited: Path, audit: Program) -> str:
    """Copy the store of three visits and return its URL."""
    data = shutil.copytree(visited / ".local", audit.folder / ".local")
    return f"sqlite:///{data / 'share' / 'centre-audit' / 'store.sqlite'}"


def test_visits_are_kept_and_told(visited: Path, copied: str, audit: Program, url: str) -> None:
    """What, value, slot, how many of how many; evidence under its digests; the chain is whole."""
    site(audit.folder, url)
    told = audit(*SAMPLE)
    assert told.code == 0, told.err
    head, platform_line, others = told.out.splitlines()
    assert head.split("  ")[0] == "Phép đo"
    assert platform_line.startswith("Nền tảng mẫu")
    assert platform_line.split()[3] == "có"
    assert "  4/2  " in platform_line
    assert "chưa có giá trị" in others
    assert "tất cả 4" in told.err
    found = audit(*SAMPLE, "--format", "json").json
    assert (found["kept"], found["count"], found["stopped"]) == (1, 5, False)
    (mine,) = (item for item in found["samples"] if item["name"] == "Nền tảng mẫu")
    assert (mine["samples"], mine["samples_needed"], mine["value"]) == (5, 2, True)
    assert audit("history", "--verify", "--head", found["head"]).code == 0
    with opening.opened(copied) as engine:
        links = samples.samples(engine, NOW - timedelta(days=9999), NOW + timedelta(days=9999))
    evidence = visited / ".local/share/centre-audit/samples/evidence"
    for link in links[:3]:
        seen = observed(link)
        assert seen is not None
        assert seen.captures
        assert all(sha256((evidence / c.sha256).read_bytes()) == c.sha256 for c in seen.captures)


def test_the_trend_shows_samples_too(copied: str, audit: Program, url: str) -> None:
    """With their number, though no run was kept yet."""
    site(audit.folder, url)
    drawn = audit("trend", "1", "--profile", "sampled.yaml", "--store", copied)
    assert drawn.code == 0, drawn.err
    name, bars, said = drawn.out.splitlines()
    assert name == "trung-tam-thu: Nền tảng mẫu"
    assert bars.strip() == "▅▅▅"
    assert said.strip().startswith("3 mẫu, ")
    asked = ("trend", "1", "--profile", "sampled.yaml", "--store", copied, "--format")
    assert [(row["run"], row["number"], row["centre"], row["series"])
            for row in audit(*asked, "json").json] == [
        (None, 1.0, "trung-tam-thu", "Nền tảng mẫu")] * 3  # fmt: skip
    assert audit(*asked, "csv").out.splitlines()[-1].endswith(",1.0,,trung-tam-thu,Nền tảng mẫu")
    root = ET.fromstring(audit(*asked, "svg").out)  # noqa: S314 - our own
    said = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert "trung-tam-thu: Nền tảng mẫu (mẫu: 3)" in said
    drawn_n = [int(n) for n in re.findall(r"n=(\d+)<", audit(*asked, "svg").out)]
    assert sum(drawn_n) == 3  # each of the samples stands in one of the points


CHANGES = {
    Break.MISSING: ("DELETE FROM sample WHERE position = 2", 2),
    Break.CHANGED: ("UPDATE sample SET started_at = '2026-01-01' WHERE position = 1", 1),
    Break.NOT_LINKED: ("UPDATE sample SET previous = digest WHERE position = 3", 3),
    Break.SAMPLE_CHANGED: (
        "UPDATE sample SET observation = replace(observation, 'true', 'false') WHERE position = 2",
        2,
    ),
    Break.PURGE_UNLOGGED: (
        "UPDATE sample SET observation = NULL, purged_at = '2026' WHERE position = 1",
        1,
    ),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_every_touched_sample_is_found(kind: Break, copied: str, audit: Program) -> None:
    """Removed, altered, moved or emptied: told with its place, exit 12."""
    statement, position = CHANGES[kind]
    with opening.opened(copied) as engine, engine.begin() as connection:
        connection.execute(text(statement))
    done = audit("history", "--verify", "--format", "json")
    assert done.code == 12
    assert {"kind": kind.value, "sample": position} in done.json["faults"]
    assert f"mẫu {position}:" in audit("history", "--verify").out


def test_samples_that_changed_places_are_found(copied: str) -> None:
    """The order is part of what is linked."""
    with opening.opened(copied) as engine:
        with engine.begin() as connection:
            for old, new in ((2, 9), (3, 2), (9, 3)):
                move = text(f"UPDATE sample SET position = {new} WHERE position = {old}")  # noqa: S608
                connection.execute(move)
        assert {fault.kind for fault in reading.verify(engine)} >= {Break.CHANGED, Break.NOT_LINKED}


def test_nobody_samples_beside_another(copied: str, audit: Program, url: str) -> None:
    """The second one is refused in one line, and nothing of the first is touched."""
    site(audit.folder, url)
    folder = opening.beside(copied)
    with Journal(folder):
        done = audit(*SAMPLE)
    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert audit(*SAMPLE).code == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_was_measured_before_a_stop_is_kept(how: signal.Signals, audit: Program) -> None:
    """The line was asked, the platform hangs: Ctrl-C keeps the line's visit, a kill does too."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = 'internet: {servers: [{backend: http-multi, url: "http://127.0.0.1:9/"}]}\n'
        site(audit.folder, f"http://127.0.0.1:{silent.getsockname()[1]}/", more=server)
        running = audit.start(*SAMPLE, "--lang", "en")
        stream, _peer = silent.accept()  # the platform is being visited: the line is done
        with stream:
            time.sleep(0.2)
            running.send_signal(how)
            _out, err = running.communicate(timeout=60)
    if how is signal.SIGINT:
        assert running.returncode == 1
        assert b"Stopped. What was measured is kept." in err
    with platform() as address:
        site(audit.folder, address)
        done = audit(*SAMPLE, "--format", "json")
    assert done.json["count"] == 2
    with opening.opened(
        f"sqlite:///{audit.folder}/.local/share/centre-audit/store.sqlite"
    ) as store:
        links = samples.samples(store, NOW - timedelta(days=9999), NOW + timedelta(days=9999))
        assert [link.probe for link in links] == ["internet_quality", "web_service"]
        assert reading.verify(store) == []


def test_a_store_that_is_away_loses_no_sample(audit: Program, url: str) -> None:
    """The visit waits in its journal, and the next one takes it along."""
    site(audit.folder, url)
    away = audit(*SAMPLE, "--store", "postgresql://kho@127.0.0.1:1/kho", "--lang", "en")
    assert away.code == 1
    assert "Nothing that was measured is lost" in away.err
    assert audit(*SAMPLE, "--format", "json").json["count"] == 2


def test_the_scope_holds_for_samples_too(audit: Program) -> None:
    """Outside the scope nothing is sent; what was not measured is kept with its cause."""
    closed = 'internet: {servers: [{backend: http-multi, url: "http://127.0.0.1:9/"}]}\n'
    site(audit.folder, "http://10.255.0.1/", more=closed)
    done = audit(*SAMPLE)
    assert "! internet_quality@network: không kết nối được" in done.out
    assert "Nền tảng mẫu" not in done.out, "it was not visited, so it has no value"
    assert done.out.startswith("Chưa có mẫu đo nào có giá trị"), "a sentence, and no empty table"
    assert audit("history", "--verify").code == 0


def test_nothing_to_sample_is_told(audit: Program, small: Path) -> None:
    """Without a site file, and with criteria that ask for nothing repeated."""
    assert audit("sample").code == 3
    site(audit.folder, "http://127.0.0.1:9/")
    assert audit("sample", "--profile", small).code == 3


def test_purging_empties_samples_and_keeps_their_links(copied: str) -> None:
    """The log accounts for what is gone; the chain stays whole and goes on."""
    with opening.opened(copied) as engine:
        later = NOW + timedelta(days=9999)
        assert keeping.purge(engine, later, later) == (0, 3)
        assert reading.verify(engine) == []
        links = samples.samples(engine, NOW - timedelta(days=9999), later)
        assert [observed(link) for link in links] == [None] * 3


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Debian's PostgreSQL on loopback, with an empty database for the store."""
    if lacking := servers.missing():
        pytest.skip(f"needs the Debian packages {lacking}")
    with servers.postgresql(tmp_path_factory.mktemp("store") / "pg") as server:
        yield servers.store(server)


def test_both_databases_hold_the_same_chain(
    postgresql: str, copied: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Equal links from equal visits, twice the same is once, and down and up loses no run."""
    monkeypatch.setenv(opening.PASSWORD_VARIABLE, servers.PASSWORD)
    ever = (NOW - timedelta(days=9999), NOW + timedelta(days=9999))
    with opening.opened(copied) as here:
        seen = [item for link in samples.samples(here, *ever) if (item := observed(link))]
    origin = samples.Origin("trung-tam", "0" * 64, tmp_path)
    made = []
    for url in (f"sqlite:///{tmp_path}/same.sqlite", postgresql):
        with opening.opened(url) as engine:
            first = samples.keep_samples(engine, seen, origin, NOW)
            assert samples.keep_samples(engine, seen, origin, NOW + timedelta(days=1)) == first
            assert reading.verify(engine) == []
            assert samples.head(engine) == (3, first[-1].digest)
            made.append(samples.samples(engine, *ever))
            migrating.upgrade(engine, "-4")
            migrating.upgrade(engine)
            assert samples.head(engine) == (0, "")
    assert made[0] == made[1]


def test_a_run_takes_the_samples_in_and_its_pack_stands_alone(
    copied: str, visited: Path, audit: Program, url: str
) -> None:
    """The report says how many; the pack verifies where no store is; `--no-samples` is told."""
    site(audit.folder, url)
    run = ("run", "--site", "centre.yaml", "--profile", "sampled.yaml", "--out")
    assert audit(*run, "with", AUDIT_NO_STORE="").code == 0
    said = _said(audit.folder / "with")
    assert "Đã lấy 3 lượt đo từ kho" in said
    assert "Nền tảng mẫu: trả lời 4/4 lần thử có kết quả" in said
    sealed = packing.pack(audit.folder / "with", keys.generate(keys.Kind.ED25519))
    shutil.rmtree(audit.folder / ".local")
    assert verify(sealed, depth=Depth(reports=True)).faults == ()
    assert audit(*run, "absent", AUDIT_NO_STORE="").code == 0
    assert "Chưa có kho mẫu đo" in _said(audit.folder / "absent")
    assert audit(*run, "without", "--no-samples").code == 0
    assert "Không dùng mẫu đo đã lưu" in _said(audit.folder / "without")
    del copied, visited


def _said(folder: Path) -> str:
    """Return what a run says of its visits to platforms, as the page shows it."""
    page = html.unescape((folder / "report.html").read_text("utf-8"))
    record = json.loads((folder / "record.json").read_text("utf-8"))
    (item,) = (i for i in record["observations"] if i["key"] == "web_service@network")
    said = " ".join(text["vi"] for text in item["measured"]["limitations"])
    assert all(text["vi"] in page for text in item["measured"]["limitations"])
    return said
