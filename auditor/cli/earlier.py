"""What changed since the run before, asked of the store at the end of a run."""

from collections.abc import Callable

from auditor.errors import AuditorError
from auditor.model import AuditRecord, Hindrance, Previous

Compared = Callable[[AuditRecord], Previous | None]


def since(store: str | None) -> Compared:
    """Return what compares a run with the one before; None for a run that is not to be kept.

    A store that does not work costs neither run nor verdict: the report says that it was so.
    """

    def compared(record: AuditRecord) -> Previous | None:
        if store is None:
            return None
        # half a second, needed at the end
        from auditor.store import comparing, opening  # noqa: PLC0415

        try:
            if opening.is_absent(store):
                return None
            with opening.opened(store) as engine:
                return comparing.previous_of(engine, record)
        except AuditorError:
            return Previous(run=None, hindrance=Hindrance.STORE_UNAVAILABLE)

    return compared
