"""Documents of the site file and of its folder, read for what they say: real files."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import centre_papers as made
import pytest

from auditor.model import Confirmation, Document, InformationSystem, Measured, Row
from auditor.probing import Papers, Probe

PLAN = "incident_response_plan"
WEB = InformationSystem(id="web", name="Cổng thông tin điện tử", level=2)


@pytest.fixture
def run(
    probes: Mapping[str, Probe],
    papers: Callable[..., Papers],
    conforms: Callable[[Probe, Measured], bool],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., Measured]:
    """Measure documents of a site in a folder, with an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def measured(*documents: Document, **fields: object) -> Measured:
        opened = papers(tmp_path, documents=documents, information_systems=(WEB,), **fields)
        result = probes["document_content"].measure(opened)
        assert conforms(probes["document_content"], result)
        return result

    return measured


def confirmed(file: Path) -> Confirmation:
    """Return a person's word on these bytes."""
    digest = sha256(file.read_bytes()).hexdigest()
    on = date(2026, 11, 1)
    return Confirmation(by="Lê Thị C", position="PGĐ", on=on, statement="Đúng", sha256=digest)


def test_a_plan_is_read_where_it_lies(run: Callable[..., Measured], tmp_path: Path) -> None:
    """What lacks is named; the confirmation is bound to the bytes that were read."""
    file = made.write(tmp_path / "pa.docx", made.plan("evidence"))
    before = file.read_bytes()
    entry = Document(
        kind=PLAN, file="pa.docx", information_systems=("web",), confirmation=confirmed(file)
    )
    (row,) = run(entry).rows
    assert (row["is_declared"], row["is_confirmed"], row["is_complete"]) == (True, True, True)
    assert (row["number"], row["issued_on"]) == ("15/PA-TTĐMST", "2026-10-05")
    assert row["items_missing"] == ("evidence",)
    assert row["items_missing_vi"] == ("Bảo vệ hiện trường, thu thập chứng cứ (bắt buộc)",)
    assert str(row["items_missing_en"]).endswith(" (required)',)")
    assert row["required_items"] == 11
    assert row["systems_named"] == ("web",)
    assert file.read_bytes() == before
    made.write(file, made.plan())
    (row,) = run(entry).rows
    assert (row["is_confirmed"], row["required_items"]) == (False, 12)


def test_a_folder_gives_candidates_only(run: Callable[..., Measured], tmp_path: Path) -> None:
    """What nobody named is recognised and counts for nothing; a named file stands once."""
    folder = tmp_path / "van-ban"
    (folder / "sâu").mkdir(parents=True)
    made.write(folder / "sâu" / "1.docx", made.plan())
    named = made.write(folder / "2.docx", made.plan())
    made.write(folder / "~$2.docx", made.plan())
    (folder / "link.docx").symlink_to(named)
    entry = Document(kind=PLAN, file="van-ban/2.docx", confirmation=confirmed(named))
    rows = run(entry, documents_folder="van-ban").rows
    assert [(r["file"], r["kind"], r["is_declared"], r["is_confirmed"]) for r in rows] == [
        ("van-ban/2.docx", PLAN, True, True),
        ("van-ban/sâu/1.docx", PLAN, False, False),
    ]


def test_what_cannot_be_read_is_said(run: Callable[..., Measured], tmp_path: Path) -> None:
    """A broken file has a row without words, never "nothing is missing"."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 broken")
    result = run(Document(kind=PLAN, file="a.pdf"), Document(kind=PLAN, file="none.pdf"))
    (row,) = result.rows
    assert (row["is_read"], row["is_complete"], row["faults"]) == (False, False, ("broken",))
    assert (row["headings_found"], row["items_missing"], row["is_draft"]) == (None, None, None)
    assert row["remarks_vi"] == ("tệp hỏng, không đọc được",)
    assert row["remarks_en"] == ("broken, not read",)


def test_remarks_say_what_speaks_against_it(run: Callable[..., Measured], tmp_path: Path) -> None:
    """A draft, a past day, another number than declared: each with its page."""
    past = datetime.now(UTC).date() - timedelta(days=9)
    lines = ("DỰ THẢO", *made.HEAD, f"Có hiệu lực đến ngày {past:%d/%m/%Y}.", *made.FOOT)
    made.write(tmp_path / "a.docx", lines)
    stated = Document(kind=PLAN, file="a.docx", number="9/PA-X", valid_until=date(2030, 1, 5))
    (row,) = run(stated).rows
    assert (row["is_draft"], row["is_expired"]) == (True, True)
    assert row["contradictions"] == (
        "number: 9/PA-X ≠ 15/PA-TTĐMST",
        f"valid_until: 2030-01-05 ≠ {past}",
    )
    assert row["remarks_vi"] == (
        "là dự thảo, hoặc để trống số, ngày (trang 1)",
        f"tự ghi hết hiệu lực ngày {past:%d/%m/%Y} (trang 1)",
        "số, ký hiệu: khai báo 9/PA-X, văn bản ghi 15/PA-TTĐMST (trang 1)",
        f"ngày hết hiệu lực: khai báo 05/01/2030, văn bản ghi {past:%d/%m/%Y} (trang 1)",
    )


def test_the_evidence_holds_quotations_not_the_text(
    probes: Mapping[str, Probe],
    papers: Callable[..., Papers],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """What is kept is what was found, at most 200 letters at a time."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    private = "mật khẩu két sắt là bốn số không"
    made.write(tmp_path / "a.docx", (*made.plan(), private, "x" * 500))
    kept: list[bytes] = []
    opened = papers(tmp_path, kept=kept, documents=(Document(kind=PLAN, file="a.docx"),))
    (row,) = probes["document_content"].measure(opened).rows
    assert kept
    assert all(private.encode() not in item for item in kept)
    assert b"containment" in kept[0]
    excerpts: Row = row["excerpts"]  # type: ignore[assignment]  # a tuple of texts
    assert all(len(str(text).split("; ", 2)[2]) <= 200 for text in excerpts)
