"""Files of Office before 2007, and encrypted ones of after: told apart, not read."""

from auditor.documents.text import ReadingFault
from auditor.transports.reader.draft import Draft, Stopped

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds an encrypted Office Open XML file ([MS-OFFCRYPTO] 2.3.4.4)."""

_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_WORD = b"\xec\xa5"
_FIB = 512
_FLAGS = 10
_ENCRYPTED = 0x0100
"""[MS-DOC] 2.5.1 FibBase: `wIdent`, then at byte 10 the flags with `fEncrypted`."""


def refuse(content: bytes, draft: Draft) -> None:
    """Say why such a file is not read; always raises `Stopped`."""
    if _MACROS in content:
        draft.faults.add(ReadingFault.MACROS)
    fib = content[_FIB : _FIB + 32]
    flags = int.from_bytes(fib[_FLAGS : _FLAGS + 2], "little")
    is_secret = fib.startswith(_WORD) and bool(flags & _ENCRYPTED)
    if is_secret or _ENCRYPTED_PACKAGE in content:
        raise Stopped(ReadingFault.ENCRYPTED)
    raise Stopped(ReadingFault.UNSUPPORTED)
