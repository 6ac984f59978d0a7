"""Write what a command made, which may hold an inventory of machines, and replace nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from auditor import atomic, saying
from auditor.errors import BadInput, Problem
from auditor.language import _


def keep(file: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file for its owner alone. Raises `BadInput`.

    Another content is never replaced, unless that is the purpose.
    """
    with _writing(file):
        if not replace:
            _refuse_another(file, content)
        atomic.clear(file)
        atomic.write(file, content, is_private=True)


def keep_all(folder: Path, files: Mapping[str, bytes], *, parents: bool = False) -> None:
    """Write all files into a folder, or none. Raises `BadInput` if one holds something else."""
    with _writing(folder):
        folder.mkdir(parents=parents, exist_ok=True)
        for name, content in files.items():
            _refuse_another(folder / name, content)
        for name, content in files.items():
            atomic.clear(folder / name)
            atomic.write(folder / name, content, is_private=True)


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        remedy = _("Choose another --out.")
        raise BadInput(Problem(str(place), saying.system(error), remedy)) from error


def _refuse_another(file: Path, content: bytes) -> None:
    if file.exists() and file.read_bytes() != content:
        remedy = _("Choose another --out.")
        raise BadInput(Problem(str(file), _("holds something else already"), remedy))
