"""Documents as real programs make them, read through the reader's process."""

from pathlib import Path

import openpyxl
import papers
import pytest

from auditor import guard
from auditor.documents.text import Origin, Reading, ReadingFault
from auditor.transports.reading import read

FIRST = [
    "ỦY BAN NHÂN DÂN",
    "TỈNH LAI CHÂU",
    "Số: 12/KH-UBND",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Lai Châu, ngày 05 tháng 6 năm 2026",
    "KẾ HOẠCH",
    "Ứng phó sự cố an toàn thông tin mạng của Trung tâm",
]
ROWS = (("STT", "Tên", "IP"), ("1", "Máy chủ", "10.0.0.1"), ("2", "Tường lửa", "10.0.0.2"))


def texts(reading: Reading) -> list[str]:
    """Return the lines as they are read one after the other."""
    return [line.text for line in reading.lines]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a plan in PDF, by Typst."""
    return papers.pdf(tmp_path_factory.mktemp("plan") / "plan.pdf", papers.HEAD + papers.SENTENCE)


@pytest.mark.package
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_page_is_read_upright_however_it_is_shown(plan: Path, tmp_path: Path, turn: int) -> None:
    """Columns of the head come one after the other, with places, size and weight."""
    shown = papers.qpdf(tmp_path / "shown.pdf", plan, f"--rotate={turn}")
    reading = read(shown)
    assert texts(reading)[:8] == FIRST
    assert reading.faults == ()
    page = reading.pages[0]
    assert (page.origin, page.width_pt, page.rotation) == (Origin.TEXT, 595.3, turn)
    motto, title = reading.lines[3], reading.lines[6]
    assert motto.box[0] > page.width_pt / 3 > reading.lines[0].box[0]
    assert (title.is_bold, motto.is_bold, title.size_pt) == (True, False, 12)
    assert title.box[1] > motto.box[3]


def test_columns_are_read_down_before_across(tmp_path: Path) -> None:
    """Also where text itself stands turned on the page, and after lines across the columns."""
    sentences = [f"Câu số {i} của văn bản hai cột, dài hơn một dòng của cột." for i in range(20)]
    body = f"#columns(2)[{' '.join(sentences)}]"
    for name, markup in {
        "upright": papers.HEAD + body,
        "turned": f'#set text(font: "Liberation Serif")\n#rotate(-90deg, reflow: true)[{body}]',
    }.items():
        reading = read(papers.pdf(tmp_path / f"{name}.pdf", markup))
        assert " ".join(sentences) in " ".join(texts(reading)), name


def test_ruled_tables_are_read_by_rows_and_by_cells(tmp_path: Path) -> None:
    """Cells of several lines stay together; a frame around text is no table."""
    cells = "".join(f"[{cell}]" for row in ROWS for cell in row)
    long = "[3][Thiết bị có một cái tên rất dài nên phải xuống dòng][10.0.0.3]"
    markup = f"{papers.HEAD}#rect[Khung]#table(columns: (1cm, 4cm, 3cm), {cells}{long}) Sau bảng."
    markup = markup.replace(f", {cells}{long})", f"){cells}{long}")
    reading = read(papers.pdf(tmp_path / "table.pdf", markup))
    assert len(reading.tables) == 1
    assert reading.tables[0].rows[:3] == ROWS
    assert reading.tables[0].rows[3][1] == "Thiết bị có một cái tên rất dài nên phải xuống dòng"
    assert texts(reading)[-1] == "Sau bảng."
    flat = texts(reading)
    assert flat.index("Máy chủ") < flat.index("10.0.0.1") < flat.index("Tường lửa")


@pytest.mark.package
def test_word_file_and_its_print_say_the_same(tmp_path: Path) -> None:
    """DOCX by python-docx, and the PDF that LibreOffice makes of it."""
    source = papers.word(tmp_path / "devices.docx")
    inside, printed = read(source), read(papers.by_libreoffice(source))
    for reading in (inside, printed):
        assert reading.faults == ()
        assert reading.tables[-1].rows == ROWS
        assert papers.SENTENCE.strip() in " ".join(texts(reading))
    assert texts(inside)[0] == texts(printed)[0] == "DỰ THẢO"
    assert [line.level for line in inside.lines if line.text == "Danh mục thiết bị"] == [1]
    assert all(line.is_bold for line in inside.lines if line.text.startswith("Căn cứ"))
    assert printed.producer.startswith("LibreOffice")


def test_word_text_that_hides(tmp_path: Path) -> None:
    """Text boxes, content controls and insertions are read once; deletions are not."""
    run = "<w:r><w:t>{}</w:t></w:r>"
    para = "<w:p>{}</w:p>"
    box = f"<w:txbxContent>{para.format(run.format('Trong khung'))}</w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    hidden = (
        f"<w:sdt><w:sdtContent>{para.format(run.format('Trong ô nhập'))}</w:sdtContent></w:sdt>"
        f"<w:p><w:ins>{run.format('Thêm vào')}</w:ins><w:del><w:r><w:delText>Bỏ đi</w:delText>"
        f"</w:r></w:del></w:p><w:p><w:r><mc:AlternateContent xmlns:mc='{mc}'><mc:Choice>{box}"
        f"</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    ).encode()
    source = papers.word(tmp_path / "a.docx")
    path = papers.altered(
        source,
        tmp_path / "b.docx",
        {"word/document.xml": lambda xml: xml.replace(b"<w:body>", b"<w:body>" + hidden, 1)},
    )
    assert texts(read(path))[1:4] == ["Trong ô nhập", "Thêm vào", "Trong khung"]


@pytest.mark.package
@pytest.mark.parametrize(
    ("name", "turned"), [("scan.png", 90), ("scan.pdf", 180), ("scan.tiff", 0)]
)
def test_scans_are_read_with_their_confidence(
    plan: Path, tmp_path: Path, name: str, turned: int
) -> None:
    """A picture, however turned, by Tesseract with Vietnamese; places are those of the page."""
    scan = tmp_path / name
    papers.picture(plan, turned=turned).save(scan, dpi=(200, 200), resolution=200)
    reading = read(scan)
    page = reading.pages[0]
    assert (page.origin, page.rotation) == (Origin.OCR, (360 - turned) % 360)
    assert texts(reading)[:6] == FIRST[:6]
    assert abs(page.width_pt - 595) < 2
    assert all(0 < line.confidence < 1 for line in reading.lines)
    assert reading.lines[3].box[0] > page.width_pt / 3


def test_scan_without_tesseract_needs_a_person(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a page that nobody has read, never an empty one."""
    scan = tmp_path / "scan.pdf"
    papers.picture(plan).save(scan, resolution=200)
    monkeypatch.setenv("PATH", str(tmp_path))
    reading = read(scan)
    assert reading.faults == (ReadingFault.NO_OCR,)
    assert [(page.origin, page.pictures) for page in reading.pages] == [(Origin.NONE, 1)]


