"""Whether a running program really is the product's: the file decides, never the name."""

from enum import StrEnum

from auditor.detection.facts import text
from auditor.detection.known import Known
from auditor.detection.names import (
    base,
    canonical,
    in_system_folder,
    same,
    same_comm,
    same_program,
)
from auditor.detection.view import Process, View, is_installed
from auditor.model.products import Kind


class Standing(StrEnum):
    """How a process relates to a product."""

    ANCHORED = "anchored"
    ELSEWHERE = "elsewhere"
    NAME_ONLY = "name_only"
    REFUTED = "refuted"
    UNRELATED = "unrelated"


def standing(process: Process, known: Known, view: View) -> Standing:
    """Say how a process relates to a product (detection.md, rules 2 and section 7)."""
    program = program_of(process, known)
    if program:
        there = located(program, known, view) or (
            process.is_deleted and in_system_folder(program, known.platform)
        )
        return Standing.ANCHORED if there else Standing.ELSEWHERE
    if not _bears_name(process, known):
        return Standing.UNRELATED
    return Standing.REFUTED if process.executable else Standing.NAME_ONLY


def program_of(process: Process, known: Known) -> str:
    """Return the file of the product's that runs: the executable, or an interpreter's script."""
    for path in (process.executable or "", process.script if process.executable else ""):
        if any(same_program(name, path, known.platform) for name in known.programs):
            return path
    return ""


def located(program: str, known: Known, view: View) -> bool:
    """Whether a program lies where the product puts it: vendor folder, package or service."""
    path = canonical(program, known.platform)
    if any(same(place, path, known.platform) for place in known.program_paths):
        return True
    if any(_under(path, folder, known.platform) for folder in known.vendor_folders):
        return True
    return in_system_folder(path, known.platform) and (
        is_packaged(known, view) or path in _service_programs(known, view)
    )


def is_packaged(known: Known, view: View) -> bool:
    """Whether one of the product's packages is installed."""
    return any(
        is_installed(row)
        for signal in known.of(Kind.PACKAGE)
        for _index, row in view.packages(signal.name)
    )


def is_main(process: Process, known: Known) -> bool:
    """Whether a process does the product's work, and is no helper of it."""
    path = program_of(process, known)
    return any(same_program(name, path, known.platform) for name in known.main)


def _under(path: str, folder: str, platform: str) -> bool:
    if "*" not in folder:
        return path.startswith(folder)
    separator = "\\" if platform == "windows" else "/"
    depth = folder.count(separator)
    return same(folder, separator.join(path.split(separator)[:depth]) + separator, platform)


def _service_programs(known: Known, view: View) -> frozenset[str]:
    return frozenset(
        canonical(text(row, "executable"), known.platform)
        for signal in known.of(Kind.SERVICE)
        for _index, row in view.services(signal.name)
    )


def _bears_name(process: Process, known: Known) -> bool:
    return any(
        same_comm(signal.name, name, known.platform)
        for signal in known.of(Kind.PROCESS)
        for name in (base(process.argv0), process.comm)
        if name
    )
