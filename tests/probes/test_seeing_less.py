"""Who sees less never says more: root and an ordinary account through the probes of products."""

import pytest
from host_machines import SMALL, machines, seen_by_less
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judged import STORED, judged, stored, told

from auditor import catalogue
from auditor.model import Row
from auditor.probing import HostFacts

COLUMNS = {
    "anti_malware": ("is_covered", "is_protected", "is_fresh"),
    "monitoring_agent": ("is_active",),
    "log_forwarding": ("is_forwarding",),
    "remote_support_tools": ("is_present", "is_running"),
}
"""Three-valued columns of the probes whose rows are about products."""


def rows(probe: str, host: HostFacts) -> tuple[Row, ...]:
    """Measure."""
    return catalogue.probes()[probe].measure(host).rows


def key(row: Row) -> tuple[object, ...]:
    """Return what a row is about."""
    return tuple(row.get(name) for name in ("product", "receiver", "port"))


def check(whole: HostFacts, part: HostFacts) -> None:
    """Hold each answer that an ordinary account proves to root's."""
    for probe, columns in COLUMNS.items():
        seen, less = rows(probe, whole), rows(probe, part)
        for column in columns:
            _column(probe, column, seen, less)
    (age,) = (row["signature_age_h"] for row in rows("anti_malware", whole))
    (known,) = (row["signature_age_h"] for row in rows("anti_malware", part))
    assert known is None or (isinstance(age, float) and age <= float(str(known)) + 0.1)


def _column(probe: str, column: str, seen: tuple[Row, ...], less: tuple[Row, ...]) -> None:
    by_key = {key(row): row[column] for row in seen}
    for row in less:
        if row[column] is True:
            assert by_key.get(key(row)) is True, (probe, column, row)
        elif row[column] is False and row.get("product"):
            assert by_key.get(key(row), False) is not True, (probe, column, row)
    if all(row[column] is False for row in less):
        assert not any(row[column] is True for row in seen), (probe, column)


@pytest.mark.parametrize("name", STORED)
def test_on_the_machines_of_the_box(name: str) -> None:
    """Both accounts read the same machine at the same time."""
    check(told(stored("root", name)), told(stored("kiemtra", name)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_on_any_machine(data: st.DataObject) -> None:
    """Machines drawn at random, and what an ordinary account sees of them."""
    whole = data.draw(machines())
    part = data.draw(seen_by_less(whole))
    check(judged(whole, SMALL), judged(part, SMALL))
