"""The public copy of a run: nothing that identifies is in it, and what is hidden is bound."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from typing import TYPE_CHECKING

import dossiers
import pytest
import verify_pack as second
from dossiers import Published
from planted import CANARIES, CENTRE, DECISION, HOST, IDENTITIES, MAC, PERSON, V4

from auditor import catalogue, profile, yamlfile
from auditor.canonical import rfc8785, sha256
from auditor.errors import BadInput
from auditor.language import Language, _
from auditor.model import Hides
from auditor.pack import container, publishing
from auditor.pack.forms import DOSSIER
from auditor.pack.opening import with_disclosure, with_full
from auditor.pack.verifying import verify
from auditor.record_reader import from_v1, parse
from auditor.redaction.commitments import opens
from auditor.redaction.pseudonyms import MASK, TOKEN, Pseudonyms
from auditor.redaction.redacting import Sources, redacted

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.record_v1 import RecordV1

SECRETS = (bytes(range(32)), bytes(range(1, 33)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Pack the run full of canaries, and make its public copy."""
    return dossiers.published(tmp_path_factory.mktemp("dossier") / "run", SECRETS[0])


@pytest.fixture(scope="module")
def other(made: Published) -> dict[str, bytes]:
    """Return the files of a copy of the same pack under another secret."""
    content = publishing.publish(made.full, made.key, SECRETS[1], Language("vi"))
    return dict(container.read(content).files)


def record_of(files: dict[str, bytes]) -> RecordV1:
    """Read the record."""
    return parse(files["record.json"], "record.json")


def plain(content: bytes, name: str, place: Path) -> str:
    """Return what a person or a program can read of a file: lower case, NFC, without spaces."""
    if name.endswith(".pdf"):
        (place / "read.pdf").write_bytes(content)
        told = subprocess.run(
            ["pdftotext", "-layout", place / "read.pdf", "-"], capture_output=True, check=True
        )
        content += told.stdout
    text = content.decode("utf-8", "replace")
    if name.endswith(".json"):
        text += json.dumps(json.loads(content), ensure_ascii=False)
    return "".join(unicodedata.normalize("NFC", text).lower().split())


def seen(text: str) -> set[str]:
    """Return the canaries in such a text."""
    return {c for c in CANARIES if "".join(unicodedata.normalize("NFC", c).lower().split()) in text}


