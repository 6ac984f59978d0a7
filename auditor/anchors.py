"""The folder of certificates that the site or the Department trusts; none comes with the tool."""

from collections.abc import Iterator
from pathlib import Path

_SUFFIXES = frozenset({".pem", ".crt", ".cer", ".der"})
_PEM = b"-----BEGIN CERTIFICATE-----"


def files(folder: Path) -> tuple[Path, ...]:
    """Return the certificate files of a folder by name, in a stable order. Raises `OSError`."""
    return tuple(
        sorted(
            path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and path.is_file()
        )
    )


def unreadable(folder: Path) -> Iterator[str]:
    """Yield the names of files that are no certificate in PEM or DER. Raises `OSError`."""
    from cryptography import x509  # noqa: PLC0415 - heavy, and most sites name no folder

    for path in files(folder):
        content = path.read_bytes()
        try:
            if _PEM in content:
                x509.load_pem_x509_certificates(content)
            else:
                x509.load_der_x509_certificate(content)
        except ValueError:
            yield path.name
