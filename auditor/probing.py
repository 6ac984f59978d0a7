"""What a probe is given, and how a function becomes a probe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from auditor.model import Effect, Subject

if TYPE_CHECKING:  # a probe that runs has loaded its own
    from collections.abc import Callable
    from datetime import date

    from auditor.collection import Collection
    from auditor.discovery.sightings import Discovered
    from auditor.documents.said import Said
    from auditor.documents.signed import SignedFile
    from auditor.internet.sample import Sample
    from auditor.internet.transfer import Order
    from auditor.lan.survey import Survey
    from auditor.model import (
        Capture,
        Document,
        Hides,
        Measured,
        Method,
        Observation,
        Repeats,
        Row,
        Site,
        Target,
        Text,
    )
    from auditor.model.measures import MeasureFinding
    from auditor.model.product_findings import ProductFinding
    from auditor.web.visit import Call, Visit


class HostLink(Protocol):
    """A way to a machine: carries the collector there and its output back, nothing else."""

    def collect(self, script: bytes, *, timeout_s: float, max_bytes: int) -> bytes:
        """Run the collector with a shell, its commands' input closed; return what it printed.

        The output is kept as evidence. Raises `CannotMeasure`: the output is then worth nothing.
        A link to something stored ignores the script.
        """

    @property
    def captures(self) -> tuple[Capture, ...]:
        """The raw bytes kept so far."""

    @property
    def limitations(self) -> tuple[Text, ...]:
        """What was not permitted, known after the collection."""

    def close(self) -> None:
        """Release what the transport holds."""


class HostFacts(Protocol):
    """What a probe of a machine is given: all that the machine said, once, for all probes."""

    @property
    def collection(self) -> Collection:
        """The collector's output; `auditor.sections` reads it."""

    @property
    def findings(self) -> tuple[ProductFinding, ...]:
        """What is known of each product of the catalogue on this machine. Raises."""

    @property
    def measures(self) -> tuple[MeasureFinding, ...]:
        """What is known of each technical measure on this machine."""

    @property
    def target(self) -> Target:
        """The machine as the site names it, with its roles and information systems."""

    @property
    def site(self) -> Site:
        """What the centre says about itself, its approved tools among it."""


class Papers(Protocol):
    """The site file and the documents it names."""

    @property
    def site(self) -> Site:
        """What the centre says about itself."""

    @property
    def today(self) -> date:
        """The day of the measurement, where the centre is."""

    def digest(self, file: str) -> FileFacts:
        """Hash a document where it lies; its content is not copied. Raises `CannotMeasure`."""

    def signatures(self, file: str) -> SignedFile:
        """Verify the digital signatures of a document. Raises `CannotMeasure`."""

    def found(self) -> tuple[str, ...]:
        """Return files in the site's folder of documents that its list does not name. Raises."""

    def said(self, document: Document) -> Said:
        """Read a document in a process of its own; what it says is kept, its text is not. Raises.

        An empty `kind` leaves it to recognition.
        """

    def close(self) -> None:
        """Release what the transport holds."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file by its bytes. `modified_at` is RFC 3339 in UTC."""

    sha256: str
    size_bytes: int
    modified_at: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One datagram and its answer, and when this machine sent and received: POSIX seconds."""

    sent: bytes
    answer: bytes
    sent_at: float
    received_at: float


class Network(Protocol):
    """The only way to other machines: every packet passes the scope."""

    @property
    def site(self) -> Site:
        """Where declared servers are named."""

    def exchange_datagram(
        self, host: str, port: int, method: Method, payload: bytes, *, timeout_s: float
    ) -> Exchange:
        """Send one UDP datagram by an authorised `method`, and wait for one answer. Raises."""

    def sample_speed(self, order: Order) -> Sample:
        """Measure one direction once, with its instrument; kept as evidence and in the series.

        Never raises for what a server or the line does: that is a sample without a value.
        """

    def earlier_samples(self) -> tuple[tuple[Sample, ...], tuple[Text, ...]]:
        """Return the samples of the site's series whose figures can be computed again.

        The second part says what was left out, and why.
        """

    def rest(self, seconds: float) -> None:
        """Leave the line alone between two samples."""

    def is_over(self, end: float) -> bool:
        """Tell whether a moment of the monotonic clock has passed."""

    def close(self) -> None:
        """Release what the transport holds."""


class RunSoFar(Protocol):
    """What the same run has measured; for probes that derive, and reach nothing."""

    @property
    def site(self) -> Site:
        """What the centre says about itself, its scope among it."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that the run measures."""

    @property
    def seen(self) -> tuple[Observation, ...]:
        """Every observation that does not derive from others."""

    def close(self) -> None:
        """Release what the transport holds."""


