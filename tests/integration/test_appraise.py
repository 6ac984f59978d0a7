"""`audit appraise` and `audit verify --appraisal`, as an appraiser types them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from auditor.pack import appraising, keys, seal, svr
from auditor.pack.verifying import verify

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Done, Program

ENGLISH = ("--lang", "en")
DOCUMENTS = """\
      - id: "2"
        name: {vi: Có kế hoạch, en: A plan}
        checks:
          - id: plans
            title: {vi: Kế hoạch, en: Plans}
            basis: document
            reads: {plans: {probe: documents, where: row.is_present == true, empty: counts}}
            value: plans.size()
            expect: {at_least: wanted}
        requires: [[plans]]
"""
SITE = """schema: urn:audit:site:v1
centre: {id: centre, name: Trung tâm}
documents: [{kind: plan, file: plan.pdf}]
"""
OPINIONS = """\
schema: urn:audit:opinions:v1
appraiser: {name: Lò Thị Mẫu, position: Chuyên viên, organisation: Sở KH&CN}
sample:
  - {key: machine_identity@this-machine, result: agrees, how: xem tận nơi}
verdicts:
  - {indicator: "1", verdict: met, reason: Đã xem máy}
  - {indicator: "2", verdict: not_met, reason: Kế hoạch đã cũ}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, small_text: str) -> Program:
    """Return the program beside a challenged pack, two keys and the site that was measured."""
    from tests.integration.conftest import Program  # noqa: PLC0415 - a class of the fixtures

    audit = Program(tmp_path_factory.mktemp("appraise"))
    folder = audit.folder
    (folder / "small.yaml").write_text(small_text + DOCUMENTS, "utf-8")
    (folder / "centre.yaml").write_text(SITE, "utf-8")
    (folder / "opinions.yaml").write_text(OPINIONS, "utf-8")
    (folder / "plan.pdf").write_bytes(b"%PDF-1.7")
    for words in (
        ("keygen", "--out", "centre.pem", "--no-passphrase"),
        ("keygen", "--out", "mine.pem", "--no-passphrase"),
        ("challenge", "--issuer", "Sở", "--out", "c.json"),
        ("challenge", "--issuer", "Sở", "--out", "old.json"),
        ("run", "--site", "centre.yaml", "--profile", "small.yaml", "--out", "run", "--challenge",
         "c.pub.json"),
        ("pack", "run", "--key", "centre.pem"),
    ):  # fmt: skip
        done = audit(*words)
        assert done.code == 0, done.err
    return audit


def appraise(place: Program, *more: str) -> Done:
    """Appraise that pack under its challenge."""
    return place("appraise", "run.auditpack", "--challenge", "c.json", *more, *ENGLISH)


def statement(file: Path) -> Any:  # noqa: ANN401 - JSON
    """Return the signed statement."""
    return json.loads(base64.b64decode(json.loads(file.read_text("utf-8"))["payload"]))


