"""The catalogue: complete, honest about its evidence, strict about what is added to it."""

import re
from pathlib import Path

import pytest
from host_facts import catalogue, facts, find, package, process

from auditor import products, yamlfile
from auditor.detection.engine import detect
from auditor.detection.rules import RULES
from auditor.detection.wanted import SIDE_EFFECTS, wanted
from auditor.errors import BadInput
from auditor.model import noun
from auditor.model.products import Answer, Kind, Product, Tier, Topic

COUNT = 214
SHIPPED = Path(__file__).parents[2] / "profiles" / "products.yaml"


def test_every_product_is_there_with_name_category_and_signal() -> None:
    """All 214 products of the reference, each with something to look for."""
    known = catalogue().products
    assert len({product.id for product in known}) == len(known) == COUNT
    for product in known:
        assert product.name, product.id
        assert product.category, product.id
        assert product.roles, product.id
        assert product.signals, product.id


def test_every_source_is_known() -> None:
    """No signal without evidence, no evidence that nothing uses but the site's own."""
    sources = {source.id for source in catalogue().evidence}
    used = {signal.ev for product in catalogue().products for signal in product.signals}
    used |= {status.ev for product in catalogue().products for status in product.status}
    used |= {twin.ev for twin in catalogue().look_alikes}
    assert used <= sources
    assert {tier for tier in Tier if not tier.decides} == {Tier.MEMORY, Tier.UNCERTAIN}


def test_every_rule_is_named_by_the_catalogue() -> None:
    """A rule that nothing names would be dead; a name without a rule is refused."""
    named = {status.rule for p in catalogue().products for status in p.status if status.rule}
    assert named == set(RULES)


def test_what_is_asked_only_reads_and_says_what_may_leave() -> None:
    """Every question of every platform: no side effect, nothing unchecked, a limit on output."""
    tiers = {source.id: source.tier for source in catalogue().evidence}
    checked = {
        status.key
        for product in catalogue().products
        for status in product.status
        if tiers[status.ev].decides and not status.active
    }
    for platform in ("linux", "darwin", "windows"):
        questions, paths = wanted(catalogue(), platform)
        assert questions
        assert paths
        for question in questions:
            assert question.keep
            assert question.key in checked
            assert not SIDE_EFFECTS.search(question.command), question.command
            assert bool(question.command) != bool(question.lines)
        assert all(re.match(r"[/~%A-Z]", path) for path in paths), paths


@pytest.mark.parametrize(
    "command",
    [
        "klnagchk -restart",
        "klnagchk -sendhb",
        "klnagchk -sp",
        "kescli --opswat EnableRTP",
        "kescli --opswat UpdateDefinitions",
        "/opt/McAfee/agent/bin/cmdagent -p",
        "/opt/McAfee/agent/bin/cmdagent -e",
        "mdatp connectivity test",
        "filebeat test output",
        "forticlient epctrl register 10.0.0.1",
        "/opt/eset/eea/bin/upd -u",
        "srun hostname",
        "wg show all dump",
        "wg showconf wg0",
        "freshclam",
        "%1POWR 1",
    ],
)
def test_commands_with_side_effects_are_refused(command: str) -> None:
    """The deny-list of the reference, as code."""
    with pytest.raises(BadInput, match=r"status\.0\.command"):
        products.from_document(_one_product(status=f"{{ev: L1, command: '{command}', keep: x}}"))


def _one_product(
    *,
    signals: str = "{kind: process, name: x, ev: L1}",
    status: str = "",
    extra: str = "",
) -> yamlfile.Document:
    """Return a catalogue with one product."""
    text = f"""
schema: urn:audit:products:v1
evidence:
- {{id: L1, tier: lab, what: a test}}
limits: []
look_alikes: []
products:
- id: thing
  name: Thing
  vendor: Acme Corp
  category: antimalware
  roles: [anti_malware]
  os: [linux]
  signals:
  - {signals}
  {f"status: [{status}]" if status else ""}
  {extra}
"""
    return yamlfile.parse(text.encode(), "p.yaml")


def test_the_smallest_catalogue_loads() -> None:
    """The base that the refusals below vary."""
    assert products.from_document(_one_product()).products[0].id == "thing"


