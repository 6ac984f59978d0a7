"""How full the places are that data is stored in."""

from dataclasses import dataclass

from auditor.model import AuditRecord

from .. import values
from ..cells import by_target, gaps, number, text, truth, why_not
from ..clean import visible
from ..view import Picture
from ..wording import Wording
from .drawing import WIDTH, Drawing, Face, Look, Rect, Shape, Words, fit, legend, unknown_bar
from .svg import svg

KEY = "storage"
PROBE = "filesystems"
ROLE = "storage"
MOST = 12
_BAR, _STEP = 12.0, 38.0
_KIB = 1024
_UNITS = ("byte", "KiB", "MiB", "GiB", "TiB", "PiB")


@dataclass(frozen=True, slots=True)
class Place:
    """A file system in bytes; None where a figure did not come."""

    name: str
    total: float | None
    free: float | None

    @property
    def used(self) -> float | None:
        """The used part, 0 to 1; None where it is not known."""
        if self.total is None or self.free is None or not 0 <= self.free <= self.total > 0:
            return None
        return 1 - self.free / self.total


def storage(record: AuditRecord, wording: Wording) -> Picture:
    """Return the fullest places first; one whose size is unknown is drawn as unknown."""
    _ = wording.language
    title = _("Storage: how full it is")
    stores = {visible(t.name) for t in record.targets if ROLE in t.roles}
    places = _places(record, stores)
    which = _("Machines with the role “storage”.")
    if not places:
        places, which = _places(record, None), _("No machine has the role “storage”: all machines.")
    if not places:
        return Picture(KEY, title, (why_not(record, PROBE, wording),))
    shown = places[:MOST]
    rest = len(places) - len(shown)
    told = [(p.name, *_told(p, wording)) for p in shown]
    return Picture(
        key=KEY,
        title=title,
        summary=(
            which,
            _("What is used of each file system that can be written; fullest first."),
            *gaps(record, PROBE, wording),
        ),
        told=(said := "; ".join(f"{name}: {used}" for name, used, *_rest in told)),
        svg=svg(_draw(shown, wording), KEY, title, said),
        head=(_("File system"), _("Used"), _("Free"), _("Size")),
        rows=tuple(told),
        rest=_("More file systems, not shown: {count}.", count=rest) if rest else "",
    )


def _places(record: AuditRecord, names: set[str] | None) -> list[Place]:
    found = {
        Place(f"{visible(target)}: {text(row, 'mount')}", number(row, "total_bytes"),
              number(row, "free_bytes"))
        for target, row in by_target(record, PROBE)
        if (names is None or visible(target) in names) and truth(row, "is_readonly") is not True
    }  # fmt: skip
    return sorted(found, key=lambda p: (-1 if p.used is None else p.used, p.name), reverse=True)


def _told(place: Place, wording: Wording) -> tuple[str, str, str]:
    _ = wording.language
    used = _("not known")
    if place.used is not None:
        used = f"{values.number(_, round(100 * place.used, 1))} %"
    return used, _size(place.free, wording), _size(place.total, wording)


def _size(count: float | None, wording: Wording) -> str:
    _ = wording.language
    if count is None or count < 0:
        return _("not known")
    step = 0
    while count >= _KIB and step < len(_UNITS) - 1:
        count, step = count / _KIB, step + 1
    return f"{values.number(_, round(count, 1))} {_UNITS[step]}"


def _draw(places: list[Place], wording: Wording) -> Drawing:
    _, shapes = wording.language, list[Shape]()
    for row, place in enumerate(places):
        top = row * _STEP
        used, _free, size = _told(place, wording)
        told = "" if place.used is None else f"{used} / {size}"
        shapes.append(Words(0, top + 13, fit(place.name, WIDTH - 140)))
        shapes.append(Words(WIDTH, top + 13, told, Face.STRONG, "end"))
        if place.used is None:
            shapes += unknown_bar(0, top + 17, WIDTH, used)
            continue
        shapes.append(Rect(0, top + 18, WIDTH, _BAR, Look.NOT_APPLICABLE))
        shapes.append(Rect(0, top + 18, WIDTH * place.used, _BAR, Look.MET))
    top = len(places) * _STEP + 4
    words = ((Look.MET, _("used")), (Look.NOT_APPLICABLE, _("free")))
    tall, entries = legend(words, top)
    return Drawing(top + tall, (*shapes, *entries))
