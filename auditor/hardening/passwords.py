"""What a machine asks of passwords, and when it locks: PAM and its files on Linux."""

import re
from collections.abc import Mapping

from auditor.errors import CannotMeasure
from auditor.hardening.answer import Answer, ask, failed, met, not_told
from auditor.hardening.machine import Machine
from auditor.model import Failure
from auditor.model.measures import Measure
from auditor.sections.protection import pair, password_policy

_STACKS = {
    "password": (
        "/etc/pam.d/common-password",
        "/etc/pam.d/system-auth",
        "/etc/pam.d/password-auth",
    ),
    "auth": ("/etc/pam.d/common-auth", "/etc/pam.d/system-auth", "/etc/pam.d/password-auth"),
}
_CENTRAL = {"sss", "ldap", "winbind", "krb5"}
_WITH_SECOND_FACTOR = 8
_CREDITS = ("dcredit", "ucredit", "lcredit", "ocredit")
_DEFAULT_LENGTH = {"pwquality": 8, "cracklib": 9, "unix": 6}
_DEFAULT_CREDIT = {"pwquality": 0, "cracklib": 1}
_DEFAULT_TRIES = 3
_LINE = re.compile(r"-?(\w+)\s+(\[[^\]]*\]|\S+)\s+(?:\S*/)?pam_(\w+)\.so\s*(.*)")
_GOOD_HASH = {"yescrypt", "gost_yescrypt", "sha512", "sha256", "bcrypt", "blowfish"}


def password_length(machine: Machine, measure: Measure) -> Answer:
    """Passwords are as long as asked; shorter ones down to 8 need a second factor."""
    wanted = measure.threshold or 0
    if machine.platform == "windows":
        return _length(_windows(machine, "min_length"), wanted, "net accounts")
    modules = _modules(machine, "password")
    if "passwdqc" in modules:
        return ask("password_module_not_read", "pam_passwdqc")
    module = next((name for name in ("pwquality", "cracklib") if name in modules), "unix")
    config = _config(machine, "/etc/security/pwquality.conf") if module == "pwquality" else {}
    said = {**config, **modules.get(module, {})}
    if module != "unix" and said.get("enforcing", "1") == "0":
        module, said = "unix", dict(modules.get("unix", {}))
    if module == "unix" and _CENTRAL & modules.keys():
        return ask("central_accounts", ", ".join(sorted(_CENTRAL & modules.keys())))
    length = _number(said.get("minlen", str(_DEFAULT_LENGTH[module])))
    credit = str(_DEFAULT_CREDIT.get(module, 0))
    if module != "unix":
        length -= sum(max(0, _number(said.get(key, credit))) for key in _CREDITS)
    return _length(length, wanted, f"pam_{module}")


def _length(length: int, wanted: int, source: str) -> Answer:
    text = f"{length} ({source})"
    if length >= wanted:
        return met(text)
    if length >= _WITH_SECOND_FACTOR:
        return ask("second_factor_needed", text)
    return failed(text)


def password_hashing(machine: Machine, _measure: Measure) -> Answer:
    """Passwords are stored as slow, salted hashes, not in a form that is read back."""
    modules = _modules(machine, "password")
    if "unix" not in modules:
        return ask("password_module_not_read", ", ".join(sorted(modules)))
    used = _GOOD_HASH & modules["unix"].keys()
    if used:
        return met(f"pam_unix {', '.join(sorted(used))}")
    if {"md5", "bigcrypt"} & modules["unix"].keys():
        return failed("pam_unix md5/bigcrypt")
    method = dict(map(pair, machine.lines("/etc/login.defs"))).get("ENCRYPT_METHOD", "DES")
    text = f"login.defs ENCRYPT_METHOD {method}"
    return met(text) if method.lower() in _GOOD_HASH else failed(text)


def account_lockout(machine: Machine, measure: Measure) -> Answer:
    """Ask after how many wrong passwords an account locks."""
    most = measure.threshold or 0
    if machine.platform == "windows":
        return _tries(_windows(machine, "lockout_threshold"), most, "net accounts")
    modules = _modules(machine, "auth")
    module = next((name for name in ("faillock", "tally2") if name in modules), "")
    if not module:
        central = _CENTRAL & modules.keys()
        if central:
            return ask("central_accounts", ", ".join(sorted(central)))
        return failed("pam_faillock: –", reason="no_lockout_module")
    said = dict(modules[module])
    if module == "faillock":
        if not {"preauth", "authfail"} <= said.keys():
            return ask("lockout_incomplete", f"pam_{module}")
        said = {**_config(machine, "/etc/security/faillock.conf"), **said}
    default = _DEFAULT_TRIES if module == "faillock" else 0
    return _tries(_number(said.get("deny", str(default))), most, f"pam_{module}")


def _tries(tries: int, most: int, source: str) -> Answer:
    text = f"{tries} ({source})"
    return met(text) if 0 < tries <= most else failed(text)


def _modules(machine: Machine, stack: str) -> Mapping[str, Mapping[str, str]]:
    """Return the modules of a stack with their arguments. Raises where PAM is not readable.

    Optional modules refuse nothing and do not count, nor do those that only some stacks have.
    """
    stacks: list[dict[str, dict[str, str]]] = []
    for path in _STACKS[stack]:
        found: dict[str, dict[str, str]] = {}
        for line in machine.lines(path):
            match = _LINE.match(line)
            if match and match[1] == stack and match[2] != "optional":
                words = (word.partition("=") for word in match[4].split())
                found.setdefault(match[3], {}).update({k: v for k, _equals, v in words})
        if found:
            stacks.append(found)
    if not stacks:
        raise CannotMeasure(Failure.TOOL_MISSING, f"no PAM module for {stack} was found")
    common = set.intersection(*(set(found) for found in stacks)) | {
        name for found in stacks for name in _CENTRAL & found.keys()
    }
    return {name: _merged(stacks, name) for name in common}


def _merged(stacks: list[dict[str, dict[str, str]]], name: str) -> dict[str, str]:
    return {key: value for found in stacks for key, value in found.get(name, {}).items()}


def _config(machine: Machine, path: str) -> dict[str, str]:
    lines = machine.lines_below(path)
    return {key.lower(): value for key, value in map(pair, lines) if key}


def _windows(machine: Machine, key: str) -> int:
    said = {row["key"]: row["value"] for row in password_policy(machine.collection)}
    return _number(str(said.get(key, "")))


def _number(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,6}", text.strip()):
        not_told(f"{text[:40]!r} is no number")
    return int(text)
