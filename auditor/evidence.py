"""Raw bytes under their own digest: what was seen, before anybody understood it."""

from pathlib import Path

from auditor import atomic
from auditor.canonical import sha256
from auditor.model import Observation


class EvidenceFolder:
    """A folder of files named by the SHA-256 of their content."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which must exist."""
        self.folder = folder

    def keep(self, _request: str, content: bytes) -> str:
        """Store bytes and return their digest; storing the same bytes twice costs nothing."""
        digest = sha256(content)
        path = self.folder / digest
        if not path.exists():
            atomic.write(path, content)
        return digest

    def damage(self, observation: Observation) -> str:
        """Return the first capture of an observation that is gone or altered, or nothing."""
        for capture in observation.captures:
            for digest in (capture.sha256, capture.stderr_sha256):
                if digest and self.read(digest) is None:
                    return digest
        return ""

    def read(self, digest: str) -> bytes | None:
        """Return the bytes under a digest; None where they are gone or altered."""
        try:
            content = (self.folder / digest).read_bytes()
        except OSError:
            return None
        return content if sha256(content) == digest else None
