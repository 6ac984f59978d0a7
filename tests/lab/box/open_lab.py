"""`make lab`: an example centre whose machines are the centre in a box, and a shell in it.

Without root (or off Linux) the example centre comes without machines, and the reason is said.
Without a terminal the folder is printed and left in place, and no machine is started.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import box
import yaml
from box_check import truth

from auditor import profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from box import Running

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
centre_folder = importlib.import_module("centre_folder")  # the lab's folders are no packages

LETTER: dict[str, Any] = {
    "number": "01/PTN",
    "issued_on": "2026-01-01",
    "issuing_body": "Phòng thử nghiệm",
    "signer": "Nguyễn Văn Mẫu",
    "signer_position": "Trưởng phòng",
    "operating_unit": "Phòng thử nghiệm",
    "performing_unit": "Phòng thử nghiệm",
    "independent": False,
    "methods": ["host_login", "discovery", "service_probes", "time_query"],
    "emergency_contact": "không có, máy mẫu",
    "tool_operator": "Nguyễn Văn Mẫu",
    "expires_on": "2099-12-31",
    "file": "van-ban-cho-phep.pdf",
}


def join(site_file: Path, running: Running) -> None:
    """Add the lab's machines, their systems and a letter to an example centre's site file."""
    (site_file.parent / LETTER["file"]).write_bytes(centre_folder.paper("Văn bản cho phép rà soát"))
    facts = truth()
    site = yaml.safe_load(site_file.read_text("utf-8"))
    known = {system["id"] for system in site["information_systems"]}
    pinned = fingerprint(running)
    site["targets"] = [
        {
            "name": name,
            "url": f"ssh://{facts[name].accounts[0]}@{running.address(name)}",
            "key_file": str(running.key),
            "host_key": pinned,
            "roles": _roles(name),
            "information_systems": [s for s in facts[name].systems if s in known],
        }
        for name in running.hosts
        if name in facts
    ]
    site["scope"] = {
        "networks": ["10.99.0.0/24"],
        "packets_per_second": 1000,
        "authorisation": dict(LETTER),
    }
    site_file.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")


def fingerprint(running: Running) -> str:
    """Return the key that all good machines of the box share."""
    listed = subprocess.run(
        ["ssh-keygen", "-lf", running.known_hosts], check=True, capture_output=True, text=True
    )
    return listed.stdout.split()[1]


def _roles(name: str) -> list[str]:
    roles = ["server"] if name.startswith(("srv-", "nas-")) else ["workstation"]
    return [*roles, "storage"] if name.startswith(("nas-", "srv-backup")) else roles


def main() -> int:
    """Start what can be started, open a shell, clean up."""
    criteria = profile.load(profile.DEFAULT).profile
    if not sys.stdin.isatty():
        folder = Path(tempfile.mkdtemp(prefix="audit-lab-"))
        centre_folder.build(folder, criteria)
        sys.stdout.write(f"{folder}\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="audit-lab-") as name:
        site_file = centre_folder.build(Path(name), criteria)
        if sys.platform != "linux" or os.geteuid() != 0:
            sys.stdout.write("Máy mẫu cần root trên Linux / the machines need root on Linux\n")
            return _shell(name, {})
        with box.box() as running:
            join(site_file, running)
            shown = sorted(running.hosts.values(), key=lambda host: host.number)
            sys.stdout.writelines(f"  {host.address:12}{host.name}\n" for host in shown)
            sys.stdout.write("  ssh -F $LAB_SSH srv-clamav-ok\n")
            return _shell(name, {"LAB_SSH": str(running.ssh_config)})


def _shell(folder: str, more: Mapping[str, str]) -> int:
    sys.stdout.write(
        f"{folder}\n  audit run --site centre.yaml\n"
        "  exit: thư mục và máy mẫu sẽ bị xoá / folder and machines are removed\n"
    )
    sys.stdout.flush()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = os.environ.get("SHELL", "/bin/bash")
    subprocess.run([shell], cwd=folder, env={**os.environ, **more, "PATH": path}, check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
