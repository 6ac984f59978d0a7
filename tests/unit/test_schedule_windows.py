"""The task for Windows has the parts that Microsoft documents, in their order."""

from datetime import date
from xml.etree.ElementTree import Element, fromstring

import pytest
from schedules import PLAN, TODAY, made

from auditor.model import Weekday
from auditor.schedule import windows

ORDER = {
    "Task": ("RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"),
    "RegistrationInfo": ("Description",),
    "Triggers": ("CalendarTrigger", "TimeTrigger"),
    "CalendarTrigger": (
        *("Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit"),
        *("RandomDelay", "ScheduleByWeek", "ScheduleByMonth", "ScheduleByMonthDayOfWeek"),
    ),
    "TimeTrigger": ("Enabled", "StartBoundary", "EndBoundary", "Repetition", "RandomDelay"),
    "Repetition": ("Interval",),
    "ScheduleByWeek": ("WeeksInterval", "DaysOfWeek"),
    "ScheduleByMonth": ("DaysOfMonth", "Months"),
    "ScheduleByMonthDayOfWeek": ("Weeks", "DaysOfWeek", "Months"),
    "DaysOfMonth": ("Day",),
    "Weeks": ("Week",),
    "DaysOfWeek": tuple(day.name.title() for day in Weekday),
    "Months": tuple(f"{date(2026, month, 1):%B}" for month in range(1, 13)),
    "Principals": ("Principal",),
    "Principal": ("LogonType", "RunLevel"),
    "Settings": (
        *("MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries"),
        *("StartWhenAvailable", "ExecutionTimeLimit", "Priority"),
    ),
    "Actions": ("Exec",),
    "Exec": ("Command", "Arguments"),
}
"""Parts of each element in their order: written out by hand after the pages of Microsoft's Task
Scheduler Schema (learn.microsoft.com/windows/win32/taskschd: taskType, triggerBaseType,
calendarTriggerType, weeklyScheduleType, monthlyScheduleType, monthlyDayOfWeekScheduleType,
settingsType, principalType, execType). No schema file, and no Windows, has seen the task."""
VALUES = {
    "MultipleInstancesPolicy": {"Parallel", "Queue", "IgnoreNew", "StopExisting"},
    "LogonType": {"S4U", "Password", "InteractiveToken", "InteractiveTokenOrPassword"},
    "RunLevel": {"LeastPrivilege", "HighestAvailable"},
    "Week": {"1", "2", "3", "4", "Last"},
    "Priority": {str(number) for number in range(11)},
}


@pytest.mark.parametrize("is_local", [True, False])
def test_the_task_of_windows_has_the_documented_parts(*, is_local: bool) -> None:
    """Names, order and closed words; UTF-16 with its mark, as schtasks reads it."""
    content = windows.task(made(r"C:\Program Files\audit.exe", is_local=is_local), TODAY)
    assert content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    root = fromstring(content.decode("utf-16").partition("?>")[2])  # noqa: S314 - our own
    kinds = {name for element in root.iter() if (name := checked(element)).startswith("Schedule")}
    month = {"ScheduleByWeek", "ScheduleByMonth", "ScheduleByMonthDayOfWeek"}
    assert kinds == (month if is_local else set())
    names = {"w": windows.NAMESPACE}
    assert root.findtext(".//w:Command", namespaces=names) == r"C:\Program Files\audit.exe"
    arguments = root.findtext(".//w:Arguments", namespaces=names)
    assert arguments == f'schedule run-due "{PLAN.site}" --lang vi'


def checked(element: Element) -> str:
    """Hold one element to the documentation, and return its name."""
    name = element.tag.removeprefix(f"{{{windows.NAMESPACE}}}")
    parts = [part.tag.removeprefix(f"{{{windows.NAMESPACE}}}") for part in element]
    known = ORDER.get(name, ())
    assert set(parts) <= set(known), name
    assert parts == sorted(parts, key=known.index), name
    if name in VALUES:
        assert element.text in VALUES[name]
    return name
