"""Devices and networks that a document's tables name, beside what the run saw on the network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network

from auditor.discovery.hosts import clean, entry_for, holds, uncounted, was_asked
from auditor.model import ListedDevice, Row, Scope, Text
from auditor.model.vocabulary import NO_TEXT


class About(StrEnum):
    """What a document and the run are compared in."""

    BACKUP = "backup"
    DEVICE = "device"
    NETWORK = "network"
    SPEED = "speed"


NO_NETWORK = Text(
    vi="Mạng chưa được rà soát trong lần chạy này, nên danh mục thiết bị, quy hoạch IP trong văn "
    "bản chưa được đối chiếu.",
    en="The network was not searched in this run, so the device lists and IP plans of documents "
    "are compared with nothing.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A device of a document: `ranges` are its addresses that are first-last."""

    page: str
    device: ListedDevice
    ranges: tuple[str, ...]

    def is_of(self, host: Row) -> bool:
        """Whether a host is this device, by MAC or address, or lies in one of its ranges."""
        address, mac = ip_address(str(host["address"]).partition("%")[0]), host["mac"]
        if entry_for(address, str(mac) if mac else None, (self.device,)):
            return True
        return any(_between(text, address.packed, address.version) for text in self.ranges)


def _between(text: str, packed: bytes, version: int) -> bool:
    first, last = map(ip_address, text.split("-"))
    return first.version == version and first.packed <= packed <= last.packed


def entries(row: Row) -> tuple[Entry, ...]:
    """Read the devices of a row of `document_content`."""
    return tuple(map(_entry, _texts(row, "listed_devices")))


def _texts(row: Row, column: str) -> tuple[str, ...]:
    told = row[column]
    return tuple(map(str, told)) if isinstance(told, tuple) else ()


def _entry(text: str) -> Entry:
    page, addresses, macs, name = text.split("; ", 3)
    words = addresses.split()
    device = ListedDevice(
        name=name,
        addresses=tuple(word for word in words if "-" not in word),
        macs=tuple(macs.split()),
    )
    return Entry(page, device, tuple(word for word in words if "-" in word))


def compared(
    paper: Row, siblings: Sequence[Row], hosts: Sequence[Row], segments: Sequence[Row], scope: Scope
) -> Iterator[Row]:
    """Yield devices and networks of one document with both sides, then what it does not name.

    `siblings` are the documents of its kind, itself among them: several lists make one whole. What
    a document of some systems does not name counts only inside the networks that it names.
    `segments` are those rows of `lan_topology` that this machine is plugged into.
    """
    live = [host for host in hosts if host["is_alive"] is True]
    blind = (*uncounted(hosts), *scope.exclusions)
    has_raw = any("arp" in _texts(host, "methods") for host in hosts)
    networks = [text.split("; ", 2) for text in _texts(paper, "listed_networks")]
    named = [network for _page, network, _words in networks]
    for entry in entries(paper):
        found = next((host for host in live if entry.is_of(host)), None)
        is_asked = was_asked(entry.device, scope.networks, blind, has_raw=has_raw)
        yield _listed_device(paper, entry, found, is_absent=is_asked and not entry.ranges)
    for page, network, words in networks:
        is_seen = _is_seen(network, live, segments, (*scope.networks,), blind)
        yield {
            **of(paper, About.NETWORK),
            "subject": network,
            "is_listed": True,
            "is_seen": is_seen,
            **_told(paper["file"], page, words, _SEEN[is_seen]),
        }
    all_entries = [entry for sibling in siblings for entry in entries(sibling)]
    if all_entries:
        yield from _unlisted_hosts(paper, named, live, all_entries)
    if named and not paper["information_systems"]:
        others = [text.split("; ", 2)[1] for s in siblings for text in _texts(s, "listed_networks")]
        yield from _unlisted_segments(paper, others, segments)


_SEEN = {
    True: Text(vi="thấy trên mạng", en="seen on the network"),
    False: Text(
        vi="không thấy máy nào trả lời khi rà soát", en="no machine answered during the review"
    ),
    None: Text(
        vi="chưa biết: nơi đó chưa rà soát được", en="not known: that place could not be reviewed"
    ),
}
_SILENT = Text(
    vi="không trả lời khi rà soát, có thể đang tắt",
    en="did not answer during the review, may be switched off",
)