def formats(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members of a pack, and its record in every format and language."""
    document = yamlfile.parse(files["profile.yaml"], "profile.yaml")
    record = from_v1(record_of(files), profile.from_document(document, ()).profile)
    shown = {
        f"{language}.{name}": catalogue.render(name, record, Language(language))
        for language in ("vi", "en")
        for name in catalogue.FORMATS
    }
    for name in catalogue.FOLDERS:
        shown |= catalogue.render_folder(name, record, Language("vi"))
    return {**files, **shown}


def test_no_canary_is_in_a_public_copy(made: Published, tmp_path: Path) -> None:
    """Nor in any format made from it; in the full pack each is found, so the search can see."""
    full = set[str]()
    for name, content in made.full_files.items():
        full |= seen(plain(content, name, tmp_path))
    assert full == set(CANARIES)
    pdf = plain(made.full_files["report.pdf"], "report.pdf", tmp_path)
    assert {"srv-ketoan", "10.77.31", "Văn Bí"} <= seen(pdf), "the PDF can be searched"
    leaks = {
        name: found
        for name, content in formats(made.files).items()
        if (found := seen(plain(content, name, tmp_path)))
    }
    assert leaks == {}


def test_what_the_dossier_is_about_stays(made: Published) -> None:
    """Institution, systems, verdicts, digests, numbers; a vendor, and the same machine as one."""
    copy, full = record_of(made.files), record_of(made.full_files)
    assert copy["site"] == full["site"], "its name and digest"
    assert [item["verdict"] for item in copy["findings"]] == [
        item["verdict"] for item in full["findings"]
    ]
    names = Pseudonyms(SECRETS[0])
    of_probe = {item["measurement"]["probe"]: item for item in copy["observations"]}
    assert (known := of_probe["known_machines"]["measured"]) is not None
    assert known["rows"][0]["name"] == names.host(HOST) == copy["targets"][0]["name"]
    assert known["rows"][0]["macs"] == [names.mac(MAC)]
    assert names.mac(MAC).startswith(MAC[:8])
    assert copy["targets"][0]["url"] == f"ssh://{names.host(V4)}:2222"
    assert names.host(HOST) in copy["findings"][0]["reason"]
    assert copy["findings"][1]["checks"][0]["actual"] == [MASK] * 3, "services are a weakness"
    assert (weak := of_probe["hardening"]["measured"]) is not None
    assert weak["rows"] == [{}, {}, {}]
    (long, short) = (item["sha256"] for item in of_probe["hardening"]["captures"])
    assert (len(long), short) == (64, MASK), "what is short could be guessed from its digest"
    assert not [name for name in made.files if name.startswith("evidence/") or name == "site.yaml"]
    (entry,) = copy["waivers"]["entries"]
    assert (entry["until"], entry["document"]["number"]) == ("2026-12-31", MASK)
    assert copy["waivers"]["findings"][0]["waivers"] == [entry["digest"]]
    assert TOKEN.fullmatch(entry["digest"])
    assert "Bản công khai" in made.files["report.html"].decode()


def test_a_decision_number_stays_in_free_text(made: Published) -> None:
    """What the site file says of its documents is public, what stands beside it is not."""
    sources = Sources(
        site={"documents": [{"number": DECISION, "file": "a b.pdf"}], "centre": {"name": CENTRE}},
        profile={},
        columns={"documents": {"number": Hides.NOTHING}},
    )
    record = record_of(made.full_files)
    record["observations"] = record["observations"][:1]
    act, first = record["observations"][0]["measurement"], record["observations"][0]
    act["probe"] = "documents"
    first["measured"] = {
        "rows": [{"number": f"{DECISION} {PERSON}", "new": "chưa ai biết", "count": 3}],
        "limitations": [{"vi": f"không đọc được {DECISION} của {PERSON}", "en": "not read"}],
    }
    copy = redacted(record, sources, SECRETS[0])["observations"][0]["measured"]
    assert copy is not None
    assert copy["rows"] == [{"number": copy["rows"][0]["number"], "new": MASK, "count": 3}]
    assert str(copy["rows"][0]["number"]).startswith(DECISION)
    assert copy["limitations"][0]["vi"].startswith(f"không đọc được {DECISION} của ")
    assert PERSON not in copy["limitations"][0]["vi"]


def test_it_verifies_with_both_verifiers(made: Published) -> None:
    """And says how many verdicts could be judged again from what is shown."""
    found = verify(made.copy)
    assert found.faults == ()
    assert second.faults(made.copy) == []
    assert found.record is not None
    copy = found.record.public_copy
    assert copy is not None
    assert copy.hidden == len(json.loads(made.files[DOSSIER])["hidden"])
    assert 0 < found.followed < len(found.record.findings)


def test_it_follows_from_the_full_pack(made: Published) -> None:
    """With the secret, everything is compared; another secret or pack is refused."""
    found = verify(made.copy)
    assert with_full(found, made.copy, made.full, SECRETS[0], with_evidence=False).faults == ()
    assert with_full(found, made.copy, made.full, SECRETS[1], with_evidence=False).faults
    again = publishing.publish(made.full, made.key, SECRETS[0], Language("vi"))
    assert again == made.copy, "the same pack, key and secret give the same copy"


def sealed_again(made: Published, files: dict[str, bytes]) -> bytes:
    """Sign altered files with the centre's own key: the centre itself may be the forger."""
    return dossiers.sealed(files, record_of(made.files), made.key)


def altered(made: Published, change: str) -> bytes:
    """Return a copy in which the centre shows, hides or binds something else."""
    files = made.files
    record, dossier = json.loads(files["record.json"]), json.loads(files[DOSSIER])
    path = "/targets/0/name"
    if change == "rewritten":
        record["targets"][0]["name"] = "máy chủ mới"
    elif change == "unlisted":
        record["observations"][0]["duration_s"] = 2.5
    elif change == "other value":
        dossier["hidden"][path] = "0" * 64
    elif change == "unbound":
        del dossier["hidden"][path]
        record["public_copy"]["hidden"] -= 1
    else:
        dossier["hidden"]["/run_id"] = "0" * 64
        record["public_copy"]["hidden"] += 1
    return sealed_again(
        made, {**files, "record.json": json.dumps(record).encode(), DOSSIER: rfc8785(dossier)}
    )


@pytest.mark.parametrize("change", ["rewritten", "unlisted", "other value", "unbound", "too many"])
def test_a_copy_that_is_not_of_the_full_pack_is_refused(made: Published, change: str) -> None:
    """Even when it is sealed anew with the right key."""
    copy = altered(made, change)
    found = verify(copy)
    assert with_full(found, copy, made.full, SECRETS[0], with_evidence=False).faults


def told_met(made: Published, place: int, *, counted: bool) -> list[str]:
    """Write "met" over an open verdict, in the sums too if `counted`; return what is found."""
    record = json.loads(made.files["record.json"])
    finding, (group,) = record["findings"][place], record["groups"]
    assert finding["verdict"] == "undetermined"
    finding["verdict"] = "met"
    if counted:
        group["counts"]["undetermined"] -= 1
        group["counts"]["met"] += 1
    content = json.dumps(record).encode()
    copy = sealed_again(made, {**made.files, "record.json": content})
    return [fault.problem for fault in verify(copy).faults]


def test_a_favourable_verdict_cannot_be_written_in(made: Published) -> None:
    """What rests on nothing hidden is judged again; sums of verdicts are always added up."""
    assert told_met(made, 2, counted=False)
    (problem,) = told_met(made, 3, counted=True)
    assert problem == _("{name}: its verdict does not follow from what is shown", name="4")


def test_a_copy_is_no_full_pack_and_the_reverse(made: Published) -> None:
    """Leaving out the list of what is hidden, or adding one, makes neither."""
    files = made.files
    bare = {name: content for name, content in files.items() if name != DOSSIER}
    whole = {**made.full_files, DOSSIER: files[DOSSIER]}
    full = {**bare, "site.yaml": made.full_files["site.yaml"]}
    for forged in (bare, full, whole, {**files, "site.yaml": made.full_files["site.yaml"]}):
        content = sealed_again(made, forged)
        assert verify(content).faults
        assert second.faults(content)


def test_a_disclosure_opens_its_field_only(made: Published) -> None:
    """The true value passes; another value, salt, path or dossier does not."""
    probes = [item["measurement"]["probe"] for item in record_of(made.files)["observations"]]
    weak = probes.index("hardening")
    paths = ("/targets/0/name", f"/observations/{weak}/measured/rows/0")
    disclosed, missing = publishing.disclose(made.full_files, SECRETS[0], (*paths, "/run_id"))
    assert missing == ("/run_id",)
    assert next(field["value"] for field in disclosed["fields"]) == HOST
    found = verify(made.copy)

    def faults(content: object) -> tuple[object, ...]:
        text = json.dumps(content).encode()
        return with_disclosure(found, made.copy, text, "d.json").faults

    assert faults(disclosed) == ()
    first = disclosed["fields"][0]
    for wrong in (
        {"value": f"{HOST}2"},
        {"salt": "00" * 32},
        {"salt": "x"},
        {"path": "/targets/1/name"},
    ):
        assert faults({**disclosed, "fields": [{**first, **wrong}]})
    assert faults({**disclosed, "dossier_sha256": sha256(b"another")})
    others: list[object] = [{}, [], {**disclosed, "fields": []}, {**disclosed, "schema": "x"}]
    for no_disclosure in others:
        with pytest.raises(BadInput):
            faults(no_disclosure)
    bound = json.loads(made.files[DOSSIER])["hidden"]
    assert opens(first, bound)
    assert not opens({**first, "salt": first["salt"][:-2]}, bound), "salts are 32 bytes"


def test_copies_of_different_secrets_share_no_pseudonym(
    made: Published, other: dict[str, bytes]
) -> None:
    """Nor a commitment: two dossiers cannot be linked by what they hide."""
    ours, theirs = made.files, other
    names = set(TOKEN.findall(ours["record.json"].decode())) - {MASK}
    assert len(names) > len(IDENTITIES)
    assert not names & set(TOKEN.findall(theirs["record.json"].decode()))
    bound, too = (set(json.loads(f[DOSSIER])["hidden"].values()) for f in (ours, theirs))
    assert len(bound) == len(json.loads(ours[DOSSIER])["hidden"]), "equal values look different"
    assert not bound & too


def test_who_has_no_key_cannot_try_names(made: Published) -> None:
    """The pseudonym of a known name follows from no public value: not from digests, not from it."""
    record = made.files["record.json"].decode()
    guesses = [f"{HOST}", f"{HOST}\n", HOST.upper(), f"may{HOST}", f"may-{HOST}"]
    public = [b"", b"\0" * 32, *(bytes.fromhex(sha256(c)) for c in made.files.values())]
    for guess in guesses:
        assert sha256(guess.encode())[:12] not in record
        for key in public:
            assert Pseudonyms(key).host(guess) not in record
    assert Pseudonyms(SECRETS[0]).host(HOST) in record, "with the key it can be found"
