"""What alerts say, in both languages. What somebody else wrote cannot become markup."""

from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from auditor.causes import CAUSES
from auditor.forecast import LapseKind
from auditor.language import CODES, N_, Language
from auditor.model import Cause, JobKind, Text, Verdict
from auditor.model.schedule import Trouble

_VERDICTS = MappingProxyType(
    {
        Verdict.MET: N_("Met"),
        Verdict.NOT_MET: N_("Not met"),
        Verdict.UNDETERMINED: N_("Insufficient basis to conclude"),
        Verdict.NOT_APPLICABLE: N_("Not applicable"),
    }
)
_LAPSES = MappingProxyType(
    {
        LapseKind.WAIVER: N_("an exception"),
        LapseKind.ATTESTATION: N_("a confirmation"),
        LapseKind.AUTHORISATION: N_("the authorisation letter"),
        LapseKind.CERTIFICATE: N_("a certificate"),
        LapseKind.DOCUMENT: N_("a document or contract"),
        LapseKind.REVIEW: N_("the review of a document"),
        LapseKind.UPDATE: N_("an update of data"),
        LapseKind.LAW: N_("a transition of the law"),
    }
)
_UNKNOWN_CAUSE = N_("not known, as the folder of a run is gone or unreadable")
_JOBS = MappingProxyType(
    {
        JobKind.SAMPLE: N_("A repeated measurement"),
        JobKind.TECHNICAL: N_("A quarterly audit"),
        JobKind.FULL: N_("The yearly audit"),
    }
)
_TROUBLES = MappingProxyType(
    {
        Trouble.FAILED: N_("failed"),
        Trouble.NOT_ENDED: N_("begun and not ended"),
        Trouble.MISSED: N_("missed"),
        Trouble.NOT_ALLOWED: N_("without a valid letter"),
    }
)
_LONGEST = 300
"""Letters of what somebody else wrote."""

_HARMLESS = str.maketrans(
    {
        "<": "‹",
        ">": "›",
        "&": "＆",
        "*": "∗",
        "_": "ˍ",
        "`": "ˋ",
        "~": "∼",
        "|": "¦",
        "[": "⁅",
        "]": "⁆",
        "\\": "⧵",
        "@": "＠",
        "#": "＃",
        "{": "❴",
        "}": "❵",
        "=": "＝",
    }
)
"""Letters that mail, Telegram, Slack and others read as markup or as a call to people."""


def harmless(text: str) -> str:
    """Return a text that no channel reads as markup, as a link or as a call to everybody.

    It stays readable: letters are replaced by others that look alike, and it keeps to one line.
    """
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(line.translate(_HARMLESS).replace("://", "∶∕∕").split())[:_LONGEST]


@cache
def language(code: str) -> Language:
    """Return a language of its own; the chosen one of the process stays."""
    return Language(code)


def both(message: str, **values: object) -> Text:
    """Fill a message in both languages; bilingual values take the same side."""
    sides = {}
    for code in CODES:
        speak = language(code)
        own = {k: speak.pick(v) if isinstance(v, Text) else v for k, v in values.items()}
        sides[code] = speak(message, **own)
    return Text(vi=sides["vi"], en=sides["en"])


def with_details(text: Text, vi: str, en: str) -> Text:
    """Append what was written by others, made harmless."""
    return Text(vi=f"{text.vi} – {harmless(vi)}", en=f"{text.en} – {harmless(en)}")


def drifted(
    indicator: str, before: Verdict, after: Verdict, cause: Cause | None, run_id: str
) -> Text:
    """Say that a verdict went down, and why."""
    why = both(CAUSES[cause] if cause else _UNKNOWN_CAUSE)
    return both(
        N_("Indicator {indicator}: {before} → {after}. Cause: {cause}. Run {run}."),
        indicator=harmless(indicator), before=both(_VERDICTS[before]),
        after=both(_VERDICTS[after]), cause=why, run=harmless(run_id),
    )  # fmt: skip


def lapses(kind: LapseKind, day: date, days_left: int) -> Text:
    """Say that something lapses, or has lapsed; not what it is called."""
    told = N_("Days left for {what}: {n}; its last day is {day}.")
    if days_left < 0:
        told = N_("Lapsed: {what}; its last day was {day}.")
    return both(told, n=days_left, what=both(_LAPSES[kind]), day=f"{day:%d/%m/%Y}")


def broken(faults: int, position: int) -> Text:
    """Say that the chain of runs was tampered with."""
    told = N_("The chain of kept runs is broken; faults: {n}, the first at run {position}."
              " See `audit history --verify`.")  # fmt: skip
    return both(told, n=faults, position=position)


def undone(kind: JobKind, trouble: Trouble, slot: datetime) -> Text:
    """Say that the tool did not do by itself what it was to do. `slot` is in local time."""
    told = N_("{job}, planned for {when}: {trouble}. See `audit schedule list`.")
    return both(told, job=both(_JOBS[kind]), when=f"{slot:%d/%m/%Y %H:%M}",
                trouble=both(_TROUBLES[trouble]))  # fmt: skip


def over(text: Text, at: datetime, zone: ZoneInfo) -> Text:
    """Say of something that was held that it is over by now."""
    when = f"{at.astimezone(zone):%d/%m/%Y %H:%M}"
    return both(N_("{text} (Over since {when}.)"), text=text, when=when)
