"""High-performance computing."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from types import MappingProxyType

from auditor.collection import Collection
from auditor.discovery.hosts import entry_for
from auditor.errors import CannotMeasure
from auditor.model import (
    ComputingKind,
    ComputingResource,
    Failure,
    Hides,
    ListedDevice,
    Measured,
    Row,
    Text,
)
from auditor.parsing import in_order
from auditor.probing import Column, HostFacts, probe
from auditor.sections import computing
from auditor.sections.computing_units import Capacity
from auditor.sections.computing_words import said
from auditor.sections.network import interfaces

_COLUMNS = (
    Column("name", str, "Name that the site file gives the resource", hides=Hides.HOST),
    Column("kind", str, "slurm, pbs, lsf or local_gpu", hides=Hides.NOTHING),
    Column("is_local", bool, "Stands in the centre, as the site file says"),
    Column(
        "is_reachable",
        bool,
        "The scheduler, or the driver of the GPUs, answered; false: it is known not to; null: "
        "nothing is known, see `trouble`",
    ),
    Column(
        "is_listed",
        bool,
        "The machine stands in the centre's list of devices, by MAC or by IP address; null without "
        "a list, and for what is not local",
    ),
    Column(
        "scheduler",
        str,
        "The program that gives out work; null where there is none",
        hides=Hides.NOTHING,
    ),
    Column(
        "partitions",
        tuple,
        "Open partitions or queues; null where the scheduler names none",
        hides=Hides.TEXT,
    ),
    Column("nodes_total", int, "Nodes, those that are down among them"),
    Column("nodes_up", int, "Nodes that work or wait for work, in a partition that is open"),
    Column("cpus", int, "CPUs of all nodes, as the scheduler counts them"),
    Column("memory_mib", int, "Memory of all nodes"),
    Column("gpus", int, "GPUs of all nodes; null where the scheduler does not say"),
    Column("gpu_memory_mib", int, "Memory of the GPUs of a single machine"),
    Column(
        "trouble",
        str,
        "Why the question was not answered, as a failure's name",
        hides=Hides.NOTHING,
    ),
)
_READERS: MappingProxyType[ComputingKind, Callable[[Collection], Capacity]] = MappingProxyType(
    {
        ComputingKind.SLURM: computing.slurm,
        ComputingKind.PBS: computing.pbs,
        ComputingKind.LSF: computing.lsf,
        ComputingKind.LOCAL_GPU: computing.nvidia,
    }
)
_SCHEDULERS = MappingProxyType(
    {
        ComputingKind.SLURM: "Slurm",
        ComputingKind.PBS: "PBS",
        ComputingKind.LSF: "LSF",
    }
)
_NO_JOB = Text(
    vi="Không gửi tác vụ nào: kết quả không cho biết tài khoản của trung tâm có được chạy tác vụ "
    "hay không.",
    en="No job was submitted: the result does not tell whether the centre's account may run one.",
)
_CUT = Text(
    vi="Bộ điều phối trả lời quá dài, chỉ đọc được phần đầu: số nút hoạt động là ít nhất, các số "
    "tổng bỏ trống.",
    en="The scheduler's answer was too long and only its beginning was read: the nodes that are up "
    "are at least so many, totals are left empty.",
)
_ONLY_NVIDIA = Text(
    vi="Chỉ hỏi được GPU của NVIDIA (nvidia-smi); GPU của hãng khác không được kết luận.",
    en="Only NVIDIA's GPUs can be asked (nvidia-smi); of others nothing is concluded.",
)
_NOT_ASKED = Text(
    vi="Dữ liệu của máy này được thu khi chưa hỏi về tài nguyên tính toán; thu lại bằng kịch bản "
    "của audit collector --site … --target ….",
    en="This machine's output was collected without asking about computing; collect it again with "
    "the script of audit collector --site … --target ….",
)


@probe(*_COLUMNS, asked_by="hpc")
def hpc_access(host: HostFacts) -> Measured:
    """High-performance computing that the site file names on this machine.

    The machine is asked the commands of its scheduler (`sinfo`, `pbsnodes`, `bhosts`, `lshosts`) or
    `nvidia-smi`; they only read. A machine that the site file does not name under `hpc` is asked
    none of them and has no row. Tested with Slurm 22.05; PBS, LSF and nvidia-smi are read after
    documentation, not tested on a real system.
    """
    named = [item for item in host.site.hpc if item.target == host.target.name]
    limitations: dict[Text, None] = {}
    rows = [_row(item, host, limitations) for item in named]
    return Measured(rows=in_order(rows, "name"), limitations=tuple(limitations))


def _row(item: ComputingResource, host: HostFacts, limitations: dict[Text, None]) -> Row:
    row: Row = {
        **dict.fromkeys(column.name for column in _COLUMNS),
        "name": item.name,
        "kind": item.kind.value,
        "is_local": item.is_local,
        "is_listed": _is_listed(host.collection, host.site.devices) if item.is_local else None,
        "scheduler": _SCHEDULERS.get(item.kind),
    }
    limitations[_ONLY_NVIDIA if item.kind is ComputingKind.LOCAL_GPU else _NO_JOB] = None
    try:
        found = _READERS[item.kind](host.collection)
    except CannotMeasure as failure:
        if not computing.was_asked(host.collection, item.kind):
            limitations[_NOT_ASKED] = None
        else:
            limitations[said(item.name, item.kind, failure.failure)] = None
        is_away = failure.failure is Failure.UNREACHABLE
        return {
            **row,
            "is_reachable": False if is_away else None,
            "trouble": failure.failure.value,
        }
    if found.is_cut:
        limitations[_CUT] = None
    return {**row, "is_reachable": True, **_figures(found)}


def _figures(found: Capacity) -> Row:
    return {
        "partitions": found.partitions,
        "nodes_total": found.nodes_total,
        "nodes_up": found.nodes_up,
        "cpus": found.cpus,
        "memory_mib": found.memory_mib,
        "gpus": found.gpus,
        "gpu_memory_mib": found.gpu_memory_mib,
    }


def _is_listed(collection: Collection, listed: Iterable[ListedDevice]) -> bool | None:
    """Look for the machine in the list by each of its interfaces; without a list nobody knows."""
    devices = tuple(listed)
    if not devices:
        return None
    try:
        own = [row for row in interfaces(collection) if not row["is_loopback"]]
    except CannotMeasure:
        return None
    return any(
        entry_for(ip_address(address), _word(row["mac"]), devices) is not None
        for row in own
        for address in (*_words(row["ipv4"]), *_words(row["ipv6"]))
    )


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _words(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
