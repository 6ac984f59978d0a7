"""Accounts of a machine: default ones, ones nobody uses, ones without a password."""

import re
from datetime import datetime

from auditor.hardening.answer import Answer, ask, failed, met, not_permitted, not_told
from auditor.hardening.machine import Machine
from auditor.model import Row
from auditor.model.measures import Measure

_DAY_S = 86400
_FIRST_OF_PEOPLE = 1000
"""Accounts below are of services (UID_MIN of login.defs)."""


def default_accounts_inactive(machine: Machine, _measure: Measure) -> Answer:
    """Accounts that systems come with (guest, test, admin) let nobody in.

    The first administrator's account cannot be taken away; whether its password is still the
    maker's, nobody may try.
    """
    named = [row for row in machine.users if row["name"]]
    _passwords_known(named)
    open_ones = [row for row in named if _is_open(row)]
    ordinary = sorted(str(row["name"]) for row in open_ones if not _is_first(row))
    if ordinary:
        return failed(", ".join(ordinary))
    if open_ones:
        return ask("first_account_has_password", ", ".join(str(row["name"]) for row in open_ones))
    return met(", ".join(f"{row['name']}: {row['password']}" for row in named) or "–")


def no_empty_passwords(machine: Machine, _measure: Measure) -> Answer:
    """No account that can log in has an empty password."""
    rows = [row for row in machine.users if row["has_shell"]]
    empty = [f"uid {row['uid']}" for row in rows if row["password"] == "none"]  # noqa: S105 - a state
    if empty:
        return failed(", ".join(empty))
    _passwords_known(rows)
    return met(f"uid: {len(rows)}")


def inactive_accounts_disabled(machine: Machine, measure: Measure) -> Answer:
    """No account with a password whose last recorded login is older than the threshold.

    `lastlog` records logins with a terminal. An account whose password is locked may still be
    used with a key, which leaves no trace there: that is for people.
    """
    rows = [row for row in machine.users if row["has_shell"] and row["uid"] != 0]
    _passwords_known(rows)
    stale = [row for row in rows if _is_stale(machine, row, measure.threshold or 0)]
    usable = [row for row in stale if row["password"] != "locked"]  # noqa: S105 - a state
    if usable:
        return failed(", ".join(map(_last, usable)))
    people = [row for row in stale if int(str(row["uid"])) >= _FIRST_OF_PEOPLE]
    if people:
        return ask("locked_account_may_have_key", ", ".join(map(_last, people)))
    return met(f"uid: {len(rows)}")


def _passwords_known(rows: list[Row]) -> None:
    if any(row["password"] == "unknown" for row in rows):  # noqa: S105 - a state
        not_permitted("/etc/shadow")


def _is_open(row: Row) -> bool:
    return row["has_shell"] is True and row["password"] != "locked"  # noqa: S105 - a state


def _is_first(row: Row) -> bool:
    return row["uid"] in {0, 500} and row["name"] in {"root", "administrator"}


def _is_stale(machine: Machine, row: Row, days: int) -> bool:
    """Whether nobody came in for so long, by the machine's own clock. Raises if not recorded."""
    if row["expires_on"] and _age(machine, f"{row['expires_on']}T00:00:00+00:00") >= 0:
        return False  # it has expired: nobody comes in
    last = str(row["last_login"] or "")
    if last == "never":
        changed = row["password_changed_on"]
        return not changed or _age(machine, f"{changed}T00:00:00+00:00") > days
    if not last:
        not_told("lastlog tells no last login")
    try:
        at = datetime.strptime(re.sub(r" +", " ", last), "%a %b %d %H:%M:%S %z %Y")
    except ValueError:
        not_told(f"lastlog: {last[:60]}")
    return (machine.now - at.timestamp()) / _DAY_S > days


def _age(machine: Machine, moment: str) -> float:
    return (machine.now - datetime.fromisoformat(moment).timestamp()) / _DAY_S


def _last(row: Row) -> str:
    return f"uid {row['uid']}: {row['last_login']}"
