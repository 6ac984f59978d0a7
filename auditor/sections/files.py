"""Named files, and what named commands and configuration keys said."""

import re
import stat

from auditor.collection import Collection, Section, once
from auditor.model import Row
from auditor.parsing import moment, reading, rows_of, unparsable, whole

_LINE = re.compile(r"([0-9a-f]{1,8}) (\d{1,19}) (-?\d{1,12}) (\d{1,10}) (.*)")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f"}
_COLUMNS = {
    "path": str,
    "kind": str,
    "size_bytes": int,
    "modified_at": str,
    "mode": str,
    "owner_uid": int,
    "link_target": str,
    "exists": bool,
}
_KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "link",
    stat.S_IFSOCK: "socket",
    stat.S_IFIFO: "pipe",
    stat.S_IFBLK: "block device",
    stat.S_IFCHR: "character device",
}


@once
def files(collection: Collection) -> tuple[Row, ...]:
    """Return the named files: `exists` is null where the account may not look."""
    section = collection.section("files")
    if collection.platform == "windows":
        return rows_of(section.stdout, "files", _COLUMNS, _COLUMNS)
    text = section.stdout.decode(errors="backslashreplace")
    with reading("files"):
        return tuple(_row(line) for line in text.splitlines() if line)


@once
def status_outputs(collection: Collection) -> tuple[Row, ...]:
    """Return what the status commands of known products said; those not installed have no code."""
    return tuple(
        {
            "command": name.removeprefix("status "),
            "state": section.state,
            "exit_code": None if section.state == "missing" else section.exit_code,
            "stdout": section.stdout.decode(errors="backslashreplace").removesuffix("\n"),
            "stderr": section.stderr.decode(errors="backslashreplace").strip(),
            "is_truncated": section.is_truncated,
        }
        for name, section in collection.sections.items()
        if name.startswith("status ")
    )


def fanotify(collection: Collection) -> tuple[Row, ...]:
    """Return the fanotify groups that processes hold: who watches or blocks access to files."""
    section = collection.section("fanotify")
    if section.state == "failed" and not section.stdout and collection.is_root:
        return ()
    text = section.stdout if _partly(section) else collection.output("fanotify")
    found = re.findall(
        r"^/proc/(\d{1,10})/fdinfo/\d+:fanotify (?:ino:\S+ sdev:\S+ |mnt_id:\S+ )"
        r"mflags:\S+ mask:([0-9a-f]{1,16}) ",
        text.decode(errors="backslashreplace"),
        re.MULTILINE,
    )
    masks: dict[int, int] = {}
    for pid, mask in found:
        masks[int(pid)] = masks.get(int(pid), 0) | int(mask, 16)
    return tuple({"pid": pid, "mask": f"0x{mask:x}"} for pid, mask in sorted(masks.items()))


def _partly(section: Section) -> bool:
    return section.state == "failed" and bool(section.stdout)


def _row(line: str) -> Row:
    word, _space, rest = line.partition(" ")
    if word in {"absent", "denied"}:
        return {**dict.fromkeys(_COLUMNS), "path": rest, "exists": {"absent": False}.get(word)}
    match = _LINE.fullmatch(line)
    if match is None:
        unparsable(f"stat: {line[:80]}")
    path, target = link(match[5])
    mode = int(match[1], 16)
    return {
        "path": path,
        "kind": _KINDS.get(stat.S_IFMT(mode), "other"),
        "size_bytes": whole(match[2]),
        "modified_at": moment(whole(match[3])),
        "mode": f"{stat.S_IMODE(mode):04o}",
        "owner_uid": whole(match[4]),
        "link_target": target,
        "exists": True,
    }


def link(text: str) -> tuple[str, str | None]:
    """Read a name, or `name -> target`, each quoted as C does it or not at all."""
    name, arrow, target = text.partition('" -> "')
    if arrow:
        return unquoted(f'{name}"'), unquoted(f'"{target}') or None
    name, arrow, target = text.partition(" -> ")
    return unquoted(name), unquoted(target) or None if arrow else None


def unquoted(text: str) -> str:
    r"""Undo the quoting of GNU programs: `"a\nb"`, or `'a'` as busybox writes it."""
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1]
    if not (len(text) > 1 and text[0] == text[-1] == '"'):
        return text
    content = text[1:-1].encode(errors="backslashreplace")
    return _ESCAPE.sub(_unescaped, content).decode(errors="backslashreplace")


def _unescaped(match: "re.Match[bytes]") -> bytes:
    word = match[1]
    if len(word) > 1:
        return bytes([int(word, 8) & 0xFF])
    return _LETTERS.get(word, word)
