"""Lines of a crontab between two marks (crontab(5)). Pure."""

import re
import shlex
from collections.abc import Iterator

from auditor.model import Weekday
from auditor.schedule.waking import QUARTER_HOUR, Occasion, Waking

_DAYS = tuple(Weekday)
_AFTER_START_S = 300
"""cron knows no catch-up: a few minutes after the machine has started, what is due is looked up."""
_LAST_MINUTE = 24 * 60 - 1


def block(waking: Waking, user: str = "") -> str:
    """Return the lines with their marks; `user` stands in files of /etc/cron.d."""
    begin, end = _marks(waking.name)
    who = f"{user} " if user else ""
    command = " ".join(map(shlex.quote, waking.argv)).replace("%", r"\%") + " >/dev/null"
    times = dict.fromkeys(_times(waking))
    lines = (
        *(f"{time} {who}{command}" for time in times),
        f"@reboot {who}sleep {_AFTER_START_S}; {command}",
    )
    return "\n".join((begin, *lines, end, ""))


def _times(waking: Waking) -> Iterator[str]:
    if not waking.is_local:  # cron knows no zone but the machine's
        first = waking.delay
        yield f"{','.join(str(m) for m in range(first, 60, QUARTER_HOUR))} * * * *"
        return
    for occasion in waking.occasions:
        yield _time(occasion, waking.delay)


def _time(occasion: Occasion, delay: int) -> str:
    """Return the five fields. With a day of the month the weekday is left out: cron joins by or."""
    hours, minutes = map(int, occasion.at.split(":"))
    hour, minute = divmod(min(hours * 60 + minutes + delay, _LAST_MINUTE), 60)
    months = ",".join(map(str, occasion.months)) or "*"
    first = occasion.from_day
    days = ",".join(str((_DAYS.index(day) + 1) % 7) for day in occasion.days)
    date, weekdays = ("*", days) if first is None else (f"{first}-{first + 6}", "*")
    return f"{minute} {hour} {date} {months} {weekdays}"


def without(table: str, name: str) -> str:
    """Return a crontab without the lines between our marks; everything else stays as it is."""
    begin, end = map(re.escape, _marks(name))
    return re.sub(rf"^{begin}\n(?:.*\n)*?{end}\n", "", table, flags=re.MULTILINE)


def has(table: str, name: str) -> bool:
    """Tell whether our lines are in a crontab."""
    return _marks(name)[0] in table.splitlines()


def _marks(name: str) -> tuple[str, str]:
    return f"# BEGIN {name} (audit schedule)", f"# END {name}"
