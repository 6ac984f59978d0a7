"""Criteria that are refused: one line with file, line, field and remedy, before anything is done.

The line that must be named is the one that ends in `# HERE`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from tests.integration.conftest import Done, Ended, Program, Together

PART = (
    "name: {vi: Một, en: One}, requires: [[m]], checks: [{id: m, title: {vi: M, en: M}, basis:"
    " measured, reads: {m: {probe: machine_identity}}, value: m.size(), expect: {at_least:"
    " wanted}}]}"
)
CHECK = "groups.first.indicators.1.checks.machine"
SPOILED = {
    "repeated key": (
        'version: "1"\n',
        'version: "1"\nversion: "2" # HERE\n',
        "version",
        "repeated key, first on line 3. Keep one of the two.",
    ),
    "repeated key deep inside": (
        "    default: 1\n",
        "    default: 1\n    default: 2 # HERE\n",
        "parameters.wanted.default",
        "repeated key, first on line 9. Keep one of the two.",
    ),
    "unknown field": (
        "        requires:",
        "        weight: 3 # HERE\n        requires:",
        "groups.first.indicators.1.weight",
        "unknown field. Remove it, or correct its name.",
    ),
    "missing field": (
        "    source: tool_default\n",
        "",
        "parameters.wanted.source",
        "missing field. Add it.",
    ),
    "unknown probe": (
        "{probe: machine_identity}}",
        "{probe: machine_identify}} # HERE",
        f"{CHECK}.reads.machines.probe",
        "unknown probe machine_identify. See `audit probes` for the names.",
    ),
    "unknown probe in the inventory": (
        "groups:\n",
        "inventory:\n  - disk # HERE\ngroups:\n",
        "inventory.0",
        "unknown probe disk. See `audit probes` for the names.",
    ),
    "parameter that a probe does not take": (
        "{probe: machine_identity}}",
        "{probe: machine_identity, params: {deep: true}}} # HERE",
        f"{CHECK}.reads.machines.probe",
        "probe machine_identity has no parameter deep. It takes: none.",
    ),
    "unknown operator": (
        "expect: {at_least: wanted}",
        "expect: {more_than: wanted} # HERE",
        f"{CHECK}.expect.more_than",
        (
            '"more_than" is not one of the allowed words. Write one of: at_least, at_most, equals,'
            " contains, one_of, exists."
        ),
    ),
    "unknown parameter": (
        "expect: {at_least: wanted}",
        "expect: {at_least: wnated} # HERE",
        f"{CHECK}.expect.at_least",
        "unknown parameter wnated. Define it in `parameters`, with its source.",
    ),
    "day that is not defined": (
        "expect: {at_least: wanted}",
        "expect: {at_least: wanted}\n            due: someday # HERE",
        f"{CHECK}.due",
        "unknown parameter someday. Define it in `parameters`, with its source.",
    ),
    "day that is none": (
        "expect: {at_least: wanted}",
        "expect: {at_least: wanted}\n            due: wanted # HERE",
        f"{CHECK}.due",
        'not a day. Write for example `default: "2026-12-31"`.',
    ),
    "empty expectation": (
        "expect: {at_least: wanted}",
        "expect: {} # HERE",
        f"{CHECK}.expect",
        "needs exactly one operator. Write for example `expect: {at_least: my_parameter}`.",
    ),
    "two expectations": (
        "expect: {at_least: wanted}",
        "expect: {at_least: wanted, at_most: wanted} # HERE",
        f"{CHECK}.expect",
        "needs exactly one operator. Write for example `expect: {at_least: my_parameter}`.",
    ),
    "operator that cannot compare": (
        "expect: {at_least: wanted}",
        "expect: {contains: wanted} # HERE",
        f"{CHECK}.expect.contains",
        "contains cannot compare with 1. Choose another operator, or correct the parameter.",
    ),
    "version read as a number": (
        'version: "1"',
        "version: 1.10 # HERE",
        "version",
        "expected text, found 1.1. Put the value in double quotes.",
    ),
    "no for a yes or no": (
        "        checks:\n",
        "        optional: no # HERE\n        checks:\n",
        "groups.first.indicators.1.optional",
        'expected true or false, found "no". Write true or false, without quotes.',
    ),
    "parameter's name for a yes or no": (
        "        checks:\n",
        "        optional: wanted # HERE\n        checks:\n",
        "groups.first.indicators.1.optional",
        'expected true or false, found "wanted". Write true or false, without quotes.',
    ),
    "unknown word": (
        "            basis: measured",
        "            basis: guessed # HERE",
        f"{CHECK}.basis",
        '"guessed" is not one of the allowed words. Write one of: measured, document, declared.',
    ),
    "unknown variable": (
        "            value: machines.size()",
        "            value: machine.size() # HERE",
        f"{CHECK}.value",
        "unknown variable machine. Correct the CEL expression.",
    ),
    "unknown check": (
        "        requires: [[machine]]",
        "        requires: [[machin]] # HERE",
        "groups.first.indicators.1.requires.0",
        "unknown check machin. Use one of: machine.",
    ),
    "uncited law": (
        "    source: tool_default\n",
        "    source: law\n    citation: Nghị định\n    confidence: M # HERE\n",
        "parameters.wanted.confidence",
        (
            "a source must be read (V) or reported (V2) to be cited. Read the text, or use `source:"
            " tool_default`."
        ),
    ),
    "repeated indicator": (
        "    indicators:\n",
        (f"    indicators:\n      - {{id: '1', {PART}\n"),
        "groups.first.indicators.1.id",
        "repeated indicator. Give each indicator its own id.",
    ),
    "part of nothing": (
        "    indicators:\n",
        f"    indicators:\n      - {{id: 9a, part_of: '9', {PART} # HERE\n",
        "groups.first.indicators.9a.part_of",
        "no indicator of this group that is no part itself. Use one of: 1.",
    ),
    "part with a name of its own": (
        "    indicators:\n",
        (
            "    indicators:\n      - {id: '8', name: {vi: Tám, en: Eight}}\n"
            f"      - {{id: '9', part_of: '8', {PART} # HERE\n"
        ),
        "groups.first.indicators.9.id",
        "a part is named after its whole, with letters added. For example 8a.",
    ),
    "whole with a check of its own": (
        "    indicators:\n",
        f"    indicators:\n      - {{id: 1a, part_of: '1', {PART}\n",
        "groups.first.indicators.1.checks",
        "decided by its parts; what is written here would not count. Move it into a part.",
    ),
    "other schema": (
        "schema: urn:audit:profile:v1",
        "schema: urn:audit:profile:v9 # HERE",
        "schema",
        "unknown schema. Write `schema: urn:audit:profile:v1`.",
    ),
    "alias": (
        "    name: {vi: Nhóm, en: Group}",
        "    name: *words # HERE",
        "groups.0.name",
        "YAML alias. Write the value out again.",
    ),
    "tab": (
        "    default: 1",
        "\tdefault: 1 # HERE",
        "",
        (
            "not valid YAML: found character '\\t' that cannot start any token. Check indentation,"
            " colons and quotes on this line and the one above."
        ),
    ),
    "unclosed bracket": (
        "        requires: [[machine]]\n",
        "        requires: [[machine]\n# HERE",
        "",
        (
            "not valid YAML: expected ',' or ']', but got '<stream end>'. Check indentation, colons"
            " and quotes on this line and the one above."
        ),
    ),
}

NO_PROFILES = {
    "empty": (b"", "the file is empty"),
    "comment": (b"# only a comment\n", "the file is empty"),
    "UTF-16": ("schema: Bộ".encode("utf-16-le"), "not readable as YAML"),
    "windows-1258": (
        "title: bộ tiêu chí".encode("cp1258", "replace") + b"\xff", "not readable as YAML"
    ),
    "NUL": (b"a: \x00\n", "not readable as YAML"),
    "list": (b"- a\n", "not a mapping"),
    "word": (b"hello\n", "not a mapping"),
    "two documents": (b"a: 1\n---\nb: 1\n", "not valid YAML"),
    "tag": (b"a: !!python/object:os.system {}\n", "YAML tag"),
    "deep": (b"a: " + b"[" * 5000, "YAML"),
    "huge": (b"#" * (5 << 20), "larger than 4 MiB"),
}  # fmt: skip


def refusal(folder: Path, done: Done) -> str:
    """Return the one line of a refusal, which must have left nothing behind."""
    assert done.code == 2, done
    assert done.out == ""
    assert len(done.err.splitlines()) == 1, done.err
    assert not (folder / "audit-runs").exists()
    return done.err.removesuffix("\n")


def spoiled(text: str, case: str) -> str:
    """Return the small profile with one mistake."""
    old, new, _field, _words = SPOILED[case]
    if case == "alias":
        text = text.replace("\ntitle: {", "\ntitle: &words {")
    assert text.count(old) == 1, case
    return text.replace(old, new)


@pytest.fixture(scope="module")
def ended(together: Together, small_text: str) -> dict[str, Future[Ended]]:
    """Run the audit by every spoiled profile."""
    texts = {case: spoiled(small_text, case).encode() for case in SPOILED}
    texts |= {case: content for case, (content, _words) in NO_PROFILES.items()}
    cases = {case: {"small.yaml": content} for case, content in texts.items()}
    return together(cases, "run", "--profile", "small.yaml", "--lang", "en")


@pytest.mark.parametrize("case", SPOILED)
def test_names_place_problem_and_remedy(
    ended: dict[str, Future[Ended]], small_text: str, case: str
) -> None:
    """One mistake in a valid profile is one line: FILE:LINE: FIELD: PROBLEM. REMEDY."""
    _old, _new, field, words = SPOILED[case]
    lines = spoiled(small_text, case).splitlines()
    marked = [number for number, line in enumerate(lines, 1) if line.endswith("# HERE")]
    place, _colon, rest = refusal(*ended[case].result()).partition(": ")
    assert rest == (f"{field}: {words}" if field else words)
    name, _colon, line = place.partition(":")
    assert name == "small.yaml"
    assert [int(line)] == marked or (not marked and 1 <= int(line) <= len(lines))


@pytest.mark.parametrize("case", NO_PROFILES)
def test_refuses_what_is_no_profile_at_all(ended: dict[str, Future[Ended]], case: str) -> None:
    """A file that is no mapping of plain UTF-8 YAML is one line, and says what it is instead."""
    told = refusal(*ended[case].result())
    assert told.startswith("small.yaml:")
    assert NO_PROFILES[case][1] in told


@pytest.mark.parametrize("name", ["nowhere.yaml", "nowhere"])
def test_refuses_a_missing_profile(audit: Program, name: str) -> None:
    """A profile that is neither a file nor one of ours is named in one line."""
    done = audit("run", "--profile", name, "--lang", "en")
    assert refusal(audit.folder, done).startswith(f"{name}: ")


def test_tells_every_mistake_at_once(audit: Program, small: Path) -> None:
    """Several mistakes are told together, in the order of the file, one line each."""
    text = small.read_text("utf-8")
    text = text.replace("machine_identity", "nothing").replace("wanted}", "unknown}")
    small.write_text(text, "utf-8")
    done = audit("run", "--profile", "small.yaml", "--lang", "en")
    lines = done.err.splitlines()
    assert done.code == 2
    assert [line.split(":")[2].rpartition(".")[2] for line in lines] == ["probe", "at_least"]
    numbers = [int(line.split(":")[1]) for line in lines]
    assert numbers == sorted(numbers)
