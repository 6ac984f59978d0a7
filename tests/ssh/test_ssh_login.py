"""Logging in to a real sshd: keys of hosts, keys of users, algorithms, and what the script does."""

import json
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sshd import USER, Evidence, Keys, a_context, a_target, make_key, public_key, sshd

from auditor.errors import CannotMeasure
from auditor.model import Failure, Target
from auditor.transports import known_hosts
from auditor.transports.ssh import SUDO_REFUSED, access

LIMIT_S = 15.0


def collected(target: Target, script: bytes = b"echo hello\n", most: int = 100_000) -> bytes:
    """Run a script on a target."""
    return access(target, a_context(target)).collect(script, timeout_s=LIMIT_S, max_bytes=most)


def refused(target: Target, script: bytes = b"echo\n", limit_s: float = LIMIT_S) -> CannotMeasure:
    """Return why a script could not be run."""
    with pytest.raises(CannotMeasure) as caught:
        access(target, a_context(target)).collect(script, timeout_s=limit_s, max_bytes=100_000)
    return caught.value


def test_the_script_runs_and_what_was_agreed_is_kept(server: int, keys: Keys) -> None:
    """Standard output comes back byte by byte; the session's algorithms are evidence."""
    evidence = Evidence()
    target = a_target(server, keys)
    link = access(target, a_context(target, keep=evidence))
    output = link.collect(
        b"printf '\\377\\033[31m\\000x'; echo oops >&2; read line || echo end\n",
        timeout_s=LIMIT_S,
        max_bytes=1000,
    )
    assert output == b"\xff\x1b[31m\0xend\n"
    assert [capture.request for capture in link.captures] == ["session", "collect"]
    assert evidence.kept["collect"] == output
    (agreed,) = json.loads(evidence.kept["session"])
    assert agreed["kex"] == "curve25519-sha256@libssh.org"
    assert agreed["is_modern"] is True
    assert agreed["key"] == str(public_key(keys.host))
    assert agreed["by"].startswith("key_file (ssh-ed25519 SHA256:")


def test_an_unknown_key_is_refused_with_the_remedy(server: int, keys: Keys) -> None:
    """Nobody vouches for the machine: no login, and the way out is named."""
    failure = refused(a_target(server, keys, host_key=""))
    assert failure.failure is Failure.AUTH_FAILED
    assert failure.detail.startswith("host key: ")
    assert public_key(keys.host).fingerprint in failure.detail
    assert f"audit trust host-{server}" in failure.detail


def test_a_pinned_key_that_differs_is_a_changed_key(server: int, keys: Keys) -> None:
    """The site file pins another key."""
    other = public_key(keys.other_host).fingerprint
    failure = refused(a_target(server, keys, host_key=other))
    assert failure.failure is Failure.HOST_KEY_CHANGED
    assert other in failure.detail


def test_a_trusted_key_is_enough_and_a_changed_one_is_not(server: int, keys: Keys) -> None:
    """What `audit trust` writes is what the next login rests on."""
    target = a_target(server, keys, host_key="")
    name = f"[127.0.0.1]:{server}"
    known_hosts.trust(name, public_key(keys.host))
    assert collected(target) == b"hello\n"
    known_hosts.trust(name, public_key(keys.other_host))
    assert refused(target).failure is Failure.HOST_KEY_CHANGED


def test_the_users_own_hashed_list_is_read_and_not_written(server: int, keys: Keys) -> None:
    """`~/.ssh/known_hosts`, hashed by ssh-keygen itself."""
    own = Path.home() / ".ssh" / "known_hosts"
    own.parent.mkdir(parents=True)
    public = keys.host.with_suffix(".pub").read_text("utf-8")
    own.write_text(f"[127.0.0.1]:{server} {public}", "utf-8")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", own], check=True, capture_output=True)
    before = own.read_bytes()
    assert before.startswith(b"|1|")
    assert collected(a_target(server, keys, host_key="")) == b"hello\n"
    assert own.read_bytes() == before


