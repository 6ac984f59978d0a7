"""The script itself, run by real shells on this machine."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from collected import raw_here

from auditor import collecting
from auditor.collecting import Wanted
from auditor.collection import parse
from auditor.detection.wanted import Question
from auditor.sections.files import files, status_outputs
from auditor.sections.software import schedulers

SCRIPT = Path(__file__).parents[2] / "probes" / "collectors" / "posix.sh"
SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "sh"]]
VOLATILE = {
    "counters",
    "processes",
    "executables",
    "argv",
    "descriptors",
    "texts",
    "header",
    "neighbours",
    "clock",
    "space",
}


def run(shell: list[str], script: bytes, **environment: str) -> bytes:
    """Run the collector in a shell."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment}
    return subprocess.run(shell, input=script, capture_output=True, check=False, env=env).stdout


@pytest.mark.package
@pytest.mark.parametrize("dialect", ["sh", "dash"])
def test_shellcheck_finds_nothing(dialect: str) -> None:
    """A linter for shells has no remark."""
    if shutil.which("shellcheck") is None:
        pytest.skip("needs the Debian package shellcheck")
    told = subprocess.run(
        ["shellcheck", "-s", dialect, str(SCRIPT)], capture_output=True, text=True, check=False
    )
    assert told.stdout == ""


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_every_shell_tells_the_same(shell: list[str]) -> None:
    """The same sections with the same content come out of each POSIX shell."""
    if shutil.which(shell[0]) is None:
        pytest.skip(f"needs {shell[0]}")
    script = collecting.script("posix")
    first, other = parse(raw_here()), parse(run([*shell, "-s"], script))
    assert other.is_complete
    assert list(other.sections) == list(first.sections)
    for name in set(first.sections) - VOLATILE - {"clock_end"}:
        assert other.sections[name].stdout == first.sections[name].stdout, name
        assert other.sections[name].state == first.sections[name].state, name


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_without_timeout_a_watchdog_ends_what_hangs(shell: list[str]) -> None:
    """MacOS has no `timeout`: the shell itself puts an end to a command."""
    if shutil.which(shell[0]) is None:
        pytest.skip(f"needs {shell[0]}")
    wanted = Wanted(questions=(Question(key="sleep 60", keep="x", command="sleep 60"),))
    script = collecting.script("posix", wanted)
    without = script.replace(b"timeout -k 1 9 true", b"false")
    assert without != script
    started = time.monotonic()
    collection = parse(run([*shell, "-s"], without))
    assert time.monotonic() - started < 30
    assert collection.is_complete
    assert collection.section("status sleep 60").state == "timeout"
    assert collection.output("counters")


def test_changes_nothing_on_a_disk(tmp_path: Path) -> None:
    """No file is created in the folder it runs in, nor in the one for temporary files."""
    script = collecting.script("posix")
    before = set(os.listdir("/tmp"))  # noqa: S108, PTH208 - the folder that is watched
    ended = subprocess.run(
        ["sh"], input=script, capture_output=True, check=True, cwd=tmp_path, timeout=60
    )
    assert parse(ended.stdout).is_complete
    assert list(tmp_path.iterdir()) == []
    new = set(os.listdir("/tmp")) - before  # noqa: S108, PTH208 - the same
    assert not {name for name in new if "audit" in name}


def test_a_status_command_is_bounded(tmp_path: Path) -> None:
    """Hanging, endless on either stream, asking and missing commands each cost only themselves."""
    for name, body in (
        ("hangs", "sleep 60"),
        ("endless", "exec yes"),
        ("loud", "exec yes >&2"),
        ("asks", "read -r answer && echo got $answer; echo end"),
        ("fails", "echo why >&2; exit 3"),
        ("filtered", "echo 'keep: 1;password: hunter2'; echo password: hunter2"),
    ):
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)
    names = ("hangs", "endless", "loud", "asks", "fails", "filtered", "missing")
    questions = tuple(
        Question(
            key=f"{tmp_path / name} --status",
            keep="^(keep|end|y)[^;]*",
            command=f"{tmp_path / name} --status",
        )
        for name in names
    )
    started = time.monotonic()
    raw = raw_here(Wanted(questions=questions))
    assert time.monotonic() - started < 40
    collection = parse(raw)
    assert collection.is_complete
    rows = {
        name: row
        for row in status_outputs(collection)
        for name in names
        if f"/{name} " in str(row["command"])
    }
    assert rows["hangs"]["state"] == "timeout"
    assert len(str(rows["endless"]["stdout"])) <= 65536
    assert len(str(rows["loud"]["stderr"])) <= 8192 + 400
    assert rows["asks"]["stdout"] == "end"
    assert (rows["fails"]["exit_code"], rows["fails"]["stderr"]) == (3, "why")
    assert rows["filtered"]["stdout"] == "keep: 1"
    assert (rows["missing"]["state"], rows["missing"]["exit_code"]) == ("missing", None)
    assert b"hunter2" not in raw


