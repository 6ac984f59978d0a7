"""The text that a machine is given to run: one collector, and before it what to look at besides."""

import re
import shlex
from dataclasses import dataclass
from functools import cache
from importlib import resources

_PATH = re.compile(r"/[A-Za-z0-9_.*?/@:+~-]+")
_KEY = re.compile(r"[A-Za-z0-9_.:-]+")
_FILES = {"posix": "posix.sh", "windows": "windows.ps1"}


@dataclass(frozen=True, slots=True)
class StatusCommand:
    """A read-only command of a known product. `keep`: an extended regular expression of lines.

    Whoever lists one vouches that it changes nothing and that the kept lines hold no secret.
    """

    argv: tuple[str, ...]
    timeout_s: int = 5
    keep: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of a configuration file that set one of these keys; nothing else of it is read."""

    path: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a collection covers beyond what it always does. Paths may hold `*` and `?`."""

    paths: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    statuses: tuple[StatusCommand, ...] = ()
    pending_updates: bool = False


def script(platform: str, wanted: Wanted = Wanted()) -> bytes:
    """Return the collector for `posix` or `windows`, ready to be fed to a shell.

    Raises `ValueError` for a path or key that would be more than a path or key to a shell.
    """
    prologue = _for_windows(wanted) if platform == "windows" else _for_posix(wanted)
    return prologue.encode() + _collector(platform)


@cache
def _collector(platform: str) -> bytes:
    return (resources.files("auditor.probes") / "collectors" / _FILES[platform]).read_bytes()


def _for_posix(wanted: Wanted) -> str:
    paths = "".join(f"  ask_about {_checked(_PATH, path)}\n" for path in wanted.paths)
    settings = "".join(
        f"  for file in {_checked(_PATH, item.path)}; do setting \"$file\" '{_keys(item)}'; done\n"
        for item in wanted.settings
    )
    statuses = "".join(
        f"  status {item.timeout_s:d} {shlex.quote(item.keep)} {shlex.join(item.argv)}\n"
        for item in wanted.statuses
    )
    return (
        f"site_paths() {{ :\n{paths}}}\n"
        f"site_settings() {{ :\n{settings}}}\n"
        f"site_statuses() {{ :\n{statuses}}}\n"
        f"PENDING={'yes' if wanted.pending_updates else ''}\n"
    )


def _for_windows(wanted: Wanted) -> str:
    """Return PowerShell assignments; a quote inside single quotes is doubled."""

    def listed(texts: tuple[str, ...]) -> str:
        inner = ",".join("'" + text.replace("'", "''") + "'" for text in texts)
        return f"@({inner})"

    statuses = ",".join(listed((item.keep, *item.argv)) for item in wanted.statuses)
    return f"$WantedPaths = {listed(wanted.paths)}\n$WantedStatuses = @(,{statuses or '@()'})\n"


def _keys(item: Setting) -> str:
    return "|".join(_checked(_KEY, key).replace(".", r"\.") for key in item.keys)


def _checked(shape: re.Pattern[str], text: str) -> str:
    if not shape.fullmatch(text):
        message = f"{text!r} is more than a name"
        raise ValueError(message)
    return text
