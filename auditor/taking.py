"""Samples handed to a run when it begins: kept in its journal, so that a resumed run has the same.

Evidence is read where the store says that it lies, and copied into the run when it is used.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auditor.evidence import EvidenceFolder
from auditor.probing import Probe
from auditor.sample_slice import Slice


@dataclass(frozen=True, slots=True)
class Handed:
    """Parts of the chain by the key of their measurement, and the folders of their evidence."""

    contents: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()

    def noted(self) -> str:
        """Write it for the journal."""
        return json.dumps([dict(self.contents), list(self.folders)])

    def of(self, key: str, centre: str, probe: Probe, window_days: float | None) -> Slice | None:
        """Return what there is for one measurement."""
        if probe.repeats is None or key not in self.contents:
            return None
        versions = range(probe.repeats.since, probe.version + 1)
        content = self.contents[key].encode()
        return Slice(content, centre, key, versions, window_days, self._read)

    def _read(self, digest: str) -> bytes | None:
        for folder in self.folders:
            content = EvidenceFolder(Path(folder)).read(digest)
            if content is not None:
                return content
        return None


def from_journal(text: str | None) -> Handed:
    """Read back what a journal noted; nothing for none."""
    if text is None:
        return Handed()
    contents, folders = json.loads(text)
    return Handed(contents, tuple(folders))
