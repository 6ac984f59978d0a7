"""What is planted in the year: what changes before which run, and what has to be said of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from year_files import LEASE, PLAN, RULES, Files, Platform

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2031, 1, 6)
"""A Monday that no clock of today has reached; all days are counted from it."""
RUNS, DAYS = 40, 364
"""Fifty-two weeks, until the day before the next quarterly audit."""
MORNING, NINE = time(8, 0), time(9, 0)
OFF = (182,)
"""Days on which the machine is off, the third quarterly audit's among them."""
SCHEDULED = {0: "quy", 1: "nam", 10: "quy", 30: "quy"}
"""Runs that the schedule does by itself."""
AT_NIGHT = 36
USUAL = (98.0, 99.0, 101.0, 103.0)
"""Rates of the line, in Mbit/s, in the hours before a run."""
RATES = {21: (92.0, 94.0, 99.0, 102.0), 23: (40.0, 41.0, 42.0, 43.0), 35: (96.0, 97.0, 104.0, 99.0)}
RESTATED = 28
"""The run of which one measurement was made by the next version of its probe."""
ISSUED, NEXT = "Kế hoạch năm 2030", "Kế hoạch năm 2031"
WAIVED_UNTIL, LEASE_UNTIL = date(2031, 3, 8), date(2031, 5, 29)
WORD_UNTIL, CERTIFICATE_UNTIL = date(2031, 9, 20), date(2031, 10, 10)
LATER = date(2032, 12, 31)


def day(offset: int) -> date:
    """Return a day of the year."""
    return FIRST + timedelta(days=offset)


