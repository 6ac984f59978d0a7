"""A centre of as many machines as wanted: those of recorded_machines/ again and again.

Each has its own name, hardware address and address, so that it is one machine to the tool.
The rest is what the recorded machine said, some 50 KB, read as a file (`facts:`); nothing is
reached.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import record_machines
import yaml
from alter_machines import Copy
from record_machines import FOLDER, SYSTEMS, target

MODELS = (
    ("ws-plain", "workstation"),
    ("srv-clamav-ok", "server"),
    ("ws-plain", "workstation"),
    ("srv-backup-old", "server"),
    ("srv-clamav-stale", "server"),
    ("nas-samba-stopped", "storage"),
    ("srv-rsyslog-remote-secured", "server"),
    ("nas-samba", "storage"),
)
"""Recorded machines and what they are here, in turn."""

AUDIT = shutil.which("audit", path=str(Path(sys.executable).parent)) or "audit"


def said(number: int) -> bytes:
    """Return what a machine of this number says of itself."""
    model, _role = MODELS[number % len(MODELS)]
    copy = Copy((FOLDER / f"{model}.txt").read_bytes())
    copy.everywhere("^hostname=.*", f"hostname={name(number)}")
    mac = f"02:00:00:00:{number // 256:02x}:{number % 256:02x}"
    copy.everywhere("link/ether [0-9a-f:]{17}", f"link/ether {mac}")
    copy.everywhere(r"inet 10\.99\.0\.\d+/24", f"inet 10.99.{1 + number // 200}.{number % 200}/16")
    return copy.raw()


def name(number: int) -> str:
    """Return what a machine is called."""
    return f"may-{number:04d}"


def centre(machines: int, folder: Path) -> Path:
    """Write the site file of such a centre, and what its machines say; return the site file."""
    systems = list(SYSTEMS)[:3]
    targets = []
    for number in range(machines):
        (folder / f"{name(number)}.txt").write_bytes(said(number))
        role = MODELS[number % len(MODELS)][1]
        targets.append(target(name(number), systems[number % len(systems)], role))
    site = record_machines.site_of("nghin-may", record_machines.CENTRES["machines-in-disorder"])
    site |= {"scope": {"networks": ["10.99.0.0/16"]}, "targets": targets}
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def run(machines: int, folder: Path) -> Path:
    """Audit such a centre; return the folder of the run."""
    site, out = centre(machines, folder), folder / "run"
    words = ("run", "--site", str(site), "--out", str(out), "--no-store", "--quiet")
    done = subprocess.run([AUDIT, *words], check=False)
    if done.returncode not in {0, 10, 11}:
        raise subprocess.CalledProcessError(done.returncode, AUDIT)
    return out
