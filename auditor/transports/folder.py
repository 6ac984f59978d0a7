"""The documents that lie in a folder."""

import os
from pathlib import Path

from auditor.errors import CannotMeasure
from auditor.model import Failure

ENDINGS = frozenset(
    {".pdf", ".docx", ".docm", ".doc", ".odt", ".xlsx", ".xls", ".txt"}
    | {".png", ".jpg", ".jpeg", ".tif", ".tiff"}
)
MOST_FILES = 2000
DEEPEST = 6


def documents_in(base: Path, folder: str) -> tuple[str, ...]:
    """Return the documents below a folder by their endings, as paths relative to `base`.

    Links are not followed, hidden files and office programs' lock files are left out. Raises
    `CannotMeasure`: `command_failed` for more than `MOST_FILES`, so that none is left out silently.
    """
    top = base / folder
    found: list[str] = []
    for here, folders, files in os.walk(top):
        depth = len(Path(here).relative_to(top).parts)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and depth < DEEPEST)
        for name in sorted(files):
            path = Path(here) / name
            if (
                path.suffix.lower() in ENDINGS
                and not name.startswith((".", "~$"))
                and not path.is_symlink()
            ):
                found.append(os.path.relpath(path, base))
        if len(found) > MOST_FILES:
            raise CannotMeasure(Failure.COMMAND_FAILED, f"{top}: more than {MOST_FILES} documents")
    return tuple(found)
