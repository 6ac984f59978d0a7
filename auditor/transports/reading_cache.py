"""What was read of a file's bytes, kept for the next run in a folder of the user's own."""

import hashlib
import os
from dataclasses import asdict
from pathlib import Path

from platformdirs import user_cache_path

from auditor import __version__, atomic
from auditor.canonical import dumps, sha256
from auditor.documents.limits import Limits
from auditor.documents.text import Reading, ReadingFault

_PASSING = frozenset(
    {
        ReadingFault.NO_OCR,
        ReadingFault.TOO_SLOW,
        ReadingFault.TOO_MUCH_MEMORY,
    }
)
"""Faults of the machine rather than of the file: the next run may do better."""

_MOST = 2000
_DIGEST = hashlib.sha256().digest_size * 2


class ReadingCache:
    """A folder of readings, each under the digest of its file, the limits and this version.

    It holds text of documents: nobody else may look into it (0700 and 0600; on Windows the user's
    profile protects it). What was damaged is read anew.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Use `folder`, or this user's. Raises `OSError`."""
        self._folder = folder or user_cache_path("centre-audit", appauthor=False) / "readings"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name != "nt":
            self._folder.chmod(0o700)

    def get(self, digest: str, limits: Limits) -> bytes | None:
        """Return what was kept; nothing if that is damaged or was never."""
        try:
            kept = self._path(digest, limits).read_bytes()
        except OSError:
            return None
        content = kept[_DIGEST:]
        return content if kept[:_DIGEST] == sha256(content).encode() else None

    def put(self, digest: str, limits: Limits, reading: Reading, answer: bytes) -> None:
        """Keep the answer that a reading was made of, unless the next run may do better."""
        if _PASSING & set(reading.faults):
            return
        atomic.write(self._path(digest, limits), sha256(answer).encode() + answer, is_private=True)
        kept = sorted(self._folder.glob("*.reading"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-_MOST]:
            path.unlink(missing_ok=True)

    def _path(self, digest: str, limits: Limits) -> Path:
        how = sha256(dumps([__version__, asdict(limits)]))[:16]
        return self._folder / f"{digest}-{how}.reading"
