"""The newest moment in a text log."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:[.,]\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
_LOCAL = re.compile(
    r"(?<!\d)(\d{2})/(\d{2})/(\d{4})(?:[ T,]{1,2}(\d{2}):(\d{2})(?::(\d{2}))?)?(?!\d)"
)
_FAILED = re.compile(
    r"(?i)\b(?:error|fail\w*|exception|denied|refused|timeout|lỗi|thất bại|không thành công)\b"
)
_LONGEST_LINE = 2000


def newest(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the newest moment that is not after `now`, of lines that tell of no failure.

    Understood are ISO 8601 and DD/MM/YYYY; without an offset the centre's time zone is meant.
    """
    found = [
        moment
        for line in text.splitlines()
        if not _FAILED.search(line[:_LONGEST_LINE])
        for moment in (_moment(line[:_LONGEST_LINE], zone),)
        if moment is not None and moment <= now
    ]
    return max(found, default=None)


def _moment(line: str, zone: ZoneInfo) -> datetime | None:
    match = _ISO.search(line)
    try:
        if match:
            year, month, day, hour, minute, second, offset = match.groups()
            clock = f"{hour or '00'}:{minute or '00'}:{second or '00'}"
            plain = datetime.fromisoformat(f"{year}-{month}-{day}T{clock}{offset or ''}")
            return (plain if offset else plain.replace(tzinfo=zone)).astimezone(UTC)
        if match := _LOCAL.search(line):
            day, month, year, hour, minute, second = (int(each or 0) for each in match.groups())
            local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
            return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None
