"""A record's JSON that is damaged or hostile: refused by field, and never read as another."""

import json
import random
from typing import Any

import pytest
from records_made import a_record

from auditor.canonical import dumps
from auditor.errors import BadInput
from auditor.record import to_v1
from auditor.record_reader import parse


def test_a_damaged_record_is_what_its_json_says_or_refused() -> None:
    """Lines that are exchanged, doubled or lost, and changed bytes: never another content."""
    chance = random.Random(13)  # noqa: S311
    whole = dumps(to_v1(a_record()), indent=1)
    assert parse(whole, "r") == json.loads(whole)
    read = 0
    for number in range(3000):
        lines = whole.splitlines(keepends=True)
        first, second = sorted(chance.choices(range(len(lines)), k=2))
        if number % 3:
            lines[first:second] = [b"", b"".join(lines[first:second]) * 2][number % 2 :]
        else:
            line = bytearray(lines[first])
            line[chance.randrange(len(line))] = chance.choice(b' "{}[],:\n1')
            lines[first] = bytes(line)
        content = b"".join(lines)
        try:
            found = parse(content, "r")
        except BadInput:
            continue
        assert found == json.loads(content)
        read += 1
    assert read > 100


@pytest.mark.parametrize(
    ("change", "words_"),
    [
        ({"schema": "urn:audit:record:v2"}, "record"),
        ({"run_id": 5}, "run_id"),
        ({"extra": 1}, "extra"),
        ({"findings": None}, "findings"),
        ({"started_at": None}, "started_at"),
        ({"observations": {}}, "observations"),
        ({"observations": [{}]}, "observations.0.key"),
        ({"tool": {"name": "a", "version": "b", "more": 1}}, "tool.more"),
        ({"plan": [{"probe": "a", "target": "b", "params": {"c": []}}]}, "plan.0.params.*"),
    ],
)
def test_a_damaged_record_is_refused_by_field(change: dict[str, Any], words_: str) -> None:
    """Another version, an unknown field and a wrong type are each named."""
    damaged = {**to_v1(a_record()), **change}
    with pytest.raises(BadInput) as caught:
        parse(dumps(damaged), "record.json")
    assert words_ in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "words_"),
    [
        ("key", None, "observations.1.key"),
        ("probe_version", 1.5, "observations.1.probe_version"),
        ("probe_version", True, "observations.1.probe_version"),
        ("duration_s", "1", "observations.1.duration_s"),
        ("measured", [], "observations.1.measured"),
        ("measured", {"rows": []}, "observations.1.measured.limitations"),
        ("measured", {"rows": [[]], "limitations": []}, "observations.1.measured.rows.0"),
        ("measured", {"rows": [{"a": {}}], "limitations": []}, "observations.1.measured.rows.0.*"),
        ("measured", {"rows": [], "limitations": [], "x": 1}, "observations.1.measured.x"),
        ("captures", None, "observations.1.captures"),
        ("captures", [{"request": "a"}], "observations.1.captures.0.sha256"),
        ("more", 1, "observations.1.more"),
    ],
)
def test_a_damaged_observation_is_refused_by_field(field: str, value: object, words_: str) -> None:
    """The second is damaged: its place is told, and where in it."""
    damaged: Any = to_v1(a_record())
    damaged["observations"][1][field] = value
    with pytest.raises(BadInput) as caught:
        parse(dumps(damaged), "record.json")
    (problem,) = caught.value.problems
    assert problem.field == words_


DEEP = b"[" * 1_000_000
HOSTILE = (b"", b"{", b"[]", b"\xff", b'{"schema": 1}', b'{"findings": ' + DEEP,
           b'{"observations": [{"measured": ' + DEEP)  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_record_is_refused(content: bytes) -> None:
    """No traceback for any bytes."""
    with pytest.raises(BadInput):
        parse(content, "record.json")


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"9" * 5000, b'"\\ud800"'])
def test_what_json_does_not_know_is_refused_in_rows_too(number: bytes) -> None:
    """What no other program would read the same."""
    content = dumps(to_v1(a_record())).replace(b"1.5", number)
    assert number in content
    with pytest.raises(BadInput):
        parse(content, "record.json")
