"""Record what the probe of signatures sees in two centres: one decision as signed, one altered.

The authority that certifies the signer lives for this moment only; no root is needed.
`python tests/lab/record_signatures.py` rewrites profiles/recordings/signatures-*.json.
"""

import sys
import tempfile
from pathlib import Path

import recordings
import yaml

from auditor import DEFAULT_PROFILE, profile
from auditor.site_rules import SCHEMA

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import signing

PROBES = frozenset({"document_signature", "information_systems", "declarations"})
SYSTEM = "cong-thong-tin"


def site_of(folder: Path, *, in_order: bool) -> Path:
    """Write a signed decision, the certificate to trust and the site file."""
    authority = signing.Authority()
    content = signing.signed(signing.paper(), authority.signer())
    altered = signing.updated(content, signing.repainted)
    (folder / "quyet-dinh.pdf").write_bytes(content if in_order else altered)
    (folder / "tin-cay").mkdir()
    (folder / "tin-cay" / "ca.pem").write_bytes(authority.pem)
    decision = {"kind": "level_approval_decision", "file": "quyet-dinh.pdf"}
    site = {
        "schema": SCHEMA,
        "centre": {"id": "chu-ky", "name": "Trung tâm mẫu có chữ ký số"},
        "information_systems": [{"id": SYSTEM, "name": "Cổng thông tin điện tử", "level": 2}],
        "trust_folder": "tin-cay",
        "documents": [{**decision, "information_systems": [SYSTEM]}],
    }
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def main() -> None:
    """Record both."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    for name, in_order in (("signatures-in-order", True), ("signatures-in-disorder", False)):
        with tempfile.TemporaryDirectory() as folder:
            site = site_of(Path(folder), in_order=in_order)
            recordings.record(name, site, criteria, only=PROBES)


if __name__ == "__main__":
    main()
