"""Record what the probe of high-performance computing sees: a Slurm that works, and one that fails.

In the orderly one a partner's cluster and the centre's own answer, and the own one stands in the
list of devices. In the other one no node is alive, and the machine is not in the list. Both are one
real Slurm in namespaces of its own. Needs root, slurm-wlm and munge.
`python tests/lab/record_hpc.py` rewrites profiles/recordings/hpc-*.json.
"""

import sys
import tempfile
from pathlib import Path

import recordings
import yaml

from auditor import profile
from auditor.site_rules import SCHEMA

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import slurm

PROBES = frozenset({"hpc_access", "information_systems", "declarations"})
LISTED = {True: slurm.ADDRESS, False: "10.79.0.99"}


def site_of(folder: Path, *, in_order: bool) -> Path:
    """Write the site file: two login nodes, which are one machine here."""
    partner, own = "nut-dang-nhap-doi-tac", "nut-dang-nhap-tai-cho"
    site = {
        "schema": SCHEMA,
        "centre": {"id": "tinh-toan", "name": "Trung tâm mẫu có hạ tầng tính toán"},
        "targets": [{"name": name, "url": "local:"} for name in (partner, own)],
        "devices": [{"name": "cum-tai-cho", "addresses": [LISTED[in_order]]}],
        "hpc": [
            {"name": "Cụm của trường đối tác", "kind": "slurm", "target": partner},
            {"name": "Cụm tại chỗ", "kind": "slurm", "target": own, "on_site": True},
        ],
    }
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def main() -> None:
    """Record both."""
    criteria = profile.load(profile.DEFAULT).profile
    for name, in_order in (("hpc-in-order", True), ("hpc-in-disorder", False)):
        with (
            tempfile.TemporaryDirectory() as house,
            tempfile.TemporaryDirectory() as folder,
            slurm.cluster_in(Path(house), with_node=in_order) as cluster,
        ):
            site = site_of(Path(folder), in_order=in_order)
            recordings.record(name, site, criteria, inside=cluster.inside, only=PROBES)


if __name__ == "__main__":
    main()
