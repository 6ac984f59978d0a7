"""The network segments, and what classes of devices were seen in each."""

from collections import Counter
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from auditor.language import Language
from auditor.model import AuditRecord, Row

from ..cells import gaps, number, rows_of, text, truth, why_not
from ..view import Picture
from ..wording import Wording
from .devices import classes
from .drawing import SMALL, WIDTH, Drawing, Face, Line, Look, Rect, Shape, Words, fit
from .svg import svg

KEY = "network"
TOPOLOGY = "lan_topology"
DEVICES = "lan_devices"
MOST = 10
_SPINE, _LEFT, _GAP, _CHIP = 10.0, 34.0, 14.0, 22.0


@dataclass(frozen=True, slots=True)
class Part:
    """A segment, or what lies in none. `hosts` is None where nobody could count."""

    name: str
    hosts: int | None
    is_seen: bool
    notes: tuple[str, ...]
    devices: tuple[tuple[str, int], ...]


def network(record: AuditRecord, wording: Wording) -> Picture:
    """Return each segment as a box; one that cannot be seen from here has a broken outline."""
    _ = wording.language
    title = _("Map of the network: segments and devices")
    segments = [r for r in rows_of(record, TOPOLOGY) if text(r, "kind") == "segment"]
    devices = rows_of(record, DEVICES)
    if not segments and not devices:
        return Picture(KEY, title, (why_not(record, TOPOLOGY, wording),))
    parts = _parts(segments, devices, _)
    shown = parts[:MOST]
    rest = len(parts) - len(shown)
    links = sum(text(row, "kind") == "link" for row in rows_of(record, TOPOLOGY))
    summary = [_("What answered during this run, seen from the measuring machine.")]
    if not devices:
        summary.append(_("Classes of devices are not known."))
    if links:
        summary.append(_("Links that devices reported: {count}.", count=links))
    told = tuple(_told(part, _) for part in shown)
    return Picture(
        key=KEY,
        title=title,
        summary=(*summary, *gaps(record, TOPOLOGY, wording)),
        told=(said := "; ".join(f"{name}: {devices}" for name, _hosts, devices, _note in told)),
        svg=svg(_draw(shown, _), KEY, title, said),
        head=(_("Segment"), _("Addresses that answered"), _("Devices"), _("Remark")),
        rows=told,
        rest=_("More segments, not shown: {count}.", count=rest) if rest else "",
    )


def _parts(segments: list[Row], devices: tuple[Row, ...], _: Language) -> list[Part]:
    words = classes(_)
    unknown = _("class not known")
    at: dict[int | None, Counter[str]] = {}
    for device in devices:
        word = words.get(text(device, "device_class"), unknown)
        at.setdefault(_home(device, segments), Counter())[word] += 1
    parts = [
        Part(
            name=" · ".join(t for t in (text(row, "name"), text(row, "network")) if t) or "?",
            hosts=_count(row, "hosts"),
            is_seen=truth(row, "is_seen") is True,
            notes=_notes(row, _),
            devices=_ordered(at.get(place, Counter()), unknown),
        )
        for place, row in enumerate(segments)
    ]
    if None in at:
        outside = _("in none of these segments") if segments else _("segments are not known")
        parts.append(
            Part(outside, None, is_seen=False, notes=(), devices=_ordered(at[None], unknown))
        )
    return parts


def _count(row: Row, column: str) -> int | None:
    count = number(row, column)
    return None if count is None or count < 0 else int(count)


def _ordered(counts: Counter[str], last: str) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda pair: (pair[0] == last, -pair[1], pair[0])))


def _home(device: Row, segments: list[Row]) -> int | None:
    """Return the first segment that holds an address of the device."""
    cell = device.get("addresses")
    addresses = cell if isinstance(cell, tuple) else ()
    for place, segment in enumerate(segments):
        if any(_holds(text(segment, "network"), str(address)) for address in addresses):
            return place
    return None


def _holds(network_text: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(network_text, strict=False)
    except ValueError:
        return False


def _notes(row: Row, _: Language) -> tuple[str, ...]:
    notes = []
    if truth(row, "is_seen") is not True:
        notes.append(_("not visible from here"))
    if truth(row, "is_listed") is False:
        notes.append(_("not in the plan of addresses"))
    if number(row, "gateways") == 0:
        notes.append(_("no gateway answered"))
    return tuple(notes)


def _told(part: Part, _: Language) -> tuple[str, str, str, str]:
    hosts = _("not known") if part.hosts is None else str(part.hosts)
    devices = ", ".join(f"{word} {count}" for word, count in part.devices) or _("not known")
    return part.name, hosts, devices, "; ".join(part.notes)


def _draw(parts: list[Part], _: Language) -> Drawing:
    boxes: list[Shape] = []
    y, ties = 4.0, [0.0]
    for part in parts:
        tall, inside = _box(part, y, _)
        look = Look.BOX if part.is_seen else Look.DOUBTFUL
        boxes.append(Rect(_LEFT, y, WIDTH - _LEFT - 1, tall, look))
        boxes += inside
        boxes.append(Line(_SPINE, y + 18, _LEFT, y + 18, look))
        ties.append(y + 18)
        y += tall + _GAP
    spine = Line(_SPINE, 4, _SPINE, ties[-1], Look.AXIS)
    return Drawing(y, (spine, *boxes))


def _box(part: Part, top: float, _: Language) -> tuple[float, list[Shape]]:
    """Return the height of a box and what stands in it, from `top` down."""
    left, right = _LEFT + 10, WIDTH - 12
    told = _("answered: {count}", count=_("not known") if part.hosts is None else part.hosts)
    shapes: list[Shape] = [
        Words(left, top + 22, fit(part.name, right - left - 130), Face.STRONG),
        Words(right, top + 22, told, Face.LABEL, "end"),
    ]
    y = top + 30
    if part.notes:
        note = fit("; ".join(part.notes), right - left, SMALL)
        shapes.append(Words(left, y + 10, note, Face.QUIET))
        y += 16
    x = left
    for word, count in part.devices:
        label = fit(f"{word} × {count}", right - left - 16)
        width = min(len(label) * 6.9 + 16, right - left)
        if x > left and x + width > right:
            x, y = left, y + _CHIP + 4
        shapes.append(Rect(x, y + 4, width, _CHIP, Look.NOT_APPLICABLE))
        shapes.append(Words(x + width / 2, y + 19, label, Face.LABEL, "middle"))
        x += width + 6
    y += _CHIP + 8 if part.devices else 4
    return y + 6 - top, shapes
