"""Collect the messages of the code, keep the Vietnamese catalogue in step, compile it.

`python tools/messages.py` updates auditor/locale; `--check` only says what is out of step.
"""

import string
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import click
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from auditor.catalogue import probes

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "auditor" / "locale" / "vi" / "LC_MESSAGES"
SOURCES = {"auditor": "python", "probes": "python", "reports": "python"}
DOMAINS = ("audit", "click")
TEMPLATES = ("**.j2", "jinja2.ext.babel_extract")


def collected() -> Catalog:
    """Return every message that the code and the templates can show, with the files it is in."""
    catalog = Catalog(project="centre-audit")
    for folder, method in SOURCES.items():
        methods = [("**.py", method), TEMPLATES]
        for file, line, message, comments, context in extract_from_dir(
            ROOT / folder, method_map=methods
        ):
            place = (f"{folder}/{file}", line)
            catalog.add(message, None, [place], auto_comments=comments, context=context)
    for probe in probes().values():
        catalog.add(probe.title, None, [(f"probes/{probe.id}.py", 1)])
    return catalog


def current(domain: str = "audit") -> Catalog:
    """Return a Vietnamese catalogue as checked in: ours, or what click says by itself."""
    with (FOLDER / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="vi", domain=domain)


def compiled(catalog: Catalog) -> bytes:
    """Return the catalogue as gettext reads it."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def update() -> None:
    """Write the catalogues. Dates stay, so that the same messages give the same bytes."""
    catalog = current()
    catalog.update(collected(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    buffer = BytesIO()
    write_po(buffer, catalog, sort_output=True, width=100, include_lineno=False)
    (FOLDER / "audit.po").write_bytes(buffer.getvalue())
    for domain in DOMAINS:
        (FOLDER / f"{domain}.mo").write_bytes(compiled(current(domain)))


def problems() -> Iterator[str]:
    """Say what is missing, left over, or broken in the Vietnamese catalogues."""
    wanted = {message.id for message in collected() if message.id}
    catalog = current()
    have = {message.id: message for message in catalog if message.id}
    yield from (f"not collected: {text!r}" for text in sorted(wanted - have.keys(), key=str))
    yield from (f"no longer used: {text!r}" for text in sorted(have.keys() - wanted, key=str))
    for message in have.values():
        yield from faults(message)
        if message.string and places(message.id) != places(message.string):
            yield f"other {{places}} than the source: {message.string!r}"
    for message in current("click"):
        if message.id:
            yield from faults(message)
            yield from _strangers(message)
    for domain in DOMAINS:
        content = (FOLDER / f"{domain}.mo").read_bytes()
        if _said(content) != _said(compiled(current(domain))):
            yield f"{domain}.mo is older than {domain}.po"


def _said(compiled_bytes: bytes) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return what a compiled catalogue translates; its header only names Babel's version."""
    read = read_mo(BytesIO(compiled_bytes))
    return {_texts(message.id): _texts(message.string) for message in read if message.id}


def faults(message: Message) -> Iterator[str]:
    """Say what is wrong with one translation, whatever it is a translation of."""
    target = "".join(_texts(message.string))
    if not target or message.fuzzy:
        yield f"not translated: {message.id!r}"
    elif not unicodedata.is_normalized("NFC", target):
        yield f"not NFC: {target!r}"


def _strangers(message: Message) -> Iterator[str]:
    """Say where click has no such sentence, or gives it no such value."""
    if extra := places(message.string) - places(message.id):
        yield f"click gives no {', '.join(sorted(extra))}: {message.string!r}"
    for text in _texts(message.id):
        if not any(repr(text)[1:-1] in source for source in _click_sources()):
            yield f"click does not say: {text!r}"


@cache
def _click_sources() -> tuple[str, ...]:
    folder = Path(click.__file__).parent
    return tuple(path.read_text("utf-8") for path in sorted(folder.glob("*.py")))


def _texts(message: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the forms of a message: one, or singular and plural; none if there is none."""
    return (message,) if isinstance(message, str) else tuple(message or ())


def places(message: str | Sequence[str] | None) -> set[str]:
    """Return the names in braces. A text that is no format string has none."""
    try:
        return {
            name
            for text in _texts(message)
            for _, name, _, _ in string.Formatter().parse(text)
            if name
        }
    except ValueError:
        return set()


def main() -> int:
    """Update, or check and return 1 if anything is out of step."""
    if "--check" not in sys.argv[1:]:
        update()
    found = list(problems())
    print(*found, sep="\n", end="\n" if found else "")
    if found:
        print(f"{len(found)} problems; run `make locale`, then translate in audit.po")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
