"""OSCAL: valid for NIST's metaschema and for trestle, which verifies our signatures too."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packs import trusted
from waivers_made import excepted

from auditor.errors import CannotPerform
from auditor.language import Language
from auditor.model import AuditRecord, Basis, Measured, Row, Verdict
from auditor.oscal import NAMESPACE, faults
from auditor.pack import keys, oscal_seal

Report = Callable[[str], ModuleType]
Answers = dict[str, list[Any]]

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv" / "peers" / "bin" / "python"
PLACES = {
    "ap.json": "assessment-plans/run/assessment-plan.json",
    "ar.json": "assessment-results/run/assessment-results.json",
    "poam.json": "plan-of-action-and-milestones/run/plan-of-action-and-milestones.json",
}
"""Where trestle wants each document in a workspace of its own."""


def made(record: AuditRecord, report: Report, code: str = "vi") -> dict[str, bytes]:
    """Return the three documents."""
    return dict(report("oscal").files(record, Language(code)))


def parsed(record: AuditRecord, report: Report, code: str = "vi") -> dict[str, Any]:
    """Return the three documents, read."""
    return {name: json.loads(text) for name, text in made(record, report, code).items()}


def result_of(documents: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Return the one result."""
    (result,) = documents["ar.json"]["assessment-results"]["results"]
    return result


