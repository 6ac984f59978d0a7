"""What `audit pack` and `audit timestamp` share: keys, certificates, authorities, writing."""

from pathlib import Path

import click

from auditor.cli.options import FILE, content_of
from auditor.cli.page import echo
from auditor.cli.signer import Function
from auditor.errors import BadInput, Problem
from auditor.language import N_, _
from auditor.moments import moment
from auditor.pack import certificates, keys, packing, stamping

KEY_WORDS = N_("the private key that signs")


def authority_option(function: Function) -> Function:
    """Accept `--tsa-ca FILE`."""
    words = _("certificates of time-stamp authorities that you trust (PEM)")
    return click.option("--tsa-ca", type=FILE, help=words)(function)


def certificates_of(file: Path | None) -> certificates.Certificates:
    """Return the certificates of a file; none without a file. Raises `BadInput`."""
    return certificates.load(content_of(file), str(file)) if file else ()


def chain_of(file: Path | None, key: keys.SigningKey) -> certificates.Certificates:
    """Return a chain that begins with the certificate of a key; a token may hold one.

    Raises `BadInput`.
    """
    chain = certificates_of(file) if file else getattr(key, "certificates", ())
    if chain and not certificates.is_of(chain[0], key.public_key()):
        problem = _("the first certificate is not that of this key")
        remedy = _("Put the certificate of the key first, then those of its authorities.")
        raise BadInput(Problem(str(file), problem, remedy))
    return chain


def stamped(pack: bytes, name: str, key: keys.SigningKey, tsa: str, tsa_ca: Path | None) -> bytes:
    """Ask an authority for a time-stamp and put it into a pack. Raises `AuditorError`."""
    from auditor.transports import time_stamp  # noqa: PLC0415 - only this command reaches anybody

    envelope = packing.envelope_of(pack, name, key.public_key())
    response = time_stamp.ask(tsa, stamping.request(envelope))
    return with_response(pack, response, tsa, key, tsa_ca)


def with_response(
    pack: bytes, response: bytes, name: str, key: keys.SigningKey, tsa_ca: Path | None
) -> bytes:
    """Put a response that holds into a pack, and say what it attests. Raises `BadInput`."""
    envelope = packing.envelope_of(pack, name, key.public_key())
    stamp = stamping.accepted(response, envelope, certificates_of(tsa_ca), name)
    words = _("Time-stamp: {at}, by {authority}", at=moment(stamp.at), authority=stamp.authority)
    echo(words)
    return packing.stamped(pack, response, key)
