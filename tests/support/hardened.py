"""Machines with settings of a test's own: this one in new namespaces, with another /etc.

Real programs run there and the real collector reads them. Nothing outlives the first process of
the new process namespace, and no network of this machine is in it. Its root is read-only there:
daemons write into memory or not at all.
"""

import shutil
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from auditor import products, scripts
from auditor.collection import Collection, whole

_START = """
set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc
mount --bind {files}/lastlog /var/log/lastlog
mount -t tmpfs tmpfs /var/lib/snmp
mount -o remount,bind,ro /
touch /usr/lib/writable 2>/dev/null && exit 3
rm -rf /etc/logrotate.d /etc/logrotate.conf
cp -r --remove-destination {files}/etc/. /etc/
chmod 600 /etc/shadow /etc/snmp/snmpd.conf
mount -t tmpfs tmpfs /run
mkdir /run/sshd
ip link set lo up
{setup}
{collector}
"""
_UNSHARE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
_RECORD = struct.Struct("<I32s256s")
"""One record of lastlog(5): when, on which line, from where."""


def raw_machine(
    folder: Path,
    files: Mapping[str, str],
    setup: str = "",
    logins: Mapping[int, int] | None = None,
    user: int = 0,
) -> bytes:
    """Return what the collector prints in such a machine, as root or as another user.

    `files` are laid over /etc; `setup` is shell; `logins` gives POSIX times by account number.
    """
    for program in ("unshare", "nft", "lastlog", "setpriv", "snmpd", "vsftpd", "sshd"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    root = folder / "files"
    for path, content in files.items():
        file = root / path.removeprefix("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (root / "etc" / "snmp").mkdir(parents=True, exist_ok=True)
    (root / "etc" / "snmp" / "snmpd.conf").touch()
    with (root / "lastlog").open("wb") as log:
        for uid, at in (logins or {}).items():
            log.seek(uid * _RECORD.size)
            log.write(_RECORD.pack(at, b"pts/0", b""))
    become = f"setpriv --reuid={user} --regid={user} --clear-groups" if user else ""
    command = _START.format(files=root, setup=setup, collector=f"{become} sh -s; true")
    ended = subprocess.run(
        [*_UNSHARE, "sh", "-c", command],
        input=scripts.script(products.load(), "posix"),
        capture_output=True,
        check=False,
        timeout=90,
    )
    if b"Operation not permitted" in ended.stderr and not ended.stdout:
        pytest.skip("needs root and namespaces")
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")[-2000:]
    return ended.stdout


def machine(
    folder: Path,
    files: Mapping[str, str],
    setup: str = "",
    logins: Mapping[int, int] | None = None,
    user: int = 0,
) -> Collection:
    """Return the same, taken apart."""
    return whole(raw_machine(folder, files, setup, logins, user))
