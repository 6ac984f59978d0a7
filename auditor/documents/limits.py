"""How much of one file is read, at most. All limits of the readers stand here."""

from auditor.model import noun


@noun
class Limits:
    """Bounds for one file; what lies beyond is told as a `ReadingFault`, what was read is kept.

    After `seconds` the reader stops by itself and hands over what it has; `grace_s` later it is
    ended. `memory_bytes` is address space, on systems that can bound it (not Windows, not macOS).
    """

    size_bytes: int = 100 * 2**20
    unpacked_bytes: int = 200 * 2**20
    parts: int = 5000
    pages: int = 1000
    pixels: int = 50_000_000
    characters: int = 5_000_000
    output_bytes: int = 64 * 2**20
    memory_bytes: int = 2**30
    seconds: float = 180.0
    grace_s: float = 20.0


DEFAULT = Limits()
