"""Hosts, papers and networks for probe tests: this machine, recordings, and machines made here."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import chrony
import database_servers as servers
import pytest
from collected import Printed, facts_of, framed, texts
from collected import here as collected_here
from probe_letter import keep, letter_for

from auditor import catalogue
from auditor.collection import parse
from auditor.model import (
    Authorisation,
    Centre,
    CentreData,
    Measured,
    Method,
    Scope,
    Site,
    StoreEngine,
)
from auditor.probing import Probe
from auditor.recognition import MachineFacts
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.capturing import COLLECTION
from auditor.transports.doc import SitePapers
from auditor.transports.net import GatedNetwork

CAPTURES = Path(__file__).parent.parent / "captures"


@pytest.fixture(scope="session")
def probes() -> Mapping[str, Probe]:
    """All probes by id."""
    return catalogue.probes()


@pytest.fixture
def here() -> MachineFacts:
    """Return what this machine says now."""
    return collected_here()


@pytest.fixture
def recorded() -> Callable[[str], MachineFacts]:
    """Open a folder of tests/captures."""

    def opened(name: str) -> MachineFacts:
        return facts_of(parse((CAPTURES / name / COLLECTION).read_bytes()))

    return opened


@pytest.fixture
def answering() -> Callable[..., MachineFacts]:
    """Make a collection from what its sections print; keys with a slash are files read whole."""

    def opened(
        answers: Mapping[str, Printed], platform: str = "linux", uid: int = 0
    ) -> MachineFacts:
        files = {name: text for name, text in answers.items() if name.startswith("/")}
        sections = {name: text for name, text in answers.items() if not name.startswith("/")}
        whole = {k: v for k, v in files.items() if isinstance(v, bytes)}
        missing = b"".join(
            b"grep: %s: %s\n" % (k.encode(), v[2]) for k, v in files.items() if isinstance(v, tuple)
        )
        sections.setdefault("texts", (texts(whole), 2, missing))
        return facts_of(parse(framed(sections, platform, uid)))

    return opened


@pytest.fixture
def conforms() -> Callable[[Probe, Measured], bool]:
    """Say whether each row has exactly the declared columns, each of its kind or null."""

    def check(probe: Probe, measured: Measured) -> bool:
        return all(
            row.keys() == {column.name for column in probe.columns}
            and all(type(row[c.name]) in {c.kind, type(None)} for c in probe.columns)
            for row in measured.rows
        )

    return check


@pytest.fixture
def letter() -> Callable[..., Authorisation]:
    """Write an authorisation for methods."""
    return letter_for


@pytest.fixture
def network() -> Callable[..., GatedNetwork]:
    """Open a network: servers to ask, networks that an authorisation allows time queries to."""

    def opened(*servers: str, networks: tuple[str, ...] = ()) -> GatedNetwork:
        scope = Scope(
            networks=networks, authorisation=letter_for(Method.TIME_QUERY) if networks else None
        )
        site = Site(
            schema="test",
            centre=Centre(id="test", name="Trung tâm"),
            scope=scope,
            time_servers=servers,
        )
        return GatedNetwork(Context(site, Path(), Gate(scope, "Asia/Ho_Chi_Minh"), keep))

    return opened


@pytest.fixture
def data_network() -> Callable[..., GatedNetwork]:
    """Open the network of a site with databases and exports; what is kept is put into a list."""

    def opened(folder: Path, kept: list[tuple[str, bytes]], data: CentreData) -> GatedNetwork:
        site = Site(schema="test", centre=Centre(id="test", name="Trung tâm"), data=data)

        def remember(request: str, content: bytes) -> str:
            kept.append((request, content))
            return keep(request, content)

        return GatedNetwork(Context(site, folder, Gate(site.scope, site.timezone), remember))

    return opened


@pytest.fixture(scope="session")
def running() -> Iterator[Mapping[StoreEngine, servers.Server]]:
    """Run two database servers, outside pytest's folder: that is shut to other users."""
    if absent := servers.missing():
        pytest.skip(f"needs the Debian packages {absent}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        folder.chmod(0o755)
        yield {
            StoreEngine.POSTGRESQL: stack.enter_context(servers.postgresql(folder / "pg")),
            StoreEngine.MYSQL: stack.enter_context(servers.mariadb(folder / "my")),
        }


@pytest.fixture
def papers() -> Callable[..., SitePapers]:
    """Open the papers of a site in a folder; fields of the site are keywords."""

    def opened(folder: Path, kept: list[bytes] | None = None, **fields: Any) -> SitePapers:  # noqa: ANN401 - fields of Site
        site = Site(schema="test", centre=Centre(id="test", name="Trung tâm"), **fields)
        gate = Gate(site.scope, site.timezone)

        def remember(request: str, content: bytes) -> str:
            if kept is not None:
                kept.append(content)
            return keep(request, content)

        return SitePapers(Context(site, folder, gate, remember))

    return opened


@pytest.fixture
def chronyd(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Start real chronyd servers, never steering this clock; each returns its port."""
    running: list[subprocess.Popen[bytes]] = []

    def start(
        address: str, *settings: str, prefix: tuple[str, ...] = (), fake: str | None = None
    ) -> int:
        port = 11123 + os.getpid() % 20000 + len(running)
        folder = tmp_path / f"chrony{len(running)}"
        running.append(chrony.start(folder, port, address, *settings, prefix=prefix, fake=fake))
        return port

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


@dataclass(frozen=True)
class OtherMachine:
    """A network namespace joined to this one by a cable of its own."""

    address: str
    network: str
    cable: str
    """This machine's end of the cable."""

    interface: str
    """Its own end."""

    inside: tuple[str, ...]
    """Command prefix that runs a program there."""


@pytest.fixture
def other_machine() -> Iterator[OtherMachine]:
    """Make another machine; it is gone after the test."""
    if os.geteuid() != 0 or shutil.which("ip", path="/usr/sbin:/usr/bin:/sbin") is None:
        pytest.skip("needs root and the Debian package iproute2 to make a network namespace")
    with _namespace() as machine:
        yield machine


@contextmanager
def _namespace() -> Iterator[OtherMachine]:
    number = os.getpid()
    name, outer, inner = f"audit{number}", f"ao{number}", f"ai{number}"
    base = f"10.77.{number % 256}"
    commands = (
        f"link add {outer} type veth peer name {inner} netns {name}",
        f"addr add {base}.1/30 dev {outer}",
        f"link set {outer} up",
        f"-n {name} addr add {base}.2/30 dev {inner}",
        f"-n {name} link set {inner} up",
        f"-n {name} link set lo up",
    )
    added = subprocess.run(
        ["ip", "netns", "add", name], capture_output=True, text=True, check=False
    )
    if added.returncode != 0:
        pytest.skip(f"no network namespace here: {added.stderr.strip()}")
    try:
        for command in commands:
            subprocess.run(["ip", *command.split()], check=True, capture_output=True)
        yield OtherMachine(f"{base}.2", f"{base}.0/30", outer, inner, ("ip", "netns", "exec", name))
    finally:
        # the cable first: a namespace alone goes away only some time after it is deleted
        subprocess.run(["ip", "link", "delete", outer], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "delete", name], check=True)


@pytest.fixture(scope="module")
def module_probes() -> Mapping[str, Probe]:
    """Return all probes by id, for fixtures that live as long as a module."""
    return catalogue.probes()


@pytest.fixture(scope="module")
def module_letter() -> Callable[..., Authorisation]:
    """Write an authorisation for methods, for fixtures that live as long as a module."""
    return letter_for
