"""Services that carry passwords or data in clear text, by what waits for connections.

Only sockets are looked at that other machines can reach. Nothing is sent to them.
"""

from auditor.hardening.answer import Answer, ask, failed, met, not_permitted
from auditor.hardening.machine import Machine, base, shown
from auditor.model import Row
from auditor.model.measures import Measure

_CLEAR_TEXT_LOGINS = {23, 512, 513}
_RSH = 514
_RSH_PROGRAMS = {"in.rshd", "rshd", "inetd", "inetutils-inetd", "xinetd", "systemd"}
_LEGACY_TCP = {7, 9, 13, 19, 37, 79}
_LEGACY_UDP = {7, 13, 19, 37, 69}
_FTP, _SNMP = 21, 161
_VNC_PORTS = range(5900, 5910)
_VNC = {"Xvnc", "Xtigervnc", "Xtightvnc", "x0vncserver", "x11vnc", "vino-server", "wayvnc"}
_VNC_WINDOWS = {"winvnc.exe", "winvnc4.exe", "tvnserver.exe", "vncserver.exe"}
_VNC_WITHOUT_TLS = {"Xtightvnc"}
_NOT_HTTP = {
    *(22, 25, 53, 88, 110, 111, 135, 139, 143, 389, 443, 445, 464, 465, 587, 636, 993, 995),
    *(2049, 3306, 3389, 5432, 5666, 6556, 8443, 9443, 10050, 10051),
}
"""Ports of services that are no web server, or one with TLS."""


def no_clear_text_login(machine: Machine, _measure: Measure) -> Answer:
    """Telnet, rexec, rlogin and rsh. A syslog receiver may use rsh's port."""
    found = _on(machine, "tcp", _CLEAR_TEXT_LOGINS)
    same_port = _on(machine, "tcp", {_RSH})
    found += [row for row in same_port if base(row["executable"]) in _RSH_PROGRAMS]
    if found:
        return _failed(found)
    _known(same_port)
    return met("tcp/23 tcp/512-514 –")


def no_legacy_services(machine: Machine, _measure: Measure) -> Answer:
    """TFTP, finger, and the small services echo, discard, daytime, chargen and time."""
    found = _on(machine, "tcp", _LEGACY_TCP) + _on(machine, "udp", _LEGACY_UDP)
    return _failed(found) if found else met("tcp/7,9,13,19,37,79 udp/7,13,19,37,69 –")


def no_plain_ftp(machine: Machine, _measure: Measure) -> Answer:
    """FTP without TLS. Of vsftpd the configuration is read, of others not."""
    found = _on(machine, "tcp", {_FTP})
    if not found:
        return met("tcp/21 –")
    _known(found)
    if any(base(row["executable"]) != "vsftpd" for row in found):
        return ask("ftp_tls_not_read", _shown(found))
    lines = [*machine.lines("/etc/vsftpd.conf"), *machine.lines("/etc/vsftpd/vsftpd.conf")]
    said = dict(line.partition("=")[::2] for line in lines)
    is_forced = (
        said.get("ssl_enable", "NO").strip() == "YES"
        and said.get("force_local_logins_ssl", "YES").strip() == "YES"
    )
    text = f"vsftpd.conf: ssl_enable={said.get('ssl_enable', 'NO')}"
    if not is_forced:
        return failed(text, *map(shown, found))
    return met(f"{text}, force_local_logins_ssl=YES", *map(shown, found))


def no_plain_snmp(machine: Machine, _measure: Measure) -> Answer:
    """SNMP versions 1 and 2c, whose community is a password in clear text."""
    found = _on(machine, "udp", {_SNMP})
    if not found:
        return met("udp/161 –")
    _known(found)
    if any(base(row["executable"]) != "snmpd" for row in found):
        return ask("snmp_version_not_read", _shown(found))
    words = {line.split()[0].lower() for line in machine.lines_below("/etc/snmp/") if line.split()}
    old = sorted(word for word in words if "community" in word or word.startswith("com2sec"))
    if old:
        return failed(f"snmpd.conf: {', '.join(old)}", *map(shown, found))
    if words & {"rouser", "rwuser"}:
        return met(f"snmpd.conf: {', '.join(sorted(words))}", *map(shown, found))
    return ask("snmp_version_not_read", _shown(found))


def no_plain_vnc(machine: Machine, _measure: Measure) -> Answer:
    """VNC without TLS. Which security types a server offers is known of few without asking it."""
    found = [
        row
        for row in machine.exposed
        if row["protocol"] == "tcp"
        and (row["local_port"] in _VNC_PORTS or base(row["executable"]) in (_VNC | _VNC_WINDOWS))
    ]
    _known([row for row in machine.exposed if row["protocol"] == "tcp"])
    if not found:
        return met("tcp/5900-5909 –")
    plain = [row for row in found if base(row["executable"]) in _VNC_WITHOUT_TLS]
    return _failed(plain) if plain else ask("vnc_security_not_read", _shown(found))


def no_plain_http_admin(machine: Machine, _measure: Measure) -> Answer:
    """Administration over HTTP without TLS. What a web server is for, only people know."""
    found = [
        row
        for row in machine.exposed
        if row["protocol"] == "tcp" and row["local_port"] not in _NOT_HTTP
    ]
    if not found:
        return met("tcp: " + (_ports(machine) or "–"))
    _known(found)
    if machine.platform == "linux" and machine.running("miniserv.pl"):
        said = [line.replace(" ", "") for line in machine.lines("/etc/webmin/miniserv.conf")]
        if "ssl=0" in said:
            return failed("/etc/webmin/miniserv.conf: ssl=0", *map(shown, found))
    return ask("web_purpose_unknown", _shown(found))


def _on(machine: Machine, protocol: str, ports: set[int]) -> list[Row]:
    return [
        row for row in machine.exposed if row["protocol"] == protocol and row["local_port"] in ports
    ]


def _known(rows: list[Row]) -> None:
    """Refuse to go on where it cannot be told which program holds a port."""
    for row in rows:
        if row["executable"] is None:
            not_permitted(f"the program behind {row['protocol']}/{row['local_port']} is hidden")


def _failed(rows: list[Row]) -> Answer:
    return failed(_shown(rows), *map(shown, rows))


def _shown(rows: list[Row]) -> str:
    return ", ".join(sorted({f"{row['protocol']}/{row['local_port']}" for row in rows}))


def _ports(machine: Machine) -> str:
    numbers = {int(str(r["local_port"])) for r in machine.exposed if r["protocol"] == "tcp"}
    return ", ".join(map(str, sorted(numbers)))
