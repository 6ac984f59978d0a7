"""What a store has not taken yet: notes in the user's data folder, one small file for each.

A run is noted when it begins, a pack when it was written; both are forgotten when the store has
them. The end of a scheduled job is noted when the store could not be told. So neither a kill nor a
store that is away loses one.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from auditor import atomic
from auditor.canonical import dumps, sha256
from auditor.store import naming

FOLDER = "waiting"
VISITS = "visits"
"""In the folder of samples: the journals of visits that no store has taken."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a store is to have: the run of a folder, the end of a `job` or a `pack` as JSON data."""

    store: str
    folder: str = ""
    job: dict[str, object] | None = None
    pack: dict[str, str] | None = None

    @property
    def file(self) -> Path:
        """Where it lies: the same note in the same file."""
        return naming.data_folder() / FOLDER / f"{sha256(dumps(asdict(self)))[:32]}.json"


def of_run(folder: Path, store: str) -> Note:
    """Return the note that a store is to have a run."""
    return Note(naming.name(store), str(folder.absolute()))


def of_job(job: dict[str, object], store: str) -> Note:
    """Return the note of how an attempt ended."""
    return Note(naming.name(store), job=job)


def of_pack(pack: dict[str, str], store: str) -> Note:
    """Return the note that a store is to have a pack."""
    return Note(naming.name(store), pack=pack)


def write(note: Note) -> None:
    """Write a note; twice the same is once. Raises `OSError`."""
    note.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    atomic.clear(note.file)
    atomic.write(note.file, dumps(asdict(note)), is_private=True)


def notes(store: str) -> Iterator[Note]:
    """Yield what a store has not taken, the oldest first."""
    place = naming.data_folder() / FOLDER
    if not place.is_dir():
        return
    for file in sorted(place.glob("*.json"), key=_age):
        try:
            note = Note(**json.loads(file.read_bytes()))
        except (OSError, ValueError, TypeError):
            continue  # another process has taken it in, or somebody else wrote it
        if note.store == naming.name(store) and note.file == file:
            yield note


def forget(note: Note) -> None:
    """Remove a note: the store has it."""
    note.file.unlink(missing_ok=True)


def has_visits(samples: Path) -> bool:
    """Tell whether visits wait in a folder of samples."""
    place = samples / VISITS
    return place.is_dir() and any(place.iterdir())


def _age(file: Path) -> tuple[int, str]:
    try:
        return file.stat().st_mtime_ns, file.name
    except FileNotFoundError:
        return 0, file.name  # another process has taken it in