def test_files_are_described_and_not_read(tmp_path: Path) -> None:
    """Kind, size, time and target of named files; absence is certain only where one may look."""
    (tmp_path / "a b").write_text("hunter2")
    (tmp_path / "link").symlink_to("a b")
    os.utime(tmp_path / "a b", (0, 1_700_000_000))
    wanted = Wanted(paths=(f"{tmp_path}/*", f"{tmp_path}/none", f"{tmp_path}/no/such"))
    raw = raw_here(wanted)
    rows = {row["path"]: row for row in files(parse(raw))}
    plain = rows[f"{tmp_path}/a b"]
    assert (plain["kind"], plain["size_bytes"], plain["modified_at"]) == (
        "file",
        7,
        "2023-11-14T22:13:20Z",
    )
    assert rows[f"{tmp_path}/link"]["link_target"] == "a b"
    assert rows[f"{tmp_path}/none"]["exists"] is rows[f"{tmp_path}/no/such"]["exists"] is False
    assert b"hunter2" not in raw


def test_only_wanted_keys_of_a_file_are_read(tmp_path: Path) -> None:
    """A configuration file gives the lines of the keys asked for, and no other."""
    file = tmp_path / "agent.conf"
    file.write_text("Server=10.0.0.1\nPassword=hunter2\n# Server=old\nServerActive = 10.0.0.2\n")
    gone, hidden = tmp_path / "gone.conf", tmp_path / "*.d" / "x.conf"
    question = Question(
        key="lines agent", keep="^Server(Active)? *=.*", lines=(str(file), str(gone), str(hidden))
    )
    nothing = Question(key="lines gone", keep=".*", lines=(str(gone),))
    raw = raw_here(Wanted(questions=(question, nothing)))
    asked, other = status_outputs(parse(raw))
    assert asked["stdout"] == f"{file}:Server=10.0.0.1\n{file}:ServerActive = 10.0.0.2"
    assert (asked["command"], asked["exit_code"]) == ("lines agent", 0)
    assert (other["state"], other["stdout"]) == ("missing", "")
    assert b"hunter2" not in raw


@pytest.mark.parametrize("path", ["relative", "/a;reboot", "/a'b", "/$(id)", "/a\nb", ""])
def test_a_path_is_no_command(path: str) -> None:
    """What a catalogue names is checked before a shell sees it."""
    with pytest.raises(ValueError, match="more than a name"):
        collecting.script("posix", Wanted(paths=(path,)))


CLEAN = [
    (
        "schedule",
        b"/etc/cron.d/x:0 3 * * * root mysqldump -phunter2 --password=hunter2 db",
        b"hunter2",
    ),
    ("schedule", b"/var/spool/cron/crontabs/nguyenan:@daily restic backup hunter2", b"hunter2"),
    ("schedule", b"/var/spool/cron/crontabs/nguyenan:5 * * * * x", b"nguyenan"),
    (
        "services",
        b"ExecStart={ path=/usr/bin/x ; argv[]=/usr/bin/x -p hunter2 ; pid=0 }",
        b"hunter2",
    ),
    ("log_forwarding", b"/etc/rsyslog.conf:*.* :ommysql:host,db,user,hunter2 @x", b"hunter2"),
    ("firewall_rules", b'tcp dport 22 comment "hunter2"', b"hunter2"),
    ("texts", b"/proc/mounts:x /home/nguyenan/data ext4 rw 0 0", b"nguyenan"),
]


def test_much_on_standard_error_waits_for_its_turn(tmp_path: Path) -> None:
    """Complaints longer than any buffer stand behind all output, and never in the middle of it."""
    file = tmp_path / "complains"
    file.write_text("#!/bin/sh\nyes complaint | head -n 300 >&2\n")
    file.chmod(0o755)
    questions = tuple(
        Question(key=f"{file} {number}", keep="x", command=f"{file} {number}")
        for number in range(12)
    )
    for _attempt in range(3):
        collection = parse(raw_here(Wanted(questions=questions)))
        assert collection.is_complete
        assert len(status_outputs(collection)) == 12


@pytest.mark.parametrize(("section", "line", "secret"), CLEAN)
def test_the_cleaning_program_lets_no_secret_pass(section: str, line: bytes, secret: bytes) -> None:
    """Lines of each section with a secret or a name in them, through the script's own awk."""
    program = re.search(r"CLEAN='(.*?)'\n\nSAID=", SCRIPT.read_text(), re.DOTALL)
    assert program is not None
    stream = b"#audit-collector 1 m\n#m begin %s\n%s\n#m end 0 ok\n#m done\n" % (
        section.encode(),
        line,
    )
    shown = subprocess.run(["awk", program[1]], input=stream, capture_output=True, check=True)
    assert secret not in shown.stdout
    assert b"stdout" in shown.stdout


@pytest.mark.root
def test_an_ordinary_user_gets_less_and_says_so() -> None:
    """Without rights the collection is whole; what was denied is marked as denied."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become an ordinary user")
    ended = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh"],
        input=collecting.script("posix"),
        capture_output=True,
        check=True,
        cwd="/",
    )
    collection = parse(ended.stdout)
    assert collection.is_complete
    assert not collection.is_root
    assert collection.section("firewall_rules").state == "denied"
    assert collection.header["uid"] == "65534"
    assert schedulers(collection) is not None


def test_no_shell_without_awk_pretends(tmp_path: Path) -> None:
    """A machine that lacks what the collector rests on gives nothing, and no half answer."""
    script = collecting.script("posix").replace(b"awk", b"no-such-awk")
    assert run(["sh"], script, HOME=str(tmp_path)) == b""
