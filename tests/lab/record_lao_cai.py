"""Record the centres that prove what Lào Cai's plan adds: declared figures, papers, days that end.

One shows today what the plan asks for; the other has drafts and figures below the targets. A third
is as poor after the plan's period, by a clock that faketime(1) sets for the audit alone; there the
reader's process cannot work, so the words of documents are recorded in the first two only. The
portal and the exchange are one real server on loopback: its certificate is good, ends soon, or has
long ended. Needs nginx-light and faketime.
`python tests/lab/record_lao_cai.py` rewrites profiles/recordings/plan-*.json; no root, a minute.
"""

import hashlib
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import centre_papers
import recordings
import yaml

from auditor import profile
from auditor.model import DeclaredKind, Profile
from auditor.site_rules import SCHEMA
from auditor.wanted import declared_values, document_kinds

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import web_house

NAME = "lao-cai-2026"
AFTERWARDS = date(2031, 2, 3)
"""After the last day of the plan's period, 31 December 2030."""
LATER = (
    *("env", "FAKETIME_DONT_FAKE_MONOTONIC=1"),
    *("faketime", "-f", f"@{AFTERWARDS.isoformat()} 08:00:00"),
)
PROBES = frozenset(
    {"documents", "declared_values", "information_systems", "declarations", "web_service"}
)
READ = PROBES | {"document_content"}


def site_of(web: web_house.House, criteria: Profile, today: date, *, in_order: bool) -> Path:
    """Write the site file and its papers."""
    folder = web.folder
    yesterday = (today - timedelta(days=1)).isoformat()
    signer = {"by": "Nguyễn Văn Mẫu", "position": "Giám đốc", "on": yesterday}
    documents: list[dict[str, object]] = []
    for kind in document_kinds(criteria):
        lines = centre_papers.lines_of(kind, criteria.document_kinds[kind].vi, in_order=in_order)
        file = centre_papers.write(folder / f"{kind}.docx", lines)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        document: dict[str, object] = {
            "kind": kind,
            "file": file.name,
            "confirmation": {**signer, "statement": "Bản ghi để thử.", "sha256": digest},
        }
        if not in_order:
            document["valid_until"] = yesterday
        documents.append(document)
    figures: dict[DeclaredKind, object] = {
        DeclaredKind.NUMBER: 100 if in_order else 0,
        DeclaredKind.TEXT: "mẫu",
    }
    site = {
        "schema": SCHEMA,
        "centre": {"id": "plan", "name": "Trung tâm mẫu"},
        "documents": documents,
        "online": {
            "pause_s": 0,
            "platforms": [
                {
                    "name": figures[DeclaredKind.TEXT],
                    "url": web.url("good" if in_order else "short", "/", "localhost"),
                    "ca_file": "root.pem",
                }
            ],
        },
        "declared": {
            name: figures[criteria.declared_values[name].kind] for name in declared_values(criteria)
        },
        "declared_by": signer,
    }
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def main() -> None:
    """Record both centres."""
    criteria = profile.load(NAME).profile
    today = datetime.now(UTC).date()
    for name, day, in_order, inside, probes in (
        ("plan-in-order", today, True, (), READ),
        ("plan-in-disorder", today, False, (), READ),
        ("plan-afterwards", AFTERWARDS, False, LATER, PROBES),
    ):
        with tempfile.TemporaryDirectory() as folder, web_house.house(Path(folder)) as web:
            site = site_of(web, criteria, day, in_order=in_order)
            recordings.record(name, site, criteria, inside, only=probes)


if __name__ == "__main__":
    main()