def _listed_device(paper: Row, entry: Entry, found: Row | None, *, is_absent: bool) -> Row:
    device = entry.device
    told = ", ".join((device.name, *device.addresses, *entry.ranges, *device.macs))
    is_seen = True if found else False if is_absent else None
    shown = _seen_as(found) if found else _SILENT
    return {
        **of(paper, About.DEVICE),
        "subject": device.name,
        "is_listed": True,
        "is_seen": is_seen,
        **_told(
            paper["file"], entry.page, told[:200], shown if is_seen is not None else _SEEN[None]
        ),
    }


def _seen_as(host: Row) -> Text:
    told = (host["address"], host["mac"], *_texts(host, "names")[:1])
    named = ", ".join(clean(str(word)) for word in told if word)
    return Text(vi=f"thấy trên mạng: {named}", en=f"seen on the network: {named}")


def _is_seen(
    network: str,
    live: Sequence[Row],
    segments: Sequence[Row],
    asked: Sequence[str],
    blind: Sequence[str],
) -> bool | None:
    if any(holds(network, str(host["address"])) for host in live):
        return True
    if any(overlap(network, str(segment["network"])) for segment in segments):
        return True
    is_asked = any(_is_inside(network, whole) for whole in asked)
    return False if is_asked and not any(overlap(network, part) for part in blind) else None


def overlap(one: str, other: str) -> bool:
    """Whether two networks have addresses in common."""
    a, b = ip_network(one, strict=False), ip_network(other, strict=False)
    return a.version == b.version and a.overlaps(b)


def _is_inside(part: str, whole: str) -> bool:
    a, b = ip_network(part, strict=False), ip_network(whole, strict=False)
    return overlap(part, whole) and a.prefixlen >= b.prefixlen


def _unlisted_hosts(
    paper: Row, named: Sequence[str], live: Sequence[Row], listed: Sequence[Entry]
) -> Iterator[Row]:
    for host in live:
        address = str(host["address"])
        is_meant = not paper["information_systems"] or any(holds(n, address) for n in named)
        if is_meant and not any(entry.is_of(host) for entry in listed):
            yield {
                **of(paper, About.DEVICE),
                "subject": address,
                "is_listed": False,
                "is_seen": True,
                **_in_no_table(paper, _seen_as(host)),
            }


def _unlisted_segments(paper: Row, named: Sequence[str], segments: Sequence[Row]) -> Iterator[Row]:
    for network in sorted({str(segment["network"]) for segment in segments}):
        if not any(overlap(network, listed) for listed in named):
            yield {
                **of(paper, About.NETWORK),
                "subject": network,
                "is_listed": False,
                "is_seen": True,
                **_in_no_table(
                    paper,
                    Text(
                        vi=f"đoạn mạng {network} thấy khi rà soát",
                        en=f"network segment {network}, seen during the review",
                    ),
                ),
            }


def _in_no_table(paper: Row, seen: Text) -> Row:
    return in_both(
        Text(
            vi=f"{seen.vi}; không có trong bảng nào của {paper['file']}",
            en=f"{seen.en}; in no table of {paper['file']}",
        )
    )


def _told(file: object, page: str, words: str, shown: Text) -> Row:
    at = Text(vi=f" trang {page}", en=f" page {page}") if page != "0" else NO_TEXT
    return in_both(
        Text(vi=f"{file}{at.vi}: “{words}”; {shown.vi}", en=f"{file}{at.en}: “{words}”; {shown.en}")
    )


def in_both(sentence: Text) -> Row:
    """Return the columns of a row that say both sides in one sentence."""
    return {"sentence_vi": sentence.vi, "sentence_en": sentence.en}


def of(paper: Row, about: About) -> Row:
    """Return the columns of a row that name the document."""
    kept = {name: paper[name] for name in ("file", "is_confirmed", "information_systems")}
    return {**kept, "about": about.value}
