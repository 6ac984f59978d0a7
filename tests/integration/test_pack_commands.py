"""`audit keygen`, `pack` and `verify` as a person types them."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Done, Program

PASSPHRASE = "mười hai con giáp"  # noqa: S105 - of keys that live for a test
SECOND = Path(__file__).parents[2] / "tools" / "verify_pack.py"


@pytest.fixture
def signed(audit: Program, small_run: Path) -> Program:
    """Return the program in a folder with a run, a key with a passphrase and a pack."""
    shutil.copytree(small_run, audit.folder / "run")
    made = audit("keygen", "--out", "key.pem", AUDIT_KEY_PASSPHRASE=PASSPHRASE)
    assert made.code == 0, made.err
    packed = audit("pack", "run", "--key", "key.pem", AUDIT_KEY_PASSPHRASE=PASSPHRASE)
    assert packed.code == 0, packed.err
    return audit


def refused(done: Done, code: int, *words: str) -> None:
    """Assert that a command ended with one line that says so, and no traceback."""
    assert done.code == code, done
    assert len(done.err.splitlines()) == 1, done.err
    assert all(word in done.err for word in words), done.err


def test_keys_are_kept_safe(signed: Program) -> None:
    """Only its owner may read the key, it is encrypted, and nothing is overwritten."""
    key = signed.folder / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in key.read_bytes()
    before = key.read_bytes()
    again = signed("keygen", "--out", "key.pem", "--no-passphrase", "--lang", "en")
    refused(again, 2, "key.pem", "exists already")
    assert key.read_bytes() == before
    key.rename(signed.folder / "other.pem")
    refused(signed("keygen", "--out", "key.pem", "--no-passphrase"), 2, "key.pub.pem")
    assert not key.exists()


def test_no_passphrase_is_said_aloud(audit: Program) -> None:
    """Who wants an unencrypted key is warned; who gives none, or a short one, is refused."""
    done = audit("keygen", "--no-passphrase", "--kind", "p256", "--lang", "en")
    assert done.code == 0
    assert "Warning" in done.err
    assert b"BEGIN PRIVATE KEY" in (audit.folder / "audit-key.pem").read_bytes()
    refused(audit("keygen", "--out", "b.pem", "--lang", "en"), 2, "no terminal")
    short = audit("keygen", "--out", "b.pem", "--lang", "en", AUDIT_KEY_PASSPHRASE=PASSPHRASE[:11])
    refused(short, 2, "shorter than 12")
    assert not (audit.folder / "b.pem").exists()


def test_a_pack_verifies(signed: Program) -> None:
    """Both programs say so; who signed is told, and whether that is known."""
    done = signed("verify", "run.auditpack", "--lang", "en")
    assert done.code == 0, done.out
    for words in (
        "intact",
        "signer is not known",
        "sha256:",
        "machine's clock",
        "judged again, on parts too: 1,",
    ):
        assert words in done.out
    assert "đồng hồ máy" in signed("verify", "run.auditpack").out
    known = signed("verify", "run.auditpack", "--trusted", "key.pub.pem", "--format", "json")
    assert known.code == 0
    assert known.json["is_signer_trusted"] is True
    assert known.json["verdicts"] == {"1": "met"}
    told = subprocess.run(
        [sys.executable, "-I", SECOND, "run.auditpack", "key.pub.pem"],
        cwd=signed.folder, capture_output=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert known.json["signer"].encode() in told.stdout


def test_faults_are_exit_12_and_name_the_file(signed: Program) -> None:
    """An altered pack, a stranger's key and what is no pack at all."""
    pack = signed.folder / "run.auditpack"
    whole = pack.read_bytes()
    pack.write_bytes(whole.replace(b"</html>", b"</HTML>", 1))
    done = signed("verify", "run.auditpack", "--lang", "en")
    assert done.code == 12
    assert "report.html: altered" in done.out
    pack.write_bytes(whole)
    assert signed("keygen", "--out", "b.pem", "--no-passphrase").code == 0
    assert signed("verify", "run.auditpack", "--trusted", "b.pub.pem").code == 12
    done = signed("verify", "key.pem", "--lang", "en")
    assert done.code == 12
    assert "no evidence pack" in done.out
    done = signed("verify", "key.pem")
    assert "không phải bộ minh chứng" in done.out


def test_unusable_inputs_are_one_line(signed: Program) -> None:
    """Wrong passphrase, no key, no public keys, no file: exit 2, in both languages."""
    for language, word in (("en", "passphrase is wrong"), ("vi", "cụm mật khẩu không đúng")):
        done = signed("pack", "run", "--key", "key.pem", "--lang", language,
                      AUDIT_KEY_PASSPHRASE=PASSPHRASE.upper())  # fmt: skip
        refused(done, 2, word)
    english = ("--lang", "en")
    refused(signed("pack", "run", "--key", "key.pem", *english), 2, "no terminal")
    refused(signed("pack", "run", "--key", "none.pem", *english), 2, "none.pem")
    refused(signed("pack", "run", "--key", "key.pub.pem", *english), 2, "not a readable private")
    refused(signed("verify", "none", *english), 2, "none: no such file")
    for file in ("key.pem", "run.auditpack"):
        done = signed("verify", "run.auditpack", "--trusted", file, *english)
        refused(done, 2, "public keys")


def test_what_is_damaged_is_not_sealed(signed: Program) -> None:
    """Altered reports, records and evidence, foreign files and existing packs are refused."""
    folder = signed.folder / "run"

    def packed(*more: str) -> Done:
        return signed("pack", "run", "--key", "key.pem", "--lang", "en", *more,
                      AUDIT_KEY_PASSPHRASE=PASSPHRASE)  # fmt: skip

    (evidence,) = (folder / "evidence").iterdir()
    for file in (folder / "report.html", folder / "record.json", folder / "site.yaml", evidence):
        content = file.read_bytes()
        file.write_bytes(content + b"\n")
        refused(packed("--out", "b.auditpack"), 2, file.name)
        file.write_bytes(content)
    assert packed().code == 0, "the same pack again"
    (signed.folder / "b.auditpack").write_bytes(b"x")
    refused(packed("--out", "b.auditpack"), 2, "b.auditpack")
    (folder / "SHA256SUMS").unlink()
    refused(packed("--out", "c.auditpack"), 2, "SHA256SUMS")
    assert not (signed.folder / "c.auditpack").exists()