class SurveyedNetwork(Protocol):
    """The networks around this machine, looked at once in a run for all who read it."""

    @property
    def site(self) -> Site:
        """The centre's own lists and plans."""

    def survey(self) -> Survey:
        """Return machines, services and devices' reports. Raises `CannotMeasure`."""

    def seen_elsewhere(self, probe: str) -> tuple[Row, ...]:
        """Return a probe's rows in the centre's runs from other places. Raises `CannotMeasure`."""


class Neighbourhood(Protocol):
    """The networks around this machine, as far as the scope allows to look at them."""

    @property
    def site(self) -> Site:
        """Where the centre's own list of devices stands."""

    def discover(self, *, listen_s: float) -> Discovered:
        """Look for machines inside the scope, and listen for `listen_s` seconds at least. Raises.

        Every address is judged by the scope before it is asked.
        """


class Web(Protocol):
    """Web services: the centre's own and, by the scope's list, public ones of others."""

    @property
    def site(self) -> Site:
        """Where the services are named."""

    def visit(self, call: Call) -> Visit:
        """Read one web address by `platform_access`, once; kept as evidence without any secret.

        Never raises for what a server, a resolver or the scope says: that is a visit with trouble.
        """


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a row. `kind` is str, int, float, bool or tuple; `None` is always allowed.

    `hides` classifies text for public copies; numbers, and yes or no, are shown.
    """

    name: str
    kind: type
    doc: str
    hides: Hides | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """A named measurement. `title` is the first line of the function's docstring.

    `asked_by` names the field of the site, dots for fields within, without which there is nothing
    to measure. `repeats` makes it one of the cheap measurements that `audit sample` repeats.
    """

    id: str
    version: int
    title: str
    doc: str
    subject: Subject
    effect: Effect
    needs_root: bool
    platforms: frozenset[str]
    timeout_s: float
    asked_by: str
    repeats: Repeats | None
    columns: tuple[Column, ...]
    params: tuple[str, ...]
    measure: Callable[..., Measured]


def probe(  # noqa: PLR0913 - one keyword per property of a probe, each with a default
    *columns: Column,
    subject: Subject = Subject.HOST,
    version: int = 1,
    effect: Effect = Effect.PASSIVE,
    needs_root: bool = False,
    platforms: frozenset[str] = frozenset({"linux", "darwin", "windows"}),
    timeout_s: float = 60.0,
    asked_by: str = "",
    repeats: Repeats | None = None,
) -> Callable[[Callable[..., Measured]], Probe]:
    """Make a function a probe of the same name. Its parameters after the first are the probe's."""

    def wrap(function: Callable[..., Measured]) -> Probe:
        doc = (function.__doc__ or "").strip()
        code: Any = function.__code__
        return Probe(
            id=function.__name__,
            version=version,
            title=doc.splitlines()[0],
            doc=doc,
            subject=subject,
            effect=effect,
            needs_root=needs_root,
            platforms=platforms,
            timeout_s=timeout_s,
            asked_by=asked_by,
            repeats=repeats,
            columns=columns,
            params=code.co_varnames[1 : code.co_argcount],
            measure=function,
        )

    return wrap
