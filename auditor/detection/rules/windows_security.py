"""Windows' own words about anti-malware: Security Center registrations and Defender's fields."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from auditor.detection.answers import Call
from auditor.detection.doubts import Doubt, doubt
from auditor.detection.statement import Statement
from auditor.detection.times import count
from auditor.model.products import Answer, Topic

_STATE = {0x0000: "off", 0x1000: "on", 0x2000: "snoozed", 0x3000: "expired"}
_OWNER = {0x000: "third party", 0x100: "Microsoft"}
_SIGNATURE = {0x00: "up to date", 0x10: "out of date"}
_REGISTRATION = re.compile(
    r"^product=(.*);state=(\d+);exe=(.*);exists=(True|False)\s*$", re.MULTILINE
)
_FIELD = re.compile(r"^([A-Za-z]+) *: *(.*?)\s*$", re.MULTILINE)
_PROTECTION = (
    "RealTimeProtectionEnabled",
    "OnAccessProtectionEnabled",
    "BehaviorMonitorEnabled",
    "IoavProtectionEnabled",
)


@dataclass(frozen=True, slots=True)
class ProductState:
    """A decoded productState; a group outside the table is None (source S6, not official)."""

    state: str | None
    owner: str | None
    signature: str | None


def decode(value: int) -> ProductState:
    """Decode the three known groups of a productState; the provider byte is ignored."""
    return ProductState(
        _STATE.get(value & 0xF000), _OWNER.get(value & 0x0F00), _SIGNATURE.get(value & 0x00F0)
    )


def security_center(asked: Call) -> Iterator[Statement]:
    """Say whether any registered product is on; Defender stays registered as off beside others."""
    rows = list(_REGISTRATION.finditer(asked.output))
    for match in rows:
        yield from _registration_doubts(asked, match)
    living = [(decode(int(m.group(2))), m) for m in rows if m.group(4) == "True"]
    if not living:
        return
    names = "; ".join(f"{m.group(1)} {m.group(2)}" for _state, m in living)
    on = [state for state, _match in living if state.state == "on"]
    yield Statement(
        topic=Topic.PRESENT, evidence=asked.evidence(Topic.PRESENT, names), answer=Answer.YES
    )
    known = all(state.state for state, _match in living)
    off = Answer.NO if known else Answer.UNKNOWN
    yield _decided(asked, Topic.EFFECTIVE, Answer.YES if on else off, names)
    marks = {state.signature for state in on}
    if "up to date" in marks:
        yield _decided(asked, Topic.FRESH, Answer.YES, names)
    elif marks == {"out of date"}:
        yield _decided(asked, Topic.FRESH, Answer.NO, names)


def defender(asked: Call) -> Iterator[Statement]:
    """Judge Defender by its fields, with the conditions and the 7 days of Defender for Cloud."""
    fields = dict(_FIELD.findall(asked.output))
    if "AMRunningMode" not in fields:
        return
    if fields.get("AMProductVersion"):
        version = fields["AMProductVersion"]
        yield Statement(
            topic=Topic.VERSION, evidence=asked.evidence(Topic.VERSION, version), value=version
        )
    yield from _flag(asked, Topic.RUNNING, {"AMServiceEnabled": fields.get("AMServiceEnabled")})
    mode = fields["AMRunningMode"]
    if mode != "Normal":
        yield _decided(asked, Topic.EFFECTIVE, Answer.NO, mode, doubt(Doubt.PASSIVE_MODE, mode))
    else:
        yield from _flag(asked, Topic.EFFECTIVE, {name: fields.get(name) for name in _PROTECTION})
    yield from _signature_age(asked, fields.get("AntivirusSignatureAge", ""))


def _signature_age(asked: Call, value: str) -> Iterator[Statement]:
    days = 0 if value == "0" else count(value)
    shown = f"AntivirusSignatureAge {value}"
    if days is None:
        evidence = asked.evidence(Topic.FRESH, shown)
        yield Statement(topic=Topic.FRESH, evidence=evidence, question=doubt(Doubt.NO_TIME, value))
        return
    limit = timedelta(minutes=asked.status.within_minutes or 0)
    answer = Answer.YES if timedelta(days=days) < limit else Answer.NO
    why = "" if answer is Answer.YES else doubt(Doubt.TOO_OLD, f"{days} days")
    yield _decided(asked, Topic.FRESH, answer, shown, why)


def _flag(asked: Call, topic: Topic, fields: dict[str, str | None]) -> Iterator[Statement]:
    shown = " ".join(f"{name}={value}" for name, value in fields.items())
    if any(value == "False" for value in fields.values()):
        yield _decided(asked, topic, Answer.NO, shown)
    elif all(value == "True" for value in fields.values()):
        yield _decided(asked, topic, Answer.YES, shown)


def _registration_doubts(asked: Call, match: re.Match[str]) -> Iterator[Statement]:
    name, value, _program, exists = match.groups()
    evidence = asked.evidence(Topic.PRESENT, f"{name} {value}")
    if exists == "False":
        question = doubt(Doubt.STALE_REGISTRATION, name)
        yield Statement(topic=Topic.PRESENT, evidence=evidence, question=question)
    elif decode(int(value)).state is None:
        question = doubt(Doubt.UNKNOWN_STATE, f"{name} {int(value):#x}")
        yield Statement(topic=Topic.PRESENT, evidence=evidence, question=question)


def _decided(
    asked: Call, topic: Topic, answer: Answer, excerpt: str, question: str = ""
) -> Statement:
    return Statement(
        topic=topic, evidence=asked.evidence(topic, excerpt), answer=answer, question=question
    )
