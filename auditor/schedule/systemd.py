"""A timer of systemd and the service that it starts (systemd.timer(5), systemd.time(7)). Pure."""

from auditor.schedule.waking import DELAY_MINUTES, Occasion, Waking


def on_calendar(occasion: Occasion, timezone: str) -> str:
    """Return a calendar event, for example `Mon,Tue *-04,07-10..16 09:00:00 Asia/Ho_Chi_Minh`."""
    days = ",".join(day.value.title() for day in occasion.days)
    months = ",".join(f"{month:02}" for month in occasion.months) or "*"
    first = occasion.from_day
    dates = "*" if first is None else f"{first:02}..{first + 6:02}"
    return f"{days} *-{months}-{dates} {occasion.at}:00 {timezone}"


def timer(waking: Waking) -> str:
    """Return the timer: caught up after the machine was off, a little later on each machine."""
    calendar = (on_calendar(occasion, waking.timezone) for occasion in waking.occasions)
    return "\n".join(
        (
            "[Unit]",
            f"Description=audit: when {waking.centre} has jobs",
            "",
            "[Timer]",
            *(f"OnCalendar={event}" for event in calendar),
            "Persistent=true",
            f"RandomizedDelaySec={DELAY_MINUTES}min",
            "FixedRandomDelay=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        )
    )


def service(waking: Waking) -> str:
    """Return the service; a secret, as the password of the store, stands in the file named here."""
    return "\n".join(
        (
            "[Unit]",
            f"Description=audit: jobs of {waking.centre}",
            "",
            "[Service]",
            "Type=oneshot",
            f"ExecStart={' '.join(map(_quoted, waking.argv))}",
            "EnvironmentFile=-%E/centre-audit/environment",
            "Nice=10",
            "IOSchedulingClass=idle",
            "",
        )
    )


def _quoted(word: str) -> str:
    """Write a word so that systemd takes it as it is: no specifier, no variable, no escape."""
    for letter, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(letter, written)
    return f'"{word}"'
