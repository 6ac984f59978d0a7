"""From a collection to findings: real shells, and documented outputs of other systems."""

from datetime import timedelta
from pathlib import Path

import pytest
from collected import facts_of, framed, here, made, raw_here

from auditor import products
from auditor.collection import Collection, parse
from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.model.products import Answer, Topic
from auditor.recognition import clock, facts
from auditor.scripts import wanted

CAPTURES = Path(__file__).parents[1] / "captures"
CATALOGUE = products.load()


def answers(collection: Collection, product: str) -> dict[str, str]:
    """Return the axes of one product."""
    (found,) = (f for f in facts_of(collection).findings if f.product == product)
    return {str(axis): str(finding.answer) for axis, finding in found.axes.items()}


def test_this_machine_was_asked_everything() -> None:
    """No product stays open here because the collector did not ask for it."""
    seen = facts(CATALOGUE, here().collection)
    assert seen.unasked == frozenset()
    assert {"files", "status_outputs", "processes", "packages", "sockets"} <= seen.complete


def test_what_was_not_asked_leaves_only_its_products_open() -> None:
    """A collector without ClamAV's question cannot say that ClamAV is absent; others it can."""
    asked = wanted(CATALOGUE, "posix")
    without = tuple(q for q in asked.questions if not q.key.startswith("clamscan"))
    older = type(asked)(paths=asked.paths, questions=without)
    assert len(without) < len(asked.questions)
    seen = facts(CATALOGUE, parse(raw_here(older)))
    assert "clamav" in seen.unasked
    assert "zabbix-agent" not in seen.unasked


def test_a_collection_that_was_asked_nothing_proves_no_absence() -> None:
    """An output of a first collector, which knew no catalogue."""
    found = facts_of(parse(raw_here())).findings
    answered = {f.product: f.answer(Topic.PRESENT) for f in found}
    assert answered["zabbix-agent"] is not Answer.NO


@pytest.mark.parametrize(
    ("text", "offset"), [(b"+0700", timedelta(hours=7)), (b"-0330", -timedelta(hours=3.5))]
)
def test_the_clock_keeps_its_own_offset(text: bytes, offset: timedelta) -> None:
    """Times that products write without an offset are read with the machine's own."""
    raw = framed({}).replace(b"+0700", text)
    assert clock(parse(raw)).utcoffset() == offset


@pytest.mark.parametrize("text", [b"", b"now", b"1795296196 0700", b"999999999999 +0700"])
def test_a_machine_without_a_clock_is_not_judged(text: bytes) -> None:
    """Ages would be guesses."""
    raw = framed({}).replace(b"1795296196 +0700", text)
    with pytest.raises(CannotMeasure) as caught:
        clock(parse(raw))
    assert caught.value.failure is Failure.UNPARSABLE


def test_documented_outputs_of_windows_and_macos() -> None:
    """Quoted from public documentation; not tested on a real system."""
    windows = parse((CAPTURES / "windows-by-hand" / "collection.txt").read_bytes())
    assert answers(windows, "defender-windows") == {
        "present": "yes",
        "running": "yes",
        "effective": "yes",
        "managed": "not_applicable",
        "fresh": "yes",
    }
    mac = parse((CAPTURES / "darwin-by-hand" / "collection.txt").read_bytes())
    assert answers(mac, "macos-endpoint-security")["effective"] == "yes"


def test_without_systemd_links_and_scripts_name_the_services() -> None:
    """What a removed package left enabled is no service."""
    links = (
        b"present /etc/init.d/clamav-daemon\ndangling /etc/systemd/system/x.wants/rsyslog.service"
    )
    seen = facts(CATALOGUE, made({"services": (b"", 1, b"no systemd"), "unit_links": links}))
    assert {row["name"]: row["state"] for row in seen.services} == {
        "clamav-daemon": "dead",
        "rsyslog.service": "not-found",
    }
    assert "services" in seen.complete