def test_a_revoked_key_is_refused(server: int, keys: Keys) -> None:
    """A line `@revoked` outweighs one that knows the key."""
    own = Path.home() / ".ssh" / "known_hosts"
    own.parent.mkdir(parents=True)
    public = keys.host.with_suffix(".pub").read_text("utf-8").strip()
    own.write_text(f"@revoked * {public}\n[127.0.0.1]:{server} {public}\n", "utf-8")
    failure = refused(a_target(server, keys, host_key=""))
    assert failure.failure is Failure.HOST_KEY_CHANGED
    assert "revoked" in failure.detail


def test_a_known_rsa_key_is_asked_for(keys: Keys, tmp_path: Path) -> None:
    """A machine with several keys shows the one that is known."""
    rsa = make_key(tmp_path / "rsa", "rsa")
    with sshd(tmp_path, keys, {"HostKey": f"{keys.host}\nHostKey {rsa}"}) as port:
        known_hosts.trust(f"[127.0.0.1]:{port}", public_key(rsa))
        assert collected(a_target(port, keys, host_key="")) == b"hello\n"


def test_a_refused_user_key_is_an_auth_failure(server: int, keys: Keys, tmp_path: Path) -> None:
    """The account does not know the key."""
    failure = refused(a_target(server, keys, key_file=str(make_key(tmp_path / "stranger"))))
    assert failure.failure is Failure.AUTH_FAILED
    assert failure.detail.startswith("auth: ")


@pytest.mark.parametrize(
    ("content", "word"),
    [(None, "No such file"), ("PASSPHRASE", "passphrase"), ("-----BEGIN nothing", "no usable")],
)
def test_an_unusable_key_file_is_named(
    server: int, keys: Keys, tmp_path: Path, content: str | None, word: str
) -> None:
    """A missing, locked or broken key is said to be so; nobody is asked for a passphrase."""
    path = tmp_path / "key"
    if content == "PASSPHRASE":
        make_key(path, passphrase="opensesame")  # noqa: S106 - locks a throw-away key
    elif content:
        path.write_text(content, "utf-8")
    failure = refused(a_target(server, keys, key_file=str(path)))
    assert failure.failure is Failure.AUTH_FAILED
    assert str(path) in failure.detail
    assert word in failure.detail


def test_without_key_password_or_agent_nothing_is_tried(server: int, keys: Keys) -> None:
    """The remedy is in the detail."""
    failure = refused(a_target(server, keys, key_file=""))
    assert failure.failure is Failure.AUTH_FAILED
    assert "no SSH agent" in failure.detail


