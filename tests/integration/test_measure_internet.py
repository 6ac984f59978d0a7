"""`audit measure internet` and `audit serve-speed`, as people run them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import Program

pytestmark = pytest.mark.serial

MAIN = "from auditor.cli import main; main()"


@contextmanager
def serve(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `audit serve-speed` and give its URL."""
    argv = [sys.executable, "-c", MAIN, "--lang", "en", "serve-speed", "--port", "0", *arguments]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield server, server.stdout.readline().split()[-1]
        finally:
            server.kill()


def test_measures_against_a_server_and_says_what_it_did(audit: Program) -> None:
    """Progress on standard error, JSON on standard output, the volume before the first byte."""
    with serve("--bind", "127.0.0.1", "--most-mbps", "40") as (_server, url):
        done = audit(
            *("measure", "internet", "--server", url, "--seconds", "2.5"),
            *("--format", "json", "--lang", "en"),
        )
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert [row["direction"] for row in told["rows"]] == ["down", "up"]
    assert all(row["is_usable"] is False for row in told["rows"])
    assert [record["schema"] for record in told["records"]] == ["urn:audit:speed-sample:v1"] * 2
    lines = done.err.splitlines()
    assert lines[0].startswith("Transfers of at most 4.5 s each: 2; about ")
    assert "download" in lines[1]
    assert "LOOPBACK" in done.err


def test_ctrl_c_shows_what_was_measured() -> None:
    """One sample is whole when the second is broken off."""
    measure = [sys.executable, "-c", MAIN, "--lang", "en", "measure", "internet", "--server"]
    with serve("--bind", "127.0.0.1", "--most-mbps", "40") as (_server, url):
        argv = [*measure, url, "--seconds", "2", "--format", "json"]
        with subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running:
            assert running.stderr is not None
            while ": upload" not in (line := running.stderr.readline()):
                assert line
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=60)
    told = json.loads(out)
    assert [row["direction"] for row in told["rows"]] == ["down"]
    assert len(told["records"]) == 1
    assert "Stopped." in err


def test_calibrates_itself(audit: Program) -> None:
    """Against its own server in a process of its own."""
    done = audit("measure", "internet", "--calibrate", "--seconds", "2", "--lang", "en")
    assert done.code == 0, done.err
    assert "the instrument itself reaches" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "--server: names no server"),
        (["--server", "http://127.0.0.1:9/"], 1, "CONNECT_FAIL"),
        (["--server", "http://10.255.0.1/"], 1, "no letter in force allows this"),
        (["--server", "nonsense"], 1, "PROTOCOL_ERROR"),
        (["--backend", "nothing"], 2, "nothing"),
    ],
    ids=["no-server", "closed", "no-letter", "nonsense", "backend"],
)
def test_refuses(audit: Program, arguments: list[str], code: int, words: str) -> None:
    """One line that says why, and the exit code of its kind."""
    done = audit("measure", "internet", *arguments, "--lang", "en")
    assert done.code == code
    assert words in done.err
    assert "Traceback" not in done.err


def test_the_server_ends_with_ctrl_c() -> None:
    """Without a traceback, at once."""
    with serve("--bind", "127.0.0.1") as (server, _url):
        server.send_signal(signal.SIGINT)
        _out, err = server.communicate(timeout=20)
    assert server.returncode == 1
    assert err.strip() == "Stopped."


def test_the_server_answers_what_librespeed_asks() -> None:
    """Downloads of the asked size, empty answers, the asker's address; nothing else."""
    with serve("--bind", "127.0.0.1") as (_server, url):
        with urllib.request.urlopen(f"{url}garbage.php?ckSize=2", timeout=20) as answer:  # noqa: S310 - our own server
            assert len(answer.read()) == 2 * 1024 * 1024
        with urllib.request.urlopen(f"{url}x/getIP.php", timeout=20) as answer:  # noqa: S310 - our own server
            assert json.loads(answer.read())["processedString"] == "127.0.0.1"
        with urllib.request.urlopen(f"{url}empty.php", data=b"x" * 100_000, timeout=20) as answer:  # noqa: S310 - our own server
            assert answer.read() == b""


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /elsewhere HTTP/1.1\r\n\r\n", b"404"),
        (b"DELETE /empty.php HTTP/1.1\r\n\r\n", b"405"),
        (b"POST /empty.php HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST /empty.php HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"411"),
        (b"GET /empty.php?count=%3Cscript%3E HTTP/1.1\r\n\r\n", b"200"),
        (b"\x00\xff" * 20_000, b""),
        (b"\r\n\r\n", b"405"),
    ],
    ids=["path", "method", "chunked", "negative", "token", "rubbish", "empty"],
)
def test_the_server_survives_bad_clients(request_bytes: bytes, status: bytes) -> None:
    """Each gets its answer or none, and the next client is served."""
    with serve("--bind", "127.0.0.1") as (_server, url):
        place = ("127.0.0.1", int(url.rstrip("/").rpartition(":")[2]))
        with socket.create_connection(place, timeout=20) as client:
            client.sendall(request_bytes)
            client.shutdown(socket.SHUT_WR)
            try:
                answer = client.recv(4096)
            except ConnectionResetError:
                answer = b""  # it closed with our rubbish unread
        assert answer[9:12] == status
        with urllib.request.urlopen(f"{url}empty.php", timeout=20) as again:  # noqa: S310 - our own server
            assert again.status == 200


def test_no_certificate_without_its_key(audit: Program, tmp_path: Path) -> None:
    """Both or none; and files that are none are refused."""
    (tmp_path / "a.pem").write_text("nothing")
    for arguments, words in (
        (["--certificate", "a.pem"], "Give both"),
        (["--certificate", "a.pem", "--key", "a.pem"], "no usable certificate"),
        (["--certificate", "b.pem", "--key", "a.pem"], "no usable certificate"),
    ):
        done = audit("serve-speed", "--bind", "127.0.0.1", *arguments, "--lang", "en")
        assert done.code == 2
        assert words in done.err


def test_an_address_of_somebody_else(audit: Program) -> None:
    """The system's reason is shown in one line."""
    done = audit("serve-speed", "--bind", "192.0.2.1", "--lang", "en")
    assert done.code == 1
    assert "192.0.2.1:8989" in done.err
    assert "Traceback" not in done.err
