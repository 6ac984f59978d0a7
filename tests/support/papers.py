"""Documents of a centre, made by real programs: Typst, python-docx, LibreOffice, qpdf, Pillow."""

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import docx
import pypdfium2  # type: ignore[import-untyped] # ships no types
import typst
from PIL import Image

FONTS = Path(__file__).parents[2] / "reports" / "fonts"
HEAD = """#set page(paper: "a4", margin: 2cm)
#set text(font: "Liberation Serif", size: 12pt)
#grid(columns: (2fr, 3fr), align: center,
  [ỦY BAN NHÂN DÂN \\ TỈNH LAI CHÂU \\ Số: 12/KH-UBND],
  [CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM \\ Độc lập - Tự do - Hạnh phúc \\
   Lai Châu, ngày 05 tháng 6 năm 2026])
#align(center)[*KẾ HOẠCH* \\ Ứng phó sự cố an toàn thông tin mạng của Trung tâm]
"""
SENTENCE = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025, theo đề nghị của "
    "Giám đốc Sở Khoa học và Công nghệ tại Tờ trình số 45/TTr-SKHCN. "
)


def tool(name: str) -> str:
    """Return the path of a program, or fail: CI installs tests/apt-packages.txt."""
    found = shutil.which(name)
    assert found, f"{name} is missing: see tests/apt-packages.txt"
    return found


def pdf(path: Path, markup: str) -> Path:
    """Compile Typst markup."""
    source = path.with_suffix(".typ")
    source.write_text(markup, "utf-8")
    typst.compile(source, output=path, font_paths=[FONTS], ignore_system_fonts=True)
    return path


def qpdf(path: Path, source: Path, *options: str) -> Path:
    """Make another PDF of one."""
    subprocess.run([tool("qpdf"), *options, "--", source, path], check=True)
    return path


def by_libreoffice(source: Path) -> Path:
    """Convert a document to PDF, with a profile of its own beside it."""
    home = source.parent / "libreoffice"
    subprocess.run(
        [tool("soffice"), "--headless", "--convert-to", "pdf", "--outdir", source.parent, source],
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
        timeout=90,
    )
    return source.with_suffix(".pdf")


def picture(source: Path, *, turned: int = 0, dpi: int = 200) -> Image.Image:
    """Draw the first page of a PDF, turned counter-clockwise."""
    with pypdfium2.PdfDocument(source) as document:
        drawn: Image.Image = document[0].render(scale=dpi / 72).to_pil().convert("L")
    return drawn.rotate(turned, expand=True)


def word(path: Path) -> Path:
    """Write a DOCX file: header, borderless head, heading, ruled table."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "DỰ THẢO"
    head = document.add_table(1, 2)
    head.cell(0, 0).text = "TỈNH LAI CHÂU\nSố: 12/KH-UBND"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    document.add_heading("Danh mục thiết bị", 1)
    document.add_paragraph().add_run(SENTENCE).bold = True
    devices = document.add_table(0, 3, style="Table Grid")
    for row in (("STT", "Tên", "IP"), ("1", "Máy chủ", "10.0.0.1"), ("2", "Tường lửa", "10.0.0.2")):
        for cell, text in zip(devices.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def altered(
    source: Path,
    path: Path,
    parts: Mapping[str, Callable[[bytes], bytes]],
    added: Mapping[str, bytes] | None = None,
) -> Path:
    """Write an archive anew with some parts changed and some added."""
    with (
        zipfile.ZipFile(io.BytesIO(source.read_bytes())) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name, bytes)(old.read(name)))
        for name, content in (added or {}).items():
            new.writestr(name, content)
    return path


def pdf_by_hand(text: bytes, font: str = "Helvetica", catalog: bytes = b"") -> bytes:
    """Write a PDF of one line in codes of one byte, without a cross-reference table."""
    content = b"BT /F 9 Tf 20 700 Td (%b) Tj ET" % text
    return b"\n".join(
        (
            b"%PDF-1.4",
            b"1 0 obj <</Type/Catalog/Pages 2 0 R %b>> endobj" % catalog,
            b"2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj",
            b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R",
            b"/Resources<</Font<</F 5 0 R>>>>>> endobj",
            b"4 0 obj <</Length %d>> stream" % len(content),
            content,
            b"endstream endobj",
            b"5 0 obj <</Type/Font/Subtype/TrueType/BaseFont/%b" % font.encode(),
            b"/Encoding/WinAnsiEncoding>> endobj",
            b"trailer <</Root 1 0 R>>",
            b"%%EOF",
        )
    )