def test_sheets_and_plain_text(tmp_path: Path) -> None:
    """Device lists come as XLSX and as text too."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Thiết bị"
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "devices.xlsx")
    reading = read(tmp_path / "devices.xlsx")
    assert reading.tables[0].rows == ROWS
    assert texts(reading)[:2] == ["Thiết bị", "STT Tên IP"]
    sheet.cell(1, 200, "cuối")
    book.save(tmp_path / "devices.xlsx")
    assert read(tmp_path / "devices.xlsx").faults == ()
    sheet.cell(2, 300, "xa")
    book.save(tmp_path / "devices.xlsx")
    cut = read(tmp_path / "devices.xlsx")
    assert (cut.faults, len(cut.tables[0].rows[1])) == ((ReadingFault.TOO_LARGE,), 200)
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "a.txt").write_text("Kế hoạch\n\u202e sao lưu", encoding)
        assert texts(read(tmp_path / "a.txt")) == ["Kế hoạch", "sao lưu"], encoding


def test_old_encoding_is_recognised_and_converted(tmp_path: Path) -> None:
    """Text, and a PDF as old printer drivers made it: one byte a letter, in a font of capitals."""
    old = "Céng hoµ x· héi chñ nghÜa ViÖt Nam. Bé tr\xadëng vÒ chÕ ®é kÕ to¸n th«ng t\xad."
    right = "Cộng hoà xã hội chủ nghĩa Việt Nam. Bộ trưởng về chế độ kế toán thông tư."
    (tmp_path / "old.txt").write_text(old, "latin-1")
    (tmp_path / "old.pdf").write_bytes(papers.pdf_by_hand(old.encode("latin-1"), ".VnTimeH"))
    for name, expected in (("old.txt", right), ("old.pdf", right.upper())):
        reading = read(tmp_path / name)
        assert (reading.encoding, texts(reading)) == ("TCVN3", [expected]), name


def test_probe_may_read_documents(plan: Path) -> None:
    """The guard lets a measuring thread start the reader, as any transport's program."""
    with guard.probing(object()):
        assert read(plan).faults == ()
