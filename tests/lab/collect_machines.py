"""Collect the lab's machines on which the recordings machines-in-order and -in-disorder rest.

`python tests/lab/collect_machines.py` (root; see box/) rewrites tests/lab/recorded_machines/: what
today's collector prints on them as root, asked everything that the catalogue wants to know, and the
copies of alter_machines.py. Three machines are changed inside the lab first, as ORIGIN.txt says.
`python tests/lab/record_machines.py` then makes the recordings.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "box"))

import alter_machines
import box
from box_report import ROOT, read

from auditor import collection, products, scripts

MACHINES = (
    "srv-giam-sat",
    "srv-rsyslog-remote",
    "nas-samba",
    "srv-backup",
    "srv-backup-old",
    "srv-clamav-ok",
    "srv-clamav-stale",
    "ws-plain",
)
SETTINGS = """\
set -e
printf '%s\\n' 'password requisite pam_pwquality.so minlen=14' \
  'password [success=1 default=ignore] pam_unix.so use_authtok yescrypt' >/etc/pam.d/common-password
printf '%s\\n' 'auth required pam_faillock.so preauth deny=5' \
  'auth [success=1 default=ignore] pam_unix.so' \
  'auth [default=die] pam_faillock.so authfail deny=5' >/etc/pam.d/common-auth
echo 'readonly TMOUT=600' >/etc/profile.d/limit.sh
sed -i 's/rotate 4/rotate 14/' /etc/logrotate.d/rsyslog
"""
"""Files that the measures read, in the form of tests/support/hardened_examples.py."""

THIRD = """\
set -e
mkdir -p /mnt/nas
mount -t tmpfs -o size=64m kho /mnt/nas
cd /root
restic -q -r /mnt/nas/restic --password-file .restic-password init
restic -q -r /mnt/nas/restic --password-file .restic-password backup /etc
line="restic -q -r /mnt/nas/restic --password-file /root/.restic-password backup /etc"
echo "45 1 * * * root $line" >>/etc/cron.d/sao-luu
"""
"""A third repository, on a file system of its own."""

STOPPED = "pkill -x smbd; while pgrep -x smbd >/dev/null; do sleep 0.1; done"


def main() -> None:
    """Read the machines, then write the altered copies."""
    folder = alter_machines.FOLDER
    folder.mkdir(exist_ok=True)
    script = scripts.script(products.load(), "posix")
    with box.box(MACHINES) as running:

        def keep(name: str, file: str) -> None:
            raw = read(running, name, ROOT, script)
            collection.whole(raw)  # refuses what was cut
            (folder / f"{file}.txt").write_bytes(raw)

        running.run("srv-rsyslog-remote", "sh", "-c", SETTINGS).check_returncode()
        running.run("srv-backup", "sh", "-c", THIRD).check_returncode()
        for name in MACHINES:
            keep(name, name)
        running.run("nas-samba", "sh", "-c", STOPPED).check_returncode()
        keep("nas-samba", "nas-samba-stopped")
    alter_machines.main()


if __name__ == "__main__":
    main()
