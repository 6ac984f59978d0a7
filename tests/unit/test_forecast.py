"""What will lapse: a pure function of a record; hostile dates are no dates."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import a_case, a_check, a_parameter, a_profile, a_record, an_indicator, seen
from waivers_made import a_ledger, a_waiver

from auditor import document_checks
from auditor.forecast import Lapse, LapseKind, of_record, of_site
from auditor.model import (
    Attestation,
    Basis,
    Centre,
    Confidence,
    Document,
    InformationSystem,
    Observation,
    Operator,
    Per,
    Profile,
    Read,
    Row,
    Site,
    Statement,
    Text,
)

LAW = document_checks.load().level_transition
DAY = date(2026, 11, 21)


def lapses(*observed: Observation, profile: Profile | None = None) -> tuple[Lapse, ...]:
    """Return what lapses after these observations."""
    return of_record(a_record(a_case(profile or a_profile(), *observed)), LAW)


def days(found: tuple[Lapse, ...]) -> list[tuple[str, str]]:
    """Return kind and day of each."""
    return [(lapse.kind.value, lapse.day.isoformat()) for lapse in found]


def test_documents_words_and_certificates() -> None:
    """Each by its own column; certificates of other people's libraries are not the centre's."""
    found = lapses(
        seen("documents", "site", {
            "kind": "lease", "file": "a.pdf", "is_present": True, "issued_on": "2026-01-01",
            "valid_until": "2027-03-01", "confirmed_until": "2026-12-24",
        }),
        seen("declarations", "site", {"subject": "2.9", "file": "b.pdf", "until": "2026-12-31"}),
        seen("lan_services", "network", {"address": "10.0.0.1", "port": 443, "tls_subject": "x",
                                         "tls_ends_at": "2026-12-01T00:00:00Z"}),
        seen("remote_work", "network", {"name": "vpn", "cert_days_left": 3}),
        seen("web_service", "network", {"name": "wipo", "is_domestic": False, "cert_days_left": 1}),
    )  # fmt: skip
    assert days(found) == [
        ("certificate", "2026-11-24"),
        ("certificate", "2026-12-01"),
        ("attestation", "2026-12-24"),
        ("attestation", "2026-12-31"),
        ("document", "2027-03-01"),
    ]
    assert found[1].what == Text(
        vi="chứng thư TLS x (10.0.0.1:443)", en="TLS certificate x (10.0.0.1:443)"
    )


def test_a_word_that_was_renewed_lapses_once() -> None:
    """The later one counts; site file and record name it alike, and so it is told once."""
    word = Attestation(
        subject="lease", file="a.pdf", sha256="0" * 64, statement="x", by="y", position="z",
        on=DAY, until=date(2026, 12, 24),
    )  # fmt: skip
    longer = replace(word, until=date(2027, 12, 24))
    stated = replace(word, subject="2.9", file="b.pdf", states=Statement.NOT_APPLICABLE)
    site = Site(
        schema="x", centre=Centre(id="a", name="A"), attestations=(longer, word, stated),
        documents=(Document(kind="lease", file="a.pdf"),),
    )  # fmt: skip
    ledger = a_ledger([a_waiver(until=date(2026, 12, 1)), a_waiver(until=date(2027, 12, 1))])
    found = of_site(site, a_profile(), ledger.entries, LAW)
    assert days(found) == [
        *(("attestation", "2026-12-24"), ("waiver", "2027-12-01"), ("attestation", "2027-12-24")),
    ]
    seen_there = lapses(
        seen("documents", "site", {"kind": "lease", "file": "a.pdf",
                                   "confirmed_until": "2027-12-24"}),
        seen("declarations", "site", {"subject": "2.9", "file": "b.pdf", "until": "2026-12-24"}),
    )  # fmt: skip
    named = {lapse.what for lapse in found if lapse.kind is LapseKind.ATTESTATION}
    assert {lapse.what for lapse in seen_there} == named


@pytest.mark.parametrize("bad", ["2026-13-45", "", "soon", "9" * 400, "2026-11-21T99:00:00Z"])
def test_what_is_no_date_is_none(bad: str) -> None:
    """It neither lapses nor fails."""
    assert lapses(seen("documents", "site", {"kind": "lease", "valid_until": bad})) == ()


def test_an_approval_from_before_the_law_has_its_transition() -> None:
    """Only where the text of the law was read, and the file is there."""
    row: Row = {"kind": "level_approval_decision", "file": "a", "is_present": True,
           "issued_on": "2026-06-30"}  # fmt: skip
    (lapse,) = lapses(seen("documents", "site", row))
    assert (lapse.kind, lapse.day) == (LapseKind.LAW, date(2027, 6, 30))
    assert "116/2025/QH15" in lapse.source
    changes: tuple[Row, ...] = (
        {"issued_on": "2026-07-01"},
        {"is_present": False},
        {"kind": "lease"},
    )
    for change in changes:
        assert lapses(seen("documents", "site", {**row, **change})) == ()
    unsure = replace(LAW, basis=replace(LAW.basis, confidence=Confidence.SECONDARY))
    record = a_record(a_case(a_profile(), seen("documents", "site", row)))
    assert of_record(record, unsure) == ()


@pytest.mark.parametrize(("age", "day"), [(300, "2027-01-25"), (365, "2026-11-21")])
def test_a_review_lapses_when_its_own_threshold_says(age: int, day: str) -> None:
    """By the parameter of the check; what is too old already is a verdict, no forecast."""
    check = a_check(
        basis=Basis.DOCUMENT,
        reads={"plans": Read(probe="documents")},
        value="min(plans.map(p, p.age_days))",
        expect={Operator.AT_MOST: "oldest"},
    )
    oldest = replace(a_parameter(365), unit=Text(vi="ngày", en="days"))
    profile = a_profile(an_indicator(check), oldest=oldest)
    assert days(lapses(seen("documents", "site", {"age_days": age}), profile=profile)) == [
        ("review", day)
    ]
    assert lapses(seen("documents", "site", {"age_days": 366}), profile=profile) == ()


def test_systems_are_called_by_their_names() -> None:
    """In the site file's words, alike from both sources; the key is beside."""
    ledger = a_ledger([a_waiver("2", system="web")])
    site = Site(
        schema="x",
        centre=Centre(id="a", name="A"),
        information_systems=(InformationSystem(id="web", name="Cổng"),),
    )
    (stated,) = of_site(site, a_profile(), ledger.entries, LAW)
    assert stated.what == Text(
        vi="ngoại lệ đối với 2, Cổng (15/QĐ)", en="exception for 2, Cổng (15/QĐ)"
    )
    assert stated.system == "web"
    systems = seen("information_systems", "site", {"id": "web", "name": "Cổng cũ"})
    record = a_record(a_case(a_profile(an_indicator(a_check(), id="2")), systems))
    layered = replace(record, waivers=ledger.layer(record))
    (measured,) = of_record(layered, LAW)
    assert measured.what.vi == "ngoại lệ đối với 2, Cổng cũ (15/QĐ)"
    (today,) = of_record(layered, LAW, site)
    assert today.what == stated.what
    (unnamed,) = of_record(replace(layered, observations=()), LAW)
    assert unnamed.what.vi == "ngoại lệ đối với 2, web (15/QĐ)"


