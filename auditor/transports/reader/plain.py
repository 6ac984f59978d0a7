"""Text files: UTF-8, UTF-16 with its mark, or one byte a letter (old Vietnamese encodings)."""

from auditor.documents.text import Origin, Page
from auditor.transports.reader.draft import Draft

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read(content: bytes, draft: Draft) -> None:
    """Read each line. What is no Unicode is taken for Windows-1252 and judged with the rest."""
    if content.startswith(_UTF_16):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    draft.page(Page(number=1, origin=Origin.TEXT))
    for line in text.splitlines():
        draft.in_time()
        draft.text(1, line)
