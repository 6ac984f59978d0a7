"""What is due and what was missed: one attempt a slot, each miss told once, whatever clocks do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model import (
    Authorisation,
    JobKind,
    Method,
    Schedule,
    ScheduledJob,
    TimeWindow,
    Weekday,
)
from auditor.model.schedule import Entry, Event, Plan, Skip, Trouble
from auditor.schedule import slots
from auditor.schedule.due import due, missed

VIETNAM = "Asia/Ho_Chi_Minh"
MONDAY = datetime(2026, 11, 30, tzinfo=ZoneInfo(VIETNAM))
ZONES = (VIETNAM, "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia")


def at(clock: str, day: int = 0) -> datetime:
    """Return a moment of the week that begins on Monday, 30 November 2026, in Vietnam."""
    hours, minutes = clock.split(":")
    return MONDAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def planned(*jobs: ScheduledJob, zone: str = VIETNAM) -> Plan:
    """Return a plan of these jobs, or the default one."""
    schedule = Schedule(jobs=jobs) if jobs else Schedule()
    return Plan(centre="mau", site="/mau/centre.yaml", timezone=zone, schedule=schedule)


def line(job: str, event: Event, slot: datetime, **more: object) -> Entry:
    """Return a line of the history."""
    values: dict[str, object] = {"at": slot, **more}
    return Entry(centre="mau", job=job, event=event, slot=slot, **values)  # type: ignore[arg-type]


def watch(plan: Plan, since: datetime) -> list[Entry]:
    """Return the lines that `install` writes."""
    return [line(job.id, Event.WATCH, since) for job in plan.jobs]


def test_the_default_plan_is_what_is_promised() -> None:
    """Samples every two hours in working time, audits each quarter, the full one in January."""
    zone, plan = ZoneInfo(VIETNAM), planned()
    new_year = datetime(2027, 1, 1, tzinfo=zone)
    by_job = {
        job.id: [
            f"{slot.astimezone(zone):%m-%d %a %H:%M}"
            for slot in slots.between(job, zone, new_year, new_year + timedelta(days=365))
        ]
        for job in plan.jobs
    }
    assert by_job["year"] == ["01-11 Mon 09:00"]
    assert by_job["quarter"] == ["04-12 Mon 09:00", "07-12 Mon 09:00", "10-11 Mon 09:00"]


def test_a_job_is_due_from_its_time_on_and_once() -> None:
    """Not before, not again after an attempt, whatever came of it, and anew at the next time."""
    job = ScheduledJob(id="a", kind=JobKind.TECHNICAL, at=("07:30", "09:30"))
    plan = planned(job)
    history = watch(plan, at("07:00"))
    assert due(plan, history, at("07:29")) == ()
    (found,) = due(plan, history, at("07:31"))
    assert (found.slot, found.is_late) == (at("07:30"), False)
    history.append(line("a", Event.ATTEMPT, found.slot, ended_at=at("07:40"), exit_code=1))
    assert due(plan, history, at("09:29")) == ()
    assert [item.slot for item in due(plan, history, at("09:31"))] == [at("09:30")]
    assert due(plan, history, at("07:00", 5)) != ()  # Saturday: Friday's is caught up


def test_nothing_is_due_that_is_not_watched_or_lies_before() -> None:
    """Whoever installs at ten o'clock has missed nothing at nine."""
    plan = planned(ScheduledJob(id="a", kind=JobKind.TECHNICAL, at=("09:00",)))
    assert due(plan, [], at("10:00")) == ()
    assert due(plan, watch(plan, at("10:00")), at("10:01")) == ()
    removed = [*watch(plan, at("08:00")), line("a", Event.REMOVE, at("08:30"))]
    assert due(plan, removed, at("10:00")) == ()
    assert missed(plan, removed, at("10:00", 4)) == ()