@pytest.mark.parametrize(
    "document",
    [
        _one_product(signals="{kind: process, name: x, ev: L9}"),
        _one_product(signals="{kind: process, name: x, ev: L1, colour: red}"),
        _one_product(signals="{kind: smell, name: x, ev: L1}"),
        _one_product(signals="{kind: process, name: '*', ev: L1}"),
        _one_product(signals="{kind: process, name: x, ev: L1, os: [windows]}"),
        _one_product(signals="{kind: path, name: /x, ev: L1}"),
        _one_product(signals="{kind: process, name: x, ev: L1, use: program}"),
        _one_product(signals="{kind: port, name: '514', ev: L1, direction: in}"),
        _one_product(signals="{kind: port, name: tcp/514, ev: L1}"),
        _one_product(signals="{kind: uninstall, name: '(?i)^acme', ev: L1}"),
        _one_product(signals="{kind: signer, name: Acme Corp, ev: L1}"),
        _one_product(signals="{kind: wsc, name: '(', ev: L1}"),
        _one_product(status="{ev: L1, how: x, rule: nonsense}"),
        _one_product(status="{ev: L1, command: x}"),
        _one_product(status="{ev: L1, command: x, keep: '('}"),
        _one_product(status="{ev: L1, command: x, how: y, keep: z}"),
        _one_product(status="{ev: L9, how: y}"),
        _one_product(
            status="{ev: L1, command: x, keep: z, readings: [{topic: fresh, pattern: '('}]}"
        ),
        _one_product(
            status=(
                "{ev: L1, command: x, keep: z, "
                "readings: [{topic: fresh, pattern: z, time: someday}]}"
            )
        ),
        _one_product(
            status=(
                "{ev: L1, command: x, keep: z, "
                "readings: [{topic: fresh, pattern: z, 'yes': [a], 'no': [a]}]}"
            )
        ),
        _one_product(extra="main: [y]"),
        _one_product(extra="colour: red"),
    ],
)
def test_refusals_name_file_and_line(document: yamlfile.Document) -> None:
    """What could mislead is refused before anything is measured."""
    with pytest.raises(BadInput) as refused:
        products.from_document(document)
    assert re.match(r"p\.yaml:\d+: products\.thing", str(refused.value))


SITE = """
products:
- id: centre-agent
  name: Agent of the centre
  vendor: Some vendor
  category: edr
  roles: [edr]
  os: [linux]
  supplied_by: {by: Nguyễn Văn A, position: Trưởng phòng, on: 2026-11-01}
  signals:
  - {kind: package, name: centre-agent, ev: site}
  - {kind: process, name: centre-agentd, ev: site}
"""


@noun
class _Additions:
    products: tuple[Product, ...]


def _extended(text: str) -> yamlfile.Document:
    return yamlfile.parse(text.encode(), "centre.yaml")


def test_a_site_adds_products_under_a_name() -> None:
    """A site's product decides like any other; the finding says who vouches for it."""
    document = _extended(SITE)
    added = yamlfile.build(document, _Additions).products
    grown = products.extend(catalogue(), added, document)
    seen = facts(
        packages=(package("centre-agent", "2.1"),),
        processes=(process("/usr/bin/centre-agentd"),),
    )
    finding = next(f for f in detect(grown, seen) if f.product == "centre-agent")
    assert finding.answer(Topic.PRESENT) is Answer.YES
    assert finding.answer(Topic.RUNNING) is Answer.YES
    assert finding.supplied_by == "Nguyễn Văn A"
    assert not find("clamav", seen).supplied_by


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: centre-agent", "id: clamav"),
        ("  supplied_by: {by: Nguyễn Văn A, position: Trưởng phòng, on: 2026-11-01}\n", ""),
        ("name: centre-agentd, ev: site", "name: centre-agentd, ev: L1"),
        ("  signals:", "  status: [{ev: site, command: cat /etc/shadow, keep: '.*'}]\n  signals:"),
        ("  signals:", "  status: [{ev: site, lines: [/etc/shadow], keep: '.*'}]\n  signals:"),
        ("name: centre-agentd", "name: '*'"),
    ],
)
def test_a_site_cannot_hide_or_reach(old: str, new: str) -> None:
    """No replacing, no anonymity, no borrowed evidence, no commands, no file contents."""
    document = _extended(SITE.replace(old, new))
    added = yamlfile.build(document, _Additions).products
    with pytest.raises(BadInput, match=r"centre\.yaml:\d+"):
        products.extend(catalogue(), added, document)


def test_the_shipped_file_is_the_one_that_loads() -> None:
    """The file in the tree and the packaged one are the same catalogue, plain YAML 1.2."""
    assert products.read(SHIPPED) == catalogue()
    text = SHIPPED.read_text("utf-8")
    assert not re.search(r"(^|[\[{ ,])[&][A-Za-z]", text), "no anchors"


def test_free_text_never_matches_a_bare_vendor() -> None:
    """Bkav, Viettel, VNPT, CMC make e-invoice and CA tools too."""
    for product in catalogue().products:
        for signal in product.signals:
            if signal.kind in {Kind.UNINSTALL, Kind.WSC, Kind.SIGNER}:
                for tool in ("Bkav eInvoice", "Viettel-CA", "VNPT-CA Plugin", "CMC CA", "NCS"):
                    assert not re.search(signal.name, tool), (product.id, signal.name)


def test_no_two_questions_share_an_answer() -> None:
    """The collector answers under a question's key; one key, one limit on what may leave."""
    keeps: dict[str, str] = {}
    for product in catalogue().products:
        for status in product.status:
            if status.key:
                assert keeps.setdefault(status.key, status.keep) == status.keep, status.key
