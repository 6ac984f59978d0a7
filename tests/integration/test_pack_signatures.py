"""Time-stamps and certificates in packs: a real authority on loopback, both verifiers, openssl."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import verify_pack as second
from packs import Sealed
from stamping import Office, serving

from auditor.pack import certificates, container, keys, packing, stamping
from auditor.pack.forms import CHAIN, SEAL, STAMP, STAMP_SEAL
from auditor.pack.signature import Trust
from auditor.pack.verifying import verify

if TYPE_CHECKING:
    from tests.integration.conftest import Done, Program

PAGE = Path(__file__).parents[2] / "docs" / "pack.md"
CHANGES = 30


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Make an authority that certifies people and stamps times."""
    return Office(tmp_path_factory.mktemp("tsa") / "office")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Make another one."""
    return Office(tmp_path_factory.mktemp("tsa") / "stranger")


def roots(office: Office) -> certificates.Certificates:
    """Return its root."""
    return certificates.load(office.root.read_bytes(), "root")


@pytest.fixture(scope="module", params=list(keys.Kind))
def stamped(request: pytest.FixtureRequest, small_run: Path, office: Office) -> Sealed:
    """Pack a run with certificates and a time-stamp, for each kind of key."""
    key = keys.generate(request.param)
    file = office.folder / f"{request.param}.key"
    if not file.exists():
        keys.write(key, file, file.with_suffix(".pub"), "")
    chain = certificates.load(office.certify(file, request.param).read_bytes(), "chain")
    pack = packing.pack(small_run, key, chain)
    assert packing.pack(small_run, key, chain) == pack, "the same again"
    response = office.stamp(stamping.request(container.read(pack).files[SEAL]))
    return Sealed(small_run, packing.stamped(pack, response, key), key)


def both(content: bytes, pack: Sealed, office: Office) -> tuple[str, str]:
    """Return what each verifier finds, trusting the key and the office."""
    trust = Trust(authorities=roots(office), stampers=roots(office))
    known = keys.pem(pack.key.public_key())
    ours = verify(content, keys.load_trusted(known, "trusted"), trust=trust)
    theirs = second.faults(content, known, roots=office.root.read_bytes())
    told = " ".join(f"{fault.file}: {fault.problem}" for fault in ours.faults)
    return told, " ".join(f"{file}: {problem}" for file, problem in theirs)


def test_a_stamped_pack_passes_both(stamped: Sealed, office: Office) -> None:
    """With and without trusted authorities; who and when is told."""
    assert both(stamped.content, stamped, office) == ("", "")
    assert second.faults(stamped.content) == []
    found = verify(stamped.content, trust=Trust(None, roots(office), roots(office)))
    assert found.faults == ()
    assert found.notes == ()
    assert found.signature.is_certified is True
    assert found.signature.stamp is not None
    assert found.signature.stamp.is_trusted is True
    assert found.signature.stamp.authority == "TSA-thu"
    alone = verify(stamped.content)
    assert alone.faults == ()
    assert alone.signature.stamp is not None
    assert (alone.signature.stamp.is_trusted, alone.signature.is_certified) == (None, None)


def test_no_byte_of_it_changes_unseen(stamped: Sealed, office: Office) -> None:
    """Random single bytes of the response, of what vouches for it, and of the certificates."""
    chance = random.Random(3161)  # noqa: S311 - repeatable, not secret
    for name in (STAMP, STAMP_SEAL, CHAIN):
        for _ in range(CHANGES):
            altered = bytearray(stamped.files[name])
            altered[chance.randrange(len(altered))] ^= chance.randrange(1, 256)
            content = container.build({**stamped.files, name: bytes(altered)})
            ours, theirs = both(content, stamped, office)
            assert name in ours
            assert theirs
    for name in (STAMP, STAMP_SEAL):
        rest = {k: v for k, v in stamped.files.items() if k != name}
        assert all(both(container.build(rest), stamped, office)), name


def test_a_time_stamp_of_something_else_is_seen(stamped: Sealed, office: Office) -> None:
    """Whoever holds the key attaches a genuine time-stamp of another statement."""
    response = office.stamp(stamping.request(b"another statement"))
    content = packing.stamped(stamped.content, response, stamped.key)
    ours, theirs = both(content, stamped, office)
    assert STAMP in ours
    assert STAMP in theirs
    assert verify(content).faults, "also without a root"


def test_strangers_are_not_trusted(stamped: Sealed, office: Office, stranger: Office) -> None:
    """Another authority's stamp and certificate; one that may not stamp; a refusal; nonsense."""
    ours, theirs = both(stamped.content, stamped, stranger)
    assert STAMP in ours
    assert STAMP in theirs
    found = verify(stamped.content, trust=Trust(authorities=roots(stranger)))
    assert CHAIN in " ".join(fault.file for fault in found.faults)
    envelope = stamped.files[SEAL]
    asked = stamping.request(envelope)
    for bad in (b"", b"0", asked, stranger.stamp(asked)[:-40], office.stamp(asked)[:60]):
        assert isinstance(stamping.read(bad, envelope, ()), str)
    # status 2 (rejection) and no token: RFC 3161, 2.4.2
    assert isinstance(stamping.read(bytes.fromhex("30053003020102"), envelope, ()), str)


