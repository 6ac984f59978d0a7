"""Whether a machine keeps logs, and for how long by the rules of their rotation."""

import re
from dataclasses import dataclass, field

from auditor.errors import CannotMeasure
from auditor.hardening.answer import Answer, ask, failed, met
from auditor.hardening.machine import Machine
from auditor.model import Failure
from auditor.model.measures import Measure
from auditor.sections.protection import log_forwarding, log_rotation

_WRITERS = ("rsyslogd", "syslog-ng")
_JOURNAL = "systemd-journald"
_SYSTEM_LOGS = re.compile(r"/var/log/(?:syslog|messages|auth\.log|secure)\*?")
_PERIODS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 28, "yearly": 365}
_SPAN = re.compile(r"(\d{1,9}) ?(s|sec|m|min|h|hr|d|day|days|w|week|weeks|month|months|y|year)?")
_SPAN_DAYS = {
    **dict.fromkeys(("", "s", "sec"), 1 / 86400),
    **dict.fromkeys(("m", "min"), 1 / 1440),
    **dict.fromkeys(("h", "hr"), 1 / 24),
    **dict.fromkeys(("d", "day", "days"), 1.0),
    **dict.fromkeys(("w", "week", "weeks"), 7.0),
    **dict.fromkeys(("month", "months"), 30.44),
    **dict.fromkeys(("y", "year"), 365.25),
}
_BY_SIZE = {"size", "maxsize"}


@dataclass
class _Rule:
    """What logrotate does with some files."""

    paths: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)


def system_logging(machine: Machine, _measure: Measure) -> Answer:
    """Ask whether a service that writes the system's log runs."""
    rows = machine.running(*_WRITERS, _JOURNAL, "syslogd", "metalog")
    if rows:
        return met(", ".join(sorted({str(row["name"]) for row in rows})))
    if any(row["name"] == "syslogd" for row in machine.processes):
        return met("syslogd")  # of busybox, whose file has another name
    return failed("rsyslogd, syslog-ng, systemd-journald: –")


def logs_kept(machine: Machine, measure: Measure) -> Answer:
    """Compare how long the system's log is kept, at least and at most, with the threshold."""
    wanted = measure.threshold or 0
    writers = machine.running(*_WRITERS)
    forwarded = log_forwarding(machine.collection)
    if not writers:
        return _journal(machine, wanted, [str(row["line"]) for row in forwarded])
    rules = _system_rules(log_rotation(machine.collection))
    if not rules:
        return ask("no_rotation_rule", "logrotate: –")
    least, most = _shortest(rules)
    shown = "; ".join(f"{' '.join(rule.paths)[:80]}: {_words(rule)}" for rule in rules)
    by_size = any(_BY_SIZE & rule.said.keys() for rule in rules)
    if most < wanted:
        is_sent = any("@" in str(row["line"]) or "omfwd" in str(row["line"]) for row in forwarded)
        return ask("logs_kept_elsewhere", shown) if is_sent else failed(shown)
    if not by_size and least >= wanted:
        return met(shown)
    return ask("rotated_by_size" if by_size else "retention_is_close", shown)


def kept_days(lines: list[tuple[str, str]]) -> tuple[float, float]:
    """Return for how many days logrotate keeps the system's logs, at least and at most."""
    return _shortest(_system_rules(lines))


def _shortest(rules: list[_Rule]) -> tuple[float, float]:
    spans = [_span(rule) for rule in rules]
    return min(least for least, _most in spans), min(most for _least, most in spans)


def _system_rules(lines: list[tuple[str, str]]) -> list[_Rule]:
    return [
        rule for rule in _rules(lines) if any(_SYSTEM_LOGS.fullmatch(path) for path in rule.paths)
    ]


def _span(rule: _Rule) -> tuple[float, float]:
    """Return for how many days logs are kept at least and at most."""
    period = next((days for word, days in _PERIODS.items() if word in rule.said), None)
    count = int(rule.said.get("rotate", "0") or 0)
    if period is None or count < 0:
        return (0.0, float("inf")) if period is None else (float("inf"), float("inf"))
    least, most = period * count, period * (count + 1) * (31 / 28 if period == 28 else 1)  # noqa: PLR2004 - days of February
    if "maxage" in rule.said:
        oldest = float(rule.said["maxage"] or 0)
        return min(least, oldest), min(most, oldest + period)
    return least, most


def _rules(lines: list[tuple[str, str]]) -> list[_Rule]:
    """Read logrotate's files: what stands outside braces in logrotate.conf holds for all."""
    general = _Rule()
    rules: list[_Rule] = []
    rule, paths = general, list[str]()
    for file, line in lines:
        if line.startswith(("/", '"/')):
            names, brace, _rest = line.partition("{")
            paths += [name.strip('"') for name in names.split()]
            if brace:
                rule, paths = _Rule(paths=paths), []
        elif line.startswith("{"):
            rule, paths = _Rule(paths=paths), []
        elif line.startswith("}"):
            rules.append(rule)
            rule = general if file == "/etc/logrotate.conf" else _Rule()
            continue
        else:
            key, _space, value = line.partition(" ")
            if key in _PERIODS:
                for word in _PERIODS.keys() & rule.said.keys():
                    del rule.said[word]
            rule.said[key] = value.strip().partition(" ")[0]
    for known in rules:
        has_period = bool(_PERIODS.keys() & known.said.keys())
        inherited = {k: v for k, v in general.said.items() if not (has_period and k in _PERIODS)}
        known.said = {**inherited, **known.said}
        if not re.fullmatch(r"-?\d{1,6}", known.said.get("rotate", "0")) or not re.fullmatch(
            r"\d{0,6}", known.said.get("maxage", "")
        ):
            raise CannotMeasure(Failure.UNPARSABLE, "logrotate: a number that is none")
    return rules


def _words(rule: _Rule) -> str:
    kept = ("rotate", "maxage", *_PERIODS, *_BY_SIZE)
    return " ".join(f"{key} {rule.said[key]}".strip() for key in kept if key in rule.said)


def _journal(machine: Machine, wanted: int, lines: list[str]) -> Answer:
    """Judge a machine whose only log is the journal: it is bounded by size before by time."""
    if not machine.running(_JOURNAL):
        return failed("rsyslogd, syslog-ng, systemd-journald: –", reason="no_log_service")
    said = dict(line.partition("=")[::2] for line in lines if "=" in line)
    storage = said.get("Storage", "auto")
    folder = machine.files.get("/var/log/journal")
    if folder is None:
        raise CannotMeasure(Failure.TOOL_MISSING, "/var/log/journal: not asked for")
    if storage in {"volatile", "none"} or (storage == "auto" and folder["exists"] is False):
        return failed(f"journald Storage={storage}", reason="journal_not_kept")
    if folder["exists"] is None:
        raise CannotMeasure(Failure.PERMISSION_DENIED, "/var/log/journal")
    limit = _SPAN.fullmatch(said.get("MaxRetentionSec", "0").strip())
    if limit and 0 < int(limit[1]) * _SPAN_DAYS[limit[2] or ""] < wanted:
        return failed(f"journald MaxRetentionSec={said['MaxRetentionSec']}")
    return ask("journal_bounded_by_size", f"journald Storage={storage}")
