"""Record what the probes of high-performance computing see: what works, and what fails.

In the orderly one a partner's cluster and the centre's own answer, and the own one stands in the
list of devices. In the other one no node is alive, and the machine is not in the list. Both are one
real Slurm in namespaces of its own. Portals have recordings of their own, without Slurm: nginx
answers what a real JupyterHub did (tests/captures/portals), or a page in its place. Two clouds of
GPUs, one that opens to the centre's token only and one that answers anybody, have one each. Needs
root, slurm-wlm, munge and nginx-light.
`python tests/lab/record_hpc.py` rewrites profiles/recordings/hpc-*.json, portals-*.json
and cloud-*.json.
"""

import os
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import record_lan
import recordings
import yaml
from centre_folder import paper

from auditor import DEFAULT_PROFILE, profile
from auditor.model import Profile
from auditor.site_rules import SCHEMA

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import ai_server
import portal_pages
import slurm
import web_house

PROBES = frozenset({"hpc_access", "hpc_portals", "information_systems", "declarations"})
PORT = 8812
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
    return written(folder, site)


def written(folder: Path, site: Mapping[str, object]) -> Path:
    """Write a site file."""
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def portals_of(folder: Path, hpc: list[dict[str, str]]) -> Path:
    """Write the site file of a centre that knows portals only."""
    (folder / "letter.pdf").write_bytes(paper("Văn bản cho phép rà soát"))
    today = datetime.now(UTC).date()
    letter = {
        **record_lan.LETTER,
        "methods": ["platform_access"],
        "issued_on": today.isoformat(),
        "expires_on": (today + timedelta(days=1)).isoformat(),
        "file": "letter.pdf",
    }
    site = {
        "schema": SCHEMA,
        "centre": {"id": "cong-tinh-toan", "name": "Trung tâm mẫu dùng cổng web tính toán"},
        "scope": {"authorisation": letter},
        "hpc": hpc,
    }
    return written(folder, site)


def record_portals(criteria: Profile) -> None:
    """Record all centres that know portals only."""
    hub = {"name": "JupyterHub của trường", "kind": "jupyterhub"}
    cloud = {
        "name": "Đám mây GPU",
        "kind": "gpu_cloud",
        "token_from": "env:CLOUD",
        "ca_file": "root.pem",
    }
    plain, secure = f"http://127.0.0.1:{PORT}", f"https://localhost:{PORT + 1}"
    os.environ["CLOUD"] = web_house.TOKEN  # of a test server that lives for a moment
    for name, entry in (
        ("portals-in-order", {**hub, "url": plain}),
        ("portals-in-disorder", {**hub, "url": f"{plain}/page"}),
        ("cloud-in-order", {**cloud, "url": f"{secure}/secret"}),
        ("cloud-for-anybody", {**cloud, "url": f"{secure}/health"}),
    ):
        with tempfile.TemporaryDirectory() as where, tempfile.TemporaryDirectory() as folder:
            house = Path(where)
            certificate = web_house.Issuer(house).certificate("cloud", "localhost", -1, 90)
            (Path(folder) / "root.pem").write_bytes((house / "root.pem").read_bytes())
            ports, pages = (PORT, PORT + 1), portal_pages.PAGES
            with ai_server.ai_server(house, ports, certificate, web_house.TOKEN, pages=pages):
                site = portals_of(Path(folder), [entry])
                recordings.record(name, site, criteria, only=PROBES)


def main() -> None:
    """Record all of them."""
    criteria = profile.load(DEFAULT_PROFILE).profile
    record_portals(criteria)
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
