"""What changed since the run before: measured, told, sealed, and derived again by the appraiser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from packs import Sealed, forged

from auditor import runfolder
from auditor.canonical import sha256
from auditor.causes import CAUSES
from auditor.language import Language
from auditor.model import Cause, Hindrance
from auditor.pack import container, keys, packing, publishing
from auditor.pack.beside import with_previous
from auditor.pack.verifying import verify
from auditor.runfolder import RECORD
from auditor.store import comparing, keeping, opening
from tests.integration.conftest import SMALL, Done, Program

if TYPE_CHECKING:
    from pathlib import Path

SEATS = """\
      - id: "2"
        name: {vi: Chỗ ngồi, en: Seats}
        checks:
          - id: seats
            title: {vi: Chỗ ngồi, en: Seats}
            basis: declared
            reads: {values: {probe: declared_values}}
            value: values.filter(v, v.id == 'seats').size()
            expect: {at_least: wanted}
        requires: [[seats]]
"""
SITE = {
    "schema": "urn:audit:site:v1",
    "centre": {"id": "thu", "name": "Trung tâm thử"},
    "targets": [{"name": "may-ke-toan", "url": "local:"}],
    "declared": {"is_open": True},
    "declared_by": {"by": "Mùi", "position": "Giám đốc", "on": "2026-11-01"},
}
FIRST, SAME, CHANGED = "lan-1", "lan-2", "lan-3"


class Kept(NamedTuple):
    """Three runs of one centre in one store: nothing changes, then a statement is withdrawn."""

    program: Program
    done: dict[str, Done]

    def record(self, run: str) -> Any:  # noqa: ANN401 - JSON
        """Return record.json of a run."""
        return json.loads((self.program.folder / run / RECORD).read_text("utf-8"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Live through the three runs as the centre's IT officer does."""
    program = Program(tmp_path_factory.mktemp("kept"))
    (program.folder / "seats.yaml").write_text(SMALL + SEATS, "utf-8")
    done = {}
    for run in (FIRST, SAME, CHANGED):
        site = SITE if run == CHANGED else {**SITE, "declared": {"seats": 40}}
        (program.folder / "site.yaml").write_text(json.dumps(site), "utf-8")
        done[run] = program("run", "--site", "site.yaml", "--profile", "seats.yaml", "--out", run,
                            AUDIT_NO_STORE="")  # fmt: skip
    return Kept(program, done)


@pytest.fixture(scope="module")
def key() -> keys.PrivateKey:
    """Return the centre's key."""
    return keys.generate(keys.Kind.ED25519)


@pytest.fixture(scope="module")
def packs(kept: Kept, key: keys.PrivateKey) -> dict[str, bytes]:
    """Pack all three."""
    return {run: packing.pack(kept.program.folder / run, key) for run in kept.done}


def told_by_pdf(file: Path) -> str:
    """Return the text of a PDF, on one line."""
    done = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_a_report_says_what_changed_since_the_run_before(kept: Kept) -> None:
    """It names run, verdicts, cause and measurement on the screen, the page and paper."""
    done, folder = kept.done[CHANGED], kept.program.folder / CHANGED
    assert done.code == 10, done.err
    before = kept.record(SAME)
    said = kept.record(CHANGED)["previous"]
    assert said["run"] == {
        "run_id": before["run_id"],
        "started_at": before["started_at"],
        "record_sha256": sha256((kept.program.folder / SAME / RECORD).read_bytes()),
        "tool_version": before["tool"]["version"],
    }
    (change,) = said["changes"]
    assert (change["indicator"], change["before"], change["after"]) == ("2", "met", "not_met")
    assert change["cause"] == "statement"
    (source,) = change["measurements"]
    assert source.startswith("declared_values@")
    page = (folder / "report.html").read_text("utf-8")
    for text in (done.out, page, told_by_pdf(folder / "report.pdf")):
        assert "Thay đổi so với lần trước" in text
        assert before["run_id"] in text
        assert Language("vi")(CAUSES[Cause.STATEMENT]) in " ".join(text.split())
        assert "declared_values" in text
    assert "Đạt → ✗ Không đạt" in done.out


