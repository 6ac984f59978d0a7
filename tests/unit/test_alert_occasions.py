"""What there is to tell: verdicts that fell, last days that come near; and bad rules refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from builders import a_case, a_check, a_profile, a_record, an_indicator, seen

from auditor import alert_rules
from auditor.alerts import occasions, sending, wording
from auditor.alerts.occasions import Centre
from auditor.forecast import LapseKind
from auditor.model import (
    AlertChannel,
    AlertKind,
    AlertRules,
    AuditRecord,
    ChannelKind,
    Document,
    Finding,
    QuietHours,
    Severity,
    Site,
    Verdict,
)
from auditor.model import (
    Centre as Institution,
)
from auditor.runfolder import RECORD
from auditor.store import alerts, keeping, opening

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)
LAST_DAY = date(2026, 3, 31)
PAPER = "hop-dong-bi-mat-7f3a.pdf"
CHANNEL = AlertChannel(name="mail", url_from="env:X")


def a_centre(*, details: bool = False, until: date = LAST_DAY) -> Centre:
    """Return a centre with one document that lapses."""
    paper = Document(kind="plan", file=PAPER, valid_until=until)
    site = Site(
        schema="x",
        centre=Institution(id="thu", name="test"),
        documents=(paper,),
        alerts=AlertRules(channels=(CHANNEL,), details=details),
    )
    return Centre(site, a_profile(an_indicator(a_check())))


def look(engine: Engine, centre: Centre, now: datetime) -> list[str]:
    """Look once and deliver; return what was told in English."""
    kept = alerts.kept(engine, "thu")
    facts = occasions.facts(engine, centre, kept, now)
    plan = alerts.settle(engine, "thu", facts, sending.rules_of(centre), now)
    batch = plan.send.get("mail", ())
    alerts.sent(engine, "mail", batch, now)
    return [item.occasion.text.en for item in batch]


def test_a_lapse_is_told_at_each_step_and_once(tmp_path: Path) -> None:
    """Half a year of daily looks: 30, 14, 7, 1 and over; then renewed, and the same again."""
    told: dict[int, str] = {}
    with opening.opened(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        for day in range(85):
            now = datetime(2026, 1, 15, 2, tzinfo=UTC) + timedelta(days=day)
            for words in look(engine, a_centre(), now):
                left = (LAST_DAY - now.date()).days
                assert left not in told
                told[left] = words
        assert sorted(told, reverse=True) == [30, 14, 7, 1, -1]
        assert told[7] == "Days left for a document or contract: 7; its last day is 31/03/2026."
        assert told[-1].startswith("Lapsed: a document or contract")
        assert PAPER not in "".join(told.values())
        severities = [item.occasion.severity for item in alerts.kept(engine)]
        assert severities == [*[Severity.WARNING] * 2, *[Severity.URGENT] * 3]
        renewed = a_centre(until=date(2026, 12, 31))
        assert look(engine, renewed, datetime(2026, 5, 1, tzinfo=UTC)) == []
        assert len(look(engine, renewed, datetime(2026, 12, 20, tzinfo=UTC))) == 1


def test_a_last_day_that_wavers_is_the_same(tmp_path: Path) -> None:
    """A day counted from the hour of a run may move by one; that is no other occasion."""
    with opening.opened(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        now = datetime(2026, 3, 25, tzinfo=UTC)
        counts = [
            len(look(engine, a_centre(until=LAST_DAY + timedelta(days=shift)), now))
            for shift in (0, 1, 0, -1, 0)
        ]
    assert counts == [1, 0, 0, 0, 0]


def test_details_name_the_document(tmp_path: Path) -> None:
    """Only then, and without letters that could be markup."""
    with opening.opened(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        (words,) = look(engine, a_centre(details=True), datetime(2026, 3, 30, tzinfo=UTC))
    assert PAPER in words


def kept_run(engine: Engine, folder: Path, number: int, verdict: Verdict) -> None:
    """Keep a run with one verdict; its folder holds nothing that could be judged."""
    record: AuditRecord = a_record(a_case(a_profile(an_indicator(a_check())), seen("p", "t")))
    finding: Finding = replace(record.findings[0], indicator="2.1", verdict=verdict)
    at = FIRST + timedelta(days=number)
    run = replace(record, centre="test", run_id=f"run-{number}", started_at=at, findings=(finding,))
    folder.mkdir(exist_ok=True)
    (folder / RECORD).write_bytes(b"{}")
    keeping.keep_run(engine, run, folder, at)


def test_only_a_fall_is_told_and_each_once(tmp_path: Path) -> None:
    """Up and down over the year: each fall once, whatever lies between the looks."""
    ups_and_downs = {
        Verdict.MET: 0, Verdict.UNDETERMINED: 1, Verdict.NOT_MET: 2,
    }  # fmt: skip
    course = ["0", "0", "2", "2", "0", "1", "2", "1", "0", "0", "2"]
    told = []
    with opening.opened(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        for number, step in enumerate(course):
            verdict = list(ups_and_downs)[int(step)]
            kept_run(engine, tmp_path / "run", number, verdict)
            for _again in range(2):
                found = look(engine, a_centre(until=date(2030, 1, 1)), FIRST)
                told += [(number, words) for words in found]
    assert [number for number, _words in told] == [2, 5, 6, 10]
    assert told[0][1] == (
        "Indicator 2.1: Met → Not met. Cause: not known, as the folder of a run is gone"
        " or unreadable. Run run-2."
    )


def test_a_fall_that_nobody_looked_at_is_told_later(tmp_path: Path) -> None:
    """Three runs between two looks: what fell in the first of them is not lost."""
    with opening.opened(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        for number, verdict in enumerate((Verdict.MET, Verdict.NOT_MET, Verdict.NOT_MET)):
            kept_run(engine, tmp_path / "run", number, verdict)
        assert len(look(engine, a_centre(until=date(2030, 1, 1)), FIRST)) == 1
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE run SET digest = 'x' WHERE position = 2")
        found = look(engine, a_centre(until=date(2030, 1, 1)), FIRST)
    assert len(found) == 1
    assert found[0].startswith("The chain of kept runs is broken")


def test_a_fall_is_so_however_long_ago_it_was(tmp_path: Path) -> None:
    """Sixty runs that agree with it cure nothing; the first better one does."""
    forever = a_centre(until=date(2030, 1, 1))
    with opening.opened(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        course = [Verdict.MET, *[Verdict.NOT_MET] * 60]
        for number, verdict in enumerate(course):
            kept_run(engine, tmp_path / "run", number, verdict)
        assert len(look(engine, forever, FIRST)) == 1
        kept_run(engine, tmp_path / "run", 61, Verdict.NOT_MET)
        assert look(engine, forever, FIRST + timedelta(days=1)) == []
        (noted,) = alerts.kept(engine)
        assert (noted.occasion.instance, noted.cured_at) == ("run-1", None)
        kept_run(engine, tmp_path / "run", 62, Verdict.MET)
        assert look(engine, forever, FIRST + timedelta(days=2)) == []
        (noted,) = alerts.kept(engine)
        assert noted.cured_at == FIRST + timedelta(days=2)


MET, UNKNOWN, NOT_MET = Verdict.MET, Verdict.UNDETERMINED, Verdict.NOT_MET
PURGES = {
    "the runs before it": ((MET, NOT_MET, NOT_MET), 1, False),
    "it too": ((MET, NOT_MET, NOT_MET), 2, False),
    "every run": ((MET, NOT_MET, NOT_MET), 3, False),
    "the runs before a smaller one": ((NOT_MET, MET, UNKNOWN), 2, False),
    "the runs before a rise": ((MET, NOT_MET, MET), 2, True),
    "nothing": ((MET, NOT_MET, NOT_MET), 0, False),
}


@pytest.mark.parametrize("what", PURGES)
def test_a_purge_is_neither_a_rise_nor_a_fall(what: str, tmp_path: Path) -> None:
    """What was told stays so until a run says something else, and nothing is told anew."""
    course, purged, is_cured = PURGES[what]
    forever, now = a_centre(until=date(2030, 1, 1)), FIRST + timedelta(days=9)
    with opening.opened(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        for number, verdict in enumerate(course):
            kept_run(engine, tmp_path / "run", number, verdict)
            look(engine, forever, now)
        told = len(alerts.kept(engine))
        keeping.purge(engine, FIRST + timedelta(days=purged), now)
        assert look(engine, forever, now) == []
        assert [item.cured_at is not None for item in alerts.kept(engine)] == [is_cured]
        kept_run(engine, tmp_path / "run", 5, course[-1])
        assert look(engine, forever, now) == []
        kept_run(engine, tmp_path / "run", 6, MET)
        assert look(engine, forever, now) == []
        assert [item.cured_at for item in alerts.kept(engine)] == [now]
        kept_run(engine, tmp_path / "run", 7, NOT_MET)
        assert len(look(engine, forever, now)) == 1
        assert (told, len(alerts.kept(engine))) == (1, 2)


def test_a_purge_in_the_middle_tells_nothing_again(tmp_path: Path) -> None:
    """A run that began before the others was taken in late: its purge leaves a gap."""
    forever, now = a_centre(until=date(2030, 1, 1)), FIRST + timedelta(days=9)
    with opening.opened(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        for number, verdict in ((1, MET), (0, NOT_MET), (2, NOT_MET), (3, NOT_MET)):
            kept_run(engine, tmp_path / "run", number, verdict)
            look(engine, forever, now)
        keeping.purge(engine, FIRST + timedelta(days=1), now)
        assert look(engine, forever, now) == []
        assert [item.cured_at for item in alerts.kept(engine)] == [None]


def test_every_kind_has_words_in_both_languages() -> None:
    """No English in a Vietnamese alert."""
    for kind in LapseKind:
        text = wording.lapses(kind, LAST_DAY, 7)
        assert text.vi != text.en
    assert {kind.value for kind in AlertKind} == {"drift", "lapse", "schedule", "chain"}


HOOK = AlertChannel(name="hook", url_from="env:X", kind=ChannelKind.WEBHOOK, key_file="gone.pem")
BAD = {
    "name": AlertRules(channels=(replace(CHANNEL, name="Mail IT"),)),
    "name ": AlertRules(channels=(CHANNEL, CHANNEL)),
    "url_from": AlertRules(channels=(replace(CHANNEL, url_from="tgram://bi-mat/1"),)),
    "url_from ": AlertRules(channels=(replace(CHANNEL, url_from=""),)),
    "key_file": AlertRules(channels=(HOOK,)),
    "key_file ": AlertRules(channels=(replace(CHANNEL, key_file="khoa.pem"),)),
    "ca_file": AlertRules(channels=(replace(CHANNEL, ca_file="khoa.pem"),)),
    "passphrase_from": AlertRules(channels=(replace(HOOK, passphrase_from="bi-mat"),)),  # noqa: S106 - a misplaced one
    "language": AlertRules(language="fr"),
    "most_a_day": AlertRules(most_a_day=0),
    "start": AlertRules(quiet=QuietHours(start="9pm", end="06:00")),
    "end": AlertRules(quiet=QuietHours(start="06:00", end="06:00")),
    "end ": AlertRules(quiet=QuietHours(start="06:00", end="24:61")),
}


@pytest.mark.parametrize("field", BAD)
def test_bad_rules_are_refused(field: str, tmp_path: Path) -> None:
    """The field is named, and a secret that was written there is not repeated."""
    site = replace(a_centre().site, alerts=BAD[field])
    found = list(alert_rules.refusals(site, tmp_path))
    assert field.strip() in {path[-1] for path, _problem, _remedy in found}
    assert "bi-mat" not in str(found)
    assert not list(alert_rules.refusals(a_centre().site, tmp_path))
