"""Running programs."""

from auditor.model import Hides, Measured, Text
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections.processes import processes as running

_COLUMNS = (
    Column("pid", int, "Process number"),
    Column("parent_pid", int, "Process that started it"),
    Column("name", str, "Name of the program", hides=Hides.WEAKNESS),
    Column(
        "executable",
        str,
        "Its file; empty for kernel threads, null if not readable",
        hides=Hides.WEAKNESS,
    ),
    Column("is_deleted", bool, "The file was removed or replaced since"),
    Column(
        "script",
        str,
        "What an interpreter runs, as far as it holds no secret",
        hides=Hides.WEAKNESS,
    ),
    Column(
        "argv",
        tuple,
        "Arguments; all but options and known paths are redacted on the machine",
        hides=Hides.WEAKNESS,
    ),
    Column("uid", int, "Number of the account that it runs as"),
    Column("started_at", str, "When it was started", hides=Hides.WEAKNESS),
    Column("is_contained", bool, "Lives in another process or mount namespace than process 1"),
)


@probe(*_COLUMNS)
def processes(host: HostFacts) -> Measured:
    """Programs that run, without names of users, environment, or arguments that may be secret.

    Tested on Linux; macOS and Windows are read after documentation, not tested on a real system.
    """
    rows = in_order(running(host.collection), "pid")
    hidden = sum(row["executable"] is None for row in rows)
    limitations = []
    if hidden:
        limitations.append(
            Text(
                vi=f"Không đọc được tệp chương trình của {hidden} trên {len(rows)} tiến trình.",
                en=f"The program file of {hidden} of {len(rows)} processes could not be read.",
            )
        )
    if not host.collection.is_root:
        limitations.append(
            Text(
                vi="Đo không có quyền quản trị: tiến trình của người dùng khác có thể bị ẩn.",
                en="Measured without administrator rights: processes of others may be hidden.",
            )
        )
    return Measured(rows=rows, limitations=tuple(limitations))
