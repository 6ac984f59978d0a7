"""Readings too peculiar for data: small functions that the catalogue names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from auditor.detection.answers import Call
from auditor.detection.rules import agents as _agents
from auditor.detection.rules import backups, forwarding, linux_scanners, windows_security
from auditor.detection.statement import Statement
from auditor.model.products import Topic


@dataclass(frozen=True, slots=True)
class Rule:
    """A named reading: what it may say "no" about, and the section it reads, if not an output.

    A rule without a section looks at nothing else of the machine before its question is answered:
    `detection.marks` rests on that.
    """

    apply: Callable[[Call], Iterator[Statement]]
    topics: frozenset[Topic]
    section: str = ""


def _rule(apply: Callable[[Call], Iterator[Statement]], *topics: Topic, section: str = "") -> Rule:
    return Rule(apply, frozenset(topics), section)


RULES: Mapping[str, Rule] = {
    "clamav_version": _rule(linux_scanners.clamav_version, Topic.EFFECTIVE, Topic.FRESH),
    "on_access_by_fanotify": _rule(
        linux_scanners.on_access_by_fanotify, Topic.EFFECTIVE, section="fanotify"
    ),
    "fanotify_holders": _rule(linux_scanners.fanotify_holders, Topic.EFFECTIVE, section="fanotify"),
    "security_center": _rule(windows_security.security_center, Topic.EFFECTIVE, Topic.FRESH),
    "defender": _rule(windows_security.defender, Topic.RUNNING, Topic.EFFECTIVE, Topic.FRESH),
    "system_extensions": _rule(_agents.system_extensions, Topic.EFFECTIVE),
    "wazuh_state": _rule(_agents.wazuh_state, Topic.LINK, Topic.FRESH),
    "elastic_status": _rule(_agents.elastic_status, Topic.MANAGED, Topic.EFFECTIVE),
    "key_file": _rule(_agents.key_file, Topic.ENROLLED, section="files"),
    "zabbix_servers": _rule(forwarding.zabbix_servers, Topic.SERVER),
    "allowed_hosts": _rule(forwarding.allowed_hosts, Topic.SERVER),
    "syslog_forwarding": _rule(
        forwarding.syslog_forwarding, Topic.SERVER, section="log_forwarding"
    ),
    "rsyslog_statistics": _rule(forwarding.rsyslog_statistics),
    "listens_only_locally": _rule(forwarding.listens_only_locally, Topic.MANAGED),
    "newest_handshake": _rule(_agents.newest_handshake, Topic.FRESH),
    "exports": _rule(_agents.exports, Topic.EFFECTIVE),
    "restic_repositories": _rule(
        backups.restic_repositories, Topic.FRESH, Topic.REPOSITORY, section="files"
    ),
    "borg_manifests": _rule(backups.borg_manifests, Topic.FRESH, Topic.REPOSITORY),
    "duplicity_manifests": _rule(backups.duplicity_manifests, Topic.FRESH, section="files"),
    "rsnapshot_levels": _rule(backups.rsnapshot_levels, Topic.FRESH, section="files"),
    "integrity_by_mtime": _rule(backups.integrity_by_mtime, section="files"),
}
