"""Picture files by Pillow (extra `ocr`), read like scanned pages."""

import io
import warnings

from auditor.documents.text import Origin, Page, ReadingFault
from auditor.transports.reader.draft import Draft, Stopped
from auditor.transports.reader.ocr import DPI, Engine, Gray, read_picture

_LEAST_DPI = 70
_MOST_DPI = 1200


def read(content: bytes, draft: Draft, engine: Engine) -> None:
    """Read each frame of a picture file as one page after those that are there already."""
    try:
        from PIL import Image, ImageOps, ImageSequence  # noqa: PLC0415 - extra `ocr`
    except ImportError:
        draft.faults.add(ReadingFault.NO_OCR)
        draft.page(Page(number=len(draft.pages) + 1, origin=Origin.NONE, pictures=1))
        return
    Image.MAX_IMAGE_PIXELS = draft.limits.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            frames = Image.open(io.BytesIO(content))
            for frame in ImageSequence.Iterator(frames):
                if len(draft.pages) == draft.limits.pages:
                    raise Stopped(ReadingFault.TOO_MANY_PAGES)
                dpi = float(frame.info.get("dpi", (DPI, DPI))[0])
                gray = ImageOps.exif_transpose(frame).convert("L")
                dpi = dpi if _LEAST_DPI <= dpi <= _MOST_DPI else DPI
                read_picture(Gray(gray.width, gray.height, gray.tobytes(), dpi), draft, engine)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Stopped(ReadingFault.BOMB) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Stopped(ReadingFault.BROKEN) from error
