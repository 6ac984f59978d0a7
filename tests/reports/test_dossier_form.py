"""The documents of the dossier have the form that Decree 30/2020 asks for, on every page."""

import io
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from docx.shared import Length
from dossier_read import (
    PACK_DIGEST,
    PUBLIC,
    RECORD_DIGEST,
    RESTRICTED,
    Files,
    Placed,
    placed_in,
    squeezed,
    text_of,
)
from pdf_letters import Letter

from auditor.model import AuditRecord

HEADED = PUBLIC[:2]
TOLERANCE = 0.6
"""Millimetres by which a letter's ink may leave its box."""


@pytest.fixture(scope="module")
def placed(files: Files) -> Placed:
    """Return the sizes of pages and the letters of every PDF."""
    return placed_in(files)


@pytest.mark.parametrize("name", [*PUBLIC, RESTRICTED])
def test_paper_and_margins_are_those_of_the_decree(name: str, placed: Placed) -> None:
    """A4; 30 to 35 mm free on the left, 15 to 20 on the right, 20 to 25 above and below."""
    sizes, found = placed[name]
    for width, height in sizes:
        assert sorted((round(width), round(height))) == [210, 297]
    for number, (width, height) in enumerate(sizes):
        text = [
            x
            for x in found
            if x.page == number and x.bottom > 20 - TOLERANCE and x.top < height - 24
        ]
        assert text, number
        assert 30 - TOLERANCE <= min(x.left for x in text) <= 35, number
        assert width - max(x.right for x in text) >= 15 - TOLERANCE, number
        assert 20 - TOLERANCE <= min(x.top for x in text) <= 25, number
        assert max(x.bottom for x in text) <= height - 20, number
    full = max(x.right for x in found if sizes[x.page][0] < 220)
    assert 15 - TOLERANCE <= 210 - full <= 20


@pytest.mark.parametrize("name", [*PUBLIC, RESTRICTED])
def test_pages_are_numbered_above_except_the_first(name: str, placed: Placed) -> None:
    """Arabic, 13, in the middle of the upper margin; an annex counts anew."""
    sizes, found = placed[name]
    numbers = []
    for page, (width, _height) in enumerate(sizes):
        above = [x for x in found if x.page == page and x.bottom < 20 - TOLERANCE]
        numbers.append("".join(x.text for x in above))
        if above:
            assert {round(x.size_pt) for x in above} == {13}
            middle = (min(x.left for x in above) + max(x.right for x in above)) / 2
            left, right = 30, width - 15
            assert abs(middle - (left + right) / 2) < 1, page
    annex = next((n for n, (width, _h) in enumerate(sizes) if width > 220), len(sizes))
    for start, end in ((0, annex), (annex, len(sizes))):
        assert numbers[start:end] == [str(n) if n > 1 else "" for n in range(1, end - start + 1)]
    assert (annex < len(sizes)) == (name == PUBLIC[0])


@pytest.mark.parametrize("name", [*PUBLIC, RESTRICTED])
def test_the_font_has_the_measures_of_times_new_roman(name: str, placed: Placed) -> None:
    """Liberation Serif and nothing else; what is read as running text is 13 points."""
    _sizes, found = placed[name]
    assert {re.sub("-.*", "", x.font) for x in found} == {"LiberationSerif"}
    sizes = {round(x.size_pt * 2) / 2 for x in found}
    assert sizes <= {8.5, 9, 11, 12, 13, 14}
    assert 13 in sizes


