"""Site files that are refused, and the traps of YAML that are not.

The line that must be named is the one that ends in `# HERE`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from tests.integration.conftest import Ended, Program, Together

HEAD = "schema: urn:audit:site:v1\ncentre: {id: centre, name: Trung tâm}\n"
MARK = "\ufeff"  # some editors write it
PLAN = b"%PDF-1.7 plan"
SIGNED = "by: A, position: B, on: 2026-11-01"
LETTER = f"""\
scope:
  networks: [192.168.10.0/24]
  authorisation:
    number: "1/VB"
    issued_on: 2026-11-01
    issuing_body: A
    signer: A
    signer_position: A
    operating_unit: A
    performing_unit: A
    independent: true
    methods: [time_query]
    emergency_contact: A
    tool_operator: A
    expires_on: 2099-12-31
    file: plan.pdf
    sha256: {hashlib.sha256(PLAN).hexdigest()}
"""
REFUSED = {
    "unknown field": ("colour: red # HERE", "colour: unknown field."),
    "repeated key": (
        "timezone: Asia/Bangkok\ntimezone: Asia/Bangkok # HERE",
        "timezone: repeated key, first on line 3.",
    ),
    "missing document": (
        "documents:\n  - {kind: plan, file: no.pdf} # HERE",
        "documents.plan.file: file not found: {folder}/no.pdf.",
    ),
    "unknown kind of document": (
        "documents:\n  - {kind: plans, file: plan.pdf} # HERE",
        "documents.plans.kind: unknown document kind plans. Use one of: plan.",
    ),
    "confirmation of nothing in particular": (
        (
            "documents:\n  - kind: plan\n    file: plan.pdf\n"
            f"    confirmation: {{{SIGNED}, statement: C}} # HERE"
        ),
        (
            "documents.plan.confirmation.sha256: missing field. A confirmation is bound to the"
            f" file's bytes; write sha256: {hashlib.sha256(PLAN).hexdigest()}"
        ),
    ),
    "absence of a file": (
        "documents:\n  - {kind: plan, file: plan.pdf, exists: false} # HERE",
        "documents.plan.exists: a stated absence has no file and needs a confirmation.",
    ),
    "no for a yes or no": (
        "documents:\n  - {kind: plan, file: plan.pdf, exists: no} # HERE",
        'documents.plan.exists: expected true or false, found "no".',
    ),
    "telephone read as a date": (
        "documents:\n  - {kind: plan, file: plan.pdf, issued_on: 01/03/2026} # HERE",
        'documents.plan.issued_on: expected a date, found "01/03/2026". Write it as YYYY-MM-DD',
    ),
    "password": (
        'targets:\n  - {name: a, url: "local://root:secret@host"} # HERE',
        "targets.a.url: holds a password.",
    ),
    "unknown scheme": (
        'targets:\n  - {name: a, url: "telnet://host"} # HERE',
        "targets.a.url: unknown scheme telnet.",
    ),
    "repeated target": (
        'targets:\n  - {name: a, url: "local:"}\n  - {name: a, url: "local:"} # HERE',
        "targets.a.name: repeated or reserved name.",
    ),
    "unknown information system of a target": (
        'targets:\n  - {name: a, url: "local:", information_systems: [x]} # HERE',
        "targets.a.information_systems: unknown information system x.",
    ),
    "impossible level": (
        "information_systems:\n  - {id: x, name: X, level: 6} # HERE",
        "information_systems.x.level: a level is 1 to 5.",
    ),
    "unknown declared value": (
        f"declared_by: {{{SIGNED}}}\ndeclared: {{chairs: 3}} # HERE",
        "declared.chairs: unknown declared value chairs. Use one of: seats, is_open.",
    ),
    "unknown measure of a plan": (
        "information_systems:\n  - {id: x, name: X, plan_measures: [telnet]} # HERE",
        "information_systems.x.plan_measures.0: unknown measure telnet. Use one of: time_sync",
    ),
    "every measure and one more": (
        "information_systems:\n  - {id: x, name: X, level: 2, plan_measures: [all, all]} # HERE",
        "information_systems.x.plan_measures: `all` stands with other measures.",
    ),
    "every measure of no level": (
        "information_systems:\n  - {id: x, name: X, plan_measures: [all]} # HERE",
        "information_systems.x.plan_measures: `all` without a level.",
    ),
    "number in quotes": (
        f'declared_by: {{{SIGNED}}}\ndeclared: {{seats: "3"}} # HERE',
        "declared.seats: expected a number.",
    ),
    "word for a yes or no": (
        f"declared_by: {{{SIGNED}}}\ndeclared: {{is_open: yes}} # HERE",
        "declared.is_open: expected true or false.",
    ),
    "figures of nobody": (
        "declared: {seats: 3}",
        "declared_by: missing field. Say who answers for the declared values",
    ),
    "work left to nobody": (
        "responsible:\n  - {by: A, subjects: [plan, plane]} # HERE",
        "responsible.0.subjects.1: nothing has the name plane.",
    ),
    "declared away": (
        (
            'declarations:\n  - {subject: "1", statement: not_applicable,'
            f" {SIGNED}, file: plan.pdf}} # HERE"
        ),
        "declarations.0.subject: 1 cannot be declared not applicable.",
    ),
    "remote tool that is none": (
        "approved_remote_tools: [ultraviewer, clamav] # HERE",
        "approved_remote_tools.1: no remote support product: clamav. Use one of: anydesk,",
    ),
    "address for a network": (
        "scope:\n  networks: [192.168.10.5/24] # HERE",
        (
            "scope.networks.0: 192.168.10.5/24 is no network in CIDR form. Write it like"
            " 192.168.10.0/24."
        ),
    ),
    "word for a network": (
        "scope:\n  networks: [tất cả] # HERE",
        "scope.networks.0: tất cả is no network in CIDR form.",
    ),
    "somebody else's network": (
        "scope:\n  networks: [8.8.8.0/24] # HERE",
        "scope.networks.0: 8.8.8.0/24 is public, and nothing proves that the centre owns it.",
    ),
    "window over midnight": (
        "scope:\n  windows: [{days: [mon], start: 22:30, end: 05:00}] # HERE",
        "scope.windows.0.end: the window ends at 05:00, not after its start 22:30.",
    ),
    "unknown time zone": (
        "timezone: Asia/Hanoi # HERE",
        "timezone: unknown time zone. Use a name such as Asia/Ho_Chi_Minh.",
    ),
    "missing letter": (
        LETTER.replace("file: plan.pdf", "file: letter.pdf # HERE"),
        (
            "scope.authorisation.file: file not found: {folder}/letter.pdf. Put the signed letter"
            " there."
        ),
    ),
    "another letter": (
        LETTER.replace(hashlib.sha256(PLAN).hexdigest(), "0" * 64 + " # HERE"),
        "scope.authorisation.sha256: the letter's file has another digest.",
    ),
    "no for the letter's yes or no": (
        LETTER.replace("independent: true", "independent: no # HERE"),
        'scope.authorisation.independent: expected true or false, found "no".',
    ),
}


ACCEPTED = {
    "time without quotes": "scope:\n  windows: [{days: [mon], start: 18:00, end: 22:30}]",
    "name that is a word of YAML 1.1": "information_systems:\n  - {id: no, name: on}",
    "telephone": "information_systems:\n  - {id: x, name: X, operating_unit: 0213123456}",
    "letter": LETTER,
    "figures": f"declared_by: {{{SIGNED}}}\ndeclared: {{seats: 3, is_open: false}}",
    "stated absence": "documents:\n  - kind: plan\n    exists: false\n"
    f"    confirmation: {{{SIGNED}, statement: không có}}",
    "mark at the start of the file": MARK,
}


def text_of(case: str) -> str:
    """Return the site file of a case."""
    lines = REFUSED[case][0] if case in REFUSED else ACCEPTED[case]
    return MARK + HEAD + "\n" if lines == MARK else HEAD + lines + "\n"


@pytest.fixture(scope="module")
def ended(together: Together) -> dict[str, Future[Ended]]:
    """Run the audit of every such centre."""
    cases = {
        case: {"centre.yaml": text_of(case).encode(), "plan.pdf": PLAN}
        for case in (*REFUSED, *ACCEPTED)
    }
    words = ("--profile", "small.yaml", "--site", "centre.yaml", "--quiet", "--lang", "en")
    return together(cases, "run", *words)


@pytest.mark.parametrize("case", REFUSED)
def test_names_place_problem_and_remedy(ended: dict[str, Future[Ended]], case: str) -> None:
    """One mistake in a site file is one line, exit 2, and no run folder."""
    folder, done = ended[case].result()
    assert done.code == 2, done
    assert len(done.err.splitlines()) == 1, done.err
    place, _colon, rest = done.err.partition(": ")
    assert rest.startswith(REFUSED[case][1].replace("{folder}", str(folder)))
    lines = text_of(case).splitlines()
    marked = [number for number, line in enumerate(lines, 1) if line.endswith("# HERE")] or [1]
    assert place == f"centre.yaml:{marked[0]}"
    assert not (folder / "audit-runs").exists()


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepts(ended: dict[str, Future[Ended]], case: str) -> None:
    """What is right is not refused, however YAML 1.1 would have read it."""
    _folder, done = ended[case].result()
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("name", ["nowhere.yaml", "folder"])
def test_refuses_a_site_that_is_no_file(audit: Program, small: Path, name: str) -> None:
    """A missing site file, or a folder in its place, is told by its name: exit 2."""
    (audit.folder / "folder").mkdir()
    done = audit("run", "--profile", small, "--site", name, "--lang", "en")
    assert done.code == 2
    assert name in done.err
    assert "Traceback" not in done.err
    assert not (audit.folder / "audit-runs").exists()


def test_refuses_a_site_that_is_a_list(audit: Program, small: Path) -> None:
    """A list instead of fields is told in words that an IT officer understands."""
    site = audit.folder / "centre.yaml"
    site.write_text("- centre\n", "utf-8")
    done = audit("run", "--profile", small, "--site", site, "--lang", "en")
    assert done.code == 2
    assert done.err.startswith(f"{site}:1: expected named fields")
    assert len(done.err.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to become somebody else")
def test_a_folder_that_may_not_be_entered(audit: Program, tmp_path: Path) -> None:
    """An ordinary user is told which file of which field, and what to do; never a traceback."""
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
    shut = tmp_path / "kín"
    shut.mkdir(mode=0o700)
    (shut / "plan.pdf").write_bytes(PLAN)
    letter = LETTER.replace("file: plan.pdf", "file: kín/plan.pdf")
    site = tmp_path / "centre.yaml"
    site.write_text(
        f"{HEAD}{letter}trust_folder: kín/a\ndocuments_folder: kín/b\ndocuments:\n"
        f"  - {{kind: network_diagram, file: kín/plan.pdf}}\n"
        f"  - kind: network_diagram\n    file: hidden.pdf\n"
        f"    confirmation: {{{SIGNED}, statement: C}}\n"
        'targets:\n  - {name: a, url: "ssh://a@192.168.10.1", key_file: kín/key}\n'
    )
    (tmp_path / "hidden.pdf").touch(mode=0)
    for folder in (tmp_path, *tmp_path.parents[:3]):  # one more where tests run side by side
        folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [*nobody, *audit.command("run", "--site", site, "--out", "run", "--lang", "en")],
        cwd=tmp_path,
        env=audit.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stderr
    assert done.returncode == 2, told
    for field in ("scope.authorisation.file", "trust_folder", "documents_folder", "a.key_file"):
        assert f"{field}: cannot read {shut}" in told, told
    assert told.count("file: cannot read") == 4
    assert told.count("permission denied") == 6
    assert told.count("Let this account read the file") == 6
    assert f"{site}:23: documents.network_diagram.file: cannot read" in told, told
