"""A real time server that never steers this machine's clock."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest


def start(
    folder: Path,
    port: int,
    address: str,
    *settings: str,
    prefix: tuple[str, ...] = (),
    fake: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start chronyd in a folder of its own; whoever starts it ends it."""
    program = shutil.which("chronyd", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.skip("needs the Debian package chrony")
    if os.geteuid() != 0:
        pytest.skip("chronyd starts as root only")
    folder.mkdir()
    lines = (
        f"port {port}",
        "cmdport 0",
        "bindcmdaddress /",
        f"pidfile {folder / 'pid'}",
        f"bindaddress {address}",
        "allow all",
        *settings,
    )
    (folder / "chrony.conf").write_text("\n".join(lines) + "\n")
    command = (program, "-x", "-d", "-U", "-u", "root", "-f", str(folder / "chrony.conf"))
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    if fake is not None:
        library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
        if library is None:
            pytest.skip("needs the Debian package faketime")
        environment |= {"LD_PRELOAD": str(library), "FAKETIME": fake}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen((*prefix, *command), stdout=log, stderr=log, env=environment)
    for _attempt in range(100):
        if (folder / "pid").exists():
            return process
        time.sleep(0.05)
    process.kill()
    pytest.fail((folder / "log").read_text())
