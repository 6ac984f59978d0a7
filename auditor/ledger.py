"""`attestations.yaml`: what people confirmed and declared, one entry after the other.

It lies beside the site file and is read as a part of it; `audit attest` only ever adds to it.
"""

from pathlib import Path
from typing import Any

import yaml

from auditor.errors import BadInput
from auditor.language import _
from auditor.yamlfile import Document

NAME = "attestations.yaml"
KEY = "attestations"
_INDENT = "  "


def beside(site_file: Path) -> Path:
    """Return where the ledger of a site file lies."""
    return site_file.resolve().parent / NAME


def join(site: Document, ledger: Document) -> Document:
    """Read the ledger as a part of the site; every value keeps its file and line. Raises."""
    if not isinstance(site.data, dict):
        return site
    if not isinstance(ledger.data, dict) or set(ledger.data) != {KEY}:
        raise BadInput(
            ledger.problem(
                (), _("no list of attestations"), _("It holds `attestations:` and nothing else.")
            )
        )
    if KEY in site.data:
        raise BadInput(
            site.problem(
                (KEY,),
                _("attestations stand in two files"),
                _("Move them into {file}.", file=NAME),
            )
        )
    places = {path: place for path, place in ledger.places.items() if path}
    data = {**site.data, KEY: ledger.data[KEY]}
    return Document(data, {**site.places, **places}, site.name)


def added(ledger: Path, entry: dict[str, Any]) -> bytes:
    """Return the ledger's bytes with one more entry at the end. Raises `OSError`."""
    old = ledger.read_bytes() if ledger.exists() else f"{KEY}:\n".encode()
    dumped: str = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=10_000)
    lines = "".join(f"{_INDENT}{line}\n" for line in dumped.splitlines())
    return old.rstrip() + b"\n" + lines.encode()
