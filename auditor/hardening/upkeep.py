"""Time, updates, support of the operating system, and what locks or starts by itself."""

import re
from datetime import UTC, date, datetime

from auditor.errors import CannotMeasure
from auditor.hardening.answer import Answer, ask, failed, met, not_told
from auditor.hardening.machine import Machine
from auditor.model import Failure
from auditor.model.measures import Measure, SupportPeriod
from auditor.sections.machine import clock, identity
from auditor.sections.protection import policies, updates

_DAY_S = 86400
_KEEPERS = ("chronyd", "systemd-timesyncd")
_FROM_OUTSIDE = ("vmtoolsd", "VBoxService", "ntpd")
"""Keep the time without telling the kernel: guests' tools, and OpenNTPD under ntpd's name."""

_SLACK_S = 86400
_AGENT_STAMP = "/var/lib/apt/periodic/upgrade-stamp"
_DESKTOPS = {"gnome-shell", "plasma-desktop", "xfce4-session", "cinnamon", "mate-session-manager"}
_TMOUT = re.compile(r"(?:^|\s)TMOUT=\"?(\d{1,9})\"?")
_IDLE = re.compile(r"StopIdleSessionSec=\s*(\d{1,9})\s*(s|sec|min|m|h)?\s*$")
_IN_SECONDS = {"": 1, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600}
_SHELL_FILES = ("/etc/profile", "/etc/bash.bashrc", "/etc/bashrc")
_EVERY_DRIVE = 0xFF


def time_synchronised(machine: Machine, _measure: Measure) -> Answer:
    """Ask the kernel whether something keeps its clock right."""
    is_synchronised = clock(machine.collection)[0]["is_synchronised"]
    if is_synchronised is None:
        not_told("this system does not say whether its clock is synchronised")
    if is_synchronised:
        return met("synchronised")
    if machine.platform == "linux" and (outside := machine.running(*_FROM_OUTSIDE)):
        return ask("time_may_come_from_outside", ", ".join(str(row["name"]) for row in outside))
    daemons = machine.running(*_KEEPERS) if machine.platform == "linux" else []
    return failed("unsynchronised", ", ".join(str(row["name"]) for row in daemons) or "–")


def updates_monthly(machine: Machine, measure: Measure) -> Answer:
    """Ask whether fixes are looked for and put in in time, by the machine's own clock."""
    days = measure.threshold or 0
    row = updates(machine.collection)[0]
    changed = _age(machine, row["packages_changed_at"])
    if machine.platform == "windows":
        text = f"last fix: {_days(changed)}"
        if changed is None:
            not_told("no installed fix is listed")
        return failed(text) if changed > 2 * days else ask("pending_updates_unknown", text)
    looked = _age(machine, row["lists_refreshed_at"])
    if looked is None:
        not_told("the machine does not say when it last looked for updates")
    text = f"lists: {_days(looked)}, packages: {_days(changed)}"
    if looked > days:
        return failed(text)
    pending = row["pending"]
    if isinstance(pending, int):
        text += f", pending: {pending}"
        if not pending:
            return met(text)
    stamp = machine.files.get(_AGENT_STAMP)
    ran = _age(machine, stamp["modified_at"]) if stamp else None
    if row["is_automatic"] is True and ran is not None and ran <= days and not pending:
        return met(f"{text}, unattended-upgrades: {_days(ran)}")
    return ask("pending_updates_unknown", text)


def supported_system(
    machine: Machine, _measure: Measure, support: tuple[SupportPeriod, ...]
) -> Answer:
    """Ask whether the system still gets security fixes, by the machine's own clock."""
    row = identity(machine.collection)[0]
    name, version = str(row["os"] or ""), str(row["os_version"] or "")
    text = f"{name} {version}".strip()
    today = datetime.fromtimestamp(machine.now, UTC).date()
    for period in support:
        if _is_of(period, name, version):
            return _supported(period, text, today)
    return ask("support_not_known", text)


def _is_of(period: SupportPeriod, name: str, version: str) -> bool:
    if "LTSC" in name or not name.startswith(period.os):
        return False
    if not period.version:
        return not name[len(period.os) :].startswith(" R2")
    return name == period.os and period.version in {version, version.partition(".")[0]}


def _supported(period: SupportPeriod, text: str, today: date) -> Answer:
    shown = f"{text}: {period.until.isoformat()}"
    if today <= period.until:
        return met(shown, period.evidence)
    if period.by_contract_until is not None and today <= period.by_contract_until:
        return ask("support_by_contract", shown, period.evidence)
    return failed(shown, period.evidence)


def session_lock(machine: Machine, measure: Measure) -> Answer:
    """Ask whether a session that nobody uses locks or ends in time."""
    most = (measure.threshold or 0) * 60
    if machine.platform == "windows":
        seconds = _policy(machine, "InactivityTimeoutSecs")
        text = f"InactivityTimeoutSecs {seconds}"
        return met(text) if seconds and seconds <= most else failed(text)
    lines = [line for path in _SHELL_FILES for line in machine.lines(path)]
    lines += machine.lines_below("/etc/profile.d/")
    limits = [int(found[1]) for line in lines if (found := _TMOUT.search(line))]
    idle = [
        int(found[1]) * _IN_SECONDS[found[2] or ""]
        for line in machine.lines_below("/etc/systemd/logind.conf")
        if (found := _IDLE.search(line))
    ]
    desktops = machine.packages & _DESKTOPS
    text = f"TMOUT={max(limits, default='–')}, StopIdleSessionSec={max(idle, default='–')}"
    if desktops:
        return ask("desktop_settings_not_read", ", ".join(sorted(desktops)), text)
    is_set = any(values and min(values) > 0 and max(values) <= most for values in (limits, idle))
    return met(text) if is_set else failed(text)


def autorun_off(machine: Machine, _measure: Measure) -> Answer:
    """Nothing starts by itself from a medium that is put in."""
    value = _policy(machine, "NoDriveTypeAutoRun")
    text = f"NoDriveTypeAutoRun {value}"
    is_off = value is not None and value & _EVERY_DRIVE == _EVERY_DRIVE
    return met(text) if is_off else failed(text)


def _policy(machine: Machine, key: str) -> int | None:
    found = {row["key"]: row["value"] for row in policies(machine.collection)}
    if key not in found:
        raise CannotMeasure(Failure.TOOL_MISSING, f"{key}: not asked for")
    value = found[key]
    return value if isinstance(value, int) else None


def _age(machine: Machine, moment: object) -> float | None:
    """Return days since a time by the machine's own clock. Raises for times ahead of it."""
    if moment is None:
        return None
    seconds = machine.now - datetime.fromisoformat(str(moment)).timestamp()
    if seconds < -_SLACK_S:
        not_told("files are newer than the machine's clock")
    return max(0.0, seconds / _DAY_S)


def _days(age: float | None) -> str:
    return "–" if age is None else f"{age:.0f} d"
