"""Values, times and sizes as people read them."""

from datetime import date, datetime

from auditor.language import Language
from auditor.model import VIETNAM, Scalar
from auditor.wording import singular

from .clean import clipped

BRIEF = 140
"""Characters of a reason in a table, if it has several causes."""

LONGEST_CELL = 400
"""Characters of one cell of a row, or of one request; the record holds the rest."""

MOST_ITEMS = 20
"""Items of one list that a report shows; the record holds the rest."""


def moment(when: datetime) -> str:
    """Return a UTC time as Vietnamese wall-clock time with its offset."""
    return f"{when.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S} (UTC+7)"


def period(start: datetime, end: datetime) -> str:
    """Return two times as a span; the day and the offset stand once if they are the same."""
    first, last = start.astimezone(VIETNAM), end.astimezone(VIETNAM)
    if first.date() == last.date():
        return f"{first:%d/%m/%Y %H:%M:%S} – {last:%H:%M:%S} (UTC+7)"
    return f"{moment(start)} – {moment(end)}"


def day(written: str) -> str:
    """Return a day of the calendar (ISO 8601) as Vietnamese write it; other text as it is."""
    try:
        return f"{date.fromisoformat(written):%d/%m/%Y}"
    except ValueError:
        return written


def brief(_: Language, reason: str) -> str:
    """Return the first causes of a reason, for tables; its own section gives all of them."""
    causes = reason.split("; ")
    kept = 1
    while kept < len(causes) and len("; ".join(causes[: kept + 1])) <= BRIEF:
        kept += 1
    head, rest = "; ".join(causes[:kept]), len(causes) - kept
    return _("{head}; and {count} more", head=head, count=rest) if rest else head


def capital(sentence: str) -> str:
    """Let a sentence begin with a capital letter."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def value(_: Language, shown: Scalar | tuple[Scalar, ...] | None, unit: str = "") -> str:
    """Return a found or expected value in words. `None` is "not known", never "no"."""
    if isinstance(shown, tuple):
        return _items(_, shown, unit)
    if shown is None:
        return _("not known")
    if isinstance(shown, bool):
        return _("yes") if shown else _("no")
    if isinstance(shown, str):
        return clipped(shown) or _("empty")
    of = singular(unit) if _.code == "en" and shown == 1 else unit
    return f"{number(_, shown)} {clipped(of)}".strip()


def number(_: Language, shown: float) -> str:
    """Return a number with the language's decimal sign and no grouping, rounded as reasons are.

    The record holds it in full. A small one keeps more figures, so that it is never shown as 0.
    """
    whole = float(shown).is_integer() or abs(shown) >= 1
    text = f"{shown:.2f}".rstrip("0").rstrip(".") if whole else f"{shown:.3g}"
    return text.replace(".", ",") if _.code == "vi" else text


def size(_: Language, count: int) -> str:
    """Return a number of bytes, grouped as the language does."""
    text = f"{count:,}"
    return _("{count} bytes", count=text.replace(",", ".") if _.code == "vi" else text)


def clock(_: Language, offset_s: float | None) -> str:
    """Return what the times of the report are worth; none is a time stamp in the law's sense."""
    if offset_s is None:
        return _("time by the machine's clock; its offset was not measured")
    seconds = number(_, round(offset_s, 3))
    return _("time by the machine's clock; offset to network time {seconds} s", seconds=seconds)


def _items(_: Language, shown: tuple[Scalar, ...], unit: str) -> str:
    if not shown:
        return _("none")
    first = "; ".join(value(_, item, unit) for item in shown[:MOST_ITEMS])
    rest = len(shown) - MOST_ITEMS
    return first if rest <= 0 else _("{items}; and {rest} more", items=first, rest=rest)
