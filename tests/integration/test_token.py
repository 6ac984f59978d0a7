"""Keys on a token (PKCS#11): they seal, other programs agree, and no PIN is tried twice."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from signing import SIGNER, Authority, paper
from stamping import Office
from tokens import LABEL, PIN, Tokens, drawer

from auditor.errors import BadInput
from auditor.pack import container
from auditor.pack.forms import CHAIN
from auditor.token_uri import Reference
from auditor.transports import token_key
from auditor.transports.secrets import Secret

if TYPE_CHECKING:
    from tests.integration.conftest import Done, Program

pytestmark = pytest.mark.package
ENGLISH = ("--lang", "en")
SECOND = Path(__file__).parents[2] / "tools" / "verify_pack.py"


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Return who certifies the keys on the token."""
    return Authority()


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Tokens:
    """Return one token with a key of each kind; those of P-256 and RSA have certificates."""
    made = drawer(tmp_path_factory.mktemp("drawer"))
    for name, kind, number in (
        ("ed", "EC:edwards25519", "01"), ("ec", "EC:prime256v1", "02"), ("rsa", "rsa:2048", "03"),
    ):  # fmt: skip
        made.make(name, kind, number)
    for number in ("02", "03"):
        file = made.folder / f"{number}.pub"
        made.tool("--read-object", "--type", "pubkey", "--id", number, "--output-file", file)
        public = serialization.load_der_public_key(file.read_bytes())
        assert isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        made.certify(authority.certified(public), number)
    made.certify(authority.certificate.public_bytes(serialization.Encoding.DER), "09")
    return made


@pytest.fixture
def desk(audit: Program, small_run: Path) -> Program:
    """Return the program beside a run."""
    shutil.copytree(small_run, audit.folder / "run")
    return audit


def with_token(desk: Program, tokens: Tokens, *arguments: str | Path, pin: str = PIN) -> Done:
    """Run a command with the PIN in the environment; it must not show up anywhere."""
    done = desk(*arguments, *ENGLISH, AUDIT_TOKEN_PIN=pin, **tokens.environment)
    assert pin not in done.out + done.err
    for file in desk.folder.rglob("*"):
        assert not file.is_file() or pin.encode() not in file.read_bytes(), file
    return done


def refused(done: Done, *words: str) -> None:
    """Assert that a command ended with one line that says so, and no traceback."""
    assert done.code == 2, done
    assert len(done.err.splitlines()) == 1, done.err
    assert all(word in done.err for word in words), done.err


@pytest.mark.parametrize("key", ["ed", "ec"])
def test_a_key_on_a_token_seals_and_all_verifiers_agree(
    key: str, desk: Program, tokens: Tokens, authority: Authority
) -> None:
    """Ours, the second one and openssl alone; the certificates of the token come along."""
    folder = desk.folder
    shown = with_token(desk, tokens, "keygen", "--out", "t.pem", *tokens.options(key))
    assert shown.code == 0, shown.err
    assert not (folder / "t.pem").exists(), "no private key is written"
    assert with_token(desk, tokens, "pack", "run", *tokens.options(key)).code == 0
    (folder / "root.pem").write_bytes(authority.pem)
    trust = ("--trusted", "t.pub.pem", *(("--trusted-ca", "root.pem") if key == "ec" else ()))
    done = desk("verify", "run.auditpack", *trust, *ENGLISH)
    assert done.code == 0, done.out
    second = [sys.executable, str(SECOND), "run.auditpack", "t.pub.pem"]
    assert subprocess.run(second, cwd=folder, check=False).returncode == 0
    files = container.read((folder / "run.auditpack").read_bytes()).files
    for name, content in files.items():
        (folder / name.replace("/", "_")).write_bytes(content)
    by_openssl = (
        "openssl pkeyutl -verify -rawin -pubin -inkey signer.pem -in signed -sigfile signature"
        if key == "ed"
        else "openssl dgst -sha256 -verify signer.pem -signature signature signed"
    )
    script = rf"""
        sed 's/.*"payload":"\([^"]*\)".*/\1/' statement.dsse.json | base64 -d > payload
        sed 's/.*"sig":"\([^"]*\)".*/\1/' statement.dsse.json | base64 -d > signature
        printf 'DSSEv1 28 application/vnd.in-toto+json %d ' $(wc -c < payload) > signed
        cat payload >> signed
        {by_openssl}"""
    subprocess.run(["sh", "-ec", script], cwd=folder, check=True)
    if key == "ec":
        assert SIGNER in done.out
        assert len(x509.load_pem_x509_certificates(files[CHAIN])) == 2
        check = ("openssl", "verify", "-CAfile", "root.pem", CHAIN)
        subprocess.run(check, cwd=folder, check=True)
    else:
        assert CHAIN not in files