def test_what_the_machine_slept_through_is_caught_up_once() -> None:
    """Three weeks off: one attempt for the newest time, the others are told, each once."""
    plan = planned(ScheduledJob(id="a", kind=JobKind.TECHNICAL, at=("09:00",)))
    history = watch(plan, at("08:00"))
    (found,) = due(plan, history, at("10:00", 21))
    assert found.is_late
    told = missed(plan, history, at("10:00", 21))
    assert [fault.slot for fault in told] == [at("09:00", day) for day in range(21) if day % 7 < 5]
    history.append(line("a", Event.ATTEMPT, found.slot, ended_at=at("11:00", 21), exit_code=10))
    assert due(plan, history, at("12:00", 21)) == ()
    assert missed(plan, history, at("12:00", 21)) == ()


@pytest.mark.parametrize(
    ("end", "trouble"),
    [
        ({"ended_at": at("09:10"), "exit_code": 1}, Trouble.FAILED),
        ({"ended_at": at("09:10"), "exit_code": 2}, Trouble.FAILED),
        ({"ended_at": at("09:10"), "exit_code": -9}, Trouble.FAILED),
        ({"ended_at": at("09:10")}, Trouble.NOT_ENDED),
        ({}, Trouble.NOT_ENDED),
    ],
)
def test_a_bad_end_is_told_until_a_success_or_until_it_was_seen(
    end: dict[str, object], trouble: Trouble
) -> None:
    """A success of another job, or one before it, silences nothing."""
    jobs = [ScheduledJob(id=name, kind=JobKind.TECHNICAL, at=("09:00",)) for name in "ab"]
    plan, now = planned(*jobs), at("20:00")
    bad = line("a", Event.ATTEMPT, at("09:00"), **end)
    good = line("a", Event.ATTEMPT, at("18:00"), ended_at=at("18:10"), exit_code=11)
    other = replace(good, job="b")
    before = replace(good, slot=at("07:00"), at=at("07:00"))
    history = [*watch(plan, at("06:00")), before, bad, other]
    assert [(f.job, f.slot, f.trouble) for f in missed(plan, history, now)] == [
        ("a", at("09:00"), trouble)
    ]
    assert missed(plan, [*history, good], now) == ()
    assert missed(plan, [*history, line("a", Event.SEEN, at("19:00"))], now) == ()
    early = line("a", Event.SEEN, at("09:05"))
    assert len(missed(plan, [*history, early], now)) == 1


def test_a_job_at_work_is_no_fault() -> None:
    """It has until its limit."""
    plan = planned(ScheduledJob(id="a", kind=JobKind.TECHNICAL, at=("09:00",), limit_minutes=60))
    history = [*watch(plan, at("08:00")), line("a", Event.ATTEMPT, at("09:00"))]
    assert missed(plan, history, at("10:30")) == ()
    assert [fault.trouble for fault in missed(plan, history, at("11:01"))] == [Trouble.NOT_ENDED]


def test_outside_the_authorised_window_it_waits() -> None:
    """Told once as skipped, begun when the window opens, never a fault."""
    window = TimeWindow(days=(Weekday.MONDAY,), start="18:00", end="24:00")
    plan = replace(
        planned(
            ScheduledJob(id="a", kind=JobKind.TECHNICAL, at=("09:00",), days=(Weekday.MONDAY,))
        ),
        windows=(window,),
    )
    history = watch(plan, at("08:00"))
    (found,) = due(plan, history, at("09:05"))
    assert found.skip is Skip.OUTSIDE_WINDOW
    history.append(line("a", Event.SKIP, found.slot, reason=Skip.OUTSIDE_WINDOW))
    assert due(plan, history, at("10:00")) == ()
    assert missed(plan, history, at("17:00")) == ()
    (later,) = due(plan, history, at("18:00"))
    assert (later.slot, later.skip) == (found.slot, None)
    assert [fault.slot for fault in missed(plan, history, at("10:00", 7))] == [at("09:00")]


