"""Write packs, and enter in the history which file was made of which run."""

import base64
import io
import json
import zipfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor import saying
from auditor.canonical import sha256
from auditor.cli.keeping import keep
from auditor.cli.page import echo
from auditor.errors import CannotPerform
from auditor.language import _
from auditor.moments import moment
from auditor.pack.forms import DOSSIER, SEAL

if TYPE_CHECKING:
    from auditor.store.packs import Pack


def keep_pack(file: Path, content: bytes, store: str | None, *, replace: bool = False) -> None:
    """Write a pack, and tell the store of it; None: no store is to know. Raises `BadInput`.

    A store that is away is told later. The note comes first, so that a kill loses nothing either.
    """
    if store is None:
        keep(file, content, replace=replace)
        return
    from auditor.store import opening, packs, waiting  # noqa: PLC0415 - slow, and not always needed

    pack = described(file, content)
    note = waiting.of_pack(asdict(pack), store)
    try:
        waiting.write(note)
    except OSError as error:
        told = _("This pack will not be entered in the history by itself if the store does not"
                 " take it ({error})", error=saying.system(error))  # fmt: skip
        echo(told, err=True)
    keep(file, content, replace=replace)
    try:
        with opening.opened(store) as engine:
            packs.keep_pack(engine, pack)
    except CannotPerform as error:
        echo(_("Not yet entered in the history: {error}", error=error), err=True)
        return
    waiting.forget(note)


def described(file: Path, content: bytes) -> "Pack":
    """Return what the history keeps of a pack that this tool has just made."""
    from auditor.store.packs import Pack, PackKind  # noqa: PLC0415 - the same

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        envelope = json.loads(archive.read(SEAL))
        kind = PackKind.PUBLIC if DOSSIER in archive.namelist() else PackKind.FULL
    statement = json.loads(base64.b64decode(envelope["payload"]))
    return Pack(
        sha256=sha256(content),
        run_id=statement["predicate"]["run_id"],
        kind=kind.value,
        signer=envelope["signatures"][0]["keyid"],
        file=str(file.absolute()),
        made_at=moment(datetime.now(UTC)),
    )
