"""Record two centres of stored machines: one whose machines are in order, and one whose are not.

Their machines are the collections in recorded_machines/ (see its ORIGIN.txt: real ones of the lab,
and some altered), so nothing is measured and no root is needed. A machine carries its own clock:
backups and signatures do not age. `python tests/lab/record_machines.py` rewrites the recordings
machines-in-order and machines-in-disorder; record_examples.py makes the other two.
"""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import recordings
import yaml

from auditor import DEFAULT_PROFILE, profile
from auditor.site_rules import SCHEMA

FOLDER = Path(__file__).parent / "recorded_machines"
BY_HAND = Path(__file__).parents[1] / "captures" / "windows-protected-by-hand" / "collection.txt"
SYSTEMS = {
    "cong-thong-tin": "Cổng thông tin điện tử",
    "quan-ly-van-ban": "Quản lý văn bản",
    "luu-tru": "Lưu trữ và sao lưu",
    "giam-sat": "Giám sát",
}
CARRIED_OUT = (
    "time_synchronised",
    "host_firewall",
    "no_clear_text_login",
    "ssh_no_root_password",
    "ssh_strong_algorithms",
    "password_length",
    "password_hashing",
    "account_lockout",
    "session_lock",
    "system_logging",
    "logs_kept_month",
    "no_plain_ftp",
)
"""An approved plan of which the tool can prove every measure."""


def target(name: str, system: str = "", *roles: str) -> dict[str, object]:
    """Return a target that is a stored collection, beside the site file."""
    systems = [system] if system else []
    url = f"facts:{name}.txt"
    return {"name": name, "url": url, "roles": list(roles), "information_systems": systems}


def system(name: str, level: int, *plan: str) -> dict[str, object]:
    """Return an information system with the measures of its approved plan."""
    return {"id": name, "name": SYSTEMS[name], "level": level, "plan_measures": list(plan)}


CENTRES: dict[str, dict[str, object]] = {
    "machines-in-order": {
        "information_systems": [
            system("cong-thong-tin", 2, *CARRIED_OUT),
            system("quan-ly-van-ban", 2),
            system("luu-tru", 1),
            system("giam-sat", 1),
        ],
        "targets": [
            target("srv-rsyslog-remote-secured", "cong-thong-tin", "server"),
            target("srv-clamav-ok", "quan-ly-van-ban", "server"),
            target("nas-samba", "luu-tru", "server"),
            target("srv-backup-off-host", "luu-tru", "storage"),
            target("srv-giam-sat", "giam-sat", "server"),
        ],
        "not_machines": [{"address": "10.99.0.254", "reason": "Máy chạy phòng thí nghiệm"}],
        "approved_remote_tools": [],
    },
    "machines-in-disorder": {
        "information_systems": [
            system("cong-thong-tin", 3, "all"),
            system("quan-ly-van-ban", 2, "no_plain_ftp"),
            system("luu-tru", 1),
        ],
        "targets": [
            target("ws-plain", "cong-thong-tin", "workstation"),
            target("srv-clamav-stale", "quan-ly-van-ban", "server"),
            target("nas-samba-stopped", "luu-tru", "storage"),
            target("srv-backup-old", "luu-tru", "server"),
            target(BY_HAND.parent.name),
        ],
        "approved_remote_tools": [],
    },
}


def site_of(name: str, centre: dict[str, object]) -> dict[str, object]:
    """Return the site file of a centre, declared today."""
    signer = {"by": "Nguyễn Văn Mẫu", "position": "Giám đốc"}
    return {
        "schema": SCHEMA,
        "centre": {"id": name, "name": f"Bản ghi {name}"},
        "scope": {"networks": ["10.99.0.0/24"]},
        **centre,
        "declared_by": {**signer, "on": datetime.now(UTC).date().isoformat()},
    }


def main() -> None:
    """Record both centres."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    for name, centre in CENTRES.items():
        site = site_of(name, centre)
        with tempfile.TemporaryDirectory() as folder:
            for file in FOLDER.glob("*.txt"):
                shutil.copy(file, folder)
            shutil.copy(BY_HAND, Path(folder) / f"{BY_HAND.parent.name}.txt")
            path = Path(folder) / "centre.yaml"
            path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
            recordings.record(name, path, criteria)


if __name__ == "__main__":
    main()
