"""PDF by pypdfium2. Nothing in the file is run: scripts, actions, forms and links stay asleep."""

import ctypes
import itertools
import math
from collections import Counter
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped] # ships no types
from pypdfium2 import raw as pdfium

from auditor.documents.layout import Glyphs, Rules, grids, joined, with_tables
from auditor.documents.text import Origin, Page, ReadingFault
from auditor.transports.reader.draft import Draft, RawLine, Stopped
from auditor.transports.reader.ocr import Engine, read_scan

_MOST_OBJECTS = 20_000
_MOST_RULES = 1_000
_THIN_PT = 2.5
_SCAN_COVERS = 0.5
_FEW_LETTERS = 300
"""A scan may carry a stamp of text over it; a page with more letters than this has its own."""

_END = b"%%EOF"
_TAIL = 2048
_LINE_END_HYPHEN = 2
_BOLD = 600


def read(content: bytes, draft: Draft, engine: Engine) -> None:
    """Read each page: words with places, tables between ruled lines, scans by `engine`."""
    if _END not in content[-_TAIL:]:
        draft.faults.add(ReadingFault.BROKEN)
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        secret = error.err_code == pdfium.FPDF_ERR_PASSWORD
        raise Stopped(ReadingFault.ENCRYPTED if secret else ReadingFault.BROKEN) from error
    facts = map(document.get_metadata_value, ("Producer", "Creator"))
    draft.producer = next(filter(None, facts), "")
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0 or b"/JavaScript" in content:
        draft.faults.add(ReadingFault.MACROS)
    fonts: dict[int, str] = {}
    for index in range(len(document)):
        if index == draft.limits.pages:
            raise Stopped(ReadingFault.TOO_MANY_PAGES)
        draft.in_time()
        try:
            page = document[index]
            _read_page(page, index + 1, draft, engine, fonts)
            page.close()
        except pypdfium2.PdfiumError:
            draft.faults.add(ReadingFault.BROKEN)
            draft.page(Page(number=index + 1, origin=Origin.NONE))
    if not draft.pages:
        raise Stopped(ReadingFault.BROKEN)


def _read_page(
    page: pypdfium2.PdfPage, number: int, draft: Draft, engine: Engine, fonts: dict[int, str]
) -> None:
    box = page.get_bbox()
    words = list(_words(page.get_textpage(), fonts))
    turn = _most_words_turn(words)
    width, height = box[2] - box[0], box[3] - box[1]
    rules, pictures, covered = _drawn(page, box, turn)
    letters = sum(len(word.text.strip()) for word, _turn in words)
    is_scan = covered > _SCAN_COVERS * width * height
    upright = joined((_upright(word, box, turn) for word, its in words if its == turn), rules)
    found = list(grids(number, upright, rules))
    for piece in with_tables(upright, found):
        draft.line(RawLine(number, piece))
    for piece in joined((_upright(word, box, its) for word, its in words if its != turn), Rules()):
        draft.line(RawLine(number, piece))
    for grid in found:
        draft.table(grid.table)
    if (is_scan and letters < _FEW_LETTERS) or (pictures and not letters):
        read_scan(page, draft, engine)
        return
    draft.page(
        Page(
            number=number,
            origin=Origin.OCR if is_scan else Origin.TEXT,
            width_pt=round(height if turn % 2 else width, 1),
            height_pt=round(width if turn % 2 else height, 1),
            rotation=(page.get_rotation() - 90 * turn) % 360,
            pictures=pictures,
        )
    )


def _words(text: pypdfium2.PdfTextPage, fonts: dict[int, str]) -> Iterator[tuple[Glyphs, int]]:
    """Read the words of a page in the order of the file, with their quarter turns to the left."""
    box = pdfium.FS_RECTF()
    word: Glyphs | None = None
    turn = 0
    for index in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, index))
        if letter.isspace() or not pdfium.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box)):
            if word is not None:
                yield word, turn
                yield Glyphs(" ", 0, 0, 0, 0), turn
            word = None
            continue
        if ord(letter) == _LINE_END_HYPHEN:
            letter = "-"
        if word is not None and _is_next(word, box):
            word.text += letter
            word.left, word.right = min(word.left, box.left), max(word.right, box.right)
            word.bottom, word.top = min(word.bottom, box.bottom), max(word.top, box.top)
            continue
        if word is not None:
            yield word, turn
        turn = -round(pdfium.FPDFText_GetCharAngle(text, index) / (math.pi / 2)) % 4
        word = Glyphs(letter, box.left, box.top, box.right, box.bottom)
        word.size_pt, word.font = _size(text, index), _font(text, index, fonts)
        weight = pdfium.FPDFText_GetFontWeight(text, index)
        word.is_bold = "bold" in word.font.lower() or weight >= _BOLD
    if word is not None:
        yield word, turn