def ours(node: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    """Return our properties of a node by name."""
    return {p["name"]: p["value"] for p in node.get("props", []) if p.get("ns") == NAMESPACE}


def of_indicators(documents: Mapping[str, Any]) -> dict[str, Any]:
    """Return the observations on indicators by the indicator's id."""
    found = [o for o in result_of(documents)["observations"] if "indicator-id" in ours(o)]
    assert len({ours(o)["indicator-id"] for o in found}) == len(found)
    return {ours(o)["indicator-id"]: o for o in found}


@pytest.mark.parametrize("code", ["vi", "en"])
def test_each_indicator_is_observed_once(record: AuditRecord, report: Report, code: str) -> None:
    """With the real verdict, how it came about, and its name in Vietnamese in either language."""
    documents = parsed(record, report, code)
    found, methods = of_indicators(documents), report("oscal_observed").METHODS
    assert list(found) == [item.id for item in record.profile.indicators]
    for finding in record.findings:
        node = found[finding.indicator]
        assert ours(node)["verdict"] == finding.verdict
        assert node["methods"] == [methods[finding.basis]]
    assert set(methods.values()) == {"TEST", "EXAMINE", "INTERVIEW"}
    assert methods[Basis.MEASURED] == "TEST"
    for item in record.profile.indicators:
        assert found[item.id]["title"] == f"{item.id} {item.name.vi}"


def test_findings_only_where_something_was_decided(record: AuditRecord, report: Report) -> None:
    """What is open or does not apply is observed and never found satisfied."""
    documents = parsed(record, report)
    states = {
        node["target"]["target-id"].removeprefix("objective-"): node["target"]["status"]["state"]
        for node in result_of(documents)["findings"]
    }
    assert states == {
        item.indicator: "satisfied" if item.verdict is Verdict.MET else "not-satisfied"
        for item in record.findings
        if item.verdict in {Verdict.MET, Verdict.NOT_MET}
    }
    missed = [i.indicator for i in record.findings if i.verdict is Verdict.NOT_MET]
    poam = documents["poam.json"]["plan-of-action-and-milestones"]
    titles = [item["title"].partition(" ")[0] for item in poam["poam-items"]]
    assert sorted(titles) == sorted(missed)


def test_every_measurement_and_every_raw_output_is_there(
    record: AuditRecord, report: Report
) -> None:
    """Also those that failed; files by the digest that names them in the run folder."""
    documents = parsed(record, report)
    measured = [o for o in result_of(documents)["observations"] if "probe" in ours(o)]
    assert len(measured) == len(record.observations)
    told = {ours(o)["failure"] for o in measured if "failure" in ours(o)}
    assert told == {o.result.failure for o in record.observations if hasattr(o.result, "failure")}
    resources = documents["ar.json"]["assessment-results"]["back-matter"]["resources"]
    links = [link for resource in resources for link in resource["rlinks"]]
    digests = {link["hashes"][0]["value"] for link in links}
    assert digests >= {c.sha256 for o in record.observations for c in o.captures}
    assert all(link["href"] == f"../evidence/{link['hashes'][0]['value']}" for link in links)


def test_a_met_verdict_lapses_with_its_documents(record: AuditRecord, report: Report) -> None:
    """The longest-lived paper of a kind carries it; a kind without an end never lapses."""
    seen = next(o for o in record.observations if o.measurement.probe == "documents")

    def expiry(*days: str | None) -> set[str | None]:
        rows: list[Row] = [
            {"kind": "contract", "is_confirmed": True, "valid_until": day} for day in days
        ]
        paper = replace(seen, result=Measured(rows=tuple(rows)))
        changed = replace(record, observations=(*record.observations[:-2], paper))
        nodes = of_indicators(parsed(changed, report)).values()
        met = [node for node in nodes if ours(node)["verdict"] == "met"]
        assert not [n for n in nodes if "expires" in n and ours(n)["verdict"] != "met"]
        return {node.get("expires") for node in met}

    assert expiry("2027-03-31") == {"2027-03-31T23:59:59+07:00"}
    assert expiry("2025-01-01", "2027-03-31") == {"2027-03-31T23:59:59+07:00"}
    assert expiry("2027-03-31", None) == {None}
    assert expiry("9999-12-31", "hôm nào đó") == {None}


def test_nothing_missed_makes_no_plan_of_action(record: AuditRecord, report: Report) -> None:
    """OSCAL knows no empty one."""
    findings = tuple(replace(item, verdict=Verdict.MET) for item in record.findings)
    assert set(made(replace(record, findings=findings), report)) == {"ap.json", "ar.json"}


def test_exports_are_repeatable_and_tell_records_apart(record: AuditRecord, report: Report) -> None:
    """The same record gives the same bytes; another one shares no identity with it."""
    assert made(record, report) == made(record, report)
    other = replace(record, run_id="another")

    def identities(of: AuditRecord) -> set[str]:
        nodes = result_of(parsed(of, report))["observations"]
        return {node["uuid"] for node in nodes}

    assert not identities(record) & identities(other)
    assert identities(record) == identities(replace(record))


def test_no_property_has_several_lines_or_none(record: AuditRecord, report: Report) -> None:
    """Names are XML names, values one visible line; hostile texts are still there to read."""

    def properties(node: object) -> Iterator[dict[str, str]]:
        if isinstance(node, dict):
            yield from node.get("props", [])
        for part in (
            node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        ):
            yield from properties(part)

    found = [
        prop for text in made(record, report).values() for prop in properties(json.loads(text))
    ]
    assert len(found) > 100
    for prop in found:
        assert prop["name"].replace("-", "").isalnum()
        assert prop["value"] == report("clean").clipped(prop["value"]) != ""
    assert b"<script>alert(1)</script>" in made(record, report)["ar.json"]
    assert b"\\\\x1b[31m" in made(record, report)["ar.json"]


def test_names_that_are_no_xml_names_stay_apart(report: Report) -> None:
    """`2 1`, `2_1` and `2.1` are three indicators."""
    token = report("oscal_parts").token
    names = ("2 1", "2_1", "2.1", "2/1", "chỉ số", "<b>", "2_x20_1")
    assert len({token("indicator", name) for name in names}) == len(names)
    assert token("indicator", "2.1") == "indicator-2.1"


def test_what_does_not_hold_together_is_not_written(record: AuditRecord, report: Report) -> None:
    """Two observations of one measurement would be two things of one identity."""
    twice = replace(record.profile.groups[0], id="again")
    groups = (*record.profile.groups, twice)
    broken = replace(record, profile=replace(record.profile, groups=groups))
    with pytest.raises(CannotPerform, match="xuất hiện 2 lần"):
        made(broken, report)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, record: AuditRecord, report: Report) -> Path:
    """Write the documents, signed once with either kind of key, and one set that was altered."""
    place, waived = tmp_path_factory.mktemp("oscal"), excepted(record)
    for kind in keys.Kind:
        key, files = keys.generate(kind), made(waived, report, "en")
        (place / kind).mkdir()
        for name, text in {**files, **oscal_seal.sidecars(files, "ar.json", key)}.items():
            (place / kind / name).write_bytes(text)
        (place / f"{kind}.pem").write_bytes(trusted(key))
    altered = (place / "p256" / "ar.json").read_text("utf-8")
    assert '"not-satisfied"' in altered
    (place / "altered").mkdir()
    for file in (place / "p256").iterdir():
        (place / "altered" / file.name).write_bytes(file.read_bytes())
    (place / "altered" / "ar.json").write_text(
        altered.replace('"not-satisfied"', '"satisfied"', 1), "utf-8"
    )
    for code in ("vi", "en"):
        for name, text in made(waived, report, code).items():
            file = place / f"workspace-{code}" / PLACES[name]
            file.parent.mkdir(parents=True)
            file.write_bytes(text)
    return place


