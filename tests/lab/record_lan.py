"""The network of the recorded centres: a scope of four addresses, a list, and maybe a gateway."""

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

LETTER = {
    "number": "1/MAU",
    "issuing_body": "Trung tâm mẫu",
    "signer": "Nguyễn Văn Mẫu",
    "signer_position": "Giám đốc",
    "operating_unit": "Phòng Hạ tầng số",
    "performing_unit": "Phòng Hạ tầng số",
    "independent": False,
    "methods": ["time_query", "discovery", "speed_test"],
    "emergency_contact": "0213 000 000",
    "tool_operator": "Nguyễn Văn Mẫu",
}


def scope(today: date, letter: str) -> dict[str, Any]:
    """Return the scope of a site file; `letter` is a file beside it."""
    authorisation = {
        **LETTER,
        "issued_on": today.isoformat(),
        "expires_on": (today + timedelta(days=1)).isoformat(),
        "file": letter,
    }
    return {"networks": ["10.77.0.0/30"], "authorisation": authorisation}


def devices(systems: Sequence[str], *, all_of_them: bool) -> list[dict[str, object]]:
    """Return the device list; the disorderly centre's forgets the machine that measures."""
    listed = {"cong-mang": "10.77.0.1", **({"may-do": "10.77.0.2"} if all_of_them else {})}
    return [
        {"name": name, "addresses": [address], "level_dossiers": list(systems)}
        for name, address in listed.items()
    ]


def ip(*words: str) -> None:
    """Run one `ip` command."""
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def gateway(name: str, *, is_there: bool = True) -> Iterator[None]:
    """Put a machine with the gateway's address, or with none, at the other end of the cable."""
    other = f"{name}-gw"
    ip("netns", "add", other)
    try:
        ip("-n", name, "link", "add", "lan0", "type", "veth", "peer", "peer0", "netns", other)
        if is_there:
            ip("-n", other, "address", "add", "10.77.0.1/24", "dev", "peer0")
        ip("-n", other, "link", "set", "peer0", "up")
        yield
    finally:
        ip("netns", "delete", other)