def test_every_command_that_signs_takes_a_token(desk: Program, tokens: Tokens) -> None:
    """Challenge, pack, OSCAL, appraisal: each signature is one of the same door."""
    ed, ec = tokens.options("ed"), tokens.options("ec")
    asked = ("--issuer", "Sở", "--out", "c.json")
    assert with_token(desk, tokens, "challenge", *asked, *ec).code == 0
    assert "BEGIN PUBLIC KEY" in (desk.folder / "c.pub.json").read_text("utf-8")
    assert with_token(desk, tokens, "pack", "run", "--dossier", *ed).code == 0
    done = with_token(desk, tokens, "report", "run", "--format", "oscal", *ed)
    assert done.code == 0, done.err
    assert (desk.folder / "run" / "oscal" / "manifest.dsse.json").exists()
    look = ("--challenge", "c.json", "--by", "Lò Thị Mẫu", "--out", "a.json")
    done = with_token(desk, tokens, "appraise", "run.auditpack", *look, *ec)
    assert done.code == 0, done.err
    assert desk("verify", "run.auditpack", "--appraisal", "a.json").code == 0


@pytest.mark.parametrize("key", ["ec", "rsa"])
def test_a_pdf_is_signed_on_the_token(
    key: str, desk: Program, tokens: Tokens, authority: Authority
) -> None:
    """PyHanko's own program and Poppler's find it valid."""
    folder = desk.folder
    (folder / "a.pdf").write_bytes(paper())
    (folder / "root.pem").write_bytes(authority.pem)
    done = with_token(desk, tokens, "sign-pdf", "a.pdf", *tokens.options(key))
    assert done.code == 0, done.err
    assert SIGNER in done.out
    home = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    pyhanko = (
        Path(sys.executable).parent / "pyhanko", "sign", "validate", "--pretty-print",
        "--no-revocation-check", "--trust", "root.pem", "a.signed.pdf",
    )  # fmt: skip
    for command, words in (
        (("pdfsig", "a.signed.pdf"), "Signature Validation: Signature is Valid."),
        (pyhanko, "The signature is judged VALID."),
    ):
        said = subprocess.run(command, cwd=folder, env=home, capture_output=True, check=False)
        assert words in said.stdout.decode(), said


def test_what_comes_later_joins_a_pack_that_a_token_sealed(desk: Program, tokens: Tokens) -> None:
    """A document signed elsewhere and a time-stamp: sealed anew by the key that nobody can copy."""
    key, folder, office = tokens.options("ec"), desk.folder, Office(desk.folder / "office")
    assert with_token(desk, tokens, "pack", "run", *key).code == 0
    assert desk("dossier", "run", "--out", "drafts").code == 0
    draft = "drafts/bien-ban-kiem-tra.pdf"
    assert with_token(desk, tokens, "sign-pdf", draft, "--out", "a.pdf", *key).code == 0
    later, pack = ("run.auditpack", *key), "run.auditpack"
    done = with_token(desk, tokens, "attach-signature", pack, "a.pdf", *key)
    assert done.code == 0, done.err
    assert "signed/a.pdf" in done.out
    assert with_token(desk, tokens, "timestamp", *later, "--request", "q.tsq").code == 0
    (folder / "r.tsr").write_bytes(office.stamp((folder / "q.tsq").read_bytes()))
    answer = ("--response", "r.tsr", "--tsa-ca", office.root)
    done = with_token(desk, tokens, "timestamp", *later, *answer)
    assert done.code == 0, done.err
    for pack in ("run.auditpack", "run-da-ky.auditpack"):
        assert desk("verify", pack, "--no-reports", "--no-evidence").code == 0


