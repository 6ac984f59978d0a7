"""Write files so that a power cut leaves either the old content or the new, never half of it."""

import contextlib
import glob
import os
import tempfile
from pathlib import Path

PART = ".part"
"""Ends the names of files that are being written."""


def sweep(folder: Path) -> None:
    """Remove what a killed writer left in a folder; nobody may be writing there."""
    for path in folder.glob(f".*{PART}"):
        path.unlink(missing_ok=True)


def clear(path: Path) -> None:
    """Remove what killed writers of one file left beside it; who is still writing is left alone.

    In this process nobody else may be writing it.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{PART}"):
        number = left.name.removeprefix(f".{path.name}.").partition("-")[0]
        if not number.isdecimal() or not _is_another(int(number)):
            with contextlib.suppress(PermissionError):  # Windows removes no file that is open
                left.unlink(missing_ok=True)


def _is_another(pid: int) -> bool:
    """Tell whether a number is that of another living process; Windows is not asked."""
    if pid == os.getpid() or os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # of somebody else
    return True


def write(path: Path, content: bytes, *, is_private: bool = False) -> None:
    """Write a file whole: beside it first, flushed to the disk, then moved into place.

    What `is_private` is readable by nobody else at any moment.
    """
    handle, name = tempfile.mkstemp(
        prefix=f".{path.name}.{os.getpid()}-", suffix=PART, dir=path.parent
    )
    temporary = Path(name)
    try:
        if not is_private:  # mkstemp(3) makes files that nobody else may open
            temporary.chmod(0o666 & ~_umask())
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _umask() -> int:
    """Return the process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the move itself durable, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
