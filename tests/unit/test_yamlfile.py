"""YAML without guesses: what is written is what is read, or it is refused with its line."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor import yaml_nodes, yamlfile
from auditor.canonical import sha256
from auditor.errors import BadInput
from auditor.language import _
from auditor.layering import merge
from auditor.model import Check, Group, InformationSystem, noun
from auditor.runfolder import write_yaml
from auditor.yamlfile import Document, build, parse, read


def refused(text: str | bytes) -> str:
    """Return the refusal of a file."""
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadInput) as caught:
        parse(content, "f.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("22:30", "22:30"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("0213", "0213"),
        ("+84 213 3876", "+84 213 3876"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("2026-11-21", "2026-11-21"),
        ("1.2.3", "1.2.3"),
        ("1.10", 1.1),
        ("10", 10),
        ("-3", -3),
        ("true", True),
        ("null", None),
        ("~", None),
        ('"true"', "true"),
        (".inf", ".inf"),
        ("<<", "<<"),
    ],
)
def test_scalars_follow_yaml_1_2_core(written: str, read_as: object) -> None:
    """Times, dates, `no` and numbers with leading zeros stay text."""
    found = parse(f"value: {written}".encode(), "f").data
    assert found == {"value": read_as}
    assert isinstance(found, dict)
    assert type(found["value"]) is type(read_as)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, ("b.c", "3")),
        ("a: &x 1\nb: &y [1]\nc: *y\n", 3, ("c", "YAML alias")),
        ("a: 1\n<<: {b: 2}\n? [x]\n: 1\n", 3, ("a key that is no text",)),
        ("a: !!python/object/apply:os.system [x]\n", 1, ("a",)),
        ("a: !secret x\n", 1, ("a", "!secret")),
        ("a:\n\t- x\n", 2, ()),
        ("a: [1, 2\nb: 3\n", 2, ()),
    ],
)
def test_refusals_name_the_line(text: str, line: int, words: tuple[str, ...]) -> None:
    """Repeated keys, aliases, tags and broken syntax are refused where they stand."""
    message = refused(text)
    assert message.startswith(f"f.yaml:{line}: ")
    assert all(_(word) in message for word in words), message


@pytest.mark.parametrize(
    "content", [b"", b"# only a comment\n", b"\xff\xfea", b"a: \x00", b"a" * 5_000_000]
)
def test_what_is_no_yaml_text_is_refused(content: bytes) -> None:
    """Empty, foreign encodings, control characters and huge files give one clear line."""
    message = refused(content)
    assert message.startswith("f.yaml")
    assert len(message.splitlines()) == 1


def test_a_deep_file_is_refused_and_does_not_crash() -> None:
    """Nesting beyond the interpreter's stack is an error of the file."""
    assert "f.yaml" in refused("[" * 5000 + "]" * 5000)


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    """The message names the path and what to do."""
    with pytest.raises(BadInput) as caught:
        read(tmp_path / "none.yaml")
    assert str(caught.value).startswith(f"{tmp_path}/none.yaml: ")


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False).filter(
        lambda x: math.isfinite(x) and repr(x).find("e") < 0
    )
    | st.text(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.text(), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), plain, min_size=1, max_size=4))
def test_what_a_run_folder_writes_is_read_back_the_same(data: dict[str, Any]) -> None:
    """The dump that keeps profile and site in a run folder loses and changes nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "f.yaml"
        digest = write_yaml(path, data)
        assert read(path).data == data
        assert sha256(path.read_bytes()) == digest


@noun
class Shape:
    """A noun for the tests."""

    name: str
    count: int = 0
    is_on: bool = False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: x\nnmae: y\n", ("f.yaml:2: nmae",)),
        ("count: 1\n", ("f.yaml:1: name",)),
        ("name: 1.10\n", ("f.yaml:1: name", "1.1")),
        ("name: x\ncount: '1'\n", ("f.yaml:2: count",)),
        ("name: x\ncount: 1.5\n", ("f.yaml:2: count",)),
        ("name: x\nis_on: no\n", ("f.yaml:2: is_on", '"no"')),
        ("name: x\nis_on: 1\n", ("f.yaml:2: is_on", "1")),
        ("- x\n", ("f.yaml:1",)),
    ],
)
def test_fields_are_checked_against_the_noun(text: str, words: tuple[str, ...]) -> None:
    """Unknown, missing and mistyped fields are each refused with file, line and field."""
    with pytest.raises(BadInput) as caught:
        build(parse(text.encode(), "f.yaml"), Shape)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    """Nobody should have to run the tool five times for five mistakes."""
    with pytest.raises(BadInput) as caught:
        build(parse(b"name: 1\ncount: x\nother: 1\n", "f.yaml"), Shape)
    assert [problem.line for problem in caught.value.problems] == [1, 2, 3]


def test_list_items_are_called_by_their_id() -> None:
    """A place inside a list reads as the item's name, not its position."""
    text = "id: '1'\nname: {vi: a, en: a}\nindicators:\n  - id: '1.1'\n    nam: x\n"
    with pytest.raises(BadInput) as caught:
        build(parse(text.encode(), "f.yaml"), Group)
    assert any("f.yaml:5: indicators.1.1.nam: " in line for line in str(caught.value).splitlines())


