"""A store of samples in SQLite, filled visit by visit with samples of a line."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from line_samples import BEGIN, a_sample

from auditor import speed_records
from auditor.canonical import dumps
from auditor.internet.rows import rows_of
from auditor.internet.series import FIRST, record_of
from auditor.model import Capture, Centre, Internet, Measured, Measurement, Observation, Site
from auditor.sample_slice import written
from auditor.sampled import SampleLink
from auditor.store import opening, samples

ACT = Measurement(probe="internet_quality", target="network")
LINE = a_sample(250)
AT = BEGIN + timedelta(days=30)


def site(centre: str = "trung-tam") -> Site:
    """Return a centre whose runs take no sample of their own."""
    line = Internet(servers=(LINE.order.server,), samples=0)
    return Site(schema="test", centre=Centre(id=centre, name="Trung tâm"), internet=line)


class Kept:
    """A store in SQLite with one visit after the other, and their evidence."""

    def __init__(self, url: str) -> None:
        """Use a store."""
        self.url = url
        self.evidence: dict[str, bytes] = {}

    def visit(self, number: int, mbps: float = 250, **fields: Any) -> SampleLink:  # noqa: ANN401
        """Keep the n-th visit; `kept_at`, `centre` and `version` may be others."""
        sample = replace(a_sample(mbps, number), **fields.pop("sample", {}))
        began = datetime.fromisoformat(sample.started_at)
        content = dumps(record_of(sample, FIRST))
        digest = sha256(content).hexdigest()
        self.evidence[digest] = content
        seen_there = Observation(
            measurement=ACT,
            probe_version=int(fields.get("version", 1)),
            vantage="here",
            started_at=began,
            duration_s=20.0,
            result=Measured(rows=rows_of((sample,), "Asia/Ho_Chi_Minh")),
            captures=(
                Capture(
                    request=f"{speed_records.TAKEN}x {sample.started_at}",
                    sha256=digest,
                    size_bytes=len(content),
                ),
            ),
        )
        origin = samples.Origin(str(fields.get("centre", "trung-tam")), "0" * 64, Path("here"))
        with opening.opened(self.url) as engine:
            (link,) = samples.keep_samples(
                engine, [seen_there], origin, fields.get("kept_at", began + timedelta(minutes=1))
            )
        return link

    def content(self) -> bytes:
        """Take everything out, as a run that begins now."""
        with opening.opened(self.url) as engine:
            found = samples.samples(engine, BEGIN - timedelta(days=9), AT + timedelta(days=9999))
        return written(found, "trung-tam", ACT.key)
