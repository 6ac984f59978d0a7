"""`replay:folder`: a recording answers in place of the machine it was taken on."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from auditor.errors import CannotMeasure
from auditor.model import Capture, CommandResult, Failure, Target
from auditor.probing import DEFAULT_COMMAND_TIMEOUT_S
from auditor.transports import Context
from auditor.transports.capturing import (
    INDEX,
    Answer,
    Captures,
    answer_from,
    read_request,
    run_request,
    system_request,
)

Find = Callable[[str, tuple[str, ...]], Answer | None]
"""Looks a request up; for a command also takes its arguments. `None`: it was not recorded."""


def access(target: Target, context: Context) -> "ReplayHost":
    """Open a folder that `capturing.Recorder` wrote."""
    folder = context.site_folder / target.url.partition(":")[2]
    platform, find = from_folder(folder)
    return ReplayHost(platform, find, Captures(context.keep))


class ReplayHost:
    """A recording as a `Host`. What was not recorded is `tool_missing`."""

    def __init__(self, platform: str, find: Find, captures: Captures) -> None:
        """Answer with what `find` finds."""
        self._platform = platform
        self._find = find
        self._captures = captures

    @property
    def platform(self) -> str:
        """The platform of the recorded machine."""
        return self._platform

    @property
    def captures(self) -> tuple[Capture, ...]:
        """What was answered so far."""
        return self._captures.taken

    def run(self, *argv: str, timeout_s: float = DEFAULT_COMMAND_TIMEOUT_S) -> CommandResult:
        """Return what the command printed then. Raises `CannotMeasure`."""
        del timeout_s  # it has already ended
        request = run_request(argv)
        answer = self._answer(request, argv)
        if not isinstance(answer, CommandResult):
            raise CannotMeasure(Failure.UNPARSABLE, f"{request}: recorded without an exit code")
        self._captures.command(answer)
        return answer

    def read_file(self, path: str) -> bytes:
        """Return the file's bytes of then. Raises `CannotMeasure`."""
        return self._content(read_request(path))

    def system(self, reading: str) -> bytes:
        """Return the reading of then. Raises `CannotMeasure`."""
        return self._content(system_request(reading))

    def close(self) -> None:
        """Nothing is held open."""

    def _content(self, request: str) -> bytes:
        answer = self._answer(request, ())
        if isinstance(answer, CommandResult):
            raise CannotMeasure(Failure.UNPARSABLE, f"{request}: recorded as a command")
        self._captures.content(request, answer)
        return answer

    def _answer(self, request: str, argv: tuple[str, ...]) -> CommandResult | bytes:
        answer = self._find(request, argv)
        if answer is None:
            raise CannotMeasure(Failure.TOOL_MISSING, f"{request}: not in the recording")
        if isinstance(answer, CannotMeasure):
            raise CannotMeasure(answer.failure, answer.detail)
        return answer


def from_folder(folder: Path) -> tuple[str, Find]:
    """Return the platform of a recording and its answers. Raises `CannotMeasure`."""
    try:
        index = json.loads((folder / INDEX).read_bytes())
        platform, requests = str(index["platform"]), dict(index["requests"])
    except OSError as error:
        raise CannotMeasure(Failure.UNREACHABLE, f"{folder / INDEX}: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{folder / INDEX}: {error}") from error

    def find(request: str, argv: tuple[str, ...]) -> Answer | None:
        if request not in requests:
            return None
        try:
            return answer_from(folder, argv, requests[request])
        except (KeyError, OSError, TypeError, ValueError) as error:
            raise CannotMeasure(Failure.UNPARSABLE, f"{folder}: {request}: {error}") from error

    return platform, find


def from_evidence(captures: Iterable[Capture], blob: Callable[[str], bytes]) -> Find:
    """Return the answers that a finished run kept; `blob` reads evidence by its digest.

    Failures were not kept: what failed then is "not in the recording" now.
    """
    kept = {capture.request: capture for capture in captures}

    def find(request: str, argv: tuple[str, ...]) -> Answer | None:
        capture = kept.get(request)
        if capture is None:
            return None
        if capture.exit_code is None:
            return blob(capture.sha256)
        return CommandResult(
            argv=argv,
            exit_code=capture.exit_code,
            stdout=blob(capture.sha256),
            stderr=blob(capture.stderr_sha256),
        )

    return find
