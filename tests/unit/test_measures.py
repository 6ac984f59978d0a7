"""The measures as data: sound, citable, in two languages; damaged ones are refused."""

import unicodedata
from pathlib import Path

import pytest

from auditor import measures, yamlfile
from auditor.errors import BadInput
from auditor.hardening.engine import NOT_READ, rules
from auditor.hardening.logs import kept_days
from auditor.model import Confidence, Failure, Source

FILE = Path(__file__).parents[2] / "profiles" / "measures.yaml"


def test_every_measure_is_judged_explained_and_cited() -> None:
    """Each has a rule, words in both languages, and texts that were read or reported."""
    catalogue = measures.load()
    assert {m.id for m in catalogue.measures} == set(rules(catalogue))
    for measure in catalogue.measures:
        assert measure.title.vi != measure.title.en
        assert measure.how.vi
        assert measure.how.en
        assert measure.references
        for reference in measure.references:
            assert reference.kind is Source.REFERENCE
            if "TCVN 14423" in reference.citation:
                assert reference.confidence is Confidence.SECONDARY
                assert "theo bản tóm lược" in reference.citation
    assert unicodedata.is_normalized("NFC", FILE.read_text("utf-8"))


def test_every_reason_has_words() -> None:
    """A code that a rule can give is explained, and no words are left over."""
    folder = FILE.parents[1] / "auditor" / "hardening"
    code = "\n".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    reasons = measures.load().reasons
    own = {name for name in reasons if not name.startswith(NOT_READ)}
    assert own == {name for name in own if f'"{name}"' in code}
    asked = {part.partition('"')[0] for part in code.split('ask("')[1:]}
    asked |= {part.partition('"')[0] for part in code.split('reason="')[1:]} - {""}
    assert asked <= own
    assert {f"{NOT_READ}{failure}" for failure in Failure} >= set(reasons) - own


DAMAGE = {
    "level": ("    level: 1\n", "    level: 4\n", "level is 1 to 3"),
    "platform": ("platforms: [linux, windows]", "platforms: [plan9]", "unknown platform"),
    "no rule": ("- id: host_firewall", "- id: no_such_rule", "no rule judges this measure"),
    "from memory": ("confidence: V2", "confidence: M", "not to be cited as law"),
    "called law": ("kind: reference", "kind: law", "not to be cited as law"),
    "no threshold": ("    threshold: 14\n", "", "missing field"),
    "schema": ("urn:audit:measures:v1", "urn:audit:measures:v2", "unknown schema"),
    "repeated": ("- id: host_firewall", "- id: time_synchronised", "repeated id"),
    "no words": ("not_read_permission_denied:", "not_read_at_all:", "no words for"),
}


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("case", DAMAGE)
def test_damaged_measures_are_refused(case: str) -> None:
    """What could mislead is refused with its place."""
    old, new, problem = DAMAGE[case]
    text = FILE.read_text("utf-8")
    assert old in text
    with pytest.raises(BadInput, match=problem):
        measures.from_document(yamlfile.parse(text.replace(old, new, 1).encode(), "m.yaml"))


SPANS = {
    "/var/log/syslog {\nweekly\nrotate 4\n}": (28, 35),
    "/var/log/syslog {\ndaily\nrotate 30\n}": (30, 31),
    "/var/log/syslog {\nmonthly\nrotate 3\n}": (84, 124),
    "/var/log/syslog {\ndaily\nrotate 400\nmaxage 20\n}": (20, 21),
    "/var/log/syslog {\nweekly\nrotate 0\n}": (0, 7),
    "/var/log/syslog {\nrotate 9\n}": (0, float("inf")),
}


@pytest.mark.parametrize("text", SPANS)
def test_rotation_keeps_between_a_least_and_a_most(text: str) -> None:
    """logrotate(8): `rotate` old files besides the current one; `maxage` takes older ones."""
    lines = [("/etc/logrotate.d/rsyslog", line) for line in text.splitlines()]
    least, most = kept_days(lines)
    assert (round(least), most if most == float("inf") else round(most)) == SPANS[text]
