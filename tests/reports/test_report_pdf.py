"""The PDF: archival, deterministic, complete, inert."""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
import typst

from auditor.language import Language
from auditor.model import AuditRecord

Report = Callable[[str], ModuleType]

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    '#eval("1+1") #read("/etc/passwd") $x^2$ *đậm* @nhãn <nhãn> \\ //chú thích',
    "[red]đỏ[/red] [link=http://evil.example]x[/link] :bomb:",
    (
        "a\\x1b[31m\\x07\\x9b2Jb\\u202egnp.exe\\u2066\\u200bc\\ud800 {{7*7}} "
        "{% raw %} \\u4e2d\\U0001f600"
    ),
    "/srv/" + "x" * 180 + "/tệp",
)


def squeezed(text: str) -> str:
    """Return the text without white space: lines break where the column ends."""
    return "".join(text.split())


@pytest.fixture
def pdf(record: AuditRecord, language: Language, report: Report) -> bytes:
    """Return the document of the sample."""
    return bytes(report("pdf").render(record, language))


@pytest.fixture
def text(pdf: bytes) -> str:
    """Return all text that a reader could copy."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return squeezed("".join(pages))


def test_claims_pdf_a_2b_with_title_and_language(pdf: bytes, language: Language) -> None:
    """The metadata names part 2, level B; the document is tagged and has its language."""
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>", pdf)
    assert re.search(rb"<pdfaid:conformance>B</pdfaid:conformance>", pdf)
    assert b"/StructTreeRoot" in pdf
    assert b"/Lang(%s)" % language.code.encode() in pdf
    document = pypdfium2.PdfDocument(pdf)
    title = document.get_metadata_value("Title")
    document.close()
    assert title.startswith(language("Review of technical infrastructure"))


def test_every_diacritic_survives(text: str, record: AuditRecord) -> None:
    """Names come out of the file as they went in, composed."""
    assert unicodedata.is_normalized("NFC", text)
    for line in record.profile.indicators:
        assert text.count(squeezed(f"{line.id} {line.name.vi}")) >= 2, line.id


def test_hostile_text_stays_text(text: str) -> None:
    """What looks like Typst markup appears letter by letter; nothing was evaluated."""
    for hostile in HOSTILE:
        assert squeezed(hostile) in text


def test_digests_can_be_copied_whole(pdf: bytes, record: AuditRecord) -> None:
    """A digest stands on one line."""
    document = pypdfium2.PdfDocument(pdf)
    lines = "\n".join(page.get_textpage().get_text_bounded() for page in document).splitlines()
    document.close()
    for seen in record.observations:
        for capture in seen.captures:
            assert any(capture.sha256 in line for line in lines)


def test_dates_are_those_of_the_record(pdf: bytes) -> None:
    """The clock of the machine that renders plays no part."""
    document = pypdfium2.PdfDocument(pdf)
    created = document.get_metadata_value("CreationDate")
    document.close()
    assert created.startswith("D:20261121010703")


def test_same_record_same_bytes(
    pdf: bytes, record: AuditRecord, language: Language, report: Report
) -> None:
    """Rendering is a pure function."""
    assert report("pdf").render(record, language) == pdf


def test_the_shipped_fonts_draw_what_is_claimed(report: Report) -> None:
    """Every character that `drawable` lets pass is set in all faces; PDF/A refuses a gap."""
    glyphs = report("glyphs")
    every = (chr(n) for n in range(0x20, 0x10000) if unicodedata.category(chr(n))[0] in "LMNPSZ")
    known = "".join(char for char in every if glyphs.drawable(char) == char)
    assert set(VIETNAMESE + VIETNAMESE.upper()) <= set(known)
    source = """
        #set text(font: "Liberation Serif", fallback: false)
        #let t = sys.inputs.known
        #t #strong(t) #emph(t) #strong(emph(t))
    """
    made = typst.compile(
        source.encode(),
        sys_inputs={"known": " ".join(known)},
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[glyphs.FONTS]),
        ignore_system_fonts=True,
        pdf_standards="a-2b",
        timestamp=0,
    )
    assert made.startswith(b"%PDF")
    assert glyphs.drawable("中") == "\\u4e2d"


@pytest.mark.package
def test_all_fonts_are_embedded(pdf: bytes, tmp_path: Path) -> None:
    """Poppler sees every font embedded, subset and mapped to Unicode."""
    if shutil.which("pdffonts") is None:
        pytest.skip("needs the Debian package poppler-utils")
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdffonts", str(file)], capture_output=True, text=True, check=True)
    rows = done.stdout.splitlines()[2:]
    assert len(rows) >= 3
    assert all(re.search(r"Identity-H +yes yes yes", row) for row in rows)
    assert any("LiberationSerif" in row for row in rows)
