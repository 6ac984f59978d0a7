"""Laws of detection: names never prove, seeing less never helps, the unrelated never matters."""

from dataclasses import replace
from datetime import datetime, timedelta

from host_facts import NOW, catalogue, facts, file, find, output, package, process, service, socket
from host_machines import SMALL, machines, seen_by_less
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.detection.engine import AXES, detect
from auditor.detection.facts import Facts
from auditor.model import Row
from auditor.model.product_findings import ProductFinding
from auditor.model.products import (
    Answer,
    Kind,
    PathUse,
    Product,
    ProductCatalogue,
    Signal,
    Strength,
    Topic,
)

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judged(seen: Facts, known: ProductCatalogue = SMALL) -> dict[str, ProductFinding]:
    """Judge a machine."""
    return {finding.product: finding for finding in detect(known, seen)}


def axes(finding: ProductFinding) -> dict[Topic, Answer]:
    """Return the five answers."""
    return {axis: finding.answer(axis) for axis in AXES}


@QUICK
@given(st.data())
def test_seeing_less_never_helps(data: st.DataObject) -> None:
    """What an ordinary account answers, root answers too; it only leaves more open."""
    whole = data.draw(machines())
    part = data.draw(seen_by_less(whole))
    all_seen, some_seen = judged(whole), judged(part)
    for product_id, finding in some_seen.items():
        for axis, answer in axes(finding).items():
            better = all_seen[product_id].answer(axis)
            if answer is Answer.YES:
                assert better is Answer.YES, (product_id, axis, finding.axes[axis])
            if answer is Answer.NO:
                assert better in {Answer.NO, Answer.NOT_APPLICABLE}, (product_id, axis)
        assert finding.answer(Topic.PRESENT) is not Answer.NO
        assert (finding.grade or "") <= (all_seen[product_id].grade or "")


@QUICK
@given(machines(), st.sampled_from(["nano", "loki", "clamav-docs", "libzabbix", "bkav-invoice"]))
def test_an_unrelated_package_changes_nothing(machine: Facts, name: str) -> None:
    """Names that only resemble a product's, and names that do not."""
    more = replace(machine, packages=(*machine.packages, package(name)))
    before, after = judged(machine), judged(more)
    assert {k: axes(v) for k, v in before.items()} == {k: axes(v) for k, v in after.items()}


@QUICK
@given(st.sets(st.sampled_from(["process", "argv", "service", "config", "port", "folder"])))
def test_names_alone_never_prove(kinds: set[str]) -> None:
    """Every kind of name evidence at once, for every Linux product, and nothing is present."""
    known = tuple(p for p in catalogue().products if "linux" in p.os)
    seen = facts(
        processes=tuple(
            row for number, product in enumerate(known) for row in _names(product, kinds, number)
        ),
        services=tuple(
            service(signal.name.replace("*", "x"), "/home/u/program")
            for product in known
            for signal in _of(product, Kind.SERVICE)
            if "service" in kinds
        ),
        files=tuple(
            file(signal.name.replace("*", "x"), kind="directory")
            for product in known
            for signal in _of(product, Kind.PATH)
            if (signal.use is PathUse.FOLDER and "folder" in kinds)
            or (signal.use in {PathUse.CONFIG, PathUse.STATE} and "config" in kinds)
        ),
        sockets=tuple(
            {**socket("", 0, local_port=int(port)), "is_listening": True}
            for product in known
            for signal in _of(product, Kind.PORT)
            if "port" in kinds and (port := signal.name.partition("/")[2]).isdigit()
        ),
    )
    for finding in detect(catalogue(), seen):
        present = finding.axes[Topic.PRESENT]
        assert present.answer is not Answer.YES, (finding.product, present)
        assert {item.strength for item in present.evidence} <= {Strength.NAME}
        assert finding.answer(Topic.RUNNING) is not Answer.YES, finding.product


def _of(product: Product, kind: Kind) -> tuple[Signal, ...]:
    return tuple(s for s in product.signals if s.kind is kind)


def _names(product: Product, kinds: set[str], number: int) -> list[Row]:
    rows = []
    for signal in _of(product, Kind.PROCESS):
        name = signal.name.replace("*", "x")
        if "process" in kinds:
            rows.append(process(None, name=name[:15], pid=1000 + number))
        if "argv" in kinds:
            rows.append(process("/usr/bin/sleep", argv=(f"/usr/sbin/{name}",), pid=2000 + number))
    return rows


@QUICK
@given(machines())
def test_unchecked_signals_never_change_an_answer(machine: Facts) -> None:
    """The catalogue without memory and guesses gives the same answers on every axis."""
    tiers = {source.id: source.tier for source in catalogue().evidence}
    checked = replace(
        SMALL,
        products=tuple(
            replace(
                product,
                signals=tuple(s for s in product.signals if tiers[s.ev].decides),
                status=tuple(s for s in product.status if tiers[s.ev].decides),
            )
            for product in SMALL.products
        ),
    )
    with_all, without = judged(machine), judged(machine, checked)
    for product_id, finding in with_all.items():
        assert axes(finding) == axes(without[product_id])
        assert finding.proofs == without[product_id].proofs


@QUICK
@given(st.integers(-2 * 24 * 60, 14 * 24 * 60), st.integers(0, 14 * 24 * 60))
def test_a_clock_shift_flips_fresh_only_across_the_limit(shift: int, age: int) -> None:
    """Seven days on the host's own clock; a time in the future is no age at all."""
    built = (NOW - timedelta(minutes=age)).strftime("%a %b %d %H:%M:%S %Y")
    seen = facts(
        now=NOW + timedelta(minutes=shift),
        packages=(package("clamav"),),
        status_outputs=(output("clamav", f"ClamAV 1.4.6/1/{built}"),),
    )
    minutes = age + shift
    if minutes < -10:
        expected = Answer.UNKNOWN
    else:
        expected = Answer.YES if minutes <= 7 * 24 * 60 else Answer.NO
    assert find("clamav", seen).answer(Topic.FRESH) is expected


@QUICK
@given(machines(), st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001 - bounds
def test_only_fresh_and_links_depend_on_the_clock(machine: Facts, now: datetime) -> None:
    """What is installed and runs is the same at any time."""
    other = judged(replace(machine, now=now.replace(tzinfo=NOW.tzinfo)))
    for product_id, finding in judged(machine).items():
        for axis in (Topic.PRESENT, Topic.RUNNING):
            assert finding.answer(axis) is other[product_id].answer(axis)
