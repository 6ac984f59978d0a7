"""How old the newest proven copy of each backup is."""

import math
from dataclasses import dataclass

from auditor.language import Language
from auditor.model import AuditRecord

from .. import values
from ..cells import by_target, gaps, number, text, why_not
from ..clean import visible
from ..view import Picture
from ..wording import Wording
from .drawing import WIDTH, Drawing, Face, Line, Look, Rect, Shape, Words, fit, legend, unknown_bar
from .svg import svg

KEY = "backups"
PROBE = "backup"
MOST = 12
_BAR, _STEP, _TOP = 12.0, 38.0, 20.0
_LOOKS = {"yes": Look.MET, "no": Look.NOT_MET}
_MARKS = (1.0, 24.0, 168.0, 720.0, 8760.0)
_TWO_DAYS = 48.0
_YEARS = 5 * 8760.0
"""Beyond five years the bar ends at the edge; its figure stands beside it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup: age in hours, None where it is not known; `fresh` is the probe's own answer."""

    name: str
    age_h: float | None
    fresh: str


def backups(record: AuditRecord, wording: Wording) -> Picture:
    """Return the oldest first; what is not known is drawn as not known, never as zero hours."""
    _ = wording.language
    title = _("Age of the newest backups")
    copies = _copies(record, _)
    if not copies:
        return Picture(KEY, title, (why_not(record, PROBE, wording),))
    shown = copies[:MOST]
    rest = len(copies) - len(shown)
    words = _words(_)
    rows = tuple((c.name, _age(c, _), words[_look(c)]) for c in shown)
    return Picture(
        key=KEY,
        title=title,
        summary=(
            _("Hours since the last success that the tool itself wrote down, by that machine's "
              "clock; the scale narrows with age."),
            *gaps(record, PROBE, wording),
        ),
        told=(told := "; ".join(f"{name}: {age}" for name, age, _word in rows)),
        svg=svg(_draw(shown, _), KEY, title, told),
        head=(_("Backup"), _("Age"), _("Within the tool's daily limit")),
        rows=rows,
        rest=_("More backups, not shown: {count}.", count=rest) if rest else "",
    )  # fmt: skip


def _copies(record: AuditRecord, _: Language) -> list[Copy]:
    found = set()
    for target, row in by_target(record, PROBE):
        tool = text(row, "name") or text(row, "product") or _("no backup tool was seen")
        where = text(row, "location")
        name = f"{visible(target)}: {tool}{f' → {where}' if where else ''}"
        age = number(row, "newest_age_h")
        found.add(Copy(name, age if age is not None and age >= 0 else None, text(row, "fresh")))
    return sorted(found, key=lambda c: (c.age_h is None, -(c.age_h or 0), c.name, c.fresh))


def _words(_: Language) -> dict[Look, str]:
    return {Look.MET: _("yes"), Look.NOT_MET: _("no"), Look.UNDETERMINED: _("not known")}


def _look(copy: Copy) -> Look:
    return _LOOKS.get(copy.fresh, Look.UNDETERMINED)


def _age(copy: Copy, _: Language) -> str:
    return _("not known") if copy.age_h is None else _span(copy.age_h, _)


def _span(hours: float, _: Language) -> str:
    if round(hours, 1) == 1:
        return _("1 hour")
    if hours < _TWO_DAYS:
        return _("{count} hours", count=values.number(_, round(hours, 1)))
    return _("{count} days", count=values.number(_, round(hours / 24, 1)))


def _mark(hours: float, _: Language) -> str:
    return (
        _("{count} h", count=int(hours))
        if hours < _TWO_DAYS
        else _("{count} d", count=int(hours / 24))
    )


def _x(hours: float) -> float:
    return WIDTH * math.log1p(min(hours, _YEARS)) / math.log1p(_YEARS)


def _draw(copies: list[Copy], _: Language) -> Drawing:
    bottom = _TOP + len(copies) * _STEP
    shapes: list[Shape] = [
        Words(_x(mark), 11, _mark(mark, _), Face.QUIET, "middle") for mark in _MARKS
    ]
    for row, copy in enumerate(copies):
        top = _TOP + row * _STEP
        shapes.append(Words(0, top + 13, fit(copy.name, WIDTH - 100)))
        if copy.age_h is None:
            shapes += unknown_bar(0, top + 17, WIDTH, _age(copy, _))
        else:
            shapes += [Line(_x(m), top + 16, _x(m), top + 32, Look.GRID) for m in _MARKS]
            shapes.append(Words(WIDTH, top + 13, _age(copy, _), Face.STRONG, "end"))
            shapes.append(Rect(0, top + 18, max(2.0, _x(copy.age_h)), _BAR, _look(copy)))
    head = Words(0, bottom + 16, _("Within the tool's daily limit") + ":", Face.QUIET)
    tall, key = legend(tuple(_words(_).items()), bottom + 24)
    return Drawing(bottom + 24 + tall, (*shapes, head, *key))
