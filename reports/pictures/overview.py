"""The verdicts of each group as a ring."""

from auditor.model import AuditRecord, Verdict

from ..clean import clipped, visible
from ..view import Picture
from ..wording import Wording
from .drawing import (
    SIZE,
    WIDTH,
    Arc,
    Drawing,
    Face,
    Look,
    Shape,
    Words,
    fit,
    legend,
    wrapped,
)
from .svg import svg

KEY = "overview"
_OUTER, _INNER = 58.0, 36.0
_CELL, _TALL = WIDTH / 2, 196.0
_LINES = 2


def overview(record: AuditRecord, wording: Wording) -> Picture:
    """Return one ring for each group; parts such as 2.4a count inside their whole."""
    _, title = wording.language, wording.language("Verdicts by group")
    names = {group.id: clipped(group.name.vi) for group in record.profile.groups}
    counts = [
        (
            f"{visible(found.group)}. {names[found.group]}",
            tuple(max(0, found.counts.get(verdict, 0)) for verdict in Verdict),
        )
        for found in record.groups
    ]
    drawn = [(name, numbers) for name, numbers in counts if sum(numbers)]
    words = tuple(wording.badges[verdict].word for verdict in Verdict)
    summary = tuple(
        f"{name}: " + ", ".join(f"{word} {n}" for word, n in zip(words, numbers, strict=True))
        for name, numbers in counts
    )
    if not drawn:
        return Picture(KEY, title, (_("No picture: no indicator was judged."),))
    rows = tuple((name, *map(str, numbers), str(sum(numbers))) for name, numbers in counts)
    return Picture(
        key=KEY,
        title=title,
        summary=(_("The figure in a ring counts what is met, out of all of its group."),),
        told="; ".join(summary),
        svg=svg(_draw(drawn, words), KEY, title, "; ".join(summary)),
        head=(wording.labels["group"], *words, wording.labels["total"]),
        rows=rows,
    )


def _draw(groups: list[tuple[str, tuple[int, ...]]], words: tuple[str, ...]) -> Drawing:
    shapes: list[Shape] = []
    for place, (name, counts) in enumerate(groups):
        left, top = (place % 2) * _CELL, (place // 2) * _TALL
        alone = len(groups) % 2 == 1 and place == len(groups) - 1
        middle = WIDTH / 2 if alone else left + _CELL / 2
        shapes += _one(middle, top + _OUTER + 22, counts)
        for line, text in enumerate(wrapped(name, _CELL - 12, _LINES)):
            shapes.append(Words(middle, top + 2 * _OUTER + 52 + 16 * line, text, anchor="middle"))
    top = (len(groups) + 1) // 2 * _TALL + 6
    looks = tuple(Look(verdict.value) for verdict in Verdict)
    tall, entries = legend(tuple(zip(looks, words, strict=True)), top)
    return Drawing(top + tall, (*shapes, *entries))


def _one(x: float, y: float, counts: tuple[int, ...]) -> list[Shape]:
    """Return a ring with the number of each part beside it."""
    shapes: list[Shape] = []
    total, done = sum(counts), 0
    for verdict, count in zip(Verdict, counts, strict=True):
        if not count:
            continue
        arc = Arc(x, y, _OUTER, _INNER, done / total, (done + count) / total, Look(verdict.value))
        shapes += [arc, _number(arc, count)]
        done += count
    met = counts[tuple(Verdict).index(Verdict.MET)]
    return [*shapes, Words(x, y + 7, fit(f"{met}/{total}", 2 * _INNER), Face.BIG, "middle")]


def _number(arc: Arc, count: int) -> Words:
    """Set the number outside the ring, at the middle of its part."""
    x, y = arc.at(arc.outer + 12, (arc.start + arc.end) / 2)
    return Words(x, y + SIZE / 3, str(count), Face.LABEL, "middle")
