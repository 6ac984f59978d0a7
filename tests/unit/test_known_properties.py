"""What must hold of the denominator, whatever a network shows."""

from typing import Any

from builders import seen, unseen
from hypothesis import given
from hypothesis import strategies as st
from network_views import A, B, C, beside, cards, host, merged

from auditor.model import Measured, Observation

ADDRESSES = [f"192.168.10.{n}" for n in (*range(1, 7), 130)] + ["fe80::1", "fe80::2", "10.9.9.9"]
MACS = [A, B, C, "02:00:00:00:00:01", None]
TARGETS = tuple(host(f"m{n}", f"192.168.10.{n}", *(["web"] * (n % 2))) for n in range(1, 4))


@st.composite
def sights(draw: Any) -> Observation:  # noqa: ANN401 - hypothesis' draw
    """Draw one observation of one target; what a network shows may contradict itself."""
    name = draw(st.sampled_from(["m1", "m2", "m3"]))
    address, mac = st.sampled_from(ADDRESSES), st.sampled_from(MACS)
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return cards(
            name, *draw(st.lists(st.tuples(st.sampled_from(MACS[:-1]), address), max_size=3))
        )
    if kind == 1:
        return beside(name, *draw(st.lists(st.tuples(address, mac), max_size=5)))
    if kind == 2:
        rows = draw(st.lists(st.tuples(address, mac), max_size=4))
        return seen("lan_hosts", "network", *({"address": a, "mac": m} for a, m in rows))
    return unseen(draw(st.sampled_from(["neighbours", "network_interfaces"])), name)


@given(st.lists(sights(), max_size=8), st.data())
def test_the_order_of_knowing_does_not_matter(found: list[Observation], data: Any) -> None:  # noqa: ANN401
    """The same observations in another order are the same machines."""
    once = {item.measurement.key: item for item in found}
    shuffled = data.draw(st.permutations(list(once.values())))
    ordered = merged(*once.values(), targets=TARGETS)
    assert merged(*shuffled, targets=TARGETS[::-1]) == ordered


@given(st.lists(sights(), max_size=8), sights())
def test_counts_that_never_lie(found: list[Observation], more: Observation) -> None:
    """Never more inspected than known; each address in one machine; no target is lost."""
    once = {item.measurement.key: item for item in found}
    for seen_so_far in (once, {**once, more.measurement.key: more}):
        result = merged(*seen_so_far.values(), targets=TARGETS)
        denominator = [row for row in result.rows if row["is_counted"]]
        inspected = [row for row in denominator if row["is_inspected"]]
        assert len(inspected) <= len(denominator)
        names = ", ".join(str(row["name"]) for row in denominator if row["name"])
        assert sorted(names.split(", ")) == ["m1", "m2", "m3"]
        measured = {
            item.measurement.target
            for item in seen_so_far.values()
            if isinstance(item.result, Measured)
        }
        for row in inspected:
            assert measured & set(str(row["name"]).split(", "))


@given(st.lists(sights(), max_size=6), st.sampled_from(ADDRESSES[:6]), st.sampled_from(MACS))
def test_an_address_of_the_scope_is_always_somebody(
    found: list[Observation], address: str, mac: str | None
) -> None:
    """Whatever else is known, an address that was seen in the scope stands in one counted row."""
    once = {item.measurement.key: item for item in found}
    last = seen("lan_hosts", "network", {"address": address, "mac": mac})
    result = merged(*{**once, last.measurement.key: last}.values(), targets=TARGETS)
    holding = [r for r in result.rows if address in r["addresses"] and r["is_counted"]]  # type: ignore[operator] # a tuple
    assert holding
