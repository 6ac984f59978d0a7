"""`audit waive` from the command line to the pack: beside the verdict, never in its place."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
import verify_pack as second
from packs import Sealed
from waivers_made import a_ledger, a_waiver

from auditor.canonical import sha256
from auditor.language import Language
from auditor.pack import keys, packing, publishing, secret
from auditor.pack.verifying import verify

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.waivers import LoadedLedger
    from tests.integration.conftest import Done, Program

TODAY = datetime.now(UTC).date()
UNTIL = (TODAY + timedelta(days=40)).isoformat()
LEDGER = "waivers.json"
SECOND = """\
      - id: "2"
        name: {vi: Có nhiều máy, en: Many machines}
        checks:
          - id: machines
            title: {vi: Máy, en: Machines}
            basis: measured
            reads: {machines: {probe: machine_identity}}
            value: machines.size()
            expect: {at_least: many}
        requires: [[machines]]
"""
MANY = "  many: {default: 9, meaning: {vi: Số máy, en: Machines}, source: tool_default}\n"
WORDS = {
    "--reason": "Đang mua sắm",
    "--applicant": "Nguyễn Văn Mẫu",
    "--approver": "Lò Thị Mẫu",
    "--document-number": "15/QĐ-SKHCN",
    "--document": "15.pdf",
    "--until": UNTIL,
}


@pytest.fixture
def place(audit: Program, small: Path) -> Program:
    """Return the program beside a profile whose indicator 2 is not met, a site and a document."""
    text = small.read_text("utf-8").replace("document_kinds:\n", f"{MANY}document_kinds:\n")
    small.write_text(text + SECOND, "utf-8")
    (audit.folder / "15.pdf").write_bytes(b"%PDF-1.7 approved")
    site = (
        "schema: urn:audit:site:v1\ncentre: {id: centre, name: Trung tâm}\nwaivers: waivers.json\n"
    )
    (audit.folder / "centre.yaml").write_text(site, "utf-8")
    return audit


def waive(place: Program, indicator: str = "2", **changes: str) -> Done:
    """Enter an exception, with some words changed."""
    words = WORDS | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    options = [part for pair in words.items() for part in pair]
    fixed = ("--ledger", LEDGER, "--indicator", indicator, "--profile", "small.yaml")
    return place("waive", *fixed, *options, "--lang", "en")


def run(place: Program, out: str = "run", *more: str) -> tuple[Done, Any]:
    """Run, and return how it ended and the record."""
    options = ("--site", "centre.yaml", "--profile", "small.yaml", "--out", out, "--lang", "en")
    done = place("run", *options, *more)
    return done, json.loads((place.folder / out / "record.json").read_text("utf-8"))


def past(*waivers: Any) -> LoadedLedger:  # noqa: ANN401 - nouns
    """Return a ledger with an entry that is over."""
    over = a_waiver("2", recorded_on=date(2026, 1, 1), until=date(2026, 3, 31))
    return a_ledger([*waivers, over])


def test_an_exception_stands_beside_the_verdict(place: Program) -> None:
    """Raw verdict, counts and exit code stay; record, reports and pack say what holds."""
    assert place("run", "--profile", "small.yaml", "--out", "before", "--quiet").code == 10
    done = waive(place)
    assert done.code == 0, done.err
    ledger = json.loads((place.folder / LEDGER).read_text("utf-8"))
    assert ledger["waivers"][0]["document"]["sha256"] == sha256(b"%PDF-1.7 approved")
    assert ledger["head"] in done.out
    told = done.out.splitlines()
    assert told[:2] == ["Indicator: 2", "Reason: Đang mua sắm"]
    assert "Document number: 15/QĐ-SKHCN" in told
    assert f"Last day: {date.fromisoformat(UNTIL):%d/%m/%Y}" in told
    assert "{'" not in done.out
    done, record = run(place)
    assert done.code == 10, "the exit code is that of the raw verdicts"
    assert "WARNING" not in done.err
    (finding,) = record["waivers"]["findings"]
    assert [item["verdict"] for item in record["findings"]] == ["met", "not_met"]
    assert (finding["indicator"], finding["raw"], finding["effective"]) == (
        "2",
        "not_met",
        "waived",
    )
    assert record["groups"][0]["counts"]["not_met"] == 1
    shown = " ".join(done.out.split())
    assert "Indicators under an exception in force: 1 (2)." in shown
    for words in ("Exception in force until", "15/QĐ-SKHCN", "Lò Thị Mẫu", "Not met"):
        assert words in shown
    page = (place.folder / "run" / "report.html").read_text("utf-8")
    document = pypdfium2.PdfDocument(place.folder / "run" / "report.pdf")
    pdf = " ".join(page.get_textpage().get_text_range() for page in document)
    for report in (page, pdf):
        assert "15/QĐ-SKHCN" in report
        assert "Lò Thị Mẫu" in report
    (changed,) = place("diff", "before", "run", "--format", "json").json
    assert (changed["indicator"], changed["cause"]) == ("2", "exception")


def test_a_lapsed_exception_reopens_aloud(place: Program) -> None:
    """On standard error also when quiet, in the report, and again when judged again."""
    (place.folder / LEDGER).write_bytes(past().content)
    done, record = run(place, "run", "--quiet")
    assert done.code == 10
    assert "WARNING" in done.err
    assert "LAPSED on 31/03/2026" in done.err
    assert record["waivers"]["findings"] == []
    assert record["waivers"]["entries"][0]["state"] == "lapsed"
    again = place("judge", "run", "--lang", "en")
    assert "LAPSED on 31/03/2026" in again.err
    assert "the finding is open again" in " ".join(again.out.split())
    assert "under an exception in force: 0." in " ".join(again.out.split())
    assert waive(place).code == 0, "it is renewed"
    done = place("judge", "run", "--waivers", LEDGER, "--lang", "en")
    assert "WARNING" not in done.err
    assert "under an exception in force: 1 (2)." in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (past().content.replace(b"2026-03-31", b"2026-13-45"), "waivers.json:18: waivers.0.until"),
        (past().content.replace(b"2026-03-31", b"2027-03-31"), "head: the last entry was altered"),
        (a_ledger([a_waiver("77")]).content, "waivers.0.indicator: no such indicator: 77"),
    ],
)
def test_a_ledger_that_does_not_parse_stops_the_run(
    place: Program, content: bytes, words: str
) -> None:
    """Exit 2 with file, line, field and remedy; nothing is measured and no folder made."""
    (place.folder / LEDGER).write_bytes(content)
    options = ("--site", "centre.yaml", "--profile", "small.yaml", "--out", "run", "--lang", "en")
    done = place("run", *options)
    assert done.code == 2, done
    assert words in done.err
    assert not (place.folder / "run").exists()


def test_a_ledger_that_is_named_and_missing_stops_the_run(place: Program) -> None:
    """In Vietnamese too."""
    done = place("run", "--site", "centre.yaml", "--profile", "small.yaml", "--out", "run")
    assert done.code == 2
    assert "waivers.json: không có tệp hoặc thư mục" in done.err


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"approver": "nguyễn  văn MẪU"}, "the applicant cannot approve it"),
        ({"until": (TODAY - timedelta(days=2)).isoformat()}, "is over already"),
        ({"reason": "a\x1b[2Jb"}, "control character"),
    ],
)
def test_what_may_not_be_entered(place: Program, changes: dict[str, str], word: str) -> None:
    """Exit 2, and no ledger is made."""
    done = waive(place, **changes)
    assert done.code == 2, done
    assert word in done.err
    assert not (place.folder / LEDGER).exists()


def test_a_pack_holds_the_ledger_and_both_verifiers_hold_it(place: Program) -> None:
    """Genuine: no fault. Ledger gone, exchanged or added, layer altered: found, signed anew."""
    assert waive(place).code == 0
    assert run(place)[0].code == 10
    key = keys.generate(keys.Kind.ED25519)
    sealed = Sealed(place.folder / "run", packing.pack(place.folder / "run", key), key)
    assert verify(sealed.content).faults == ()
    assert second.faults(sealed.content) == []
    files = sealed.files
    other = past().content
    record = json.loads(files["record.json"])
    improved = json.loads(files["record.json"])
    improved["waivers"]["findings"][0]["effective"] = "met"
    forged = json.loads(files["record.json"])
    forged["waivers"]["sha256"] = sha256(other)
    without = {name: value for name, value in record.items() if name != "waivers"}

    def signed(**changed: bytes | None) -> bytes:
        names = {"ledger": LEDGER, "record": "record.json"}
        new = {**files, **{names[name]: value for name, value in changed.items()}}
        return sealed.again({name: value for name, value in new.items() if value is not None})

    def written(value: object) -> bytes:
        return json.dumps(value).encode()

    for pack in (signed(ledger=None), signed(ledger=other), signed(record=written(without))):
        assert verify(pack).faults
        assert second.faults(pack)
    for pack in (signed(record=written(improved)), signed(record=written(forged), ledger=other)):
        assert any("effective" in fault.problem or "lớp hiệu lực" in fault.problem
                   for fault in verify(pack).faults)  # fmt: skip


def test_a_public_copy_shows_that_and_until_when_and_not_who(place: Program) -> None:
    """The layer stays; names, reason, document and every digest of them do not."""
    assert waive(place).code == 0
    assert run(place)[0].code == 10
    key = keys.generate(keys.Kind.ED25519)
    full = packing.pack(place.folder / "run", key)
    copy = publishing.publish(full, key, secret.new(), Language("vi"))
    assert verify(copy).faults == ()
    assert second.faults(copy) == []
    files = Sealed(place.folder / "run", copy, key).files
    assert LEDGER not in files
    record = json.loads(files["record.json"])
    assert record["waivers"]["findings"][0]["effective"] == "waived"
    assert record["waivers"]["entries"][0]["until"] == UNTIL
    layer = json.loads((place.folder / "run" / "record.json").read_text("utf-8"))["waivers"]
    hidden = (*WORDS.values(), layer["sha256"], layer["head"], sha256(b"%PDF-1.7 approved"))
    for name in ("record.json", "report.html"):
        shown = files[name].decode()
        assert [word for word in hidden if word in shown and word != UNTIL] == []


def test_a_run_without_a_ledger_says_nothing_of_exceptions(small_run: Path) -> None:
    """Its record has no such field, as records before had none."""
    assert "waivers" not in json.loads((small_run / "record.json").read_text("utf-8"))
    assert not (small_run / LEDGER).exists()
    assert "ngoại lệ" not in (small_run / "report.html").read_text("utf-8").lower()
