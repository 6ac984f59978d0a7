"""Network interfaces."""

import re
from ipaddress import ip_address

from auditor.collection import Collection, once
from auditor.model import Row
from auditor.parsing import reading, rows_of, unparsable, whole

COLUMNS = {
    "name": str,
    "is_up": bool,
    "is_loopback": bool,
    "is_wireless": bool,
    "mac": str,
    "ipv4": tuple,
    "ipv6": tuple,
    "speed_mbps": int,
    "duplex": str,
    "mtu": int,
}
_IP_HEAD = re.compile(r"\d+: ([^:@\s]+)(?:@\S+)?: <([^>]*)>.* mtu (\d+)")
_IFCONFIG_HEAD = re.compile(r"([A-Za-z0-9_.:-]+?):? .*?<([^>]*)>.*?mtu (\d+)")
_MAC = re.compile(r"\s+(?:link/\S+|ether) ([0-9a-fA-F:]{17})\b")
_ADDRESS = re.compile(r"\s+inet6? (?:addr: ?)?([0-9a-fA-F.:]+)")


@once
def interfaces(collection: Collection) -> tuple[Row, ...]:
    """Return network interfaces as `ip addr` or `ifconfig -a` tell them. Raises."""
    text = collection.text("addresses")
    if collection.platform == "windows":
        return rows_of(text.encode(), "addresses", COLUMNS, COLUMNS)
    shapes = collection.sections.get("shapes")
    known = None if shapes is None else shapes.stdout.decode(errors="replace").splitlines()
    rows: list[Row] = []
    for block in re.split(r"\n(?=\S)", text.strip("\n")):
        head = _IP_HEAD.match(block) or _IFCONFIG_HEAD.match(block)
        if head is None:
            unparsable(f"addresses: {block[:60]}")
        with reading("addresses"):
            rows.append(_row(collection, known, block, head))
    return tuple(rows)


def _row(collection: Collection, known: list[str] | None, block: str, head: "re.Match[str]") -> Row:
    name, flags = head[1], set(head[2].split(","))
    mac = _MAC.search(block)
    found = [ip_address(text) for text in dict.fromkeys(_ADDRESS.findall(block))]
    wireless = {f"/sys/class/net/{name}/{word}" for word in ("wireless", "phy80211")}
    return {
        "name": name,
        "is_up": "UP" in flags and bool(flags & {"LOWER_UP", "RUNNING"}),
        "is_loopback": "LOOPBACK" in flags,
        "is_wireless": None if known is None else bool(wireless & set(known)),
        "mac": mac[1].lower() if mac and mac[1].strip("0:") else None,
        "ipv4": tuple(sorted(str(a) for a in found if a.version == 4)),  # noqa: PLR2004 - IPv4
        "ipv6": tuple(sorted(str(a) for a in found if a.version != 4)),  # noqa: PLR2004 - IPv4
        "speed_mbps": _speed(collection, name),
        "duplex": {"full": "full", "half": "half"}.get(_fact(collection, name, "duplex")),
        "mtu": whole(head[3]),
    }


def _speed(collection: Collection, name: str) -> int | None:
    """Return what the driver reports; -1, nothing or an error mean that it does not know."""
    text = _fact(collection, name, "speed")
    number = whole(text) if text else -1
    return number if 0 < number < (1 << 32) - 1 else None


def _fact(collection: Collection, name: str, fact: str) -> str:
    if collection.platform != "linux":
        return ""
    content = collection.texts.get(f"/sys/class/net/{name}/{fact}", b"")
    return content.decode(errors="backslashreplace").strip()
