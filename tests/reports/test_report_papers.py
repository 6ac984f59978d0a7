"""What the centre handed in and stated, and the annex that leads to every kept file."""

import dataclasses
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest

from auditor.language import Language
from auditor.model import AuditRecord, Measured

Report = Callable[[str], ModuleType]

HOSTILE_FILE = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;"


def lines(record: AuditRecord, language: Language, report: Report) -> Any:  # noqa: ANN401 - mapped
    """Return all indicators of the sample's view."""
    view = report("compose").compose(record, language)
    return [line for group in view.groups for line in group.indicators]


@pytest.fixture
def html(record: AuditRecord, language: Language, report: Report) -> str:
    """Return the page of the sample."""
    return str(report("html").render(record, language))


def test_documents_of_the_needed_kinds_only(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Kind by kind in the order of the need; systems where the indicator asks for them."""
    first, second = lines(record, language, report)[:2]
    kinds = [language.pick(record.profile.document_kinds[kind]) for kind in ("contract", "diagram")]
    assert [row.kind for row in first.papers] == [kinds[0]] * 5 + [kinds[1]] * 5
    assert [row.sha256[:1] for row in first.papers[:5]] == list("abcde")
    assert first.papers[0].issued.count("<script>alert(1)</script>") == 2
    assert "05/01/2026" in first.papers[0].issued
    assert "không-ai-hỏi" not in str(first.papers)
    assert not any(row.systems for row in first.papers)
    assert [len(row.systems) for row in second.papers] == [1] * 5 + [0] * 5


def test_each_state_of_a_document_has_its_words(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """A stated absence, a missing file and a confirmation of other bytes are told apart."""
    _ = language
    absent, missing, other = lines(record, language, report)[0].papers[5:8]
    assert (absent.state, absent.confirmed) == (_("stated absent"), "Lò Thị Hoa, 20/11/2026")
    assert (missing.state, missing.confirmed) == (_("file missing"), _("not confirmed"))
    assert (missing.valid_until, missing.expired) == ("31/12/2025", _("expired"))
    assert other.state == ""
    assert other.confirmed == _(
        "not confirmed: the file is not the one confirmed by {who}", who="Lò Thị Hoa, 20/11/2026"
    )


def test_cells_of_another_type_count_as_empty(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """A record that someone wrote by hand neither stops the report nor confirms anything."""
    for row in lines(record, language, report)[1].papers[8:]:
        told = dataclasses.asdict(row)
        assert told.pop("kind")
        assert told.pop("state") == language("file not readable")
        assert told.pop("confirmed") == language("not confirmed")
        assert not any(told.values())


def test_declared_values_with_unit_and_name(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """What nobody stated is listed as such; what was not asked is not listed."""
    stated, missing = lines(record, language, report)[0].declared
    assert (stated.value, stated.by[-10:]) == ("500 Mb/s", "21/11/2026")
    assert stated.by.startswith("<script>")
    assert (missing.name, missing.value) == ("unknown_value", language("nothing declared"))
    bare = dataclasses.replace(record, observations=())
    assert all(
        not line.papers and {row.value for row in line.declared} == {language("nothing declared")}
        for line in lines(bare, language, report)
    )


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"text": "tự do"}, "tự do"),
        ({"yes_no": False}, "no"),
        ({"number": 0.5}, "0.5 Mb/s"),
        ({"number": True, "text": 3, "yes_no": "có"}, "not known"),
        ({"number": ("x",)}, "not known"),
        ({}, "not known"),
    ],
)
def test_a_declared_value_is_of_its_columns_type(
    record: AuditRecord, report: Report, cells: dict[str, Any], shown: str
) -> None:
    """Nothing is guessed from a cell that does not fit."""
    seen = record.observations[-1]
    row = {"id": "internet_contract_mbps", **cells}
    made = dataclasses.replace(seen, result=Measured(rows=(row,)))
    changed = dataclasses.replace(record, observations=(*record.observations[:-1], made))
    assert lines(changed, Language("en"), report)[0].declared[0].value == shown


def test_page_shows_documents_in_every_section(html: str, language: Language) -> None:
    """Hostile file names are text; every indicator shows its ten documents."""
    sections = re.findall(r'<section class="indicator".*?</section>', html, re.DOTALL)
    assert len(sections) == 34
    for section in sections:
        table = re.search(r'<table class="cards papers".*?</table>', section, re.DOTALL)
        assert table is not None
        assert table[0].count('<th scope="row">') == 10
        assert HOSTILE_FILE in table[0]
        assert "a" * 64 in table[0]
        assert language("stated absent") in table[0]
        assert "500\N{NO-BREAK SPACE}Mb/s" in section


def test_every_code_leads_to_the_annex(html: str, record: AuditRecord) -> None:
    """Each observation stands there once, with all its files; long lists can be folded."""
    annex = re.search(r'<section id="annex">.*?</section>', html, re.DOTALL)
    assert annex is not None
    entries = re.findall(r'<li id="(E\d+)">', annex[0])
    assert len(entries) == len(record.plan)
    assert set(re.findall(r'href="#(E\d+)"', html)) <= set(entries)
    outside = html.replace(annex[0], "")
    codes = set(re.findall(r"\bE\d\d\b", outside))
    assert codes
    assert codes == set(re.findall(r'href="#(E\d+)"', outside))
    for seen in record.observations:
        for capture in seen.captures:
            assert annex[0].count(capture.sha256) == 1
            assert capture.sha256 not in outside
    assert annex[0].count("<details open>") == annex[0].count("<details") == 1


def test_a_cited_key_that_the_record_lacks_leads_nowhere(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """No broken link in the page, and the PDF can still be made."""
    finding = record.findings[0]
    lost = dataclasses.replace(finding.checks[0], observations=('x" onclick="y@máy',))
    changed = dataclasses.replace(
        record,
        findings=(dataclasses.replace(finding, checks=(lost,)), *record.findings[1:]),
    )
    page = report("html").render(changed, language)
    assert "x&#34; onclick=&#34;y@máy" in page
    assert 'href="#x' not in page
    assert report("pdf").render(changed, language).startswith(b"%PDF")


def test_pdf_lists_each_kept_file_once_and_each_document_behind_its_indicators(
    record: AuditRecord, language: Language, report: Report
) -> None:
    """Digests stand whole on one line; links inside the file lead to the annex."""
    pdf = report("pdf").render(record, language)
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    for seen in record.observations:
        for capture in seen.captures:
            assert text.count(capture.sha256) == 1
    for digit in "abcde":
        assert len(re.findall(rf"(?<!\w){digit}{{64}}(?!\w)", text)) >= 34
    assert pdf.count(b"/Subtype/Link") + pdf.count(b"/Subtype /Link") > len(record.plan)
