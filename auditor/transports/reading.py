"""Read a document in a process of its own, so that a hostile file costs itself only."""

import math
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from auditor import guard
from auditor.canonical import dumps
from auditor.documents.limits import DEFAULT, Limits
from auditor.documents.media import Media, fits
from auditor.documents.text import Reading, ReadingFault, clean
from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports import program
from auditor.transports.files import opened
from auditor.transports.reading_cache import ReadingCache

_READER = "auditor.transports.reader.main"
_START = (
    "import importlib, json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "importlib.import_module(sys.argv[2]).main(*sys.argv[3:])"
)
_KEPT = ("PATH", "TESSDATA_PREFIX", "SYSTEMROOT")
"""What the child needs of the environment to find Tesseract, and on Windows to start at all."""

_READING: TypeAdapter[Reading] = TypeAdapter(Reading)
_BOX = 4
_CHUNK = 2**20


def read(path: Path, *, limits: Limits = DEFAULT, cache: ReadingCache | None = None) -> Reading:
    """Read one file, or take what was read of the same bytes before.

    The file is opened for reading only. Everything wrong with its content is a fault of the
    `Reading`. Raises `CannotMeasure`: `tool_missing` if there is no such file,
    `permission_denied`, `command_failed` if it is no regular file or changes meanwhile.
    """
    with opened(path) as file:
        before = os.fstat(file.fileno())
        digest = _digest(file)
        if before.st_size > limits.size_bytes:
            faults = (ReadingFault.TOO_LARGE,)
            return Reading(
                sha256=digest, size_bytes=before.st_size, media_type=Media.UNKNOWN, faults=faults
            )
        kept = cache.get(digest, limits) if cache else None
        reading = _checked(kept, digest) if kept else None
        if reading is None:
            answer = _ask(file, limits)
            if isinstance(answer, ReadingFault):
                reading = _nothing(digest, before.st_size, answer)
            else:
                reading = _checked(answer, digest) or _nothing(
                    digest, before.st_size, ReadingFault.BROKEN
                )
                if cache:
                    cache.put(digest, limits, reading, answer)
            after = os.fstat(file.fileno())
            if (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, before.st_size):
                raise CannotMeasure(Failure.COMMAND_FAILED, f"{path}: changed while it was read")
    if fits(reading.media_type, path.name):
        return reading
    return replace(reading, faults=(*reading.faults, ReadingFault.WRONG_EXTENSION))


def confined(module: str, arguments: Sequence[str], given: BinaryIO, limits: Limits) -> bytes:
    """Call `main(*arguments)` of a module in a fresh process with `given` as standard input.

    The module calls `sandbox.enter` before it touches the input. Returns what it wrote, which
    nobody has checked. Raises `CannotMeasure`: `timeout`, `command_failed` (it failed, was ended,
    or wrote too much), `tool_missing`.
    """
    given.seek(0)
    paths = dumps([path for path in sys.path if path]).decode()
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with guard.on_machine():
        ended = program.run(
            (sys.executable, "-I", "-c", _START, paths, module, *arguments),
            given,
            limits.seconds + limits.grace_s,
            limits.output_bytes,
            environment,
        )
    if ended.exit_code:
        said = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise CannotMeasure(Failure.COMMAND_FAILED, f"exit {ended.exit_code}: {said}")
    return ended.stdout


def _digest(file: BinaryIO) -> str:
    digest = sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _ask(file: BinaryIO, limits: Limits) -> bytes | ReadingFault:
    try:
        return confined(_READER, (dumps(asdict(limits)).decode(),), file, limits)
    except CannotMeasure as failure:
        if failure.failure is Failure.TIMEOUT:
            return ReadingFault.TOO_SLOW
        if failure.failure is Failure.COMMAND_FAILED:
            return ReadingFault.BROKEN
        raise


def _nothing(digest: str, size: int, fault: ReadingFault) -> Reading:
    return Reading(sha256=digest, size_bytes=size, media_type=Media.UNKNOWN, faults=(fault,))


def _checked(answer: bytes, digest: str) -> Reading | None:
    """Return a reading if it is one of the file with this digest; a taken-over child may lie."""
    try:
        reading = _READING.validate_json(answer)
    except ValidationError:
        return None
    texts = [line.text for line in reading.lines] + [reading.producer]
    texts += [cell for table in reading.tables for row in table.rows for cell in row]
    pages = {page.number for page in reading.pages} | {0}
    sound = (
        reading.sha256 == digest
        and reading.media_type in set(Media)
        and all(text == clean(text) for text in texts)
        and all(len(line.box) in {0, _BOX} for line in reading.lines)
        and all(math.isfinite(x) for line in reading.lines for x in (*line.box, line.size_pt))
        and all(0 <= line.confidence <= 1 for line in reading.lines)
    )
    return reading if sound and {line.page for line in reading.lines} <= pages else None
