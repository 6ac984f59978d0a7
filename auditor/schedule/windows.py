"""A task of Windows' Task Scheduler as XML. Pure.

After Microsoft's Task Scheduler Schema (learn.microsoft.com, win32/taskschd) and MS-TSCH 2.5; never
run on a real system, see docs/platforms.md.
"""

from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from auditor.model import Weekday
from auditor.schedule.waking import DELAY_MINUTES, QUARTER_HOUR, Occasion, Waking

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_DAYS = {day: day.name.title() for day in Weekday}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKS = ("1", "2", "3", "4", "Last")
_BELOW_NORMAL = "8"
_SETTINGS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "StartWhenAvailable": "true",  # caught up after the machine was off
    "ExecutionTimeLimit": "P1D",
    "Priority": _BELOW_NORMAL,
}


def task(waking: Waking, today: date) -> bytes:
    """Return the file for `schtasks /Create /XML`: UTF-16 with its mark. Begins to count today."""
    register_namespace("", NAMESPACE)
    root = Element(_name("Task"), version="1.2")
    information = _in(root, "RegistrationInfo")
    _in(information, "Description", f"audit: jobs of {waking.centre}")
    triggers = _in(root, "Triggers")
    if waking.is_local:
        for occasion in waking.occasions:
            _calendar(triggers, occasion, today)
    else:
        _often(triggers, today)
    principal = _in(_in(root, "Principals"), "Principal")
    principal.set("id", "Author")
    _in(principal, "LogonType", "InteractiveToken")
    _in(principal, "RunLevel", "LeastPrivilege")
    settings = _in(root, "Settings")
    for name, value in _SETTINGS.items():
        _in(settings, name, value)
    actions = _in(root, "Actions")
    actions.set("Context", "Author")
    exec_ = _in(actions, "Exec")
    _in(exec_, "Command", waking.argv[0])
    _in(exec_, "Arguments", " ".join(map(_quoted, waking.argv[1:])))
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'.encode("utf-16")


def _calendar(triggers: Element, occasion: Occasion, today: date) -> None:
    """Add a trigger at a time of the day. The order of its parts is the schema's."""
    trigger = _in(triggers, "CalendarTrigger")
    _in(trigger, "StartBoundary", f"{today}T{occasion.at}:00")
    _in(trigger, "RandomDelay", f"PT{DELAY_MINUTES}M")
    if occasion.from_day is not None:
        by = _in(trigger, "ScheduleByMonth")
        dates = _in(by, "DaysOfMonth")
        for day in range(occasion.from_day, occasion.from_day + 7):
            _in(dates, "Day", str(day))
        _months(by, occasion)
    elif occasion.months:
        by = _in(trigger, "ScheduleByMonthDayOfWeek")
        weeks = _in(by, "Weeks")
        for week in _WEEKS:
            _in(weeks, "Week", week)
        _weekdays(by, occasion)
        _months(by, occasion)
    else:
        by = _in(trigger, "ScheduleByWeek")
        _in(by, "WeeksInterval", "1")
        _weekdays(by, occasion)


def _often(triggers: Element, today: date) -> None:
    """Wake a machine whose clocks are not the centre's each quarter of an hour."""
    trigger = _in(triggers, "TimeTrigger")
    _in(trigger, "StartBoundary", f"{today}T00:00:00")
    _in(_in(trigger, "Repetition"), "Interval", f"PT{QUARTER_HOUR}M")


def _weekdays(by: Element, occasion: Occasion) -> None:
    days = _in(by, "DaysOfWeek")
    for day in occasion.days:
        _in(days, _DAYS[day])


def _months(by: Element, occasion: Occasion) -> None:
    months = _in(by, "Months")
    for month in occasion.months or range(1, 13):
        _in(months, _MONTHS[month - 1])


def _in(parent: Element, name: str, text: str | None = None) -> Element:
    element = SubElement(parent, _name(name))
    element.text = text
    return element


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _quoted(word: str) -> str:
    """Write a word of a Windows command line; file names there hold no quotation marks."""
    if word and not any(letter in word for letter in ' \t"&|<>^()'):
        return word
    endings = "\\" * (len(word) - len(word.rstrip("\\")))  # before a quotation mark: twice
    return f'"{word}{endings}"'
