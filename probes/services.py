"""Services."""

from auditor.model import Hides, Measured, Text
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.software import services as listed

_UNTESTED = Text(
    vi="Cách đọc dịch vụ Windows và macOS chưa được kiểm thử trên máy thật.",
    en="The reading of Windows and macOS services is not tested on a real system.",
)


@probe(
    Column("name", str, "Name of the service, without .service", hides=Hides.WEAKNESS),
    Column(
        "state",
        str,
        "running, or what else the service manager says: exited, dead, failed, …",
        hides=Hides.WEAKNESS,
    ),
    Column("substate", str, "The same in the service manager's finest words", hides=Hides.WEAKNESS),
    Column(
        "startup",
        str,
        "enabled, disabled, static, …; on Windows automatic, manual, disabled",
        hides=Hides.WEAKNESS,
    ),
    Column("description", str, "What the service says it is", hides=Hides.WEAKNESS),
    Column("executable", str, "The program that it starts", hides=Hides.WEAKNESS),
    Column("main_pid", int, "Its main process, if it runs"),
    Column("manager", str, "systemd, launchd or windows", hides=Hides.WEAKNESS),
)
def services(host: HostFacts) -> Measured:
    """Services that the system manager knows, with their state and how they start.

    Linux through systemd; another init system, or none, is a failure and no empty list.
    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    untested = () if host.collection.platform == "linux" else (_UNTESTED,)
    return Measured(rows=in_order(listed(host.collection), "name"), limitations=untested)
