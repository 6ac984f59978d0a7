"""`audit pack --dossier`, `disclose` and `verify` of a public copy, as a person types them."""

from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Program

COPY, FULL, SECRET = "run.dossier.auditpack", "run.auditpack", "run.dossier-secret.json"
ENGLISH = ("--lang", "en")


@pytest.fixture(scope="module")
def published(small_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run, a key, a full pack, its public copy and the secret."""
    from tests.integration.conftest import Program  # noqa: PLC0415 - started here only

    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(small_run, folder / "run")
    audit = Program(folder)
    assert audit("keygen", "--out", "key.pem", "--no-passphrase").code == 0
    done = audit("pack", "run", "--key", "key.pem", "--dossier", *ENGLISH)
    assert done.code == 0, done.err
    assert all(name in done.out for name in (COPY, FULL, SECRET))
    return folder


@pytest.fixture
def audit(published: Path) -> Program:
    """Return the program in that folder."""
    from tests.integration.conftest import Program  # noqa: PLC0415

    return Program(published)


def test_a_copy_says_what_it_is(audit: Program) -> None:
    """Intact, but not everything: how much is hidden, and how much could be judged again."""
    assert stat.S_IMODE((audit.folder / SECRET).stat().st_mode) == 0o600
    done = audit("verify", COPY, "--trusted", "key.pub.pem", *ENGLISH)
    assert done.code == 0, done.out
    for words in (
        "intact public copy",
        "fields hidden:",
        "resting on hidden values",
        "no raw output",
    ):
        assert words in done.out
    assert "every verdict" not in done.out
    told = audit("verify", COPY, "--full", FULL, "--secret", SECRET, "--format", "json").json
    assert told["is_intact"]
    assert told["is_public_copy"]
    assert told["findings_judged_again"] <= len(told["verdicts"]) == 1
    assert len(told["notes"]) == 2


def test_a_field_is_disclosed_and_checked(audit: Program) -> None:
    """By its path from the list; a value that was changed is exit 12."""
    listed = audit("disclose", FULL, "--secret", SECRET)
    lines = (line.split("\t") for line in listed.out.splitlines())
    value, shown = next(rest for path, *rest in lines if path == "/vantage")
    assert value != shown
    opening = ("disclose", FULL, "--secret", SECRET, "--field")
    assert audit(*opening, "/vantage", "--out", "told.json").code == 0
    done = audit("verify", COPY, "--disclosure", "told.json", *ENGLISH)
    assert done.code == 0, done.out
    assert f"Disclosed, and what was hidden: /vantage: {value}" in done.out
    told = json.loads((audit.folder / "told.json").read_text("utf-8"))
    told["fields"][0]["value"] = "srv-khac"
    (audit.folder / "lie.json").write_text(json.dumps(told), "utf-8")
    done = audit("verify", COPY, "--disclosure", "lie.json", *ENGLISH)
    assert done.code == 12
    assert "lie.json: not what was hidden" in done.out
    done = audit(*opening, "/run_id", *ENGLISH)
    assert done.code == 2
    assert "nothing is hidden there" in done.err


def test_wrong_use_is_one_line(audit: Program) -> None:
    """A public copy in place of a full pack, options that lack each other."""
    for arguments, word in (
        (("disclose", COPY, "--secret", SECRET), "is a public copy itself"),
        (("verify", COPY, "--full", FULL), "--secret"),
    ):
        done = audit(*arguments, *ENGLISH)
        assert done.code == 2, done
        assert word in done.err
        assert "Traceback" not in done.err
