"""The series: one record a line, appended and never changed."""

import os
from pathlib import Path

from auditor.errors import CannotMeasure
from auditor.internet.series import FIRST
from auditor.model import Failure
from auditor.speed_records import record_in

FILE = "internet-samples.jsonl"
LARGEST = 256 * 1024 * 1024


def content(file: Path) -> bytes:
    """Read a series. Raises `CannotMeasure` where it cannot be read or is too long."""
    try:
        if file.stat().st_size > LARGEST:
            raise CannotMeasure(Failure.UNPARSABLE, f"{file.name}: more than {LARGEST} bytes")
        return file.read_bytes()
    except PermissionError as error:
        raise CannotMeasure(Failure.PERMISSION_DENIED, f"{file.name}: {error}") from error
    except OSError as error:
        raise CannotMeasure(Failure.UNREACHABLE, f"{file.name}: {error}") from error


def last_digest(file: Path) -> str:
    """Return the digest that the next record must name."""
    if not file.is_file():
        return FIRST
    lines = content(file).splitlines()
    return str(record_in(lines[-1]).get("record_sha256", FIRST)) if lines else FIRST


def append(file: Path, record: bytes) -> None:
    """Add one record and wait until it is on the disk. Raises `CannotMeasure`."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab") as out:
            out.write(record + b"\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise CannotMeasure(Failure.PERMISSION_DENIED, f"{file}: {error}") from error
