"""The frame around a machine's words: whole, cut, forged, foreign."""

import codecs

import pytest
from collected import MARK, framed, made
from hypothesis import given
from hypothesis import strategies as st

from auditor.collection import Collection, parse
from auditor.errors import CannotMeasure
from auditor.model import Failure

RAW = framed({"a": b"one\ntwo", "b": (b"", 127, b"b: not found\nmore"), "c d": b"\xff\x00"})


def refused(collection: Collection, name: str) -> tuple[Failure, str]:
    """Ask for a section that gives no output."""
    with pytest.raises(CannotMeasure) as caught:
        collection.output(name)
    return caught.value.failure, caught.value.detail


def attempt(raw: bytes) -> Collection | None:
    """Take bytes apart; nothing if they are unparsable. Any other failure is not caught."""
    try:
        return parse(raw)
    except CannotMeasure as error:
        if error.failure is not Failure.UNPARSABLE:
            raise
        return None


def test_sections_come_out_as_they_were_printed() -> None:
    """Bytes, exit code, standard error and state are kept apart."""
    collection = parse(RAW)
    assert collection.is_complete
    assert (collection.platform, collection.collector_version) == ("linux", "1")
    assert collection.header["hostname"] == "h"
    assert collection.output("a") == b"one\ntwo"
    assert collection.section("c d").stdout == b"\xff\x00"
    missing = collection.section("b")
    assert (missing.exit_code, missing.state, missing.complaint) == (127, "missing", "b: not found")


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (1, Failure.COMMAND_FAILED),
        (124, Failure.TIMEOUT),
        (126, Failure.PERMISSION_DENIED),
        (127, Failure.TOOL_MISSING),
    ],
)
def test_each_end_has_its_failure(code: int, failure: Failure) -> None:
    """What did not succeed gives no output, and says why in the program's own words."""
    detail = f"x exit {code}: why"
    assert refused(made({"x": (b"part", code, b"why\n")}), "x") == (failure, detail)


def test_a_truncated_section_is_no_answer() -> None:
    """The start of a list is no list."""
    raw = framed({"x": b"a"}).replace(b"end 0 ok whole\n#%s stdout" % MARK.encode(), b"%s")
    assert b"%s" in raw
    cut = framed({"x": b"a"}).replace(b" ok whole", b" ok truncated")
    assert refused(parse(cut), "x")[0] is Failure.UNPARSABLE


@given(st.integers(0, len(RAW) - 1))
def test_a_cut_is_seen(length: int) -> None:
    """Wherever the text ends early, it is not complete, or it is no collection at all."""
    collection = attempt(RAW[:length])
    assert collection is None or not collection.is_complete


@given(st.integers(len(b"#audit-collector 1 ") + len(MARK) + 1, RAW.rindex(b"stdout ")), st.data())
def test_bytes_gone_from_the_middle_are_seen(start: int, data: st.DataObject) -> None:
    """The collector counted what it sent."""
    end = data.draw(st.integers(start + 1, max(start + 1, RAW.rindex(b"stdout "))))
    collection = attempt(RAW[:start] + RAW[end:])
    assert collection is None or not collection.is_complete


def test_what_a_cut_lost_is_not_absent() -> None:
    """A section beyond the cut is unparsable, not missing on the machine."""
    cut = parse(RAW[: RAW.index(b"begin b")])
    assert refused(cut, "b") == (Failure.UNPARSABLE, "the collection ends before b")
    assert refused(parse(RAW), "z")[0] is Failure.TOOL_MISSING


def test_a_foreign_mark_is_only_text() -> None:
    """Who does not know the random word cannot end a section or begin another."""
    forged = b"x\n#%s end 0 ok whole\n#%s begin packages\nclamav" % (b"0" * 32, b"0" * 32)
    collection = made({"x": forged})
    assert collection.output("x") == forged
    assert "packages" not in collection.sections


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"garbage" * 1000,
        b"#audit-collector 1 short\n",
        framed({}, "plan9"),
        RAW.replace(b"begin b", b"begin a"),
        RAW.replace(b"begin b", b"began b"),
        RAW.replace(b"end 127 missing whole", b"end 127 lost whole"),
        b"x" * 70000 + RAW,
    ],
    ids=["empty", "garbage", "no mark", "no platform", "twice", "unknown", "no end", "late"],
)
def test_what_is_no_collection(raw: bytes) -> None:
    """Anything else is unparsable."""
    with pytest.raises(CannotMeasure) as caught:
        parse(raw)
    assert caught.value.failure is Failure.UNPARSABLE


@pytest.mark.parametrize(
    "raw",
    [
        b"Welcome to this machine.\n" + RAW,
        codecs.BOM_UTF8 + RAW,
        RAW.replace(b"\n", b"\r\n"),
        codecs.BOM_UTF16_LE + RAW.replace(b"\xff", b"?").decode().encode("utf-16-le"),
    ],
    ids=["greeting", "byte order mark", "CRLF", "UTF-16"],
)
def test_what_shells_and_editors_add(raw: bytes) -> None:
    """A greeting, PowerShell's encodings and line ends do no harm."""
    collection = parse(raw)
    assert collection.is_complete
    assert collection.output("a") == b"one\ntwo"


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    """Nothing but `unparsable` comes out of noise."""
    collection = attempt(b"#audit-collector 1 " + MARK.encode() + b"\n" + raw)
    assert collection is None or not collection.is_complete


def test_files_are_told_apart_from_those_that_are_not_there() -> None:
    """Empty, missing and forbidden are three things."""
    said = b"grep: /gone: No such file or directory\ngrep: /mine: Permission denied\n"
    collection = made({"texts": (b"/a:x\n/a:y\n", 2, said)})
    assert collection.file("/a") == b"x\ny\n"
    assert collection.file("/empty") == b""
    for path, failure in (("/gone", Failure.TOOL_MISSING), ("/mine", Failure.PERMISSION_DENIED)):
        with pytest.raises(CannotMeasure) as caught:
            collection.file(path)
        assert caught.value.failure is failure
