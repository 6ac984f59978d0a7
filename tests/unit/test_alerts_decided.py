"""What is told and what is held: once, sooner or later, whatever clocks and processes do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.alerts import deciding
from auditor.alerts.deciding import Rules
from auditor.alerts.occasion import Delivery, Facts, Kept, Occasion
from auditor.model import Text
from auditor.model.alerts import (
    AlertChannel,
    AlertKind,
    AlertRules,
    DeliveryState,
    QuietHours,
    Severity,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 11, 30, 5, tzinfo=UTC)
NIGHT = datetime(2026, 11, 30, 16, tzinfo=UTC)
MAIL, CHAT = "mail", "chat"
EVERY = frozenset(AlertKind)
HOUR = timedelta(hours=1)


def rules(most_a_day: int = 100, *, quiet: bool = False) -> Rules:
    """Return rules with two channels; quiet is 21:00 to 06:30 in Viet Nam."""
    channels = tuple(AlertChannel(name=name, url_from="env:X") for name in (MAIL, CHAT))
    hours = QuietHours(start="21:00", end="06:30") if quiet else None
    return Rules(AlertRules(channels=channels, quiet=hours, most_a_day=most_a_day), ZONE)


def occasion(key: str = "2.1", rank: int = 1, instance: str = "") -> Occasion:
    """Return something to tell."""
    return Occasion(
        kind=AlertKind.LAPSE,
        site="centre",
        key=key,
        instance=instance,
        rank=rank,
        severity=Severity.WARNING,
        subject="document",
        text=Text(vi=f"{key} {rank}", en=f"{key} {rank}"),
        since=NOON,
    )


class World:
    """A store in memory, driven by the pure functions alone as the real one is."""

    def __init__(self, own: Rules) -> None:
        """Begin with nothing noted."""
        self.rules = own
        self.kept: tuple[Kept, ...] = ()
        self.received: list[tuple[str, int, Occasion]] = []

    def look(
        self,
        now: datetime,
        *found: Occasion,
        complete: frozenset[AlertKind] = EVERY,
        fails: bool = False,
        dies: bool = False,
    ) -> None:
        """Look at facts once: note, send, and write down, unless the process dies before."""
        news, plan = deciding.alerts_of(Facts(found, complete), self.kept, self.rules, now)
        noted = deciding.noted(self.kept, news, self.rules, now)
        cured = [item.number for item in news.cured]
        self.kept = tuple(
            replace(
                item,
                number=number,
                cured_at=now if number in cured and item.number else item.cured_at,
            )
            for number, item in enumerate(noted, 1)
        )
        again = deciding.plan(self.kept, self.rules, now)
        assert {k: len(v) for k, v in again.send.items()} == {
            k: len(v) for k, v in plan.send.items()
        }
        for channel, batch in again.send.items():
            for item in batch:
                self._deliver(channel, item, now, fails=fails, dies=dies)

    def _deliver(self, channel: str, item: Kept, now: datetime, *, fails: bool, dies: bool) -> None:
        attempts = item.deliveries[channel].attempts + 1
        if dies:
            line = Delivery(DeliveryState.SENDING, attempts - 1, now)
        elif fails:
            until = now + deciding.wait(attempts, None)
            line = Delivery(DeliveryState.FAILED, attempts, now, until, "refused")
        else:
            line = Delivery(DeliveryState.SENT, attempts, now)
            self.received.append((channel, item.number, item.occasion))
        self.kept = tuple(
            replace(other, deliveries={**other.deliveries, channel: line})
            if other.number == item.number
            else other
            for other in self.kept
        )

    def got(self, channel: str = MAIL) -> list[tuple[str, int]]:
        """Return what a channel received: key and rank."""
        return [(seen.key, seen.rank) for name, _n, seen in self.received if name == channel]


def test_the_same_is_told_once_and_worse_again() -> None:
    """A step of a lapse is told once, the next one too; an earlier one never afterwards."""
    world = World(rules())
    for hour, rank in enumerate((1, 1, 2, 2, 1, 2)):
        world.look(NOON + hour * HOUR, occasion(rank=rank))
    assert world.got() == world.got(CHAT) == [("2.1", 1), ("2.1", 2)]


def test_what_was_cured_and_came_back_is_told_again() -> None:
    """It is another time; where absence proves nothing, it is the same."""
    world = World(rules())
    world.look(NOON, occasion())
    world.look(NOON + HOUR, complete=frozenset())
    world.look(NOON + 2 * HOUR, occasion())
    assert len(world.got()) == 1
    world.look(NOON + 3 * HOUR)
    world.look(NOON + 4 * HOUR, occasion())
    assert len(world.got()) == 2


def test_quiet_hours_hold_and_lose_nothing() -> None:
    """What comes at night is sent together in the morning, also what is over by then."""
    world = World(rules(quiet=True))
    world.look(NIGHT, occasion("a"))
    world.look(NIGHT + HOUR, occasion("b"))
    assert world.got() == []
    world.look(NIGHT + 8 * HOUR, occasion("b"))
    assert world.got() == [("a", 1), ("b", 1)]
    assert [item.cured_at is not None for item in world.kept] == [True, False]


def test_a_later_step_replaces_one_that_is_held() -> None:
    """Nobody is told of 14 days in the morning when only 7 are left."""
    world = World(rules(quiet=True))
    world.look(NIGHT, occasion(rank=1))
    world.look(NIGHT + HOUR, occasion(rank=2))
    world.look(NIGHT + 8 * HOUR, occasion(rank=2))
    assert world.got() == [("2.1", 2)]


def test_a_day_has_only_so_many_messages() -> None:
    """The rest comes together on the next day, by the site's own calendar."""
    world = World(rules(most_a_day=2))
    for hour in range(5):
        world.look(NOON + hour * HOUR, *(occasion(str(n)) for n in range(hour + 1)))
    assert len(world.got()) == 2
    world.look(NOON + 24 * HOUR, *(occasion(str(n)) for n in range(5)))
    assert sorted(world.got()) == [(str(n), 1) for n in range(5)]


