"""Why a file or folder that the site file names cannot be used, and what to do about it."""

from pathlib import Path

from auditor import saying
from auditor.language import _


def trouble(path: Path, remedy: str, *, is_folder: bool = False) -> tuple[str, str] | None:
    """Return problem and remedy, or None if it is there; `remedy` is for one that is not there.

    A folder on the way that this account may not enter hides whether there is a file.
    """
    try:
        found = path.is_dir() if is_folder else path.is_file()
    except OSError as error:
        return refusal(path, error)
    return None if found else (_("file not found: {path}", path=path), remedy)


def refusal(path: Path, error: OSError) -> tuple[str, str]:
    """Return problem and remedy for what the operating system refuses."""
    told = _("cannot read {path}: {why}", path=path, why=saying.system(error))
    return told, _("Let this account read the file and enter its folders, or run as one that may.")
