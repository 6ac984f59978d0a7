"""`audit products` and `audit explain product`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.conftest import Program


def test_lists_products_of_a_category(audit: Program) -> None:
    """Only products counted as the category; a management agent is never anti-malware."""
    listed = audit("products", "--category", "anti_malware", "--format", "json").json
    ids = {item["id"] for item in listed}
    assert "clamav" in ids
    assert all("anti_malware" in item["roles"] for item in listed)
    assert "kaspersky-network-agent" not in ids
    assert len(audit("products", "--format", "json").json) == 214


def test_explains_a_product(audit: Program) -> None:
    """Each signal says by which evidence it is known and whether it may decide."""
    text = audit("explain", "product", "clamav", "--lang", "en").out
    assert "process clamd (linux) [L1, lab: may decide]" in text
    assert "[mem, memory: only raises a question]" in text
    unknown = audit("explain", "product", "nothing", "--lang", "en")
    assert (unknown.code, len(unknown.err.splitlines())) == (2, 1)


def test_a_site_adds_products_under_a_name(audit: Program) -> None:
    """A site's own product is listed; one that nobody vouches for is refused with its line."""
    site = """\
schema: urn:audit:site:v1
centre: {id: a, name: A}
products:
  - id: own-agent
    name: Own agent
    vendor: Own
    category: siem
    roles: [siem]
    os: [linux]
    signals: [{kind: package, name: own-agent, ev: site}]
"""
    vouched = "    supplied_by: {by: Bà A, position: CNTT, on: 2026-11-01}\n"
    (audit.folder / "site.yaml").write_text(site + vouched, "utf-8")
    listed = audit("products", "--site", "site.yaml", "--format", "json").json
    assert listed[-1]["id"] == "own-agent"
    (audit.folder / "site.yaml").write_text(site, "utf-8")
    refused = audit("products", "--site", "site.yaml", "--lang", "en")
    assert refused.code == 2
    assert refused.err.startswith("site.yaml:")
