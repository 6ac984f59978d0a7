"""Packs in the history: by the digest of the file, which stays the user's."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auditor.store import opening, packs
from auditor.store.packs import Pack

if TYPE_CHECKING:
    from tests.integration.conftest import Program

ENGLISH = ("--lang", "en")
KEPT = {"AUDIT_NO_STORE": ""}


@pytest.fixture
def key(audit: Program) -> Path:
    """Return a key to sign with."""
    file = audit.folder / "key.pem"
    assert audit("keygen", "--out", file, "--no-passphrase").code == 0
    return file


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_pack_and_its_public_copy_are_listed_beside_their_run(
    audit: Program, small: Path, key: Path
) -> None:
    """Digest, kind, signer and place; a changed file is found, and one that is gone is no fault."""
    assert audit("run", "--profile", small, "--out", "one", **KEPT).code == 0
    done = audit("pack", "one", "--key", key, "--dossier", *ENGLISH, **KEPT)
    assert done.code == 0, done.err
    full, public = audit.folder / "one.auditpack", audit.folder / "one.dossier.auditpack"
    [run] = audit("history", "--format", "json").json
    told = {(pack["kind"], pack["sha256"], pack["file"]) for pack in run["packs"]}
    assert told == {("full", digest(full), str(full)), ("public", digest(public), str(public))}
    assert {pack["run_id"] for pack in run["packs"]} == {run["run_id"]}
    assert {pack["signer"] for pack in run["packs"]} == {
        done.out.split("Signed by: ")[1].split()[0]
    }
    listed = audit("history", *ENGLISH).out
    assert f"pack {digest(full)[:16]}: {full}" in listed
    assert f"public copy {digest(public)[:16]}: {public}" in listed
    assert audit("history", "--verify").code == 0
    whole = full.read_bytes()
    full.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    found = audit("history", "--verify", "--format", "json")
    assert (found.code, found.json["faults"]) == (12, [{"kind": "pack_changed", "file": str(full)}])
    assert f"{full}: no longer the pack that was made" in audit("history", "--verify", *ENGLISH).out
    full.unlink()
    assert audit("history", "--verify").code == 0


def test_a_pack_is_entered_when_the_store_is_back(audit: Program, small: Path, key: Path) -> None:
    """The pack stands, people are told, and the next command that reaches the store has it."""
    store = audit.folder / "store" / "store.sqlite"
    at = ("--store", f"sqlite:///{store}")
    assert audit("run", "--profile", small, "--out", "one", *at, **KEPT).code == 0
    store.parent.rename(audit.folder / "away")
    store.parent.write_bytes(b"")  # where its folder was is a file
    done = audit("pack", "one", "--key", key, *at, *ENGLISH, **KEPT)
    assert done.code == 0
    assert "Not yet entered in the history" in done.err
    done = audit("pack", "one", "--key", key, "--out", "lost.auditpack", *at, *ENGLISH, **KEPT)
    assert done.code == 0
    (audit.folder / "lost.auditpack").unlink()
    store.parent.unlink()
    (audit.folder / "away").rename(store.parent)
    done = audit("history", "--format", "json", *at, *ENGLISH)
    assert "lost.auditpack is not there as it was made" in done.err
    [run] = done.json
    assert [pack["file"] for pack in run["packs"]] == [str(audit.folder / "one.auditpack")]
    assert [pack["sha256"] for pack in run["packs"]] == [digest(audit.folder / "one.auditpack")]
    assert audit("pack", "one", "--key", key, "--out", "again.auditpack", "--no-store").code == 0
    [run] = audit("history", "--format", "json", *at).json
    assert [Path(pack["file"]).name for pack in run["packs"]] == ["one.auditpack"]


def test_a_file_that_became_another_pack_is_no_fault(tmp_path: Path) -> None:
    """A time-stamp is put into the same file; either pack may lie there, and nothing else."""
    file = tmp_path / "run.auditpack"
    made = ["2026-11-29T00:00:00.000Z", "2026-11-29T00:00:01.000Z"]
    with opening.opened(f"sqlite:///{tmp_path}/store.sqlite") as engine:
        for at, content in zip(made, (b"sealed", b"sealed and stamped"), strict=True):
            file.write_bytes(content)
            packs.keep_pack(engine, Pack(digest(file), "run-1", "full", "key", str(file), at))
        assert [pack.made_at for pack in packs.packs_of(engine, ["run-1"])["run-1"]] == made
        assert packs.changed_packs(engine) == []
        file.write_bytes(b"sealed")
        assert packs.changed_packs(engine) == []
        file.write_bytes(b"another")
        assert [pack.file for pack in packs.changed_packs(engine)] == [str(file)]