def test_the_agent_is_used(
    server: int, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real ssh-agent with the user's key and a stranger's before it."""
    place = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", place], stdout=subprocess.DEVNULL) as agent:
        try:
            while not place.exists():
                time.sleep(0.01)
            monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
            for key in (make_key(tmp_path / "stranger"), keys.user):
                subprocess.run(["ssh-add", "-q", key], check=True, env=dict(os.environ))
            assert collected(a_target(server, keys, key_file="")) == b"hello\n"
        finally:
            agent.terminate()


OLD = {
    "KexAlgorithms": "diffie-hellman-group14-sha256",
    "Ciphers": "3des-cbc",
    "MACs": "hmac-sha1",
}


def test_old_algorithms_are_a_fallback_and_recorded(keys: Keys, tmp_path: Path) -> None:
    """An old server is read with what it has."""
    evidence = Evidence()
    with sshd(tmp_path, keys, OLD) as port:
        target = a_target(port, keys)
        link = access(target, a_context(target, keep=evidence))
        assert link.collect(b"echo hello\n", timeout_s=LIMIT_S, max_bytes=100) == b"hello\n"
    (agreed,) = json.loads(evidence.kept["session"])
    assert [agreed[name] for name in ("kex", "cipher", "mac")] == list(OLD.values())
    assert agreed["is_modern"] is False


def test_no_common_algorithm_is_named(keys: Keys, tmp_path: Path) -> None:
    """A server that has nothing of ours refuses, and the reason is said."""
    with sshd(tmp_path, keys, {"KexAlgorithms": "diffie-hellman-group1-sha1"}) as port:
        failure = refused(a_target(port, keys))
    assert failure.failure is Failure.REFUSED
    assert failure.detail.startswith("kex: ")
    assert "no algorithm in common" in failure.detail


def test_endless_output_ends_at_its_bound(keys: Keys, tmp_path: Path) -> None:
    """ForceCommand yes: cut off after the bound, and what came is kept as evidence."""
    evidence = Evidence()
    with sshd(tmp_path, keys, {"ForceCommand": "yes"}) as port:
        target = a_target(port, keys)
        link = access(target, a_context(target, keep=evidence))
        with pytest.raises(CannotMeasure) as caught:
            link.collect(b"echo\n", timeout_s=LIMIT_S, max_bytes=1_000_000)
    assert caught.value.failure is Failure.COMMAND_FAILED
    assert caught.value.detail.startswith("read: ")
    assert len(evidence.kept["collect"]) == 1_000_000


def test_endless_errors_end_at_the_bound(server: int, keys: Keys) -> None:
    """The other stream is bounded too."""
    failure = refused(a_target(server, keys), b"yes >&2\n")
    assert failure.failure is Failure.COMMAND_FAILED
    assert "more than 100000 bytes" in failure.detail


@pytest.mark.parametrize(
    "script",
    [b"sleep 60\n", b"while :; do printf x; sleep 0.1; done\n", b"exec >&- 2>&-; sleep 60\n"],
)
def test_slow_output_ends_at_the_deadline(server: int, keys: Keys, script: bytes) -> None:
    """Silence, a slow drip, and streams closed by a program that goes on."""
    started = time.monotonic()
    failure = refused(a_target(server, keys), script, 2.0)
    assert time.monotonic() - started < 3
    assert failure.failure is Failure.TIMEOUT
    assert failure.detail.startswith("read: ")


def test_closed_midway_is_a_failure_and_the_piece_is_kept(server: int, keys: Keys) -> None:
    """The server's process dies while the script prints."""
    evidence = Evidence()
    target = a_target(server, keys)
    link = access(target, a_context(target, keep=evidence))
    with pytest.raises(CannotMeasure) as caught:
        link.collect(
            b"echo half; sleep 0.3; kill -9 $PPID; sleep 5\n", timeout_s=LIMIT_S, max_bytes=100
        )
    assert caught.value.failure is Failure.COMMAND_FAILED
    assert "closed after 5 bytes" in caught.value.detail
    assert evidence.kept["collect"] == b"half\n"


def test_a_failed_script_says_so(server: int, keys: Keys) -> None:
    """Exit code and first line of the errors, without terminal escapes."""
    failure = refused(a_target(server, keys), b"printf 'bad\\033[31m thing\\nmore' >&2; exit 7\n")
    assert failure.failure is Failure.COMMAND_FAILED
    assert failure.detail.endswith("exit 7: bad [31m thing")


def test_an_account_that_runs_nothing_says_so(keys: Keys, tmp_path: Path) -> None:
    """A locked account prints its sentence and reads no script."""
    command = "sh -c 'echo This account is currently not available.; exit 1'"
    with sshd(tmp_path, keys, {"ForceCommand": command}) as port:
        failure = refused(a_target(port, keys), b"#" * 3_000_000)
    assert failure.failure is Failure.COMMAND_FAILED
    assert "exit 1: This account is currently not available." in failure.detail


def test_without_sudo_the_script_runs_unprivileged_and_says_so(server: int, keys: Keys) -> None:
    """`sudo: true` where there is no sudo, or no right to it, is a limitation and no failure."""
    target = replace(a_target(server, keys), sudo=True)
    link = access(target, a_context(target))
    script = b"PATH=/usr/bin:/bin; id -un\n"
    output = link.collect(script, timeout_s=LIMIT_S, max_bytes=100)
    assert output.decode().strip() == USER
    has_sudo = subprocess.run(["sh", "-c", "sudo -n true 2>/dev/null"], check=False)
    assert link.limitations == (() if has_sudo.returncode == 0 else (SUDO_REFUSED,))
