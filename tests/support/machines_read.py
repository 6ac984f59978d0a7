"""A small profile that only asks that machines were read."""

PROFILE = """\
schema: urn:audit:profile:v1
id: doc-may
version: "1"
title: {vi: Đọc máy, en: Machines}
decision: {vi: Thử, en: Trial}
issuer: {vi: Thử, en: Trial}
parameters:
  least: {default: 1, meaning: {vi: ít nhất, en: least}, source: tool_default}
document_kinds: {}
groups:
  - id: "1"
    name: {vi: Nhóm, en: Group}
    indicators:
      - id: "1.1"
        name: {vi: Chỉ số, en: Indicator}
        requires: [[machines]]
        checks:
          - id: machines
            title: {vi: Máy đã đọc, en: Machines read}
            basis: measured
            reads: {rows: {probe: machine_identity}}
            value: rows.size()
            expect: {at_least: least}
"""


def reading(*inventory: str) -> str:
    """Return the profile with these probes as its inventory."""
    return f"{PROFILE}inventory: [{', '.join(inventory)}]\n"
