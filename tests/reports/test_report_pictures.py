"""The pictures: true to the rows, honest about what is unknown, inert, and words beside them."""

import re
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from drawings import SVG, drawn, picture, unknown_boxes, with_rows, without

from auditor.language import Language
from auditor.model import (
    AuditRecord,
    Failure,
    Measurement,
    NotMeasured,
    Parameter,
    Row,
    Source,
    Target,
    Text,
    Value,
    Verdict,
)

Report = Callable[[str], ModuleType]

SCRIPT = '</text><script>alert(1)</script>"\x1b[31m\u202e'
KEYS = ["overview", "coverage", "bandwidth", "network", "storage", "backups", "validity"]


def machine(number: int, *, inspected: bool) -> Row:
    """Return one known machine."""
    return {"name": f"may-{number}", "state": "inspected" if inspected else "never_tried",
            "is_counted": True, "is_inspected": inspected}  # fmt: skip


def sample(slot: str, mbps: float | None, server: str = "a") -> Row:
    """Return one download."""
    return {"time_slot": slot, "direction": "down", "server": server, "mbps_whole": mbps,
            "is_usable": mbps is not None}  # fmt: skip


FULL: tuple[tuple[str, Row], ...] = (
    ("known_machines", machine(1, inspected=True)),
    ("internet_quality", sample(f"2026-11-20 {SCRIPT}", 90.0)),
    ("lan_topology", {"kind": "segment", "name": SCRIPT, "network": "10.0.0.0/24", "hosts": 3,
                      "gateways": 0, "is_seen": True, "is_listed": False}),
    ("lan_devices", {"device_class": SCRIPT, "addresses": ("10.0.0.7", SCRIPT)}),
    ("filesystems", {"mount": SCRIPT, "total_bytes": 100, "free_bytes": 25}),
    ("backup", {"name": SCRIPT, "location": SCRIPT, "newest_age_h": 30.5, "fresh": SCRIPT}),
    ("documents", {"kind": SCRIPT, "file": SCRIPT, "exists": True, "issued_on": "2026-01-05",
                   "valid_until": "2026-12-31", "is_expired": False}),
)  # fmt: skip


@pytest.fixture(scope="module")
def full(record: AuditRecord) -> AuditRecord:
    """Return a record of which every picture can be drawn, from hostile rows."""
    made = without(record, "documents")
    for probe, row in FULL:
        made = with_rows(made, probe, row)
    return made


@pytest.mark.parametrize("code", ["vi", "en"])
def test_every_picture_is_inert_and_has_its_words(
    full: AuditRecord, report: Report, code: str
) -> None:
    """Title, description, table; nothing but shapes; what came from outside is text."""
    made = report("compose").compose(full, Language(code)).pictures
    assert [one.key for one in made] == KEYS
    for one in made:
        parts = drawn(one)
        root, tags = parts[0], {part.tag.removeprefix(SVG) for part in parts}
        assert tags <= {"svg", "title", "desc", "defs", "pattern", "rect", "line", "path",
                        "circle", "text"}  # fmt: skip
        assert root.get("role") == "img"
        labels = (root.get("aria-labelledby") or "").split()
        assert [part.get("id") for part in parts[1:3]] == labels
        assert [part.text for part in parts[1:3]] == [one.title, one.told]
        assert one.rows
        assert all(len(row) == len(one.head) for row in one.rows)
        assert "script>" not in one.svg
        assert "href" not in one.svg
        assert not re.search(r"url\((?!#p-)", one.svg)
    ids = re.findall(r' id="([^"]+)"', "".join(one.svg for one in made))
    assert len(ids) == len(set(ids))


def test_all_words_are_in_one_language(full: AuditRecord, report: Report) -> None:
    """Titles, heads and legends differ between the languages."""
    compose = report("compose").compose
    pairs = zip(
        compose(full, Language("vi")).pictures, compose(full, Language("en")).pictures, strict=True
    )
    for vi, en in pairs:
        assert vi.title != en.title
        assert all(one != other for one, other in zip(vi.head, en.head, strict=True))


def test_same_record_same_bytes(full: AuditRecord, report: Report) -> None:
    """Drawing is a pure function of the record."""
    first = report("compose").compose(full, Language("vi")).pictures
    assert report("compose").compose(full, Language("vi")).pictures == first


def test_without_rows_a_sentence_and_no_drawing(record: AuditRecord) -> None:
    """No empty axes; the sentence tells a failure from what nobody asked for."""
    bare = without(without(record, "documents"), "identity")
    for key in KEYS[1:]:
        made = picture(bare, key)
        assert made.svg == ""
        assert made.rows == ()
        assert made.summary == ("No picture: this was not measured in this run.",)
    act = Measurement(probe="backup", target="x")
    failed = replace(record.observations[0], measurement=act, captures=(),
                     result=NotMeasured(failure=Failure.TIMEOUT, detail="x"))  # fmt: skip
    seen = replace(bare, observations=(*bare.observations, failed))
    assert "could not be measured" in picture(seen, "backups").summary[0]
    planned = replace(bare, plan=(*bare.plan, act))
    assert "not carried out" in picture(planned, "backups").summary[0]
    empty = with_rows(bare, "backup")
    assert "found nothing" in picture(empty, "backups").summary[0]


