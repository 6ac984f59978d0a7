"""Words in pictures, by Tesseract with its Vietnamese data; without either, a person must look."""

import csv
import os
import re
import shutil
from dataclasses import dataclass
from functools import cached_property

import pypdfium2  # type: ignore[import-untyped] # ships no types

from auditor.documents.layout import Glyphs, Rules, in_reading_order, joined
from auditor.documents.text import Origin, Page, ReadingFault
from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports import program
from auditor.transports.reader.draft import Draft, RawLine, Stopped

DPI = 300
"""What Tesseract's manual advises; marks on Vietnamese letters are lost below."""

_POINTS = 72
_LANGUAGE = "vie"
_MOST_OUTPUT = 16 * 2**20
_MOST_SECONDS = 90.0
_ROTATE = re.compile(rb"^Rotate: (90|180|270)$", re.MULTILINE)
_LINE, _WORD = "4", "5"


@dataclass(slots=True)
class Gray:
    """A picture of grey levels, one byte each, row by row."""

    width: int
    height: int
    pixels: bytes
    dpi: float

    def turned(self, degrees: int) -> "Gray":
        """Turn clockwise by quarters."""
        if degrees == 180:  # noqa: PLR2004 - quarters
            return Gray(self.width, self.height, self.pixels[::-1], self.dpi)
        if degrees not in {90, 270}:
            return self
        last = (self.height - 1) * self.width
        columns = [self.pixels[last + x :: -self.width] for x in range(self.width - 1)]
        columns.append(self.pixels[self.width - 1 :: self.width][::-1])
        if degrees == 270:  # noqa: PLR2004 - quarters
            columns = [column[::-1] for column in reversed(columns)]
        return Gray(self.height, self.width, b"".join(columns), self.dpi)

    @property
    def pgm(self) -> bytes:
        """The picture as a file that Tesseract reads without a decoder worth attacking."""
        return b"P5 %d %d 255\n" % (self.width, self.height) + self.pixels


def installed() -> str:
    """Return the path of Tesseract, or nothing."""
    return shutil.which("tesseract") or ""


class Engine:
    """Tesseract on this machine."""

    def __init__(self, path: str, draft: Draft) -> None:
        """Use the program at `path`, within the time of `draft`."""
        self._path, self._draft = path, draft

    @cached_property
    def can_read(self) -> bool:
        """Whether it is there, with the data for Vietnamese."""
        return bool(self._path) and _LANGUAGE.encode() in self._run(b"", "--list-langs").split()

    def turn_of(self, picture: Gray) -> int:
        """Return by how many degrees clockwise to turn a picture so that its words are upright.

        0 where there are too few letters to tell.
        """
        found = _ROTATE.search(self._run(picture.pgm, "stdin", "stdout", "--psm", "0"))
        return int(found[1]) if found else 0

    def words(self, picture: Gray) -> list[Glyphs]:
        """Read the words of an upright picture, with places in points."""
        dpi = picture.dpi
        out = self._run(
            picture.pgm, "stdin", "stdout", "-l", _LANGUAGE, "--dpi", str(round(dpi)), "tsv"
        )
        rows = csv.DictReader(
            out.decode(errors="replace").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
        )
        found: list[Glyphs] = []
        top = bottom = 0.0
        for row in rows:
            left, width = (float(row[key]) * _POINTS / dpi for key in ("left", "width"))
            if row["level"] == _LINE:
                top = float(row["top"]) * _POINTS / dpi
                bottom = top + float(row["height"]) * _POINTS / dpi
            elif row["level"] == _WORD and row["text"]:
                found += [
                    Glyphs(" ", 0, 0, 0, 0),
                    Glyphs(
                        row["text"],
                        left,
                        top,
                        left + width,
                        bottom,
                        confidence=max(0.0, float(row["conf"]) / 100),
                    ),
                ]
        return found

    def _run(self, given: bytes, *arguments: str) -> bytes:
        """Run Tesseract; a picture that it refuses has no words."""
        seconds = min(_MOST_SECONDS, max(1.0, self._draft.seconds_left))
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        try:
            return program.run(
                (self._path, *arguments), given, seconds, _MOST_OUTPUT, environment
            ).stdout
        except CannotMeasure as failure:
            slow = failure.failure is Failure.TIMEOUT
            raise Stopped(ReadingFault.TOO_SLOW if slow else ReadingFault.BROKEN) from failure


def read_picture(picture: Gray, draft: Draft, engine: Engine) -> None:
    """Add one picture as the next page: read, or said to be unread."""
    draft.in_time()
    turn, origin, number = 0, Origin.NONE, len(draft.pages) + 1
    if engine.can_read:
        turn = engine.turn_of(picture)
        picture = picture.turned(turn)
        pieces = joined(engine.words(picture), Rules())
        origin = Origin.OCR if pieces else Origin.NONE
        for piece in in_reading_order(pieces):
            draft.line(RawLine(number, piece))
    else:
        draft.faults.add(ReadingFault.NO_OCR)
    draft.page(
        Page(
            number=number,
            origin=origin,
            width_pt=round(picture.width * _POINTS / picture.dpi, 1),
            height_pt=round(picture.height * _POINTS / picture.dpi, 1),
            rotation=(360 - turn) % 360,
            pictures=1,
        )
    )


def read_scan(page: pypdfium2.PdfPage, draft: Draft, engine: Engine) -> None:
    """Draw a page of a PDF and read the picture."""
    width, height = page.get_size()
    dpi = min(DPI, _POINTS * (draft.limits.pixels / max(1.0, width * height)) ** 0.5)
    if not engine.can_read:
        dpi = _POINTS / 2  # only its size is wanted
    bitmap = page.render(scale=dpi / _POINTS, grayscale=True)
    rows = memoryview(bitmap.buffer).cast("B")
    pixels = b"".join(
        rows[y * bitmap.stride : y * bitmap.stride + bitmap.width] for y in range(bitmap.height)
    )
    read_picture(Gray(bitmap.width, bitmap.height, pixels, dpi), draft, engine)
