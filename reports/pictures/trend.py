"""How the answers to one indicator went over the kept runs and samples: a picture of its own."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.language import Language
from auditor.model import Verdict
from auditor.trend import Course, Mark

from .. import values, words
from ..clean import visible
from .drawing import (
    WIDTH,
    Dot,
    Drawing,
    Face,
    Line,
    Look,
    Rect,
    Shape,
    Words,
    fit,
    legend,
    scale_end,
    wrapped,
)
from .svg import svg

KEY = "trend"
MOST = 12
SLOTS = 12
_PARTS = 2
_LEFT, _TALL, _BAND = 44.0, 90.0, 12.0


@dataclass(frozen=True, slots=True)
class Slot:
    """The marks of one of the equal parts of the time that a course spans."""

    place: int
    marks: tuple[Mark, ...]

    @property
    def numbers(self) -> list[float]:
        """The known numbers."""
        return [mark.number for mark in self.marks if mark.number is not None]

    @property
    def verdicts(self) -> list[tuple[Look, int]]:
        """How often each verdict came, the best first."""
        found = [mark.verdict for mark in self.marks]
        return [(Look(v.value), found.count(v)) for v in Verdict if v in found]


def draw(indicator: str, courses: Sequence[Course], language: Language) -> str:
    """Return the drawing as SVG, its figures as the text beside it; nothing to draw is no call."""
    _ = language
    title = _("How indicator {indicator} went", indicator=visible(indicator))
    shown = courses[:MOST]
    told = [_told(course, _) for course in shown]
    shapes: list[Shape] = [Words(0, 16, fit(title, WIDTH), Face.STRONG)]
    how = _(
        "Time runs in {count} equal parts. Each circle is the median of n values of its part, the "
        "line through it reaches from the least to the most; × counts what gave no number.",
        count=SLOTS,
    )
    lines = wrapped(how, WIDTH, 4, 11)
    shapes += [Words(0, 34 + 14 * n, line, Face.QUIET) for n, line in enumerate(lines)]
    top = 34.0 + 14 * len(lines)
    if any(mark.verdict for course in shown for mark in course.marks):
        names = words.verdicts(_)
        shapes.append(Words(0, top + 11, _("Verdicts by their share of each part:"), Face.QUIET))
        tall, key = legend(tuple((Look(v.value), names[v]) for v in Verdict), top + 18)
        shapes += key
        top += 18 + tall
    for course in shown:
        panel, top = _panel(course, top + 14, _)
        shapes += panel
    if rest := len(courses) - len(shown):
        told.append(_("{count} more are not drawn.", count=rest))
        shapes.append(Words(0, top + 16, told[-1], Face.QUIET))
        top += 20
    return svg(Drawing(top + 6, tuple(shapes)), KEY, title, f"{how} {' '.join(told)}")


def _slots(course: Course) -> list[Slot]:
    """Return the parts of time in which there is anything."""
    first = course.marks[0].at
    span = (course.marks[-1].at - first).total_seconds()
    found: dict[int, list[Mark]] = {}
    for mark in course.marks:
        share = (mark.at - first).total_seconds() / span if span else 0.5
        found.setdefault(min(SLOTS - 1, int(share * SLOTS)), []).append(mark)
    return [Slot(place, tuple(marks)) for place, marks in sorted(found.items())]


def _name(course: Course, _: Language) -> str:
    unit, count = f", {course.unit}" if course.unit else "", len(course.marks)
    if course.centre:
        return visible(
            _("{centre}: {name} (samples: {count}{unit})",
              centre=course.centre, name=course.name, count=count, unit=unit)
        )  # fmt: skip
    return visible(_("{name} (runs: {count}{unit})", name=course.name, count=count, unit=unit))


def _number(number: float, _: Language) -> str:
    return values.number(_, round(number, 2))


def _told(course: Course, _: Language) -> str:
    """Say the figures of a course, part by part of its time."""
    names = words.verdicts(_)
    said = []
    for slot in _slots(course):
        numbers, parts = slot.numbers, [values.period(slot.marks[0].at, slot.marks[-1].at)]
        if numbers:
            parts.append(
                _("median {median}, least {least}, most {most}, n = {n}",
                  median=_number(statistics.median(numbers), _), least=_number(min(numbers), _),
                  most=_number(max(numbers), _), n=len(numbers))
            )  # fmt: skip
        if without := len(slot.marks) - len(numbers):
            parts.append(_("without a number: {count}", count=without))
        parts += [f"{names[Verdict(look.value)]} ×{count}" for look, count in slot.verdicts]
        said.append(", ".join(parts))
    return f"{_name(course, _)}: {'; '.join(said)}."


def _panel(course: Course, top: float, _: Language) -> tuple[list[Shape], float]:
    """Return the shapes of one course below `top`, and where they end."""
    slots, first, last = _slots(course), course.marks[0].at, course.marks[-1].at
    name = wrapped(_name(course, _), WIDTH, 3)
    shapes: list[Shape] = [Words(0, top + 13 + 16 * n, line) for n, line in enumerate(name)]
    top += 16 * len(name) + 10
    if any(slot.numbers for slot in slots):
        shapes += _plot(slots, top, _)
        top += _TALL + 20
    if any(slot.verdicts for slot in slots):
        shapes += _verdicts(slots, top)
        top += _BAND + 6
    shapes.append(Words(_LEFT, top + 10, values.moment(first), Face.QUIET))
    shapes.append(Words(WIDTH, top + 10, values.moment(last), Face.QUIET, "end"))
    return shapes, top + 16


def _plot(slots: list[Slot], top: float, _: Language) -> Iterator[Shape]:
    numbers = [number for slot in slots for number in slot.numbers]
    low = min(0.0, *numbers)
    high = low + scale_end((max(*numbers, 0.0) - low) * 1.05 or 1.0, _PARTS)
    base, wide = top + _TALL, (WIDTH - _LEFT) / SLOTS

    def at(number: float) -> float:
        return base - _TALL * (number - low) / (high - low)

    for part in range(_PARTS + 1):
        mark = low + (high - low) * part / _PARTS
        yield Line(_LEFT, at(mark), WIDTH, at(mark), Look.GRID if part else Look.AXIS)
        yield Words(_LEFT - 6, at(mark) + 4, _number(mark, _), Face.QUIET, "end")
    for slot in slots:
        x = _LEFT + (slot.place + 0.5) * wide
        if slot.numbers:
            yield Line(x, at(min(slot.numbers)), x, at(max(slot.numbers)), Look.MEDIAN)
            yield Dot(x, at(statistics.median(slot.numbers)), Look.DOT)
            yield Words(x, base + 14, f"n={len(slot.numbers)}", Face.QUIET, "middle")
        if without := len(slot.marks) - len(slot.numbers):
            yield Dot(x - 8, top + 2, Look.DOT, is_cross=True)
            yield Words(x, top + 6, str(without), Face.QUIET)


def _verdicts(slots: list[Slot], top: float) -> Iterator[Shape]:
    """Draw the share of each verdict in each part; a part without runs stays empty."""
    wide = (WIDTH - _LEFT) / SLOTS
    for slot in slots:
        left, total = _LEFT + slot.place * wide + 1, sum(count for _look, count in slot.verdicts)
        for look, count in slot.verdicts:
            width = (wide - 2) * count / total
            yield Rect(left, top, width, _BAND, look)
            left += width