def test_a_review_names_its_system() -> None:
    """Behind the indicator, where the key stood."""
    check = a_check(
        reads={"plans": Read(probe="documents")},
        value="min(plans.map(p, p.age_days))",
        expect={Operator.AT_MOST: "oldest"},
    )
    oldest = replace(a_parameter(365), unit=Text(vi="ngày", en="days"))
    line = an_indicator(check, per=Per.INFORMATION_SYSTEM)
    (found,) = lapses(
        seen("documents", "site", {"age_days": 300}),
        seen("information_systems", "site", {"id": "web", "name": "Cổng"}),
        profile=a_profile(line, oldest=oldest),
    )
    assert found.what.vi.endswith(f"({line.id}, Cổng)")
    assert found.system == "web"


def test_exceptions_lapse() -> None:
    """From the record's own layer."""
    record = a_record(a_case(a_profile(an_indicator(a_check(), id="2")), seen("filesystems", "a")))
    ledger = a_ledger([a_waiver("2", until=DAY + timedelta(days=9))])
    layered = replace(record, waivers=ledger.layer(record))
    assert days(of_record(layered, LAW)) == [("waiver", "2026-11-30")]
    early = replace(record, started_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert days(of_record(replace(early, waivers=ledger.layer(early)), LAW)) == days(
        of_record(layered, LAW)
    )
