"""A pack is read from its file as from memory; a file that changes meanwhile ends in words."""

import os
import random
import threading
from pathlib import Path

import pytest
from packs import Sealed

from auditor.errors import BadInput, CannotPerform
from auditor.pack import container, keys, packing, source
from auditor.pack.source import OnDisk
from auditor.pack.verifying import Depth, verify

CHANGES = 60


@pytest.fixture(scope="module")
def pack(small_run: Path) -> Sealed:
    """Pack one small run."""
    key = keys.generate(keys.Kind.ED25519)
    return Sealed(small_run, packing.pack(small_run, key), key)


@pytest.fixture
def file(pack: Sealed, tmp_path: Path) -> Path:
    """Write the pack."""
    path = tmp_path / "run.auditpack"
    path.write_bytes(pack.content)
    return path


def test_a_file_verifies_as_its_bytes_do(pack: Sealed, file: Path) -> None:
    """Every result is the same, digest and size included."""
    depth = Depth(reports=True)
    assert verify(OnDisk(file), depth=depth) == verify(pack.content, depth=depth)


def test_a_damaged_file_is_told_as_its_bytes_are(pack: Sealed, file: Path) -> None:
    """Also where the end is far from its sign, or there is none."""
    chance, whole = random.Random(11), pack.content  # noqa: S311
    damaged = [whole + bytes(size) for size in (1, 1 << 20, (1 << 20) + 19, 3 << 20)]
    damaged += [whole[:-1], whole[: len(whole) // 2], b"\0" + whole, whole * 2, b"", b"PK"]
    for _number in range(CHANGES):
        altered = bytearray(whole)
        altered[chance.randrange(len(altered))] ^= 1 << chance.randrange(8)
        damaged.append(bytes(altered))
    for content in damaged:
        file.write_bytes(content)
        held, read = container.read(content), container.read(OnDisk(file))
        assert read.faults == held.faults
        assert read.files == held.files
        assert read.files.sha256 == held.files.sha256
    assert sum(bool(container.read(content).faults) for content in damaged) > len(damaged) // 4


def test_a_file_that_changes_while_it_is_read_is_not_taken(pack: Sealed, file: Path) -> None:
    """What was read once is not read as something else, nor past its end."""
    read = OnDisk(file)
    opened = container.read(read)
    place = opened.files.places["site.yaml"].start
    with file.open("r+b") as writing:
        writing.seek(place)
        writing.write(b"\0")
    with pytest.raises(CannotPerform):
        _ = opened.files["site.yaml"]
    with pytest.raises(CannotPerform):
        container.reopen(read, opened.files.sha256)
    assert container.reopen(pack.content, opened.files.sha256)["site.yaml"][:1] != b"\0"
    file.write_bytes(pack.content[:place])
    with pytest.raises(CannotPerform):
        _ = opened.files["site.yaml"]


def test_a_pipe_is_read_whole_and_what_cannot_be_read_is_told(pack: Sealed, tmp_path: Path) -> None:
    """A pipe gives its bytes only once; a folder or a missing file is named."""
    reading, writing = os.pipe()
    writer = threading.Thread(target=_write, args=(writing, pack.content))
    writer.start()
    held = source.of(Path(f"/dev/fd/{reading}"))
    writer.join()
    os.close(reading)
    assert container.read(held) == container.read(pack.content)
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(BadInput):
            source.of(path)


def _write(writing: int, content: bytes) -> None:
    with open(writing, "wb") as file:
        file.write(content)
