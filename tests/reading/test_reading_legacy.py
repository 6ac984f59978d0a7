"""Vietnamese before Unicode: the tables, and what is taken for it."""

import subprocess
import unicodedata
from pathlib import Path

import papers
import pytest

from auditor.documents import legacy
from auditor.documents.syllables import is_syllable, words

SEEDS = Path(__file__).parents[1] / "captures" / "decision"
LETTERS = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


def to_vni(text: str) -> str:
    """Write text in VNI-Windows, by its rule: the letter, then a sign for what stands on it."""
    back = {mark: sign for sign, mark in legacy._VNI_MARKS.items()}  # noqa: SLF001 - its inverse
    written = []
    for letter in text:
        base, *marks = list(unicodedata.normalize("NFD", letter))
        horned = {"o": "ô", "u": "ö"}[base] if "\u031b" in marks else base
        above = "".join(sorted((m for m in marks if m != "\u031b"), key=lambda m: m < "\u0304"))
        order = "".join(sorted(above, key="\u0302\u0306\u0300\u0301\u0309\u0303\u0323".index))
        single = {"đ": "ñ", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "ì": "ì", "í": "í"}
        written.append(single.get(letter, horned + (back[order] if order else "")))
    return "".join(written)


def test_tcvn3_is_what_glibc_says() -> None:
    """Every small letter, and the seven capitals that have a place of their own."""
    for letter in LETTERS + "ĂÂĐÊÔƠƯ":
        byte = subprocess.run(
            [papers.tool("iconv"), "-f", "UTF-8", "-t", "TCVN5712-1"],
            input=letter.encode(),
            capture_output=True,
            check=True,
        ).stdout
        assert legacy.from_tcvn3(byte.decode("latin-1")) == letter


def test_vni_comes_back() -> None:
    """Every letter, and signs after capitals."""
    for letter in LETTERS:
        assert legacy.from_vni(to_vni(letter)) == letter
    assert legacy.from_vni("COÄNG HOØA, QUYEÁT ÑÒNH, TÆNH, NGÖÔØI") == (
        "CỘNG HÒA, QUYẾT ĐỊNH, TỈNH, NGƯỜI"
    )


def test_fonts_of_capitals_make_capitals() -> None:
    """The letters of .VnTimeH are small ones; only its name says that capitals are seen."""
    assert legacy.from_tcvn3("quyÕt ®Þnh", "ABCDEF+.VnTimeH") == "QUYẾT ĐỊNH"
    assert legacy.from_tcvn3("quyÕt ®Þnh", ".VnTime") == "quyết định"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("§éc lËp - Tù do - H¹nh phóc, Céng hoµ x· héi", legacy.Encoding.TCVN3),
        ("Ñoäc laäp - Töï do - Haïnh phuùc, Coäng hoøa xaõ hoäi", legacy.Encoding.VNI),
        ("Độc lập - Tự do - Hạnh phúc, Cộng hòa xã hội", None),
        ("là có bà và cá, tài chính, thành phố", None),
        ("Le café près du château où l'été était déjà arrivé, français", None),
        ("Größe, Übermäßig, schön, Straße, Äpfel für Köln", None),
        ("50 µm ± 2 °C, § 5, ® ©", None),
    ],
)
def test_only_old_vietnamese_is_taken_for_it(text: str, encoding: legacy.Encoding | None) -> None:
    """Other languages and signs stay as they are."""
    assert legacy.recognise(text) is encoding


def test_words_of_a_real_decision_are_syllables() -> None:
    """The evidence rests on this: nearly all words of a decision are possible syllables."""
    decision = "\n".join(path.read_text("utf-8") for path in SEEDS.glob("*.txt"))
    marked = [word for word in words(decision) if not word.isascii() and word.isalpha()]
    right = [word for word in marked if is_syllable(word)]
    assert len(marked) > 500
    assert len(right) / len(marked) > 0.97
    assert not any(is_syllable(word) for word in ("héi", "chñ", "ViÖt", "straße", "bb"))
