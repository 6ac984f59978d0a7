"""Addresses of keys on tokens (RFC 7512)."""

import pytest

from auditor import token_uri
from auditor.errors import BadInput


def test_addresses_are_read_as_rfc_7512_writes_them() -> None:
    """Examples of its section 3, and what is refused without being repeated."""
    read = token_uri.parse(
        "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;"
        "model=1.0;object=my-certificate;type=private;id=%69%95%3E%5C%F4%BD%EC%91;serial="
        "?module-path=/usr/lib/libmypkcs11.so"
    )
    assert read.token == "The Software PKCS#11 Softtoken"  # noqa: S105 - a name
    assert read.manufacturer == "Snake Oil, Inc."
    assert read.id == bytes.fromhex("69953e5cf4bdec91")
    assert read.module == "/usr/lib/libmypkcs11.so"
    assert token_uri.parse("pkcs11:token=So%CC%9B%CC%89").token == "Sở"  # noqa: S105 - NFC
    for bad in (
        "token=a", "pkcs11:tokens=a", "pkcs11:token", "pkcs11:token=a;token=b", "pkcs11:token=%ff",
        "pkcs11:type=cert", "pkcs11:?pin-source=file:/etc/geheim", "pkcs11:pin-value=geheim",
    ):  # fmt: skip
        with pytest.raises(BadInput) as caught:
            token_uri.parse(bad)
        assert "geheim" not in str(caught.value)
