"""What the dossier's documents call things, and what stands together on a page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from dossier_read import SITE, rows_of_xlsx, squeezed
from recorded import RECORDINGS, recorded

from auditor import catalogue
from auditor.language import Language
from auditor.model import AuditRecord, InformationSystem, Responsible

Report = Callable[[str], ModuleType]

DISORDER = sorted(path.stem for path in RECORDINGS.glob("*-in-disorder.json"))
KEY = re.compile(r"(?<![\w./-])[a-z][a-z0-9]*_[a-z0-9_]+|kind:|declared_by|audit run")
SITE_OF_SYSTEMS = replace(
    SITE,
    information_systems=(InformationSystem(id="cong-thong-tin", name="Cổng thông tin"),),
    responsible=(Responsible(by="Lò Văn Mẫu", position="Cán bộ", subjects=("2",)),),
)
LEAD, FIRST = "Danh sách sau:", "- mục đầu tiên"


def source_of(report: Report, record: AuditRecord) -> Any:  # noqa: ANN401 - loaded by name
    """Return what documents are written from."""
    vietnamese = Language("vi")
    titles = {name: vietnamese(probe.title) for name, probe in catalogue.probes().items()}
    stamp = report("dossier.stamp").stamp(record, "ab" * 32, "")
    return report("dossier.source").Source.of(record, SITE_OF_SYSTEMS, stamp, titles)


def texts(blocks: tuple[Any, ...]) -> Iterator[str]:
    """Yield the text of blocks, cell by cell."""
    for block in blocks:
        if hasattr(block, "rows"):
            yield from (cell for row in block.rows for cell in row)
        elif hasattr(block, "text"):
            yield block.text


@pytest.mark.parametrize("name", DISORDER)
def test_documents_of_the_dossier_name_things_and_no_keys(name: str, report: Report) -> None:
    """A council reads them: no key of the site file, no command; the annex has both."""
    source = source_of(report, recorded(name))
    papers = {p.name: p for p in report("dossier.making").papers(source)}
    restricted = papers.pop("phu-luc-ky-thuat-han-che")
    for paper in papers.values():
        blocks = (*paper.blocks, *(b for annex in paper.annexes for b in annex.blocks))
        assert [text for text in texts(blocks) if KEY.search(text)] == []
    told = "\n".join(texts(restricted.blocks))
    assert "declared_by" in told or "documents (kind:" in told, "how things are done is somewhere"


def test_the_plan_is_numbered_without_gaps_and_says_each_thing_once(report: Report) -> None:
    """What has to be measured again is counted below; no two rows differ in the number alone."""
    source = source_of(report, recorded("machines-in-disorder"))
    (table,) = (b for b in report("dossier.plan").briefly(source) if hasattr(b, "rows"))
    numbers, told = [row[0] for row in table.rows], [row[1:2] + row[3:] for row in table.rows]
    assert numbers == [str(n + 1) for n in range(len(numbers))]
    helped = " ".join(row[2] for row in table.rows)
    assert len(set(told)) > 10
    assert "2.4d, 2.4c" in helped or "2.4a, 2.4b" in helped
    assert all(len(row[1]) < 400 for row in table.rows)
    assert any("Lò Văn Mẫu" in row[4] for row in table.rows)
    assert any("(Cổng thông tin" in row[2] for row in table.rows), "a system by its name"


def test_names_stand_for_keys_only_where_they_are_keys(report: Report) -> None:
    """Words of sentences, paths and longer names are left alone; hints of the site file go."""
    names = source_of(report, recorded("machines-in-disorder")).names
    wanted = names.plain("chưa khai area_workspace_m2 trong tệp – ghi vào declared_by; x")
    assert wanted == "chưa khai “Diện tích làm việc cho các chức danh của trung tâm” trong tệp; x"
    assert names.plain("để đo “databases”") == "để đo “Số liệu của các cơ sở dữ liệu của trung tâm”"
    assert names.plain("cong-thong-tin: thiếu; cong-thong-tin-2: y") == (
        "Cổng thông tin: thiếu; cong-thong-tin-2: y"
    )
    assert names.plain("Trang cong-thong-tin: thiếu") == "Trang cong-thong-tin: thiếu"
    for text in ("databases và storage", "van-ban/floor_plan.pdf", "A – B; C – D", "may-a: đạt"):
        assert names.plain(text) == text


def test_a_name_with_a_dash_is_no_hint(report: Report) -> None:
    """Reasons name systems, and a name may look like how the site file is filled in."""
    name = "Cổng – tra cứu tracuu.example.vn"
    source = source_of(report, recorded("machines-in-disorder"))
    systems = {"web": name, "app": "Trang web"}
    called = tuple(InformationSystem(id=key, name=name) for key, name in systems.items())
    site = replace(SITE, information_systems=called)
    names = report("dossier.names").Names(source.record.profile, site, {})
    told = names.plain(f"{name}: chưa rõ – ghi vào declared_by; Trang web: đạt; web: thiếu")
    assert told == f"{name}: chưa rõ; Trang web: đạt; {name}: thiếu"
    assert names.plain(f"{name} (web): đạt") == f"{name} (web): đạt"


def paper_of(report: Report, before: int) -> Any:  # noqa: ANN401 - loaded by name
    """Return a document that many paragraphs before a list, and a table with tall rows."""
    parts, source = report("dossier.paper"), source_of(report, recorded("machines-in-disorder"))
    (drafted,) = (p for p in report("dossier.making").papers(source) if p.name.startswith("bao"))
    tall = "\u00a0dòng ".join(f"đ{n:02}" + "-" * 30 for n in range(12))
    rows = tuple((str(n), f"đầu{n} {tall} cuối{n}") for n in range(4))
    blocks = (
        *(parts.body("Đoạn văn trước đó.") for _ in range(before)),
        parts.body(LEAD),
        parts.body(FIRST),
        parts.Table(("TT", "Nội dung"), (20, 145), rows),
    )
    return replace(drafted, blocks=blocks, annexes=()), source


def test_what_announces_a_list_and_rows_of_tables_are_not_torn(report: Report) -> None:
    """Wherever a page ends: what announces goes with the first item, a row is on one page."""
    moved = 0
    for before in range(14, 22):
        content = report("dossier.layout_pdf").pdf(*paper_of(report, before))
        document = pypdfium2.PdfDocument(content)
        pages = [squeezed(page.get_textpage().get_text_bounded()) for page in document]
        document.close()
        (with_lead,) = (page for page in pages if squeezed(LEAD) in page)
        assert squeezed(FIRST) in with_lead, before
        moved += squeezed("trước đó." + LEAD) not in with_lead
        for row in range(4):
            assert any(f"đầu{row}" in page and f"cuối{row}" in page for page in pages), before
    assert moved, "no page ended there"


def test_rows_of_the_workbook_are_as_high_as_their_text(report: Report) -> None:
    """Not every program fits them; what is cut off is not printed."""
    source = source_of(report, recorded("machines-in-disorder"))
    sheet_rows = rows_of_xlsx(report("dossier.layout_xlsx").xlsx(source))
    sheet: Any = sheet_rows[0][0].parent
    long = [row for row in sheet_rows if len(str(row[2].value or "")) > 150]
    assert long
    for row in long:
        height = sheet.row_dimensions[row[0].row].height
        assert height >= 14.5 * len(str(row[2].value)) / 48
