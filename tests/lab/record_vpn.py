"""Record what the probe of VPN servers sees: a WireGuard with a peer, and one that is not running.

Both are a machine in namespaces of its own. Needs root, /dev/net/tun, wireguard-go and
wireguard-tools. `python tests/lab/record_vpn.py` rewrites profiles/recordings/vpn-*.json.
"""

import sys
import tempfile
from pathlib import Path

import recordings
import yaml

from auditor import DEFAULT_PROFILE, profile
from auditor.site_rules import SCHEMA

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import vpn_servers as lab

PROBES = frozenset({"vpn_peers", "information_systems", "declarations"})
SITE = {
    "schema": SCHEMA,
    "centre": {"id": "vpn", "name": "Trung tâm mẫu có VPN"},
    "targets": [{"name": "may-chu-vpn", "url": "local:"}],
    "remote_work": {
        "servers": [{"name": "wireguard", "kind": "wireguard", "target": "may-chu-vpn"}]
    },
}


def main() -> None:
    """Record both."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    for name, in_order in (("vpn-in-order", True), ("vpn-in-disorder", False)):
        with (
            tempfile.TemporaryDirectory() as house,
            tempfile.TemporaryDirectory() as folder,
            lab.vpn_in(Path(house)) as vpn,
        ):
            if in_order:
                vpn.wireguard()
                vpn.shake_hands()
            site = Path(folder) / "centre.yaml"
            site.write_text(yaml.safe_dump(SITE, allow_unicode=True, sort_keys=False), "utf-8")
            recordings.record(name, site, criteria, inside=vpn.server.inside, only=PROBES)


if __name__ == "__main__":
    main()