def test_a_failure_waits_longer_each_time_and_is_tried_again() -> None:
    """One channel's failure holds nothing back in the others."""
    world = World(rules())
    world.look(NOON, occasion(), fails=True)
    assert world.got() == []
    world.look(NOON + deciding.FIRST_WAIT / 2, occasion())
    assert world.got() == []
    world.look(NOON + deciding.FIRST_WAIT, occasion())
    assert world.got() == [("2.1", 1)]
    waits = [deciding.wait(attempts, None) for attempts in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[-1] == deciding.LONGEST_WAIT
    assert deciding.wait(1, timedelta(hours=2)) == timedelta(hours=2)
    assert deciding.wait(1, timedelta(days=900)) == deciding.LONGEST_ASKED


def test_who_died_while_sending_is_followed_by_another() -> None:
    """Not at once, as it may be at work, but then for certain."""
    world = World(rules())
    world.look(NOON, occasion(), dies=True)
    world.look(NOON + deciding.ABANDONED / 2, occasion())
    assert world.got() == []
    world.look(NOON + deciding.ABANDONED, occasion())
    assert world.got() == [("2.1", 1)]


def test_a_clock_that_was_ten_years_ahead_hides_nothing() -> None:
    """What was told too early is told again when it is time."""
    world = World(rules())
    world.look(NOON + timedelta(days=3650), occasion(rank=5))
    world.look(NOON, occasion(rank=1))
    world.look(NOON + HOUR, occasion(rank=2))
    assert world.got() == [("2.1", 5), ("2.1", 1), ("2.1", 2)]


@pytest.mark.parametrize("back_h", [2, 26, 24 * 8, 24 * 40])
@pytest.mark.parametrize("days_left", [30, 14, 7, 2, 1, -1])
def test_a_clock_that_was_set_back_tells_nothing_twice(back_h: int, days_left: int) -> None:
    """Just after each step was told, by hours or by weeks: what is told is told once."""
    world, last_day = World(rules()), NOON + timedelta(days=40)
    now, set_back = NOON, last_day - timedelta(days=days_left) + HOUR
    while now < last_day + timedelta(days=3):
        left = (last_day.date() - now.date()).days
        rank = sum(left <= step for step in (30, 14, 7, 1, -1))
        world.look(now, *([occasion(rank=rank)] if rank else []))
        now += timedelta(hours=6)
        if now >= set_back:
            now, set_back = now - timedelta(hours=back_h), last_day + timedelta(days=999)
    assert world.got() == [("2.1", rank) for rank in range(1, 6)]


def test_what_an_hour_brought_is_not_cured_by_setting_the_clock_back() -> None:
    """A date that was missed at ten is not due at eight, and at ten it is the same again."""
    world = World(rules())
    world.look(NOON, occasion())
    world.look(NOON - 2 * HOUR)
    world.look(NOON, occasion())
    assert len(world.got()) == 1
    world.look(NOON + HOUR)
    assert [item.cured_at for item in world.kept] == [NOON + HOUR]


@pytest.mark.parametrize(
    ("start", "end", "at", "quiet"),
    [
        ("21:00", "06:30", "20:59", False),
        ("21:00", "06:30", "21:00", True),
        ("21:00", "06:30", "06:29", True),
        ("21:00", "06:30", "06:30", False),
        ("12:00", "13:30", "12:00", True),
        ("12:00", "13:30", "13:30", False),
    ],
)
def test_quiet_hours_begin_and_end_to_the_minute(
    start: str, end: str, at: str, *, quiet: bool
) -> None:
    """Over midnight too, in the site's time zone."""
    now = datetime.fromisoformat(f"2026-11-30T{at}").replace(tzinfo=ZONE).astimezone(UTC)
    assert deciding.is_quiet(QuietHours(start=start, end=end), ZONE, now) is quiet


Step = tuple[int, frozenset[str], bool, bool]
STEPS = st.lists(
    st.tuples(
        st.integers(1, 720),
        st.frozensets(st.sampled_from("abcd")),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, most=st.integers(1, 3), quiet=st.booleans())
def test_no_alert_twice_and_none_lost(steps: list[Step], most: int, *, quiet: bool) -> None:
    """Whatever comes and goes, fails or dies: each time that something came is told just once."""
    world, now, came = World(rules(most, quiet=quiet)), NOON, 0
    before: frozenset[str] = frozenset()
    for minutes, keys, fails, dies in steps:
        now += timedelta(minutes=minutes)
        came += len(keys - before)
        world.look(now, *map(occasion, sorted(keys)), fails=fails, dies=dies)
        before = keys
    for _day in range(4):
        now += timedelta(hours=24)
        morning = now.replace(hour=3)
        world.look(morning, *map(occasion, sorted(before)))
    numbers = [number for channel, number, _o in world.received if channel == MAIL]
    assert len(numbers) == len(set(numbers))
    replaced = sum(not item.deliveries for item in world.kept)
    assert len(numbers) + replaced == came == len(world.kept)
    told_last = {item.occasion.key for item in world.kept if item.cured_at is None}
    assert told_last == before
    assert all(
        item.deliveries[MAIL].state is DeliveryState.SENT
        for item in world.kept
        if item.cured_at is None
    )


@settings(max_examples=150, deadline=None)
@given(jumps=st.lists(st.integers(-60 * 24 * 400, 60 * 24 * 400), min_size=1, max_size=15))
def test_no_clock_keeps_an_alert_from_being_told(jumps: list[int]) -> None:
    """The clock jumps by up to a year either way; what is so at the end was told since it came."""
    world, now = World(rules(1, quiet=True)), NOON
    for minutes in jumps:
        now += timedelta(minutes=minutes)
        world.look(now, occasion("old"), fails=minutes % 2 == 0, dies=minutes % 3 == 0)
    world.look(now, occasion("old"), occasion("new"))
    for _day in range(3):
        now += timedelta(hours=25)
        world.look(now.replace(hour=3), occasion("old"), occasion("new"))
    assert {key for key, _rank in world.got()} == {"old", "new"}
    assert [key for key, _rank in world.got()].count("new") == 1
