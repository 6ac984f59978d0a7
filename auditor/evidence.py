"""Raw bytes under their own digest: what was seen, before anybody understood it."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from auditor import atomic, saying
from auditor.canonical import sha256
from auditor.errors import CannotKeep
from auditor.model import Observation


class EvidenceFolder:
    """A folder of files named by the SHA-256 of their content."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, which must exist."""
        self.folder = folder
        self._refused: OSError | None = None

    def keep(self, _request: str, content: bytes) -> str:
        """Store bytes and return their digest; storing the same bytes twice costs nothing."""
        digest = sha256(content)
        path = self.folder / digest
        if not path.exists():
            try:
                atomic.write(path, content)
            except OSError as error:
                self._refused = error
                raise
        return digest

    def must_keep(self) -> None:
        """Raise `CannotKeep` if any bytes could not be stored.

        Whoever measured made a failure of the thing measured of it; it must not be noted as one.
        """
        if self._refused is not None:
            raise CannotKeep(self.folder, saying.system(self._refused)) from self._refused

    def damaged(self, observations: Iterable[Observation]) -> dict[str, str]:
        """Return by observation its first capture that is gone or altered, where there is one.

        Each file is read once: all that a machine was asked rests on the same.
        """
        is_kept = cache(lambda digest: self.read(digest) is not None)
        cited = (
            (item.measurement.key, digest)
            for item in observations
            for capture in item.captures
            for digest in (capture.sha256, capture.stderr_sha256)
            if digest
        )
        found: dict[str, str] = {}
        for key, digest in cited:
            if key not in found and not is_kept(digest):
                found[key] = digest
        return found

    def read(self, digest: str) -> bytes | None:
        """Return the bytes under a digest; None where they are gone or altered."""
        try:
            content = (self.folder / digest).read_bytes()
        except OSError:
            return None
        return content if sha256(content) == digest else None
