"""`pbsnodes -a` of OpenPBS, PBS Professional and Torque.

Read after public examples, not tested on a real system.
"""

import re

from auditor.parsing import unparsable, whole
from auditor.sections.computing_units import Capacity, mebibytes, together

_READY = frozenset({"free", "busy", "job-busy", "job-exclusive", "resv-exclusive"})
"""States in which a node works or waits for work; every other word takes that back."""

_NODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\[\]-]{0,200}")
_FACT = re.compile(r"\s+([A-Za-z_.]+) = (.*)")


def pbs_nodes(text: str, *, is_cut: bool) -> Capacity:
    """Read nodes and what belongs to each. Raises `CannotMeasure` and `ValueError`."""
    nodes: list[dict[str, str]] = []
    lines = text.splitlines()
    for line in lines[:-1] if is_cut else lines:
        fact = _FACT.fullmatch(line)
        if fact is not None and nodes:
            nodes[-1][fact[1]] = fact[2].strip()
        elif _NODE.fullmatch(line):
            nodes.append({})
        elif line.strip():
            unparsable(f"pbsnodes: {line[:60]}")
    if is_cut:
        nodes = nodes[:-1]
    if not nodes or not all("state" in node for node in nodes):
        unparsable("pbsnodes: no node, or one without a state")
    ready = sum(set(node["state"].split(",")) <= _READY for node in nodes)
    queues = {name for node in nodes for name in _queues(node)}
    if is_cut:
        return Capacity(nodes_up=ready, is_cut=True)
    gpus = [_number(node, "resources_available.ngpus", "gpus") for node in nodes]
    return Capacity(
        partitions=tuple(sorted(queues)) or None,
        nodes_total=len(nodes),
        nodes_up=ready,
        cpus=together(
            [_number(node, "resources_available.ncpus", "np", "pcpus") for node in nodes]
        ),
        memory_mib=together([_memory(node) for node in nodes]),
        gpus=None if set(gpus) == {None} else sum(number or 0 for number in gpus),
    )


def _queues(node: dict[str, str]) -> list[str]:
    named = node.get("resources_available.Qlist", node.get("queue", ""))
    return [name for name in named.split(",") if name]


def _number(node: dict[str, str], *names: str) -> int | None:
    return next((whole(node[name]) for name in names if name in node), None)


def _memory(node: dict[str, str]) -> int | None:
    text = node.get("resources_available.mem")
    return None if text is None else mebibytes(text, "k")
