"""Documents beside what machines show."""

from collections.abc import Iterator

from auditor.model import Measured, Observation, Row, Subject, Target
from auditor.parsing import in_order
from auditor.probing import Column, RunSoFar, probe

GRACE_H = 24
"""How much older than the rule's interval the newest copy may be: a day, the tool's own limit."""


@probe(
    Column("file", str, "The document that holds the rule"),
    Column("is_confirmed", bool, "A named person confirmed exactly this file"),
    Column("information_systems", tuple, "Systems that the rule is for; none: the whole centre"),
    Column("machine", str, "Machine on which backups were looked for"),
    Column("document_says_h", int, "Shortest interval of the rule, in hours"),
    Column("machine_shows_h", float, "Age of the newest proven copy, in hours; null: not known"),
    Column("is_contradicted", bool, "The copy is older than the rule and a day; null: not known"),
    Column("sentence_vi", str, "Both sides in one sentence, with the words of the rule"),
    subject=Subject.RUN,
)
def document_agreement(run: RunSoFar) -> Measured:
    """Backup rules beside the newest copy that each machine shows.

    Derived from what the run has measured. A machine is held against the rules of its information
    systems and against those for the whole centre; where no copy is proven, nothing is concluded.
    """
    rules = [row for row in _rows(run.seen, "document_content") if row["backup_every_h"]]
    found = [
        _row(rule, target, age)
        for rule in rules
        if rule["is_declared"] is True
        for target in run.targets
        if _is_meant(rule, target)
        for age in _newest(run.seen, target)
    ]
    return Measured(rows=in_order(found, "file", "machine"))


def _rows(seen: tuple[Observation, ...], probe_id: str, target: str = "") -> Iterator[Row]:
    for item in seen:
        act = item.measurement
        is_asked = act.probe == probe_id and (not target or act.target == target)
        if is_asked and isinstance(item.result, Measured):
            yield from item.result.rows


def _newest(seen: tuple[Observation, ...], target: Target) -> Iterator[float | None]:
    """Yield the age of the newest copy of a machine that has backup rows; none if unproven."""
    rows = list(_rows(seen, "backup", target.name))
    ages = [age for row in rows if isinstance(age := row["newest_age_h"], float | int)]
    if rows:
        yield float(min(ages)) if ages else None


def _is_meant(rule: Row, target: Target) -> bool:
    systems = rule["information_systems"]
    return isinstance(systems, tuple) and (
        not systems or bool(set(systems) & set(target.information_systems))
    )


def _row(rule: Row, target: Target, age: float | None) -> Row:
    every = rule["backup_every_h"]
    assert isinstance(every, int)  # noqa: S101 - the column's type
    excerpts = rule["excerpts"]
    words = [text.split("; ", 2) for text in excerpts] if isinstance(excerpts, tuple) else []
    page, quote = next((w[1:] for w in words if w[0] == "backup_every_h"), ("0", ""))
    shown = "chưa rõ" if age is None else f"{age:.0f} giờ"
    return {
        "file": rule["file"],
        "is_confirmed": rule["is_confirmed"],
        "information_systems": rule["information_systems"],
        "machine": target.name,
        "document_says_h": every,
        "machine_shows_h": age,
        "is_contradicted": None if age is None else age > every + GRACE_H,
        "sentence_vi": (
            f"{rule['file']} trang {page}: “{quote}”; bản sao mới nhất trên {target.name}: {shown}"
        ),
    }
