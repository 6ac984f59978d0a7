"""Keys on a token (PKCS#11): they seal, other programs agree, and no PIN is tried twice."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from signing import SIGNER, Authority, paper
from tokens import LABEL, MODULE, PIN, Tokens, drawer

from auditor import token_uri
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


@pytest.mark.usefixtures("in_english")
def test_what_a_token_cannot_do_is_one_sentence(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its remedy."""
    monkeypatch.setenv("SOFTHSM2_CONF", tokens.environment["SOFTHSM2_CONF"])
    broken = tokens.folder / "no.so"
    broken.write_bytes(b"\x7fELF nothing")
    for wanted, module, words in (
        (Reference(object="rsa"), MODULE, "another kind.* .RSA.*audit keygen"),
        (Reference(object="none"), MODULE, "no such key.*object=ec;id=%02"),
        (Reference(), MODULE, "3 keys fit"),
        (Reference(token="Khác"), MODULE, f"no such token; plugged in: '{LABEL}'"),  # noqa: S106
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
        (("pack", "run", "--token", "pkcs11:pin-value=" + PIN, *here[2:]), ("change the PIN",)),
    ):
        refused(with_token(desk, tokens, *arguments), *words)
    nobody = desk("pack", "run", *here, *ENGLISH, **tokens.environment)
    refused(nobody, "no terminal to ask for the PIN")
    both = desk("pack", "run", *here, "--key", "k.pem", *ENGLISH)
    assert both.code == 2
    assert "one of --key and --token" in both.err
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


def test_a_wrong_pin_is_tried_once_and_a_locked_token_not_at_all(
    desk: Program, tokens: Tokens
) -> None:
    """On a module that counts as real tokens do: one line for each C_Login."""
    if shutil.which("gcc") is None:
        pytest.skip("needs the Debian package gcc")
    count = desk.folder / "tries"
    count.touch()
    more = {"TRIES": str(count), "BELOW": str(MODULE), **tokens.environment}
    options = tokens.options("ed", tokens.counting())

    def packed(pin: str, *language: str) -> Done:
        return desk("pack", "run", *options, *language, AUDIT_TOKEN_PIN=pin, **more)

    refused(packed("000000", *ENGLISH), "the PIN is wrong", "few tries are left")
    assert count.read_text() == "1\n", "one try, no second one"
    refused(packed("000000"), "mã PIN sai", "chỉ còn một lần thử")
    assert count.read_text() == "1\n1\n"
    refused(packed(PIN, *ENGLISH), "One try is left")
    assert count.read_text() == "1\n1\n", "no stored PIN spends the last try"
    code, said = typed(desk, ["pack", "run", *options, *ENGLISH], "000000", more)
    assert code == 2
    assert "one more wrong PIN locks" in said
    assert "000000" not in said
    assert count.read_text() == "1\n1\n1\n"
    refused(packed(PIN, *ENGLISH), "is locked", "PUK")
    assert count.read_text() == "1\n1\n1\n", "a locked token is not asked"
    count.write_text("1\n1\n", "utf-8")
    code, said = typed(desk, ["pack", "run", *options, *ENGLISH], PIN, more)
    assert code == 0, said
    assert PIN not in said


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


WITHOUT = """
import sys
sys.modules["pkcs11"] = None
from pathlib import Path
from auditor.errors import BadInput
from auditor.language import activate
from auditor.token_uri import Reference
from auditor.transports.token import opened
activate("en")
try:
    opened(Reference(), Path(sys.executable), None).__enter__()
except BadInput as told:
    print(told)
"""
"""None in `sys.modules` is Python's own mark for what cannot be imported."""


def test_the_missing_extra_is_named() -> None:
    """With the command that installs it."""
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "pip install 'centre-audit[token]'" in done.stdout


def test_addresses_are_read_as_rfc_7512_writes_them() -> None:
    """Examples of its section 3, and what is refused without being repeated."""
    read = token_uri.parse(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;"
        "model=1.0;object=my-certificate;type=private;id=%69%95%3E%5C%F4%BD%EC%91;serial="
        "?module-path=/usr/lib/libmypkcs11.so"
    )
    assert read.token == "The Software PKCS#11 Softtoken"  # noqa: S105 - a name
    assert read.manufacturer == "Snake Oil, Inc."
    assert read.id == bytes.fromhex("69953e5cf4bdec91")
    assert read.module == "/usr/lib/libmypkcs11.so"
    assert token_uri.parse("pkcs11:token=So%CC%9B%CC%89").token == "Sở"  # noqa: S105 - NFC
    for bad in (
        "token=a", "pkcs11:tokens=a", "pkcs11:token", "pkcs11:token=a;token=b", "pkcs11:token=%ff",
        "pkcs11:type=cert", "pkcs11:?pin-source=file:/etc/geheim", "pkcs11:pin-value=geheim",
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            token_uri.parse(bad)
        assert not re.search("geheim", str(caught.value))
