"""Raw evidence inside the page: which captures are shown as text, and which only named.

The rule: a capture is shown whole or not at all. Whole, if it is text (UTF-8 without NUL) of at
most `LONGEST` bytes, as long as all that is shown is no more than `MOST`; the smallest go first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auditor.model import AuditRecord, Capture

from . import values
from .clean import clipped, seen_lines
from .wording import Wording

LONGEST = 256 * 1024
"""Bytes of one capture."""

MOST = 4 * 1024 * 1024
"""Bytes of all captures of a page."""

Evidence = Callable[[str], bytes | None]
"""Returns the bytes under a digest; None where they are gone or altered."""

_DIGEST = frozenset("0123456789abcdef")
_LENGTH = 64


@dataclass(frozen=True, slots=True)
class RawRow:
    """One distinct capture. `text` is None where it is not shown; `why` says why.

    `code` is unique; `is_there` tells whether the file lies beside the page.
    """

    code: str
    sha256: str
    request: str
    size: str
    text: str | None
    why: str
    is_there: bool


def raw_rows(record: AuditRecord, wording: Wording, evidence: Evidence | None) -> dict[str, RawRow]:
    """Return all distinct captures by digest, in the order of the record; none without evidence."""
    if evidence is None:
        return {}
    captures = dict(_captures(record))
    texts = _texts(captures, evidence, wording)
    width = len(str(len(captures)))
    return {
        digest: RawRow(
            code=f"R{place:0{width}d}",
            sha256=digest,
            request=clipped(capture.request, values.LONGEST_CELL),
            size=values.size(wording.language, capture.size_bytes) if is_output else "",
            text=texts[digest][0],
            why=texts[digest][1],
            is_there=texts[digest][2],
        )
        for place, (digest, (capture, is_output)) in enumerate(captures.items(), start=1)
    }


def _captures(record: AuditRecord) -> Iterator[tuple[str, tuple[Capture, bool]]]:
    """Yield digests with the capture that they stand for, and whether as output or as errors."""
    for seen in record.observations:
        for capture in seen.captures:
            for digest, is_output in ((capture.sha256, True), (capture.stderr_sha256, False)):
                if len(digest) == _LENGTH and _DIGEST.issuperset(digest):
                    yield digest, (capture, is_output)


def _texts(
    captures: dict[str, tuple[Capture, bool]], evidence: Evidence, wording: Wording
) -> dict[str, tuple[str | None, str, bool]]:
    """Return for each digest its text, why there is none, and whether the file is there."""
    _, left = wording.language, MOST
    found: dict[str, tuple[str | None, str, bool]] = {}
    order = sorted(captures, key=lambda d: (captures[d][0].size_bytes * captures[d][1], d))
    for digest in order:
        capture, is_output = captures[digest]
        if is_output and capture.size_bytes > LONGEST:
            found[digest] = (None, _("too large to be shown here"), True)
            continue
        content = evidence(digest)
        if content is None:
            found[digest] = (None, _("the file is missing or altered"), False)
        elif len(content) > min(LONGEST, left):
            found[digest] = (None, _("too large to be shown here"), True)
        elif (text := _text(content)) is None:
            found[digest] = (None, _("no text"), True)
        else:
            left -= len(content)
            found[digest] = (text, "", True)
    return found


def _text(content: bytes) -> str | None:
    """Return text with what acts unseen written out; None for what is no UTF-8 text."""
    if b"\0" in content:
        return None
    try:
        return seen_lines(content.decode("utf-8"))
    except UnicodeDecodeError:
        return None
