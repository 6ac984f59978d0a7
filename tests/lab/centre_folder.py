"""Build a throw-away example centre: a site file and a real small paper for every kind of document.

`make lab` opens a shell there (box/open_lab.py).
Every paper says in its first line that it is a sample, so that none can pass for a real one.
"""

import hashlib
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import centre_papers
import typst
import yaml

from auditor.model import DeclaredKind, Profile, Scalar
from auditor.site_rules import SCHEMA

PAPER = """
#set page(paper: "a4")
#set text(font: "Liberation Serif", size: 13pt, lang: "vi")
#text(fill: red)[*VĂN BẢN MẪU – không có giá trị / SAMPLE – no legal value*]

= #sys.inputs.title
#sys.inputs.systems
"""
SYSTEMS = {"cong-thong-tin": "Cổng thông tin điện tử", "quan-ly-van-ban": "Quản lý văn bản"}
ABSENT = "asset_register"
PLAN = "incident_response_plan"
STATED_ABSENT = "Trung tâm chưa có văn bản này (mẫu)."
SAMPLES: dict[DeclaredKind, Scalar] = {
    DeclaredKind.NUMBER: 100,
    DeclaredKind.TEXT: "mẫu",
    DeclaredKind.YES_NO: True,
}


def paper(title: str) -> bytes:
    """Return a PDF of one page. Titles travel as data, so nothing in them is markup."""
    inputs = {"title": title, "systems": "; ".join(SYSTEMS.values())}
    with resources.as_file(resources.files("auditor.reports") / "fonts") as fonts:
        return typst.compile(
            PAPER.encode(),
            format="pdf",
            font_paths=typst.Fonts(font_paths=[fonts], include_system_fonts=False),
            sys_inputs=inputs,
        )


def incident_plan() -> bytes:
    """Return a plan of today with all its contents: the tool reads what it says."""
    today = datetime.now(UTC).date()
    day = f"Lai Châu, ngày {today:%d} tháng {today:%m} năm {today:%Y}"
    head = [day if ", ngày " in line else line for line in centre_papers.HEAD]
    return centre_papers.docx_of(
        ("VĂN BẢN MẪU – không có giá trị", *centre_papers.plan(head=tuple(head)))
    )


def build(folder: Path, criteria: Profile) -> Path:
    """Write the centre into an existing folder and return its site file.

    One kind of document is stated to be absent, so that more than one verdict can be seen.
    """
    today = datetime.now(UTC).date().isoformat()
    signer = {"by": "Nguyễn Văn Mẫu", "position": "Cán bộ CNTT", "on": today}
    (folder / "van-ban").mkdir()
    present = {kind: name for kind, name in criteria.document_kinds.items() if kind != ABSENT}
    documents: list[dict[str, object]] = []
    for kind, name in present.items():
        file = folder / "van-ban" / f"{kind}{'.docx' if kind == PLAN else '.pdf'}"
        file.write_bytes(incident_plan() if kind == PLAN else paper(name.vi))
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        statement = "Tệp này là văn bản mẫu để thử công cụ."
        documents.append(
            {
                "kind": kind,
                "file": str(file.relative_to(folder)),
                "issued_on": today,
                "information_systems": list(SYSTEMS),
                "confirmation": {**signer, "statement": statement, "sha256": digest},
            }
        )
    documents.append(
        {
            "kind": ABSENT,
            "exists": False,
            "information_systems": list(SYSTEMS),
            "confirmation": {**signer, "statement": STATED_ABSENT},
        }
    )
    site = {
        "schema": SCHEMA,
        "centre": {"id": "trung-tam-mau", "name": "Trung tâm đổi mới sáng tạo mẫu"},
        "information_systems": [{"id": i, "name": n, "level": 2} for i, n in SYSTEMS.items()],
        "documents": documents,
        "declared": {name: SAMPLES[value.kind] for name, value in criteria.declared_values.items()},
        "declared_by": signer,
    }
    site_file = folder / "centre.yaml"
    site_file.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return site_file
