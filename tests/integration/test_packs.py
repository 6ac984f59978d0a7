"""Packs of real runs: genuine ones verify twice, and no byte of them can change unseen."""

from __future__ import annotations

import io
import json
import random
import stat
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
import verify_pack as second
from packs import Sealed, trusted

from auditor.canonical import sha256
from auditor.pack import container, keys, packing
from auditor.pack.forms import INDEX, SEAL, SIGNER, index_of
from auditor.pack.verifying import verify

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Run

RAW_CHANGES = 1000
FRAME_CHANGES = 400
MEMBER_CHANGES = 40
SIGNED_CHANGES = 25
REPORTS = ("report.html", "report.pdf")
MEMBERS = ("evidence", "profile.yaml", "record.json", "site.yaml", *REPORTS, INDEX, SIGNER, SEAL)


@pytest.fixture(scope="module", params=list(keys.Kind))
def sealed(request: pytest.FixtureRequest, small_run: Path) -> Sealed:
    """Pack one small run with a key of each kind."""
    key = keys.generate(request.param)
    return Sealed(small_run, packing.pack(small_run, key), key)


@pytest.fixture(scope="module")
def pack(small_run: Path) -> Sealed:
    """Pack it with the usual kind of key, where the kind makes no difference."""
    key = keys.generate(keys.Kind.ED25519)
    return Sealed(small_run, packing.pack(small_run, key), key)


def seen_by_both(content: bytes, pack: Sealed) -> tuple[str, str]:
    """Return the first fault that each verifier finds, given the right key; empty for none."""
    known = trusted(pack.key)
    ours = verify(content, keys.load_trusted(known, "trusted")).faults
    theirs = second.faults(content, known)
    return (
        " ".join(f"{fault.file}: {fault.problem}" for fault in ours),
        " ".join(f"{file}: {problem}" for file, problem in theirs),
    )


def caught(content: bytes, pack: Sealed, name: str = "") -> None:
    """Assert that both verifiers find a fault, and that ours names the file."""
    ours, theirs = seen_by_both(content, pack)
    assert ours
    assert theirs
    assert name in ours


