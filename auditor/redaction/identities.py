"""What in a run identifies machines, people and files, and which names may stay."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from auditor.model import Hides
from auditor.record_v1 import RecordV1
from auditor.targets import RESERVED

Columns = Mapping[str, Mapping[str, Hides | None]]
"""What each column of text of each probe hides, by probe and column."""

IDENTIFIES = frozenset({Hides.HOST, Hides.PERSON, Hides.MAC, Hides.ADDRESS, Hides.URL, Hides.FILE})
_PUBLIC_OF_SITE = {
    "centre": ("id", "name"),
    "information_systems": ("id", "name", "operating_unit"),
    "documents": ("number", "issuer"),
}
"""What the dossier is about: names that stay, by the fields of the site file."""


def own(record: RecordV1) -> frozenset[str]:
    """Return the names of what every centre has; they stay, unless a record gives one elsewhere."""
    urls = {target.name: target.url for target in RESERVED}
    others = {item["name"] for item in record["targets"] if item["url"] != urls.get(item["name"])}
    return frozenset(urls) - others


def identifying(record: RecordV1, columns: Columns) -> Iterator[tuple[Hides, str]]:
    """Yield everything in a record that identifies, with its kind."""
    yield Hides.HOST, record["vantage"]
    for entry in record["waivers"]["entries"] if "waivers" in record else ():
        yield Hides.PERSON, entry["applicant"]
        yield Hides.PERSON, entry["approver"]
        yield Hides.FILE, entry["document"]["file"]
    for target in record["targets"]:
        yield Hides.HOST, target["name"]
        yield Hides.URL, target["url"]
        yield from _of_url(target["url"])
    for item in record["observations"]:
        yield Hides.HOST, item["vantage"]
        yield Hides.HOST, item["measurement"]["target"]
        kinds = columns.get(item["measurement"]["probe"], {})
        for row in item["measured"]["rows"] if item["measured"] else ():
            for name, value in row.items():
                kind = kinds.get(name)
                if kind in IDENTIFIES and kind is not None:
                    for text in value if isinstance(value, list) else (value,):
                        if isinstance(text, str) and text:
                            yield kind, text
                            yield from _of_url(text) if kind is Hides.URL else ()


def _of_url(url: str) -> Iterator[tuple[Hides, str]]:
    """Yield the machine and the user that an address names."""
    try:
        parts = urlsplit(url)
        host, user = parts.hostname, parts.username
    except ValueError:
        return
    if host:
        yield Hides.HOST, host
    if user:
        yield Hides.PERSON, user


def public(site: object) -> Iterator[str]:
    """Yield what the site file names that the dossier is about."""
    for part, fields in _PUBLIC_OF_SITE.items():
        found = site.get(part) if isinstance(site, dict) else None
        for item in found if isinstance(found, list) else [found]:
            values = (item.get(field) for field in fields) if isinstance(item, dict) else ()
            yield from (value for value in values if isinstance(value, str))


def leaves(data: object) -> Iterator[str]:
    """Yield every text of the site file."""
    if isinstance(data, str):
        yield data
    for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from leaves(item)