def test_a_chain_is_asked_for(small_run: Path, office: Office) -> None:
    """Who trusts authorities takes no bare key; a note says when only the clock speaks."""
    key = keys.generate(keys.Kind.ED25519)
    bare = packing.pack(small_run, key)
    trust = Trust(authorities=roots(office), stampers=roots(office))
    found = verify(bare, trust=trust)
    assert [fault.file for fault in found.faults] == [CHAIN]
    assert len(found.notes) == 1, "there is no time-stamp"
    keys.write(key, office.folder / "bare.key", office.folder / "bare.pub", "")
    chain = certificates.load(office.certify(office.folder / "bare.key", "x").read_bytes(), "x")
    found = verify(packing.pack(small_run, key, chain), trust=Trust(authorities=roots(office)))
    # the run was before the certificate: whose first second is that of its making
    assert bool(found.faults) != bool(found.notes)


def test_openssl_says_the_same(stamped: Sealed, office: Office, tmp_path: Path) -> None:
    """The commands of docs/pack.md, as they stand there."""
    section = PAGE.read_text("utf-8").partition("## With openssl alone")[2]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found is not None
    script = found[1]
    if keys.pem(stamped.key.public_key()).count(b"\n") > 3:  # P-256: two lines of base64
        other = re.search(r"`(openssl dgst [^`]*)`", section)
        assert other is not None
        script = re.sub(r"(?m)^openssl pkeyutl .*$", other[1], script)
    (tmp_path / "run.auditpack").write_bytes(stamped.content)
    for name in ("tsa-ca.pem", "ca.pem"):
        shutil.copy(office.root, tmp_path / name)
    run = ["sh", "-e", "-c", script]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    altered = stamped.content.replace(
        b'"signatures":[{"keyid":"sha256:', b'"signatures":[{"keyid":"sha256;'
    )
    assert altered != stamped.content
    (tmp_path / "run.auditpack").write_bytes(altered)
    assert subprocess.run(run, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def refused(done: Done, code: int, words: str) -> None:
    """Assert that a command ended in words."""
    assert done.code == code, done
    assert words in done.err
    assert "Traceback" not in done.err


@pytest.fixture
def signer(audit: Program, small_run: Path) -> Program:
    """Return the program in a folder with a run and a key."""
    shutil.copytree(small_run, audit.folder / "run")
    key = keys.generate(keys.Kind.ED25519)
    keys.write(key, audit.folder / "k.pem", audit.folder / "k.pub.pem", "")
    return audit


def test_a_pack_is_stamped_when_it_is_made(signer: Program, office: Office) -> None:
    """By one command, with certificates; `audit verify` says who and when."""
    chain = office.certify(signer.folder / "k.pem", "centre")
    with serving(office) as url:
        done = signer("pack", "run", "--key", "k.pem", "--certificates", chain, "--tsa", url,
                      "--tsa-ca", office.root, "--lang", "en")  # fmt: skip
    assert done.code == 0, done.err
    assert "by TSA-thu" in done.out
    roots = ("--tsa-ca", office.root, "--trusted-ca", office.root)
    done = signer("verify", "run.auditpack", *roots, "--format", "json")
    assert done.code == 0, done
    assert done.json["is_stamp_trusted"] is True
    assert done.json["is_certificate_trusted"] is True
    assert done.json["reports_made_again"] is True


def test_a_time_stamp_is_attached_later(signer: Program, office: Office, stranger: Office) -> None:
    """By way of files, where there is no network; a page names what was not checked."""
    assert signer("pack", "run", "--key", "k.pem").code == 0
    later = ("timestamp", "run.auditpack", "--key", "k.pem", "--lang", "en")
    assert signer(*later, "--request", "q.tsq").code == 0
    (signer.folder / "r.tsr").write_bytes(office.stamp((signer.folder / "q.tsq").read_bytes()))
    foreign = signer(*later, "--response", "r.tsr", "--tsa-ca", stranger.root)
    refused(foreign, 2, "not one that you trust")
    assert signer(*later, "--response", "r.tsr").code == 0
    page = signer("verify", "run.auditpack", "--no-reports", "--lang", "en")
    assert page.code == 0
    assert "time-stamp of TSA-thu (not checked: name the authority with --tsa-ca)" in page.out


def test_what_gives_no_time_stamp_is_said(
    signer: Program, office: Office, stranger: Office
) -> None:
    """Answers that are none, addresses that are none, another's certificate: no pack is written."""
    asked = ("pack", "run", "--key", "k.pem", "--lang", "en")
    with serving(office) as url:
        broken = url.replace("/tsa", "/broken")
        refused(signer(*asked, "--tsa", broken), 1, "audit timestamp")
    refused(signer(*asked, "--tsa", "ftp://x"), 2, "no web address")
    refused(signer(*asked, "--certificates", stranger.root), 2, "not that of this key")
    assert not (signer.folder / "run.auditpack").exists()
    later = ("timestamp", "k.pem", "--key", "k.pem", "--lang", "en")
    refused(signer(*later), 2, "one of --tsa")
    refused(signer(*later, "--request", "q"), 2, "no evidence pack")


def test_reports_are_made_again(small_run: Path, audit: Program) -> None:
    """A page that says something else than the record, sealed by whoever holds the key."""
    key = keys.generate(keys.Kind.ED25519)
    pack = Sealed(small_run, packing.pack(small_run, key), key)
    for name, old, new in (
        ("report.html", b"</html>", b"</HTML>"),
        ("report.pdf", b"%PDF-1.7", b"%PDF-1.6"),
    ):
        assert old in pack.files[name]
        altered = {**pack.files, name: pack.files[name].replace(old, new, 1)}
        (audit.folder / "x.auditpack").write_bytes(pack.again(altered))
        done = audit("verify", "x.auditpack", "--lang", "en", "--no-evidence")
        assert done.code == 12, done.out
        assert f"{name}: not the report" in done.out
    assert audit("verify", "x.auditpack", "--no-reports", "--no-evidence").code == 0
