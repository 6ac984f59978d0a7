"""Root file systems of the lab's machines: one Debian base, one overlay layer per set of packages.

Nothing is installed on the developer's machine. The base comes from `mmdebstrap`; a layer is the
upper folder of an overlay in which the real `apt-get` ran, so the package database of every
machine is the one dpkg wrote, look-alikes and removed packages included. Both stay in a cache
folder and are made again when their recipe changes; what an older recipe left may be deleted.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CACHE = Path(os.environ.get("AUDIT_LAB_CACHE", "/var/cache/audit-lab"))
SUITE = "bookworm"
BASE_PACKAGES = "openssh-server,iproute2,procps,tini"
LAYER_SCRIPT = Path(__file__).resolve().parent / "box_layer.sh"
BUILD_SECONDS = 900


class CannotBuild(RuntimeError):
    """An image could not be made; the message ends with what the tool said."""


@dataclass(frozen=True)
class Layer:
    """What `apt-get` did on top of the base: packages installed, then some removed again."""

    install: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    """Removed without purge, so that their configuration stays (dpkg state `rc`)."""


LAYERS: Mapping[str, Layer] = {
    "clamav": Layer(("clamav", "clamav-daemon", "clamav-freshclam", "clamdscan")),
    "zabbix": Layer(("zabbix-agent",)),
    "rsyslog": Layer(("rsyslog",)),
    "node": Layer(("prometheus-node-exporter",)),
    "nas": Layer(("samba",)),
    "backup": Layer(("restic", "borgbackup", "cron")),
    "auditd": Layer(("auditd",)),
    "clock": Layer(("faketime", "clamav", "clamav-daemon", "clamdscan")),
    "python": Layer(("python3-minimal", "libpython3-stdlib")),
    "collector": Layer(("python3-minimal", "libpython3-stdlib", "rsyslog")),
    "removed": Layer(
        ("zabbix-agent", "clamav-daemon", "clamav-freshclam", "rsyslog", "loki"),
        ("zabbix-agent", "clamav-daemon", "clamav-freshclam", "rsyslog"),
    ),
}


def ready(name: str | None = None) -> Path:
    """Give the folder of a layer (None: of the base), building it first where needed.

    Raises:
        CannotBuild: a tool is missing, or the Debian mirror gave no packages.

    """
    base = CACHE / f"base-{_digest(SUITE, BASE_PACKAGES)}"
    if name is None:
        return _made(base, _build_base)
    layer = LAYERS[name]
    script = LAYER_SCRIPT.read_text(encoding="utf-8")
    recipe = _digest(base.name, script, *layer.install, "without", *layer.remove)
    return _made(CACHE / f"{name}-{recipe}", lambda folder: _build_layer(layer, folder))


def keys() -> Mapping[str, Path]:
    """Give the private key files, made once: `client`, `host` (pinned) and `wrong` (not pinned)."""
    folder = CACHE / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {name: folder / name for name in ("client", "host", "wrong")}
    for name, file in files.items():
        if not file.exists():
            _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"lab-{name}", "-f", file)
    return files


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _made(folder: Path, build: Callable[[Path], None]) -> Path:
    """Build into a neighbour and rename: a folder that exists is complete."""
    if folder.exists():
        return folder
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}")
    CACHE.mkdir(parents=True, exist_ok=True)
    sys.stderr.write(f"lab: making {folder} from Debian packages, once\n")
    try:
        build(unfinished)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _build_base(folder: Path) -> None:
    _run("mmdebstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", SUITE, folder)


def _build_layer(layer: Layer, folder: Path) -> None:
    work = folder.with_name(f"{folder.name}.work")
    try:
        for each in (folder, work):
            each.mkdir()
        _run(
            *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation=private"),
            *("sh", LAYER_SCRIPT, ready(), folder, work),
            *(" ".join(layer.install), " ".join(layer.remove)),
        )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _run(*command: str | Path) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=BUILD_SECONDS,
        )
    except FileNotFoundError as missing:
        message = f"{command[0]}: not installed (packages.txt lists what the lab needs)"
        raise CannotBuild(message) from missing
    if done.returncode:
        message = f"{' '.join(map(str, command))}: {done.stdout[-2000:].decode(errors='replace')}"
        raise CannotBuild(message)
