"""Record the centres that prove what is checked in the words of documents: no root, a minute.

One has papers as they should be; the papers of the other are drafts past their day, its plan and
decision say the wrong things.
`python tests/lab/record_papers.py` rewrites profiles/recordings/papers-*.json.
"""

import hashlib
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import centre_papers
import recordings
import yaml

from auditor import DEFAULT_PROFILE, profile
from auditor.model import Profile
from auditor.site_rules import SCHEMA

SYSTEM = {"id": "cong-thong-tin", "name": "Cổng thông tin điện tử", "level": 2}
PROBES = frozenset(
    {
        *("documents", "document_content", "document_agreement", "backup"),
        *("declared_values", "information_systems", "declarations"),
    }
)
MACHINES = Path(__file__).parent / "recorded_machines"


def site_of(folder: Path, criteria: Profile, *, in_order: bool) -> Path:
    """Write the site file and its papers."""
    today = datetime.now(UTC).date().isoformat()
    signer = {"by": "Nguyễn Văn Mẫu", "position": "Giám đốc", "on": today}
    documents: list[dict[str, object]] = []
    for kind, name in criteria.document_kinds.items():
        file = centre_papers.write(
            folder / f"{kind}.docx", centre_papers.lines_of(kind, name.vi, in_order=in_order)
        )
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        documents.append(
            {
                "kind": kind,
                "file": file.name,
                "information_systems": [SYSTEM["id"]],
                "confirmation": {**signer, "statement": "Bản ghi để thử.", "sha256": digest},
            }
        )
    site: dict[str, object] = {
        "schema": SCHEMA,
        "centre": {"id": "papers", "name": "Trung tâm Đổi mới sáng tạo mẫu"},
        "information_systems": [SYSTEM],
        "documents": documents,
        "declared": {"internet_contract_down_mbps": 300},
        "declared_by": signer,
    }
    machine = "srv-backup" if in_order else "srv-backup-old"
    shutil.copy(MACHINES / f"{machine}.txt", folder)
    site["targets"] = [
        {
            "name": machine,
            "url": f"facts:{machine}.txt",
            "roles": ["storage"],
            "information_systems": [SYSTEM["id"]],
        }
    ]
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def main() -> None:
    """Record both centres."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    for name, in_order in (("papers-in-order", True), ("papers-in-disorder", False)):
        with tempfile.TemporaryDirectory() as folder:
            site = site_of(Path(folder), criteria, in_order=in_order)
            recordings.record(name, site, criteria, only=PROBES)


if __name__ == "__main__":
    main()
