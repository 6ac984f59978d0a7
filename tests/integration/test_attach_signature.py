"""Signed documents in packs: only those of the run get in, and `audit verify` looks again."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import verify_pack as second
from packs import Sealed, trusted
from signing import SIGNER, Authority, repainted, resigned, signed, updated

from auditor import catalogue, runfolder, yamlfile
from auditor.errors import BadInput
from auditor.model import Site
from auditor.pack import attaching, container, keys, packing
from auditor.pack.verifying import verify
from auditor.signed_papers import examine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

pytestmark = pytest.mark.usefixtures("in_english")
NAME = "Biên bản – đã ký.pdf"
MEMBER = "signed/bien-ban-da-ky.pdf"


@dataclass(frozen=True)
class Desk:
    """A run's pack, a document drafted from the run, the same of another run, and who signs."""

    pack: Sealed
    digest: str
    draft: bytes
    foreign: bytes
    authority: Authority

    def signed(self) -> bytes:
        """Return the draft, signed."""
        return signed(self.draft, self.authority.signer())


@pytest.fixture(scope="module")
def desk(small_run: Path) -> Desk:
    """Pack the small run and draft its minutes twice: with its digest and with another."""
    key = keys.generate(keys.Kind.ED25519)
    record = runfolder.load(small_run).record
    site = yamlfile.build(yamlfile.read(small_run / "site.yaml"), Site)
    digest = hashlib.sha256((small_run / "record.json").read_bytes()).hexdigest()
    drafts = [
        catalogue.dossier(record, site, record_sha256=told)["bien-ban-kiem-tra.pdf"]
        for told in (digest, "0" * 64)
    ]
    pack = Sealed(small_run, packing.pack(small_run, key), key)
    return Desk(pack, digest, drafts[0], drafts[1], Authority())


def test_a_signed_document_joins_the_pack(desk: Desk) -> None:
    """Everything else stays byte for byte; both verifiers pass; the same input, the same bytes."""
    paper, pack = desk.signed(), desk.pack
    made = attaching.attached(pack.content, "p", paper, NAME, pack.key)
    assert made == attaching.attached(pack.content, "p", paper, NAME, pack.key)
    files, before = container.read(made).files, pack.files
    assert set(files) - set(before) == {MEMBER}
    assert files[MEMBER] == paper
    changed = {name for name in before if files[name] != before[name]}
    assert changed == {"index.json", "statement.dsse.json"}
    assert verify(made).faults == ()
    assert second.faults(made, trusted(pack.key)) == []
    other = attaching.attached(made, "p", desk.signed(), NAME, pack.key)
    names = attaching.documents(container.read(other).files)
    assert names == ("signed/bien-ban-da-ky-2.pdf", MEMBER)


def test_the_seal_stays_that_of_its_signer(desk: Desk) -> None:
    """Another key, a damaged pack and a document that is there already are refused."""
    paper, pack = desk.signed(), desk.pack
    stranger = keys.generate(keys.Kind.ED25519)
    with pytest.raises(BadInput, match="not by the key given"):
        attaching.attached(pack.content, "p", paper, NAME, stranger)
    with pytest.raises(BadInput, match="undamaged"):
        attaching.attached(pack.content[:-1] + b"x", "p", paper, NAME, pack.key)
    made = attaching.attached(pack.content, "p", paper, NAME, pack.key)
    with pytest.raises(BadInput, match=MEMBER):
        attaching.attached(made, "p", paper, NAME, pack.key)


@pytest.mark.parametrize(
    "name", ["..", "../../etc/x.pdf", "中文.pdf", "", "A" * 300, "a\x1b[2J.pdf"]
)
def test_any_name_becomes_one_that_a_pack_may_hold(name: str, desk: Desk) -> None:
    """Plain letters, inside the folder."""
    made = attaching.attached(desk.pack.content, "p", b"%PDF-", name, desk.pack.key)
    (member,) = attaching.documents(container.read(made).files)
    assert container.is_name(member)
    assert re.fullmatch(r"signed/[^/]+\.pdf", member)


