"""How pages look where looking at them found something wrong: names, breaks, gaps, digests."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import docx
import openpyxl
import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from dossier_read import (
    PACK_DIGEST,
    PUBLIC,
    RECORD_DIGEST,
    RESTRICTED,
    SITE,
    Files,
    made,
    rows_of_xlsx,
    squeezed,
    text_of_docx,
)
from pdf_letters import letters, lines
from recorded import recorded
from waivers_made import a_ledger, a_waiver

from auditor.canonical import sha256
from auditor.language import Language
from auditor.model import AuditRecord, InformationSystem, Verdict
from auditor.record import json_of

Report = Callable[[str], ModuleType]

SYSTEM, NAMED = "cong-thong-tin", "Cổng thông tin điện tử"
FOOTER_MM, LEFT_MM = 270, 30
LONG_NAME = "Trung tâm Đổi mới sáng tạo và Chuyển đổi số tỉnh Lai Châu"


@pytest.fixture(scope="module")
def disorder() -> AuditRecord:
    """Return a recorded centre whose machines are in disorder, under exceptions."""
    record = recorded("machines-in-disorder")
    missed = next(f for f in record.findings if f.systems and f.verdict is Verdict.NOT_MET)
    granted = (a_waiver(missed.indicator, system=SYSTEM), a_waiver(missed.indicator))
    return replace(record, waivers=a_ledger(granted).layer(record))


@pytest.fixture(scope="module")
def drafts(disorder: AuditRecord) -> Files:
    """Return its documents, with a site file that names the systems."""
    centre = replace(SITE.centre, name=LONG_NAME)
    systems = (InformationSystem(id=SYSTEM, name=NAMED),)
    site = replace(SITE, centre=centre, information_systems=systems)
    return made(replace(disorder, centre=LONG_NAME), site)


@pytest.fixture(scope="module")
def files_of_papers() -> Files:
    """Return the documents of a centre of which papers alone were looked at."""
    return made(recorded("papers-in-order"))


def test_information_systems_have_their_names(drafts: Files) -> None:
    """Of exceptions, in their table and in sentences, and of machines in the annex."""
    for name in (*PUBLIC, RESTRICTED):
        assert SYSTEM not in text_of_docx(drafts[f"{name}.docx"]), name
    review = text_of_docx(drafts[f"{PUBLIC[0]}.docx"])
    assert squeezed(f"hệ thống thông tin {NAMED}; văn bản") in review
    assert squeezed(f"({NAMED})") in review
    assert squeezed("ngoại lệ: ngoại lệ") not in review.lower()
    assert any(
        cell.text == NAMED
        for table in docx.Document(io.BytesIO(drafts[f"{RESTRICTED}.docx"])).tables
        for cell in table._cells  # noqa: SLF001 - the one way to all cells in order
    )


def test_what_a_machine_said_is_marked_as_its_words(drafts: Files, disorder: AuditRecord) -> None:
    """Its language is its own: the document's words come first, and name the measurement."""
    text = text_of_docx(drafts[f"{RESTRICTED}.docx"])
    failed = [o for o in disorder.observations if hasattr(o.result, "failure")]
    assert failed
    for seen in failed:
        assert squeezed(f"chi tiết kỹ thuật: “{seen.result.detail}”") in text  # type: ignore[union-attr]
        act = seen.measurement
        assert squeezed(f"({act.key.removesuffix('@' + act.target)})") in text


def test_a_run_without_a_list_of_machines_says_so_once(files_of_papers: Files) -> None:
    """In a sentence, with no empty table and no second word for nothing."""
    text = text_of_docx(files_of_papers[f"{RESTRICTED}.docx"])
    section = text.split(squeezed("3. Máy và thiết bị đã biết"))[1].split("4.Nộidung")[0]
    assert section == squeezed("Lần rà soát này không lập danh sách máy biết được.")


def test_no_text_is_torn_apart_beside_a_long_word(report: Report) -> None:
    """Justified beside a digest it would have gaps of centimetres; other text is justified."""
    parts, written = report("dossier.docx_parts"), docx.Document()
    parts.styles(written)
    for text in ("Mã băm " + "ab" * 32, "Một đoạn văn"):
        parts.write(written.add_paragraph(), text)
    assert [p.alignment for p in written.paragraphs] == [WD_ALIGN_PARAGRAPH.LEFT, None]
    assert written.styles["Normal"].paragraph_format.alignment is WD_ALIGN_PARAGRAPH.JUSTIFY


