"""`doc:`: the site file and the documents that it names."""

import hashlib
import os
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from auditor import document_checks
from auditor.anchors import files
from auditor.canonical import dumps, sha256
from auditor.documents.content import content_of
from auditor.documents.form import recognise
from auditor.documents.keeping import as_json
from auditor.documents.said import Said
from auditor.documents.signed import SignedFile
from auditor.errors import CannotMeasure
from auditor.model import Document, Site, Target
from auditor.probing import FileFacts
from auditor.transports import Context
from auditor.transports.files import opened
from auditor.transports.folder import documents_in
from auditor.transports.from_site import FromSite
from auditor.transports.memo import Kept
from auditor.transports.reading import read
from auditor.transports.reading_cache import ReadingCache
from auditor.transports.verifying import verify

_CHUNK = 1024 * 1024


def access(_target: Target, context: Context) -> "SitePapers":
    """Open the papers of the site."""
    return SitePapers(context)


class SitePapers(FromSite):
    """The site and its documents as `Papers`; documents lie relative to the site's folder."""

    def digest(self, file: str) -> FileFacts:
        """Hash a document where it lies, and keep the facts as evidence.

        Raises `CannotMeasure`: `tool_missing` if there is no such file, `permission_denied`,
        `command_failed` if it is no regular file or cannot be read. That is evidence too.
        """
        try:
            return self._digest(file)
        except CannotMeasure as failure:
            self._captures.content(
                f"digest {file}", dumps({"file": file, "failure": failure.failure})
            )
            raise

    def _digest(self, file: str) -> FileFacts:
        digest, size = hashlib.sha256(), 0
        with opened(self._context.site_folder / file) as content:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
            changed = datetime.fromtimestamp(os.fstat(content.fileno()).st_mtime, UTC)
        facts = FileFacts(
            sha256=digest.hexdigest(),
            size_bytes=size,
            modified_at=f"{changed:%Y-%m-%dT%H:%M:%SZ}",
        )
        kept = {
            "file": file,
            "sha256": facts.sha256,
            "size_bytes": facts.size_bytes,
            "modified_at": facts.modified_at,
        }
        self._captures.content(f"digest {file}", dumps(kept))
        return facts

    @property
    def today(self) -> date:
        """The day of the measurement, where the centre is."""
        return self._context.started_at.astimezone(ZoneInfo(self.site.timezone)).date()

    @property
    def _trust_folder(self) -> Path | None:
        name = self.site.trust_folder
        return self._context.site_folder / name if name else None

    @cached_property
    def _trusted(self) -> dict[str, str]:
        """The digests of the certificates that chains may lead to, by file name."""
        folder = self._trust_folder
        return {path.name: sha256(path.read_bytes()) for path in files(folder)} if folder else {}

    def signatures(self, file: str) -> SignedFile:
        """Verify a document's signatures, and keep what was found as evidence.

        Raises `CannotMeasure` like `digest`, and `timeout` or `unparsable` for a hostile file.
        """
        found = verify(self._context.site_folder / file, self._trust_folder)
        kept = {"file": file, "found": asdict(found), "trusted": self._trusted}
        self._captures.content(f"signatures {file}", dumps(kept))
        return found

    def found(self) -> tuple[str, ...]:
        """Return files in the folder of documents that the site file does not name. Raises."""
        if not self.site.documents_folder:
            return ()
        named = {document.file for document in self.site.documents}
        folder = self._context.site_folder
        return tuple(f for f in documents_in(folder, self.site.documents_folder) if f not in named)

    def said(self, document: Document) -> Said:
        """Read a document once in a run and keep what it says: findings with short quotations."""

        def once() -> Kept[Said]:
            said = said_in(self._context.site_folder / document.file, document, self.site)
            self._captures.content(f"said {document.file}", dumps(as_json(said)))
            return Kept(said, self._captures.taken[-1:])

        kept = self._context.shared.once(f"said {document.kind} {document.file}", once)
        self._captures.join(kept.captures)
        return kept.result


def said_in(path: Path, document: Document, site: Site) -> Said:
    """Read a file, or take what was read of the same bytes before, and say what stands in it.

    Raises `CannotMeasure` as `read` does.
    """
    try:
        cache = ReadingCache()
    except OSError:  # nowhere to keep anything: then every run reads anew
        cache = None
    reading = read(path, cache=cache)
    return content_of(reading, recognise(reading), document, site, document_checks.load())
