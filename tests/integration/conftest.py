"""The installed program, started as a user would, and runs of it that several tests look at."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources, util
from pathlib import Path
from typing import Any

import pytest

from auditor import DEFAULT_PROFILE, profile

Files = Mapping[str, bytes]
"""Contents by name; `small.yaml` is the small profile unless it is among them."""

PROGRAM = shutil.which("audit", path=str(Path(sys.executable).parent))
SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

SMALL = """\
schema: urn:audit:profile:v1
id: small
version: "1"
title: {vi: Bộ tiêu chí thử, en: Trial criteria}
decision: {vi: Không có, en: None}
issuer: {vi: Người thử, en: Tester}
parameters:
  wanted:
    default: 1
    meaning: {vi: Số máy, en: Machines}
    source: tool_default
document_kinds:
  plan: {vi: Kế hoạch, en: Plan}
declared_values:
  seats: {name: {vi: Chỗ ngồi, en: Seats}, kind: number}
  is_open: {name: {vi: Mở cửa, en: Open}, kind: yes_no}
groups:
  - id: first
    name: {vi: Nhóm, en: Group}
    indicators:
      - id: "1"
        name: {vi: Có máy, en: A machine}
        checks:
          - id: machine
            title: {vi: Máy, en: Machine}
            basis: measured
            reads: {machines: {probe: machine_identity}}
            value: machines.size()
            expect: {at_least: wanted}
        requires: [[machine]]
"""
"""The least that is a profile: one indicator, met wherever the machine can be identified."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the program printed
        """Standard output as JSON. Raises if it is anything else."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """`audit` in a folder that is also the home, with nothing of our environment and no store."""

    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return the whole environment; only coverage's own settings pass from outside."""
        coverage = {k: v for k, v in os.environ.items() if k.startswith("COVERAGE_")}
        own = {"PATH": SYSTEM_PATH, "HOME": str(self.folder), "AUDIT_NO_STORE": "1"}
        return own | coverage | more

    def command(self, *arguments: str | Path) -> list[str]:
        """Return the command line."""
        assert PROGRAM, "the console script is not installed beside this Python"
        return [PROGRAM, *map(str, arguments)]

    def start(self, *arguments: str | Path, **more: str) -> subprocess.Popen[bytes]:
        """Start the program and do not wait; stop it with `kill`."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def raw(self, *arguments: str | Path) -> bytes:
        """Run the program and return the bytes it printed. Raises if it failed."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        ).stdout

    def __call__(self, *arguments: str | Path, **more: str) -> Done:
        """Run the program to its end, input closed, output into pipes."""
        with self.start(*arguments, **more) as process:
            out, err = process.communicate(timeout=90)
        return Done(process.returncode, out.decode(), err.decode())


Ended = tuple[Path, Done]
"""The folder that a program ran in, and how it ended."""

Together = Callable[..., dict[str, Future[Ended]]]


@pytest.fixture
def audit(tmp_path: Path) -> Program:
    """Return the program in an empty folder."""
    return Program(tmp_path)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the file of a valid profile with one indicator."""
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, "utf-8")
    return file


def run_in(folder: Path, arguments: tuple[str, ...]) -> Ended:
    """Run the program in a folder."""
    return folder, Program(folder)(*arguments)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Together]:
    """Start many runs, as many at a time as there are processors, each in a folder of its own."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def start(cases: Mapping[str, Files], *arguments: str) -> dict[str, Future[Ended]]:
            folders = {case: tmp_path_factory.mktemp("case") for case in cases}
            for case, files in cases.items():
                for name, content in {"small.yaml": SMALL.encode(), **files}.items():
                    (folders[case] / name).write_bytes(content)
            return {
                case: pool.submit(run_in, folder, arguments) for case, folder in folders.items()
            }

        yield start
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def small_text() -> str:
    """Return that profile's text, to be spoiled."""
    return SMALL


@dataclass(frozen=True)
class Run:
    """A run folder that the program has finished; tests read it and change copies only."""

    folder: Path
    done: Done
    program: Program

    @property
    def record(self) -> Any:  # noqa: ANN401 - JSON
        """record.json, read anew."""
        return json.loads((self.folder / "record.json").read_text("utf-8"))

    def copy(self, to: Path) -> Path:
        """Copy the run folder, to be damaged."""
        return Path(shutil.copytree(self.folder, to / "copy"))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run `audit run` once, with everything at its default."""
    program = Program(tmp_path_factory.mktemp("default"))
    done = program("run")
    (folder,) = (program.folder / "audit-runs").iterdir()
    return Run(folder, done, program)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the small profile once and return the run folder."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.yaml").write_text(SMALL, "utf-8")
    done = Program(folder)("run", "--profile", "small.yaml", "--out", "run")
    assert done.code == 0, done.err
    return folder / "run"


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site file of the throw-away centre of tests/lab."""
    place = Path(__file__).parent.parent / "lab" / "centre_folder.py"
    spec = util.spec_from_file_location("centre_folder", place)
    assert spec is not None
    assert spec.loader is not None
    lab = util.module_from_spec(spec)
    spec.loader.exec_module(lab)
    site_file = lab.build(tmp_path_factory.mktemp("centre"), profile.load(DEFAULT_PROFILE).profile)
    assert isinstance(site_file, Path)
    return site_file


@pytest.fixture(scope="session")
def centre_run(centre: Path) -> Run:
    """Run the audit of that centre once."""
    program = Program(centre.parent)
    folder = centre.parent / "run"
    return Run(folder, program("run", "--site", centre, "--out", folder), program)


def sums_hold(folder: Path) -> bool:
    """Ask `sha256sum` whether a run folder is what it says."""
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return checked.returncode == 0


def journal(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the observations of a journal with a plain database connection, write-ahead log too.

    Reads a copy: looking must not recover what the program is to recover itself.
    """
    copy = folder.parent / f"journal-of-{folder.name}"
    copy.mkdir(exist_ok=True)
    for file in folder.glob("journal.sqlite*"):
        shutil.copy(file, copy / file.name)
    connection = sqlite3.connect(copy / "journal.sqlite")
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if ("observation",) not in tables.fetchall():
            return {}
        rows = connection.execute("SELECT key, json FROM observation").fetchall()
    finally:
        connection.close()
        shutil.rmtree(copy)
    return {key: json.loads(text) for key, text in rows}


@pytest.fixture(scope="session")
def intact() -> Callable[[Path], bool]:
    """Ask `sha256sum` whether a run folder is what it says."""
    return sums_hold


@pytest.fixture(scope="session")
def journalled() -> Callable[[Path], dict[str, dict[str, Any]]]:
    """Read the observations in a journal."""
    return journal


@pytest.fixture(scope="session")
def bytes_of() -> Callable[[Path], dict[str, tuple[str, int]]]:
    """Return every file of a folder with its digest and time of change."""

    def look(folder: Path) -> dict[str, tuple[str, int]]:
        return {
            str(path.relative_to(folder)): (
                hashlib.sha256(path.read_bytes()).hexdigest(),
                path.stat().st_mtime_ns,
            )
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    return look


@pytest.fixture(scope="session")
def schema() -> Callable[[str], Any]:
    """Read one of the shipped JSON Schemas."""

    def read(name: str) -> Any:  # noqa: ANN401 - JSON
        file = resources.files("auditor.schemas") / f"{name}.v1.json"
        return json.loads(file.read_text("utf-8"))

    return read
