"""Every usable sample of the Internet line over the sampled hours, beside the contract."""

import statistics
from dataclasses import dataclass

from auditor.model import AuditRecord, Confidence, Row

from .. import values
from ..cells import number, rows_of, text, truth, why_not
from ..clean import clipped
from ..view import Picture
from ..wording import Wording
from .drawing import WIDTH, Dot, Drawing, Face, Line, Look, Shape, Words, fit, scale_end
from .svg import svg

KEY = "bandwidth"
PROBE = "internet_quality"
CONTRACT = "internet_contract_down_mbps"
RATIO = "min_speed_ratio"
REFERENCE = "reference_contract_mbps"
MOST_SLOTS = 12
_PARTS = 5
_NARROW = 80.0
_LEFT, _TOP, _TALL = 44.0, 26.0, 170.0


@dataclass(frozen=True, slots=True)
class Slot:
    """One time slot: the speeds of its usable samples in Mbit/s, and how many gave none."""

    name: str
    speeds: tuple[float, ...]
    without: int


@dataclass(frozen=True, slots=True)
class Level:
    """A line across the picture, in Mbit/s; `note` says what stands behind it."""

    mbps: float
    word: str
    look: Look
    note: str = ""


def bandwidth(record: AuditRecord, wording: Wording) -> Picture:
    """Return the downloads by time slot; a sample without a value is a cross, never a zero."""
    _ = wording.language
    title = _("Download speed over the sampled hours")
    rows = [row for row in rows_of(record, PROBE) if text(row, "direction") == "down"]
    slots = _slots(rows)
    if not any(slot.speeds for slot in slots):
        why = why_not(record, PROBE, wording)
        if rows:
            why = _(
                "No picture: no sample gave a usable value (samples: {count}).", count=len(rows)
            )
        return Picture(KEY, title, (why,))
    shown = slots[-MOST_SLOTS:]
    levels = _levels(record, wording)
    said = tuple(
        f"{level.word}: {_mbps(wording, level.mbps)}{level.note and f' – {level.note}'}"
        for level in levels
    )
    if not any(level.look is Look.AXIS for level in levels):
        said = (_("The contracted speed was not declared."), *said)
    rest = len(slots) - len(shown)
    return Picture(
        key=KEY,
        title=title,
        summary=(
            _("Each circle is one usable sample, all servers and ways together, the slowest of a "
              "slot first; × counts samples without a value. A thick line marks the median of a "
              "time slot."),
            *said,
        ),
        told=(told := "; ".join(_told(shown, wording))),
        svg=svg(_draw(shown, levels, wording), KEY, title, told),
        head=(_("Time slot"), _("Samples"), _("Without a value"), _("Least"), _("Median"),
              _("Most")),
        rows=tuple(_row(slot, wording) for slot in shown),
        rest=_("Earlier time slots, not shown: {count}.", count=rest) if rest else "",
    )  # fmt: skip


def _slots(rows: list[Row]) -> list[Slot]:
    """Return the time slots in order of time, with what counts as a measurement of the line."""
    names = sorted({text(row, "time_slot") for row in rows})
    found = []
    for name in names:
        mine = [row for row in rows if text(row, "time_slot") == name]
        usable = [number(r, "mbps_whole") for r in mine if truth(r, "is_usable") is True]
        speeds = sorted(speed for speed in usable if speed is not None and speed >= 0)
        found.append(Slot(name, tuple(speeds), len(mine) - len(speeds)))
    return found


def _levels(record: AuditRecord, wording: Wording) -> tuple[Level, ...]:
    """Return contract, the share of it that is asked for, and the reference with its source."""
    _, parameters = wording.language, record.profile.parameters
    stated = [
        number(row, "number")
        for row in rows_of(record, "declared_values")
        if text(row, "id") == CONTRACT
    ]
    found = [Level(n, _("contract"), Look.AXIS) for n in stated[:1] if n is not None and n > 0]
    ratio = parameters[RATIO].default if RATIO in parameters else None
    if found and isinstance(ratio, int | float) and 0 < ratio < 1:
        word = _("{ratio} × contract, {source}", ratio=values.number(_, float(ratio)),
                 source=wording.sources[parameters[RATIO].source])  # fmt: skip
        found.append(Level(found[0].mbps * ratio, word, Look.LIMIT))
    wish = parameters.get(REFERENCE)
    if wish is not None and isinstance(wish.default, int | float) and _citable(wish.confidence):
        word = _("for reference, {source}", source=wording.sources[wish.source])
        note = "; ".join(filter(None, (wording.pick(wish.meaning), clipped(wish.citation))))
        found.append(Level(float(wish.default), word, Look.REFERENCE, note))
    return tuple(found)


