"""Small parts of a DOCX file that python-docx has no word for."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section, _Footer
from docx.shape import InlineShape
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from ..joined import joined

if TYPE_CHECKING:  # used as a type only
    from docx.styles.style import ParagraphStyle

FONT = "Times New Roman"
TABLE_TEXT, _TABLE_TEXT_ID = "Table Text", "TableText"
"""Name of the style of cells, and what python-docx makes of it."""

FIGURES = re.compile(r"[0-9.,]{1,4}[a-z]?|[–…]*")
"""A cell that stands in the middle of its column: a number, a line of the decision, a gap."""

LONGEST_WORD = 24
"""Letters of a word beside which justified text would be torn apart: a digest, a row of dots."""

_BLACK = RGBColor(0, 0, 0)


def styles(made: Document) -> None:
    """Make body text and headings what the decree asks for."""
    for name in ("Normal", "Heading 1"):
        style = cast("ParagraphStyle", made.styles[name])
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(13), _BLACK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(0), Pt(6), 1.1
        form.first_line_indent = Mm(12.7 if name == "Normal" else 0)
        form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    heading = cast("ParagraphStyle", made.styles["Heading 1"])
    heading.font.bold = True
    heading.paragraph_format.space_before = Pt(6)
    heading.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT

    cells = cast("ParagraphStyle", made.styles.add_style(TABLE_TEXT, WD_STYLE_TYPE.PARAGRAPH))
    cells.base_style, cells.font.size = made.styles["Normal"], Pt(11)
    form = cells.paragraph_format
    form.first_line_indent, form.space_after, form.line_spacing = Mm(0), Pt(0), 1.0
    form.alignment = WD_ALIGN_PARAGRAPH.LEFT


def properties(made: Document, title: str, author: str, when: datetime) -> None:
    """Write the core properties; no clock is read."""
    core = made.core_properties
    core.title, core.author, core.last_modified_by, core.comments = (
        title[:255],
        author[:255],
        "",
        "",
    )
    core.created = core.modified = when.replace(tzinfo=None, microsecond=0)
    core.language = "vi-VN"


def write(
    paragraph: Paragraph, text: str, *, size: float = 0, bold: bool = False, italic: bool = False
) -> None:
    """Add text; one with a very long word is not justified."""
    if any(len(word) > LONGEST_WORD for word in re.split(r"[\s-]", text)):
        paragraph.alignment = paragraph.alignment or WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(joined(text))
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)


def centred(
    place: Document | _Cell | Paragraph,
    text: str,
    *,
    size: float = 13,
    bold: bool = False,
    before: float = 0,
) -> Paragraph:
    """Write a centred paragraph without indent, in a place or into an empty paragraph."""
    paragraph = place if isinstance(place, Paragraph) else place.add_paragraph()
    form = paragraph.paragraph_format
    form.alignment, form.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Mm(0)
    form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(0), 1.0
    write(paragraph, text, size=size, bold=bold)
    return paragraph


def rule(place: Document | _Cell, indent_mm: float) -> None:
    """Draw a line across the middle, this far from both sides."""
    paragraph = centred(place, "", size=4)
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(indent_mm)
    form.space_before, form.space_after = Pt(3), Pt(8)  # below what hangs from letters
    paragraph._p.get_or_add_pPr().append(_borders("top"))  # noqa: SLF001 - no other way


def framed(made: Document, text: str, side: WD_TABLE_ALIGNMENT) -> None:
    """Write a label in a frame of one line, as wide as a label is."""
    width = 32 if len(text) < 10 else 100  # noqa: PLR2004 - letters of the shortest label
    small(made)
    table = made.add_table(1, 1, style="Table Grid")
    table.alignment = side
    widths(table, (width,))
    centred(table.cell(0, 0).paragraphs[0], text, bold=True)


def _borders(*sides: str) -> BaseOxmlElement:
    borders = OxmlElement("w:pBdr")
    for side in sides:
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    return borders


def page_number(paragraph: Paragraph) -> None:
    """Write a field that shows the page's number."""
    paragraph.paragraph_format.first_line_indent = Mm(0)
    for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = code
        run._r.append(element)  # noqa: SLF001 - no other way


def restart_numbers(section: Section) -> None:
    """Let a section's pages count from one."""
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")
    section._sectPr.append(start)  # noqa: SLF001 - no other way


def paragraphs(footer: _Footer) -> Iterator[Paragraph]:
    """Yield paragraphs of a footer without indent, as many as are taken."""
    place = footer.paragraphs[0]
    while True:
        place.paragraph_format.first_line_indent = Mm(0)
        place.paragraph_format.space_after = Pt(0)
        yield place
        place = footer.add_paragraph()


def repeat(row: _Row) -> None:
    """Let a row stand at the top of the table on every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - no other way


def keep_whole(row: _Row) -> None:
    """Let a row stand on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - no other way


def widths(table: Table, widths_mm: Sequence[float]) -> None:
    """Give the columns their widths, which Word reads from the cells and others from the grid."""
    table.autofit = False
    for place, width in enumerate(widths_mm):
        table.columns[place].width = Mm(width)
        for row in table.rows:
            row._tr.tc_lst[place].width = Mm(width)  # noqa: SLF001 - quick, see `fill_row`


def fill_row(table: Table, texts: Sequence[str]) -> None:
    """Add a row that stands on one page, with the text of its cells."""
    row = table.add_row()  # type: ignore[no-untyped-call]  # its library left the type out
    keep_whole(row)
    # Not by `row.cells` and `paragraph.style`, which search table and styles anew for each cell.
    for place, text in zip(row._tr.tc_lst, texts, strict=True):  # noqa: SLF001
        place.p_lst[0].style = _TABLE_TEXT_ID
        if FIGURES.fullmatch(text):
            place.p_lst[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.p_lst[0].add_r().text = joined(text)


def unindented(cell: _Cell) -> None:
    """Take indents and gaps out of a cell."""
    for paragraph in cell.paragraphs:
        form = paragraph.paragraph_format
        form.first_line_indent, form.space_after = Mm(0), Pt(0)
        form.alignment = WD_ALIGN_PARAGRAPH.LEFT


def drop_first_empty(cell: _Cell) -> None:
    """Remove the empty paragraph that every new cell has, if others follow."""
    first, *others = cell.paragraphs
    if others and not first.text:
        first._p.getparent().remove(first._p)  # noqa: SLF001 - no other way


def dotted(paragraph: Paragraph, width: Length) -> None:
    """Let a tab draw dots to the right margin."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def describe(picture: InlineShape, text: str) -> None:
    """Give a picture its text for those who do not see it."""
    picture._inline.docPr.set("descr", text)  # noqa: SLF001 - no other way


def small(made: Document) -> None:
    """Leave a little space after a table."""
    gap = made.add_paragraph()
    gap.paragraph_format.space_after = Pt(0)
    write(gap, "", size=6)
