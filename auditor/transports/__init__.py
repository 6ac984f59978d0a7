"""Ways to what is measured: a URL scheme names a module, imported when it is first needed."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from auditor.logins import POSIX, WINDOWS
from auditor.model import Capture, Observation, Site, Target
from auditor.sample_slice import Slice
from auditor.transports.memo import Memo

if TYPE_CHECKING:  # opening a target loads only its own transport
    from auditor.scope import Gate

# Only `Match exec` of ssh_config(5) needs it, which nobody reads here; paramiko does without, and
# its start is a quarter shorter. None is Python's own mark for what cannot be imported.
sys.modules.setdefault("invoke", None)  # type: ignore[arg-type]  # as documented for sys.modules

Keep = Callable[[str, bytes], str]
"""Keeps raw bytes as evidence: takes the request and the bytes, returns their SHA-256."""


@dataclass(frozen=True, slots=True)
class Context:
    """What every transport is given. Paths of the site are relative to `site_folder`.

    `targets` are all that the run measures; `seen` is what it has measured before this.
    `shared` keeps what is measured once in a run for several probes. `started_at` is the moment of
    this measurement: what depends on the day reads it here, so that it can be read again.
    `stored` are the samples of a store for this measurement.
    """

    site: Site
    site_folder: Path
    gate: "Gate"
    keep: Keep
    targets: tuple[Target, ...] = ()
    seen: tuple[Observation, ...] = ()
    shared: Memo = field(default_factory=Memo)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    stored: Slice | None = None


class Access(Protocol):
    """An opened target: a `HostLink`, `Papers` or a `Network`, with what was read through it.

    Open one for each job, so that its captures are that job's.
    """

    @property
    def captures(self) -> tuple[Capture, ...]:
        """The raw bytes kept so far, in order of reading."""

    def close(self) -> None:
        """Release what the transport holds."""


def open_target(target: Target, context: Context) -> Access:
    """Open a target. Nothing is sent yet. Raises `CannotMeasure`; an unknown scheme is a bug."""
    module = importlib.import_module(f"auditor.transports.{target.scheme}")
    return cast("Access", module.access(target, context))


def collector_for(target: Target) -> str:
    """Name the collector that a machine can run: posix or windows."""
    if target.scheme == "local":
        return WINDOWS if sys.platform == "win32" else POSIX
    return WINDOWS if target.scheme == "winrm" else target.platform
