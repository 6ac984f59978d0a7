"""The page in a real browser: inert, reachable for all, and its filter tells the truth.

Debian's Chromium is driven by Playwright; no network is there, and none is asked for.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import chromium
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from waivers_made import excepted

from auditor.canonical import sha256
from auditor.evidence import EvidenceFolder
from auditor.language import CODES, Language
from auditor.model import AuditRecord, Basis, Capture, Verdict

Report = Callable[[str], ModuleType]

ATTACK = "<script>window.hacked=1</script><img src=x onerror=window.hacked=2></pre>"
WHOLE = f"\n\tdòng 1\r\n{ATTACK}\n\u202edòng cuối\x1b[31m\n"
SEEN = f"\n\tdòng 1\n{ATTACK}\n\\u202edòng cuối\\x1b[31m\n"
CAPTURES = (WHOLE.encode(), b"x" * (256 * 1024 + 1), b"PK\x03\x04\x00\x00", "lỗi".encode())

pytestmark = [
    pytest.mark.package,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Debian's chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for this module; it stops with it, and its event loop too."""
    with chromium.started() as running:
        yield running


@pytest.fixture(scope="module")
def seen(record: AuditRecord) -> AuditRecord:
    """Return the sample with captures that exist, behind the first measurement."""
    waived = excepted(record)
    captures = tuple(
        Capture(request=ATTACK, sha256=sha256(content), size_bytes=len(content))
        for content in CAPTURES[:3]
    )
    first = replace(captures[0], stderr_sha256=sha256(CAPTURES[3]))
    changed = replace(waived.observations[0], captures=(first, *captures[1:]))
    return replace(waived, observations=(changed, *waived.observations[1:]))


@pytest.fixture(scope="module")
def folder(seen: AuditRecord, report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the page in both languages and its evidence beside it."""
    made = tmp_path_factory.mktemp("usb")
    evidence = EvidenceFolder(made / "evidence")
    evidence.folder.mkdir()
    for content in CAPTURES:
        evidence.keep("", content)
    for code in CODES:
        page = report("html").render(seen, Language(code), evidence.read)
        (made / f"{code}.html").write_text(page, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def small(seen: AuditRecord, folder: Path, report: Report) -> Path:
    """Return where the pages of one line of each verdict lie: axe looks at each element long."""
    group = seen.profile.groups[0]
    kept = replace(group, indicators=group.indicators[: len(Verdict)])
    ids = {line.id for line in kept.indicators}
    least = replace(
        seen,
        profile=replace(seen.profile, groups=(kept,)),
        groups=seen.groups[:1],
        findings=tuple(f for f in seen.findings if f.indicator in ids),
        observations=seen.observations[:7],
        plan=seen.plan[:8],
    )
    evidence = EvidenceFolder(folder / "evidence")
    for code in CODES:
        page = report("html").render(least, Language(code), evidence.read)
        (folder / f"small-{code}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a fresh profile without a network."""
    made = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, folder: Path) -> Page:
    """Return the Vietnamese page, open."""
    opened = context.new_page()
    opened.goto((folder / "vi.html").as_uri())
    return opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("code", CODES)
def test_no_barrier_for_anybody(
    browser: Browser, small: Path, code: str, scheme: chromium.Scheme
) -> None:
    """WCAG 2.1 A and AA, as far as axe-core can tell, with a figure and raw data unfolded."""
    assert chromium.barriers(browser, small / f"small-{code}.html", scheme) == []


def shown(page: Page, kind: str) -> list[str]:
    """Return the numbers of the lines that can be seen, in the table or in the details."""
    numbers = {"tr": "tr[data-verdict] td.id", "section": "section.indicator h4 .id"}[kind]
    return list(
        page.evaluate(
            "wanted => [...document.querySelectorAll(wanted)]"
            ".filter(part => part.checkVisibility()).map(part => part.textContent)",
            numbers,
        )
    )


def only(page: Page, name: str, value: str) -> None:
    """Leave one box of a kind ticked."""
    for box in page.locator(f"#filter input[name={name}]").all():
        box.set_checked(box.get_attribute("value") == value)


@pytest.mark.parametrize("verdict", Verdict)
def test_filter_by_verdict_shows_exactly_those(
    page: Page, record: AuditRecord, verdict: Verdict
) -> None:
    """The lines, and the count beside them, are those of the record."""
    wanted = [f.indicator for f in record.findings if f.verdict is verdict]
    assert wanted
    only(page, "verdict", verdict.value)
    assert shown(page, "tr") == wanted
    assert shown(page, "section") == wanted
    said = page.locator("#filter [role=status]").inner_text()
    assert re.findall(r"\d+", said) == [str(len(wanted)), str(len(record.findings))]
    page.get_by_role("button").click()
    assert len(shown(page, "tr")) == len(record.findings)


