"""Running programs."""

from auditor.model import Measured, Text
from auditor.parsing import in_order, json_object, table
from auditor.probing import Column, Host, probe

_COLUMNS = (
    Column("pid", int, "Process number"),
    Column("parent_pid", int, "Process that started it"),
    Column("name", str, "Name of the program"),
    Column("executable", str, "Its file; empty for kernel threads, null if not readable"),
    Column("started_at", str, "When it was started"),
)


@probe(*_COLUMNS)
def processes(host: Host) -> Measured:
    """Programs that run, without users, arguments or environment.

    Tested on Linux; on macOS and Windows psutil's documentation is relied on.
    """
    return parse(host.system("processes"))


def parse(content: bytes) -> Measured:
    """Read the process reading; say what an ordinary user could not see."""
    rows = in_order(table(content, _COLUMNS, "processes"), "pid")
    hidden = sum(row["executable"] is None for row in rows)
    limitations = []
    if hidden:
        limitations.append(
            Text(
                vi=f"Không đọc được tệp chương trình của {hidden} trên {len(rows)} tiến trình.",
                en=f"The program file of {hidden} of {len(rows)} processes could not be read.",
            )
        )
    if json_object(content, "processes").get("is_elevated") is not True:
        limitations.append(
            Text(
                vi="Đo không có quyền quản trị: tiến trình của người dùng khác có thể bị ẩn.",
                en="Measured without administrator rights: processes of others may be hidden.",
            )
        )
    return Measured(rows=rows, limitations=tuple(limitations))