def test_it_says_so_when_nothing_changed_and_nothing_without_a_run_before(kept: Kept) -> None:
    """The first run of a centre is compared with none."""
    assert "Không đổi" in kept.done[SAME].out
    assert kept.record(SAME)["previous"]["changes"] == []
    assert "lần trước" not in kept.done[FIRST].out
    assert "previous" not in kept.record(FIRST)
    assert "lần trước" not in (kept.program.folder / FIRST / "report.html").read_text("utf-8")


def test_it_says_the_same_as_the_comparison_of_two_folders(kept: Kept) -> None:
    """`audit diff` finds it too, and `audit report` makes the same bytes without the store."""
    found = kept.program("diff", SAME, CHANGED, "--format", "json")
    assert found.json == kept.record(CHANGED)["previous"]["changes"]
    folder = kept.program.folder / CHANGED
    for form in ("html", "pdf"):
        made = kept.program.raw("report", CHANGED, "--format", form)
        assert made == (folder / f"report.{form}").read_bytes()


def test_a_store_that_does_not_work_hinders_the_comparison_alone(kept: Kept) -> None:
    """The run ends as ever, and its report says that it was compared with nothing, and why."""
    (kept.program.folder / "kein.sqlite").write_text("no database", "utf-8")
    done = kept.program("run", "--site", "site.yaml", "--profile", "seats.yaml", "--out", "ohne",
                        "--store", "sqlite:///kein.sqlite", AUDIT_NO_STORE="")  # fmt: skip
    assert done.code == 10
    assert "Không so sánh được: không đọc được lịch sử các lượt chạy" in done.out
    assert kept.record("ohne")["previous"] == {
        "run": None, "not_compared": "store_unavailable", "changes": [],
    }  # fmt: skip


@pytest.mark.parametrize("harm", ["gone", "altered", "unreadable"])
def test_a_run_before_that_cannot_be_read_is_named(kept: Kept, tmp_path: Path, harm: str) -> None:
    """And the report says what is wrong with its record instead of what changed."""
    folder = shutil.copytree(kept.program.folder / SAME, tmp_path / SAME)
    old = runfolder.load_record(folder)
    new = runfolder.load_record(kept.program.folder / CHANGED)
    with opening.opened(f"sqlite:///{tmp_path}/store.sqlite") as engine:
        if harm == "unreadable":
            (folder / RECORD).write_text("{}", "utf-8")
        keeping.keep_run(engine, old, folder, new.started_at)
        if harm == "gone":
            shutil.rmtree(folder)
        if harm == "altered":
            (folder / RECORD).write_text("{}", "utf-8")
        found = comparing.previous_of(engine, new)
        assert comparing.previous_of(engine, replace(new, vantage="another place")) is None
        assert comparing.previous_of(engine, replace(new, centre="another centre")) is None
        assert comparing.previous_of(engine, old) is None, "a run is not before itself"
    assert found is not None
    assert found.run is not None
    assert found.run.run_id == old.run_id
    assert found.hindrance is {
        "gone": Hindrance.RECORD_MISSING,
        "altered": Hindrance.RECORD_ALTERED,
        "unreadable": Hindrance.RECORD_UNREADABLE,
    }[harm]  # fmt: skip


def test_the_appraiser_derives_the_changes_again(kept: Kept, packs: dict[str, bytes]) -> None:
    """Given the pack before; without it the page says on what the comparison rests."""
    for run, content in packs.items():
        (kept.program.folder / f"{run}.auditpack").write_bytes(content)
    alone = kept.program("verify", f"{CHANGED}.auditpack", "--lang", "en")
    assert alone.code == 0, alone.out
    assert "rests on the tool's statement" in alone.out
    both = kept.program("verify", f"{CHANGED}.auditpack", "--previous", f"{SAME}.auditpack",
                        "--format", "json")  # fmt: skip
    assert both.code == 0, both.out
    assert both.json["is_comparison_derived_again"] is True
    assert both.json["compared_with"] == kept.record(SAME)["run_id"]
    other = kept.program("verify", f"{CHANGED}.auditpack", "--previous", f"{FIRST}.auditpack")
    assert other.code == 12
    assert f"{FIRST}.auditpack: không phải của lượt chạy mà hồ sơ kết quả nêu" in other.out
    damaged = with_previous(verify(packs[CHANGED]), packs[SAME][:-1], "before")
    assert [fault.file for fault in damaged.faults] == ["before"]
    first = with_previous(verify(packs[FIRST]), packs[SAME], "before")
    assert first.is_intact
    assert len(first.notes) == len(verify(packs[FIRST]).notes) + 1


