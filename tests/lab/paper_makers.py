"""Official documents made from data by the programs that make real ones."""

import random
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import pypdfium2  # type: ignore[import-untyped]  # ships no types
import typst
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Pt
from PIL import Image, ImageFilter

MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
SLOGAN = "Độc lập - Tự do - Hạnh phúc"
FONTS = Path(__file__).parents[2] / "reports/fonts"
DPI = 200


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One document as data; the fields are those of tests/lab/papers/*.yaml."""

    id: str
    type: str
    issuer: list[str]
    kinds: list[str]
    parent: str = ""
    name: str = ""
    title: list[str] = field(default_factory=list)
    number: str = ""
    number_text: str = ""
    number_below: str = ""
    place: str = ""
    date: str = ""
    date_text: str = ""
    date_below: bool = False
    draft: str = ""
    motto_centred: bool = False
    no_motto: bool = False
    about: list[str] = field(default_factory=list)
    addressee: list[str] = field(default_factory=list)
    authority: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)
    signer: dict[str, Any] = field(default_factory=dict)
    pair: list[dict[str, str]] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)

    @property
    def dated(self) -> str:
        """The line with place and day as it is printed; nothing where there is none."""
        if not self.place:
            return ""
        if self.date_text:
            return f"{self.place}, {self.date_text}"
        year, month, day = self.date.split("-")
        month = month if int(month) <= 2 else str(int(month))
        return f"{self.place}, ngày {day} tháng {month} năm {year}"

    @property
    def left(self) -> list[tuple[str, bool]]:
        """Lines of the header's left column; true for bold ones."""
        lines = [(self.parent, False)] if self.parent else []
        lines += [(line, True) for line in self.issuer]
        if self.number_line and not self.motto_centred:
            lines.append((self.number_line, False))
        return lines + [(line, False) for line in self.about]

    @property
    def number_line(self) -> str:
        """The line with the number above the title."""
        if self.number_below:
            return ""
        return self.number_text or (f"Số: {self.number}" if self.number else "")

    @property
    def right(self) -> list[tuple[str, bool]]:
        """Lines of the header's right column."""
        lines = [] if self.no_motto else [(MOTTO, True), (SLOGAN, True)]
        return lines if self.date_below or not self.dated else [*lines, (self.dated, False)]

    @property
    def below_title(self) -> list[str]:
        """What stands centred between the title and the text."""
        number = self.number_line if self.motto_centred else self.number_below
        return ([number] if number else []) + self.authority

    @property
    def signature(self) -> list[str]:
        """Lines of the signer's column; the gap is for the signature."""
        if not self.signer:
            return []
        marks = [m for m in self.signer.get("behalf", []) if m != self.signer["position"]]
        dated = [self.dated] if self.date_below else []
        return [*dated, *marks, self.signer["position"], "", "", self.signer["name"]]


Letters = Callable[[str], str]


def unchanged(text: str) -> str:
    """Leave a text as it is."""
    return text


def decomposed(text: str) -> str:
    """Write letters and marks apart, as macOS does."""
    return unicodedata.normalize("NFD", text)


def tcvn3(text: str) -> str:
    """Write as fonts from before Unicode did (`.VnTime`): capitals with marks become small."""
    capitals = dict.fromkeys("ĂÂÊÔƠƯĐ")
    plain = "".join(c if c.isascii() or c in capitals else c.lower() for c in text)
    done = subprocess.run(
        ["iconv", "-f", "UTF-8", "-t", "TCVN5712-1"],
        input=plain.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("latin-1")


def word(paper: Paper, path: Path, letters: Letters = unchanged) -> None:
    """Write a DOCX file with a table as its header, as offices do."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Liberation Serif", Pt(13)
    if paper.draft:
        _line(document, letters(paper.draft), bold=True)
    _top(document, paper, letters)
    for text in [*paper.bases, *paper.body]:
        _line(document, letters(text))
    _table(document, paper, letters)
    _bottom(document, paper, letters)
    document.save(str(path))


def _top(document: Document, paper: Paper, letters: Letters) -> None:
    if paper.motto_centred:
        for text, bold in paper.right:
            _line(document, letters(text), bold=bold, centred=True)
    else:
        _columns(document, paper.left, paper.right, letters)
    for text in [paper.name, *paper.title] if paper.name else []:
        _line(document, letters(text), bold=True, centred=True)
    for text in paper.below_title:
        _line(document, letters(text), centred=True)
    if paper.addressee:
        _line(document, letters(f"Kính gửi: {' '.join(paper.addressee)}"), centred=True)


def _bottom(document: Document, paper: Paper, letters: Letters) -> None:
    if paper.signer:
        recipients = [("Nơi nhận:", True), *((f"- {line}", False) for line in paper.recipients)]
        signature = [(line, True) for line in paper.signature]
        _columns(document, recipients if paper.recipients else [], signature, letters)
    elif paper.pair:
        left, right = (
            [(side["position"], True), ("", False), (side["name"], True)] for side in paper.pair
        )
        _columns(document, left, right, letters)
    if paper.attached:
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        for text in paper.attached:
            _line(document, letters(text), centred=True)


def _line(document: Document, text: str, *, bold: bool = False, centred: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(text).bold = bold
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _columns(
    document: Document,
    left: Sequence[tuple[str, bool]],
    right: Sequence[tuple[str, bool]],
    letters: Letters,
) -> None:
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, lines in zip(cells, (left, right), strict=True):
        for number, (text, bold) in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.alignment = (
                WD_ALIGN_PARAGRAPH.LEFT if text.startswith("-") else WD_ALIGN_PARAGRAPH.CENTER
            )
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(letters(text))
            run.bold, run.font.size = bold, Pt(11.5)


def _table(document: Document, paper: Paper, letters: Letters) -> None:
    if paper.table:
        table = document.add_table(rows=0, cols=len(paper.table[0]), style="Table Grid")
        for row in paper.table:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = letters(text)


def office(sources: Sequence[Path], folder: Path) -> None:
    """Convert DOCX files to PDF with LibreOffice, all in one start."""
    profile = (folder / "profile").resolve().as_uri()
    subprocess.run(
        [
            *("soffice", "--headless", f"-env:UserInstallation={profile}"),
            *("--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )


def typeset(paper: Paper, path: Path, letters: Letters = unchanged, columns: int = 1) -> None:
    """Write a PDF with Typst."""

    def text(lines: Sequence[tuple[str, bool]]) -> str:
        return " \\\n".join(
            f"#text(weight: {700 if bold else 400}, {_quoted(letters(words))})"
            for words, bold in lines
        )

    def pair(left: Sequence[tuple[str, bool]], right: Sequence[tuple[str, bool]]) -> str:
        return f"#grid(columns: (1fr, 1.3fr), align: center, [{text(left)}], [{text(right)}])"

    title = [(line, True) for line in ([paper.name, *paper.title] if paper.name else [])]
    title += [(line, False) for line in paper.below_title]
    if paper.addressee:
        title.append((f"Kính gửi: {' '.join(paper.addressee)}", False))
    parts = ['#set page(paper: "a4", margin: (left: 3cm, rest: 2cm))']
    parts.append('#set text(font: "Liberation Serif", size: 12pt, lang: "vi", hyphenate: false)')
    parts.append(f"#{_quoted(letters(paper.draft))}\n" if paper.draft else "")
    parts.append(
        f"#align(center)[{text(paper.right)}]"
        if paper.motto_centred
        else pair(paper.left, paper.right)
    )
    parts.append(f"#v(1em)\n#align(center)[{text(title)}]\n#v(1em)")
    body = "\n\n".join(f"#{_quoted(letters(line))}" for line in [*paper.bases, *paper.body])
    parts.append(
        f"#columns({columns})[\n{body}\n]" if columns > 1 else f"#par(justify: true)[]\n{body}"
    )
    if paper.table:
        cells = ", ".join(_quoted(letters(cell)) for row in paper.table for cell in row)
        parts.append(f"#table(columns: {len(paper.table[0])}, {cells})")
    if paper.signer:
        recipients = [("Nơi nhận:", True), *((f"- {line}", False) for line in paper.recipients)]
        parts.append(
            pair(
                recipients if paper.recipients else [],
                [(line or " ", True) for line in paper.signature],
            )
        )
    elif paper.pair:
        parts.append(
            pair(*([(s["position"], True), (" ", False), (s["name"], True)] for s in paper.pair))
        )
    if paper.attached:
        lines = [(line, False) for line in paper.attached]
        parts.append(f"#pagebreak()\n#align(center)[{text(lines)}]")
    source = path.with_suffix(".typ")
    source.write_text("\n\n".join(parts), "utf-8")
    typst.compile(source, output=path, font_paths=[FONTS], ignore_system_fonts=True)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def scan(source: Path, path: Path, turn: int = 0) -> None:
    """Print a PDF and scan it: grey, a little askew, noisy, as JPEG pages in a PDF."""
    chance = random.Random(path.name)  # noqa: S311 - the same scan for the same name
    pages = []
    for page in pypdfium2.PdfDocument(source):
        picture = page.render(scale=DPI / 72, grayscale=True).to_pil()
        picture = picture.rotate(chance.uniform(-0.6, 0.6), fillcolor=255, expand=False)
        noise = Image.effect_noise(picture.size, 40).point(lambda v: 255 if v > 70 else v + 185)
        picture = Image.blend(picture, noise, 0.06).filter(ImageFilter.GaussianBlur(0.6))
        pages.append(picture.rotate(turn, expand=True))
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:], resolution=DPI, quality=60)
