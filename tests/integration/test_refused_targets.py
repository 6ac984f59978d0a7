"""Targets that are refused when the site file is read, each at its line, with its remedy."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tests.integration.conftest import Ended, Together

PLAN = b"%PDF-1.7 plan"
HEAD = f"""\
schema: urn:audit:site:v1
centre: {{id: centre, name: Trung tâm}}
scope:
  networks: [192.168.10.0/24]
  exclusions: [192.168.10.128/25]
  names: [may-chu.example.vn]
  authorisation:
    number: "1/VB"
    issued_on: 2026-11-01
    issuing_body: A
    signer: A
    signer_position: A
    operating_unit: A
    performing_unit: A
    independent: true
    methods: [METHODS]
    emergency_contact: A
    tool_operator: A
    expires_on: 2099-12-31
    file: plan.pdf
    sha256: {hashlib.sha256(PLAN).hexdigest()}
"""
WAY = """\
targets:
  - {name: a, url: "ssh://u@192.168.10.5", via: b} # HERE
  - {name: b, url: "ssh://u@192.168.10.6", via: a} # HERE
"""


def one(fields: str) -> str:
    """Return a list of one target."""
    return f"targets:\n  - {{name: a, {fields}}} # HERE\n"


NO_LOGIN = "nothing allows logging in"
REFUSED = {
    **{
        f"reserved name {name}": (
            f'targets:\n  - {{name: {name}, url: "local:"}} # HERE\n',
            f"targets.{name}.name: repeated or reserved name. Give each target its own name,",
        )
        for name in ("site", "network", "run")
    },
    "no user": (one('url: "ssh://192.168.10.5"'), "targets.a.url: names no user."),
    "no host": (one('url: "ssh:"'), "targets.a.url: no usable address of a machine."),
    "a path": (one('url: "ssh://u@192.168.10.5/x"'), "targets.a.url: no usable address"),
    "a port that is none": (one('url: "ssh://u@192.168.10.5:99999"'), "targets.a.url: no usable"),
    "a password": (one('url: "ssh://u:canary@192.168.10.5"'), "targets.a.url: holds a password."),
    "outside": (
        one('url: "ssh://u@192.168.11.5"'),
        "targets.a.url: 192.168.11.5 is not in the scope.",
    ),
    "excluded": (one('url: "ssh://u@192.168.10.200"'), "targets.a.url: 192.168.10.200 is not in"),
    "unlisted name": (
        one('url: "ssh://u@khac.example.vn"'),
        "targets.a.url: khac.example.vn is not",
    ),
    "unknown bastion": (
        one('url: "ssh://u@192.168.10.5", via: b'),
        "targets.a.via: b is no other ssh: target.",
    ),
    "circle": (WAY, "targets.a.via: leads in a circle."),
    "missing key": (
        one('url: "ssh://u@192.168.10.5", key_file: no'),
        "targets.a.key_file: file not found: {folder}/no.",
    ),
    "password instead of its place": (
        one('url: "ssh://u@192.168.10.5", password_from: canary'),
        "targets.a.password_from: names no place of a password.",
    ),
    "keyring without user": (
        one('url: "ssh://u@192.168.10.5", password_from: "keyring:s"'),
        "targets.a.password_from: names no place",
    ),
    "no fingerprint": (
        one('url: "ssh://u@192.168.10.5", host_key: "MD5:aa"'),
        "targets.a.host_key: no fingerprint.",
    ),
    "unknown platform": (
        one('url: "ssh://u@192.168.10.5", platform: vms'),
        "targets.a.platform: unknown platform vms.",
    ),
    "login field of no login": (
        one('url: "local:", sudo: true'),
        "targets.a.sudo: has no meaning for local:.",
    ),
    "WinRM without a password": (
        one('url: "winrm://u@192.168.10.5"'),
        "targets.a.password_from: missing field.",
    ),
}
ACCEPTED = {
    "address": one('url: "ssh://u@192.168.10.5:2222", password_from: "env:P", sudo: true'),
    "name": one('url: "ssh://u@May-Chu.example.vn", platform: windows'),
    "through": WAY.replace(", via: a", "") + "",
    "loopback": one('url: "ssh://u@[::1]", key_file: plan.pdf'),
    "pin": one(f'url: "ssh://u@192.168.10.5", host_key: "SHA256:{"a" * 43}"'),
}


def text_of(case: str) -> str:
    """Return the site file of a case; only the refused one about the letter lacks the method."""
    body = REFUSED[case][0] if case in REFUSED else ACCEPTED[case]
    return HEAD.replace("METHODS", "host_login") + body


@pytest.fixture(scope="module")
def ended(together: Together) -> dict[str, Future[Ended]]:
    """Run `audit trust` for a machine that nobody answers for: only the site file is judged."""
    cases = {
        case: {"centre.yaml": text_of(case).encode(), "plan.pdf": PLAN}
        for case in (*REFUSED, *ACCEPTED)
    }
    cases["no login"] = {
        "centre.yaml": (
            HEAD.replace("METHODS", "discovery") + one('url: "ssh://u@192.168.10.5"')
        ).encode(),
        "plan.pdf": PLAN,
    }
    words = ("127.0.0.1:9", "--profile", "small.yaml", "--site", "centre.yaml", "--lang", "en")
    return together(cases, "trust", *words)


@pytest.mark.parametrize("case", [*REFUSED, "no login"])
def test_names_place_problem_and_remedy(ended: dict[str, Future[Ended]], case: str) -> None:
    """Each mistake is told at the line of its target; no secret is repeated."""
    folder, done = ended[case].result()
    text = text_of(case) if case in REFUSED else HEAD + one("")
    assert done.code == 2, done
    lines = text.splitlines()
    marked = [number for number, line in enumerate(lines, 1) if line.endswith("# HERE")]
    wanted = REFUSED[case][1] if case in REFUSED else f"targets.a.url: {NO_LOGIN}"
    first, *rest = done.err.splitlines()
    assert len(rest) == len(marked) - 1, done.err
    assert first.startswith(f"centre.yaml:{marked[0]}: {wanted.replace('{folder}', str(folder))}")
    assert "canary" not in done.err


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepts(ended: dict[str, Future[Ended]], case: str) -> None:
    """What is right is not refused; the machine itself then does not answer."""
    _folder, done = ended[case].result()
    assert done.code == 1, done
    assert "refused" in done.err
