"""The folder of a run: what lies in it, and how it is read back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from auditor import atomic, profile, saying, yamlfile
from auditor.canonical import sha256
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.evidence import EvidenceFolder
from auditor.judge import Case
from auditor.language import _
from auditor.model import AuditRecord
from auditor.record import json_of
from auditor.record_reader import from_v1, parse

RECORD = "record.json"
PROFILE = "profile.yaml"
SITE = "site.yaml"
EVIDENCE = "evidence"
SUMS = "SHA256SUMS"
PARENT = Path("audit-runs")
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml writes ten times as fast


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run read back. `damaged` maps observations to the capture that is gone or altered."""

    folder: Path
    record: AuditRecord
    damaged: dict[str, str]

    @property
    def case(self) -> Case:
        """What can be judged: an observation without its raw evidence does not count."""
        return Case(
            profile=self.record.profile,
            targets=self.record.targets,
            plan=self.record.plan,
            observations=tuple(
                item
                for item in self.record.observations
                if item.measurement.key not in self.damaged
            ),
        )


def create(parent: Path | None, centre: str, now: datetime) -> Path:
    """Make a new run folder, `<parent>/<UTC time>-<centre>`; `parent` itself if it is given."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    folder = parent or PARENT / f"{stamp}-{centre}"
    try:
        folder.mkdir(parents=True, exist_ok=parent is not None)
        folder.chmod(0o700)  # it holds an inventory of the machine
        if any(folder.iterdir()):
            raise CannotPerform(
                _("{folder} is not empty. Choose another --out, or use --resume", folder=folder)
            )
        (folder / EVIDENCE).mkdir()
    except OSError as error:
        raise CannotPerform(
            _("{folder}: {error}. Choose another --out", folder=folder, error=saying.system(error))
        ) from error
    return folder


def sweep(folder: Path) -> None:
    """Remove half-written files of an attempt that was killed; the journal's lock must be held."""
    atomic.sweep(folder)
    atomic.sweep(folder / EVIDENCE)


def is_finished(folder: Path) -> bool:
    """Tell whether a run was carried to its end: the sums are written last."""
    return (folder / SUMS).is_file()


def write_yaml(path: Path, data: object) -> str:
    """Write plain data as YAML that `yamlfile` reads back the same; return the file's digest."""
    content = _dumped(data, allow_unicode=True)
    if yamlfile.parse(content, path.name).data != data:
        # PyYAML writes some rare line breaks (U+0085) as themselves, which readers fold.
        content = _dumped(data, allow_unicode=False)
    atomic.write(path, content)
    return sha256(content)


def _dumped(data: object, *, allow_unicode: bool) -> bytes:
    text: str = yaml.dump(
        data, Dumper=_DUMPER, allow_unicode=allow_unicode, sort_keys=False, width=100
    )
    return text.encode()


def write_record(folder: Path, record: AuditRecord) -> str:
    """Write record.json; return its digest."""
    content = json_of(record)
    atomic.write(folder / RECORD, content)
    return sha256(content)


def write_sums(folder: Path) -> None:
    """Write SHA256SUMS over everything else, in the form that `sha256sum --check` reads."""
    # A measurement that was given up may still be writing; its file is no part of the run.
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != SUMS and path.suffix != atomic.PART
    )
    lines = (
        f"{sha256(path.read_bytes())}  {path.relative_to(folder).as_posix()}" for path in files
    )
    atomic.write(folder / SUMS, ("\n".join(lines) + "\n").encode())


def load(folder: Path) -> FinishedRun:
    """Read a run back. Raises `BadInput` for a folder that is no finished run or is damaged."""
    record = load_record(folder)
    evidence = EvidenceFolder(folder / EVIDENCE)
    return FinishedRun(folder, record, evidence.damaged(record.observations))


def load_record(folder: Path) -> AuditRecord:
    """Read the record of a run, and leave its evidence alone. Raises `BadInput`."""
    unfinished = _("Give the folder of a finished run, or resume this one.")
    content = _content(folder / RECORD, unfinished)
    _content(folder / SUMS, unfinished)  # a run that was killed may have written a record before
    read = parse(content, str(folder / RECORD))
    profile_path = folder / PROFILE
    profile_content = _content(profile_path, _("Use an undamaged copy of the run folder."))
    if sha256(profile_content) != read["profile"]["sha256"]:
        raise BadInput(
            Problem(
                str(profile_path),
                _("not the profile that this run was judged by"),
                _("Use an undamaged copy, or judge by another profile with `--profile`."),
            )
        )
    document = yamlfile.parse(profile_content, str(profile_path))
    loaded = profile.from_document(document, ())
    try:
        return from_v1(read, loaded.profile)
    except (KeyError, ValueError) as error:
        raise BadInput(
            Problem(
                str(folder / RECORD),
                _("not a readable record: {problem}", problem=error),
                _("Use an undamaged copy of the run folder."),
            )
        ) from error


def _content(path: Path, remedy: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(Problem(str(path), saying.system(error), remedy)) from error