def _citable(known: Confidence | None) -> bool:
    return known is None or known.citable


def _mbps(wording: Wording, speed: float) -> str:
    return f"{values.number(wording.language, round(speed, 1))} Mb/s"


def _row(slot: Slot, wording: Wording) -> tuple[str, ...]:
    speeds, unknown = slot.speeds, wording.language("not known")
    three = (min(speeds), statistics.median(speeds), max(speeds)) if speeds else ()
    told = tuple(_mbps(wording, speed) for speed in three) or (unknown,) * 3
    day, _sep, hours = slot.name.partition(" ")
    return (f"{values.day(day)} {hours}".strip(), str(len(speeds)), str(slot.without), *told)


def _told(slots: list[Slot], wording: Wording) -> list[str]:
    _ = wording.language
    return [
        _("{slot}: samples {count}, median {median}", slot=row[0], count=row[1], median=row[4])
        for row in (_row(slot, wording) for slot in slots)
    ]


def _draw(slots: list[Slot], levels: tuple[Level, ...], wording: Wording) -> Drawing:
    top, drawn = _scale(slots, levels)
    base, wide = _TOP + _TALL, (WIDTH - _LEFT) / len(slots)
    shapes: list[Shape] = [Words(0, 13, "Mb/s", Face.QUIET)]
    for part in range(_PARTS + 1):
        y = base - _TALL * part / _PARTS
        shapes.append(Line(_LEFT, y, WIDTH, y, Look.AXIS if part == 0 else Look.GRID))
        mark = values.number(wording.language, round(top * part / _PARTS, 2))
        shapes.append(Words(_LEFT - 6, y + 4, mark, Face.QUIET, "end"))
    for place, slot in enumerate(slots):
        left = _LEFT + place * wide
        shapes += _dots(slot, left, wide, base, top)
        day, _sep, hours = slot.name.partition(" ")
        shapes.append(Words(left + wide / 2, base + 32, fit(hours, wide, 11), Face.QUIET, "middle"))
        date = values.day(day)[:5] if wide < _NARROW else values.day(day)
        shapes.append(Words(left + wide / 2, base + 46, fit(date, wide, 11), Face.QUIET, "middle"))
    for place, level in enumerate(drawn):
        y = base - _TALL * level.mbps / top
        shapes.append(Line(_LEFT, y, WIDTH, y, level.look))
        key = base + 68 + 18 * place
        shapes.append(Line(0, key - 4, 28, key - 4, level.look))
        shapes.append(Words(36, key, fit(f"{level.word}: {_mbps(wording, level.mbps)}", 400)))
    return Drawing(base + 58 + 18 * len(drawn), tuple(shapes))


def _scale(slots: list[Slot], levels: tuple[Level, ...]) -> tuple[float, list[Level]]:
    """Return the upper end in Mbit/s and the levels below it; a far reference would flatten all."""
    near = [
        *(level.mbps for level in levels if level.look is not Look.REFERENCE),
        *(speed for slot in slots for speed in slot.speeds),
    ]
    most = max(near, default=0.0)
    drawn = [level for level in levels if level.look is not Look.REFERENCE or level.mbps < 2 * most]
    wanted = max([most, 1.0, *(level.mbps for level in drawn)]) * 1.05
    return scale_end(wanted, _PARTS), drawn


def _dots(slot: Slot, left: float, wide: float, base: float, top: float) -> list[Shape]:
    """Spread the samples of a slot over its width, so that equal ones do not hide each other."""
    shapes: list[Shape] = []
    count = len(slot.speeds)
    for place, speed in enumerate(slot.speeds):
        x = left + wide * (0.15 + 0.7 * (place + 0.5) / count)
        shapes.append(Dot(x, base - _TALL * speed / top, Look.DOT))
    if count:
        y = base - _TALL * statistics.median(slot.speeds) / top
        shapes.append(Line(left + wide * 0.1, y, left + wide * 0.9, y, Look.MEDIAN))
    if slot.without:
        middle = left + wide / 2
        shapes.append(Dot(middle - 8, base + 14, Look.DOT, is_cross=True))
        shapes.append(Words(middle + 2, base + 18, str(slot.without), Face.QUIET))
    return shapes
