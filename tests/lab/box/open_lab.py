"""`make lab`: an example centre whose machines are the centre in a box, and a shell in it.

The shell stands at the client's end of a shaped Internet line (`tests/lab/uplink`), with a server
of each kind at the other end, so that `audit run` measures a line of known rate.
Without root (or off Linux) the example centre comes without machines, and the reason is said.
Without a terminal the folder is printed and left in place, and no machine is started.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "uplink"))

import box
import centre_folder
import uplink_servers
import yaml
from box_check import truth
from uplink_line import uplink

from auditor import DEFAULT_PROFILE, profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from box import Running
    from uplink_line import Line

LETTER: dict[str, Any] = {
    "number": "01/PTN",
    "issued_on": "2026-01-01",
    "issuing_body": "Phòng thử nghiệm",
    "signer": "Nguyễn Văn Mẫu",
    "signer_position": "Trưởng phòng",
    "operating_unit": "Phòng thử nghiệm",
    "performing_unit": "Phòng thử nghiệm",
    "independent": False,
    "methods": ["host_login", "discovery", "service_probes", "time_query", "speed_test"],
    "emergency_contact": "không có, máy mẫu",
    "tool_operator": "Nguyễn Văn Mẫu",
    "expires_on": "2099-12-31",
    "file": "van-ban-cho-phep.pdf",
}


DOWN_MBPS, UP_MBPS = 100, 40
"""Of the line, counted as IP bytes."""


@contextlib.contextmanager
def opened(
    folder: Path, machines: Iterable[str] | None = None
) -> Iterator[tuple[Line, Running, Mapping[str, str]]]:
    """Write a centre into a folder and start its machines (default: all) and its Internet line.

    What is run by `line.run` stands in the centre; the last are the line's servers by backend.
    Raises what `uplink` and `box` raise.
    """
    site_file = centre_folder.build(folder, profile.load(DEFAULT_PROFILE).profile)
    machines = None if machines is None else tuple(machines)
    box.make_images(machines)
    with uplink(rate_mbps=DOWN_MBPS, up_mbps=UP_MBPS, delay_ms=5) as line:
        servers = uplink_servers.every(line)
        with line.inside(), box.box(machines) as running:
            join(site_file, running)
            connect(site_file, line, servers["http-multi"])
            yield line, running, servers


def connect(site_file: Path, line: Line, url: str) -> None:
    """Add a server of the line to a site file that has a letter."""
    site = yaml.safe_load(site_file.read_text("utf-8"))
    site["scope"]["speed_servers"] = [line.server]
    server = {"backend": "http-multi", "url": url, "country": "VN"}
    site["internet"] = {"servers": [{**server, "allowed_by": LETTER["issuing_body"]}]}
    site_file.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")


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
    has_shell, is_root = sys.stdin.isatty(), sys.platform == "linux" and os.geteuid() == 0
    if not has_shell or not is_root:
        folder = Path(tempfile.mkdtemp(prefix="audit-lab-"))
        centre_folder.build(folder, profile.load(DEFAULT_PROFILE).profile)
        if has_shell:
            sys.stdout.write("Máy mẫu cần root trên Linux / the machines need root on Linux\n")
            _shell(folder, (), {})
            shutil.rmtree(folder)
        else:
            sys.stdout.write(f"{folder}\n")
        return 0
    with contextlib.ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="audit-lab-"))
        line, running, servers = stack.enter_context(opened(Path(name)))
        shown = sorted(running.hosts.values(), key=lambda host: host.number)
        sys.stdout.writelines(f"  {host.address:12}{host.name}\n" for host in shown)
        sys.stdout.write("  ssh -F $LAB_SSH srv-clamav-ok\n")
        sys.stdout.writelines(
            f"  audit measure internet --site centre.yaml --backend {backend} --server {url}\n"
            for backend, url in servers.items()
        )
        _shell(Path(name), line.command(), {"LAB_SSH": str(running.ssh_config)})
    return 0


def _shell(folder: Path, enter: tuple[str, ...], more: Mapping[str, str]) -> None:
    sys.stdout.write(
        f"{folder}\n  audit run --site centre.yaml\n"
        "  exit: thư mục và máy mẫu sẽ bị xoá / folder and machines are removed\n"
    )
    sys.stdout.flush()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = os.environ.get("SHELL", "/bin/bash")
    subprocess.run(
        [*enter, shell], cwd=folder, env={**os.environ, **more, "PATH": path}, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
