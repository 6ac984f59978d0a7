"""Where an agent is told to report: one statement for each server, as `scheme://host:port`.

Schemes: tcp (long connection), short (opened when needed), udp, pull (the server comes).
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from auditor.detection.answers import Call
from auditor.detection.doubts import Doubt, doubt
from auditor.detection.facts import text
from auditor.detection.statement import Statement
from auditor.detection.times import moment
from auditor.model.products import Answer, Strength, Topic

_ZABBIX = re.compile(r"^\s*(ServerActive|Server)\s*=\s*(.+?)\s*$", re.MULTILINE)
_ALLOWED = re.compile(r"^\s*(?:allowed_hosts=|cidr_allow\s+|allow\s+)(.+?)\s*$", re.MULTILINE)
_ADDRESS = re.compile(r"^\s*FDAddress\s*=\s*([0-9A-Fa-f.:]+)", re.MULTILINE)
_OLD = re.compile(
    r"^[^#\s:$]\S*\s+-?(@@?)(?:\([^)]*\))?(\[[^\]]+\]|[^\s:;#@]+)(?::(\d+))?", re.MULTILINE
)
_ACTION = re.compile(
    r"\baction\s*\((.*?)(?=\b(?:action|input|module|ruleset|template|global|parser|main_queue"
    r"|include)\s*\(|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""An action up to what begins next: its own end may stand inside quotes or not have been kept."""

_SETTING = re.compile(r"(\w+)\s*=\s*\"([^\"]*)\"")
_NG = re.compile(
    r"\b(network|syslog|tcp6?|udp6?)\s*\(\s*[\"']?([A-Za-z0-9.:_-]+)[\"']?([^;]*)", re.IGNORECASE
)
_SENT = re.compile(
    r'^(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}): \{ "name": "(TCP-[^"]*)", "origin": "omfwd",'
    r' "bytes\.sent": (\d{1,19})',
    re.MULTILINE,
)
_RECENT = timedelta(days=1)
_COMMENT = re.compile(r"^\s*#.*$|\s#.*$", re.MULTILINE)


def zabbix_servers(asked: Call) -> Iterator[Statement]:
    """Read ServerActive (the agent goes there) and Server (may come and ask)."""
    for match in _ZABBIX.finditer(asked.output):
        scheme, port = ("short", "10051") if match.group(1) == "ServerActive" else ("pull", "10050")
        for host in re.split(r"[,;]", match.group(2)):
            if host.strip():
                yield _server(asked, scheme, host.strip(), port)


def allowed_hosts(asked: Call) -> Iterator[Statement]:
    """Read who may come and ask: NRPE's list, Munin's addresses and patterns."""
    for match in _ALLOWED.finditer(asked.output):
        for host in match.group(1).split(","):
            plain = re.sub(r"[\\^$]", "", host).strip()
            if plain:
                yield _server(asked, "pull", plain.partition("/")[0], "")


def syslog_forwarding(asked: Call) -> Iterator[Statement]:
    """Read forwarding lines of rsyslog or syslog-ng; comments and local actions are none."""
    mine = asked.known.product.id
    for index, (path, content) in enumerate(_by_file(asked)):
        if mine.replace("-", "") not in path.replace("-", ""):
            continue
        found = _syslog_ng(content) if mine == "syslog-ng" else _rsyslog(content)
        for scheme, host, port in found:
            yield _server(asked, scheme, host, port, section="log_forwarding", row=index)


def rsyslog_statistics(asked: Call) -> Iterator[Statement]:
    """Find when bytes last went out to a TCP receiver, in the log that impstats writes.

    UDP is counted as sent whether anyone receives it or not (lab L4), so it is not read. An old log
    says nothing: the module may have been switched off since.
    """
    before: dict[str, int] = {}
    last: tuple[datetime, str] | None = None
    for line in _SENT.finditer(asked.output):
        sent = int(line[3])
        at = moment(line[1], "local:%a %b %d %H:%M:%S %Y", asked.now)
        if at and sent > before.get(line[2], 0):
            last = (at, f"{line[2]} bytes.sent {sent}")
        before[line[2]] = sent
    if last and asked.now - last[0] < _RECENT:
        yield Statement(
            topic=Topic.FRESH, evidence=asked.evidence(Topic.FRESH, last[1]), at=last[0]
        )


def listens_only_locally(asked: Call) -> Iterator[Statement]:
    """Refuse as managed a file daemon bound to loopback cannot be reached by its director."""
    match = _ADDRESS.search(asked.output)
    if match and match.group(1) in {"127.0.0.1", "::1"}:
        yield Statement(
            topic=Topic.MANAGED,
            evidence=asked.evidence(Topic.MANAGED, match.group()),
            answer=Answer.NO,
            question=doubt(Doubt.LOOPBACK_ONLY, match.group(1)),
        )


def _by_file(asked: Call) -> list[tuple[str, str]]:
    joined: dict[str, list[str]] = {}
    for row in asked.view.facts.log_forwarding:
        joined.setdefault(text(row, "path"), []).append(text(row, "line"))
    return [(path, _COMMENT.sub("", "\n".join(lines))) for path, lines in joined.items()]


def _rsyslog(content: str) -> Iterator[tuple[str, str, str]]:
    for sign, host, port in _OLD.findall(content):
        yield ("tcp" if sign == "@@" else "udp"), host.strip("[]"), port or "514"
    for body in _ACTION.findall(content):
        settings = {n.lower(): v for n, v in reversed(_SETTING.findall(body))}  # the first counts
        kind = settings.get("type", "").lower()
        if kind not in {"omfwd", "omrelp"} or not settings.get("target"):
            continue
        udp = kind == "omfwd" and settings.get("protocol", "udp").lower() == "udp"
        yield "udp" if udp else "tcp", settings["target"], settings.get("port", "514")


def _syslog_ng(content: str) -> Iterator[tuple[str, str, str]]:
    for block in re.findall(r"destination\s+\S+\s*\{(.*?)\}\s*;", content, re.DOTALL):
        for driver, host, rest in _NG.findall(block):
            udp = "udp" in driver.lower() or re.search(r"transport\s*\(\s*\"?udp", rest)
            port = re.search(r"port\s*\(\s*(\d+)", rest)
            yield "udp" if udp else "tcp", host, port.group(1) if port else "514"


def _server(  # noqa: PLR0913 - the parts of one address and where it was read
    asked: Call,
    scheme: str,
    host: str,
    port: str,
    *,
    section: str = "status_outputs",
    row: int | None = None,
) -> Statement:
    bare, _, own_port = host.partition(":") if host.count(":") == 1 else (host, "", "")
    value = f"{scheme}://{bare}:{own_port or port}".rstrip(":")
    return Statement(
        topic=Topic.SERVER,
        evidence=asked.evidence(
            Topic.SERVER, value, section=section, row=row, strength=Strength.NAME
        ),
        answer=Answer.YES,
        value=value,
    )
