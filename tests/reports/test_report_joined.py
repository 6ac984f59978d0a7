"""A number and its unit stay on one line where a format breaks lines."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING

import docx
import pytest
from dossier_read import made
from pdf_letters import letters
from recorded import recorded

from auditor.language import Language

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    Report = Callable[[str], ModuleType]

GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("đạt 85,7 % máy", f"đạt 85,7{GAP}% máy"),
        ("(100 %)", f"(100{GAP}%)"),
        ("tối thiểu 300 Mb/s; 12 m²", f"tối thiểu 300{GAP}Mb/s; 12{GAP}m²"),
        ("0,25 s · 46.465 byte", f"0,25{GAP}s · 46.465{GAP}byte"),
        ("gồm 3 sổ và 2 hồ sơ, 5 msec, máy %", "gồm 3 sổ và 2 hồ sơ, 5 msec, máy %"),
    ],
)
def test_a_unit_stays_with_its_number(text: str, told: str, report: Report) -> None:
    """Of units written as signs; a word that only begins like one is a word."""
    assert report("joined").joined(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tại van-ban/so_do.docx: <b>", "tại {van-ban/}<wbr>so_do.docx: &lt;b&gt;"),
        ("kind: space_allocation_decision", "kind: space_<wbr>allocation_<wbr>decision"),
        ("audit run --site centre.yaml", "audit run {--site} centre.yaml"),
        ("may-0002: 85,7 % (a)", f"{{may-0002:}} 85,7{GAP}% (a)"),
        ("máy <script-a>", "máy {&lt;script-a&gt;}"),
    ],
)
def test_long_words_of_the_page_break_after_their_signs(
    text: str, told: str, report: Report
) -> None:
    """Not in the middle nor after a hyphen; nothing is added to what is copied, all is escaped."""
    whole = re.sub(r"\{(.*?)\}", r'<span class="whole">\1</span>', told)
    assert report("soft").soft(text) == whole
    copied = re.sub("<.*?>", "", whole)
    assert html.unescape(copied).replace(GAP, " ") == text


def test_the_page_and_the_documents_keep_them_together(report: Report) -> None:
    """Of a centre of which shares are told; raw evidence stays as the machine sent it."""
    record = recorded("machines-in-disorder")
    page = report("html").render(record, Language("vi"))
    assert f"{GAP}%" in page
    assert not re.search(r"\d %", re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL))
    draft = docx.Document(io.BytesIO(made(record)["phu-luc-ky-thuat-han-che.docx"]))
    cells = "".join(cell.text for table in draft.tables for cell in table._cells)  # noqa: SLF001
    assert f"{GAP}%" in cells
    assert not re.search(r"\d %", cells)
    raw = report("html").render(record, Language("vi"), lambda _digest: b"used 90 % of 5 GB")
    assert "used 90 % of 5 GB</pre>" in raw


def test_a_rate_or_an_option_is_not_broken(report: Report) -> None:
    """At its slash or after its hyphens, in narrow cells of both PDF."""
    record = recorded("machines-in-disorder")
    annex = made(record)["phu-luc-ky-thuat-han-che.pdf"]
    for content in (annex, report("pdf").render(record, Language("vi"))):
        told = [letter for letter in letters(content)[1] if letter.text.strip()]
        text = "".join(letter.text for letter in told)
        places = [found.start() for found in re.finditer("[MG]b/s|--site", text)]
        assert len(places) > 3
        for place in places:
            at = [letter.left for letter in told[place : place + 4]]
            assert at == sorted(at)
