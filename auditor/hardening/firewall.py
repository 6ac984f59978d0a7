"""Whether a machine lets in only what it was told to, by the packet filter that is in force.

What a configuration file promises does not count: only the rules that the kernel holds (root).
"""

import re
from dataclasses import dataclass, field

from auditor.errors import CannotMeasure
from auditor.hardening.answer import Answer, ask, failed, met, not_told
from auditor.hardening.machine import Machine
from auditor.model import Failure
from auditor.model.measures import Measure
from auditor.sections.network import interfaces
from auditor.sections.protection import firewall

_TABLE = re.compile(r"table (ip|ip6|inet|arp|bridge|netdev) (\S+) \{")
_CHAIN = re.compile(r"chain (\S+) \{")
_INPUT = re.compile(r"type filter hook input priority [^;]+;(?: policy (accept|drop);)?")
_DENIES_ALL = re.compile(
    r"(?:counter packets \d+ bytes \d+ )?(?:log (?:prefix \"[^\"]*\" ?|level \w+ ?)*)?"
    r"(?:drop|reject(?: with \S+(?: type)? \S+)?)(?: comment \"[^\"]*\")?"
)
_ACCEPTS_ALL = re.compile(r"(?:counter packets \d+ bytes \d+ )?accept(?: comment \"[^\"]*\")?")
_LEGACY_DENIES_ALL = re.compile(r"-A INPUT -j (?:DROP|REJECT(?: --reject-with \S+)?)")
_LEGACY_ACCEPTS_ALL = re.compile(r"-A INPUT -j ACCEPT")
_PROGRAMS = {"nftables", "iptables", "ufw", "firewalld", "shorewall", "ferm", "iptables-nft"}


@dataclass
class _Filter:
    """What is in force for one family: rules count only where no chain denies by default."""

    denies: bool = False
    rules: int = 0
    chains: list[str] = field(default_factory=list)


def host_firewall(machine: Machine, _measure: Measure) -> Answer:
    """Ask whether connections from outside are refused unless a rule allows them."""
    if machine.platform != "linux":
        return _profiles(machine)
    if machine.collection.section("firewall_rules").state == "missing":
        return _without_program(machine)
    ipv4, ipv6 = _in_force(machine.collection.text("firewall_rules"))
    _legacy(machine, "firewall_legacy", ipv4)
    _legacy(machine, "firewall_legacy6", ipv6)
    has_ipv6 = any(row["ipv6"] for row in interfaces(machine.collection) if not row["is_loopback"])
    asked = {"IPv4": ipv4, **({"IPv6": ipv6} if has_ipv6 else {})}
    chains = tuple(name for found in asked.values() for name in found.chains)
    open_ones = {name: found for name, found in asked.items() if not found.denies}
    if not open_ones:
        return met(", ".join(f"{name}: drop" for name in asked), *chains)
    text = ", ".join(f"{name}: accept, {found.rules}" for name, found in open_ones.items())
    if all(found.rules for found in open_ones.values()):
        return ask("firewall_rules_for_people", text, *chains)
    return failed(text, *chains)


def _in_force(text: str) -> tuple[_Filter, _Filter]:
    """Read `nft list ruleset`: base chains that see what comes in, for IPv4 and IPv6."""
    found = {"ip": _Filter(), "ip6": _Filter()}
    family, chain, lines, depth = "", "", list[str](), 0
    for raw in text.splitlines():
        line = raw.strip()
        if match := _TABLE.fullmatch(line):
            family, depth = match[1], 1
            continue
        if depth == 1 and line.startswith("flags") and "dormant" in line:
            family = ""  # such a table is kept, but not in force
        if depth == 1 and (match := _CHAIN.fullmatch(line)):
            chain, lines = match[1], []
        depth += line.count("{") - line.count("}")
        if chain and depth == 1:
            _take(found, family, chain, lines[1:])
            chain = ""
        lines.append(line)
    if depth:
        not_told("nft list ruleset: braces do not match")
    return found["ip"], found["ip6"]


def _take(found: dict[str, _Filter], family: str, chain: str, lines: list[str]) -> None:
    match = _INPUT.fullmatch(lines[0]) if lines else None
    if match is None:
        return
    rules = [line for line in lines[1:] if line]
    denies = _denies(rules, _DENIES_ALL, _ACCEPTS_ALL, is_dropped=match[1] == "drop")
    for name in {"inet": ("ip", "ip6")}.get(family, (family,)):
        if name in found:
            known = found[name]
            known.denies |= denies
            known.rules += len(rules)
            known.chains.append(f"{family} {chain}: {match[1] or 'accept'}, {len(rules)}")


def _denies(
    rules: list[str], denies: re.Pattern[str], accepts: re.Pattern[str], *, is_dropped: bool
) -> bool:
    """Whether what no rule names is refused in the end: the first rule for everything decides."""
    for rule in rules:
        if accepts.fullmatch(rule):
            return False
        if denies.fullmatch(rule):
            return True
    return is_dropped


def _legacy(machine: Machine, section: str, found: _Filter) -> None:
    """Add what `iptables -S` says, where the kernel holds rules of the old kind."""
    if section not in machine.collection.sections:
        return
    lines = machine.collection.text(section).splitlines()
    rules = [line for line in lines if line.startswith("-A INPUT ")]
    found.denies |= _denies(
        rules, _LEGACY_DENIES_ALL, _LEGACY_ACCEPTS_ALL, is_dropped="-P INPUT DROP" in lines
    )
    found.rules += len(rules)
    found.chains.append(f"{section}: {len(rules)}")


def _without_program(machine: Machine) -> Answer:
    """Say what follows where there is no nft: rules may still be in force, put by another."""
    installed = sorted(machine.packages & _PROGRAMS)
    held = {"firewall_legacy", "firewall_legacy6"} & machine.collection.sections.keys()
    if installed or held:
        raise CannotMeasure(Failure.TOOL_MISSING, f"nft: not found; {', '.join(installed)}")
    return failed("nft, iptables, ufw, firewalld: –", reason="no_firewall_program")


def _profiles(machine: Machine) -> Answer:
    rows = firewall(machine.collection)
    shown = ", ".join(f"{row['chain']}: {row['policy']}" for row in rows)
    if not rows or any(row["policy"] is None for row in rows):
        not_told("the firewall does not say what it does")
    return met(shown) if all(row["policy"] == "drop" for row in rows) else failed(shown)
