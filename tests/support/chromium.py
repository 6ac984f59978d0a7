"""Debian's Chromium without a network, and axe-core in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Browser, sync_playwright

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"),
)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
Scheme = Literal["light", "dark"]


@contextmanager
def started() -> Iterator[Browser]:
    """Run a browser; it stops with its event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS])
        yield browser
        browser.close()


def barriers(browser: Browser, file: Path, scheme: Scheme, *without: str) -> list[tuple[str, str]]:
    """Return what axe finds wrong by WCAG 2.1 A and AA, all unfolded, `without` some rules."""
    context = browser.new_context(offline=True, color_scheme=scheme)
    opened = context.new_page()
    opened.goto(file.as_uri())
    opened.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    rules = {name: {"enabled": False} for name in without}
    options = {"runOnly": [*WCAG], "rules": rules, "resultTypes": ["violations"]}
    found = Axe().run(opened, options=options).response
    assert found["passes"], "axe looked at nothing"
    context.close()
    return [(item["id"], item["nodes"][0]["html"]) for item in found["violations"]]