def _is_next(word: Glyphs, box: pdfium.FS_RECTF) -> bool:
    """Whether a letter touches a word, in whatever direction that is written."""
    near = max(abs(box.top - box.bottom), 1) / 2
    return bool(
        word.left - near < box.right
        and box.left < word.right + near
        and word.bottom - near < box.top
        and box.bottom < word.top + near
    )


def _size(text: pypdfium2.PdfTextPage, index: int) -> float:
    matrix = pdfium.FS_MATRIX()
    size = float(pdfium.FPDFText_GetFontSize(text, index))
    if pdfium.FPDFText_GetMatrix(text, index, ctypes.byref(matrix)):
        size *= math.hypot(matrix.c, matrix.d)
    return size if math.isfinite(size) else 0.0


def _font(text: pypdfium2.PdfTextPage, index: int, fonts: dict[int, str]) -> str:
    drawn = pdfium.FPDFText_GetTextObject(text, index)
    font = pdfium.FPDFTextObj_GetFont(drawn) if drawn else None
    if not font:
        return ""
    key = ctypes.cast(font, ctypes.c_void_p).value or 0
    if key not in fonts:
        name = ctypes.create_string_buffer(128)
        pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
        fonts[key] = name.value.decode("latin-1")
    return fonts[key]


def _most_words_turn(words: list[tuple[Glyphs, int]]) -> int:
    votes: Counter[int] = Counter()
    for word, turn in words:
        votes[turn] += len(word.text.strip())
    return max(votes, key=lambda turn: (votes[turn], -turn), default=0)


def _upright(word: Glyphs, box: tuple[float, float, float, float], turn: int) -> Glyphs:
    """Put a word of PDF coordinates (upwards, turned left) on the upright page (downwards)."""
    word.left, word.top, word.right, word.bottom = _placed(
        (word.left, word.bottom, word.right, word.top), box, turn
    )
    return word


def _placed(
    it: tuple[float, float, float, float], box: tuple[float, float, float, float], turn: int
) -> tuple[float, float, float, float]:
    left, bottom, right, top = it
    x0, y0, x1, y1 = box
    if turn == 0:
        return left - x0, y1 - top, right - x0, y1 - bottom
    if turn == 1:
        return bottom - y0, left - x0, top - y0, right - x0
    if turn == 2:  # noqa: PLR2004 - quarter turns
        return x1 - right, bottom - y0, x1 - left, top - y0
    return y1 - top, x1 - right, y1 - bottom, x1 - left


def _drawn(
    page: pypdfium2.PdfPage, box: tuple[float, float, float, float], turn: int
) -> tuple[Rules, int, float]:
    """Return the ruled lines, the number of pictures, and the area that these cover."""
    rules, pictures, covered = Rules(), 0, 0.0
    wanted = (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE)
    for item in itertools.islice(page.get_objects(wanted, max_depth=3), _MOST_OBJECTS):
        left, top, right, bottom = _placed(item.get_bounds(), box, turn)
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures += 1
            covered += max(0.0, right - left) * max(0.0, bottom - top)
        elif len(rules.upright) + len(rules.level) < _MOST_RULES:
            _rule(rules, left, top, right, bottom)
    return rules, pictures, covered


def _rule(rules: Rules, left: float, top: float, right: float, bottom: float) -> None:
    """Take a thin path for a rule, and the edges of another for four."""
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    if right - left < _THIN_PT:
        rules.upright.append((middle_x, top, bottom))
    elif bottom - top < _THIN_PT:
        rules.level.append((middle_y, left, right))
    else:
        rules.upright += [(left, top, bottom), (right, top, bottom)]
        rules.level += [(top, left, right), (bottom, left, right)]
