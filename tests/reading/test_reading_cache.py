"""What was read once is not read again, and what was kept is nobody else's."""

import os
import stat
from pathlib import Path

import papers
import pytest

from auditor.documents.limits import DEFAULT, Limits
from auditor.documents.text import ReadingFault
from auditor.transports.reading import read
from auditor.transports.reading_cache import ReadingCache


def test_second_run_reads_only_what_changed(tmp_path: Path) -> None:
    """By digest: a copy is known, a changed file is not, other limits are another question."""
    folder = tmp_path / "cache"
    cache = ReadingCache(folder)
    first, copy = tmp_path / "a.docx", tmp_path / "b.docx"
    papers.word(first)
    copy.write_bytes(first.read_bytes())
    reading = read(first, cache=cache)
    (kept,) = folder.iterdir()
    written = kept.stat().st_mtime_ns
    assert read(copy, cache=cache) == reading
    assert [path.stat().st_mtime_ns for path in folder.iterdir()] == [written]
    assert read(first, cache=cache, limits=Limits(seconds=99)) == reading
    papers.pdf(copy, papers.HEAD)
    assert read(copy, cache=cache).faults == (ReadingFault.WRONG_EXTENSION,)
    assert len(list(folder.iterdir())) == 3


def test_damaged_entries_are_read_anew(tmp_path: Path) -> None:
    """Cut, altered, or about another file: ignored and written again."""
    cache = ReadingCache(tmp_path / "cache")
    path = papers.word(tmp_path / "a.docx")
    reading = read(path, cache=cache)
    (kept,) = (tmp_path / "cache").iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:-9], whole.replace("DỰ".encode(), "dự".encode())):
        assert damaged != whole
        kept.write_bytes(damaged)
        assert read(path, cache=cache) == reading
        assert kept.read_bytes() == whole
    other = papers.pdf(tmp_path / "b.pdf", papers.HEAD)
    answer = cache.get(reading.sha256, DEFAULT)
    assert answer
    foreign = read(other)
    cache.put(foreign.sha256, DEFAULT, reading, answer)  # as if somebody had renamed it
    assert read(other, cache=cache) == foreign


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_cache_is_private(tmp_path: Path) -> None:
    """Whatever the umask, and where the folder stood open before."""
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        read(papers.word(tmp_path / "a.docx"), cache=ReadingCache(folder))
    finally:
        os.umask(before)
    (kept,) = folder.iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, kept)] == [0o700, 0o600]


def test_what_another_machine_would_read_is_not_kept(tmp_path: Path) -> None:
    """Too slow today, and a scan without Tesseract, are tried again."""
    folder = tmp_path / "cache"
    path = papers.pdf(tmp_path / "a.pdf", papers.HEAD)
    assert read(path, cache=ReadingCache(folder), limits=Limits(seconds=0)).faults == (
        ReadingFault.TOO_SLOW,
    )
    assert list(folder.iterdir()) == []