def test_the_rings_count_what_the_record_counts(record: AuditRecord) -> None:
    """Each verdict of each group once, with its number beside it."""
    made = picture(record, "overview")
    wanted = [[str(group.counts[verdict]) for verdict in Verdict] for group in record.groups]
    assert [list(row[1:-1]) for row in made.rows] == wanted
    arcs = [part.get("class") for part in drawn(made) if part.tag == f"{SVG}path"
            and (part.get("class") or "").startswith("a-")]  # fmt: skip
    assert len(arcs) == sum(bool(n) for group in record.groups for n in group.counts.values())


def test_a_machine_that_nobody_read_is_unknown(record: AuditRecord) -> None:
    """The denominator is all known machines; contradictions and silence count as unknown."""
    known = with_rows(record, "known_machines", *(machine(n, inspected=n < 4) for n in range(1, 6)),
                      {"name": "in", "state": "not_a_machine", "is_counted": False},
                      {"name": None, "state": "hidden", "is_counted": False})  # fmt: skip
    for target, covered in (("may-1", True), ("may-2", False), ("may-3", None), ("la", True)):
        known = with_rows(known, "anti_malware", {"is_covered": covered}, target=target)
    made = picture(known, "coverage")
    assert made.rows[0] == ("inspected", "3", "0", "2", "5")
    assert made.rows[1] == ("centrally managed anti-malware", "1", "1", "3", "5")
    assert made.rows[2][1:] == ("0", "0", "5", "5"), "not measured at all"
    assert "that could not be counted: 1." in made.summary[1]
    agents = with_rows(known, "monitoring_agent", {"is_active": False}, {"is_active": None},
                       target="may-1")  # fmt: skip
    assert picture(agents, "coverage").rows[2][1:] == ("0", "0", "5", "5")


def test_speeds_beside_contract_and_reference(record: AuditRecord) -> None:
    """Least, median and most of each slot; a failed sample is a cross with a count, no zero."""
    rows: list[Row] = [sample("2026-11-20 08-12", speed) for speed in (80.0, 90.0, 110.0, None)]
    rows += [sample("2026-11-21 12-16", None), {**rows[0], "direction": "up", "mbps_whole": 7.0}]
    parameters = {
        "min_speed_ratio": Parameter(default=0.8, meaning=Text(vi="a", en="a"),
                                     source=Source.TOOL_DEFAULT),
        "reference_contract_mbps": Parameter(default=1000, meaning=Text(vi="mốc", en="target"),
                                             source=Source.REFERENCE, citation="QĐ 36"),
    }  # fmt: skip
    changed = replace(record, profile=replace(record.profile, parameters=parameters))
    made = picture(with_rows(changed, "internet_quality", *rows), "bandwidth")
    assert made.summary[1] == "The contracted speed was not declared."
    stated = with_rows(without(changed, "declared_values"), "declared_values",
                       {"id": "internet_contract_down_mbps", "number": 100.0})  # fmt: skip
    made = picture(with_rows(stated, "internet_quality", *rows), "bandwidth")
    assert made.rows == (
        ("20/11/2026 08-12", "3", "1", "80 Mb/s", "90 Mb/s", "110 Mb/s"),
        ("21/11/2026 12-16", "0", "1", "not known", "not known", "not known"),
    )
    parts = drawn(made)
    circles = [part for part in parts if part.tag == f"{SVG}circle"]
    assert len(circles) == 3
    lowest = next(part for part in parts if part.get("class") == "s-axis").get("y1")
    assert all(float(part.get("cy") or 0) < float(lowest or 0) for part in circles)
    assert "contract: 100 Mb/s" in made.summary
    assert any("1000 Mb/s – target; QĐ 36" in told for told in made.summary)
    lines = [part.get("class") for part in parts if part.tag == f"{SVG}line"]
    assert "s-limit" in lines
    assert "s-reference" not in lines, "ten times the line would flatten every sample"


def test_devices_stand_in_their_segment(record: AuditRecord) -> None:
    """By address; what lies in none stands apart, and an uncountable segment says so."""
    segment: Row = {"kind": "segment", "is_seen": True, "is_listed": True, "gateways": 1}
    seen = with_rows(record, "lan_topology",
                     {**segment, "name": "Văn phòng", "network": "10.0.0.0/24", "hosts": 2},
                     {**segment, "network": "10.1.0.0/24", "hosts": None, "is_seen": None},
                     {"kind": "link", "name": "x"})  # fmt: skip
    made = picture(
        with_rows(seen, "lan_devices",
                  {"device_class": "printer", "addresses": ("10.0.0.9",)},
                  {"device_class": None, "addresses": ("10.0.0.8",)},
                  {"device_class": "camera", "addresses": ("192.168.1.1",)}),
        "network",
    )  # fmt: skip
    assert made.rows == (
        ("Văn phòng · 10.0.0.0/24", "2", "printer 1, class not known 1", ""),
        ("10.1.0.0/24", "not known", "not known", "not visible from here"),
        ("in none of these segments", "not known", "camera 1", ""),
    )
    assert unknown_boxes(made) == 2


