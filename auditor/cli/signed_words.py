"""What is known of the signatures under a PDF, in lines for people."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from auditor.documents.signed import STATES, WORDS, Signature, SignedFile, TimeSource
from auditor.errors import CannotMeasure, CannotPerform
from auditor.language import _, current
from auditor.model import Text
from auditor.transports.verifying import verify


def found_in(content: bytes, name: str, trust_folder: Path | None = None) -> SignedFile:
    """Verify the signatures under a PDF in a process of their own. Raises `CannotPerform`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "signed.pdf")
        file.write_bytes(content)
        try:
            return verify(file, trust_folder)
        except CannotMeasure as error:
            raise CannotPerform(_("{place}: {error}", place=name, error=error.detail)) from error


def told(found: SignedFile) -> Iterator[str]:
    """Yield one line for the file and one for each signature."""
    yield _("Signatures: {n}, {state}", n=len(found.signatures), state=_pick(STATES[found.state]))
    for signature in found.signatures:
        yield f"  {_one(signature)}"
        yield from (f"  ✗ {_pick(WORDS[fault])}" for fault in signature.faults)
    yield from (f"  ✗ {_pick(WORDS[fault])}" for fault in found.faults)


def _one(signature: Signature) -> str:
    chain = {
        True: _("chain leads to your trust folder"),
        False: _("chain leads to no certificate of your trust folder"),
        None: _("chain not checked: no trust folder given"),
    }[signature.chain_trusted]
    return _(
        "signer {name}; at {time} ({source}); certificate until {until}; {chain}",
        name=signature.signer or _("not known"),
        time=signature.signed_at or _("not known"),
        source=_sources()[signature.time_source],
        until=signature.certificate_expires or _("not known"),
        chain=chain,
    )


def _sources() -> dict[TimeSource, str]:
    return {
        TimeSource.TIMESTAMP: _("time-stamp"),
        TimeSource.TIMESTAMP_UNTRUSTED: _("time-stamp of an authority that you do not trust"),
        TimeSource.CLAIMED: _("the signer's own clock"),
        TimeSource.NONE: _("no time told"),
    }


def _pick(text: Text) -> str:
    return current().pick(text)
