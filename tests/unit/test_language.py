"""Vietnamese unless asked otherwise, whole, and in the words of the libraries too."""

import os
import re
import subprocess
import sys
from pathlib import Path

import messages
import pytest
from babel.messages import Catalog

from auditor.cli import COMMANDS

PROGRAM = Path(sys.executable).parent / "audit"
ENGLISH = re.compile(
    r"\b(Usage|Options?|Commands?|Examples?|Error|Try|default|required|TEXT|FILE|DIRECTORY|"
    r"the|of|and|not|with|a|is|Show|measures|print|write|read|criteria|folder)\b(?![-.:/}|])"
)
COMMAND_LINES = re.compile(r"`[^`]*`|audit( [a-z][\w./=-]*| --?[\w-]+)+|\[[|a-z-]+\]|\{[|a-z-]+\}")
"""What stays as it is in every language: commands to type and words to choose from."""

HELPED = [
    *((name,) for name in COMMANDS),
    *(("profile", name) for name in ("list", "lint", "test")),
]


def said(*arguments: str, **environment: str) -> str:
    """Return everything that `audit` prints, whatever language this process has."""
    own = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    done = subprocess.run(
        [PROGRAM, *arguments],
        env=own | {"PATH": os.defpath} | environment,
        capture_output=True,
        check=False,
    )
    return (done.stdout + done.stderr).decode()


def english_left(text: str) -> list[str]:
    """Return English words that are no part of a command line."""
    return [match.group() for match in ENGLISH.finditer(COMMAND_LINES.sub("", text))]


def test_the_catalogues_are_whole() -> None:
    """Every message is translated with the same places, NFC, compiled, and still in use."""
    assert not list(messages.problems())


def test_a_broken_translation_is_noticed() -> None:
    """The check above can fail: a lost place, a lost mark, nothing at all."""
    catalog = Catalog(locale="vi")
    broken = catalog.add("{count} rows", "e\u0301")
    missing = catalog.add("nothing", "")
    assert messages.places(broken.id) != messages.places(broken.string)
    assert [text.partition(":")[0] for text in messages.faults(broken)] == ["not NFC"]
    assert [text.partition(":")[0] for text in messages.faults(missing)] == ["not translated"]


@pytest.mark.parametrize("user", [{}, {"LANG": "en_US.UTF-8", "LANGUAGE": "en"}])
def test_vietnamese_is_the_default_whatever_the_user_has_set(user: dict[str, str]) -> None:
    """The desktop's language does not decide what an official document says."""
    assert "Cách dùng" in said("--help", **user)
    assert "Cách dùng" in said("run", "--help", **user)


def test_the_language_is_chosen_by_environment_or_by_option_on_either_side() -> None:
    """AUDIT_LANG, `--lang` before and after the command; the option wins, a wrong word does not."""
    vietnamese_desktop = {"LANG": "vi_VN.UTF-8", "LANGUAGE": "vi"}
    for arguments in (("--lang", "en", "run"), ("run", "--lang", "en"), ("run", "--lang=en")):
        text = said(*arguments, "--help", **vietnamese_desktop)
        assert text.startswith("Usage: audit run [OPTIONS]\n\n  Measure, judge, record and show.")
        assert "Show this message and exit." in text
    assert said("--help", AUDIT_LANG="en") == said("--lang", "en", "--help")
    assert "Cách dùng" in said("--lang", "vi", "--help", AUDIT_LANG="en")
    assert "Cách dùng" in said("--help", AUDIT_LANG="fr")


def test_click_speaks_vietnamese_about_mistakes() -> None:
    """Its sentences come from our catalogue, with the user's own words in them."""
    text = said("run", "--nonsense")
    assert "Cách dùng: audit run [TÙY_CHỌN]" in text
    assert "Xem hướng dẫn: audit run --help" in text
    assert "Lỗi: Không có tùy chọn '--nonsense'." in text
    assert "Lỗi: Không có lệnh 'rum'." in said("rum")
    assert "Thiếu đối số 'LƯỢT_CHẠY'." in said("judge")
    assert "99 nằm ngoài khoảng cho phép 1<=x<=64." in said("run", "--workers", "99")


@pytest.mark.parametrize("words", [(), *HELPED], ids=" ".join)
def test_no_help_page_holds_english(words: tuple[str, ...]) -> None:
    """Commands, options and words to choose from stay; every sentence is Vietnamese."""
    text = said(*words, "--help")
    assert "Tùy chọn:" in text
    assert not english_left(text), text


def test_english_would_be_noticed() -> None:
    """The check above can fail."""
    assert english_left(said("--lang", "en", "run", "--help"))
    assert english_left("--site TỆP  the centre's site file")


def test_probes_are_described_in_vietnamese() -> None:
    """Their titles are docstrings, which the catalogue collects from the probes themselves."""
    text = said("probes")
    assert "filesystems  [máy, chỉ đọc, darwin/linux/windows]" in text
    assert not english_left(text), text


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ("a: b: c\n", "sai cú pháp YAML: dấu hai chấm hoặc thụt đầu dòng sai chỗ"),
        ("a:\n\tb: 1\n", r"ký tự '\t' không được đứng đầu một giá trị"),
        ("a: {b\n", "cần dấu “,” hoặc “}”, nhưng gặp '<stream end>'"),
        ("a: \x01\n", "vị trí 3 không phải là ký tự văn bản"),
        ("[" * 5000, "lồng quá nhiều cấp"),
        ("- a\n", 'cần các trường có tên, nhưng gặp ["a"]'),
        ("targets: a\n", 'targets: cần một danh sách, nhưng gặp "a"'),
        ("centre: {name: }\n", "centre.name: chưa có giá trị"),
        ("scope: {packets_per_second: 1.5}\n", "cần số nguyên, nhưng gặp 1.5"),
        ('declared_by: {on: "mai"}\n', 'cần ngày tháng, nhưng gặp "mai"'),
        ("nonsense: 1\n", "nonsense: không có trường này"),
        ("centre: {legal_form: x}\n", "Hãy ghi một trong các giá trị: public, enterprise."),
    ],
)
def test_other_programs_words_are_translated(tmp_path: Path, site: str, words: str) -> None:
    """What YAML and the validator say reaches the user in Vietnamese."""
    file = tmp_path / "centre.yaml"
    file.write_text(site, "utf-8")
    text = said("run", "--site", str(file))
    assert words in text, text


def test_the_operating_systems_words_are_translated(tmp_path: Path) -> None:
    """A file that is a folder is refused in Vietnamese."""
    assert "là một thư mục" in said("run", "--site", str(tmp_path))
    file = tmp_path / "file"
    file.write_text("", "utf-8")
    assert "có phần trong đường dẫn không phải là thư mục" in said(
        "run", "--out", str(file / "run")
    )
