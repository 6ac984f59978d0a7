"""Opening files that may be anything, without ever hanging on a pipe or a device."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from auditor.errors import CannotMeasure
from auditor.model import Failure

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading.

    Raises `CannotMeasure`: `tool_missing` if there is none, `permission_denied`, `command_failed`.
    """
    try:
        descriptor = os.open(path, _FLAGS)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise CannotMeasure(Failure.COMMAND_FAILED, f"{path}: no regular file")
        with os.fdopen(descriptor, "rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CannotMeasure(Failure.TOOL_MISSING, f"{path}: {error.strerror}") from error
    except PermissionError as error:
        raise CannotMeasure(Failure.PERMISSION_DENIED, f"{path}: {error.strerror}") from error
    except OSError as error:
        raise CannotMeasure(Failure.COMMAND_FAILED, f"{path}: {error.strerror or error}") from error