@pytest.fixture(scope="module")
def answers(folder: Path) -> Answers:
    """Ask trestle and the metaschema once for all tests: each takes seconds to start."""
    if not PEERS.exists():
        pytest.skip(
            f"no {PEERS.relative_to(ROOT)}: `make test` installs what tests/peers.txt names"
        )
    commands = [
        *(["init", "--trestle-root", str(folder / f"workspace-{code}")] for code in ("vi", "en")),
        *(["validate", "-a", "-tr", str(folder / f"workspace-{code}")] for code in ("vi", "en")),
        *verifications(folder),
    ]
    documents = [
        folder / f"workspace-{c}" / place for c in ("vi", "en") for place in PLACES.values()
    ]
    return ask({"trestle": commands, "oscal": list(map(str, documents))}, folder)


def verifications(folder: Path) -> list[list[str]]:
    """Return the commands that verify: good ones of either key, then altered and foreign ones."""

    def one(of: str, key: str, name: str) -> list[str]:
        place, seal = folder / of / f"{name}.json", folder / of / f"{name}.dsse.json"
        public = ["--public-key", str(folder / f"{key}.pem"), "--signature", str(seal), "--beta"]
        if name == "manifest":
            return ["verify-manifest", "--manifest", str(place), *public]
        return ["verify", "-f", str(place), *public]

    names = ("ap", "ar", "poam", "manifest")
    good = [one(kind, kind, name) for kind in keys.Kind for name in names]
    bad = [one("altered", "p256", "ar"), one("altered", "p256", "manifest")]
    return [*good, *bad, one("p256", "ed25519", "ar"), one("ed25519", "p256", "manifest")]


def ask(asked: Mapping[str, object], folder: Path) -> Answers:
    """Let other programs answer in a process of their own."""
    reading, writing = os.pipe()
    script = ROOT / "tests" / "support" / "peer_programs.py"
    with os.fdopen(reading, encoding="utf-8") as answer:
        done = subprocess.run(
            [PEERS, script, str(writing)], input=json.dumps(asked), text=True,
            pass_fds=(writing,), cwd=folder, capture_output=True, check=False, timeout=110,
        )  # fmt: skip
        os.close(writing)
        assert done.returncode == 0, done.stderr
        read: Answers = json.load(answer)
    return read


def test_trestle_validates_in_either_language(answers: Answers) -> None:
    """Both workspaces can be made and everything in them is valid."""
    assert answers["trestle"][:4] == [0, 0, 0, 0]


def test_nists_metaschema_finds_nothing(answers: Answers) -> None:
    """Structure, data types, allowed values, cardinality and choices of six documents."""
    assert answers["oscal"] == [[]] * 6


def test_trestle_verifies_what_was_signed(answers: Answers) -> None:
    """Three documents and the package, with a key of either kind."""
    assert answers["trestle"][4:12] == [0] * 8


def test_trestle_refuses_what_was_altered_or_signed_by_another(answers: Answers) -> None:
    """One finding turned from not satisfied to satisfied, and keys of somebody else."""
    assert answers["trestle"][12:] == [1, 1, 1, 1]


def test_the_checker_finds_that_forgery_without_a_signature(folder: Path) -> None:
    """The verdict in the observation contradicts the altered finding."""
    files = {name: json.loads((folder / "altered" / name).read_text("utf-8")) for name in PLACES}
    assert [fault.file for fault in faults(files)] == ["ar.json"]
