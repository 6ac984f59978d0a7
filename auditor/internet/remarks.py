"""What a reader must know about samples before believing them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from auditor.internet.causes import CAUSES, Cause
from auditor.internet.flags import FLAGS, Flag
from auditor.internet.sample import Sample, derive
from auditor.model import Failure, Row, Text

FEWEST = 30
"""So many samples on at least three days or slots are the least to conclude from (5.2, rule 5)."""

FAILURES = {
    Cause.NO_NETWORK: Failure.UNREACHABLE,
    Cause.CAPTIVE_PORTAL: Failure.UNPARSABLE,
    Cause.DNS_FAIL: Failure.UNREACHABLE,
    Cause.CONNECT_FAIL: Failure.UNREACHABLE,
    Cause.TLS_FAIL: Failure.UNPARSABLE,
    Cause.LOCATE_RATE_LIMITED: Failure.REFUSED,
    Cause.RATE_LIMITED: Failure.REFUSED,
    Cause.SERVER_BUSY: Failure.REFUSED,
    Cause.SERVER_REJECTED: Failure.REFUSED,
    Cause.PROTOCOL_ERROR: Failure.UNPARSABLE,
    Cause.STALLED: Failure.TIMEOUT,
    Cause.ABORTED_EARLY: Failure.COMMAND_FAILED,
    Cause.ZERO_RESULT: Failure.COMMAND_FAILED,
    Cause.BUDGET_REACHED: Failure.COMMAND_FAILED,
    Cause.CONSENT_MISSING: Failure.NOT_AUTHORISED,
    Cause.TOOL_MISSING: Failure.TOOL_MISSING,
    Cause.OUT_OF_SCOPE: Failure.OUT_OF_SCOPE,
    Cause.NOT_AUTHORISED: Failure.NOT_AUTHORISED,
}
"""How the whole measurement failed when no sample has a value and the first failed so."""


def remarks(samples: Sequence[Sample], rows: Sequence[Row]) -> Iterator[Text]:
    """Yield each reservation once, with how many samples it concerns."""
    most = max((row["series_n"] for row in rows if isinstance(row["series_n"], int)), default=0)
    if most < FEWEST:
        yield Text(
            vi=f"Chỉ tham khảo: mới có {most} mẫu dùng được trong một chuỗi, cần ít nhất {FEWEST}"
            " mẫu ở nhiều khung giờ để kết luận.",
            en=f"For information only: usable samples in one series: {most}; a conclusion needs at"
            f" least {FEWEST} in several time slots.",
        )
    derived = [derive(sample) for sample in samples]
    causes: Counter[Cause] = Counter(item.cause for item in derived if item.cause)
    flags: Counter[Flag] = Counter(flag for item in derived for flag in item.flags)
    for cause, count in sorted(causes.items()):
        yield _counted(count, CAUSES[cause])
    for flag, count in sorted(flags.items()):
        yield _counted(count, FLAGS[flag])


def _counted(count: int, text: Text) -> Text:
    samples = "sample" if count == 1 else "samples"
    return Text(vi=f"{count} mẫu: {text.vi}", en=f"{count} {samples}: {text.en}")
