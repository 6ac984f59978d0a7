"""What rules look at: the tables of one machine, each complete or raised as `CannotMeasure`.

A rule must ask for everything it rests on before it answers. So a section that is missing, cut or
denied can only ever leave a measure open.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from auditor.collection import Collection
from auditor.errors import CannotMeasure
from auditor.hardening.answer import not_permitted
from auditor.model import Failure, Row
from auditor.sections import machine as machine_section
from auditor.sections import processes, protection, sockets, software
from auditor.sections.files import files

_LOOPBACK = re.compile(r"127\.|::1$|::ffff:127\.")
_DENIED = re.compile(r"(?:grep: )?(/\S[^:]*): Permission denied")
_SETTINGS = "security_settings"


@dataclass(frozen=True)
class Machine:
    """One machine's tables, read when first asked for."""

    collection: Collection

    @property
    def platform(self) -> str:
        """Return linux, darwin or windows."""
        return self.collection.platform

    @cached_property
    def now(self) -> float:
        """The machine's own time in POSIX seconds; ages are counted by it."""
        return machine_section.now(self.collection)

    @cached_property
    def settings(self) -> dict[str, list[str]]:
        """Allow-listed configuration lines by file."""
        self._whole(_SETTINGS)
        return protection.settings(self.collection, _SETTINGS)

    def lines(self, path: str) -> list[str]:
        """Return the lines of one file; none if it is not there. Raises if it was not readable."""
        self._readable(path)
        return self.settings.get(path, [])

    def lines_below(self, folder: str) -> list[str]:
        """Return the lines of all files whose path starts so. Raises as `lines` does."""
        self._readable(folder)
        return [
            line
            for path, lines in self.settings.items()
            if path.startswith(folder)
            for line in lines
        ]

    @cached_property
    def processes(self) -> tuple[Row, ...]:
        """All running programs, each with its file. Raises where some are hidden from the account.

        A process's name is whatever it likes; only its file says what runs.
        """
        if self.platform == "linux":
            for name in ("executables", "argv"):
                self._whole(name)
        rows = processes.processes(self.collection)
        first = next((row for row in rows if row["pid"] == 1), None)
        looked_at = (first,) if self.collection.is_root else rows
        if self.platform != "windows" and (
            first is None or any(row is None or row["executable"] is None for row in looked_at)
        ):
            not_permitted("the programs of other users are hidden from this account")
        return rows

    def running(self, *names: str) -> list[Row]:
        """Return programs whose file, or interpreted script, has one of these names."""
        return [
            row
            for row in self.processes
            if not {base(row["executable"]), base(row["script"])}.isdisjoint(names)
        ]

    @cached_property
    def exposed(self) -> tuple[Row, ...]:
        """Sockets that wait for others on an address that other machines can reach."""
        if self.platform == "linux":
            self._whole("texts")
        rows = sockets.sockets(self.collection)
        return tuple(
            row
            for row in rows
            if row["is_listening"] and not _LOOPBACK.match(str(row["local_address"]))
        )

    @cached_property
    def packages(self) -> frozenset[str]:
        """Names of installed packages, without their architecture."""
        rows = software.packages(self.collection)
        return frozenset(
            str(row["name"]).partition(":")[0] for row in rows if row["state"] == "installed"
        )

    @cached_property
    def users(self) -> tuple[Row, ...]:
        """Accounts, with the state of each password. Raises where that is not readable."""
        rows = protection.users(self.collection)
        if not rows:
            raise CannotMeasure(Failure.COMMAND_FAILED, "no account at all was listed")
        return rows

    @cached_property
    def files(self) -> dict[str, Row]:
        """Named files by path."""
        section = self.collection.section("files")
        if section.state == "timeout" or section.is_truncated:
            self.collection.output("files")
        return {str(row["path"]): row for row in files(self.collection)}

    def _whole(self, name: str) -> None:
        section = self.collection.section(name)
        if section.state in {"timeout", "denied", "missing"} or section.is_truncated:
            self.collection.output(name)
            raise CannotMeasure(Failure.UNPARSABLE, f"{name}: cut")

    @cached_property
    def _denied(self) -> list[str]:
        said = self.collection.section(_SETTINGS).stderr.decode(errors="backslashreplace")
        return _DENIED.findall(said)

    def _readable(self, path: str) -> None:
        self._whole(_SETTINGS)
        for denied in self._denied:
            if denied.startswith(path):
                not_permitted(denied)


def base(path: object) -> str:
    """Return a program's name without folder, in lower case on Windows paths."""
    text = str(path or "").removesuffix(" (deleted)")
    return text.rpartition("\\")[2].lower() if "\\" in text else text.rpartition("/")[2]


def shown(row: Row) -> str:
    """Return a socket as one reads it: protocol, port, address and program."""
    program = base(row["executable"]) or row["process"] or "?"
    return f"{row['protocol']}/{row['local_port']} {row['local_address']} ({program})"
