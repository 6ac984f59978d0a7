"""Running real programs and reading real files on this machine."""

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from auditor.errors import CannotMeasure
from auditor.model import Capture, Failure
from auditor.transports.capturing import Captures
from auditor.transports.local import MOST_BYTES, LocalHost


class Store:
    """Evidence in memory."""

    def __init__(self) -> None:
        """Start empty."""
        self.blobs: dict[str, bytes] = {}

    def keep(self, _request: str, content: bytes) -> str:
        """Keep under the digest."""
        digest = sha256(content).hexdigest()
        self.blobs[digest] = content
        return digest


@pytest.fixture
def store() -> Store:
    """Return an empty store."""
    return Store()


@pytest.fixture
def host(store: Store) -> LocalHost:
    """Return this machine."""
    return LocalHost(Captures(store.keep))


def failure_of(host: LocalHost, *argv: str, timeout_s: float = 10) -> CannotMeasure:
    """Run something that must fail."""
    with pytest.raises(CannotMeasure) as caught:
        host.run(*argv, timeout_s=timeout_s)
    return caught.value


def test_streams_and_exit_code_are_evidence(host: LocalHost, store: Store) -> None:
    """Both streams are kept apart; a non-zero exit is an answer."""
    result = host.run("sh", "-c", "printf out; printf err >&2; exit 3")
    assert (result.exit_code, result.stdout, result.stderr) == (3, b"out", b"err")
    (capture,) = host.captures
    assert capture.request == "run sh -c 'printf out; printf err >&2; exit 3'"
    assert (capture.exit_code, capture.size_bytes) == (3, 3)
    assert store.blobs[capture.sha256] == b"out"
    assert store.blobs[capture.stderr_sha256] == b"err"


def test_arguments_are_no_shell(host: LocalHost) -> None:
    """What looks like shell is only text."""
    assert host.run("printf", "%s", "$(id); *").stdout == b"$(id); *"


def test_input_is_closed_and_the_language_fixed(host: LocalHost) -> None:
    """A program that asks gets no answer; one that translates speaks C."""
    assert host.run("cat").stdout == b""
    assert host.run("sh", "-c", 'printf %s "$LC_ALL$LANG"').stdout == b"C"


def test_nothing_of_our_environment_goes_along(
    host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets in the environment of this program stay in it."""
    monkeypatch.setenv("API_TOKEN", "hunter2")
    assert b"hunter2" not in host.run("env").stdout


def test_a_missing_program(host: LocalHost) -> None:
    """A program that is not there is no empty answer."""
    failure = failure_of(host, "no-such-program-here")
    assert (failure.failure, failure.detail) == (
        Failure.TOOL_MISSING,
        "no-such-program-here: not found",
    )
    assert host.captures == ()


def test_a_file_that_is_no_program(host: LocalHost, tmp_path: Path) -> None:
    """Not executable is a matter of permission; not a program is a failed command."""
    file = tmp_path / "file"
    file.write_bytes(b"\x00\x01 no program")
    assert failure_of(host, str(file)).failure is Failure.PERMISSION_DENIED
    file.chmod(0o755)
    assert failure_of(host, str(file)).failure is Failure.COMMAND_FAILED


def test_a_timeout_ends_the_whole_family(host: LocalHost, tmp_path: Path) -> None:
    """The program and its children are gone, and it took no longer than allowed."""
    pids = tmp_path / "pids"
    started = time.monotonic()
    failure = failure_of(host, "sh", "-c", f"sleep 60 & echo $! $$ > {pids}; wait", timeout_s=0.5)
    assert failure.failure is Failure.TIMEOUT
    assert time.monotonic() - started < 5
    for pid in pids.read_text().split():
        assert not alive(int(pid))


def test_a_child_that_keeps_the_stream_open(host: LocalHost, tmp_path: Path) -> None:
    """A program that ends and leaves a child behind does not hang the run."""
    pid = tmp_path / "pid"
    failure = failure_of(host, "sh", "-c", f"sleep 60 & echo $! > {pid}", timeout_s=0.5)
    assert failure.failure is Failure.TIMEOUT
    assert not alive(int(pid.read_text()))


def alive(pid: int) -> bool:
    """Say whether a process runs; one that ended but was not collected does not."""
    for _attempt in range(40):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


def test_too_much_output(host: LocalHost) -> None:
    """A program that never stops talking is stopped."""
    failure = failure_of(host, "yes", timeout_s=30)
    assert failure.failure is Failure.COMMAND_FAILED
    assert str(MOST_BYTES) in failure.detail


def test_both_streams_at_once(host: LocalHost) -> None:
    """More than a pipe holds on each stream does not block."""
    size = 1 << 20
    result = host.run("sh", "-c", f"head -c {size} /dev/zero | tee /dev/stderr")
    assert (len(result.stdout), len(result.stderr)) == (size, size)


def test_reads_a_file(host: LocalHost) -> None:
    """A file of the kernel has no size, and is read to its end."""
    assert host.read_file("/proc/self/status").startswith(b"Name:")
    assert [capture.request for capture in host.captures] == ["read /proc/self/status"]


@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("none", Failure.TOOL_MISSING),
        ("file/below", Failure.TOOL_MISSING),
        ("folder", Failure.COMMAND_FAILED),
        ("pipe", Failure.COMMAND_FAILED),
        ("huge", Failure.COMMAND_FAILED),
    ],
)
def test_unreadable_files(host: LocalHost, tmp_path: Path, name: str, failure: Failure) -> None:
    """Each cause has its name, and none hangs."""
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(MOST_BYTES + 1)
    with pytest.raises(CannotMeasure) as caught:
        host.read_file(str(tmp_path / name))
    assert caught.value.failure is failure
    assert host.captures == ()


@pytest.mark.root
def test_a_forbidden_file(tmp_path: Path) -> None:
    """An ordinary user is told that permission is missing."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become an ordinary user")
    secret = tmp_path / "secret"
    secret.write_bytes(b"x")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    secret.chmod(0o600)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        try:
            LocalHost(Captures(Store().keep)).read_file(str(secret))
        except CannotMeasure as failure:
            os.write(write_end, failure.failure.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as told:
        assert told.read() == b"permission_denied"


def test_a_reading_is_canonical(host: LocalHost, store: Store) -> None:
    """JSON without blanks, kept byte for byte."""
    content = host.system("identity")
    (capture,) = host.captures
    assert isinstance(capture, Capture)
    assert store.blobs[capture.sha256] == content
    assert content.startswith(b'{"rows":[{"architecture":')


def test_a_reading_that_this_platform_lacks(host: LocalHost) -> None:
    """Windows services cannot be read on Linux, and that is said."""
    with pytest.raises(CannotMeasure) as caught:
        host.system("services")
    assert caught.value.failure is Failure.UNSUPPORTED_PLATFORM
