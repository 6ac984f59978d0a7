"""Installed software."""

from auditor.errors import CannotMeasure
from auditor.model import Failure, Measured, Row
from auditor.parsing import in_order, unparsable
from auditor.probing import Column, Host, output, probe

_MANAGERS = {
    "dpkg": (
        *("dpkg-query", "--show", "--showformat"),
        "${binary:Package}\\t${Version}\\t${db:Status-Status}\\n",
    ),
    "rpm": ("rpm", "--query", "--all", "--queryformat", "%{NAME}\\t%{EVR}\\tinstalled\\n"),
}


@probe(
    Column("name", str, "Name of the package; dpkg adds the architecture where it is ambiguous"),
    Column("version", str, "Version; null for a package of which nothing is left but its name"),
    Column("state", str, "installed; or, with dpkg, config-files, half-configured, …"),
    Column("manager", str, "dpkg or rpm"),
    platforms=frozenset({"linux"}),
)
def packages(host: Host) -> Measured:
    """Software packages as dpkg and rpm list them; software installed by hand is not among them.

    A removed package may leave its configuration behind: its state is then not `installed`.
    """
    rows: tuple[Row, ...] = ()
    missing: list[str] = []
    for manager, command in _MANAGERS.items():
        try:
            rows += parse(output(host.run(*command)), manager)
        except CannotMeasure as failure:
            if failure.failure is not Failure.TOOL_MISSING:
                raise
            missing.append(command[0])
    if len(missing) == len(_MANAGERS):
        raise CannotMeasure(Failure.TOOL_MISSING, f"none of {', '.join(missing)}")
    if not rows:
        raise CannotMeasure(Failure.COMMAND_FAILED, "the package managers list nothing at all")
    return Measured(rows=in_order(rows, "name", "version"))


def parse(text: str, manager: str) -> tuple[Row, ...]:
    """Read name, version and state, separated by tabs."""
    rows: list[Row] = []
    for line in text.splitlines():
        match line.split("\t"):
            case [name, version, state] if name and state:
                rows.append(
                    {"name": name, "version": version or None, "state": state, "manager": manager}
                )
            case fields:
                unparsable(f"{manager}: {len(fields)} fields in a line")
    return tuple(rows)