def test_a_column_of_words_is_aligned_alike(drafts: Files) -> None:
    """A short word is no figure: “Đạt” stands where “Không đạt” does, a number in the middle."""
    document = docx.Document(io.BytesIO(drafts[f"{PUBLIC[1]}.docx"]))
    rows = [row.cells for table in document.tables for row in table.rows if len(row.cells) == 5]
    words = {cells[2].text: cells[2].paragraphs[0].alignment for cells in rows[1:]}
    assert {"Không đạt", "Chưa đủ căn cứ kết luận"} <= set(words)
    assert len(set(words.values())) == 1
    assert {cells[0].paragraphs[0].alignment for cells in rows[1:]} == {WD_ALIGN_PARAGRAPH.CENTER}


def test_the_name_of_a_province_is_not_broken(drafts: Files) -> None:
    """In the agency block, whose column is narrow."""
    _sizes, found = letters(drafts[f"{PUBLIC[0]}.pdf"])
    first = [x for x in found if x.page == 0 and x.left < 100 and x.top < 60]
    assert any(line.endswith("LAICHÂU") for line in lines(tuple(first)))


@pytest.mark.parametrize(
    ("word", "ends"),
    [
        ("security_assessment_minutes_of_year", "_"),
        ("van-ban/level_approval_decision.docx", "/_."),
        ("documents-of-the-centre/a.docx", "sfe/"),
        ("facts:may-0004.collected.txt", ":."),
        ("internationalisation", "i"),
        ("cybersecurity-information-technology", "ny"),
    ],
)
def test_long_words_are_broken_after_their_signs(report: Report, word: str, ends: str) -> None:
    """A key or a path in a narrow cell is read part by part; no hyphen ends a line."""
    parts = report("dossier.paper")
    table = parts.Table(("X", "Y"), (30, 135), ((word, "ab" * 32),))
    stamp = parts.Stamp(("a",), "urn:a")
    paper = parts.Paper("a", None, "DỰ THẢO", "A", "B", (table,), (), stamp)
    data = {**asdict(paper), "qr": report("dossier.stamp").qr_svg("urn:a"), "centre": "M"}
    when = datetime(2026, 11, 21, tzinfo=UTC)
    _sizes, found = letters(report("typeset").typeset("dossier.typ", "paper", data, when))
    shown = [line for line in lines(tuple(x for x in found if x.left < 59)) if line in word]
    assert "".join(shown) == word
    assert len(shown) > 1
    assert all(line[-1] in ends for line in shown[:-1]), shown


def test_the_workbook_tells_both_digests_on_every_page(drafts: Files) -> None:
    """At the foot of what is printed; its head of the table is as high as its words."""
    rows = rows_of_xlsx(drafts["bang-chi-so.xlsx"])
    sheet: Any = rows[0][0].parent
    assert RECORD_DIGEST in sheet.oddFooter.left.text
    assert PACK_DIGEST in sheet.oddFooter.right.text
    (head,) = (row for row in rows if row[0].value == "TT")
    assert sheet.row_dimensions[head[0].row].height > 30


def test_pages_of_the_table_are_numbered_from_the_second_on(drafts: Files) -> None:
    """As of every document; the digests stand on each page, the first too."""
    sheet: Any = openpyxl.load_workbook(io.BytesIO(drafts["bang-chi-so.xlsx"])).active
    assert sheet.HeaderFooter.differentFirst
    assert not sheet.firstHeader.center.text
    assert (sheet.oddHeader.center.text, sheet.oddHeader.center.size) == ("&P", 13)
    assert "SHA-256" in sheet.firstFooter.left.text
    assert sheet.firstFooter.left.text == sheet.oddFooter.left.text


@pytest.mark.parametrize("code", ["vi", "en"])
def test_every_page_of_the_report_says_of_which_record_it_is(code: str, report: Report) -> None:
    """Whole, and as a code on the cover; the digest is that of the file record.json."""
    record = recorded("machines-in-order")
    digest = sha256(json_of(record))
    document = pypdfium2.PdfDocument(report("pdf").render(record, Language(code)))
    pages = [squeezed(page.get_textpage().get_text_bounded()) for page in document]
    document.close()
    assert len(pages) > 10
    for page in pages:
        assert digest in page
        assert record.run_id in page


@pytest.mark.package
def test_a_scanner_reads_the_code_on_the_cover(report: Report, tmp_path: Path) -> None:
    """`zbarimg` reads run and record from the report as it is printed."""
    if shutil.which("zbarimg") is None or shutil.which("pdftoppm") is None:
        pytest.skip("needs the Debian packages zbar-tools and poppler-utils")
    record = recorded("machines-in-order")
    (tmp_path / "a.pdf").write_bytes(report("pdf").render(record, Language("vi")))
    picture = ["pdftoppm", "-r", "150", "-l", "1", "-png", "-singlefile", "a.pdf", "a"]
    subprocess.run(picture, cwd=tmp_path, check=True)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "a.png"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    digest = sha256(json_of(record))
    assert read == f"urn:audit:dossier:v1?run={record.run_id}&record={digest}"


