"""Comparing names as operating systems write them: case, suffixes, links, `*`."""

import re
from functools import lru_cache

COMM_BYTES = 15
"""What Linux keeps of a program's name in /proc/<pid>/comm."""

_SYSTEM_FOLDERS = {
    "linux": (
        "/usr/bin/",
        "/usr/sbin/",
        "/usr/libexec/",
        "/usr/lib/",
        "/usr/lib64/",
        "/usr/local/bin/",
        "/usr/local/sbin/",
        "/snap/",
        "/var/lib/flatpak/",
    ),
    "darwin": ("/usr/bin/", "/usr/sbin/", "/usr/libexec/", "/usr/local/", "/opt/homebrew/"),
    "windows": ("c:\\windows\\system32\\", "c:\\program files\\", "c:\\program files (x86)\\"),
}
_MERGED = ("/bin/", "/sbin/", "/lib/", "/lib64/", "/libexec/")
_DELETED = " (deleted)"


def canonical(path: str, platform: str) -> str:
    """Return one spelling of a path: merged /usr, no `(deleted)`, lower case on Windows."""
    path = path.removesuffix(_DELETED).strip('"')
    if platform == "windows":
        return path.replace("/", "\\").lower()
    return f"/usr{path}" if platform == "linux" and path.startswith(_MERGED) else path


@lru_cache(maxsize=65536)
def base(path: str) -> str:
    """Return the last part of a path of any platform."""
    return re.split(r"[\\/]", path.removesuffix(_DELETED).rstrip("\\/"))[-1]


def in_system_folder(path: str, platform: str) -> bool:
    """Whether only an administrator can normally put a program at this path."""
    return canonical(path, platform).startswith(_SYSTEM_FOLDERS.get(platform, ()))


def holds_system_folders(folder: str, platform: str) -> bool:
    """Whether a folder is one of those, or lies above one, and so is no vendor's own."""
    return any(system.startswith(folder) for system in _SYSTEM_FOLDERS.get(platform, ()))


@lru_cache(maxsize=8192)
def glob(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Compile a name with `*`; in a path a star does not cross a folder, `~/` is any home."""
    home, rest = "", pattern
    if pattern.startswith("~/"):
        home, rest = r"(?:/root|/home/[^/]+|/Users/[^/]+|/var/root)/", pattern[2:]
    body = r"[^\\/]*".join(re.escape(part) for part in rest.split("*"))
    return re.compile(f"{home}{body}", re.IGNORECASE if ignore_case else 0)


def same(pattern: str, name: str, platform: str) -> bool:
    """Whether a name is the one meant, exactly or by `*`."""
    return bool(glob(pattern, ignore_case=platform == "windows").fullmatch(name))


def same_program(pattern: str, path: str, platform: str) -> bool:
    """Whether a program's file has the name meant, whole, never cut to fifteen bytes."""
    return bool(path) and same(pattern, base(path), platform)


def same_comm(pattern: str, comm: str, platform: str) -> bool:
    """Whether a free-text process name could be the one meant; on Linux it may be cut."""
    if same(pattern, comm, platform):
        return True
    return platform == "linux" and comm.encode() == pattern.encode()[:COMM_BYTES]


def same_service(pattern: str, name: str, platform: str) -> bool:
    """Whether a service is the one meant; systemd units may come without `.service`."""
    return same(pattern.removesuffix(".service"), name.removesuffix(".service"), platform)


def folder_of(path: str) -> str:
    """Return the folder of a path with its last separator; empty when there is none."""
    cut = max(path.rfind("/"), path.rfind("\\"))
    return path[: cut + 1]