def test_a_sample_is_measured_again_and_signed(place: Program) -> None:
    """One agrees, one contradicts as the document is gone; the tool's verdicts stay beside."""
    listed = appraise(place, "--list", "--format", "json").json
    assert {item["key"] for item in listed["items"]} == {
        "machine_identity@this-machine",
        "documents@site",
    }
    assert listed["population"] == 2
    (place.folder / "other.yaml").write_text(SITE.partition("documents")[0], "utf-8")
    done = appraise(
        place, "--key", "mine.pem", "--verdicts", "opinions.yaml", "--rerun", "--site",
        "other.yaml", "--evidence", "again", "--out", "a.json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "agrees: the same answers" in done.out
    assert "CONTRADICTS: another verdict" in done.out
    said = statement(place.folder / "a.json")
    assert said["predicateType"] == "https://in-toto.io/attestation/svr/v0.2"
    assert said["predicate"]["properties"] == [
        "AUDIT_PACK_VERIFIED",
        "AUDIT_MEASURED_UNDER_CHALLENGE",
        "AUDIT_APPRAISED_MET_1",
    ]
    own = said["predicate"]["urn:audit:appraisal:v1"]
    assert [(item["tool"], item["appraiser"]) for item in own["verdicts"]] == [
        ("met", "met"),
        ("met", "not_met"),
    ]
    kept = {path.name for path in (place.folder / "again").iterdir()}
    cited = {name for item in own["sample"]["items"] for name in item["rerun"]["captures"]}
    assert cited
    assert cited <= kept
    shown = place("verify", "run.auditpack", "--appraisal", "a.json", *ENGLISH)
    assert shown.code == 0, shown.out
    for words in ("Appraised by: Lò Thị Mẫu", "appraiser Not met, tool Met", "CONTRADICTS 1"):
        assert words in shown.out


def test_another_machine_is_not_compared(place: Program) -> None:
    """A target of the same pack that this site reaches otherwise says nothing; papers agree."""
    site = SITE + "targets: [{name: elsewhere, url: 'local:'}]\n"
    (place.folder / "elsewhere.yaml").write_text(site, "utf-8")
    done = appraise(
        place, "--key", "mine.pem", "--by", "A", "--rerun", "--site", "elsewhere.yaml", "--out",
        "d.json", "--format", "json",
    )  # fmt: skip
    assert done.code == 0, done.err
    why = {item["key"]: item["rerun"]["why"] for item in done.json["items"]}
    assert why == {
        "documents@site": "same_answers",
        "machine_identity@this-machine": "no_such_target",
    }
    said = statement(place.folder / "d.json")["predicate"]
    assert "AUDIT_SAMPLE_AGREES" not in said["properties"]


def test_a_look_by_hand_by_options(place: Program) -> None:
    """Agreement of all is a property; who signed is held against trusted keys."""
    done = appraise(
        place, "--key", "mine.pem", "--by", "Lò Thị Mẫu", "--out", "b.json",
        "--agree", "machine_identity@this-machine", "xem tận nơi",
        "--agree", "documents@site", "xem bản giấy", "--verdict", "2", "met", "đủ",
    )  # fmt: skip
    assert done.code == 0, done.err
    said = statement(place.folder / "b.json")["predicate"]
    assert "AUDIT_SAMPLE_AGREES" in said["properties"]
    both = (place.folder / "centre.pub.pem").read_bytes() + (
        place.folder / "mine.pub.pem"
    ).read_bytes()
    (place.folder / "both.pem").write_bytes(both)
    options = ("verify", "run.auditpack", "--appraisal", "b.json", "--trusted")
    assert place(*options, "both.pem").code == 0
    stranger = place(*options, "centre.pub.pem", *ENGLISH)
    assert stranger.code == 12
    assert "appraisal key: signed by" in stranger.out


def test_no_appraisal_changes_unseen(place: Program) -> None:
    """By whoever holds a key: each change of content is found against the pack."""
    options = ("--key", "mine.pem", "--verdicts", "opinions.yaml", "--out", "c.appraisal.json")
    assert appraise(place, *options).code == 0
    content = (place.folder / "c.appraisal.json").read_bytes()
    found = verify((place.folder / "run.auditpack").read_bytes())
    assert found.record is not None
    assert appraising.check(content, found, None).faults == ()
    for place_of in range(0, len(content), 97):
        altered = bytearray(content)
        altered[place_of] ^= 1
        assert appraising.check(bytes(altered), found, None).faults
    read = svr.statement_in(content)
    assert read is not None
    own, time = read["predicate"]["urn:audit:appraisal:v1"], read["predicate"]["timeCreated"]
    profile = found.record.profile_sha256
    key = keys.generate(keys.Kind.ED25519)
    mine = {"key": keys.pem(key.public_key()).decode()}

    def resigned(changes: dict[str, Any], pack: str = found.sha256, by: Any = key) -> bytes:  # noqa: ANN401
        changed: Any = {**own, **mine, **changes}
        return seal.seal(svr.statement(pack, profile, time, changed), by)

    assert appraising.check(resigned({}), found, None).faults == ()
    sample = own["sample"]
    for content in (
        resigned({}, pack="0" * 64),
        resigned({"sample": {**sample, "items": sample["items"][::-1]}}),
        resigned({"sample": {**sample, "nonce": "0" * 64}}),
        resigned({"sample": {**sample, "population": 3}}),
        resigned({"verdicts": [{**own["verdicts"][0], "tool": "not_met"}]}),
        resigned({"is_under_challenge": False}),
        resigned({}, by=keys.generate(keys.Kind.ED25519)),
        resigned({"key": own["key"]}),
        b"{}",
    ):
        assert appraising.check(content, found, None).faults


def test_what_is_no_appraisal_is_refused(place: Program) -> None:
    """The pack's own key, an old challenge, a public one, unknown keys: told, nothing signed."""
    out = ("--out", "never.json")
    by = ("--key", "mine.pem", *out)
    own = appraise(place, "--key", "centre.pem", "--by", "A", *out)
    assert own.code == 2
    assert "signed the pack itself" in own.err
    old = place("appraise", "run.auditpack", "--challenge", "old.json", "--by", "A", *by, *ENGLISH)
    assert old.code == 12
    assert "another challenge" in old.err
    public = place("appraise", "run.auditpack", "--challenge", "c.pub.json", "--list", *ENGLISH)
    assert public.code == 2
    assert "holds no nonce" in public.err
    (place.folder / "wrong.yaml").write_text(
        OPINIONS.replace("machine_identity@", "other@").replace('"2"', '"9"'), "utf-8"
    )
    refused = appraise(place, "--verdicts", "wrong.yaml", *by)
    assert refused.code == 2
    assert "wrong.yaml:4: sample.0.key: not in the sample" in refused.err
    assert "wrong.yaml:7: verdicts.1.indicator: no such indicator: 9" in refused.err
    assert not (place.folder / "never.json").exists()