def offset_of(run: int) -> int:
    """Return on which day a run is."""
    return {1: 7, 20: 183}.get(run, 9 * run + run // 10)


def moment(offset: int, at: time) -> datetime:
    """Return a moment of a day, where the centre is."""
    return datetime.combine(day(offset), at, HERE)


def when(run: int) -> datetime:
    """Return when a run begins."""
    return moment(offset_of(run), time(22, 0) if run == AT_NIGHT else NINE)


@dataclass
class Centre:
    """The centre's files and its platform, to be changed."""

    files: Files
    platform: Platform

    def plan_of_2030(self) -> None:
        """Put the paper there that was confirmed in December."""
        self.files.confirmed = self.files.paper(PLAN, ISSUED)

    def rules_confirmed(self, run: int, until: date) -> None:
        """Let a person confirm the rules on the day of a run."""
        digest = self.files.paper(RULES, "Quy chế")
        self.files.attest(RULES, digest, day(offset_of(run)), until)

    def lease_renewed(self) -> None:
        """Sign another lease."""
        self.files.paper(LEASE, "Phụ lục gia hạn")
        self.files.lease_until = LATER

    def everything_fails(self) -> None:
        """Let three things happen at once."""
        self.files.machine("may-chu", "srv-clamav-down")
        self.files.seats = 8
        self.files.paper(PLAN, "Bản thảo")

    def everything_is_mended(self) -> None:
        """Undo them."""
        self.files.machine("may-chu", "srv-clamav-ok")
        self.files.seats = 20
        self.files.paper(PLAN, NEXT)


def begin(centre: Centre) -> None:
    """Put everything in order, except that nobody confirmed the rules."""
    centre.plan_of_2030()
    centre.files.paper(LEASE, "Hợp đồng thuê")
    centre.files.paper(RULES, "Quy chế")
    centre.files.lease_until = LEASE_UNTIL
    centre.files.machine("may-chu", "srv-clamav-ok")
    centre.files.machine("may-nhat-ky", "srv-rsyslog-remote")


def change(name: str, value: object) -> Callable[[Centre], None]:
    """Return what sets one field."""
    return lambda centre: setattr(centre.files, name, value)


def machine(target: str, capture: str | None) -> Callable[[Centre], None]:
    """Return what brings other facts of a machine."""
    return lambda centre: centre.files.machine(target, capture)


def paper(name: str, text: str) -> Callable[[Centre], None]:
    """Return what replaces a paper."""

    def replaced(centre: Centre) -> None:
        centre.files.paper(name, text)

    return replaced


def confirmed(centre: Centre) -> None:
    """Confirm the plan as it is now."""
    centre.files.confirmed = centre.files.paper(PLAN, NEXT)


CHANGES: dict[int, Callable[[Centre], None]] = {
    0: begin,
    2: change("seats", 8),
    3: change("seats", 20),
    4: machine("may-chu", "srv-clamav-down"),
    5: change("waived_until", (day(offset_of(5)), WAIVED_UNTIL)),
    8: machine("may-chu", "srv-clamav-ok"),
    9: machine("may-chu", None),
    10: machine("may-chu", "srv-clamav-ok"),
    11: change("wanted", 30),
    12: change("wanted", 10),
    13: paper(PLAN, NEXT),
    14: confirmed,
    17: Centre.lease_renewed,
    18: machine("may-nhat-ky", "srv-zabbix-ok"),
    19: machine("may-nhat-ky", "srv-rsyslog-remote"),
    25: lambda centre: centre.rules_confirmed(25, WORD_UNTIL),
    26: lambda centre: centre.platform.stop(),
    27: lambda centre: centre.platform.start(),
    30: lambda centre: centre.platform.certify(LATER),
    31: lambda centre: centre.rules_confirmed(31, LATER),
    32: Centre.everything_fails,
    33: Centre.everything_is_mended,
    34: change("asked", "123456789"),
    36: change("seats", 8),
    37: change("seats", 20),
}
"""What changes before a run."""

CAUSES: dict[int, dict[str, str]] = {
    2: {"5": "statement"},
    3: {"5": "statement"},
    4: {"1": "machine"},
    5: {"1": "exception"},
    7: {"1": "exception"},
    8: {"1": "machine"},
    9: {"1": "coverage"},
    10: {"1": "coverage"},
    11: {"5": "criteria"},
    12: {"5": "criteria"},
    13: {"3": "document"},
    14: {"3": "statement"},
    16: {"4": "time"},
    17: {"4": "document"},
    18: {"2": "machine"},
    19: {"2": "machine"},
    21: {"7": "noise"},
    22: {"7": "noise"},
    23: {"7": "machine"},
    24: {"7": "machine"},
    25: {"8": "statement"},
    26: {"6": "machine"},
    27: {"6": "machine"},
    28: {"2": "probe"},
    29: {"2": "probe", "8": "statement"},
    31: {"8": "statement"},
    32: {"1": "machine", "3": "document", "5": "statement"},
    33: {"1": "machine", "3": "document", "5": "statement"},
    34: {"9": "criteria"},
    36: {"5": "statement"},
    37: {"5": "statement"},
}
"""The one cause of each verdict that is another one than in the run before; of all others none."""

FALLS = {
    2: "5", 4: "1", 9: "1", 11: "5", 13: "3", 16: "4", 18: "2", 21: "7", 23: "7", 26: "6", 28: "2",
    29: "8", 32: "135", 36: "5",
}  # fmt: skip
"""The indicators that are worse than in the run before, and are told."""
UNKNOWN = {9}
"""Falls to "insufficient basis", not to "not met"."""
WHY = {
    "criteria": "the criteria or their thresholds changed",
    "probe": "a measurement is made in another way (version of the probe)",
    "coverage": "something else was measured, or could not be measured",
    "statement": "a statement or confirmation came or went",
    "document": "a document changed",
    "time": "time passed; nothing else changed",
    "noise": "the samples scatter: both runs range over common values",
    "machine": "what was measured changed",
}
LEFT = "Days left for {what}: {n}; its last day is {day}."
OVER = "Lapsed: {what}; its last day was {day}."
LAPSES = {
    "waiver": ("an exception", WAIVED_UNTIL, {"02-20 09:00": 16, "02-22 08:00": 14,
               "03-01 08:00": 7, "03-07 08:00": 1, "03-09 08:00": -1}),
    "document": ("a document or contract", LEASE_UNTIL, {"04-29 08:00": 30, "05-15 08:00": 14,
                 "05-22 08:00": 7, "05-28 08:00": 1, "05-30 08:00": -1}),
    "attestation": ("a confirmation", WORD_UNTIL, {"08-21 09:00": 30, "09-06 08:00": 14,
                    "09-13 08:00": 7, "09-19 08:00": 1, "09-21 08:00": -1}),
    "certificate": ("a certificate", CERTIFICATE_UNTIL, {"09-10 08:00": 30, "09-26 08:00": 14,
                    "10-03 08:00": 7}),
}  # fmt: skip
"""What lapses, on which day, and when it is told how many days before; the certificate and the
lease are renewed, the first one in time."""
MISSED = (
    "07-08 08:00", "schedule", "technical",
    "A quarterly audit, planned for 07/07/2031 09:00: missed. See `audit schedule list`.",
)  # fmt: skip
Told = tuple[str, str, str, str]


def expected(run_ids: Sequence[str]) -> list[Told]:
    """Return everything that has to be told: when, what kind, about what, in which words."""
    told = [MISSED]
    for run, names in FALLS.items():
        at = moment(offset_of(run) + 1, MORNING) if run == AT_NIGHT else when(run)
        after = "Insufficient basis to conclude" if run in UNKNOWN else "Not met"
        for name in names:
            words = f"Indicator {name}: Met → {after}. Cause: {WHY[CAUSES[run][name]]}."
            told.append((f"{at:%m-%d %H:%M}", "drift", name, f"{words} Run {run_ids[run]}."))
    for kind, (what, last, steps) in LAPSES.items():
        for moment_of, n in steps.items():
            words = OVER if n < 0 else LEFT
            filled = words.format(what=what, n=n, day=f"{last:%d/%m/%Y}")
            told.append((moment_of, "lapse", kind, filled))
    return sorted(told)
