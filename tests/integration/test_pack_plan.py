"""What a site file and criteria ask for has to be in the record, whoever holds the key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from packs import Sealed, forged

from auditor import yamlfile
from auditor.model import Site, Verdict
from auditor.pack import keys, packing, replanning
from auditor.pack.verifying import Depth, Verification, verify
from auditor.runfolder import SITE
from tests.integration.conftest import Program

if TYPE_CHECKING:
    from collections.abc import Callable

LISTS = ("plan", "observations")


@pytest.fixture(scope="module")
def pack(small_text: str, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """Pack a centre that names this machine under two names."""
    folder = tmp_path_factory.mktemp("plan")
    text = f"{small_text}inventory: [anti_malware, documents]\n"
    (folder / "small.yaml").write_text(text, "utf-8")
    machines = [
        {"name": name, "url": "local:", "roles": ["vantage"]} for name in ("may-01", "may-02")
    ]
    site = {
        "schema": "urn:audit:site:v1",
        "centre": {"id": "a", "name": "A"},
        "targets": machines,
    }
    (folder / "site.yaml").write_text(yaml.safe_dump(site), "utf-8")
    done = Program(folder)("run", "--profile", "small.yaml", "--site", "site.yaml", "--out", "run")
    assert done.code == 0, done.err
    key = keys.generate(keys.Kind.ED25519)
    return Sealed(folder / "run", packing.pack(folder / "run", key), key)


def checked(pack: Sealed, change: Callable[[dict[str, Any]], None]) -> Verification:
    """Verify a forgery without reading its evidence again, which would find some of them too."""
    return verify(forged(pack, change), depth=Depth(evidence=False))


def told(found: Verification) -> str:
    """Return what is wrong."""
    return " | ".join(fault.problem for fault in found.faults)


def without(record: dict[str, Any], name: str, wanted: Callable[[dict[str, Any]], bool]) -> None:
    """Leave out of a list of acts what is not wanted."""
    acts = record[name]
    record[name] = [item for item in acts if wanted(item.get("measurement", item))]


def a_machine(record: dict[str, Any]) -> str:
    """Return the name of a machine of the centre."""
    name: str = record["targets"][0]["name"]
    assert name == "may-01"
    return name


def test_a_machine_cannot_be_left_out(pack: Sealed) -> None:
    """Out of targets, plan, observations and evidence alike: every verdict follows, and yet."""
    left: list[str] = []

    def hide(record: dict[str, Any]) -> None:
        left.append(a_machine(record))
        record["targets"] = [t for t in record["targets"] if t["name"] != left[0]]
        for name in LISTS:
            without(record, name, lambda act: act["target"] != left[0])

    found = checked(pack, hide)
    assert f"đích {left[0]}" in told(found)
    assert not found.is_intact


def test_a_machine_cannot_be_left_out_by_another_version(pack: Sealed) -> None:
    """That it was sealed by an older version is no excuse."""

    def hide(record: dict[str, Any]) -> None:
        name = a_machine(record)
        record["tool"]["version"] = "0.0.9"
        record["targets"] = [t for t in record["targets"] if t["name"] != name]
        for part in LISTS:
            without(record, part, lambda act: act["target"] != name)

    found = checked(pack, hide)
    assert "đích may-01" in told(found)
    assert "kế hoạch" not in told(found)
    assert any("0.0.9" in note for note in found.notes)


def test_a_machine_cannot_be_made_another(pack: Sealed) -> None:
    """Other roles or systems would take it out of the checks that ask for them."""

    def change(record: dict[str, Any]) -> None:
        name = a_machine(record)
        target = next(t for t in record["targets"] if t["name"] == name)
        target["roles"], target["information_systems"] = ["another"], []

    assert "đích" in told(checked(pack, change))


@pytest.mark.parametrize("parts", [LISTS, ("observations",), ("plan",)])
def test_a_measurement_cannot_be_left_out(pack: Sealed, parts: tuple[str, ...]) -> None:
    """With its act, without, or the act alone."""

    def hide(record: dict[str, Any]) -> None:
        for part in parts:
            without(record, part, lambda act: act["probe"] != "anti_malware")

    assert "anti_malware@" in told(checked(pack, hide))


def test_a_measurement_cannot_be_added(pack: Sealed) -> None:
    """An act that nothing asks for, though it was observed."""

    def add(record: dict[str, Any]) -> None:
        item = next(i for i in record["observations"] if i["measurement"]["probe"] == "documents")
        probe, target = item["measurement"]["probe"], item["measurement"]["target"]
        act = {"probe": probe, "target": target, "params": {"extra": 1}}
        record["plan"].append(act)
        key = f"{probe}(extra=1)@{target}"
        record["observations"].append({**item, "measurement": act, "key": key})

    assert "documents(extra=1)@" in told(checked(pack, add))


def test_times_follow(pack: Sealed) -> None:
    """A run that says it began later, or ended earlier, than its observations."""

    def later(record: dict[str, Any]) -> None:
        record["started_at"], record["finished_at"] = record["finished_at"], record["started_at"]

    found = told(checked(pack, later))
    assert "started_at" in found
    assert "finished_at" in found


def test_another_centre_is_found(pack: Sealed) -> None:
    """The record names another centre than its site file."""

    def rename(record: dict[str, Any]) -> None:
        record["site"]["centre"] = "Trung tâm khác"

    assert "centre" in told(checked(pack, rename))


def test_the_genuine_pack_is_whole(pack: Sealed) -> None:
    """No false alarm."""
    found = verify(pack.content)
    assert found.faults == ()
    assert found.record is not None
    assert [item.verdict for item in found.record.findings] == [Verdict.MET]


def test_how_a_machine_is_logged_in_to_is_not_recorded(pack: Sealed) -> None:
    """Keys, platform and ways through other machines stay in the site file: no false alarm."""
    found = verify(pack.content, depth=Depth(evidence=False))
    assert found.record is not None
    centre = yamlfile.build(yamlfile.parse(pack.files[SITE], SITE), Site)
    more = tuple(
        replace(t, host_key="SHA256:x", via="may-02", platform="windows", sudo=True)
        for t in centre.targets
    )
    told_more = replace(centre, targets=more)
    assert [*replanning.faults(found.record, told_more)] == []
    other = replace(centre, targets=tuple(replace(t, roles=()) for t in centre.targets))
    assert [*replanning.faults(found.record, other)] != []
