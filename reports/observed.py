"""Observations as rows of a report, each under a short code."""

from collections.abc import Iterable, Iterator

from auditor.bilingual import english_of, in_english, tables_of
from auditor.model import AuditRecord, Capture, Measured, Measurement, Observation

from . import values
from .clean import clipped, visible
from .view import CaptureRow, EvidenceRow, ObservationRow
from .wording import Wording


class Observed:
    """The observations of a record, by measurement key and in the record's order."""

    def __init__(self, record: AuditRecord, wording: Wording) -> None:
        """Give each observation a code; planned measurements that never happened follow."""
        self._wording = wording
        self._told: dict[tuple[Capture, ...], tuple[CaptureRow, ...]] = {}
        seen = {o.measurement.key: o for o in record.observations}
        missing = [m for m in record.plan if m.key not in seen]
        width = len(str(len(seen) + len(missing)))
        keys = [*seen, *(m.key for m in missing)]
        self._codes = {key: f"E{n:0{width}d}" for n, key in enumerate(keys, start=1)}
        self._rows = {key: self._row(o) for key, o in seen.items()} | {
            m.key: self._never(m) for m in missing
        }
        self._seen = seen
        self._english = _english(record) if wording.language.code == "en" else {}

    @property
    def rows(self) -> tuple[ObservationRow, ...]:
        """All rows, in the order of their codes."""
        return tuple(self._rows.values())

    def in_language(self, text: str) -> str:
        """Return what a check found with the tool's own words in the report's language."""
        return in_english(text, self._english)

    def code(self, key: str) -> str:
        """Return the code of a measurement; one that the record does not hold keeps its key."""
        return self._codes.get(key) or visible(key)

    def of(self, keys: Iterable[str]) -> tuple[ObservationRow, ...]:
        """Return the rows of these measurements, each once, in the order of their codes."""
        wanted = set(keys)
        return tuple(row for key, row in self._rows.items() if key in wanted)

    @property
    def evidence(self) -> tuple[EvidenceRow, ...]:
        """All rows with everything that was kept of them."""
        return tuple(self._kept(row, self._seen.get(key)) for key, row in self._rows.items())

    def _kept(self, row: ObservationRow, seen: Observation | None) -> EvidenceRow:
        if seen is None:
            return EvidenceRow(seen=row, limitations=(), captures=())
        result = seen.result
        told = result.limitations if isinstance(result, Measured) else ()
        return EvidenceRow(
            seen=row,
            limitations=tuple(map(self._wording.pick, told)),
            captures=self._of_captures(seen.captures),
        )

    def _of_captures(self, captures: tuple[Capture, ...]) -> tuple[CaptureRow, ...]:
        """Return what was kept; all that a machine was asked rests on the same."""
        if captures not in self._told:
            self._told[captures] = tuple(row for c in captures for row in self._captures(c))
        return self._told[captures]

    def _row(self, observation: Observation) -> ObservationRow:
        result, _ = observation.result, self._wording.language
        if isinstance(result, Measured):
            failure, detail = "", ""
            outcome = _("rows recorded: {count}", count=len(result.rows))
        else:
            failure = outcome = self._wording.failures[result.failure]
            # Words of machines and programs, in whatever language those speak.
            said = clipped(result.detail, values.LONGEST_CELL)
            detail = _("technical detail: “{said}”", said=said) if said else ""
        seconds = values.number(_, round(observation.duration_s, 2))
        return ObservationRow(
            code=self._codes[observation.measurement.key],
            probe=_probe(observation.measurement),
            target=visible(observation.measurement.target),
            started=f"{values.moment(observation.started_at)}, {seconds} s",
            outcome=outcome,
            failure=failure,
            detail=detail,
        )

    def _never(self, measurement: Measurement) -> ObservationRow:
        _ = self._wording.language
        never = _("planned, but not carried out")
        return ObservationRow(
            code=self._codes[measurement.key],
            probe=_probe(measurement),
            target=visible(measurement.target),
            started="",
            outcome=never,
            failure=never,
            detail="",
        )

    def _captures(self, capture: Capture) -> Iterator[CaptureRow]:
        _ = self._wording.language
        code = capture.exit_code
        request = clipped(capture.request, values.LONGEST_CELL)
        yield CaptureRow(
            request=request,
            sha256=visible(capture.sha256),
            size=values.size(_, capture.size_bytes),
            note="" if code is None else _("exit code {code}", code=code),
        )
        if capture.stderr_sha256:
            yield CaptureRow(
                request=_("{request}, error output", request=request),
                sha256=visible(capture.stderr_sha256),
                size="",
                note="",
            )


def _probe(measurement: Measurement) -> str:
    return clipped(measurement.key.removesuffix(f"@{measurement.target}"), values.LONGEST_CELL)


def _english(record: AuditRecord) -> dict[str, str]:
    """Return the English of the tool's own words, as reports show both."""
    seen = {item.measurement.key: item for item in record.observations}
    return {clipped(vi): clipped(en) for vi, en in english_of(tables_of(seen, seen)).items()}
