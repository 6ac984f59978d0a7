"""`audit forecast` on a site file, a run and a pack, as a person types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from waivers_made import a_ledger, a_waiver

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Done, Program

SITE = """schema: urn:audit:site:v1
centre: {id: centre, name: Trung tâm}
waivers: waivers.json
documents:
  - {kind: plan, file: plan.pdf, issued_on: 2020-01-01, valid_until: 2030-01-10}
"""


@pytest.fixture
def place(audit: Program, small: Path) -> Program:
    """Return the program beside a site with a document and an exception, and a run of it."""
    small.write_text(small.read_text("utf-8") + "inventory: [documents]\n", "utf-8")
    (audit.folder / "plan.pdf").write_bytes(b"%PDF-1.7")
    (audit.folder / "centre.yaml").write_text(SITE, "utf-8")
    (audit.folder / "waivers.json").write_bytes(a_ledger([a_waiver("1")]).content)
    done = audit("run", "--site", "centre.yaml", "--profile", "small.yaml", "--out", "run")
    assert done.code == 0, done.err
    return audit


def test_all_three_sources_say_the_same(place: Program) -> None:
    """In steps, by date; a damaged pack is exit 12; nothing due is still exit 0."""

    def told(*source: str, on: str = "2029-12-31") -> Done:
        return place("forecast", *source, "--on", on, "--lang", "en", "--profile", "small.yaml")

    assert place("keygen", "--out", "k.pem", "--no-passphrase").code == 0
    assert place("pack", "run", "--key", "k.pem").code == 0
    run, pack, site = told("run"), told("run.auditpack"), told("--site", "centre.yaml")
    assert run.code == 0, run.err
    assert run.out == pack.out
    assert "Within 30 days: 1" in run.out
    assert "10/01/2030        10 days  document or contract      Plan (plan.pdf)" in run.out
    assert "Later: 1." in run.out
    assert "Plan (plan.pdf)" in site.out
    tomorrow = place("forecast", "run", "--on", "2030-01-09", "--days", "0,1", "--lang", "en").out
    assert "Within 0 days: 0" in tomorrow
    assert "Within 1 day: 1" in tomorrow
    over = told("run", on="2031-02-01")
    assert "Over already: 2" in over.out
    assert over.out.index("document or contract") < over.out.index("exception for 1")
    shown = place("forecast", "run", "--on", "2029-12-31", "--days", "400", "--format", "json").json
    assert [(item["kind"], item["days_left"]) for item in shown["lapses"]] == [
        ("document", 10),
        ("waiver", 365),
    ]
    whole = (place.folder / "run.auditpack").read_bytes()
    (place.folder / "run.auditpack").write_bytes(whole.replace(b"</html>", b"</HTML>", 1))
    assert told("run.auditpack").code == 12
    for wrong in (("run", "--site", "centre.yaml"), ("run", "--days", "x")):
        assert told(*wrong).code == 2