def test_filter_by_basis_and_by_system(page: Page, record: AuditRecord, report: Report) -> None:
    """Bases are those of the findings; with a system its own verdict counts."""
    words = report("words").bases(Language("vi"))
    for basis in Basis:
        only(page, "basis", words[basis])
        assert shown(page, "tr") == [f.indicator for f in record.findings if f.basis is basis]
    page.get_by_role("button").click()
    page.locator("#system").select_option(label="Cổng <b>thông tin</b>")
    only(page, "verdict", "not_met")
    assert shown(page, "tr") == [
        f.indicator
        for f in record.findings
        if any(part.verdict is Verdict.NOT_MET for part in f.systems)
    ]


def test_paper_shows_every_line_whatever_is_filtered(page: Page, record: AuditRecord) -> None:
    """Nobody can print half a report by mistake."""
    only(page, "verdict", "met")
    page.emulate_media(media="print")
    assert len(shown(page, "tr")) == len(record.findings)
    assert not page.locator("#filter").is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_raw_evidence_in_two_clicks(browser: Browser, folder: Path, *, script: bool) -> None:
    """From the table: one click on the line's number, one on its raw data, with and without."""
    context = browser.new_context(offline=True, java_script_enabled=script)
    context.set_default_timeout(10_000)
    opened = context.new_page()
    opened.goto((folder / "vi.html").as_uri())
    assert opened.locator("#filter").is_visible() is script
    opened.locator("tr[data-verdict] td.id a").first.click()
    section = opened.locator("section.indicator").first
    section.locator("a[href^='#R']").first.click()
    raw = opened.locator("pre:target")
    assert raw.is_visible()
    assert raw.text_content() == SEEN
    context.close()


def test_what_is_not_shown_is_linked_beside_the_page(page: Page, folder: Path) -> None:
    """Too large and no text: the link leads to the file, whose bytes are those of its name."""
    section = page.locator("section.indicator").first
    links = [link.get_attribute("href") or "" for link in section.locator("a[download]").all()]
    assert links == [f"evidence/{sha256(content)}" for content in CAPTURES[1:3]]
    for link in links:
        assert sha256((folder / link).read_bytes()) == link.removeprefix("evidence/")
    assert page.locator("#raw details.raw").count() == 2, "output and error output are text"


def test_hostile_text_runs_nothing_and_nothing_is_fetched(
    context: BrowserContext, folder: Path
) -> None:
    """No script but ours, no request but the page itself, no complaint of the policy."""
    opened = context.new_page()
    requests: list[str] = []
    said: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    address = (folder / "vi.html").as_uri()
    opened.goto(address)
    opened.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    only(opened, "verdict", "met")
    assert opened.evaluate("window.hacked") is None
    assert requests == [address]
    assert said == []
    opened.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.hacked = 3'}))"
    )
    assert opened.evaluate("window.hacked") is None
    assert any("Content Security Policy" in text for text in said), "the policy is not enforced"


def focused(page: Page) -> str:
    """Return the address of the link in focus, or the name of the element."""
    return str(
        page.evaluate(
            "document.activeElement.getAttribute('href') || document.activeElement.name"
            " || document.activeElement.id || document.activeElement.tagName"
        )
    )


def walk(page: Page, wanted: str, most: int = 90) -> None:
    """Press Tab until this has the focus."""
    for _step in range(most):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    pytest.fail(f"{wanted} cannot be reached with Tab")


def test_the_keyboard_is_enough(page: Page, record: AuditRecord) -> None:
    """Skip link, filter, line, raw data: no mouse."""
    walk(page, "#summary", 1)
    page.keyboard.press("Enter")
    walk(page, "verdict")
    page.keyboard.press("Space")
    assert shown(page, "tr") == [
        f.indicator for f in record.findings if f.verdict is not Verdict.MET
    ]
    page.keyboard.press("Space")
    walk(page, "#i1.1")
    page.keyboard.press("Enter")
    page.wait_for_url("**#i1.1")
    walk(page, "#R01", 20)
    page.keyboard.press("Enter")
    assert page.locator("pre:target").is_visible()


@pytest.mark.parametrize("code", CODES)
def test_a_phone_needs_no_sideways_scrolling(
    context: BrowserContext, folder: Path, code: str
) -> None:
    """At 360 pixels nothing is wider than the screen."""
    opened = context.new_page()
    opened.set_viewport_size({"width": 360, "height": 740})
    opened.goto((folder / f"{code}.html").as_uri())
    opened.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
