"""What installing means with each scheduler: files to write and commands to run. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from auditor.schedule import cron, systemd, windows
from auditor.schedule.waking import Waking


class Scheduler(StrEnum):
    """Who wakes the tool."""

    SYSTEMD = "systemd"
    CRON = "cron"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Place:
    """Where this user's entries lie.

    `config` and `data` are the user's folders for settings and for data, `system` is the root of
    the file system's own (`/etc`), used by root.
    """

    is_root: bool
    user: str
    config: Path
    data: Path
    system: Path = Path("/etc")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `table` is text for the user's crontab, in the place of a file.

    `install` runs after the files are written, `stop` before they are removed, `remove` after.
    """

    scheduler: Scheduler
    name: str
    files: dict[Path, bytes]
    table: str = ""
    install: tuple[tuple[str, ...], ...] = ()
    stop: tuple[tuple[str, ...], ...] = ()
    remove: tuple[tuple[str, ...], ...] = ()


def entry(scheduler: Scheduler, waking: Waking, place: Place, today: date) -> Entry:
    """Return what installing means with one scheduler."""
    if scheduler is Scheduler.SYSTEMD:
        return _systemd(waking, place)
    if scheduler is Scheduler.CRON:
        return _cron(waking, place)
    file = place.data / f"{waking.name}.xml"
    create = ("schtasks", "/Create", "/XML", str(file), "/TN", waking.name, "/F")
    return Entry(
        scheduler,
        waking.name,
        {file: windows.task(waking, today)},
        install=(create,),
        stop=(("schtasks", "/Delete", "/TN", waking.name, "/F"),),
    )


def _systemd(waking: Waking, place: Place) -> Entry:
    control = ("systemctl",) if place.is_root else ("systemctl", "--user")
    folder = (place.system if place.is_root else place.config) / "systemd"
    units = folder / ("system" if place.is_root else "user")
    timer = f"{waking.name}.timer"
    return Entry(
        Scheduler.SYSTEMD,
        waking.name,
        {
            units / f"{waking.name}.service": systemd.service(waking).encode(),
            units / timer: systemd.timer(waking).encode(),
        },
        install=((*control, "daemon-reload"), (*control, "enable", "--now", timer)),
        stop=((*control, "disable", "--now", timer),),
        remove=((*control, "daemon-reload"),),
    )


def _cron(waking: Waking, place: Place) -> Entry:
    if place.is_root:
        file = place.system / "cron.d" / waking.name
        content = cron.block(waking, place.user).encode()
        return Entry(Scheduler.CRON, waking.name, {file: content})
    return Entry(Scheduler.CRON, waking.name, {}, table=cron.block(waking))
