"""Accounts, passwords, firewall, updates, log forwarding and the SSH server: settings as read."""

import re

from auditor.collection import Collection, lines_of, once
from auditor.errors import CannotMeasure
from auditor.model import Failure, Row
from auditor.parsing import moment, reading, rows_of, unparsable, whole
from auditor.sections.files import files

USER_COLUMNS = {
    "uid": int,
    "name": str,
    "password": str,
    "has_shell": bool,
    "is_admin": bool,
    "password_changed_on": str,
    "password_max_days": int,
    "expires_on": str,
    "last_login": str,
}
_DAY_S = 86400
_USER_FIELDS = 9
_LONGEST_DAYS = 99999
_BASE_CHAIN = re.compile(
    r"chain (\S+) \{([^{}]*?type filter hook (input|forward|output) [^{}]*?)\}", re.DOTALL
)
_SSH_FILES = re.compile(r"/etc/ssh/sshd_config(\.d/[^/]+\.conf)?")
_PENDING = re.compile(r"^(\d{1,9}) upgraded, \d+ newly installed", re.MULTILINE)


@once
def users(collection: Collection) -> tuple[Row, ...]:
    """Return accounts by number; names stand only at accounts that systems come with.

    `password` is set, none, locked, or unknown where the account may not look.
    """
    if collection.platform == "windows":
        return rows_of(collection.output("users"), "users", USER_COLUMNS, USER_COLUMNS)
    rows: list[Row] = []
    for line in collection.text("users").splitlines():
        fields = line.split("\t")
        if len(fields) != _USER_FIELDS:
            unparsable(f"users: {len(fields)} fields")
        with reading("users"):
            most = whole(fields[6]) if fields[6] else None
            rows.append(
                {
                    "uid": whole(fields[0]),
                    "name": None if fields[1] == "-" else fields[1],
                    "password": fields[2],
                    "has_shell": fields[3] == "login",
                    "is_admin": fields[4] == "admin",
                    "password_changed_on": _day(fields[5]),
                    "password_max_days": most if most is None or most < _LONGEST_DAYS else None,
                    "expires_on": _day(fields[7]),
                    "last_login": fields[8] or None,
                }
            )
    return tuple(rows)


def _day(days: str) -> str | None:
    return moment(whole(days) * _DAY_S)[:10] if days and whole(days) >= 0 else None


def settings(collection: Collection, section: str = "settings") -> dict[str, list[str]]:
    """Return the allow-listed lines of system configuration by file."""
    lines = lines_of(collection.section(section).stdout)
    return {
        path: [line.strip() for line in text.decode(errors="backslashreplace").splitlines()]
        for path, text in lines.items()
    }


def password_policy(collection: Collection) -> tuple[Row, ...]:
    """Return what login.defs, pwquality, faillock and PAM ask of passwords."""
    if collection.platform == "windows":
        names = {"file": str, "key": str, "value": str}
        return rows_of(collection.output("password_policy"), "password_policy", names, names)
    rows: list[Row] = []
    for path, lines in settings(collection).items():
        if path.startswith("/etc/pam.d/"):
            for line in lines:
                before, module, after = line.partition("pam_")
                name = (module + after).partition(" ")[0]
                rows.append({"file": path, "key": name, "value": f"{before}{module}{after}"})
        elif path.startswith(("/etc/login.defs", "/etc/security/")):
            rows += [{"file": path, "key": k, "value": v} for k, v in map(pair, lines)]
    return tuple(rows)


def ssh_server(collection: Collection) -> tuple[Row, ...]:
    """Return the settings of sshd: as it reads them itself (root), else as its files say.

    Keys are in lower case. No row: no server configuration was found.
    """
    section = collection.sections.get("ssh_server")
    if section is not None and section.stdout.strip():
        pairs = map(pair, collection.text("ssh_server").splitlines())
        return tuple({"source": "sshd -T", "key": k, "value": v} for k, v in pairs if k)
    return tuple(
        {"source": path, "key": key.lower(), "value": value}
        for path, lines in settings(collection).items()
        if _SSH_FILES.fullmatch(path)
        for key, value in map(pair, lines)
    )


@once
def log_forwarding(collection: Collection) -> tuple[Row, ...]:
    """Return the lines of logging daemons that name a receiver: no more than receiver and way."""
    section = collection.section("log_forwarding")
    if section.state == "timeout" or section.is_truncated:
        collection.output("log_forwarding")
    lines = lines_of(section.stdout)
    return tuple(
        {"path": path, "line": line}
        for path, text in lines.items()
        for line in text.decode(errors="backslashreplace").splitlines()
    )


