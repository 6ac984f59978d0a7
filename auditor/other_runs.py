"""What the centre's own runs from other places in its network saw."""

from collections.abc import Iterator

from auditor.errors import BadInput, CannotMeasure
from auditor.model import Failure, Measured, Row
from auditor.observation_reader import observation_from_v1
from auditor.record_reader import parse

LARGEST_RECORD = 64 * 1024 * 1024


def rows_of_run(content: bytes, name: str, centre: str, probe: str) -> Iterator[Row]:
    """Yield the rows of one probe in a run's `record.json`, of this centre only.

    Raises `CannotMeasure` for a file that is damaged, of another centre, or without that probe.
    """
    if len(content) > LARGEST_RECORD:
        raise CannotMeasure(Failure.UNPARSABLE, f"{name}: larger than 64 MiB")
    try:
        record = parse(content, name)
    except BadInput as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{name}: {error.problems[0].problem}") from error
    if record["site"]["centre"] != centre:
        raise CannotMeasure(Failure.OUT_OF_SCOPE, f"{name}: a run of another centre")
    acts = [item for item in record["observations"] if item["measurement"]["probe"] == probe]
    results = [observation_from_v1(item).result for item in acts]
    measured = [result for result in results if isinstance(result, Measured)]
    if not measured:
        raise CannotMeasure(Failure.COMMAND_FAILED, f"{name}: {probe} was not measured there")
    for result in measured:
        yield from result.rows
