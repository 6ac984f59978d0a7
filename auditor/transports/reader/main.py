"""The reader's process: one file on standard input, one `Reading` as JSON on standard output."""

import json
import os
from dataclasses import asdict
from hashlib import sha256

from auditor.canonical import dumps
from auditor.documents.limits import Limits
from auditor.documents.media import PICTURES, Media, recognise
from auditor.documents.text import ReadingFault
from auditor.transports.reader import ole, package, plain, sandbox
from auditor.transports.reader.draft import Draft, Stopped
from auditor.transports.reader.ocr import Engine, installed


def main(arguments: str) -> None:
    """Read standard input within the limits given as JSON. Raises whatever a library raises."""
    limits = Limits(**json.loads(arguments))
    engine_path = installed()
    sandbox.enter(limits, engine_path)
    with open(0, "rb", closefd=False) as given:
        content = given.read(limits.size_bytes)
    draft = Draft(limits)
    media = recognise(content, package.names(content))
    try:
        _parse(media, content, draft, engine_path)
    except Stopped as stop:
        draft.faults.add(stop.fault)
    except MemoryError:
        draft.faults.add(ReadingFault.TOO_MUCH_MEMORY)
    reading = draft.finish(sha256(content).hexdigest(), len(content), media)
    answer = dumps(asdict(reading))
    while answer:
        answer = answer[os.write(1, answer) :]


def _parse(media: Media, content: bytes, draft: Draft, engine_path: str) -> None:
    """Read with the library for a type, which is loaded only then."""
    engine = Engine(engine_path, draft)
    if media is Media.PDF:
        from auditor.transports.reader import pdf  # noqa: PLC0415 - one library for one file

        pdf.read(content, draft, engine)
    elif media is Media.DOCX:
        from auditor.transports.reader import word  # noqa: PLC0415 - one library for one file

        word.read(content, draft, engine)
    elif media is Media.XLSX:
        from auditor.transports.reader import sheets  # noqa: PLC0415 - one library for one file

        sheets.read(content, draft)
    elif media in PICTURES:
        from auditor.transports.reader import picture  # noqa: PLC0415 - one library for one file

        picture.read(content, draft, engine)
    elif media is Media.TEXT:
        plain.read(content, draft)
    elif media is Media.OLE:
        ole.refuse(content, draft)
    else:
        is_whole = content and (media is not Media.ZIP or package.names(content))
        raise Stopped(ReadingFault.UNSUPPORTED if is_whole else ReadingFault.BROKEN)
