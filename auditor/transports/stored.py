"""A collector's output that was stored answers in place of the machine it was taken on."""

from pathlib import Path

from auditor.errors import CannotMeasure
from auditor.model import Capture, Failure, Text
from auditor.transports import Context
from auditor.transports.capturing import COLLECT, Captures
from auditor.transports.files import opened


class StoredOutput:
    """A file as a `HostLink`: it returns what is in it, whatever it is asked to run."""

    def __init__(self, file: Path, context: Context) -> None:
        """Read nothing yet."""
        self._file = file
        self._captures = Captures(context.keep)

    @property
    def captures(self) -> tuple[Capture, ...]:
        """What was read so far."""
        return self._captures.taken

    def collect(self, script: bytes, *, timeout_s: float, max_bytes: int) -> bytes:
        """Return the stored output, and keep it. Raises `CannotMeasure`."""
        del script, timeout_s  # it ran long ago
        try:
            with opened(self._file) as file:
                raw = file.read(max_bytes + 1)
        except CannotMeasure as failure:
            if failure.failure is Failure.TOOL_MISSING:
                raise CannotMeasure(Failure.UNREACHABLE, failure.detail) from failure
            raise
        if len(raw) > max_bytes:
            raise CannotMeasure(Failure.UNPARSABLE, f"{self._file}: more than {max_bytes} bytes")
        self._captures.content(COLLECT, raw)
        return raw

    @property
    def limitations(self) -> tuple[Text, ...]:
        """Nothing was asked for that could have been refused."""
        return ()

    def close(self) -> None:
        """Nothing is held open."""
