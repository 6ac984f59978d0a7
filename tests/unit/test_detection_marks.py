"""Looking only at what a machine bears marks of says what looking at every product says."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from host_facts import catalogue, facts, file, package, process, service, socket
from host_machines import machines
from hypothesis import HealthCheck, given, settings

from auditor.collection import parse
from auditor.detection.engine import detect, detect_each
from auditor.detection.facts import Facts
from auditor.detection.known import known_products
from auditor.detection.marks import MISSING, Marks, marks
from auditor.detection.view import View
from auditor.model.products import Kind, Product
from auditor.recognition import facts as facts_of

TESTS = Path(__file__).parents[1]
RECORDED = sorted(
    path
    for folder in ("captures", "lab/recorded_machines")
    for path in (TESTS / folder).rglob("*.txt")
    if path.read_bytes().startswith(b"#audit-collector ")
)
PLATFORMS = ("linux", "windows", "darwin")
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def emptied(seen: Facts) -> Facts:
    """Return a machine on which as much was seen, and nothing is."""
    asked = tuple({"command": row["command"], "state": MISSING} for row in seen.status_outputs)
    nothing = facts(platform=seen.platform, is_root=seen.is_root, complete=seen.complete)
    return replace(nothing, unasked=seen.unasked, status_outputs=asked)


def overlooked(seen: Facts, known_by: Marks) -> list[str]:
    """Name the products to which a machine is not as an empty one, and that would be left out."""
    marked = known_by.on(View(seen))
    pairs = zip(
        detect_each(catalogue(), seen), detect_each(catalogue(), emptied(seen)), strict=True
    )
    return [
        here.product
        for place, (here, there) in enumerate(pairs)
        if here != there and place not in marked
    ]


def less_seen(seen: Facts) -> Iterator[Facts]:
    """Return a machine as it was seen, with other rights, and with sections that did not run."""
    yield seen
    yield replace(seen, is_root=not seen.is_root)
    yield replace(seen, complete=seen.complete - {"packages", "files"}, packages=(), files=())
    yield replace(seen, unasked=frozenset(p.id for p in catalogue().products))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_recorded_machines_are_told_the_same(path: Path) -> None:
    """Every recorded machine of the repository."""
    for seen in less_seen(facts_of(catalogue(), parse(path.read_bytes()))):
        assert detect(catalogue(), seen) == detect_each(catalogue(), seen)


@QUICK
@given(machines())
def test_drawn_machines_are_told_the_same(seen: Facts) -> None:
    """Programs, packages, services, answers, links and lines in any mixture."""
    assert detect(catalogue(), seen) == detect_each(catalogue(), seen)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_trace_of_any_kind_is_enough(platform: str) -> None:
    """A machine that shows one name of one product and nothing else, for all of the catalogue."""
    telling = set()
    for product in catalogue().products:
        if platform not in product.os:
            continue
        alone = replace(catalogue(), products=(product,))
        (empty,) = detect_each(alone, facts(platform=platform))
        for kind, seen in one_trace(product, platform):
            (long_way,) = detect_each(alone, seen)
            assert detect(alone, seen) == (long_way,), (product.id, kind, seen)
            if long_way != empty:
                telling.add(kind)
    assert telling >= {Kind.PROCESS, Kind.SERVICE, Kind.PATH}
    assert Kind.PACKAGE in telling or platform != "linux"
    assert "status" in telling
    assert Kind.PORT in telling or platform != "windows"


def one_trace(product: Product, platform: str) -> Iterator[tuple[str, Facts]]:
    """Return machines with a single trace each, and the kind of that."""
    for signal in product.signals:
        name = signal.name.replace("*", "x").replace("~/", "/home/u/")
        if signal.kind in _SHOWN:
            for seen in _SHOWN[signal.kind](name):
                yield signal.kind, replace(seen, platform=platform)
    for status in product.status:
        for state, stdout in (("ok", "1.0"), ("denied", ""), ("timeout", ""), (MISSING, "1.0")):
            answer = {"command": status.key, "state": state, "stdout": stdout}
            yield "status", facts(platform=platform, status_outputs=(answer,))
    for tool in (product.id, *product.main, *product.driven_by):
        line = {"command": f"/usr/bin/{tool} backup /srv", "kind": "cron"}
        yield "scheduler", facts(platform=platform, schedulers=(line,))


def _process(name: str) -> Iterator[Facts]:
    for spelled in dict.fromkeys((name, name.upper(), name[:15])):
        yield facts(processes=(process(f"/usr/sbin/{spelled}"),))
        yield facts(processes=(process(None, name=spelled),))
        yield facts(processes=(process("/usr/bin/python3", script=f"/opt/x/{spelled}"),))
        yield facts(processes=(process("/usr/bin/sleep", argv=(f"/sbin/{spelled}",)),))


def _service(name: str) -> Iterator[Facts]:
    for spelled in dict.fromkeys((name, name.removesuffix(".service"), name.upper())):
        yield facts(services=(service(spelled, "/usr/sbin/x"),))
        yield facts(services=(service(spelled, "/usr/sbin/x", "dead"),))


def _package(name: str) -> Iterator[Facts]:
    yield facts(packages=(package(name),))
    yield facts(packages=(package(f"{name}:amd64"),))
    yield facts(packages=(package(name, state="config-files"),))


def _port(name: str) -> Iterator[Facts]:
    port = name.partition("/")[2]
    if port.isdigit():
        row = socket("", 0, local_port=int(port), state="LISTEN", pid=None)
        yield facts(sockets=({**row, "is_listening": True},))


def _path(path: str) -> Iterator[Facts]:
    for spelled in (path, path.rstrip("/\\"), path.replace("/usr/", "/"), path.upper()):
        yield facts(files=(file(spelled),))
        yield facts(files=(file(spelled, kind="folder"),))
        yield facts(processes=(process(spelled),))


_SHOWN: dict[Kind, Callable[[str], Iterator[Facts]]] = {
    Kind.PROCESS: _process,
    Kind.SERVICE: _service,
    Kind.PACKAGE: _package,
    Kind.PATH: _path,
    Kind.PORT: _port,
}


@pytest.mark.parametrize("lost", [Kind.PROCESS, Kind.SERVICE, Kind.PACKAGE, Kind.PATH])
def test_a_table_of_names_that_lacks_something_is_noticed(lost: Kind) -> None:
    """What holds the two ways together can fail: without one kind of names products are missed."""
    seen = facts(
        processes=(process("/usr/sbin/zabbix_agentd"),),
        services=(service("falcon-sensor.service", "/opt/CrowdStrike/falcond"),),
        packages=(package("fail2ban"),),
        files=(file("/opt/microsoft/mdatp/sbin/wdavdaemon"),),
    )
    whole = marks(known_products(catalogue(), "linux"))
    assert overlooked(seen, whole) == []
    lacking = replace(whole, always=frozenset(), names={**whole.names, lost: {}})
    assert overlooked(seen, lacking) != []
