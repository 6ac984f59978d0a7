"""Copies of recorded machines in states that no lab machine has: altered, not recorded.

`python tests/lab/alter_machines.py` writes them beside the collections that they are made from, in
recorded_machines/; ORIGIN.txt there names every alteration. Lines are replaced or added in named
sections, nothing else, and the frame is counted again.
"""

import re
from pathlib import Path

from auditor import collection

FOLDER = Path(__file__).parent / "recorded_machines"
PID, SOCKET = 900, 1500900
"""Of the process that is written in; no recorded process has this number."""

DEFENDER = "/opt/microsoft/mdatp/sbin/wdavdaemon"
HEALTH = {
    "app_version": '"101.24082.0004"',
    "definitions_status": '"up_to_date"',
    "licensed": "true",
    "real_time_protection_enabled": "true",
}
"""Fields of `mdatp health`, as in tests/captures/debian12-mdatp-by-hand (sources S4 and S13)."""

RULES = """\
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		tcp dport { 22, 443 } accept
	}
}
"""


class Copy:
    """A collection while it is altered."""

    def __init__(self, raw: bytes) -> None:
        """Take a whole collection. Raises `BadInput` for one that was cut."""
        collection.whole(raw)
        self._text = raw.decode()
        self._mark = self._text.split(maxsplit=3)[2]

    def _span(self, section: str) -> re.Match[str]:
        mark = re.escape(f"#{self._mark}")
        pattern = rf"^{mark} begin {re.escape(section)}\n(.*?)(^{mark} end) \d+ \w+ whole\n"
        found = re.search(pattern, self._text, re.MULTILINE | re.DOTALL)
        if found is None:
            message = f"no section {section!r}"
            raise ValueError(message)
        return found

    def body(self, section: str) -> str:
        """Return what a section printed."""
        return self._span(section)[1].rstrip("\n") + "\n"

    def answer(self, section: str, body: str) -> None:
        """Let a section print this instead, and end well."""
        found = self._span(section)
        ended = f"{body}\n{found[2]} 0 ok whole\n"
        self._text = self._text[: found.start(1)] + ended + self._text[found.end() :]

    def add(self, section: str, *lines: str) -> None:
        """Let a section print more, at its end."""
        self.answer(section, self.body(section) + "".join(f"{line}\n" for line in lines))

    def replace(self, section: str, old: str, new: str) -> None:
        """Put one text in place of another, which has to be there once."""
        body = self.body(section)
        if body.count(old) != 1:
            message = f"{section}: {old!r} is there {body.count(old)} times"
            raise ValueError(message)
        self.answer(section, body.replace(old, new))

    def everywhere(self, pattern: str, new: str) -> None:
        """Put a text in place of every line's part that matches."""
        self._text = re.sub(pattern, new, self._text, flags=re.MULTILINE)

    def raw(self) -> bytes:
        """Return the collection with its bytes counted. Raises `BadInput` if it is not whole."""
        last = f"#{self._mark} stdout "
        head, _last, tail = self._text.partition(last)
        count = len(head.encode())
        _old, _newline, rest = tail.partition("\n")
        raw = f"{head}{last}{count}\n{rest}".encode()
        collection.whole(raw)
        return raw


def managed(copy: Copy) -> None:
    """Write in Microsoft Defender for Endpoint: installed, alive, watching, linked to its cloud."""
    own = re.search(r'"/proc/1/ns/mnt" -> "(\S+)"', copy.body("executables"))
    space = re.search(r'"/proc/1/ns/pid" -> "(\S+)"', copy.body("executables"))
    daemon = re.search(r"^/proc/\d+/stat:\d+ \(sshd\) (.*)$", copy.body("processes"), re.MULTILINE)
    if not (own and space and daemon):
        message = "no process to take the numbers from"
        raise ValueError(message)
    link = "lrwxrwxrwx 1 0 0 0 Nov 22 00:00"
    local, remote = "0B00630A:9C40", "0A0200C0:01BB"  # 192.0.2.10, for documentation (RFC 5737)
    zeros = "00000000:00000000 00:00000000 00000000     0        0"
    copy.add("texts", f"/proc/net/tcp:  90: {local} {remote} 01 {zeros} {SOCKET} 1 0 20 4 30 10 -1")
    copy.add("processes", f"/proc/{PID}/stat:{PID} (wdavdaemon) {daemon[1]}")
    copy.add(
        "executables",
        f'{link} "/proc/{PID}/exe" -> "{DEFENDER}"',
        f'{link} "/proc/{PID}/ns/mnt" -> "{own[1]}"',
        f'{link} "/proc/{PID}/ns/pid" -> "{space[1]}"',
    )
    copy.add("argv", f"{PID}\twdavdaemon", f"{PID}\t")
    copy.add("descriptors", "", f'"/proc/{PID}/fd":', f'{link} "5" -> "socket:[{SOCKET}]"')
    copy.add("dpkg", "mdatp\t101.24082.0004\tinstalled")
    for field, value in HEALTH.items():
        copy.answer(f"status mdatp health --field {field}", f"{value}\n")
    copy.replace("files", f"absent {DEFENDER}\n", f'81ed 4096 1795297379 0 "{DEFENDER}"\n')


def guarded(copy: Copy) -> None:
    """Let the kernel hold a packet filter that denies by default, and a clock kept right."""
    copy.add("dpkg", "nftables\t1.0.6-2+deb12u2\tinstalled")
    copy.answer("firewall_rules", RULES)
    copy.replace("clock", "status=64\n", "status=0\n")
    copy.replace("clock", "answer=5\n", "answer=0\n")


def off_host(copy: Copy) -> None:
    """Let the folder of the third repository be one of another machine, mounted over NFS."""
    copy.replace(
        "texts",
        "/proc/mounts:kho /mnt/nas tmpfs rw,relatime,size=65536k 0 0\n",
        "/proc/mounts:10.99.0.20:/kho /mnt/nas nfs4 rw,relatime,vers=4.2,hard,proto=tcp 0 0\n",
    )


ALTERED = {
    "srv-rsyslog-remote": ("srv-rsyslog-remote-secured", (managed, guarded)),
    "srv-backup": ("srv-backup-off-host", (off_host,)),
}
"""The copy of each collection, and what is altered in it."""


def main() -> None:
    """Write all copies."""
    for source, (name, alterations) in ALTERED.items():
        copy = Copy((FOLDER / f"{source}.txt").read_bytes())
        for alter in alterations:
            alter(copy)
        (FOLDER / f"{name}.txt").write_bytes(copy.raw())


if __name__ == "__main__":
    main()
