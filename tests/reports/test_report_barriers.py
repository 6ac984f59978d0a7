"""The whole page and the public copy are for everybody (axe-core, WCAG 2.1 A and AA)."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import chromium
import dossiers
import pytest
from playwright.sync_api import Browser

from auditor.language import Language
from auditor.model import AuditRecord

pytestmark = [
    pytest.mark.package,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Debian's chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for this module."""
    with chromium.started() as running:
        yield running


def test_no_barrier_on_the_whole_page(
    browser: Browser, record: AuditRecord, report: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    """Every line of the decision; contrast, which takes axe long, is looked at on small pages."""
    page = report("html").render(record, Language("vi"), lambda _digest: None)
    (tmp_path / "vi.html").write_text(page, encoding="utf-8")
    assert chromium.barriers(browser, tmp_path / "vi.html", "light", "color-contrast") == []


def test_no_barrier_on_the_public_copy(browser: Browser, tmp_path: Path) -> None:
    """In light and in dark."""
    files = dossiers.published(tmp_path / "run", bytes(range(32))).files
    (tmp_path / "copy.html").write_bytes(files["report.html"])
    assert chromium.barriers(browser, tmp_path / "copy.html", "light") == []
    assert chromium.barriers(browser, tmp_path / "copy.html", "dark") == []
