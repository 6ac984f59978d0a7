"""Observations: one for each indicator, with the real verdict, and one for each measurement."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time

from auditor.model import (
    VIETNAM,
    Basis,
    Capture,
    Indicator,
    NotMeasured,
    Observation,
    Verdict,
)

from . import oscal_exceptions as exceptions
from .clean import clipped, visible
from .oscal_parts import Node, line, moment, prop, props, reference, some
from .oscal_subject import Subject, linked
from .values import LONGEST_CELL

METHODS: Mapping[Basis, str] = {
    Basis.MEASURED: "TEST",
    Basis.DOCUMENT: "EXAMINE",
    Basis.DECLARED: "INTERVIEW",
}
"""How OSCAL calls each kind of evidence."""


def keys_of(subject: Subject, indicators: Iterable[Indicator]) -> tuple[str, ...]:
    """Return the measurements that these indicators rest on and that took place, each once."""
    wanted = {
        key
        for item in indicators
        for check in subject.findings[item.id].checks
        for key in check.observations
    }
    return tuple(key for key in subject.seen if key in wanted)


def identity(subject: Subject, indicator: Indicator) -> str:
    """Return the identity of an indicator's observation."""
    return subject.ids.of("observation", "indicator", indicator.id)


def of_indicator(subject: Subject, indicator: Indicator) -> Node:
    """Return what was concluded about an indicator, with everything that OSCAL has no word for."""
    finding = subject.findings[indicator.id]
    wording, keys = subject.wording, keys_of(subject, (indicator,))
    targets = dict.fromkeys(subject.seen[key].measurement.target for key in keys)
    return {
        "uuid": identity(subject, indicator),
        "title": subject.title(indicator),
        "description": line(wording.pick(finding.reason), wording.badges[finding.verdict].word),
        **props(
            prop("indicator-id", indicator.id),
            prop("verdict", finding.verdict),
            prop("outcome", subject.outcomes[indicator.id]),
            prop("basis", finding.basis),
            *(
                {**prop("system-verdict", part.verdict), "remarks": line(part.system, "-")}
                for part in finding.systems
            ),
            *exceptions.told(subject, indicator),
        ),
        **some("links", [_rests_on(subject, key) for key in keys]),
        "methods": [METHODS[finding.basis]],
        "types": ["control-objective"],
        **subject.origin(),
        **subject.subjects(targets),
        "collected": moment(_latest(subject, keys)),
        **_expires(subject, indicator),
        **_english(subject, indicator),
    }


def of_measurement(subject: Subject, seen: Observation) -> Node:
    """Return one measurement as it was made, or as it failed."""
    act, wording = seen.measurement, subject.wording
    if isinstance(seen.result, NotMeasured):
        told = f"{wording.failures[seen.result.failure]}: {seen.result.detail}"
        outcome = (prop("failure", seen.result.failure),)
    else:
        told = "; ".join(map(wording.pick, seen.result.limitations))
        outcome = (prop("rows", len(seen.result.rows)),)
    return {
        "uuid": subject.ids.of("observation", "measurement", act.key),
        "title": line(clipped(act.key, LONGEST_CELL), act.probe),
        "description": line(told, act.probe),
        **props(
            prop("probe", act.probe),
            prop("probe-version", seen.probe_version),
            prop("vantage", seen.vantage),
            prop("duration-s", seen.duration_s),
            *outcome,
        ),
        "methods": ["TEST"],
        **subject.origin(),
        **subject.subjects((act.target,)),
        **some("relevant-evidence", [_evidence(subject, c) for c in seen.captures]),
        "collected": moment(seen.started_at),
    }


def resources(subject: Subject, keys: Iterable[str]) -> Iterator[Node]:
    """Yield every raw output behind these measurements once, by its digest."""
    digests: dict[str, str] = {}
    for key in keys:
        for capture in subject.seen[key].captures:
            digests.setdefault(capture.sha256, capture.request)
            if capture.stderr_sha256:
                digests.setdefault(capture.stderr_sha256, capture.request)
    for digest, request in digests.items():
        name = visible(digest)
        yield {
            "uuid": subject.ids.of("resource", digest),
            "title": line(clipped(request, LONGEST_CELL), name),
            "rlinks": [linked(f"../evidence/{name}", name)],
        }


def _rests_on(subject: Subject, key: str) -> Node:
    link = reference(subject.ids.of("observation", "measurement", key))
    return {"href": link, "rel": "rests-on", "text": line(clipped(key, LONGEST_CELL), "-")}


def _evidence(subject: Subject, capture: Capture) -> Node:
    return {
        "href": reference(subject.ids.of("resource", capture.sha256)),
        "description": line(clipped(capture.request, LONGEST_CELL), capture.sha256),
        **props(
            prop("size-bytes", capture.size_bytes),
            prop("exit-code", capture.exit_code),
            prop("stderr-sha256", capture.stderr_sha256),
        ),
    }


def _latest(subject: Subject, keys: Iterable[str]) -> datetime:
    times = [subject.seen[key].started_at for key in keys]
    return max(times, default=subject.record.finished_at)


def _english(subject: Subject, indicator: Indicator) -> Node:
    """Return the English name below the Vietnamese one, if the document is in English."""
    name = subject.wording.english(indicator.name)
    return {"remarks": name} if name else {}


def _expires(subject: Subject, indicator: Indicator) -> Node:
    """Return when a met verdict lapses: when the first of its documents does.

    Of several documents of one kind the longest-lived carries the verdict; the day is Vietnam's.
    """
    if subject.findings[indicator.id].verdict is not Verdict.MET:
        return {}
    needed = (need.kind for need in indicator.documents if not need.optional)
    lasting = [last for kind in needed if (last := _last_day(subject, kind)) is not None]
    return {"expires": min(lasting).isoformat()} if lasting else {}


def _last_day(subject: Subject, kind: str) -> datetime | None:
    """Return the end of the last day of a kind of document, or None where there is no end."""
    ends = [
        min(filter(None, (_end(row.get(name)) for name in _ENDS)), default=None)
        for row in subject.document_rows
        if row.get("kind") == kind and row.get("is_confirmed") is True
    ]
    known = [end for end in ends if end is not None]
    return max(known, default=None) if len(known) == len(ends) else None


_ENDS = ("valid_until", "confirmed_until")


def _end(cell: object) -> datetime | None:
    """Return the end of a day that a row tells, or None where it tells none."""
    try:
        day = date.fromisoformat(cell) if isinstance(cell, str) else None
    except ValueError:
        return None
    return None if day is None else datetime.combine(day, time(23, 59, 59), VIETNAM)