def test_only_what_is_signed_whole_and_of_this_run_passes(desk: Desk, tmp_path: Path) -> None:
    """Each other document with its problem in words."""
    authority = desk.authority
    whole, by = desk.signed(), authority.signer()
    flipped = bytearray(whole)
    flipped[whole.index(b"/MediaBox") + 3] ^= 1
    for content, problem in (
        (whole, ""),
        (signed(whole, authority.signer(), "ChuKy2"), ""),
        (desk.draft, "none"),
        (signed(desk.foreign, by), "do not carry the digest of this run's record: 1, 2"),
        (bytes(flipped), "digital signature"),
        (updated(whole, repainted), "NOT valid"),
        (resigned(whole, by, 40), "NOT valid"),
        (whole + b"%more", "digital signature: not verified"),
        (b"%PDF-1.7 /ByteRange garbage", "digital signature"),
        (b"\x00" * 99, "none"),
    ):
        problems = " ".join(examine(content, desk.digest, None).problems)
        assert (problem in problems) if problem else not problems, problems
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.pem").write_bytes(authority.pem)
    assert examine(whole, desk.digest, trust).problems == ()
    (trust / "root.pem").write_bytes(Authority("CA khác").pem)
    assert "no certificate of the trust folder" in examine(whole, desk.digest, trust).problems[0]


def test_the_commands_attach_and_verify_again(desk: Desk, audit: Program) -> None:
    """From a person's chair: attach, verify; then whoever holds the key swaps the document."""
    folder, pack = audit.folder, desk.pack
    (folder / "a.auditpack").write_bytes(pack.content)
    (folder / "ky.pdf").write_bytes(desk.signed())
    (folder / "nhap.pdf").write_bytes(desk.draft)
    keys.write(pack.key, folder / "key.pem", folder / "key.pub.pem", "")
    given = ("a.auditpack", "--key", "key.pem", "--lang", "en")
    refused = audit("attach-signature", given[0], "nhap.pdf", *given[1:])
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert not (folder / "a-da-ky.auditpack").exists()
    done = audit("attach-signature", given[0], "ky.pdf", *given[1:])
    assert done.code == 0, done.err
    for text in (done, audit("verify", "a-da-ky.auditpack", "--lang", "en")):
        assert text.code == 0, text.err
        assert SIGNER in text.out
        assert "signed/ky.pdf" in text.out
    files = container.read((folder / "a-da-ky.auditpack").read_bytes()).files
    swapped = pack.again({**files, "signed/ky.pdf": signed(desk.foreign, desk.authority.signer())})
    (folder / "b.auditpack").write_bytes(swapped)
    found = audit("verify", "b.auditpack", "--format", "json")
    assert found.code == 12
    assert [fault["file"] for fault in found.json["faults"]] == ["signed/ky.pdf"]


def test_looking_at_signed_documents_loads_nothing_that_measures(
    desk: Desk, tmp_path: Path
) -> None:
    """The readers of documents, each in a process of its own, and no probe, scope or wire."""
    pack = attaching.attached(desk.pack.content, "p", desk.signed(), NAME, desk.pack.key)
    (tmp_path / "a.auditpack").write_bytes(pack)
    script = (
        "import sys; from auditor.cli.shell import run_command\n"
        f"code = run_command(['verify', {str(tmp_path / 'a.auditpack')!r}])\n"
        "print(*sorted(m for m in sys.modules if m.startswith('auditor.')), file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    loaded = set(done.stderr.decode().split())
    assert "auditor.transports.verifying" in loaded
    for name in ("scope", "measure", "audit", "wires", "collecting", "transports.ssh"):
        assert not {m for m in loaded if f"{m}.".startswith(f"auditor.{name}.")}, name
