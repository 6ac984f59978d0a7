"""The centre's databases."""

import math
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from auditor.model import Effect, Hides, Measured, Row, Store, StoreEngine, Subject, Text
from auditor.parsing import in_order
from auditor.probing import Column, probe
from auditor.stores.access import Stores
from auditor.stores.answer import StoreAnswer, StoreTrouble
from auditor.stores.times import age_days
from auditor.stores.words import MAY_WRITE, TROUBLES, UNCHECKED_CERTIFICATE, said

_SECURE = frozenset({"TLSv1.2", "TLSv1.3", "TLS"})
"""`TLS`: by a driver that does not say which; it has no older one."""

_LONGEST_S = 1200.0
_FILES = frozenset({StoreEngine.FILE, StoreEngine.SQLITE})


@probe(
    Column("name", str, "Name in the site file", hides=Hides.NOTHING),
    Column(
        "purpose", str, "experts, technologies, ip_and_models or materials", hides=Hides.NOTHING
    ),
    Column("engine", str, "How it was asked; file is an export", hides=Hides.NOTHING),
    Column("reachable", bool, "It let the tool in; null: it was not tried"),
    Column("trouble", str, "Why something is not known", hides=Hides.NOTHING),
    Column("record_count", int, "Records"),
    Column("required_field_fill_pct", float, "Mandatory cells that have content, rounded down"),
    Column("duplicate_pct", float, "Records whose key another one has already, rounded up"),
    Column("newest_update_age_days", int, "Calendar days since the newest change"),
    Column("access_control_present", bool, "Records are refused without a password; 2.4c only"),
    Column("tls_ok", bool, "TLS 1.2 or newer was negotiated; null for files"),
    Column("tls_version", str, "What was negotiated", hides=Hides.TEXT),
    Column("is_certificate_checked", bool, "The certificate leads to ca_file of the site file"),
    Column("can_write", bool, "The tool's account may change records; nothing was written"),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=_LONGEST_S,
    asked_by="data.databases",
)
def databases(stores: Stores) -> Measured:
    """Figures of the centre's own databases: records, filled fields, duplicates, age.

    Only aggregates leave a database; the statements are kept as evidence. The session is read only
    and bounded in time. What is seen holds for this account from this machine.
    """
    rows: list[Row] = []
    limitations: list[Text] = []
    for store in stores.site.data.databases:
        answer = stores.ask(store)
        row, trouble = parse(store, answer, ZoneInfo(store.timezone or stores.site.timezone))
        rows.append(row)
        limitations += _remarks(store, row, trouble)
    return Measured(rows=in_order(rows, "purpose", "name"), limitations=tuple(limitations))


def parse(store: Store, answer: StoreAnswer, zone: ZoneInfo) -> tuple[Row, StoreTrouble | None]:
    """Turn what a database said into its row, and say what is wrong with it."""
    counts = answer.counts
    age, odd = age_days(counts.newest, answer.asked_at, zone) if counts else (None, None)
    trouble = answer.trouble or odd
    cells = counts.records * len(store.required) if counts else 0
    filled = counts.filled if counts else None
    distinct = counts.distinct if counts else None
    return {
        "name": store.name,
        "purpose": store.purpose.value,
        "engine": store.engine.value,
        "reachable": answer.is_reachable,
        "trouble": trouble.value if trouble else None,
        "record_count": counts.records if counts else None,
        "required_field_fill_pct": (
            math.floor(filled * 10_000 / cells) / 100 if filled is not None and cells else None
        ),
        "duplicate_pct": (
            math.ceil((counts.records - distinct) * 10_000 / counts.records) / 100
            if counts and distinct is not None and counts.records
            else None
        ),
        "newest_update_age_days": age,
        "access_control_present": answer.is_locked,
        "tls_ok": None if answer.tls_version is None else answer.tls_version in _SECURE,
        "tls_version": answer.tls_version or None,
        "is_certificate_checked": answer.is_certificate_checked,
        "can_write": answer.can_write,
    }, trouble


def _remarks(store: Store, row: Row, trouble: StoreTrouble | None) -> Iterator[Text]:
    if trouble:
        yield said(store.name, TROUBLES[trouble])
    if row["can_write"]:
        yield said(store.name, MAY_WRITE)
    if row["tls_ok"] and not row["is_certificate_checked"]:
        yield said(store.name, UNCHECKED_CERTIFICATE)
