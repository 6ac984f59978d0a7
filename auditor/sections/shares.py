"""What file servers say that they serve: their own answers, names and paths only."""

import re

from auditor.collection import Collection
from auditor.model import Row
from auditor.sections.files import status_outputs

_SMB = "testparm -s"
_NFS = "lines /var/lib/nfs/etab"
_SECTION = re.compile(r"^\[([^\]]+)\]$", re.MULTILINE)
_NO_SHARE = frozenset({"global", "printers", "print$"})
"""Settings for all shares, and what serves printers, smb.conf(5)."""


TELLING = {"samba": _SMB, "nfs-server": _NFS}
"""The servers that tell what they serve, under their ids in the catalogue, and who answers."""


def shares(collection: Collection) -> dict[str, tuple[Row, ...]]:
    """Return Samba shares and NFS exports by their server's id; a server is left out if not heard.

    testparm(1) tells the names as the configuration has them; etab, exports(5), what the kernel was
    really told.
    """
    answers = {row["command"]: row for row in status_outputs(collection) if row["state"] == "ok"}
    return {
        product: _READERS[product](str(answers[command]["stdout"]))
        for product, command in TELLING.items()
        if command in answers
    }


def _samba(text: str) -> tuple[Row, ...]:
    names = dict.fromkeys(_SECTION.findall(text))
    return tuple(
        {"kind": "smb_share", "name": name, "path": None}
        for name in names
        if name.lower() not in _NO_SHARE
    )


def _nfs(text: str) -> tuple[Row, ...]:
    paths = dict.fromkeys(line.partition(":")[2] for line in text.splitlines())
    return tuple(
        {"kind": "nfs_export", "name": path, "path": path} for path in paths if path.startswith("/")
    )


_READERS = {"samba": _samba, "nfs-server": _nfs}
