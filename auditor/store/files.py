"""Compare what the store knows with the files that it speaks of."""

from pathlib import Path

from sqlalchemy import Engine

from auditor.canonical import sha256
from auditor.runfolder import RECORD
from auditor.store.chain import Break, Fault
from auditor.store.reading import Link, links


def is_altered(link: Link) -> bool:
    """Tell whether the record of a run has other bytes than when it was kept. Raises `OSError`."""
    return sha256((Path(link.folder) / RECORD).read_bytes()) != link.record_sha256


def changed_files(engine: Engine) -> list[Fault]:
    """Return the runs whose record lies where it was kept, but with other bytes.

    A folder that was moved or deleted is no fault: files are the user's.
    """
    found = []
    for link in links(engine):
        try:
            if is_altered(link):
                found.append(Fault(Break.RECORD_CHANGED, link.position))
        except OSError:
            continue  # gone or out of reach; its link still says what it was
    return found
