"""Office files as the same bytes for the same content: their zip containers without a clock."""

import io
import zipfile

_DAY_ONE = (1980, 1, 1, 0, 0, 0)


def undated(content: bytes) -> bytes:
    """Return the container with the files in their order, each dated on the first day of zip."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, _DAY_ONE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, given.read(name))
    return out.getvalue()
