"""Documents of the dossier, drafted from a record, and how to read them back."""

import io
from collections.abc import Mapping
from datetime import date

import docx
from docx.text.paragraph import Paragraph
from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from pdf_letters import Letter, letters

from auditor import catalogue
from auditor.model import AuditRecord, Authorisation, Centre, Method, Scope, Site

Files = Mapping[str, bytes]
Placed = dict[str, tuple[tuple[tuple[float, float], ...], tuple[Letter, ...]]]
"""The sizes of pages and the letters of every PDF."""

RECORD_DIGEST, PACK_DIGEST = "12ab" * 16, "98ef" * 16
PUBLIC = ("bao-cao-ket-qua-ra-soat", "bien-ban-kiem-tra", "noi-dung-muc-4-5")
RESTRICTED = "phu-luc-ky-thuat-han-che"
NETWORK = "10.77.66.0/24"
SITE = Site(
    schema="urn:audit:site:v1",
    centre=Centre(id="mau", name="Trung tâm mẫu", owner="Sở Khoa học và Công nghệ tỉnh Mẫu"),
    scope=Scope(
        networks=(NETWORK,),
        authorisation=Authorisation(
            number="12/QĐ-SKHCN", issued_on=date(2026, 11, 3), issuing_body="Sở KH&CN tỉnh Mẫu",
            signer="Lò Thị Hoa", signer_position="Giám đốc", operating_unit="Phòng CNTT",
            performing_unit="Công ty <b>An toàn</b>", independent=False,
            methods=(Method.DISCOVERY, Method.SPEED_TEST), emergency_contact="0912",
            tool_operator="Vàng A Mẫu", expires_on=date(2026, 12, 31), file="cho-phep.pdf",
        ),
    ),
)  # fmt: skip


def made(record: AuditRecord, site: Site = SITE) -> Files:
    """Draft all documents."""
    return catalogue.dossier(record, site, record_sha256=RECORD_DIGEST, pack_sha256=PACK_DIGEST)


def squeezed(text: str) -> str:
    """Return the text without white space: lines break where the column ends."""
    return "".join(text.split())


def text_of_docx(content: bytes) -> str:
    """Return what stands in paragraphs and tables, in the order of the file."""
    told = []
    for part in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(part, Paragraph):
            told.append(part.text)
        else:
            told += [cell.text for row in part.rows for cell in row.cells]
    return squeezed("".join(told))


def text_of(found: tuple[Letter, ...]) -> str:
    """Return what stands between the margins: no page numbers, no stamp, no QR block."""
    return "".join(letter.text for letter in found)


def placed_in(files: Files) -> Placed:
    """Return the sizes of pages and the letters of every PDF."""
    return {
        name.removesuffix(".pdf"): letters(content)
        for name, content in files.items()
        if name.endswith(".pdf")
    }


def rows_of_xlsx(content: bytes) -> list[tuple[Cell | MergedCell, ...]]:
    """Return the cells of the first sheet."""
    (sheet,) = load_workbook(io.BytesIO(content)).worksheets
    return list(sheet.iter_rows())
