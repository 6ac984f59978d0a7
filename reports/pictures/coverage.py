"""Of all known machines, how many have what: yes, no and not known, on one denominator."""

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.language import Language
from auditor.model import AuditRecord

from ..cells import by_target, rows_of, text, truth, why_not
from ..machines import PROBE
from ..view import Picture
from ..wording import Wording
from .drawing import WIDTH, Drawing, Face, Line, Look, Rect, Shape, Words, fit, legend
from .svg import svg

KEY = "coverage"
_BAR, _STEP = 14.0, 44.0
_LOOKS = (Look.MET, Look.NOT_MET, Look.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Share:
    """How many machines have something, have it not, and could not tell."""

    label: str
    yes: int
    no: int
    unknown: int

    @property
    def total(self) -> int:
        """All known machines."""
        return self.yes + self.no + self.unknown


def coverage(record: AuditRecord, wording: Wording) -> Picture:
    """Return one bar for each thing that a machine should have."""
    _ = wording.language
    title = _("Coverage of the known machines")
    machines = [row for row in rows_of(record, PROBE) if truth(row, "is_counted") is True]
    if not machines:
        return Picture(KEY, title, (why_not(record, PROBE, wording),))
    names = [tuple(text(row, "name").split(", ")) for row in machines]
    inspected = [truth(row, "is_inspected") is True for row in machines]
    shares = (
        Share(_("inspected"), sum(inspected), 0, len(machines) - sum(inspected)),
        *(
            _share(label, names, _answers(record, probe, column))
            for label, probe, column in _asked(_)
        ),
    )
    words = (_("yes"), _("no"), _("not known"))
    summary = [
        _("Known machines: {count}. A machine that was not read counts as “not known”, never as "
          "“yes”.", count=len(machines))
    ]  # fmt: skip
    hidden = sum(text(row, "state") == "hidden" for row in rows_of(record, PROBE))
    if hidden:
        summary.append(_("There are more; lists or networks that could not be counted: {count}.",
                         count=hidden))  # fmt: skip
    return Picture(
        key=KEY,
        title=title,
        summary=tuple(summary),
        told=(told := "; ".join(_said(share, words) for share in shares)),
        svg=svg(_draw(shares, words), KEY, title, told),
        head=(_("Property"), *words, wording.labels["total"]),
        rows=tuple((s.label, str(s.yes), str(s.no), str(s.unknown), str(s.total)) for s in shares),
    )


def _asked(_: Language) -> tuple[tuple[str, str, str], ...]:
    return (
        (_("centrally managed anti-malware"), "anti_malware", "is_covered"),
        (_("monitored by an agent"), "monitoring_agent", "is_active"),
        (_("sends its logs to another machine"), "log_forwarding", "is_forwarding"),
        (_("clock kept right"), "clock_synchronisation", "is_synchronised"),
    )


def _answers(record: AuditRecord, probe: str, column: str) -> dict[str, bool]:
    """Return what each target proves: one yes is enough, no needs all rows to say so."""
    found: dict[str, list[bool | None]] = {}
    for target, row in by_target(record, probe):
        found.setdefault(target, []).append(truth(row, column))
    return {
        target: True in answers
        for target, answers in found.items()
        if True in answers or None not in answers
    }


def _share(label: str, names: Iterable[tuple[str, ...]], answers: dict[str, bool]) -> Share:
    """Count machines; one whose targets contradict each other could not tell."""
    counted = {True: 0, False: 0, None: 0}
    for targets in names:
        said = {answers[target] for target in targets if target in answers}
        counted[said.pop() if len(said) == 1 else None] += 1
    return Share(label, counted[True], counted[False], counted[None])


def _said(share: Share, words: tuple[str, str, str]) -> str:
    numbers = (share.yes, share.no, share.unknown)
    parts = (f"{word} {number}" for word, number in zip(words, numbers, strict=True))
    return f"{share.label}: {', '.join(parts)}"


def _draw(shares: tuple[Share, ...], words: tuple[str, str, str]) -> Drawing:
    shapes: list[Shape] = []
    for place, share in enumerate(shares):
        top, left = place * _STEP, 0.0
        numbers = (share.yes, share.no, share.unknown)
        told = " / ".join(map(str, numbers))
        shapes.append(Words(0, top + 13, fit(share.label, WIDTH - 130)))
        shapes.append(Words(WIDTH, top + 13, told, Face.STRONG, "end"))
        for number, look in zip(numbers, _LOOKS, strict=True):
            width = WIDTH * number / share.total
            if number:
                shapes.append(Rect(left, top + 19, width, _BAR, look))
            left += width
    top = len(shares) * _STEP
    shapes.append(Line(0, top - 4, WIDTH, top - 4, Look.GRID))
    tall, entries = legend(tuple(zip(_LOOKS, words, strict=True)), top + 6)
    return Drawing(top + 6 + tall, (*shapes, *entries))
