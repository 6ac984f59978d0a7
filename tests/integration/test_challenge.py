"""`audit challenge`, a run under it, and what both verifiers say of an old one."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import verify_pack as second
from packs import Sealed

from auditor.canonical import sha256
from auditor.errors import BadInput
from auditor.pack import challenge, keys, packing
from auditor.pack.verifying import verify

if TYPE_CHECKING:
    from tests.integration.conftest import Done, Program

SECOND = Path(__file__).parents[2] / "tools" / "verify_pack.py"
ENGLISH = ("--lang", "en")


def made(audit: Program, name: str, *more: str) -> tuple[Any, Any]:
    """Make a challenge; return what is in the appraiser's file and in the centre's."""
    done = audit("challenge", "--issuer", "Sở KH&CN", "--out", f"{name}.json", *more, *ENGLISH)
    assert done.code == 0, done.err
    own, given = (audit.folder / f"{name}.json", audit.folder / f"{name}.pub.json")
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    return json.loads(own.read_text("utf-8")), json.loads(given.read_text("utf-8"))


def run(audit: Program, *more: str) -> Done:
    """Run the small profile."""
    return audit("run", "--profile", "small.yaml", "--out", "run", *more, *ENGLISH)


@pytest.fixture
def asked(audit: Program, small: Path) -> Program:
    """Return the program after a run under the challenge `new`, packed; `old` lies beside."""
    assert small.exists()
    assert audit("keygen", "--out", "k.pem", "--no-passphrase").code == 0
    made(audit, "old")
    made(audit, "new", "--key", "k.pem")
    done = run(audit, "--challenge", "new.pub.json")
    assert done.code == 0, done.err
    assert audit("pack", "run", "--key", "k.pem").code == 0
    return audit


def test_a_run_carries_its_challenge_and_an_old_one_is_found(asked: Program) -> None:
    """In header, observations and statement; both verifiers refuse a replay with exit 12."""
    own = json.loads((asked.folder / "new.json").read_text("utf-8"))
    given = json.loads((asked.folder / "new.pub.json").read_text("utf-8"))
    record = json.loads((asked.folder / "run" / "record.json").read_text("utf-8"))
    assert "nonce" not in given
    assert len(bytes.fromhex(own["nonce"])) == challenge.NONCE_BYTES
    assert sha256(bytes.fromhex(own["nonce"])) == given["nonce_sha256"]
    assert record["challenge"]["nonce_sha256"] == given["nonce_sha256"]
    assert {item["challenge"] for item in record["observations"]} == {given["nonce_sha256"]}
    right = asked("verify", "run.auditpack", "--challenge", "new.pub.json", *ENGLISH)
    assert right.code == 0, right.out
    assert "Under the challenge of Sở KH&CN" in right.out
    replayed = asked("verify", "run.auditpack", "--challenge", "old.json", *ENGLISH)
    assert replayed.code == 12
    assert "another challenge" in replayed.out
    for name, code in (("new.pub.json", 0), ("new.json", 0), ("old.json", 12)):
        told = subprocess.run(
            [sys.executable, "-I", SECOND, "run.auditpack", "k.pub.pem", name],
            cwd=asked.folder, capture_output=True, check=False,
        )  # fmt: skip
        assert told.returncode == code, (name, told.stdout, told.stderr)


def test_no_signer_can_move_a_challenge_unseen(asked: Program) -> None:
    """Header, observation or statement altered and signed anew: both verifiers find it."""
    key = keys.generate(keys.Kind.ED25519)
    sealed = Sealed(asked.folder / "run", packing.pack(asked.folder / "run", key), key)
    given = challenge.load(asked.folder / "new.pub.json").challenge
    nonces = {given.nonce_sha256}
    assert verify(sealed.content, None, given).faults == ()
    assert second.faults(sealed.content, None, nonces) == []
    record = json.loads(sealed.files["record.json"])
    (seen,) = record["observations"]
    bare = {name: value for name, value in seen.items() if name != "challenge"}
    headless = {name: value for name, value in record.items() if name != "challenge"}
    for change in (
        {**record, "observations": [{**seen, "challenge": "0" * 64}]},
        {**record, "observations": [bare]},
        {**record, "challenge": {**record["challenge"], "nonce_sha256": "0" * 64}},
        headless,
        {**headless, "observations": [bare]},
    ):
        files = {**sealed.files, "record.json": json.dumps(change).encode()}
        altered = sealed.again(files)
        assert verify(altered, None, given).faults
        assert second.faults(altered, None, nonces)


def test_what_was_measured_before_does_not_carry_it(audit: Program, small: Path) -> None:
    """A run that is interrupted, and resumed under a challenge, tells old from new."""
    made(audit, "new")
    text = small.read_text("utf-8") + "inventory: [filesystems, documents, declared_values]\n"
    small.write_text(text, "utf-8")
    assert run(audit, "--deadline", "3600").code == 0
    folder = audit.folder / "run"
    measured = {item["key"] for item in record_of(folder)["observations"]}
    (folder / "SHA256SUMS").unlink()  # as if it had been killed before its end
    forget(folder, "filesystems@this-machine")
    done = audit("run", "--resume", "run", "--challenge", "new.pub.json", *ENGLISH)
    assert done.code == 0, done.err
    record = record_of(folder)
    carried = {item["key"] for item in record["observations"] if "challenge" in item}
    assert carried == {"filesystems@this-machine"}
    assert {item["key"] for item in record["observations"]} == measured
    assert audit("keygen", "--out", "k.pem", "--no-passphrase").code == 0
    assert audit("pack", "run", "--key", "k.pem").code == 0
    shown = audit("verify", "run.auditpack", "--challenge", "new.json", *ENGLISH)
    assert shown.code == 12
    assert f"observations made before the run knew the challenge: {len(measured) - 1}," in shown.out
    assert audit("verify", "run.auditpack").code == 0
    again = audit("run", "--resume", "run", "--challenge", "new.pub.json", *ENGLISH)
    assert again.code == 1
    assert "finished" in again.err


def record_of(folder: Path) -> Any:  # noqa: ANN401 - JSON
    """Read record.json."""
    return json.loads((folder / "record.json").read_text("utf-8"))


def forget(folder: Path, key: str) -> None:
    """Take an observation out of the journal, as if it had not been reached."""
    with sqlite3.connect(folder / "journal.sqlite") as connection:
        changed = connection.execute("DELETE FROM observation WHERE key = ?", (key,)).rowcount
    connection.close()
    assert changed == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"nonce": "0" * 64}, "nonce"),
        ({"nonce_sha256": "0" * 64}, "nonce"),
        ({"issued_at": "yesterday"}, "issued_at"),
        ({"issued_at": "2026-01-01T00:00:00.000Z"}, "signature"),
        ({"issuer": "a\nb"}, "issuer"),
        ({"schema": "x"}, "schema"),
        ({"signature": {"key": "x", "sig": "!"}}, "signature"),
        ({"more": 1}, "more"),
    ],
)
def test_an_altered_challenge_is_refused(
    challenged: Path, change: dict[str, Any], word: str
) -> None:
    """With the field; the run has not begun."""
    whole = json.loads(challenged.read_text("utf-8"))
    content = json.dumps({**whole, **change}).encode()
    with pytest.raises(BadInput) as caught:
        challenge.parse(content, "c.json")
    assert f"c.json: {word}" in str(caught.value)


@pytest.fixture(scope="module")
def challenged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a signed challenge's file."""
    key = keys.generate(keys.Kind.ED25519)
    own, _given = challenge.create("Sở", datetime.now(UTC), key)
    file = tmp_path_factory.mktemp("challenge") / "c.json"
    file.write_bytes(own)
    return file


def test_a_centre_is_warned_of_the_nonce(audit: Program, small: Path) -> None:
    """Who knows it could choose the sample; a broken file stops the run before it begins."""
    assert small.exists()
    made(audit, "new")
    assert "holds the nonce" in run(audit, "--challenge", "new.json").err
    (audit.folder / "bad.json").write_text("{}", "utf-8")
    done = audit("run", "--profile", "small.yaml", "--out", "b", "--challenge", "bad.json")
    assert done.code == 2
    assert not (audit.folder / "b").exists()
    assert audit("challenge", "--issuer", "A", "--out", "new.json", *ENGLISH).code == 2
