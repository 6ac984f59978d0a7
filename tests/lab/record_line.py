"""Record the centres that prove the checks of the Internet line and of the device list.

A line above its contract, and one far below it; a gateway and a list that names all, and a network
with nobody else and a list that forgets the measuring machine. Needs root and iproute2, and a
quiet machine: a busy one marks its samples, and they count for less. Takes a quarter of an hour.
`python tests/lab/record_line.py` rewrites profiles/recordings/line-* and list-*.
"""

import contextlib
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import record_internet
import record_lan
import recordings
import yaml
from centre_folder import paper
from record_internet import ip

from auditor import DEFAULT_PROFILE, profile
from auditor.model import Profile
from auditor.site_rules import SCHEMA

SYSTEMS = {"cong-thong-tin": "Cổng thông tin điện tử"}


@dataclass(frozen=True)
class Situation:
    """What differs: rates in Mbit/s, and how many servers measure the line; none: no line."""

    name: str
    in_order: bool
    line_mbps: int
    contract_mbps: int
    servers: int


SITUATIONS = (
    Situation("list-in-order", in_order=True, line_mbps=0, contract_mbps=100, servers=0),
    Situation("list-in-disorder", in_order=False, line_mbps=0, contract_mbps=100, servers=0),
    Situation("line-in-order", in_order=True, line_mbps=120, contract_mbps=100, servers=1),
    Situation("line-in-disorder", in_order=False, line_mbps=50, contract_mbps=200, servers=2),
)


def record(situation: Situation, criteria: Profile) -> None:
    """Measure three days of a line, then audit the centre."""
    name = f"audit-{situation.name}"
    ip("netns", "add", name)
    try:
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            ip("-n", name, "link", "set", "lo", "up")
            stack.enter_context(record_lan.gateway(name, is_there=situation.in_order))
            ip("-n", name, "address", "add", "10.77.0.2/24", "dev", "lan0")
            ip("-n", name, "link", "set", "lan0", "up")
            site = site_of(situation, folder)
            if situation.servers:
                stack.enter_context(record_internet.line(name, situation.line_mbps))
                record_internet.fill(name, site)
            recordings.record(situation.name, site, criteria, ("ip", "netns", "exec", name))
    finally:
        ip("netns", "delete", name)


def site_of(situation: Situation, folder: Path) -> Path:
    """Write the site file and its letter."""
    today = datetime.now(UTC).date()
    letter = folder / "cho-phep.pdf"
    letter.write_bytes(paper("Văn bản cho phép rà soát"))
    allowed = record_lan.scope(today, letter.name)
    # The samples of the days before were allowed too.
    allowed["authorisation"]["issued_on"] = (today - timedelta(days=9)).isoformat()
    measured: dict[str, object] = {}
    if situation.servers:
        allowed["speed_servers"] = list(record_internet.SERVERS)
        measured = {"internet": record_internet.section(situation.servers)}
    site = {
        "schema": SCHEMA,
        "centre": {"id": situation.name, "name": f"Bản ghi {situation.name}"},
        "information_systems": [{"id": i, "name": n, "level": 2} for i, n in SYSTEMS.items()],
        "scope": allowed,
        **measured,
        "devices": record_lan.devices(tuple(SYSTEMS), all_of_them=situation.in_order),
        "declared": {"internet_contract_down_mbps": situation.contract_mbps},
        "declared_by": {"by": "Nguyễn Văn Mẫu", "position": "Giám đốc", "on": today.isoformat()},
    }
    file = folder / "centre.yaml"
    file.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return file


if __name__ == "__main__":
    for each in SITUATIONS:
        record(each, profile.load(DEFAULT_PROFILE).profile)
