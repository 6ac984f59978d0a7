"""The documents of the dossier say what the record says, and nothing else."""

import io
import re
from dataclasses import replace

import docx
import pytest
from dossier_read import (
    NETWORK,
    PUBLIC,
    RESTRICTED,
    SITE,
    Files,
    Placed,
    made,
    placed_in,
    rows_of_xlsx,
    squeezed,
    text_of,
    text_of_docx,
)

from auditor.model import AuditRecord, Centre, Scope, Text


@pytest.fixture(scope="module")
def placed(files: Files) -> Placed:
    """Return the sizes of pages and the letters of every PDF."""
    return placed_in(files)


def test_which_files_there_are(files: Files) -> None:
    """Each document twice, and the table."""
    stems = (*PUBLIC, RESTRICTED)
    assert set(files) == {"bang-chi-so.xlsx", *(f"{s}.{e}" for s in stems for e in ("pdf", "docx"))}


def test_the_same_record_gives_the_same_bytes(record: AuditRecord, files: Files) -> None:
    """Office files too: no clock is read."""
    assert made(record) == files


def test_all_lines_of_the_decision_stand_in_every_format(
    record: AuditRecord, files: Files, placed: Placed
) -> None:
    """Id and name of each, in order; proposed verdicts as the record has them."""
    words = {f.indicator: f.verdict for f in record.findings}
    vietnamese = {
        "met": "Đạt", "not_met": "Không đạt", "undetermined": "Chưa đủ căn cứ kết luận",
        "not_applicable": "Không áp dụng",
    }  # fmt: skip
    cells = rows_of_xlsx(files["bang-chi-so.xlsx"])
    rows = [tuple(cell.value for cell in row) for row in cells if row[0].value in words]
    assert [row[0] for row in rows] == [line.id for line in record.profile.indicators]
    for row, line in zip(rows, record.profile.indicators, strict=True):
        assert str(row[1]).startswith(line.name.vi)
        assert row[3] == vietnamese[words[line.id]]
        assert row[6] is None, "the appraiser's column is left empty"
    for name in PUBLIC:
        texts = (text_of_docx(files[f"{name}.docx"]), text_of(placed[name][1]))
        for text in texts:
            last = 0
            for line in record.profile.indicators:
                words_of = squeezed(f"{line.id} {line.name.vi}")
                assert words_of in text, (name, words_of)
                assert last < text.rindex(words_of), "in the decision's order"
                last = text.rindex(words_of)


@pytest.mark.parametrize("name", [*PUBLIC, RESTRICTED])
def test_pdf_and_docx_say_the_same(name: str, files: Files, placed: Placed) -> None:
    """Every paragraph and cell of the DOCX stands in the PDF, which lacks only the far glyphs."""
    pdf = text_of(placed[name][1])
    document = docx.Document(io.BytesIO(files[f"{name}.docx"]))
    told = {p.text for p in document.paragraphs} | {
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    }
    shown = [squeezed(text) for text in told if not re.search(r"[中😀]|Số:|…", text)]
    assert len(shown) > 20
    for text in shown:
        assert text in pdf or len(text) > 400, text  # a long cell may go over a page


def test_hostile_text_is_text(files: Files) -> None:
    """No formula, no field, no link, no macro; the worst strings stand there letter by letter."""
    rows = rows_of_xlsx(files["bang-chi-so.xlsx"])
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
    for name in (*PUBLIC, RESTRICTED):
        xml = docx.Document(io.BytesIO(files[f"{name}.docx"])).element.xml
        assert "hyperlink" not in xml
        assert "<script>" not in xml
        assert re.findall(r"<w:instrText[^>]*>([^<]*)", xml) == []
    text = text_of_docx(files[f"{RESTRICTED}.docx"])
    assert squeezed("<script>alert(1)</script><img src=x onerror=alert(2)>") in text
    assert squeezed('#eval("1+1") #read("/etc/passwd") $x^2$ *đậm*') in text
    assert "\\x1b[31m" in text


def test_a_text_like_a_formula_stays_a_text(record: AuditRecord) -> None:
    """Names and reasons that begin with `=`, `+`, `-` or `@`, and characters that XML lacks."""
    worst = "=cmd|'/c calc'!A1 \ufffe\uffff\x00\x0b"
    lines = record.profile.groups[0].indicators
    odd = replace(lines[0], name=Text(vi=worst, en=worst))
    group = replace(record.profile.groups[0], indicators=(odd, *lines[1:]))
    groups = (group, *record.profile.groups[1:])
    files = made(replace(record, profile=replace(record.profile, groups=groups)))
    rows = rows_of_xlsx(files["bang-chi-so.xlsx"])
    (cell,) = [c for row in rows for c in row if str(c.value).startswith("=cmd")]
    assert cell.data_type == "s"
    assert "=cmd|" in text_of_docx(files[f"{PUBLIC[0]}.docx"])


def test_addresses_stay_in_the_restricted_annex(files: Files, placed: Placed) -> None:
    """It says so on its first page; the others do not name the networks or the machines' table."""
    restricted = text_of(placed[RESTRICTED][1])
    assert "TÀILIỆULƯUHÀNHHẠNCHẾ" in restricted
    assert NETWORK in restricted
    for name in PUBLIC:
        for text in (text_of(placed[name][1]), text_of_docx(files[f"{name}.docx"])):
            assert NETWORK not in text
            assert "TÀILIỆULƯUHÀNHHẠNCHẾ" not in text


def test_the_letter_of_authorisation_is_told(files: Files) -> None:
    """Number, day, body, who did it, and that they were not independent."""
    text = text_of_docx(files[f"{PUBLIC[0]}.docx"])
    for words in (
        "Văn bản cho phép rà soát số 12/QĐ-SKHCN ngày 03/11/2026 của Sở KH&CN tỉnh Mẫu.",
        "Đơn vị thực hiện rà soát: Công ty <b>An toàn</b>",
        "Quan hệ với đơn vị vận hành: không độc lập",
        "phát hiện thiết bị trên mạng; đo tốc độ kết nối Internet",
    ):
        assert squeezed(words) in text


def test_what_is_not_there_is_called_so(record: AuditRecord) -> None:
    """Without a letter and an owner nothing is left blank that could be read as an answer."""
    text = text_of_docx(
        made(record, replace(SITE, centre=Centre(id="mau", name="M"), scope=Scope()))[
            f"{PUBLIC[0]}.docx"
        ]
    )
    for words in (
        "(CHƯA CÓ TÊN CƠ QUAN CHỦ QUẢN)",
        "Đơn vị thực hiện rà soát: (chưa có)",
        "Phương pháp được phép: (chưa có)",
        "Hệ thống thông tin thuộc phạm vi: (chưa có)",
    ):
        assert squeezed(words) in text


def test_criteria_of_another_purpose_have_no_item_of_the_forms(record: AuditRecord) -> None:
    """Then neither item 4.5 nor Decree 268 is spoken of as a basis."""
    profile = replace(record.profile, purpose=Text(vi="Kế hoạch", en="Plan"))
    files = made(replace(record, profile=profile))
    assert not [name for name in files if "muc-4-5" in name]
    assert squeezed("Căn cứ Nghị định số 268/2025/NĐ-CP") not in text_of_docx(
        files[f"{PUBLIC[0]}.docx"]
    )