def test_the_public_copy_says_what_changed(key: keys.PrivateKey, packs: dict[str, bytes]) -> None:
    """With the public names of this run's measurements, and reports that follow from them."""
    copy = publishing.publish(packs[CHANGED], key, bytes(32), Language("vi"))
    assert verify(copy).is_intact
    files = container.read(copy).files
    said = json.loads(files[RECORD])["previous"]["changes"][0]
    known = {item["key"] for item in json.loads(files[RECORD])["observations"]}
    assert set(said["measurements"]) <= known
    assert "Thay đổi so với lần trước" in files["report.html"].decode()


Forge = Callable[[dict[str, Any]], None]


def _first(changed: dict[str, Any]) -> Forge:
    return lambda record: record["previous"]["changes"][0].update(changed)


CONTRADICTING: dict[str, Forge] = {
    "another verdict": _first({"after": "undetermined"}),
    "an indicator that is not there": _first({"indicator": "9"}),
    "no change at all": _first({"before": "not_met"}),
    "an exception with verdicts": _first({"cause": "exception"}),
    "criteria with a measurement": _first({"cause": "criteria"}),
    "a measurement that nobody made": _first({"measurements": ["clock@nirgends"]}),
    "twice the same": lambda record: record["previous"]["changes"].extend(
        record["previous"]["changes"]
    ),
    "a hindrance beside changes": lambda record: record["previous"].update(
        not_compared="record_missing"
    ),
    "no run": lambda record: record["previous"].update(run=None),
    "itself": lambda record: record["previous"]["run"].update(run_id=record["run_id"]),
    "no digest": lambda record: record["previous"]["run"].update(record_sha256="x"),
}


def _sealed(kept: Kept, packs: dict[str, bytes], key: keys.PrivateKey) -> Sealed:
    return Sealed(kept.program.folder / CHANGED, packs[CHANGED], key)


@pytest.mark.parametrize("what", CONTRADICTING)
def test_whoever_holds_the_key_cannot_say_what_contradicts_the_record(
    what: str, kept: Kept, packs: dict[str, bytes], key: keys.PrivateKey
) -> None:
    """Sealed anew, each forgery is found without the pack of the run before."""
    content = forged(_sealed(kept, packs, key), CONTRADICTING[what])
    assert RECORD in {fault.file for fault in verify(content).faults}


UNTRUE: dict[str, Forge] = {
    "left out": lambda record: record["previous"].update(changes=[]),
    "another verdict before": _first({"before": "undetermined"}),
    "another cause": _first({"cause": "machine"}),
    "another measurement": _first({"measurements": []}),
    "another run": lambda record: record["previous"]["run"].update(record_sha256="0" * 64),
    "another day": lambda record: record["previous"]["run"].update(
        started_at="2020-01-01T00:00:00.000Z"
    ),
}


@pytest.mark.parametrize("what", UNTRUE)
def test_beside_the_pack_before_no_untrue_change_stands(
    what: str, kept: Kept, packs: dict[str, bytes], key: keys.PrivateKey
) -> None:
    """What alone would hold together does not follow from both runs."""
    content = forged(_sealed(kept, packs, key), UNTRUE[what])
    found = verify(content)
    assert found.is_intact, "nothing contradicts within the pack itself"
    beside = with_previous(found, packs[SAME], "before")
    assert not beside.is_intact
    assert not beside.is_compared
    genuine = with_previous(verify(packs[CHANGED]), packs[SAME], "before")
    assert genuine.is_compared
