"""`audit trust` as a user runs it: a fingerprint is shown, compared, and only then written."""

import os
import pty
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sshd import USER, Keys, public_key, sshd

PROGRAM = Path(sys.executable).with_name("audit")


@dataclass(frozen=True)
class Done:
    """How the program ended."""

    code: int
    text: str


@pytest.fixture
def own_list(tmp_path: Path) -> Path:
    """Return the file in which the tool keeps trusted keys."""
    return tmp_path / "home" / ".local" / "share" / "centre-audit" / "known_hosts"


def audit(*words: str, folder: Path, answer: str = "") -> Done:
    """Run the program; with an answer, in a terminal that types it."""
    command = [str(PROGRAM), *words, "--lang", "en"]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
    }
    if not answer:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode())
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        shown = b""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the terminal is closed: the program has ended
                break
        code = process.wait(5)
    os.close(ours)
    return Done(code, " ".join(shown.decode().split()))


def test_a_person_compares_and_agrees(
    server: int, keys: Keys, tmp_path: Path, own_list: Path
) -> None:
    """Fingerprint and type are shown; "y" writes; the second time nothing is asked."""
    key = public_key(keys.host)
    first = audit("trust", f"127.0.0.1:{server}", folder=tmp_path, answer="y")
    assert first.code == 0, first
    assert f"ssh-ed25519 {key.fingerprint}" in first.text
    assert own_list.read_text("utf-8").startswith(f"[127.0.0.1]:{server} ssh-ed25519 ")
    again = audit("trust", f"127.0.0.1:{server}", folder=tmp_path)
    assert again.code == 0, again
    assert "trusted already" in again.text


def test_no_is_no(server: int, tmp_path: Path, own_list: Path) -> None:
    """A person who does not agree leaves no trace; neither does nobody at all."""
    done = audit("trust", f"127.0.0.1:{server}", folder=tmp_path, answer="n")
    assert done.code == 1, done
    done = audit("trust", f"127.0.0.1:{server}", folder=tmp_path)
    assert done.code == 1, done
    assert not own_list.exists()


def test_yes_takes_a_new_key_and_never_a_changed_one(
    keys: Keys, tmp_path: Path, own_list: Path
) -> None:
    """`--yes` is for first use; a changed key needs a person, who then replaces it."""
    with sshd(tmp_path, keys) as port:
        place = f"{USER}@127.0.0.1:{port}"
        assert audit("trust", place, "--yes", folder=tmp_path).code == 0
    before = own_list.read_bytes()
    options = {"HostKey": str(keys.other_host)}
    with sshd(tmp_path, keys, options, port=port):
        changed = audit("trust", place, "--yes", folder=tmp_path)
        assert changed.code == 1, changed
        assert public_key(keys.host).fingerprint in changed.text
        assert public_key(keys.other_host).fingerprint in changed.text
        assert own_list.read_bytes() == before
        assert audit("trust", place, folder=tmp_path, answer="y").code == 0
    lines = own_list.read_text("utf-8").splitlines()
    assert len(lines) == 1
    assert own_list.read_bytes() != before


def test_a_target_of_the_site_is_trusted_by_its_name(
    server: int, keys: Keys, tmp_path: Path
) -> None:
    """The site file says where; a pinned key that differs is told and not overruled."""
    wrong = public_key(keys.other_host).fingerprint
    site = tmp_path / "centre.yaml"
    head = "schema: urn:audit:site:v1\ncentre: {id: centre, name: C}\ntargets:\n"
    url = f'url: "ssh://{USER}@127.0.0.1:{server}"'
    site.write_text(
        f'{head}  - {{name: a, {url}}}\n  - {{name: b, {url}, host_key: "{wrong}"}}\n', "utf-8"
    )
    done = audit("trust", "a", "--site", str(site), "--yes", folder=tmp_path)
    assert done.code == 0, done
    done = audit("trust", "b", "--site", str(site), "--yes", folder=tmp_path)
    assert done.code == 1, done
    assert wrong in done.text


@pytest.mark.parametrize(
    ("place", "code", "word"),
    [
        ("192.0.2.1", 1, "no letter in force allows this"),
        ("127.0.0.1:1", 1, "refused"),
        ("a b", 1, "no letter in force allows this"),
        ("[x", 2, "no machine"),
        ("127.0.0.1:99999", 2, "no machine"),
    ],
)
def test_what_cannot_be_trusted_is_told_in_one_line(
    tmp_path: Path, place: str, code: int, word: str
) -> None:
    """Outside the scope, nobody there, no such place."""
    done = audit("trust", place, folder=tmp_path)
    assert done.code == code, done
    assert word in done.text
    assert len(done.text.splitlines()) == 1
