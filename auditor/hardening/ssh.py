"""Administration over SSH, by the settings that sshd itself says it has (`sshd -T`, root only).

`sshd -T` leaves out what stands in Match blocks. So a good value counts only if no line of the
files says otherwise.
"""

import re
from collections.abc import Callable

from auditor.errors import CannotMeasure
from auditor.hardening.answer import Answer, ask, failed, met
from auditor.hardening.machine import Machine
from auditor.model import Failure
from auditor.model.measures import Measure
from auditor.sections.protection import pair, ssh_server

_FILES = "/etc/ssh/sshd_config"
_WEAK = {
    "ciphers": re.compile(r"3des|arcfour|-cbc|blowfish|cast128"),
    "macs": re.compile(r"md5|ripemd|-96"),
    "kexalgorithms": re.compile(r"group1-|group14-sha1|group-exchange-sha1$"),
}
_DAEMONS = ("sshd", "sshd-session", "dropbear", "tinysshd")


def ssh_no_root_password(machine: Machine, _measure: Measure) -> Answer:
    """Root does not get in over SSH with a password."""
    said = _said(machine)
    if said is None:
        return _no_server()
    root = said.get("permitrootlogin", "")
    ways = [said.get(key, "") for key in ("passwordauthentication", "kbdinteractiveauthentication")]
    shown = f"permitrootlogin {root}, passwordauthentication {ways[0]}"
    if root == "yes" and ways != ["no", "no"]:
        return failed(shown, "sshd -T")
    other = _otherwise(machine, "permitrootlogin", lambda value: value == "yes")
    if root == "yes":  # nobody gets in with a password, unless a line says so for some
        other = _otherwise(
            machine, "passwordauthentication|kbdinteractiveauthentication", lambda v: v != "no"
        )
    return ask("ssh_match_block", other, shown) if other else met(shown, "sshd -T")


def ssh_no_empty_passwords(machine: Machine, _measure: Measure) -> Answer:
    """No account gets in over SSH with an empty password."""
    said = _said(machine)
    if said is None:
        return _no_server()
    shown = f"permitemptypasswords {said.get('permitemptypasswords', '')}"
    if said.get("permitemptypasswords") != "no":
        return failed(shown, "sshd -T")
    other = _otherwise(machine, "permitemptypasswords", lambda value: value != "no")
    return ask("ssh_match_block", other, shown) if other else met(shown, "sshd -T")


def ssh_strong_algorithms(machine: Machine, _measure: Measure) -> Answer:
    """Neither ciphers nor checksums nor key exchanges that are known to be weak."""
    said = _said(machine)
    if said is None:
        return _no_server()
    if not _WEAK.keys() <= said.keys():
        raise CannotMeasure(Failure.UNPARSABLE, "sshd -T does not name its algorithms")
    weak = [
        name
        for key, pattern in _WEAK.items()
        for name in said[key].split(",")
        if pattern.search(name)
    ]
    return failed(", ".join(weak), "sshd -T") if weak else met("sshd -T: –", "sshd -T")


def _said(machine: Machine) -> dict[str, str] | None:
    """Return the daemon's settings; None where there is certainly no SSH server."""
    section = machine.collection.section("ssh_server")
    if section.state != "missing":
        machine.collection.output("ssh_server")
        said: dict[str, str] = {}
        for row in ssh_server(machine.collection):
            said.setdefault(str(row["key"]), str(row["value"]))
        if "permitrootlogin" not in said:
            raise CannotMeasure(Failure.UNPARSABLE, "sshd -T: no settings")
        return said
    if machine.running(*_DAEMONS):
        raise CannotMeasure(Failure.TOOL_MISSING, "an SSH server runs that does not tell settings")
    return None


def _no_server() -> Answer:
    return met("sshd: –", reason="no_ssh_server")


def _otherwise(machine: Machine, keys: str, is_bad: Callable[[str], bool]) -> str:
    """Return the first line of sshd's files that gives one of these keys a bad value."""
    for line in machine.lines_below(_FILES):
        key, value = pair(line)
        if re.fullmatch(keys, key.lower()) and is_bad(value.lower()):
            return f"{key} {value}"
    return ""