@once
def log_rotation(collection: Collection) -> list[tuple[str, str]]:
    """Return the lines of logrotate's files that say what is kept, each with its file."""
    section = collection.section("log_rotation")
    if section.state in {"timeout", "missing", "denied"} or section.is_truncated:
        collection.output("log_rotation")
    return [
        (path, line.strip())
        for path, text in lines_of(section.stdout).items()
        for line in text.decode(errors="backslashreplace").splitlines()
    ]


def policies(collection: Collection) -> tuple[Row, ...]:
    """Return policies of Windows by name; null where none is set. Not tested on a real Windows."""
    names = {"key": str, "value": int}
    return rows_of(collection.output("policies"), "policies", names, names)


def firewall(collection: Collection) -> tuple[Row, ...]:
    """Return packet filters with the policy of their base chains. Raises where nobody may look."""
    if collection.platform == "windows":
        names = {"tool": str, "chain": str, "hook": str, "policy": str, "rules": int}
        return rows_of(collection.output("firewall_rules"), "firewall", names, names)
    if collection.platform == "darwin":
        text = collection.text("firewall_rules")
        word = "accept" if "disabled" in text else "drop" if "enabled" in text else None
        return (_chain("socketfilterfw", "global", "input", word, None),)
    rows: list[Row] = []
    if collection.section("firewall_rules").state != "missing":
        rows += _nft(collection.text("firewall_rules"))
    if "firewall_legacy" in collection.sections:
        rows += _iptables(collection.text("firewall_legacy"))
    for path, lines in settings(collection).items():
        if path == "/etc/ufw/ufw.conf":
            is_on = any(re.fullmatch(r"ENABLED=\"?yes\"?", line) for line in lines)
            rows.append(_chain("ufw", "ufw.conf", "input", "drop" if is_on else "accept", None))
    if not rows and collection.section("firewall_rules").state == "missing":
        raise CannotMeasure(Failure.TOOL_MISSING, "no packet filter program was found")
    return tuple(rows)


def _nft(text: str) -> list[Row]:
    rows = []
    for name, body, hook in _BASE_CHAIN.findall(text):
        policy = re.search(r"policy (accept|drop);", body)
        inside = [line for line in body.splitlines() if line.strip()]
        rules = sum(" hook " not in line and "type filter" not in line for line in inside)
        rows.append(_chain("nft", name, hook, policy[1] if policy else "accept", rules))
    return rows


def _iptables(text: str) -> list[Row]:
    hooks = {"INPUT": "input", "FORWARD": "forward", "OUTPUT": "output"}
    return [
        _chain(
            "iptables",
            name,
            hooks[name],
            policy.lower(),
            len(re.findall(rf"^-A {name} ", text, re.MULTILINE)),
        )
        for name, policy in re.findall(
            r"^-P (INPUT|FORWARD|OUTPUT) (ACCEPT|DROP)$", text, re.MULTILINE
        )
    ]


def _chain(tool: str, chain: str, hook: str, policy: str | None, rules: int | None) -> Row:
    return {"tool": tool, "chain": chain, "hook": hook, "policy": policy, "rules": rules}


def updates(collection: Collection) -> tuple[Row, ...]:
    """Return one row: when packages and their lists last changed, and whether that is automatic.

    `pending` is known only if it was asked for: working it out costs a second on each machine.
    """
    if collection.platform == "windows":
        names = {
            "packages_changed_at": str,
            "lists_refreshed_at": str,
            "needs_restart": bool,
            "is_automatic": bool,
            "pending": int,
        }
        return rows_of(collection.output("updates"), "updates", names, names)
    named = {str(row["path"]): row for row in files(collection)}

    def at(*paths: str) -> str | None:
        times = (named[path]["modified_at"] for path in paths if path in named)
        return max((str(time) for time in times if time), default=None)

    flags = [named[p]["exists"] for p in ("/run/reboot-required",) if p in named]
    automatic = [
        line
        for path, lines in settings(collection).items()
        if path.startswith(("/etc/apt/", "/etc/dnf/"))
        for line in lines
        if "Unattended-Upgrade" in line or line.startswith("apply_updates")
    ]
    pending = collection.sections.get("pending_updates")
    count = _PENDING.search(pending.stdout.decode(errors="replace")) if pending else None
    return (
        {
            "packages_changed_at": at("/var/lib/dpkg/status", "/var/lib/rpm/rpmdb.sqlite"),
            "lists_refreshed_at": at(
                "/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/lists", "/var/cache/dnf"
            ),
            "needs_restart": flags[0] if flags and isinstance(flags[0], bool) else None,
            "is_automatic": any(re.search(r'"[1-9]|= *yes', line) for line in automatic),
            "pending": int(count[1]) if count else None,
        },
    )


def pair(line: str) -> tuple[str, str]:
    """Return key and value of a configuration line, however they are put apart."""
    match = re.match(r"\s*([A-Za-z0-9_:-]+)[\s=]*(.*)", line)
    return (match[1], match[2].strip().strip("\"';")) if match else ("", "")