@pytest.fixture
def counted(tokens: Tokens, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where a module of this process counts its PINs: "1" on a line is a wrong one."""
    count = tmp_path / "tries"
    count.touch()
    for name, value in tokens.counting(count).items():
        monkeypatch.setenv(name, value)
    return count


@pytest.mark.usefixtures("in_english", "counted")
def test_what_a_token_cannot_do_is_one_sentence(tokens: Tokens) -> None:
    """Each with its remedy."""
    broken = tokens.folder / "no.so"
    broken.write_bytes(b"\x7fELF nothing")
    for wanted, module, words in (
        (Reference(object="rsa"), tokens.counter, "another kind.* .RSA.*audit keygen"),
        (Reference(object="none"), tokens.counter, "no such key.*object=ec;id=%02"),
        (Reference(), tokens.counter, "3 keys fit"),
        (Reference(token="Khác"), tokens.counter, f"no such token; plugged in: '{LABEL}'"),  # noqa: S106
        (Reference(object="ed"), broken, "no.so: is no PKCS#11 module"),
        (Reference(object="ed"), Path("none.so"), "none.so: there is no such module"),
        (Reference(object="ed"), None, "no PKCS#11 module is named"),
    ):
        with (
            pytest.raises(BadInput, match=words),
            token_key.held(wanted, module, lambda _asked: Secret(PIN)) as key,
        ):
            key.public_key()


def test_the_commands_say_it_in_one_line(desk: Program, tokens: Tokens) -> None:
    """Exit 2, and nothing is written."""
    (desk.folder / "a.pdf").write_bytes(paper())
    here = tokens.options("ed")
    for arguments, words in (
        (("sign-pdf", "a.pdf", *here), ("no certificate",)),
        (("pack", "run", *here, "--pin-from", "env:NOWHERE"), ("--pin-from", "NOWHERE")),
    ):
        refused(with_token(desk, tokens, *arguments), *words)
    nobody = desk("pack", "run", *here, *ENGLISH, **tokens.environment)
    refused(nobody, "no terminal to ask for the PIN")
    assert {item.name for item in desk.folder.iterdir()} == {"run", "a.pdf"}


def test_two_tokens_of_one_name_and_none(desk: Program, tmp_path: Path) -> None:
    """The serial number tells them apart; with nothing plugged in that is said."""
    two = drawer(tmp_path)
    two.make("ed", "EC:edwards25519", "01")
    serial = two.plug_in()
    refused(with_token(desk, two, "pack", "run", *two.options("ed")), "2 tokens fit", serial)
    there = two.options("ed", serial=serial)
    refused(with_token(desk, two, "pack", "run", *there), "there is no private key")
    shutil.rmtree(tmp_path / "tokens")
    (tmp_path / "tokens").mkdir()
    refused(with_token(desk, two, "pack", "run", *there), "no token is plugged in")


@pytest.mark.usefixtures("in_english")
def test_a_wrong_pin_is_tried_once_and_a_locked_token_not_at_all(
    desk: Program, tokens: Tokens, counted: Path
) -> None:
    """On a module that counts as real tokens do: one line for each C_Login."""

    def refusal(pin: str) -> str:
        with (
            pytest.raises(BadInput) as caught,
            token_key.held(Reference(object="ed"), tokens.counter, lambda _asked: Secret(pin)),
        ):
            pass
        return str(caught.value)

    assert "the PIN is wrong; the token warns that few tries are left" in refusal("000000")
    assert counted.read_text() == "1\n", "one try, no second one"
    assert "the PIN is wrong; one try is left" in refusal("000000")
    assert counted.read_text() == "1\n1\n"
    more, packing = tokens.counting(counted), ("pack", "run", *tokens.options("ed", tokens.counter))
    done = desk(*packing, *ENGLISH, AUDIT_TOKEN_PIN=PIN, **more)
    refused(done, "One try is left")
    assert counted.read_text() == "1\n1\n", "no stored PIN spends the last try"
    code, said = typed(desk, [*packing, *ENGLISH], PIN, more)
    assert code == 0, said
    assert "one more wrong PIN locks" in said
    assert PIN not in said
    assert counted.read_text() == "1\n1\n0\n", "and a right one is sent once too"
    counted.write_text("1\n1\n", "utf-8")
    assert "is locked" in refusal("000000")
    assert counted.read_text() == "1\n1\n1\n"
    assert "is locked. Have it unlocked" in refusal(PIN)
    assert counted.read_text() == "1\n1\n1\n", "a locked token is not asked"


def typed(desk: Program, arguments: list[str], pin: str, more: dict[str, str]) -> tuple[int, str]:
    """Run a command in a terminal and type a PIN when it asks."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        desk.command(*arguments), cwd=desk.folder, env=desk.environment(**more),
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        said = b""
        while chunk := _read(ours):
            said += chunk
            if b"PIN of token" in said and pin:
                os.write(ours, f"{pin}\n".encode())
                pin = ""
        code = process.wait(timeout=60)
    os.close(ours)
    return code, said.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other end has gone
        return b""
