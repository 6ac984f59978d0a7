"""The commented site file that `audit init` writes."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from auditor import wanted
from auditor.cli import site_services
from auditor.cli.site_services import used_by
from auditor.language import Language
from auditor.model import DeclaredKind, Per, Profile
from auditor.site_rules import SCHEMA


class Answers(NamedTuple):
    """What `audit init` learned. `systems` are pairs of id and name."""

    name: str
    id: str
    legal_form: str
    owner: str
    address: str
    contact: str
    systems: tuple[tuple[str, str], ...]


def render(answers: Answers, criteria: Profile, language: Language, profile_words: str = "") -> str:
    """Return the file: filled in where answered, commented out where not.

    `profile_words` are what `audit run` needs to judge by these criteria: `--profile NAME `.
    """
    return "\n".join(_lines(answers, criteria, language, profile_words)) + "\n"


def _lines(
    answers: Answers, criteria: Profile, language: Language, profile_words: str
) -> Iterator[str]:
    _ = language
    read_by = f"audit run {profile_words}--site"
    yield _("# What the centre says about itself. Read by: {command} THIS_FILE", command=read_by)
    yield _("# Editor completion: audit schema site --out site.schema.json, then as first line:")
    yield "# yaml-language-server: $schema=site.schema.json"
    yield _("# Never write a password here. Paths are relative to this file.")
    yield f"schema: {SCHEMA}"
    yield ""
    yield "centre:"
    yield f"  id: {_text(answers.id)}"
    yield f"  name: {_text(answers.name)}"
    yield f"  legal_form: {answers.legal_form}"
    for field in ("owner", "address", "contact"):
        yield f"  {field}: {_text(getattr(answers, field))}"
    yield ""
    yield from _systems(answers, criteria, language)
    yield from _machines(criteria, language)
    yield from _scope(language)
    yield from _devices(language)
    yield from _network(language)
    yield from _remote(language)
    yield from site_services.lines(criteria, language)
    yield from _declared(criteria, language)
    yield from _documents(criteria, language)
    yield from _declarations(criteria, language)


def _text(value: str) -> str:
    """Quote a text so that YAML cannot take it for anything else."""
    return json.dumps(value, ensure_ascii=False)


def _systems(answers: Answers, criteria: Profile, _: Language) -> Iterator[str]:
    judged = [item.id for item in criteria.indicators if item.per is Per.INFORMATION_SYSTEM]
    yield _("# Information systems of the centre.")
    if judged:
        yield _("# These indicators are judged for each of them: {ids}", ids=", ".join(judged))
    measures = used_by(criteria, _, "hardening")
    yield (
        _("# plan_measures: the technical measures of its approved security plan") + measures + ";"
    )
    yield _("# their ids are in docs/measures.md; [all] means every one up to the level.")
    if not answers.systems:
        yield "#information_systems:"
        yield '#  - {id: cong-thong-tin, name: "Cổng thông tin điện tử", level: 2,'
        yield "#     plan_measures: [time_synchronised, host_firewall, no_clear_text_login]}"
    else:
        yield "information_systems:"
        for identifier, name in answers.systems:
            yield f"  - {{id: {_text(identifier)}, name: {_text(name)}}}"
    yield ""


def _machines(criteria: Profile, _: Language) -> Iterator[str]:
    stores = used_by(criteria, _, "backup")
    uses = used_by(criteria, _, "anti_malware")
    yield _("# Machines to read. Without this list it is the machine that runs the audit.")
    yield _("# Role `storage` marks a machine that stores the centre's data") + stores
    yield _("# Roles `server` and `workstation` say what a machine is used as") + uses
    yield "#targets:"
    yield '#  - {name: may-chu-1, url: "local:", roles: [server, storage]}'
    yield _("# Remote support programs that the centre allows; an empty list allows none.")
    yield "#approved_remote_tools: [ultraviewer]"
    yield ""


def _scope(_: Language) -> Iterator[str]:
    yield _("# Time servers to compare the clock with; they must lie inside the scope.")
    yield "#time_servers: [192.168.10.1]"
    yield _("# Test servers for the Internet line; `audit serve-speed` makes one. Every sample is")
    yield _("# kept in the folder `series`, so that runs on several days count together.")
    yield "#internet:"
    yield "#  series: do-internet"
    yield "#  samples: 5"
    yield "#  servers:"
    yield (
        '#    - {backend: http-multi, url: "https://192.168.10.20/", country: VN,'
        ' operator: "…", allowed_by: "…"}'
    )
    yield _("#  # public services only after reading their terms: audit measure internet")
    yield '#  consents: [{backend: ndt7, by: "…", position: "…", on: 2026-11-01}]'
    yield _("# Where packets may go. Nothing leaves this machine without a signed letter.")
    yield "#scope:"
    yield "#  networks: [192.168.10.0/24]"
    yield _("#  # guests and tenants are third parties: exclude them")
    yield "#  exclusions: [192.168.10.128/25]"
    yield '#  windows: [{days: [mon, tue, wed, thu, fri], start: "18:00", end: "22:00"}]'
    yield "#  packets_per_second: 200"
    yield _("#  # public servers, for speed tests only")
    yield "#  speed_servers: [do-toc-do.example.vn]"
    yield _("#  # public services that may be visited once")
    yield "#  services: [nen-tang.example.vn, hub.example.vn, .wipo.int]"
    yield "#  authorisation:"
    for field, example in (
        ("number", '"15/VB-TTDMST"'),
        ("issued_on", "2026-11-01"),
        ("issuing_body", '"…"'),
        ("signer", '"…"'),
        ("signer_position", '"…"'),
        ("operating_unit", '"…"'),
        ("performing_unit", '"…"'),
        ("independent", "false"),
        (
            "methods",
            "[time_query, discovery, speed_test, service_probes, host_login, platform_access]",
        ),
        ("emergency_contact", '"…"'),
        ("tool_operator", '"…"'),
        ("expires_on", "2026-12-31"),
        ("file", "van-ban-cho-phep.pdf"),
    ):
        yield f"#    {field}: {example}"
    yield ""


def _devices(_: Language) -> Iterator[str]:
    yield _("# The centre's device list, compared with what the network shows (method discovery).")
    yield _("# `level_dossiers`: the information systems whose level dossier names the device.")
    yield "#devices:"
    yield '#  - {name: may-in-tang-2, addresses: [192.168.10.31], macs: ["00:1b:63:84:45:e6"]}'
    yield ""


def _network(_: Language) -> Iterator[str]:
    yield _(
        "# The network as the centre's papers describe it: plan of addresses, zones and passages."
    )
    yield "#network:"
    yield '#  segments: [{name: "Văn phòng", network: 192.168.10.0/24, gateway: 192.168.10.1}]'
    yield _(
        "# `witnesses`: services that always answer there; only their silence proves separation."
    )
    yield "#  zones:"
    yield '#    - {name: "văn phòng", networks: [192.168.10.0/24]}'
    yield '#    - {name: "máy chủ", networks: [192.168.20.0/24], witnesses: ["192.168.20.5:443"]}'
    yield '#  passages: [{from_zone: "văn phòng", to_zone: "máy chủ", ports: [443]}]'
    yield _("# SNMP accounts for switches; references only, never the community itself.")
    yield "#  snmp: [{networks: [192.168.10.0/24], community_from: env:SNMP_COMMUNITY}]"
    yield ""


def _remote(_: Language) -> Iterator[str]:
    yield _("# Remote work: VPN endpoints (method service_probes), and remote desktops that the")
    yield _("# Internet can see. These are looked for only from a place outside the centre.")
    yield "#remote_work:"
    yield "#  endpoints: [{name: vpn, kind: openvpn_udp, host: 192.168.10.1}]"
    yield _("#  # how many peers connected, told by the VPN server itself on its own machine")
    yield "#  servers: [{name: wireguard, kind: wireguard, target: may-chu-1}]"
    yield '#  outside: [{place: "4G", network: 10.140.7.0/24}]'
    yield _("#  # the centre's own, proved under scope.ownership")
    yield "#  public_addresses: []"
    yield _("# Uses of artificial intelligence; an endpoint is read once (method platform_access).")
    yield "#ai_uses:"
    yield '#  - {purpose: "…", process: "…", users: 0, evidence: ai_usage_report}'
    yield ""


def _declared(criteria: Profile, language: Language) -> Iterator[str]:
    _ = language
    examples = {
        DeclaredKind.NUMBER: "0",
        DeclaredKind.TEXT: '"…"',
        DeclaredKind.YES_NO: "false",
    }
    yield _("# Figures that only the centre can state, under the name of who states them.")
    yield '#declared_by: {by: "…", position: "…", on: 2026-11-01}'
    yield "#declared:"
    for name in wanted.declared_values(criteria):
        value = criteria.declared_values[name]
        unit = f" ({language.pick(value.unit)})" if value.unit.vi else ""
        yield f"#  {name}: {examples[value.kind]}  # {language.pick(value.name)}{unit}"
    yield ""


def _documents(criteria: Profile, language: Language) -> Iterator[str]:
    _ = language
    yield _("# Documents. One counts when a named person confirmed it, bound to its bytes:")
    yield _("# take the digest from `sha256sum FILE` (Windows: `certutil -hashfile FILE SHA256`).")
    yield _("# `exists: false` with a confirmation states that there is none.")
    yield _(
        "# `audit attest` adds confirmations with a last day, in attestations.yaml beside this."
    )
    yield _("# trust_folder: certificates (PEM, DER) of authorities whose signatures you trust.")
    yield "#trust_folder: tin-cay"
    yield "#documents:"
    yield "#  - kind: lease_contract"
    yield "#    file: van-ban/hop-dong.pdf"
    yield '#    number: "15/HĐ"'
    yield "#    issued_on: 2026-03-01"
    yield "#    valid_until: 2027-03-01"
    yield "#    information_systems: []"
    yield (
        '#    confirmation: {by: "…", position: "…", on: 2026-11-01, statement: "…", sha256: "…"}'
    )
    yield _("# Kinds of document:")
    for kind in wanted.document_kinds(criteria):
        yield f"# - {kind}: {language.pick(criteria.document_kinds[kind])}"
    yield ""


def _declarations(criteria: Profile, language: Language) -> Iterator[str]:
    _ = language
    optional = [item.id for item in criteria.indicators if item.optional]
    if not optional:
        return
    ids = ", ".join(optional)
    yield _("# Signed statements that an item does not apply; possible for: {ids}", ids=ids)
    yield "#declarations:"
    yield (
        f'#  - {{subject: "{optional[0]}", statement: not_applicable, by: "…", position: "…",'
        " on: 2026-11-01, file: xac-nhan.pdf}"
    )