def test_no_name_of_an_indicator_is_left_at_the_foot_of_a_page(report: Report) -> None:
    """Name, its English and the verdict stand together: no number of a page comes between."""
    record = recorded("papers-in-disorder")
    document = pypdfium2.PdfDocument(report("pdf").render(record, Language("en")))
    text = squeezed("".join(page.get_textpage().get_text_bounded() for page in document))
    document.close()
    words = {"met": "Met", "not_met": "Not met", "undetermined": "Insufficient basis to conclude"}
    lines = {line.id: line for line in record.profile.indicators}
    assert len(lines) == 34
    for finding in record.findings:
        name = lines[finding.indicator].name
        told = f"{finding.indicator} {name.vi}{name.en}{words[finding.verdict]}("
        assert squeezed(told) in text, told


@pytest.mark.parametrize("way", ["brief", "said_once"])
def test_long_findings_are_not_shown_twice(report: Report, way: str) -> None:
    """What the reason says already is not said beside it, in a column of two words."""
    language = Language("vi")
    record = recorded("papers-in-disorder")
    whole = report("compose").compose(record, language)
    printed = getattr(report("brief"), way)(whole, language)
    shown = 0
    for group, short in zip(whole.groups, printed.groups, strict=True):
        for line, brief in zip(group.indicators, short.indicators, strict=True):
            for check, row in zip(line.checks, brief.checks, strict=True):
                if row.actual != check.actual:
                    assert row.actual == "xem cột lý do"
                    assert check.actual.split("; ")[0] in row.reason
                    assert len(check.actual) > 120
                    shown += 1
    assert shown


def test_the_page_keeps_a_finding_that_its_reason_cuts(report: Report) -> None:
    """There is no other page that holds all; paper points to this one."""
    language = Language("vi")
    whole = report("compose").compose(recorded("papers-in-disorder"), language)
    line = whole.groups[0].indicators[0]
    found = "; ".join(f"van-ban/{n}.docx: là dự thảo" for n in range(9))
    told = replace(line.checks[0], actual=found, reason=found[:60])
    cut = replace(line, checks=(told, replace(told, reason=f"Có: {found}")))
    view = replace(whole, groups=(replace(whole.groups[0], indicators=(cut,)),))
    shown = [
        [check.actual for check in made.groups[0].indicators[0].checks]
        for made in (
            report("brief").said_once(view, language),
            report("brief").brief(view, language),
        )
    ]
    assert shown == [[found, "xem cột lý do"], ["xem cột lý do"] * 2]


def test_pages_of_pictures_are_used(report: Report) -> None:
    """A picture that is none keeps nothing on its own page: what follows it may go to the next."""
    record = recorded("plan-in-disorder")
    found = letters(report("pdf").render(record, Language("vi")))[1]
    pages = [[item for item in found if item.page == number] for number in range(12)]
    told = [squeezed("".join(item.text for item in page)) for page in pages]
    first = next(n for n, text in enumerate(told) if n > 1 and squeezed("Hình minh họa") in text)
    last = next(n for n, text in enumerate(told) if n > first and "Bảngchỉsố" in text)
    assert last - first > 1
    for page in pages[first : last - 1]:
        assert max(item.bottom for item in page if item.bottom < FOOTER_MM) > 297 / 2


def test_a_sentence_stands_on_the_page_of_its_table(report: Report) -> None:
    """Of the plan, with its heading; in the auditor's report and in what is drafted."""
    record = recorded("machines-in-disorder")
    files = made(record)
    drafted = [(files[f"{name}.pdf"], "Việc cần làm") for name in (PUBLIC[0], RESTRICTED)]
    for content, head in (*drafted, (report("pdf").render(record, Language("vi")), "Cách khắc")):
        found = letters(content)[1]
        told = squeezed("".join(item.text for item in found))
        inked = [item for item in found if item.text.strip()]
        assert len(inked) == len(told)
        note = told.rindex(squeezed("Việc đóng được nhiều nội dung nhất"))
        table = told.index(squeezed(head), note)
        assert inked[note].page == inked[table].page


def test_long_numbers_of_indicators_keep_off_the_lines() -> None:
    """Those of Lào Cai, such as PL2.55, with room on both sides; in minutes and annex."""
    files = made(recorded("plan-in-disorder", "lao-cai-2026"))
    for name in (PUBLIC[1], RESTRICTED):
        inked = [item for item in letters(files[f"{name}.pdf"])[1] if item.text.strip()]
        told = "".join(item.text for item in inked)
        places = [found.start() for found in re.finditer("PL2[.]55", told)]
        cells = [at for at in places if inked[at].left < LEFT_MM + 10]
        assert cells
        for at in cells:
            assert inked[at].left > LEFT_MM + 1
            assert inked[at + 6].left - inked[at + 5].right > 2.5