@pytest.mark.parametrize("name", HEADED)
def test_the_head_is_that_of_the_decree(name: str, placed: Placed) -> None:
    """Words, sizes, weights and places of motto, agency, number, title; number and day blank."""
    _sizes, found = placed[name]
    first = tuple(x for x in found if x.page == 0)
    text = text_of(first)

    def of(words: str) -> tuple[Letter, ...]:
        start = text.index(squeezed(words))
        return first[start : start + len(squeezed(words))]

    nation, motto = of("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), of("Độc lập - Tự do - Hạnh phúc")
    parent, agency = of("SỞ KHOA HỌC VÀ CÔNG NGHỆ TỈNH MẪU"), of("TRUNG TÂM ĐỔI MỚI SÁNG TẠO")
    title = of("BÁO CÁO" if name == PUBLIC[0] else "BIÊN BẢN")
    for part, size, is_bold in (
        (nation, 12, True), (motto, 13, True), (parent, 12, False), (agency, 12, True),
        (title, 14, True), (of("DỰ THẢO"), 13, True),
    ):  # fmt: skip
        assert {round(x.size_pt) for x in part} == {size}, part[0]
        assert {"Bold" in x.font for x in part} == {is_bold}, part[0]
    assert len({round(x.bottom) for x in nation}) <= 2, "the name of the state is on one line"
    assert max(x.right for x in agency) < min(x.left for x in nation)
    middle = (min(x.left for x in title) + max(x.right for x in title)) / 2
    assert abs(middle - (30 + 195) / 2) < 1
    assert f"Số:/{'BC' if name == PUBLIC[0] else 'BB'}-…" in text
    assert "ngày…tháng…năm…" in text


def test_header_rows_repeat(files: Files, placed: Placed) -> None:
    """On every page of the annex, and marked so in the DOCX."""
    sizes, found = placed[PUBLIC[0]]
    wide = [n for n, (width, _h) in enumerate(sizes) if width > 220]
    assert len(wide) > 1
    for number in wide:
        page = text_of(tuple(x for x in found if x.page == number))
        assert "Côngcụđềxuất" in page
    document = docx.Document(io.BytesIO(files[f"{PUBLIC[0]}.docx"]))
    assert any("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)  # noqa: SLF001


@pytest.mark.parametrize("name", [*PUBLIC, RESTRICTED])
def test_claims_pdf_a(name: str, files: Files) -> None:
    """PDF/A-2b, tagged, in Vietnamese, dated as the record."""
    content = files[f"{name}.pdf"]
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>", content)
    assert re.search(rb"<pdfaid:conformance>B</pdfaid:conformance>", content)
    assert b"/Lang(vi)" in content
    assert b"/StructTreeRoot" in content
    document = pypdfium2.PdfDocument(content)
    assert document.get_metadata_value("CreationDate").startswith("D:20261121010703")
    document.close()


def test_every_page_carries_the_digests(files: Files) -> None:
    """The record's and the pack's, whole, on every page of every PDF; in the DOCX's footers."""
    for name, content in files.items():
        if name.endswith(".pdf"):
            document = pypdfium2.PdfDocument(content)
            for page in document:
                text = squeezed(page.get_textpage().get_text_bounded())
                assert RECORD_DIGEST in text
                assert PACK_DIGEST in text
            document.close()
        elif name.endswith(".docx"):
            for section in docx.Document(io.BytesIO(content)).sections:
                for footer in (section.footer, section.first_page_footer):
                    told = [p.text for p in footer.paragraphs]
                    told += [c.text for t in footer.tables for r in t.rows for c in r.cells]
                    assert RECORD_DIGEST in "".join(told)
                    assert PACK_DIGEST in "".join(told)


@pytest.mark.package
@pytest.mark.parametrize("name", [*PUBLIC, RESTRICTED])
def test_a_scanner_reads_the_code_of_the_first_page(
    name: str, files: Files, record: AuditRecord, tmp_path: Path
) -> None:
    """`zbarimg` reads run and digests from the page as it is printed."""
    if shutil.which("zbarimg") is None or shutil.which("pdftoppm") is None:
        pytest.skip("needs the Debian packages zbar-tools and poppler-utils")
    (tmp_path / "a.pdf").write_bytes(files[f"{name}.pdf"])
    picture = ["pdftoppm", "-r", "150", "-l", "1", "-png", "-singlefile", "a.pdf", "a"]
    subprocess.run(picture, cwd=tmp_path, check=True)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "a.png"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    assert read == (
        f"urn:audit:dossier:v1?run={record.run_id}&record={RECORD_DIGEST}&pack={PACK_DIGEST}"
    )


def millimetres(length: Length | None) -> int:
    """Return a length of a DOCX file that must be there."""
    assert length is not None
    whole: int = round(length.mm)
    return whole


def test_docx_has_the_decrees_margins_and_font(files: Files) -> None:
    """Set in the file, so that what is added by hand looks the same."""
    for name in (*PUBLIC, RESTRICTED):
        document = docx.Document(io.BytesIO(files[f"{name}.docx"]))
        for section in document.sections:
            paper = (section.page_width, section.page_height)
            assert sorted(map(millimetres, paper)) == [210, 297]
            assert 30 <= millimetres(section.left_margin) <= 35
            assert 15 <= millimetres(section.right_margin) <= 20
            assert 20 <= millimetres(section.top_margin) <= 25
            assert 20 <= millimetres(section.bottom_margin) <= 25
        normal = document.styles["Normal"]
        assert (normal.font.name, normal.font.size.pt) == ("Times New Roman", 13)


@pytest.mark.package
def test_an_office_program_shows_the_stamp_on_every_page(files: Files, tmp_path: Path) -> None:
    """LibreOffice makes pages of the DOCX; the digests are on each, so a signed export has them."""
    if shutil.which("soffice") is None:
        pytest.skip("needs the Debian package libreoffice-writer-nogui")
    (tmp_path / "a.docx").write_bytes(files[f"{PUBLIC[1]}.docx"])
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
         "--convert-to", "pdf", "a.docx"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    assert len(document) > 1
    for page in document:
        assert RECORD_DIGEST in squeezed(page.get_textpage().get_text_bounded())
    document.close()
