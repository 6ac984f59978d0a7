"""From when until when each document holds, beside the day of the review."""

from dataclasses import dataclass
from datetime import date

from auditor.language import Language
from auditor.model import VIETNAM, AuditRecord, Row

from ..cells import rows_of, text, truth, why_not
from ..clean import visible
from ..view import Picture
from ..wording import Wording
from .drawing import WIDTH, Drawing, Face, Line, Look, Rect, Shape, Words, fit, legend
from .svg import svg

KEY = "validity"
PROBE = "documents"
MOST = 16
_EDGE = 90.0
_BAR, _STEP, _TOP = 12.0, 38.0, 24.0
_SPAN = 10 * 365
"""Days on each side of the review that the picture shows; a longer bar ends at the edge."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document by its days; None where the site file names none."""

    name: str
    since: date | None
    until: date | None
    is_expired: bool | None

    @property
    def look(self) -> Look:
        """Valid and expired as the probe found; without a last day nobody knows."""
        if self.is_expired is None or self.until is None:
            return Look.UNDETERMINED
        return Look.NOT_MET if self.is_expired else Look.MET


def validity(record: AuditRecord, wording: Wording) -> Picture:
    """Return what ends first first; an unknown end is drawn as unknown, not as for ever."""
    _ = wording.language
    title = _("Validity of the documents")
    there = [row for row in rows_of(record, PROBE) if truth(row, "exists") is not False]
    papers = sorted(_papers(record, there, wording), key=_order)
    undated = len(there) - len(papers)
    if not papers:
        why = why_not(record, PROBE, wording)
        if there:
            why = _("No picture: no document has a day of issue or a last day"
                    " (documents: {count}).",
                    count=undated)  # fmt: skip
        return Picture(KEY, title, (why,))
    today = record.started_at.astimezone(VIETNAM).date()
    shown = papers[:MOST]
    rest = len(papers) - len(shown)
    summary = [_("Day of the review: {day}.", day=f"{today:%d/%m/%Y}")]
    if undated:
        summary.append(_("Documents without any day, not drawn: {count}.", count=undated))
    words = _words(_)
    rows = tuple((p.name, _day(p.since, _), _day(p.until, _), words[p.look]) for p in shown)
    told = "; ".join(f"{name}: {since} – {until}, {word}" for name, since, until, word in rows)
    return Picture(
        key=KEY,
        title=title,
        summary=tuple(summary),
        told=told,
        svg=svg(_draw(shown, today, _), KEY, title, told),
        head=(_("Document"), _("Issued on"), _("Valid until"), _("State")),
        rows=rows,
        rest=_("More documents, not shown: {count}.", count=rest) if rest else "",
    )


def _papers(record: AuditRecord, rows: list[Row], wording: Wording) -> set[Paper]:
    kinds, found = record.profile.document_kinds, set()
    for row in rows:
        since, until = _date(row, "issued_on"), _date(row, "valid_until")
        if since is None and until is None:
            continue
        kind = text(row, "kind")
        name = wording.pick(kinds[kind]) if kind in kinds else kind
        file = visible(text(row, "file"))
        found.add(Paper(f"{name} ({file})" if file else name, since, until,
                        truth(row, "is_expired")))  # fmt: skip
    return found


def _order(paper: Paper) -> tuple[bool, date, str, date]:
    return (paper.until is None, paper.until or date.max, paper.name, paper.since or date.min)


def _date(row: Row, column: str) -> date | None:
    try:
        return date.fromisoformat(text(row, column))
    except ValueError:
        return None


def _day(day: date | None, _: Language) -> str:
    return _("not known") if day is None else f"{day:%d/%m/%Y}"


def _words(_: Language) -> dict[Look, str]:
    return {
        Look.MET: _("valid"),
        Look.NOT_MET: _("expired"),
        Look.UNDETERMINED: _("last day not known"),
    }


def _draw(papers: list[Paper], today: date, _: Language) -> Drawing:
    """Put the days on one scale around the day of the review."""
    days = [d for p in papers for d in (p.since, p.until) if d is not None]
    low = min(0, *(max(-_SPAN, (d - today).days) for d in days)) - 20
    high = max(0, *(min(_SPAN, (d - today).days) for d in days)) + 20

    def at(day: date) -> float:
        return WIDTH * (min(max((day - today).days, low), high) - low) / (high - low)

    bottom = _TOP + len(papers) * _STEP
    shapes: list[Shape] = []
    anchor = "start" if at(today) < _EDGE else "end" if at(today) > WIDTH - _EDGE else "middle"
    told = _("day of the review: {day}", day=f"{today:%d/%m/%Y}")
    shapes.append(Words(at(today), 12, told, Face.QUIET, anchor))
    for row, paper in enumerate(papers):
        top = _TOP + row * _STEP
        shapes.append(Words(0, top + 13, fit(paper.name, WIDTH - 130)))
        end = _("until {day}", day=_day(paper.until, _)) if paper.until else _day(None, _)
        shapes.append(Words(WIDTH, top + 13, end, Face.QUIET, "end"))
        left = at(paper.since) if paper.since else at(paper.until or today) - 6
        right = at(paper.until or max(today, paper.since or today))
        shapes.append(Rect(left, top + 18, max(3.0, right - left), _BAR, paper.look))
        shapes.append(Line(at(today), top + 15, at(today), top + 33, Look.MEDIAN))
    tall, key = legend(tuple(_words(_).items()), bottom + 6)
    return Drawing(bottom + 6 + tall, (*shapes, *key))
