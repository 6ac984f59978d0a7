"""A hostile file costs itself: one clear fault, nothing run, nothing fetched, nothing changed."""

import json
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from random import Random

import openpyxl
import papers
import pytest

from auditor.documents.limits import Limits
from auditor.documents.text import Origin, ReadingFault
from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.reading import confined, read

XML = "word/document.xml"
MACRO = b"application/vnd.ms-word.document.macroEnabled.main+xml"
WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MUTATIONS = 70


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one good PDF, one good DOCX and one good XLSX."""
    folder = tmp_path_factory.mktemp("good")
    papers.pdf(folder / "a.pdf", papers.HEAD + papers.SENTENCE)
    papers.word(folder / "a.docx")
    book = openpyxl.Workbook()
    for number in range(9):
        book.worksheets[0].append((f"Máy {number}", f"10.0.0.{number}", number))
    book.save(folder / "a.xlsx")
    return folder


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listen where hostile files point to; nobody may come."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        opened.setblocking(False)  # noqa: FBT003 - as the method is
        yield opened


def faults(path: Path, **limits: float) -> set[str]:
    """Return the faults of a file, and see that it was not changed."""
    before = (sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
    reading = read(path, limits=Limits(**limits))  # type: ignore[arg-type] # whole numbers are fine
    assert (sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) == before
    assert reading.sha256 == before[0]
    return set(reading.faults)


@pytest.mark.package
def test_locked_and_cut_pdf(good: Path, tmp_path: Path) -> None:
    """A password that is needed, one that is not, and a file that ends early."""
    secret = ("--encrypt", "mật khẩu", "chủ", "256")
    locked = papers.qpdf(tmp_path / "locked.pdf", good / "a.pdf", *secret)
    assert faults(locked) == {"encrypted"}
    owned = papers.qpdf(tmp_path / "owned.pdf", good / "a.pdf", "--encrypt", "", "chủ", "256")
    assert faults(owned) == set()
    cut = tmp_path / "cut.pdf"
    for share in (0.2, 0.7, 0.98):
        content = (good / "a.pdf").read_bytes()
        cut.write_bytes(content[: int(len(content) * share)])
        assert faults(cut) == {"broken"}, share


@pytest.mark.package
def test_too_many_pages_keep_those_that_were_read(tmp_path: Path) -> None:
    """2,000 pages: the first ones are read, and what is beyond is told."""
    many = tmp_path / "many.pdf"
    (tmp_path / "one.pdf").write_bytes(papers.pdf_by_hand(b"Trang"))
    pages = [str(tmp_path / "one.pdf")] * 2000
    subprocess.run([papers.tool("qpdf"), "--empty", "--pages", *pages, "--", many], check=True)
    reading = read(many)
    assert reading.faults == (ReadingFault.TOO_MANY_PAGES,)
    assert (len(reading.pages), reading.lines[-1].page) == (1000, 1000)


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Replace once, and see that there was something to replace."""

    def change(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("parts", "added", "expected"),
    [
        ({}, {"word/media/big.bin": bytes(210 * 2**20)}, {"bomb"}),
        ({}, {f"word/media/{i}": b"" for i in range(6000)}, {"bomb"}),
        ({XML: swap(b"<w:doc", b'<!DOCTYPE a [<!ENTITY b "bb">]><w:doc')}, {}, {"bomb"}),
        ({XML: swap(b"<w:body>", b"<w:body>" + b"<w:sdt>" * 99999)}, {}, {"broken"}),
        ({XML: lambda _xml: b"\xff\xfe<\0"}, {}, {"broken"}),
        ({"_rels/.rels": lambda _xml: b"<a/>"}, {}, {"broken"}),
        ({}, {}, set()),
        (
            {"[Content_Types].xml": swap(WORD, MACRO)},
            {"word/vbaProject.bin": b"Sub AutoOpen()"},
            {"macros"},
        ),
    ],
    ids=["zeros", "parts", "entities", "deep", "no xml", "no parts", "unchanged", "macros"],
)
def test_packages(
    good: Path,
    tmp_path: Path,
    parts: dict[str, Callable[[bytes], bytes]],
    added: dict[str, bytes],
    expected: set[str],
) -> None:
    """Each way to spoil a DOCX has its one fault."""
    assert faults(papers.altered(good / "a.docx", tmp_path / "b.docx", parts, added)) == expected


