"""The page: complete, inert, self-contained, legible."""

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from types import ModuleType

import pytest

from auditor.language import Language
from auditor.model import AuditRecord

Report = Callable[[str], ModuleType]

ALLOWED = set(
    """html head meta title style body a header footer nav main section h1 h2 h3 h4 h5 p ul li
    dl dt dd div span b strong br wbr code details summary
    table caption thead tbody tfoot tr th td figure figcaption
    script fieldset legend label input select option button
    svg desc defs pattern rect line path circle text""".split()  # noqa: SIM905 - reads better
)
VOID = {"meta", "br", "wbr", "input"}
PAIRS = [
    ("--ink", "--paper"), ("--quiet", "--paper"), ("--link", "--paper"), ("--ink", "--band"),
    ("--quiet", "--band"), *((f"--{verdict}-ink", f"--{verdict}-paper") for verdict in
                             ("met", "not_met", "undetermined", "not_applicable")),
]  # fmt: skip


class Page(HTMLParser):
    """Collects what a browser would build."""

    def __init__(self, page: str) -> None:
        """Parse the whole page."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and that it is open."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Refuse wrong nesting."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect the text, without the style sheet and the script."""
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text += data

    def having(self, name: str) -> list[str]:
        """Return the values of one attribute."""
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


@pytest.fixture
def html(record: AuditRecord, language: Language, report: Report) -> str:
    """Return the page of the sample."""
    return str(report("html").render(record, language))


def test_every_indicator_stands_in_table_and_details(
    html: str, record: AuditRecord, language: Language
) -> None:
    """Vietnamese names always; English below them in English."""
    page = Page(html)
    assert len(record.profile.indicators) == 34
    for line in record.profile.indicators:
        assert f"#i{line.id}" in page.having("href")
        assert page.having("id").count(f"i{line.id}") == 1
        assert page.text.count(line.name.vi) >= 2
        assert (page.text.count(line.name.en) >= 2) is (language.code == "en")


def test_hostile_text_stays_text(html: str) -> None:
    """No element, attribute or link but the template's own."""
    page = Page(html)
    assert not page.open
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert [attrs for tag, attrs in page.tags if tag == "script"] == [{}], "our own, and no other"
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert not [name for _, attrs in page.tags for name in attrs if name in {"src", "style"}]
    assert all(re.fullmatch(r"#[\w.]+", target) for target in page.having("href"))
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in page.text
    assert "{{7*7}} {% raw %}" in page.text


def test_the_policy_allows_only_what_stands_inside(html: str) -> None:
    """The hashes in the policy are those of style sheet and script; nothing can be loaded."""
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>\n</body>", html, re.DOTALL)
    assert style is not None
    assert script is not None
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style[1], script[1])
    ]
    policy = "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'"
    assert policy.format(*hashes) in html
    assert "unsafe" not in html
    for word in ("innerHTML", "eval", "fetch", "insertAdjacentHTML", "document.write"):
        assert word not in script[1]
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_structure_for_assistive_programs(html: str, language: Language) -> None:
    """Language, one title, headings without a gap, captions, scopes, targets of all links."""
    page = Page(html)
    assert page.tags[0] == ("html", {"lang": language.code})
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") == tags.count("thead")
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in page.having("href")} <= set(ids)


def test_the_appraisers_column_is_empty(html: str) -> None:
    """One empty cell per indicator."""
    cells = re.findall(r'<td role="cell" class="appraiser"[^>]*>(.*?)</td>', html)
    assert cells == [""] * 34


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_contrast_is_aa(html: str, scheme: int, ink: str, paper: str) -> None:
    """Text reaches 4.5 to 1 on its background in both colour schemes."""
    block = re.findall(r":root \{(.*?)\}", html, re.DOTALL)[scheme]
    colours = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block))
    dark, bright = sorted((luminance(colours[ink]), luminance(colours[paper])))
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_same_record_same_bytes(
    html: str, record: AuditRecord, language: Language, report: Report
) -> None:
    """Rendering is a pure function."""
    assert report("html").render(record, language) == html
