"""The series: one record a line, appended and never changed, read back with suspicion."""

import json
import os
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from auditor.canonical import dumps
from auditor.errors import CannotMeasure
from auditor.internet.sample import Sample
from auditor.internet.series import FIRST, breaks, faults
from auditor.model import Failure, Text

FILE = "internet-samples.jsonl"
LARGEST = 256 * 1024 * 1024
_SAMPLE: TypeAdapter[Sample] = TypeAdapter(Sample)


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


def samples(raw: bytes) -> tuple[tuple[Sample, ...], tuple[Text, ...]]:
    """Return the samples that follow from their own raw counts, and what was wrong with others.

    A series whose chain of digests is broken lost or gained records: then all of it is left out.
    """
    records = [(number, _record(line)) for number, line in enumerate(raw.splitlines(), 1)]
    good: list[Sample] = []
    remarks: list[Text] = []
    for number, record in records:
        sample = _sample(record)
        wrong = ("form",) if sample is None else faults(record, sample)
        if sample is None or wrong:
            remarks.append(_refused(number, wrong))
        else:
            good.append(sample)
    if broken := breaks(record for _number, record in records):
        return (), (*remarks, _cut(broken[0] + 1))
    return tuple(good), tuple(remarks)


def last_digest(file: Path) -> str:
    """Return the digest that the next record must name."""
    if not file.is_file():
        return FIRST
    lines = content(file).splitlines()
    return str(_record(lines[-1]).get("record_sha256", FIRST)) if lines else FIRST


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


def _record(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _sample(record: dict[str, Any]) -> Sample | None:
    try:
        return _SAMPLE.validate_json(dumps(record.get("sample")))
    except ValueError:  # of which pydantic's ValidationError is one
        return None


def _refused(number: int, wrong: tuple[str, ...]) -> Text:
    what = ", ".join(wrong)
    return Text(
        vi=f"Mẫu đo ở dòng {number} của chuỗi không khớp với số đếm thô ({what}) nên không dùng.",
        en=f"Sample {number} of the series does not follow from its raw counts ({what}); not used.",
    )


def _cut(number: int) -> Text:
    return Text(
        vi=f"Chuỗi mẫu đo bị đứt ở dòng {number}: có mẫu bị sửa, thêm hoặc mất; không dùng chuỗi.",
        en=f"The series is broken at line {number}: records were changed, added or lost; not used.",
    )
