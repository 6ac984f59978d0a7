"""Feeding a script to this machine's own shell."""

import time
from hashlib import sha256
from pathlib import Path

import pytest

from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.capturing import Captures
from auditor.transports.local import LocalHost

MOST_BYTES = 1 << 20


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


def printed(host: LocalHost, script: str, timeout_s: float = 10) -> bytes:
    """Run a script that works."""
    return host.collect(script.encode(), timeout_s=timeout_s, max_bytes=MOST_BYTES)


def failure_of(host: LocalHost, script: str, timeout_s: float = 10) -> CannotMeasure:
    """Run a script that must fail."""
    with pytest.raises(CannotMeasure) as caught:
        printed(host, script, timeout_s)
    return caught.value


def test_the_output_is_evidence(host: LocalHost, store: Store) -> None:
    """What the shell printed is returned and kept as it is, whatever its exit code."""
    assert printed(host, "printf 'out\\377'; printf err >&2; exit 3\n") == b"out\xff"
    (capture,) = host.captures
    assert (capture.request, capture.size_bytes) == ("collect", 4)
    assert store.blobs[capture.sha256] == b"out\xff"


def test_nothing_of_our_environment_goes_along(
    host: LocalHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets in the environment of this program stay in it."""
    monkeypatch.setenv("API_TOKEN", "hunter2")
    assert b"hunter2" not in printed(host, "env\n")


def test_silence_is_a_failure(host: LocalHost) -> None:
    """A shell that prints nothing is no empty answer; what it complained of is told."""
    failure = failure_of(host, "echo 'no such thing' >&2; exit 4\n")
    assert (failure.failure, failure.detail) == (
        Failure.COMMAND_FAILED,
        "/bin/sh exit 4: no such thing",
    )
    assert host.captures == ()


def test_a_timeout_ends_the_whole_family(host: LocalHost, tmp_path: Path) -> None:
    """The shell and its children are gone, and it took no longer than allowed."""
    pids = tmp_path / "pids"
    started = time.monotonic()
    failure = failure_of(host, f"sleep 60 & echo $! $$ > {pids}; wait\n", timeout_s=0.5)
    assert failure.failure is Failure.TIMEOUT
    assert time.monotonic() - started < 5
    for pid in pids.read_text().split():
        assert not alive(int(pid))


def test_a_child_that_keeps_the_stream_open(host: LocalHost, tmp_path: Path) -> None:
    """A shell that ends and leaves a child behind does not hang the run."""
    pid = tmp_path / "pid"
    failure = failure_of(host, f"sleep 60 & echo $! > {pid}\n", timeout_s=0.5)
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


@pytest.mark.parametrize("stream", ["", " >&2"])
def test_too_much_output(host: LocalHost, stream: str) -> None:
    """A machine that never stops talking, on either stream, is stopped."""
    failure = failure_of(host, f"exec yes{stream}\n", timeout_s=30)
    assert failure.failure is Failure.COMMAND_FAILED
    assert "more than" in failure.detail


def test_a_script_that_is_not_read(host: LocalHost) -> None:
    """More script than a pipe holds, and a shell that stops reading: no hang, no traceback."""
    script = "echo done; exec </dev/null; exit\n" + "# filler\n" * 100_000
    assert printed(host, script) == b"done\n"


def test_a_cut_script_runs_nothing(host: LocalHost, tmp_path: Path) -> None:
    """The collector is functions; without its last line nothing of it is carried out."""
    mark = tmp_path / "ran"
    failure = failure_of(host, f"start() {{\n  touch {mark}\n")
    assert failure.failure is Failure.COMMAND_FAILED
    assert not mark.exists()
