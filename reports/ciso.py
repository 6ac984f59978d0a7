"""For CISO Assistant: the criteria as a library, and the verdicts as an audit to be imported.

The forms are those of its public code and guide (library YAML; data import wizard, “Audits”).
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import yaml
from openpyxl import Workbook

from auditor.language import Language
from auditor.model import AuditRecord, Group, Indicator, Text

from .clean import clipped, visible
from .compose import compose
from .outcomes import MAPPING, outcomes

NAMESPACE = "urn:centre-audit:risk"
"""URNs there are `urn:PACKAGER:risk:KIND:NAME`, in lower case."""

COLUMNS = (
    *("urn", "assessable", "ref_id", "name", "description", "compliance_result"),
    *("requirement_progress", "score", "implementation_score", "documentation_score"),
    "observations",
)
"""The three scores stay empty. Their columns must be there: a missing one counts as given."""

LONGEST_NAME = 200
"""Their database keeps no longer name."""

_ODD = re.compile(r"[^a-z0-9.-]+", re.ASCII)
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def files(record: AuditRecord, language: Language) -> Mapping[str, bytes]:
    """Return library.yaml, to be loaded once, and audit.xlsx, for the import wizard."""
    return {"library.yaml": _library(record), "audit.xlsx": _audit(record, language)}


def _library(record: AuditRecord) -> bytes:
    """Return the criteria; Vietnamese with English beside, whatever language is asked for."""
    profile = record.profile
    library = {
        "urn": _urn(record, "library"),
        "locale": "vi",
        "ref_id": visible(profile.id),
        **_told(profile.title, profile.decision),
        "version": 1,
        "provider": _short(profile.issuer.vi),
        "packager": "centre-audit",
        "objects": {
            "framework": {
                "urn": _urn(record, "framework"),
                "ref_id": visible(profile.id),
                **_told(profile.title, profile.decision),
                "requirement_nodes": [n for group in profile.groups for n in _nodes(record, group)],
            }
        },
    }
    text: str = yaml.safe_dump(library, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


def _urn(record: AuditRecord, kind: str, *names: str) -> str:
    """Return a URN; the version of the profile is part of it, because theirs are whole numbers."""
    profile = record.profile
    place = _plain(f"{profile.id}-v{profile.version}")
    return ":".join((NAMESPACE, kind, place, *map(_plain, names)))


def _plain(name: str) -> str:
    return _ODD.sub(lambda match: "".join(f"-{ord(c):x}-" for c in match[0]), name.lower())


def _nodes(record: AuditRecord, group: Group) -> Iterator[Mapping[str, Any]]:
    """Yield a group and its indicators. A group has no `ref_id`: verdicts are matched by it."""
    parent = _urn(record, "req_node", f"group-{group.id}")
    yield {
        "urn": parent,
        "assessable": False,
        "depth": 1,
        **_told(Text(vi=f"{group.id}. {group.name.vi}", en=f"{group.id}. {group.name.en}")),
    }
    for item in group.indicators:
        yield {
            "urn": _urn(record, "req_node", item.id),
            "assessable": True,
            "depth": 2,
            "parent_urn": parent,
            "ref_id": visible(item.id),
            **_told(item.name, item.threshold),
            **_evidence(record, item),
        }


def _told(name: Text, more: Text | None = None) -> Mapping[str, Any]:
    """Return a name and a description, in Vietnamese with the English translation beside."""
    return {
        **_side(name.vi, more.vi if more else ""),
        "translations": {"en": _side(name.en, more.en if more else "")},
    }


def _side(name: str, more: str) -> dict[str, str]:
    """Return one language; a name that is too long for a name stands whole in the description."""
    whole = clipped(name)
    told = [whole] if _short(name) != whole else []
    told += [clipped(more)] if more else []
    return {"name": _short(name), **({"description": " ".join(told)} if told else {})}


def _short(name: str) -> str:
    whole = clipped(name)
    return whole if len(whole) <= LONGEST_NAME else f"{whole[: LONGEST_NAME - 1]}…"


def _evidence(record: AuditRecord, item: Indicator) -> Mapping[str, str]:
    kinds = [record.profile.document_kinds[need.kind].vi for need in item.documents]
    return {"typical_evidence": clipped("; ".join(kinds))} if kinds else {}


def _audit(record: AuditRecord, language: Language) -> bytes:
    """Return the verdicts. A workbook, because of a CSV file they read 2.10 as the number 2.1."""
    report, found = compose(record, language), outcomes(record)
    workbook = Workbook()
    workbook.properties.created = record.finished_at.replace(tzinfo=None)
    sheet = workbook.worksheets[0]
    sheet.append(COLUMNS)
    lines = [line for group in report.groups for line in group.indicators]
    for place, line in enumerate(lines, start=2):
        item = record.profile.indicators[place - 2]
        mapped = MAPPING[found[item.id]]
        texts = {
            "urn": _urn(record, "req_node", item.id),
            "ref_id": line.id,
            "name": line.name,
            "description": line.threshold,
            "compliance_result": mapped.result.value,
            "requirement_progress": mapped.progress.value,
            "observations": f"{line.badge.word} ({line.basis}): {line.reason}",
        }
        for column, name in enumerate(COLUMNS, start=1):
            cell = sheet.cell(place, column, True if name == "assessable" else texts.get(name))
            if cell.data_type == "f":
                cell.data_type = "s"  # text, whatever it begins with
    made = io.BytesIO()
    workbook.save(made)
    return _timeless(made.getvalue(), record.finished_at)


def _timeless(workbook: bytes, when: datetime) -> bytes:
    """Write a workbook again without the time of writing, so that exports are repeatable."""
    made = io.BytesIO()
    stamp = when.strftime(r"\g<1>%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist()):
            content = _MODIFIED.sub(stamp, old.read(name))
            new.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