def test_storage_and_backups_keep_unknown_apart(record: AuditRecord) -> None:
    """An unknown size or age has a broken outline with a word in it, and no length."""
    place: Row = {"mount": "/", "total_bytes": 100, "free_bytes": 25, "is_readonly": False}
    kept = replace(record, targets=(Target(name="kho", url="local:", roles=("storage",)),))
    disk = with_rows(kept, "filesystems", place, {**place, "mount": "/x", "free_bytes": None},
                     {**place, "mount": "/cd", "is_readonly": True}, target="kho")  # fmt: skip
    disk = with_rows(disk, "filesystems", place, target="khác")
    made = picture(disk, "storage")
    assert [row[:2] for row in made.rows] == [("kho: /", "75 %"), ("kho: /x", "not known")]
    assert unknown_boxes(made) == 1
    copy: Row = {"name": "restic", "location": "/b", "newest_age_h": 72.0, "fresh": "no"}
    copies = with_rows(record, "backup", copy, {**copy, "newest_age_h": None, "fresh": "unknown"},
                       {**copy, "newest_age_h": 5.0, "fresh": "yes"}, target="kho")  # fmt: skip
    made = picture(copies, "backups")
    assert [row[1:] for row in made.rows] == [
        ("3 days", "no"),
        ("5 hours", "yes"),
        ("not known", "not known"),
    ]
    assert unknown_boxes(made) == 1


def test_documents_without_an_end_are_not_valid_for_ever(record: AuditRecord) -> None:
    """Sorted by what ends first; an unknown end stops at the day of the review."""
    paper: Row = {"kind": "contract", "exists": True, "issued_on": "2026-01-05"}
    made = picture(
        with_rows(without(record, "documents"), "documents",
                  {**paper, "file": "a", "valid_until": None, "is_expired": None},
                  {**paper, "file": "b", "valid_until": "2027-01-01", "is_expired": False},
                  {**paper, "file": "c", "valid_until": "2026-06-01", "is_expired": True},
                  {**paper, "file": "d", "issued_on": None},
                  {**paper, "file": "e", "exists": False}),
        "validity",
    )  # fmt: skip
    assert [row[1:] for row in made.rows] == [
        ("05/01/2026", "01/06/2026", "expired"),
        ("05/01/2026", "01/01/2027", "valid"),
        ("05/01/2026", "not known", "last day not known"),
    ]
    assert "Documents without any day, not drawn: 1." in made.summary
    bars = {
        part.get("class"): part
        for part in drawn(made)
        if part.tag == f"{SVG}rect" and part.get("height") == "12" and part.get("width") != "16"
    }
    review = next(part for part in drawn(made) if part.get("class") == "s-median")
    open_end = bars["a-undetermined"]
    end = float(open_end.get("x") or 0) + float(open_end.get("width") or 0)
    assert end == pytest.approx(float(review.get("x1") or 0), abs=0.2)


def test_long_lists_say_what_they_leave_out(record: AuditRecord) -> None:
    """A flood of rows neither fills the report nor vanishes in silence."""
    rows: list[Row] = [
        {"name": f"r{n}", "newest_age_h": float(n), "fresh": "no"} for n in range(500)
    ]
    made = picture(with_rows(record, "backup", *rows), "backups")
    assert len(made.rows) == 12
    assert made.rest == "More backups, not shown: 488."


@pytest.mark.parametrize("cell", [True, float("nan"), float("inf"), "7", -1.0, 10**400, (), None])
def test_cells_of_no_use_are_unknown(record: AuditRecord, cell: Value) -> None:
    """A record may come from anyone; no cell stops the report or becomes a figure."""
    odd = with_rows(record, "backup", {"name": cell, "newest_age_h": cell, "fresh": cell})
    odd = with_rows(odd, "filesystems", {"mount": cell, "total_bytes": cell, "free_bytes": cell})
    odd = with_rows(odd, "internet_quality", {**sample("x", 1.0), "mbps_whole": cell})
    odd = with_rows(odd, "lan_topology", {"kind": "segment", "hosts": cell, "network": cell})
    odd = with_rows(odd, "lan_devices", {"addresses": cell, "device_class": cell})
    assert picture(odd, "backups").rows[0][1] == "not known"
    assert picture(odd, "storage").rows[0][1] == "not known"
    assert picture(odd, "network").rows[0][1] == "not known"
    assert picture(odd, "bandwidth").svg == ""


def test_the_pdf_draws_them_with_their_letters(full: AuditRecord, report: Report) -> None:
    """Labels in the drawings are real text with all their marks, in the shipped font."""
    document = pypdfium2.PdfDocument(bytes(report("pdf").render(full, Language("vi"))))
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    squeezed = "".join(text.split())
    for word in ("Chưa đủ căn cứ kết luận", "phòng chống mã độc quản lý tập trung",
                 "đến hết 31/12/2026", "Trong hạn hằng ngày của công cụ:"):  # fmt: skip
        assert "".join(word.split()) in squeezed