def test_a_letter_that_expired_is_told() -> None:
    """Nothing is begun without a mandate, and somebody has to see to it."""
    letter = Authorisation(
        number="1", issued_on=date(2026, 1, 1), issuing_body="x", signer="x", signer_position="x",
        operating_unit="x", performing_unit="x", independent=True, methods=(Method.DISCOVERY,),
        emergency_contact="x", tool_operator="x", expires_on=date(2026, 11, 29), file="x",
    )  # fmt: skip
    plan = replace(
        planned(ScheduledJob(id="a", kind=JobKind.TECHNICAL, at=("09:00",))), letter=letter
    )
    history = watch(plan, at("08:00"))
    (found,) = due(plan, history, at("09:05"))
    assert found.skip is Skip.LETTER_NOT_VALID
    history.append(line("a", Event.SKIP, found.slot, reason=Skip.LETTER_NOT_VALID))
    assert [fault.trouble for fault in missed(plan, history, at("09:06"))] == [Trouble.NOT_ALLOWED]


def test_times_that_a_clock_skips_or_repeats_come_once() -> None:
    """Berlin, 29 March and 25 October 2026: 02:30 is not there, and is there twice."""
    zone = ZoneInfo("Europe/Berlin")
    every = tuple(Weekday)
    job = ScheduledJob(id="a", kind=JobKind.TECHNICAL, at=("02:30", "03:30"), days=every)
    assert slots.on(job, zone, date(2026, 3, 29)) == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]
    assert slots.on(job, zone, date(2026, 10, 25)) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
    ]


TIMES = st.lists(
    st.builds(
        lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59)
    ),
    min_size=1,
    max_size=4,
    unique=True,
).map(tuple)
JOBS = st.builds(
    ScheduledJob,
    id=st.just("a"),
    kind=st.sampled_from(JobKind),
    at=TIMES,
    days=st.sets(st.sampled_from(Weekday), min_size=1).map(tuple),
    months=st.sets(st.integers(1, 12)).map(tuple),
    from_day=st.none() | st.integers(1, 22),
)
STEPS = st.lists(
    st.tuples(
        st.integers(-3 * 24 * 60, 30 * 24 * 60),  # minutes that the clock goes on, or back
        st.sampled_from([0, 1, 10, None]),  # how an attempt ends; None: it is killed
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=150)
@given(JOBS, st.sampled_from(ZONES), STEPS)
def test_no_slot_is_begun_twice_and_no_miss_is_lost(
    job: ScheduledJob, zone: str, steps: list[tuple[int, int | None]]
) -> None:
    """Machines sleep for weeks, clocks go back, zones change their hour: each slot has one fate."""
    plan = planned(job, zone=zone)
    start = now = newest = datetime(2026, 2, 1, tzinfo=UTC)
    history = watch(plan, start)
    for minutes, end in steps:
        now = max(start, now + timedelta(minutes=minutes))
        newest = max(newest, now)
        found = due(plan, history, now)
        assert len(found) <= 1
        for item in found:
            assert start <= item.slot <= now
            closing = {"ended_at": now, "exit_code": end} if end is not None else {}
            history.append(line("a", Event.ATTEMPT, item.slot, **{"at": now, **closing}))
        assert due(plan, history, now) == ()
    begun = Counter(entry.slot for entry in history if entry.event is Event.ATTEMPT)
    assert set(begun.values()) <= {1}
    later = newest + timedelta(days=2)
    told = Counter(fault.slot for fault in missed(plan, history, later))
    assert set(told.values()) <= {1}
    good = max((entry.slot for entry in history if entry.is_success), default=start)
    expected = {
        slot
        for slot in slots.between(job, ZoneInfo(zone), good, later - timedelta(days=1, minutes=1))
        if slot > start and slot not in begun
    }
    assert expected <= told.keys()
    assert all(slot in begun or slot > good for slot in told)


@settings(max_examples=60)
@given(JOBS, st.sampled_from(ZONES), st.integers(0, 800 * 24 * 60))
def test_last_and_following_are_neighbours(job: ScheduledJob, zone: str, minutes: int) -> None:
    """Nothing planned lies between the newest slot and now, nor between now and the next."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    last = slots.last(job, ZoneInfo(zone), now)
    following = slots.following(job, ZoneInfo(zone), now)
    assert last is not None
    assert following is not None
    assert last <= now < following
    assert list(slots.between(job, ZoneInfo(zone), last, following)) == [following]
