"""What the kernel knows about its clock; read only, never set."""

import ctypes
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

_STA_UNSYNC = 0x0040
_TIME_ERROR = 5
_SANE_S = 5


class _Timex(ctypes.Structure):
    """`struct timex` of the GNU C library, adjtimex(2). `modes` 0 changes nothing."""

    _fields_: ClassVar = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("time_s", ctypes.c_long),
        ("time_us", ctypes.c_long),
        ("unused", ctypes.c_byte * 256),
    ]


def clock() -> dict[str, Any]:
    """Return the time, the zone and, on Linux, whether something keeps the clock right."""
    synchronised, error_s = _discipline()
    return {
        "rows": [
            {
                "utc_now": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "timezone": _zone(),
                "is_synchronised": synchronised,
                "estimated_error_s": error_s,
            }
        ]
    }


def _discipline() -> tuple[bool | None, float | None]:
    """Ask the kernel; its error estimate means something only while it is synchronised."""
    if sys.platform != "linux":
        return None, None
    state = _Timex()
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state))
    if answer < 0 or abs(state.time_s - time.time()) > _SANE_S:
        return None, None  # refused, or another layout of the structure
    synchronised = answer != _TIME_ERROR and not state.status & _STA_UNSYNC
    return synchronised, state.esterror / 1e6 if synchronised else None


def _zone() -> str:
    """Return the zone's IANA name where the system tells it, else the offset from UTC."""
    parts = Path("/etc/localtime").resolve().parts
    if "zoneinfo" in parts:
        return "/".join(parts[parts.index("zoneinfo") + 1 :])
    return f"{datetime.now().astimezone():%z}"
