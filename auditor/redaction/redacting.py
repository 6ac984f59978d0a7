"""The one choke point: a record goes in, and what may be public of it comes out.

Everything in a public copy, and every report in it, is made from what `redacted` returns. What is
not classified is hidden: a new field has to be let through here, a new column where it is declared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from auditor.model import Hides, Measurement
from auditor.record_v1 import (
    CaptureV1,
    CheckFindingV1,
    FindingV1,
    MeasurementV1,
    ObservationV1,
    RecordV1,
    ScalarV1,
    TargetV1,
    TextV1,
    ValueV1,
    WaiversV1,
    WaiverV1,
)
from auditor.redaction.changes import public_changes
from auditor.redaction.identities import IDENTIFIES, Columns, identifying, leaves, own, public
from auditor.redaction.pseudonyms import MASK, Pseudonyms
from auditor.redaction.scrubbing import Scrubber
from auditor.redaction.vocabulary import vocabulary

GUESSABLE_BYTES = 1024
"""The digest of less than this could be found by trying what it may have been."""


@dataclass(frozen=True)
class Sources:
    """What a run was made with, as plain data: it says what identifies, and which words may stay.

    `site` and `profile` are their files as read by YAML.
    """

    site: object
    profile: object
    columns: Columns


def redacted(record: RecordV1, sources: Sources, secret: bytes) -> RecordV1:
    """Return what may be public of a record; the same secret gives the same pseudonyms."""
    return _Redactor(record, sources, secret).record()


class _Redactor:
    """One record while it is redacted."""

    def __init__(self, record: RecordV1, sources: Sources, secret: bytes) -> None:
        self._record = record
        self._columns = sources.columns
        self._names = Pseudonyms(secret)
        self._own = own(record)
        self._scrub = Scrubber(self._names, vocabulary(sources.profile))
        for kind, text in identifying(record, sources.columns):
            self._scrub.learn(kind, text)
        systems = (part["system"] for item in record["findings"] for part in item["systems"])
        kept = {record["site"]["centre"], *systems, *public(sources.site)}
        for phrase in kept:
            self._scrub.keep(phrase)
        for text in leaves(sources.site):
            if text not in kept:
                self._scrub.learn(Hides.URL if "://" in text else Hides.TEXT, text)
        acts = (*record["plan"], *(item["measurement"] for item in record["observations"]))
        self._keys = {
            Measurement(**act).key: Measurement(**self._measurement(act)).key for act in acts
        }

    def record(self) -> RecordV1:
        """Build the public record field by field; what is not named here is not in it."""
        full = self._record
        copy: RecordV1 = {
            "schema": full["schema"],
            "tool": full["tool"],
            "run_id": full["run_id"],
            "started_at": full["started_at"],
            "finished_at": full["finished_at"],
            "vantage": self._names.host(full["vantage"]),
            "profile": full["profile"],
            "site": full["site"],
            "authorisation_sha256": full["authorisation_sha256"],
            "clock_offset_s": full["clock_offset_s"],
            "targets": [self._target(item) for item in full["targets"]],
            "plan": [self._measurement(act) for act in full["plan"]],
            "observations": [self._observation(item) for item in full["observations"]],
            "findings": [self._finding(item) for item in full["findings"]],
            "groups": full["groups"],
        }
        if "challenge" in full:
            copy["challenge"] = full["challenge"]
        if "previous" in full:
            copy["previous"] = public_changes(full["previous"], self._keys)
        if "waivers" in full:
            copy["waivers"] = self._waivers(full["waivers"])
        return copy

    def _waivers(self, layer: WaiversV1) -> WaiversV1:
        """Show what is waived until when, not by whom and why; digests of so little tell both."""
        return {
            "sha256": MASK,
            "head": MASK,
            "on": layer["on"],
            "entries": [self._waiver(item) for item in layer["entries"]],
            "findings": [
                {
                    "indicator": item["indicator"],
                    "raw": item["raw"],
                    "effective": item["effective"],
                    "systems": [
                        {**part, "system": self._scrub.name(part["system"])}
                        for part in item["systems"]
                    ],
                    "waivers": [MASK for _digest in item["waivers"]],
                }
                for item in layer["findings"]
            ],
        }

    def _waiver(self, item: WaiverV1) -> WaiverV1:
        return {
            "indicator": item["indicator"],
            "system": self._scrub.name(item["system"]),
            "reason": MASK,
            "applicant": self._names.of(Hides.PERSON, item["applicant"]),
            "approver": self._names.of(Hides.PERSON, item["approver"]),
            "document": {"number": MASK, "file": MASK, "sha256": MASK},
            "recorded_on": item["recorded_on"],
            "until": item["until"],
            "previous": MASK,
            "digest": MASK,
            "state": item["state"],
        }

    def _target(self, item: TargetV1) -> TargetV1:
        return {
            "name": self._called(item["name"]),
            "url": self._names.url(item["url"]),
            "roles": list(map(self._scrub.text, item["roles"])),
            "information_systems": list(map(self._scrub.name, item["information_systems"])),
        }

    def _measurement(self, act: MeasurementV1) -> MeasurementV1:
        return {
            "probe": act["probe"],
            "target": self._called(act["target"]),
            "params": {name: self._word(value) for name, value in act["params"].items()},
        }

    def _called(self, target: str) -> str:
        return target if target in self._own else self._names.host(target)

    def _observation(self, item: ObservationV1) -> ObservationV1:
        act, seen, failed = (
            self._measurement(item["measurement"]), item["measured"], item["not_measured"],
        )  # fmt: skip
        probe = act["probe"]
        copy: ObservationV1 = {
            "key": Measurement(**act).key,
            "measurement": act,
            "probe_version": item["probe_version"],
            "vantage": self._names.host(item["vantage"]),
            "started_at": item["started_at"],
            "duration_s": item["duration_s"],
            "measured": None if seen is None else {
                "rows": [self._row(probe, row) for row in seen["rows"]],
                "limitations": [self._limitation(probe, text) for text in seen["limitations"]],
            },
            "not_measured": None if failed is None else {
                "failure": failed["failure"], "detail": MASK if failed["detail"] else "",
            },
            "captures": [self._capture(capture) for capture in item["captures"]],
        }  # fmt: skip
        if "challenge" in item:
            copy["challenge"] = item["challenge"]
        return copy

    def _row(self, probe: str, row: Mapping[str, ValueV1]) -> dict[str, ValueV1]:
        columns = self._columns.get(probe, {})
        if Hides.WEAKNESS in columns.values():
            return {}
        return {
            name: _each(value, partial(self._shown, columns.get(name)))
            for name, value in row.items()
        }

    def _shown(self, kind: Hides | None, text: str) -> str:
        if kind is Hides.NOTHING:
            return self._scrub.name(text)
        if kind in IDENTIFIES and kind is not None:
            return self._names.of(kind, text)
        return MASK if text else ""

    def _capture(self, capture: CaptureV1) -> CaptureV1:
        is_long = capture["size_bytes"] >= GUESSABLE_BYTES
        return {
            "request": self._scrub.text(capture["request"]),
            "sha256": capture["sha256"] if is_long else MASK,
            "size_bytes": capture["size_bytes"],
            "exit_code": capture["exit_code"],
            "stderr_sha256": MASK if capture["stderr_sha256"] else None,  # of unknown size
        }

    def _limitation(self, probe: str, text: TextV1) -> TextV1:
        """Say what the rows cannot tell; where weaknesses are looked for, not in detail."""
        if Hides.WEAKNESS in self._columns.get(probe, {}).values():
            text = {"vi": _without_detail(text["vi"]), "en": _without_detail(text["en"])}
        return self._sentence(text)

    def _sentence(self, text: TextV1) -> TextV1:
        return {"vi": self._scrub.text(text["vi"]), "en": self._scrub.text(text["en"])}

    def _finding(self, item: FindingV1) -> FindingV1:
        details = tuple(self._details(item["checks"]))
        return {
            "indicator": item["indicator"],
            "name": item["name"],
            "verdict": item["verdict"],
            "basis": item["basis"],
            "reason": self._reason(item["reason"], details),
            "reason_en": self._reason(item["reason_en"], details),
            "systems": [
                {
                    "system": self._scrub.name(part["system"]),
                    "verdict": part["verdict"],
                    "reason": self._reason(part["reason"], details),
                    "reason_en": self._reason(part["reason_en"], details),
                }
                for part in item["systems"]
            ],
            "checks": [self._check(check, details) for check in item["checks"]],
        }

    def _check(self, check: CheckFindingV1, details: tuple[str, ...]) -> CheckFindingV1:
        system, expected = check["system"], check["expected"]
        return {
            "check": check["check"],
            "title": self._sentence(check["title"]),
            "system": None if system is None else self._scrub.name(system),
            "verdict": check["verdict"],
            "basis": check["basis"],
            "decides": check["decides"],
            "actual": _each(check["actual"], partial(self._found, check)),
            "operator": check["operator"],
            "expected": (
                [self._word(item) for item in expected]
                if isinstance(expected, list)
                else self._word(expected)
            ),
            "parameter": check["parameter"],
            "unit": self._sentence(check["unit"]),
            "source": check["source"],
            "citation": self._scrub.text(check["citation"]),
            "confidence": check["confidence"],
            "reason": self._reason(check["reason"], details),
            "reason_en": self._reason(check["reason_en"], details),
            "observations": [self._keys.get(key, MASK) for key in check["observations"]],
        }

    def _found(self, check: CheckFindingV1, text: str) -> str:
        return MASK if text and self._is_weak(check) else self._scrub.text(text)

    def _word(self, value: ScalarV1) -> ScalarV1:
        return self._scrub.text(value) if isinstance(value, str) else value

    def _details(self, checks: Iterable[CheckFindingV1]) -> Iterator[str]:
        """Yield how reasons write out what was found, where that is the detail of a weakness."""
        for check in checks:
            value = check["actual"]
            if self._is_weak(check) and isinstance(value, str | list) and value:
                yield value if isinstance(value, str) else ", ".join(value)

    def _is_weak(self, check: CheckFindingV1) -> bool:
        probes = {key.partition("@")[0].partition("(")[0] for key in check["observations"]}
        return any(Hides.WEAKNESS in self._columns.get(probe, {}).values() for probe in probes)

    def _reason(self, reason: str, details: tuple[str, ...]) -> str:
        for detail in sorted(details, key=len, reverse=True):
            reason = reason.replace(detail, MASK)
        return self._scrub.text(reason)


def _each(value: ValueV1, shown: Callable[[str], str]) -> ValueV1:
    if isinstance(value, list):
        return [shown(item) for item in value]
    return shown(value) if isinstance(value, str) else value


def _without_detail(sentence: str) -> str:
    head, colon, detail = sentence.partition(": ")
    return f"{head}{colon}{MASK}" if detail else sentence
