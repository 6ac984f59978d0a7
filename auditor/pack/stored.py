"""Evidence answers in place of what was measured: the accesses of probes, over kept bytes alone.

Each gives what was kept and nothing else. What was never kept ends the reading with `NotKept`, and
the observation counts as not read again.
"""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from auditor import catalogue
from auditor.canonical import dumps, sha256
from auditor.discovery.keeping import NAME as DISCOVERY
from auditor.discovery.sightings import Discovered
from auditor.documents.said import Said
from auditor.documents.signed import SignedFile
from auditor.errors import CannotMeasure
from auditor.internet.sample import Sample
from auditor.internet.series import faults
from auditor.internet.transfer import Order
from auditor.lan.keeping import SERVICES, SURROUNDINGS, VENDORS
from auditor.lan.survey import Survey
from auditor.model import (
    Document,
    Failure,
    Method,
    Observation,
    Profile,
    Row,
    Site,
    Target,
)
from auditor.other_runs import rows_of_run
from auditor.pack import look
from auditor.pack.kept import NotKept, Stored, object_of
from auditor.pack.stored_stores import StoredStores
from auditor.pack.stored_web import StoredWeb
from auditor.probing import Exchange, FileFacts
from auditor.sample_slice import REQUEST, Chosen, Slice, window_days
from auditor.speed_records import SERIES, TAKEN, Read, earlier, record_in, sample_in

_SAID: TypeAdapter[Said] = TypeAdapter(Said)
_SIGNED: TypeAdapter[SignedFile] = TypeAdapter(SignedFile)
_FACTS: TypeAdapter[FileFacts] = TypeAdapter(FileFacts)
_SAYS, _DIGESTS, _SIGNS = "said ", "digest ", "signatures "


class StoredPapers(Stored):
    """`Papers` over the findings that were kept of each file; no file is opened."""

    def __init__(self, site: Site, kept: Iterable[tuple[str, bytes]], at: datetime) -> None:
        """Take the moment of the measurement besides."""
        super().__init__(site, kept)
        self.today: date = at.astimezone(ZoneInfo(site.timezone)).date()

    def digest(self, file: str) -> FileFacts:
        """Return what was kept of a file, or the failure that was."""
        found = object_of(self.only(f"{_DIGESTS}{file}"))
        if "failure" in found:
            raise CannotMeasure(Failure(found["failure"]), file)
        return _FACTS.validate_json(dumps({k: v for k, v in found.items() if k != "file"}))

    def found(self) -> tuple[str, ...]:
        """Return the files that were read without being named by the site file."""
        named = {document.file for document in self.site.documents}
        files = (name.removeprefix(_SAYS) for name in self.kept if name.startswith(_SAYS))
        return tuple(file for file in files if file not in named)

    def said(self, document: Document) -> Said:
        """Return what was kept of a document's words. A document without any was not read."""
        for content in self.kept.get(f"{_SAYS}{document.file}", ()):
            said = _SAID.validate_json(content)
            if document.kind in {"", said.kind}:
                return said
        raise CannotMeasure(Failure.TOOL_MISSING, document.file)

    def signatures(self, file: str) -> SignedFile:
        """Return what was kept of a document's signatures. One without any was not read."""
        kept = self.kept.get(f"{_SIGNS}{file}")
        if not kept:
            raise CannotMeasure(Failure.TOOL_MISSING, file)
        return _SIGNED.validate_json(dumps(object_of(kept[0]).get("found")))


class StoredNetwork(StoredStores, StoredWeb):
    """The datagrams and speed samples of a `Network`, its look at machines and services.

    And what a store's samples gave, figures of databases, exports as they were checked, and
    visits without their pages. Of VPN endpoints too little is kept.
    """

    def __init__(
        self, site: Site, kept: Iterable[tuple[str, bytes]], item: Observation, profile: Profile
    ) -> None:
        """Take the observation and the criteria besides."""
        captures = list(kept)
        super().__init__(site, captures)
        self._item, self._window = item, window_days(profile)
        self._evidence = {sha256(content): content for _request, content in captures}
        self._taken = [content for request, content in captures if request.startswith(TAKEN)]

    def discover(self, *, listen_s: float) -> Discovered:
        """Return what was kept of the discovery."""
        del listen_s
        return look.discovered(self.only(DISCOVERY))

    def survey(self) -> Survey:
        """Return the look again: what was heard in conversations is understood anew."""
        seen = self.discover(listen_s=0)
        for name in (SERVICES, SURROUNDINGS, VENDORS):
            self.only(name)
        return look.surveyed(seen, {name: c for name, (c, *_) in self.kept.items()}, self.site)

    def seen_elsewhere(self, probe: str) -> tuple[Row, ...]:
        """Return the rows of the centre's other runs, as those were read in."""
        return tuple(
            row
            for name in self.site.network.other_runs
            for row in rows_of_run(
                self.only(f"other run {name}"), name, self.site.centre.name, probe
            )
        )

    def stored_visits(self) -> Chosen:
        """Choose again from the part of the store's chain that was kept."""
        content = self.kept.get(REQUEST)
        probe = catalogue.probes()[self._item.measurement.probe]
        if not content or probe.repeats is None:
            return (), ()
        versions = range(probe.repeats.since, probe.version + 1)
        key, centre = self._item.measurement.key, self.site.centre.id
        given = Slice(content[0], centre, key, versions, self._window, self._evidence.get)
        return given.chosen(self._item.started_at)

    def earlier_samples(self) -> Read:
        """Return the samples of the series and of the store, each once, as they were kept."""
        series = next((c for name, (c, *_) in self.kept.items() if name.startswith(SERIES)), None)
        visits, said = self.stored_visits()
        samples, remarks = earlier(series, visits, self.site.internet)
        return samples, (*said, *remarks)

    def sample_speed(self, order: Order) -> Sample:
        """Return the next sample as it was kept."""
        if not self._taken:
            raise NotKept(TAKEN)
        record = record_in(self._taken.pop(0))
        sample = sample_in(record)
        if sample is None or faults(record, sample) or sample.order != order:
            raise CannotMeasure(Failure.UNPARSABLE, TAKEN)
        return sample

    def is_over(self, _end: float) -> bool:
        """Tell whether no sample was taken after this."""
        return not self._taken

    def exchange_datagram(
        self, host: str, port: int, _method: Method, _payload: bytes, *, timeout_s: float
    ) -> Exchange:
        """Return the next exchange with this place as it was kept."""
        del timeout_s
        kept = self.kept.get(f"datagram {host} {port}")
        if not kept:
            raise CannotMeasure(Failure.TIMEOUT, f"{host} {port}")
        found = object_of(kept.pop(0))
        return Exchange(
            sent=bytes.fromhex(found["sent_hex"]),
            answer=bytes.fromhex(found["answer_hex"]),
            sent_at=float(found["sent_at"]),
            received_at=float(found["received_at"]),
        )


class StoredRun(Stored):
    """`RunSoFar`: the sealed observations that measured, for probes that derive from them."""

    def __init__(
        self, site: Site, targets: tuple[Target, ...], seen: tuple[Observation, ...]
    ) -> None:
        """Take what the run had measured before anything was derived."""
        super().__init__(site, ())
        self.targets = targets
        self.seen = seen