def test_a_wrong_operator_lists_the_right_ones() -> None:
    """The refusal of a word from a closed list shows the list."""
    text = "id: a\ntitle: {vi: a, en: a}\nbasis: measured\nreads: {}\nvalue: '1'\n"
    text += "expect: {atleast: x}\n"
    with pytest.raises(BadInput) as caught:
        build(parse(text.encode(), "f.yaml"), Check)
    assert "f.yaml:6: expect.atleast" in str(caught.value)
    assert "at_least" in str(caught.value)


def laid(base: str, child: str) -> Document:
    """Lay one text over another."""
    return merge(parse(base.encode(), "base.yaml"), parse(child.encode(), "child.yaml"))


BASE = """\
version: "1"
parameters:
  a: {default: 1, unit: x}
  b: {default: 2}
groups:
  - id: g
    items:
      - {id: i1, n: 1, words: [x, y]}
      - {id: i2, n: 2}
"""


def test_a_child_changes_only_what_it_names() -> None:
    """Mappings merge by key, items by id, plain lists are replaced, `remove` drops."""
    child = """\
version: "2"
parameters: {a: {default: 5}, b: {remove: true}}
groups:
  - id: g
    items:
      - {id: i1, words: [z]}
      - {id: i2, remove: true}
      - {id: i3, n: 3}
"""
    assert laid(BASE, child).data == {
        "version": "2",
        "parameters": {"a": {"default": 5, "unit": "x"}},
        "groups": [
            {"id": "g", "items": [{"id": "i1", "n": 1, "words": ["z"]}, {"id": "i3", "n": 3}]}
        ],
    }


def test_every_value_keeps_the_file_and_line_it_came_from() -> None:
    """A refusal of a merged profile points into the file that must be mended."""
    merged = laid(BASE, 'version: "2"\nparameters:\n  a:\n    default: 5\n')
    assert merged.place(("version",)) == ("child.yaml", 1)
    assert merged.place(("parameters", "a", "default")) == ("child.yaml", 4)
    assert merged.place(("parameters", "a", "unit")) == ("base.yaml", 3)
    assert merged.place(("groups", 0, "items", 1, "n")) == ("base.yaml", 9)


def test_a_limit_stands_between_a_reader_and_a_hostile_file() -> None:
    """The limit is a number that a site file will not meet by accident."""
    assert yamlfile.MAX_BYTES >= 1024 * 1024
    assert build(parse(b"id: a\nname: b\nlevel: 2\n", "f"), InformationSystem).level == 2


def test_a_number_of_too_many_digits_is_refused() -> None:
    """Python reads no integer of more than 4,300 digits."""
    assert refused("a: 1\nb: " + "9" * 5000).startswith("f.yaml:2: b: ")


SHIPPED = Path(__file__).parents[2] / "profiles"

WORDS = (
    "a|b: |: |- |\n|\n  |? |12|0|-.5|~|no|null|'x'|[|]|{|}|, |&n |*n|!!str |! |---\n|...\n|# c|é"
)
YAML_TEXT = st.lists(st.sampled_from(WORDS.split("|")), max_size=25).map("".join)


@given(YAML_TEXT)
def test_what_is_read_quickly_is_what_is_read_carefully(text: str) -> None:
    """Libyaml's events give the same data as PyYAML's nodes, or are left alone.

    Only where nothing stands, the two put it on different lines.
    """
    content = text.encode()
    if (quick := yaml_nodes.quickly(content, "f")) is not None:
        careful = yaml_nodes.carefully(content, "f")
        assert careful is not None
        assert repr(quick[0]) == repr(careful[0])
        assert list(quick[1]) == list(careful[1])


@pytest.mark.parametrize("text", ["a: &n [1]\nb: *n", "a: !x 1", "a: 1\na: 2", "? [a]\n: 1"])
def test_what_is_out_of_order_is_left_to_the_careful_reader(text: str) -> None:
    """So that there is one place that tells what is wrong."""
    assert yaml_nodes.quickly(text.encode(), "f") is None
    refused(text)


def test_shipped_files_are_in_order() -> None:
    """Each is read quickly; of the criteria every value and line is held against the other way."""
    for path in sorted(SHIPPED.glob("*.yaml")):
        assert yaml_nodes.quickly(path.read_bytes(), "f") is not None
    content = (SHIPPED / "lai-chau-2026.yaml").read_bytes()
    assert yaml_nodes.quickly(content, "f") == yaml_nodes.carefully(content, "f")
