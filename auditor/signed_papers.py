"""Whether a signed document holds, and whether it was made from a run: offline, confined."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from auditor.documents.signed import STATES, SignedFile
from auditor.documents.text import Reading
from auditor.errors import CannotMeasure
from auditor.language import _, current
from auditor.transports import reading, verifying

_MOST_PAGES_TOLD = 10


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """What was found; `signed` is None where the file could not be read at all."""

    signed: SignedFile | None
    problems: tuple[str, ...]


def examine(content: bytes, record_sha256: str, trust_folder: Path | None) -> SignedPaper:
    """Verify the signatures under a PDF, and look for the run's digest on each of its pages."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document.pdf")
        file.write_bytes(content)
        try:
            signed = verifying.verify(file, trust_folder)
            read = reading.read(file)
        except CannotMeasure as error:
            problem = _("its signatures cannot be verified: {error}", error=error.detail)
            return SignedPaper(None, (problem,))
    return SignedPaper(signed, (*_of_signatures(signed), *_of_pages(read, record_sha256)))


def _of_signatures(signed: SignedFile) -> tuple[str, ...]:
    if signed.is_valid is not True:
        state = current().pick(STATES[signed.state])
        return (_("digital signature: {state}", state=state),)
    if not any(signature.covers_whole_file for signature in signed.signatures):
        return (_("no signature covers the whole file"),)
    if signed.chain_trusted is False:
        return (_("a signature's chain leads to no certificate of the trust folder"),)
    return ()


def _of_pages(read: Reading, record_sha256: str) -> tuple[str, ...]:
    if read.faults or not read.pages:
        return (_("its pages cannot be read whole"),)
    text: dict[int, str] = {page.number: "" for page in read.pages}
    for line in read.lines:
        text[line.page] = text.get(line.page, "") + "".join(line.text.split())
    lacking = [str(page) for page, words in sorted(text.items()) if record_sha256 not in words]
    if not lacking:
        return ()
    shown = ", ".join(lacking[:_MOST_PAGES_TOLD])
    return (_("these pages do not carry the digest of this run's record: {pages}", pages=shown),)
