"""What is told, what is held: pure functions of facts, of what was noted, of rules and of now.

The same occasion is noted once, again only if it is worse, or was cured and came back. What is
noted is sent in every channel, sooner or later; nothing that is undelivered is ever forgotten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from auditor.alerts.occasion import Delivery, Facts, Identity, Kept, Occasion
from auditor.model.alerts import AlertRules, DeliveryState, QuietHours

AHEAD = timedelta(hours=1)
"""What was written further in the future was written by a clock that was wrong."""
ABANDONED = timedelta(minutes=10)
"""A delivery that has been under way for longer died with its process."""
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
"""A failed delivery waits twice as long each time, within these."""
LONGEST_ASKED = timedelta(days=1)
"""A receiver that asks for more patience is asked again after this."""

OPEN = frozenset({DeliveryState.HELD, DeliveryState.SENDING, DeliveryState.FAILED})
"""Not delivered yet."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The site's rules with its time zone."""

    own: AlertRules
    zone: ZoneInfo

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels."""
        return tuple(channel.name for channel in self.own.channels)


@dataclass(frozen=True, slots=True)
class News:
    """What changed since the last look: to note, to mark as cured, and what says less than that."""

    new: tuple[Occasion, ...]
    cured: tuple[Kept, ...]
    replaced: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """By channel: what to send now, all of it in one message, and what is held."""

    send: Mapping[str, tuple[Kept, ...]]
    held: Mapping[str, tuple[Kept, ...]]


def alerts_of(facts: Facts, kept: Sequence[Kept], rules: Rules, now: datetime) -> tuple[News, Plan]:
    """Return what to note and what to send or hold, as if it were noted already."""
    found = news(facts, kept, now)
    return found, plan(noted(kept, found, rules, now), rules, now)


def news(facts: Facts, kept: Sequence[Kept], now: datetime) -> News:
    """Compare what is so with what was noted."""
    present = {item.identity for item in facts.found}
    live: dict[Identity, list[Kept]] = {}
    for item in kept:
        if item.cured_at is None:
            live.setdefault(item.occasion.identity, []).append(item)
    new: dict[Identity, Occasion] = {}
    for occasion in sorted(facts.found, key=lambda item: item.rank):
        if occasion.rank > _told(live.get(occasion.identity, []), occasion.rank, now):
            new[occasion.identity] = occasion
    return News(
        new=tuple(new.values()),
        cured=tuple(
            item
            for items in live.values()
            for item in items
            if item.occasion.kind in facts.complete
            and item.occasion.identity not in present
            and item.noted_at <= now  # a clock that was set back cures nothing
        ),
        replaced=tuple(item for item in kept if item.occasion.identity in new and _is_open(item)),
    )


def _told(noted: Sequence[Kept], rank: int, now: datetime) -> int:
    """Return the highest rank that counts as told of what is noted, in its order, of one thing.

    What was noted later than now counts if it told no more than is so: the clock was set back. Else
    the clock ran ahead, and it counts no more once less was told after it.
    """
    counted, least_since = 0, rank
    for item in reversed(noted):
        own = item.occasion.rank
        if item.noted_at <= now + AHEAD or own <= least_since:
            counted = max(counted, own)
        least_since = min(least_since, own)
    return counted


def noted(kept: Sequence[Kept], found: News, rules: Rules, now: datetime) -> tuple[Kept, ...]:
    """Return what is noted once the news are."""
    held = dict.fromkeys(rules.channels, Delivery())
    old = (_closed(item) if item in found.replaced else item for item in kept)
    return (*old, *(Kept(occasion, now, deliveries=held) for occasion in found.new))


def plan(kept: Sequence[Kept], rules: Rules, now: datetime) -> Plan:
    """Say what to send in each channel now."""
    send: dict[str, tuple[Kept, ...]] = {}
    held: dict[str, tuple[Kept, ...]] = {}
    for channel in rules.channels:
        mine = [item for item in kept if channel in item.deliveries]
        waiting = tuple(item for item in mine if _waits(item.deliveries[channel], now))
        lines = [item.deliveries[channel] for item in mine]
        place = held if _must_hold(lines, rules, now) else send
        if waiting:
            place[channel] = waiting
    return Plan(send, held)


def _waits(line: Delivery, now: datetime) -> bool:
    """Whether a delivery is nobody's work and not done."""
    if line.state is DeliveryState.SENDING:
        return line.at is None or not now - ABANDONED < line.at <= now + AHEAD
    return line.state in {DeliveryState.HELD, DeliveryState.FAILED}


def _must_hold(lines: Iterable[Delivery], rules: Rules, now: datetime) -> bool:
    """Whether a channel is to be left alone now: quiet hours, enough for today, or it failed."""
    today, sent = now.astimezone(rules.zone).date(), set()
    for line in lines:
        if line.state is DeliveryState.SENT and line.at is not None:
            if line.at.astimezone(rules.zone).date() == today:
                sent.add(line.at)
        elif line.wait_until is not None and now < line.wait_until <= now + LONGEST_ASKED:
            return True
    return len(sent) >= rules.own.most_a_day or is_quiet(rules.own.quiet, rules.zone, now)


def is_quiet(quiet: QuietHours | None, zone: ZoneInfo, now: datetime) -> bool:
    """Whether nobody wants to be told now."""
    if quiet is None:
        return False
    local = now.astimezone(zone).time()
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    return start <= local < end if start <= end else not end <= local < start


def wait(attempts: int, asked: timedelta | None) -> timedelta:
    """Return how long a channel is left alone after it failed so often, or as it asked."""
    doublings: int = 2 ** min(attempts - 1, 10)
    usual = min(FIRST_WAIT * doublings, LONGEST_WAIT)
    return max(usual, min(asked, LONGEST_ASKED)) if asked is not None else usual


def _is_open(item: Kept) -> bool:
    return any(line.state in OPEN for line in item.deliveries.values())


def _closed(item: Kept) -> Kept:
    done = {name: line for name, line in item.deliveries.items() if line.state not in OPEN}
    return replace(item, deliveries=done)