def test_a_genuine_pack_passes_both(sealed: Sealed) -> None:
    """Nothing is found, with and without trusted keys; any unzip program reads the files."""
    assert seen_by_both(sealed.content, sealed) == ("", "")
    assert verify(sealed.content).faults == ()
    assert second.faults(sealed.content) == []
    with zipfile.ZipFile(io.BytesIO(sealed.content)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == sealed.files


def test_the_pack_of_a_whole_centre_passes_both(centre_run: Run) -> None:
    """With papers, systems and verdicts of every kind."""
    key = keys.generate(keys.Kind.ED25519)
    content = packing.pack(centre_run.folder, key)
    found = verify(content)
    assert found.faults == ()
    assert second.faults(content) == []
    assert found.record is not None
    assert len({finding.verdict for finding in found.record.findings}) > 1


def test_the_same_run_packs_to_the_same_bytes(sealed: Sealed) -> None:
    """Also with ECDSA, whose nonces come from key and message."""
    assert packing.pack(sealed.run, sealed.key) == sealed.content


def test_no_byte_of_the_file_changes_unseen(pack: Sealed) -> None:
    """A thousand random single-byte changes, anywhere in the file."""
    chance = random.Random(20261129)  # noqa: S311 - repeatable, not secret
    for _ in range(RAW_CHANGES):
        altered = bytearray(pack.content)
        altered[chance.randrange(len(altered))] ^= chance.randrange(1, 256)
        caught(bytes(altered), pack)


def test_no_byte_of_the_frame_changes_unseen(pack: Sealed) -> None:
    """Bytes of the container that belong to no file: headers, table of contents, end."""
    at, frame = 0, list[int]()
    for name, content in sorted(pack.files.items()):
        frame += range(at, at + 30 + len(name))
        at += 30 + len(name) + len(content)
    frame += range(at, len(pack.content))
    assert len(frame) > 1000
    chance = random.Random(12)  # noqa: S311
    for place in chance.sample(frame, FRAME_CHANGES):
        altered = bytearray(pack.content)
        altered[place] ^= chance.randrange(1, 256)
        caught(bytes(altered), pack)


@pytest.mark.parametrize("member", MEMBERS)
def test_no_byte_of_a_member_changes_unseen(sealed: Sealed, member: str) -> None:
    """Random single-byte changes in each file, in a container that is right again."""
    name = sealed.full_name(member)
    chance = random.Random(member)  # noqa: S311
    for _ in range(MEMBER_CHANGES):
        altered = bytearray(sealed.files[name])
        altered[chance.randrange(len(altered))] ^= chance.randrange(1, 256)
        caught(container.build({**sealed.files, name: bytes(altered)}), sealed, name)


def test_deleting_adding_and_swapping_is_seen(pack: Sealed) -> None:
    """Each file taken away, one added, two exchanged; the container is right each time."""
    files = pack.files
    for name in files:
        caught(container.build({k: v for k, v in files.items() if k != name}), pack, name)
    caught(container.build({**files, "report.txt": b"x"}), pack, "report.txt")
    extra = b"not cited"
    caught(container.build({**files, f"evidence/{sha256(extra)}": extra}), pack, sha256(extra))
    html, pdf = files["report.html"], files["report.pdf"]
    swapped = {**files, "report.html": pdf, "report.pdf": html}
    caught(container.build(swapped), pack, "report.html")


def test_a_new_index_does_not_help_without_the_key(sealed: Sealed) -> None:
    """An altered record with a matching index: the signature is about another one."""
    files = sealed.files | {"record.json": sealed.files["record.json"].replace(b"met", b"MET")}
    listed = {name: files[name] for name in set(files) - {INDEX, SEAL}}
    caught(container.build({**files, INDEX: index_of(listed)}), sealed, INDEX)


def test_another_key_is_not_trusted(sealed: Sealed) -> None:
    """A pack signed by somebody else is whole, but not by whom you trust."""
    stranger = keys.generate(keys.Kind.ED25519)
    content = sealed.again(sealed.files, stranger)
    caught(content, sealed, SIGNER)
    assert verify(content).is_known is None
    both = keys.load_trusted(trusted(sealed.key, stranger), "trusted")
    assert verify(content, both).is_intact
    assert second.faults(sealed.content, sealed.content), "a pack does not vouch for itself"
    only_key = {**sealed.files, SIGNER: keys.pem(stranger.public_key())}
    caught(container.build(only_key), sealed, SIGNER)


def test_a_verdict_that_does_not_follow_is_seen(pack: Sealed) -> None:
    """Who holds the key alters verdicts in record.json and signs: judging again tells."""
    record = json.loads(pack.files["record.json"])
    record["findings"][0]["verdict"] = "not_met"
    content = json.dumps(record, ensure_ascii=False).encode()
    caught(pack.again({**pack.files, "record.json": content}), pack, "1: verdict")
    record["groups"][0] |= {"verdict": "not_met", "counts": {"not_met": 1}}
    check = record["findings"][0]["checks"][0]
    check["verdict"] = "not_met"
    content = json.dumps(record, ensure_ascii=False).encode()
    ours, theirs = seen_by_both(pack.again({**pack.files, "record.json": content}), pack)
    assert "1: verdict" in ours
    assert theirs == "", "the second verifier says that it does not judge"


def test_a_newer_record_is_told(pack: Sealed) -> None:
    """A record of a later version is not misread."""
    record = pack.files["record.json"]
    newer = record.replace(b"urn:audit:record:v1", b"urn:audit:record:v2")
    assert newer != record
    caught(pack.again({**pack.files, "record.json": newer}), pack, "record.json")


def test_missing_foreign_and_mislabelled_evidence_is_seen(pack: Sealed) -> None:
    """Signed anew each time: the record's own digests speak."""
    files = pack.files
    name = pack.full_name("evidence")
    without = {k: v for k, v in files.items() if k != name}
    caught(pack.again(without), pack, name)
    caught(pack.again({**files, name: b"other"}), pack, name)
    extra = b"not cited"
    caught(pack.again({**files, f"evidence/{sha256(extra)}": extra}), pack, sha256(extra))
    for inputs in ("profile.yaml", "site.yaml"):
        caught(pack.again({**files, inputs: files[inputs] + b"\n"}), pack, inputs)


def zipped(sealed: Sealed, more: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """Make a zip file of the same content as other programs do."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for name, content in {**sealed.files, **more}.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_containers_are_refused(pack: Sealed) -> None:
    """Unsafe names, links, doubles, bombs, trailing and leading data, torn files, other zips."""
    files, whole = pack.files, pack.content
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("record.json", bytes(50_000_000))
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive:
        for content in (files["record.json"], b"{}"):
            archive.writestr("record.json", content)
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        entry = zipfile.ZipInfo("record.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    for name in ("../record.json", "/etc/passwd", "evidence/../x", "C:\\x", "a//b", "ngày", "A"):
        caught(zipped(pack, {name: b"x"}), pack)
    for archived in (bomb, twice, link):
        caught(archived.getvalue(), pack, "record.json")
    for data in (whole + b"\0", whole[:-1], whole[: len(whole) // 2], b"\0" + whole, whole * 2,
                 b"", b"PK", whole[:40], b"\x7fELF" * 100, zipped(pack, {}),
                 zipped(pack, {}, zipfile.ZIP_DEFLATED), container.build({})):  # fmt: skip
        caught(data, pack)


def test_signed_nonsense_is_a_fault_and_no_crash(pack: Sealed) -> None:
    """Random changes of record and profile under a right signature end in words."""
    chance = random.Random(7)  # noqa: S311
    for name in ("record.json", "profile.yaml"):
        for _ in range(SIGNED_CHANGES):
            altered = bytearray(pack.files[name])
            altered[chance.randrange(len(altered))] = chance.randrange(256)
            content = pack.again({**pack.files, name: bytes(altered)})
            verify(content)
            second.faults(content)


def test_verifying_loads_nothing_that_measures(pack: Sealed, tmp_path: Path) -> None:
    """Of this project only what reads and judges; the command itself, in a fresh process."""
    file = tmp_path / "a.auditpack"
    file.write_bytes(pack.content)
    script = (
        "import sys; from auditor.cli.shell import run_command\n"
        f"code = run_command(['verify', {str(file)!r}])\n"
        "print(*sorted(m for m in sys.modules if m.startswith('auditor.')), file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    loaded = set(done.stderr.decode().split())
    assert "auditor.rollup" in loaded
    forbidden = ("transports", "scope", "measure", "guard", "audit", "wires", "collecting")
    for name in forbidden:
        assert not {m for m in loaded if f"{m}.".startswith(f"auditor.{name}.")}, name