def chunk(kind: bytes, content: bytes) -> bytes:
    """Write a chunk of a PNG."""
    whole = kind + content
    return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))


def test_contents_that_are_not_what_the_name_says(good: Path, tmp_path: Path) -> None:
    """Content decides; the name is compared with it."""
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    pixels = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))
    fib = OLE + bytes(504) + b"\xec\xa5" + bytes(8) + b"\0\1" + bytes(600)
    word = (good / "a.docx").read_bytes()
    for name, content, expected in (
        ("a.pdf", word, {"wrong_extension"}),
        ("b.docx", (good / "a.pdf").read_bytes(), {"wrong_extension"}),
        ("c.docx", word[: len(word) // 2], {"broken"}),
        ("d.png", pixels, {"bomb"}),
        ("e.pdf", b"", {"broken"}),
        ("f.doc", OLE + bytes(1200), {"unsupported"}),
        ("g.doc", fib, {"encrypted"}),
        ("h.docx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), {"encrypted"}),
        ("i.doc", OLE + bytes(600) + "_VBA_PROJECT".encode("utf-16-le"), {"macros", "unsupported"}),
        ("k.rtf", b"{\\rtf1 a}", {"unsupported"}),
        ("l.bin", b"\0\1\2\3", {"unsupported"}),
    ):
        (tmp_path / name).write_bytes(content)
        assert faults(tmp_path / name) == expected, name


def test_limits(good: Path, tmp_path: Path) -> None:
    """What is beyond a limit is told; what was read before it stays."""
    assert faults(good / "a.pdf", size_bytes=100) == {"too_large"}
    assert faults(good / "a.pdf", seconds=0) == {"too_slow"}
    assert faults(good / "a.pdf", seconds=0, grace_s=0) == {"too_slow"}
    cut = read(good / "a.docx", limits=Limits(characters=30))
    assert (cut.faults, cut.lines[0].text) == ((ReadingFault.TOO_LARGE,), "DỰ THẢO")
    text = tmp_path / "a.txt"
    text.write_text("a b\n" * 9_000_000)
    assert faults(text, memory_bytes=250 * 2**20) == {"too_much_memory"}
    assert faults(good / "a.docx", output_bytes=100) == {"broken"}


def test_pages_that_go_round_and_actions_stay_asleep(
    tmp_path: Path, listener: socket.socket
) -> None:
    """A page tree without end, a script, a program to launch and an address to open."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/".encode()
    mark = tmp_path / "launched"
    script = b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.launchURL\\(%b\\))>>]>>>>"
    launch = b"/OpenAction<</S/Launch/F(/usr/bin/touch)/P(%b)/Next<</S/URI/URI(%b)>>>>"
    catalog = script % url + launch % (str(mark).encode(), url)
    content = papers.pdf_by_hand(b"Trang", catalog=catalog)
    bad = tmp_path / "round.pdf"
    bad.write_bytes(content)
    assert faults(bad) == {"macros"}
    bad.write_bytes(content.replace(b"[3 0 R]/Count 1", b"[2 0 R 3 0 R 2 0 R]/Count 1000000"))
    assert faults(bad) >= {"broken", "too_many_pages"}
    assert not mark.exists()
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_nothing_is_fetched_for_a_word_file(
    good: Path, tmp_path: Path, listener: socket.socket
) -> None:
    """Remote templates, pictures and document types are addresses, and stay that."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/x".encode()
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    remote = b"".join(
        b'<Relationship Id="x%b" Type="%b%b" Target="%b" TargetMode="External"/>'
        % (name, kind, name, url)
        for name in (b"attachedTemplate", b"image", b"oleObject", b"subDocument")
    )
    rels = swap(b"</Relationships>", remote + b"</Relationships>")
    bad = tmp_path / "bad.docx"
    papers.altered(good / "a.docx", bad, {"word/_rels/document.xml.rels": rels})
    assert faults(bad) == set()
    outside = swap(b"<w:doc", b'<!DOCTYPE a SYSTEM "' + url + b'"><w:doc')
    papers.altered(good / "a.docx", bad, {XML: outside})
    assert faults(bad) == {"bomb"}
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.skipif(sys.platform != "linux", reason="what other systems bound is less, and told")
def test_reader_that_was_taken_over_can_do_nothing(tmp_path: Path, listener: socket.socket) -> None:
    """The sandbox holds Python code and, for network and files, C code as well."""
    target = tmp_path / "kept.txt"
    target.write_text("whole")
    port = str(listener.getsockname()[1])
    with target.open("rb") as given:
        answer = json.loads(confined("overreach", ("try", str(target), port), given, Limits()))
        for what, failure in (
            ("hang", Failure.TIMEOUT),
            *((what, Failure.COMMAND_FAILED) for what in ("crash", "flood")),
        ):
            limits = Limits(seconds=1, grace_s=1, output_bytes=10**6)
            with pytest.raises(CannotMeasure) as raised:
                confined("overreach", (what, str(target), port), given, limits)
            assert raised.value.failure is failure, what
    allowed = answer.pop("start what is allowed")
    assert allowed.startswith("done")
    assert answer.pop("allocate") == "MemoryError"
    assert set(answer.values()) == {"PermissionError", "OSError"}
    assert {name for name, came in answer.items() if came == "OSError"} == {
        "connect in C",
        "write in C",
    }
    assert target.read_text() == "whole"
    with pytest.raises(BlockingIOError):
        listener.accept()


def spoilt(content: bytes, random: Random) -> bytes:
    """Change a file as chance wants: bytes, pieces cut out, doubled, or moved."""
    data = bytearray(content)
    for _ in range(random.choice((1, 4, 32))):
        at, size = random.randrange(len(data)), random.randrange(1, 400)
        change = random.randrange(4)
        if change == 0:
            data[at : at + 2] = random.randbytes(2)
        elif change == 1 and len(data) > 2 * size:
            del data[at : at + size]
        elif change == 2:
            data[at:at] = data[at : at + size]
        else:
            number = str(random.choice((0, -1, 2**31, 10**20))).encode()
            data[at : at + len(number)] = number
    return bytes(data)


def test_spoilt_files_never_end_the_run(good: Path, tmp_path: Path) -> None:
    """The same changes each time; whatever comes of them is a reading of these very bytes."""
    papers.picture(good / "a.pdf", dpi=40).save(tmp_path / "a.png")
    seeds = {
        "a.pdf": (good / "a.pdf").read_bytes(),
        "b.pdf": papers.pdf_by_hand(b"Trang"),
        "c.docx": (good / "a.docx").read_bytes(),
        "d.docx": (good / "a.docx").read_bytes(),
        "e.png": (tmp_path / "a.png").read_bytes(),
        "f.xlsx": (good / "a.xlsx").read_bytes(),
        "g.xlsx": (good / "a.xlsx").read_bytes(),
    }
    inner = {"d.docx": XML, "g.xlsx": "xl/worksheets/sheet1.xml"}

    def try_one(number: int) -> tuple[Origin, ...]:
        random = Random(number)  # noqa: S311 - chance that repeats
        name, content = list(seeds.items())[number % len(seeds)]
        path = tmp_path / f"{number}-{name}"
        if part := inner.get(name):
            source = good / f"a{path.suffix}"
            papers.altered(source, path, {part: lambda xml: spoilt(xml, random)})
        else:
            path.write_bytes(spoilt(content, random))
        before = path.read_bytes()
        reading = read(path, limits=Limits(seconds=5, grace_s=5))
        assert reading.sha256 == sha256(before).hexdigest()
        assert path.read_bytes() == before
        return tuple(page.origin for page in reading.pages)

    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(try_one, range(MUTATIONS)))
    assert () in seen  # some were refused
    assert (Origin.TEXT,) in seen  # some were read
