"""`net:`: other machines, as far as the gate lets packets through."""

import platform
import time
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from auditor import __version__
from auditor.canonical import dumps
from auditor.discovery import keeping
from auditor.discovery.sightings import Discovered
from auditor.internet.causes import Cause, NoSample
from auditor.internet.sample import Missed, Sample
from auditor.internet.series import FIRST, record_of
from auditor.internet.transfer import Order, Transfer
from auditor.internet.vocabulary import MetricClass
from auditor.links import own_links
from auditor.model import Method, SpeedBackend, SpeedServer, Target, Text
from auditor.probing import Exchange
from auditor.sample_slice import REQUEST, Chosen
from auditor.speed_records import SERIES, TAKEN, earlier
from auditor.transports import Context
from auditor.transports.exporting import Exporting
from auditor.transports.lan_survey import Surveying
from auditor.transports.memo import Kept
from auditor.transports.remote import Reaching
from auditor.transports.speed import Backend, backend_of, kept
from auditor.transports.speed.dial import GateDial
from auditor.transports.speed.meter import QUIET_AFTER_S, QUIET_BEFORE_S, Meter
from auditor.transports.visiting_kept import evidence
from auditor.transports.visiting_services import Serving
from auditor.web.visit import KEPT, Call, Visit


def access(_target: Target, context: Context) -> "GatedNetwork":
    """Open the network around this machine."""
    return GatedNetwork(context)


class GatedNetwork(Surveying, Serving, Reaching, Exporting):
    """The scope's gate as a `Network`."""

    quiet_s = QUIET_BEFORE_S
    """How long the line is listened to before a load."""

    def exchange_datagram(
        self, host: str, port: int, method: Method, payload: bytes, *, timeout_s: float
    ) -> Exchange:
        """Send one UDP datagram through the gate; keep both datagrams and their times. Raises."""
        exchange = self._context.gate.exchange(host, port, method, payload, timeout_s=timeout_s)
        kept = {
            "sent_hex": payload.hex(),
            "sent_at": exchange.sent_at,
            "answer_hex": exchange.answer.hex(),
            "received_at": exchange.received_at,
        }
        self._captures.content(f"datagram {host} {port}", dumps(kept))
        return exchange

    def sample_speed(self, order: Order) -> Sample:
        """Measure one direction as `Network.sample_speed` says."""
        started_at, meter = self._moment(), Meter(self.quiet_s)
        transfer: Transfer | None = None
        missed: Missed | None = None
        backend: Backend | None = None
        try:
            backend = backend_of(order.server.backend)
            self._must_be_agreed(order.server)
            transfer = backend.run(order, GateDial(self._context.gate, self._folder), meter)
        except NoSample as error:
            missed = Missed(
                cause=error.cause,
                detail=error.detail,
                http_status=error.http_status,
                retry_after_s=error.retry_after_s,
                payload_bytes=meter.payload_bytes,
            )
        country = transfer.server_country if transfer else ""
        sample = Sample(
            backend=order.server.backend,
            backend_version=backend.version if backend else 0,
            metric_class=backend.metric_class(order.server, country)
            if backend
            else MetricClass.LEGACY_REFERENCE,
            order=order,
            started_at=started_at,
            ended_at=self._moment(),
            tool=f"centre-audit {__version__}",
            vantage=platform.node(),
            transfer=transfer,
            missed=missed,
            instrument=meter.instrument(transfer, min(QUIET_AFTER_S, self.quiet_s))
            if transfer
            else None,
        )
        self._keep_sample(sample)
        return sample

    def visit(self, call: Call) -> Visit:
        """Read one web address as `Web.visit` says."""
        from auditor.transports.visiting import Visitor  # noqa: PLC0415 - loads TLS and HTTP

        made = Visitor(self._context.gate, self._folder).visit(call)
        kept = evidence(made)
        self._captures.content(f"{KEPT}{kept['url']} {made.started_at}", dumps(kept))
        return replace(made, body=b"") if call.signs_only else made

    def earlier_samples(self) -> tuple[tuple[Sample, ...], tuple[Text, ...]]:
        """Read the series as `Network.earlier_samples` says; what was read is evidence."""
        file, content = self._series, None
        if file is not None and file.is_file():
            content = kept.content(file)
            self._captures.content(f"{SERIES}{file.name}", content)
        visits, said = self.stored_visits()
        samples, remarks = earlier(content, visits, self.site.internet)
        return samples, (*said, *remarks)

    def stored_visits(self) -> Chosen:
        """Take the store's samples in as `Network.stored_visits` says."""
        given = self._context.stored
        if given is None:
            return (), ()
        self._captures.content(REQUEST, given.content)
        found = given.chosen(self._context.started_at)
        for visit in found[0]:
            for request, content in visit.evidence:
                self._captures.content(f"sample {visit.position}: {request}", content)
        return found

    def rest(self, seconds: float) -> None:
        """Wait as `Network.rest` says."""
        time.sleep(seconds)

    def is_over(self, end: float) -> bool:
        """Look at the clock as `Network.is_over` says."""
        return time.monotonic() > end

    @property
    def _folder(self) -> Path:
        return self._context.site_folder

    @property
    def _series(self) -> Path | None:
        wanted = self.site.internet
        return self._folder / wanted.series / kept.FILE if wanted and wanted.series else None

    def _must_be_agreed(self, server: SpeedServer) -> None:
        """Refuse a public service that nobody consented to. Raises `NoSample`."""
        wanted = self.site.internet
        agreed: set[SpeedBackend] = {c.backend for c in wanted.consents} if wanted else set()
        if server.is_public and server.backend not in agreed:
            raise NoSample(Cause.CONSENT_MISSING, server.backend)

    def _keep_sample(self, sample: Sample) -> None:
        before = kept.last_digest(self._series) if self._series else FIRST
        record = dumps(record_of(sample, before))
        self._captures.content(f"{TAKEN}{sample.backend} {sample.started_at}", record)
        if self._series:
            kept.append(self._series, record)

    def _moment(self) -> str:
        now = self._context.gate.now().astimezone(UTC)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def discover(self, *, listen_s: float) -> Discovered:
        """Look for machines through the gate, once in a run; keep everything seen. Raises."""
        kept = self._context.shared.once(
            f"discover {listen_s:g}", lambda: self._discovered(listen_s)
        )
        self._captures.join(kept.captures)
        return kept.result

    def _discovered(self, listen_s: float) -> Kept[Discovered]:
        from auditor.transports.lan_search import Search  # noqa: PLC0415 - loads a DNS library

        search = Search(self._context.gate, self.site.scope.networks, own_links())
        found = search.run(listen_s)
        self._captures.content(keeping.NAME, keeping.written(found))
        return Kept(found, self._captures.taken)
