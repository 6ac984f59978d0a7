"""Records of speed samples, read back with suspicion: from a series, and from a store's visits."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from auditor.canonical import dumps
from auditor.internet.sample import Sample
from auditor.internet.series import breaks, faults, plain
from auditor.model import Internet, StoredVisit, Text

_SAMPLE: TypeAdapter[Sample] = TypeAdapter(Sample)
TAKEN, SERIES = "speed sample ", "series "
"""How the requests begin under which samples and a series are kept."""

Read = tuple[tuple[Sample, ...], tuple[Text, ...]]
"""Samples that follow from their own raw counts, and what was wrong with others."""


def samples(raw: bytes) -> Read:
    """Read a series.

    A series whose chain of digests is broken lost or gained records: then all of it is left out.
    """
    records = [record_in(line) for line in raw.splitlines()]
    good, remarks = _read(enumerate(records, 1))
    if broken := breaks(records):
        return (), (*remarks, _cut(broken[0] + 1))
    return good, remarks


def earlier(series: bytes | None, visits: Iterable[StoredVisit], wanted: Internet | None) -> Read:
    """Return the samples of a series and of a store's visits, each once.

    Of the store's only those of servers count that the site file still names.
    """
    mine, remarks = samples(series) if series is not None else ((), ())
    stored, more = _read(
        (visit.position, record_in(content))
        for visit in visits
        for request, content in visit.evidence
        if request.startswith(TAKEN)
    )
    named = {(server.backend, server.url) for server in wanted.servers} if wanted else set()
    here = [item for item in stored if (item.order.server.backend, item.order.server.url) in named]
    if len(here) < len(stored):
        more = (*more, _elsewhere(len(stored) - len(here)))
    once = {dumps(plain(asdict(item))): item for item in (*mine, *here)}
    return tuple(once.values()), (*remarks, *more)


def record_in(line: bytes) -> dict[str, Any]:
    """Read one record; an empty one for what is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def sample_in(record: dict[str, Any]) -> Sample | None:
    """Return the raw part of a record; None where it has none."""
    try:
        return _SAMPLE.validate_json(dumps(record.get("sample")))
    except ValueError:  # of which pydantic's ValidationError is one
        return None


def _read(records: Iterable[tuple[int, dict[str, Any]]]) -> Read:
    good: list[Sample] = []
    remarks: list[Text] = []
    for number, record in records:
        sample = sample_in(record)
        wrong = ("form",) if sample is None else faults(record, sample)
        if sample is None or wrong:
            remarks.append(_refused(number, wrong))
        else:
            good.append(sample)
    return tuple(good), tuple(remarks)


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


def _elsewhere(count: int) -> Text:
    return Text(
        vi=f"{count} mẫu trong kho đo với máy chủ mà tệp của trung tâm không còn nêu; không dùng.",
        en="Samples of the store of servers that the site file no longer names:"
        f" {count}; not used.",
    )
